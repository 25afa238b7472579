//! Golden bits and values in tests/data/golden.json.
//!
//! Bits: what passes only through our own kernels. Values: what passes through the linear-algebra library, too.
//! To write the file anew: `HSPIN_REWRITE_GOLDEN=1 cargo test --release --test conformance golden`, and say in
//! CHANGELOG.md under **values changed** what moved, by how much, and why.

use std::path::PathBuf;

use hspin::descent::{
    Approach, Descended, Descent, Driver, Execution, Gd, Phases, Rules, Saddle, Sgd, Start, StartInputs,
    TargetedStart,
};
use hspin::hamiltonian::kernel::{Kernel, Stored};
use hspin::hamiltonian::{Contraction, Isa, Layout, SurfaceKey, SymmetricTensor, contract};
use hspin::numeric::lanes::PointLanes;
use hspin::rng::{Role, stream};
use hspin::sphere::random_point;
use hspin::studies::surfaces::{Record, SurfaceStore};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::common::{point, surface};
use crate::harness::{Place, hspin, succeed};
use crate::tally::Tally;

const ADVICE: &str = "if this is meant, write tests/data/golden.json anew (tests/conformance/golden.rs says how) and \
                      add a line under **values changed** in CHANGELOG.md";

/// Handed over at ‖g‖/√Λ ≤ 1e-6, in the basin where it ends, a start's minimum does not hang on how the polish steps.
const SWEEPS: [&str; 3] = [
    "sweep --preset literal --spins 2 --dims 9 --starts 6 --seed 7",
    "sweep --preset literal --spins 3 --dims 8,20 --starts 10 --seed 7",
    "sweep --preset literal --spins 4 --dims 9 --starts 10 --seed 7",
];
const CENSUSES: [&str; 2] =
    ["census --spins 3 --dim 5 --instances 2 --seed 7", "census --spins 4 --dim 3 --instances 2 --seed 7"];

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/golden.json")
}

fn digest(numbers: impl IntoIterator<Item = f64>) -> String {
    let mut hash = Sha256::new();
    numbers.into_iter().for_each(|number| hash.update(number.to_le_bytes()));
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn of_tensor(tensor: &SymmetricTensor<f32>) -> String {
    digest(tensor.chunks().flat_map(|(_, values)| values.iter().map(|&value| f64::from(value))))
}

fn start(spins: usize, dim: usize, id: u64) -> Start {
    let point = random_point(&mut stream(7, Role::Start, &[spins as u64, dim as u64, 0, id]), dim);
    Start { id, point }
}

/// Energy and gradient of one point.
fn of_contraction<T: Kernel, A: Stored<T>>(isa: Isa, tensor: &SymmetricTensor<A>) -> String {
    let dim = tensor.layout().dim;
    let mut block = PointLanes::<T>::new(dim);
    block.push(&point(dim, 1).into_iter().map(T::from_f64).collect::<Vec<_>>());
    let mut out = Contraction::new(dim);
    contract(isa, tensor, &block, &mut out);
    digest(out.gradient.iter().chain([&out.energy]).map(|row| row.as_ref()[0].to_f64()))
}

fn of_ends(mut ended: Vec<Descended>) -> String {
    ended.sort_by_key(|end| end.id);
    digest(
        ended.into_iter().flat_map(|end| end.point.into_iter().chain([end.steps as f64]).collect::<Vec<_>>()),
    )
}

fn of_descent(isa: Isa, spins: usize, dim: usize, phases: impl Into<Phases>) -> String {
    let phases = phases.into();
    let surface = surface(spins, dim, 7, phases.samples());
    let mut descent = Descent::new(&surface, phases, Execution { isa, batch: 48 }, false);
    descent.add((0..20).map(|id| start(spins, dim, id)).collect());
    let mut ended = Vec::new();
    while !descent.is_idle() {
        ended.extend(descent.advance().unwrap());
    }
    of_ends(ended)
}

fn of_approach(isa: Isa, spins: usize, dim: usize) -> String {
    let (surface, saddle) = (surface(spins, dim, 7, 0), Saddle::new(spins as u32));
    let key = SurfaceKey { seed: 7, layout: Layout::new(spins, dim), instance: 0 };
    let mut approach = Approach::new(&surface, saddle, Execution { isa, batch: 48 }, false);
    let place = |id| StartInputs::new(key).place(id as u32);
    let aimed = |id| TargetedStart { start: start(spins, dim, id), target: saddle.target(place(id)) };
    approach.add((0..20).map(aimed).collect());
    let mut ended = Vec::new();
    while !approach.is_idle() {
        ended.extend(approach.advance().unwrap());
    }
    of_ends(ended)
}

/// Name and digest of everything that must have the same bits on every machine.
fn bits(isa: Isa) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (spins, dim) in [(2, 40), (3, 30), (4, 12), (5, 9), (6, 6)] {
        let surface = surface(spins, dim, 7, 2);
        let tensor = surface.full();
        let mut add = |name: &str, digest: String| found.push((format!("{name} H={spins} Λ={dim}"), digest));
        add("couplings", of_tensor(tensor));
        add("samples", surface.samples().iter().map(of_tensor).collect::<Vec<_>>().join(" "));
        add("starts", digest((0..20).flat_map(|id| start(spins, dim, id).point)));
        add("contraction in f32", of_contraction::<f32, f32>(isa, tensor));
        add("contraction in f64", of_contraction::<f64, f32>(isa, tensor));
        let h = spins as u32;
        add("descent, paper", of_descent(isa, spins, dim, Sgd::paper(h)));
        add("descent, paper of 0.1", of_descent(isa, spins, dim, Sgd::paper_by(Rules::FIRST, h)));
        add("descent, literal", of_descent(isa, spins, dim, Sgd::literal(h)));
        add("descent, gd", of_descent(isa, spins, dim, Gd::new(h)));
        add("approach", of_approach(isa, spins, dim));
    }
    found
}

/// Records of a run, each with what a later release must give again.
fn records(args: &str) -> Vec<Record> {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(hspin(args).arg("--out").arg(&run));
    SurfaceStore::open_read(&run).unwrap().records(None).unwrap()
}

fn described(record: &Record) -> Value {
    json!({
        "dim": record.dim, "instance": record.instance, "start": record.start, "energy": record.energy,
        "index": record.index, "min_eigenvalue": record.min_eigenvalue, "steps": record.steps,
        "outcome": record.outcome.name(),
    })
}

fn golden() -> Value {
    let bits: Map<String, Value> =
        bits(Isa::best()).into_iter().map(|(name, digest)| (name, Value::String(digest))).collect();
    let values: Map<String, Value> = SWEEPS
        .iter()
        .chain(&CENSUSES)
        .map(|args| ((*args).to_owned(), records(args).iter().map(described).collect::<Vec<_>>().into()))
        .collect();
    json!({ "bits": bits, "values": values })
}

/// The golden file; written anew and the test failed if that is asked for.
fn known() -> Value {
    if std::env::var_os("HSPIN_REWRITE_GOLDEN").is_some() {
        static WRITTEN: std::sync::Once = std::sync::Once::new();
        WRITTEN.call_once(|| {
            let text = serde_json::to_string_pretty(&golden()).unwrap();
            std::fs::write(file(), text + "\n").unwrap();
        });
        panic!("golden values were written anew: look at what moved, then test without HSPIN_REWRITE_GOLDEN");
    }
    serde_json::from_str(&std::fs::read_to_string(file()).unwrap()).unwrap()
}

#[test]
fn golden_bits_on_every_instruction_set() {
    let known = known();
    let mut tally = Tally::new("golden bits");
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        for (name, digest) in bits(isa) {
            let expected = known["bits"][&name].as_str();
            tally.check(expected == Some(digest.as_str()), || {
                format!("{name} ({}): {digest}, not {expected:?}; {ADVICE}", isa.name())
            });
        }
    }
    tally.end();
}

/// How far the smallest eigenvalue may move when the end of a search moves within ‖g‖/√Λ ≤ 1e-10.
///
/// With s the eigenvalue nearest to 0, M = H² · 2√(H(H−1)) the Hessian's largest turn per angle (see
/// `Spectrum::of_nearby`), two such ends are within 4e-10/s of each other, and eigenvalues within M times that.
fn turn(spins: u32, nearest: f64) -> f64 {
    let h = f64::from(spins);
    4e-10 * h * h * 2.0 * (h * (h - 1.0)).sqrt() / nearest
}

/// Energies to 1e-12 (of the larger of 1 and |L|: errors of a critical point enter squared), indices and steps
/// exactly, the smallest eigenvalue of a minimum to [`turn`].
fn agrees(record: &Record, known: &Value) -> bool {
    let number = |key: &str| known[key].as_f64().unwrap();
    let energy = (record.energy - number("energy")).abs() <= 1e-12 * number("energy").abs().max(1.0);
    let lowest = number("min_eigenvalue");
    let moved = (record.min_eigenvalue - lowest).abs();
    // Of a saddle the eigenvalue nearest to 0 is not stored; that of a census's points is refined far further.
    let nearest = if record.index == Some(0) { lowest } else { 1e-2 };
    let mut exact = described(record);
    for key in ["energy", "min_eigenvalue"] {
        exact[key] = known[key].clone();
    }
    energy && moved <= turn(record.spins, nearest) && exact == *known
}

#[test]
fn golden_values_of_sweeps_and_censuses() {
    let known = known();
    let mut tally = Tally::new("golden values");
    let mut farthest = [0.0f64; 2];
    for args in SWEEPS.iter().chain(&CENSUSES) {
        let expected = known["values"][args].as_array().unwrap_or_else(|| panic!("{args} is new; {ADVICE}"));
        let found = records(args);
        tally.check(found.len() == expected.len(), || format!("{args}: {} records; {ADVICE}", found.len()));
        for (record, known) in found.iter().zip(expected) {
            tally.check(agrees(record, known), || format!("{args}: {record:?} instead of {known}; {ADVICE}"));
            let off = |value: f64, key: &str| (value - known[key].as_f64().unwrap()).abs();
            let here = [off(record.energy, "energy"), off(record.min_eigenvalue, "min_eigenvalue")];
            farthest = [0, 1].map(|i| farthest[i].max(here[i]));
            // A value that is off by more must not pass.
            let wrong = Record { energy: record.energy * (1.0 + 1e-11), ..record.clone() };
            assert!(record.energy.abs() < 0.5 || !agrees(&wrong, known));
        }
    }
    println!(
        "golden values: energies at most {:.1e} off, smallest eigenvalues {:.1e}",
        farthest[0], farthest[1]
    );
    tally.end();
}
