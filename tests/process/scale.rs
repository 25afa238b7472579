//! The scale of the user's own tensor: it drops out of everything but energies, gradients and eigenvalues, whatever it is.

use hspin::studies::surfaces::{Record, SurfaceStore};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

use crate::couplings::npy;
use crate::harness::{Place, about, hspin, json, refused, succeed, sweep};

/// Numbers in (−1, 1) that depend on nothing but the sorted indices.
pub fn entry(indices: &[usize]) -> f64 {
    let mut sorted = indices.to_vec();
    sorted.sort_unstable();
    let seed = sorted.iter().fold(88_172_645_463_325_252_u64, |seed, &i| {
        let mut x = seed ^ (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for _ in 0..3 {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
        x
    });
    (seed >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// The symmetric array of these entries in C order.
pub fn dense(spins: usize, dim: usize, entry: impl Fn(&[usize]) -> f64) -> Vec<f64> {
    let digits = |place: usize| (0..spins).rev().map(|h| place / dim.pow(h as u32) % dim).collect::<Vec<_>>();
    (0..dim.pow(spins as u32)).map(|place| entry(&digits(place))).collect()
}

/// A file of the tensor times a factor.
fn tensor(place: &Place, spins: usize, dim: usize, factor: f64) -> PathBuf {
    let path = place.path(&format!("{spins}-{dim}-{factor:e}.npy"));
    let values = dense(spins, dim, |indices| factor * entry(indices));
    fs::write(&path, npy("<f8", false, &vec![dim as u64; spins], &values)).unwrap();
    path
}

struct Found {
    records: Vec<Record>,
    points: Vec<f64>,
    traces: Vec<[f64; 3]>,
}

fn found(run: &Path, dim: u32) -> Found {
    let store = SurfaceStore::open_read(run).unwrap();
    let records = store.records(None).unwrap();
    let path = |record: &Record| store.trace(dim, 0, record.start).unwrap();
    let traces = records.iter().flat_map(path);
    let traces = traces.map(|at| [at.step as f64, at.energy_per_spin, at.gradient_norm]).collect();
    Found { points: store.points(dim, 0).unwrap().values, traces, records }
}

/// What the scale of the tensor is no part of.
fn counts(record: &Record) -> (u32, Option<u32>, Option<u32>, u64, &'static str, u64) {
    let overlap = record.polish_overlap.to_bits();
    let Record { start, index, undecided, steps, outcome, .. } = *record;
    (start, index, undecided, steps, outcome.name(), overlap)
}

/// What is in units of the tensor.
fn sizes(record: &Record) -> [f64; 5] {
    let Record { energy, energy_per_spin, descent_energy_per_spin, gradient_norm, min_eigenvalue, .. } =
        *record;
    [energy, energy_per_spin, descent_energy_per_spin, min_eigenvalue, gradient_norm]
}

const PROTOCOLS: [&str; 5] = ["sgd", "gd", "fast", "saddle", "anneal"];

#[test]
fn a_tensor_times_a_power_of_two_gives_the_same_bits_by_every_protocol() {
    let place = Place::quick();
    for (spins, protocol) in [3, 4].into_iter().flat_map(|spins| PROTOCOLS.map(|protocol| (spins, protocol)))
    {
        let flags = format!("--starts 24 --trace --sweeps 60 --protocol {protocol} --couplings");
        let flags = if protocol == "anneal" { flags } else { flags.replace("--sweeps 60 ", "") };
        let run = |factor: f64| {
            let run = place.path(&format!("{spins}-{protocol}-{factor:e}.run"));
            succeed(sweep(&run, &flags).arg(tensor(&place, spins, 6, factor)));
            found(&run, 6)
        };
        let own = run(1.0);
        assert!(own.records.iter().any(Record::converged), "H = {spins}, {protocol}");
        for exponent in [-990, -500, -130, 130, 500, 960] {
            let factor = 2f64.powi(exponent);
            let scaled = run(factor);
            let name = format!("H = {spins}, {protocol}, 2^{exponent}");
            assert!(scaled.points == own.points, "{name}");
            for (a, b) in scaled.records.iter().zip(&own.records) {
                assert_eq!(counts(a), counts(b), "{name}");
                let (a, b) = (sizes(a), sizes(b).map(|x| factor * x));
                // Below the normal range a product is rounded once more than its factors were.
                assert!(a[..4] == b[..4], "{name}: {a:?} {b:?}");
                assert!((a[4] - b[4]).abs() <= f64::MIN_POSITIVE * f64::EPSILON, "{name}: {a:?} {b:?}");
            }
            let traces: Vec<[f64; 3]> =
                own.traces.iter().map(|&[t, u, g]| [t, factor * u, factor * g]).collect();
            assert!(!traces.is_empty() && scaled.traces == traces, "{name}");
        }
    }
}

#[test]
fn a_tensor_times_a_power_of_ten_gives_the_same_points_to_rounding() {
    let place = Place::quick();
    for protocol in PROTOCOLS {
        let run = |factor: f64| {
            let run = place.path(&format!("{protocol}-{factor:e}.run"));
            let flags = format!("--starts 24 --protocol {protocol} --couplings");
            succeed(sweep(&run, &flags).arg(tensor(&place, 3, 6, factor)));
            found(&run, 6)
        };
        let own = run(1.0);
        for factor in [1e-300, 1e-155, 1e-41, 1e39, 1e155, 1e290] {
            let scaled = run(factor);
            let far = scaled.points.iter().zip(&own.points).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(far <= 1e-12, "{protocol}, {factor:e}: {far:e}");
            for (a, b) in scaled.records.iter().zip(&own.records) {
                assert_eq!((a.index, a.outcome), (b.index, b.outcome), "{protocol}, {factor:e}");
                assert!(
                    (a.energy / factor - b.energy).abs() <= 1e-12 * b.energy.abs(),
                    "{protocol}, {factor:e}"
                );
            }
        }
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn a_census_counts_the_same_at_every_scale() {
    let place = Place::quick();
    for (spins, dim) in [(2, 5), (3, 4), (4, 3), (7, 3), (8, 2)] {
        let census = |factor: f64| {
            let file = tensor(&place, spins, dim, factor);
            json(hspin("census --json --couplings").arg(file))
        };
        let own = census(1.0);
        assert_eq!(own["instances"][0]["certified"], true, "H = {spins}: {own}");
        assert!(own["instances"][0]["real"].as_u64().unwrap() > 0);
        for factor in [1e-300, 1e-200, 1e-40, 1e40, 1e170, 1e200, 1e290, 2f64.powi(-990), 2f64.powi(960)] {
            let scaled = census(factor);
            let name = format!("H = {spins}, {factor:e}");
            for key in ["complex", "real", "by_index", "morse_sum", "certified", "undecided", "attempts"] {
                assert_eq!(scaled["instances"][0][key], own["instances"][0][key], "{name}: {key}");
            }
            assert!(
                (scaled["scale"].as_f64().unwrap() / factor / own["scale"].as_f64().unwrap() - 1.0).abs()
                    < 1e-14
            );
            let (values, expected) = (numbers(&scaled["eigenvalues"]), numbers(&own["eigenvalues"]));
            assert_eq!(values.len(), expected.len(), "{name}");
            for (value, expected) in values.iter().zip(&expected) {
                assert!((value / factor - expected).abs() < 1e-12, "{name}: {value:e} {expected:e}");
            }
        }
    }
}

/// s of Σ_i x_i³: Λ entries of 1, so s² = Λ/C(Λ+2, 3).
#[test]
fn the_scale_is_printed_and_energies_are_shown_in_its_units() {
    let place = Place::quick();
    let file = place.path("cubes.npy");
    let cubes = |factor: f64| {
        let values =
            dense(3, 4, |indices| if indices.iter().all(|&i| i == indices[0]) { factor } else { 0.0 });
        fs::write(&file, npy("<f8", false, &[4, 4, 4], &values)).unwrap();
    };
    let s = (4.0f64 / 20.0).sqrt();
    cubes(1.0);
    let run = place.path("a.run");
    let text = succeed(sweep(&run, "--starts 30 --couplings").arg(&file));
    for part in
        ["couplings of your own of scale s = 0.447214", "mean u/s", "u/s < −E_∞", "s² = Σ A² / C(Λ+H−1, H)"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let shown = json(&mut about("show", &run, "--json"));
    assert!((shown["scale"].as_f64().unwrap() / s - 1.0).abs() < 1e-15, "{shown}");
    let dim = &shown["dims"][0];
    // The deepest minima are −√Λ e_i: L = −Λ^{−1} Λ^{3/2}, u = −Λ^{−1/2}; in units of s they lie below no threshold.
    assert!((dim["min"].as_f64().unwrap() + 0.5).abs() < 1e-12, "{dim}");
    assert!((dim["min_over_s"].as_f64().unwrap() + 0.5 / s).abs() < 1e-12, "{dim}");
    assert!((dim["mean_over_s"].as_f64().unwrap() * s - dim["mean"].as_f64().unwrap()).abs() < 1e-12);
    assert_eq!(dim["below_e_inf"], 0.0);
    // Times 100, u is below every threshold and u/s is where it was.
    cubes(100.0);
    let run = place.path("b.run");
    succeed(sweep(&run, "--starts 30 --couplings").arg(&file));
    let large = json(&mut about("show", &run, "--json"));
    assert_eq!(large["dims"][0]["below_e_inf"], 0.0);
    assert!((large["scale"].as_f64().unwrap() / (100.0 * s) - 1.0).abs() < 1e-14);
    let text = succeed(hspin("census --couplings").arg(&file));
    assert!(text.contains("of scale s = 44.721360") && text.contains("lowest u/s"), "{text}");
    let random = json(hspin("sweep --dims 5 --starts 3 --json --out").arg(place.path("r.run")));
    assert!(random.get("scale").is_none() && random["dims"][0].get("mean_over_s").is_none(), "{random}");
}

#[test]
fn a_table_of_own_couplings_has_their_scale() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(sweep(&run, "--starts 5 --couplings").arg(tensor(&place, 3, 4, 3.0)));
    let scale = json(&mut about("show", &run, "--json"))["scale"].as_f64().unwrap();
    succeed(about("export", &run, "--out").arg(place.path("own")));
    let text = fs::read_to_string(place.path("own/records.csv")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].ends_with(",distinct,scale,morse_index"), "{}", lines[0]);
    assert!(
        lines.len() == 6 && lines[1..].iter().all(|line| line.contains(&format!(",{scale:?},"))),
        "{text}"
    );
    succeed(about("export", &run, "--format parquet --out").arg(place.path("own")));
    let random = place.path("r.run");
    succeed(&mut sweep(&random, "--dims 5 --starts 3"));
    succeed(about("export", &random, "--out").arg(place.path("random")));
    let text = fs::read_to_string(place.path("random/records.csv")).unwrap();
    assert!(text.lines().next().unwrap().ends_with(",distinct,morse_index"), "{text}");
}

#[test]
fn a_tensor_without_a_usable_scale_is_refused_with_what_to_do() {
    let place = Place::quick();
    let (run, file) = (place.path("a.run"), place.path("x.npy"));
    let cases = [
        (0.0, "couplings.scale = 0: above 0; every entry of the array is 0"),
        (5e-324, "couplings.scale = "),
        (1e-310, "multiply the array by a power of 2"),
        (1.5e308, "divide the array by a power of 2"),
        (1e307, "above which energies overflow"),
    ];
    for (factor, part) in cases {
        let values =
            dense(3, 4, |indices| if factor == 0.0 { 0.0 } else { factor * entry(indices).signum() });
        fs::write(&file, npy("<f8", false, &[4, 4, 4], &values)).unwrap();
        let (mut swept, mut counted) = (sweep(&run, "--couplings"), hspin("census --couplings"));
        let (mut dry, mut stored) = (sweep(&run, "--dry-run --couplings"), hspin("census --out"));
        stored.arg(&run).arg("--couplings");
        for command in [&mut swept, &mut counted, &mut dry, &mut stored] {
            let line = refused(command.arg(&file), 2);
            assert!(line.contains(part), "{factor:e}: {line}");
            assert_eq!(place.names(), ["x.npy"], "{factor:e}");
        }
    }
}

/// At the ends of the range differences and halves of entries would overflow, or lose their last digit.
#[test]
fn symmetry_is_judged_in_units_of_the_largest_entry() {
    let place = Place::quick();
    let (run, file) = (place.path("a.run"), place.path("x.npy"));
    for factor in [1.0, 2f64.powi(-960), 2f64.powi(1020), 1.5e308] {
        let skew = [1.0, -0.5, 0.5, 1.0].map(|x| factor * x);
        fs::write(&file, npy("<f8", false, &[2, 2], &skew)).unwrap();
        let line = refused(sweep(&run, "--couplings").arg(&file), 2);
        assert!(
            line.contains("must be symmetric") && line.contains("differ by 1.00e0 of the largest"),
            "{line}"
        );
        let nearly = [1.0, 0.5, 0.5 + 1e-13, 1.0].map(|x| factor * x);
        fs::write(&file, npy("<f8", false, &[2, 2], &nearly)).unwrap();
        let told = sweep(&run, "--starts 1 --dry-run --couplings").arg(&file).output().unwrap();
        assert!(!String::from_utf8_lossy(&told.stderr).contains("symmetric"), "{factor:e}");
    }
}
