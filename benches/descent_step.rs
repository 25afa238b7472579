//! One step of a descent against its contraction alone: `cargo bench --bench descent_step`.
//!
//! What a step does beside the contraction is projection, norm, move and retraction: work of order Λ, not Λ^H, that
//! counts at small Λ. Times are of one thread and one block of starts; the rows also go to
//! `target/bench/descent_step.json`.

use std::hint::black_box;
use std::time::Instant;

use hspin::descent::{Carrier, Descent, Protocol, Start};
use hspin::hamiltonian::{Contraction, Isa, Layout, Surface, SurfaceKey, contract};
use hspin::numeric::lanes::{Block, Real};
use hspin::rng::{Role, stream};
use hspin::sphere::random_point;
use serde::Serialize;

/// Starts of a block.
const STARTS: usize = <f32 as Real>::LANES;
/// Trials, of which the best counts.
const TRIALS: usize = 9;
/// Orders and dimensions.
const CASES: [(usize, usize); 8] =
    [(3, 10), (3, 25), (3, 50), (3, 100), (3, 200), (4, 20), (4, 60), (2, 200)];

#[derive(Serialize)]
struct Row {
    spins: usize,
    dim: usize,
    isa: &'static str,
    starts: usize,
    step_us: f64,
    contraction_us: f64,
    share_of_contraction: f64,
}

fn main() {
    println!("A descent step of {STARTS} starts, microseconds; {}", machine());
    println!("{:>2} {:>4} {:>7} {:>10} {:>12} {:>12}", "H", "Λ", "isa", "step", "contraction", "contraction");
    let mut rows = Vec::new();
    for (spins, dim) in CASES {
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available() && *isa != Isa::Scalar) {
            let row = measured(spins, dim, isa);
            println!(
                "{spins:>2} {dim:>4} {:>7} {:>10.2} {:>12.2} {:>11.1}%",
                row.isa,
                row.step_us,
                row.contraction_us,
                100.0 * row.share_of_contraction
            );
            rows.push(row);
        }
    }
    save(&serde_json::json!({ "machine": machine(), "rows": rows }));
}

/// Steps of the full phase that never end, in turns with contractions at the same points.
fn measured(spins: usize, dim: usize, isa: Isa) -> Row {
    let key = SurfaceKey { seed: 1, layout: Layout::new(spins, dim), instance: 0 };
    let surface = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
    let protocol = Protocol { handover: 0.0, full_steps: u32::MAX, ..Protocol::gd(spins as u32) };
    let mut descent = Descent::new(&surface, protocol, Carrier { isa, batch: STARTS }, false);
    let mut block = Block::<f32>::new(dim);
    let points = (0..STARTS as u64).map(|id| {
        let point = random_point(&mut stream(1, Role::Probe, &[dim as u64, id]), dim);
        block.push(&point.iter().map(|&x| x as f32).collect::<Vec<_>>());
        Start { id, point }
    });
    descent.take_on(points.collect());
    let mut space = Contraction::new(dim);
    let mut contraction = || contract(isa, surface.full(), black_box(&block), black_box(&mut space));
    let mut step = || assert!(descent.advance().is_empty(), "no start may end");
    let (mut best_step, mut best_contraction) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..TRIALS {
        best_contraction = best_contraction.min(seconds(&mut contraction));
        best_step = best_step.min(seconds(&mut step));
    }
    Row {
        spins,
        dim,
        isa: isa.name(),
        starts: STARTS,
        step_us: 1e6 * best_step,
        contraction_us: 1e6 * best_contraction,
        share_of_contraction: best_contraction / best_step,
    }
}

/// Seconds of one call, from as many as fill some milliseconds.
fn seconds(work: &mut dyn FnMut()) -> f64 {
    let begin = Instant::now();
    work();
    let calls = (0.005 / begin.elapsed().as_secs_f64()).ceil().clamp(1.0, 1e5) as u32;
    let begin = Instant::now();
    (0..calls).for_each(|_| work());
    begin.elapsed().as_secs_f64() / f64::from(calls)
}

/// Processor and cores.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {cores} cores", model.map_or("unknown processor", |(_, name)| name))
}

/// Writes the document beside what the build makes.
fn save(document: &serde_json::Value) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    let text = serde_json::to_string_pretty(document).expect("a document of numbers and text");
    let path = folder.join("descent_step.json");
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, text))
        .expect("target/bench is writable");
}
