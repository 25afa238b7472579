//! Polish and index per start, beside the passes over the couplings that they are made of: `cargo bench --bench polish`.
//!
//! All times are milliseconds of one thread per start, with full lanes, measured in one run; ratios are to one
//! full-gradient step of a descent. The table is saved as target/bench/polish.json.

use std::time::Instant;

use hspin::critical::Spectrum;
use hspin::descent::{
    Descended, Descent, Driver, Execution, FIRST_ORDER_LANES, Polished, Polishing, Sgd, Start, first_order,
};
use hspin::hamiltonian::{Contraction, HESSIAN_LANES, Isa, Landscape, Layout, Surface, SurfaceKey, contract};
use hspin::numeric::lanes::{PointLanes, Real};
use hspin::numeric::symmetric::Cholesky;
use hspin::rng::{Role, stream};
use hspin::sphere::random_point;
use serde_json::json;

/// One block of a descent.
const STARTS: usize = <f32 as Real>::LANES;
const SPINS: usize = 3;

/// Milliseconds per start of one size.
struct Row {
    dim: usize,
    step: f64,
    gradient: f64,
    hessian: f64,
    cholesky: f64,
    eigenvalues: f64,
    polish: f64,
    index: f64,
    newton_steps: f64,
}

fn main() {
    let isa = Isa::best();
    println!("Polish and index, H = {SPINS}, {}, one thread, {STARTS} starts: ms per start", isa.name());
    println!("(×: ratio to a descent step)");
    println!(
        "{:>4} {:>8} {:>9} {:>9} {:>9} {:>12} {:>7} {:>8} {:>7} {:>8} {:>7}",
        "Λ",
        "step f32",
        "gradient",
        "Hessian",
        "Cholesky",
        "eigenvalues",
        "Newton",
        "polish",
        "×",
        "index",
        "×"
    );
    let rows: Vec<Row> = [100, 200, 300, 500].map(|dim| measure(isa, dim)).into();
    let json: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "spins": SPINS, "dim": row.dim, "starts": STARTS, "isa": isa.name(), "step_ms": row.step,
                "gradient_ms": row.gradient, "hessian_ms": row.hessian, "cholesky_ms": row.cholesky,
                "eigenvalues_ms": row.eigenvalues, "polish_ms": row.polish, "index_ms": row.index,
                "newton_steps": row.newton_steps,
            })
        })
        .collect();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    std::fs::create_dir_all(&folder).expect("target can be written");
    let text = serde_json::to_string_pretty(&json).expect("numbers are finite");
    std::fs::write(folder.join("polish.json"), text + "\n").expect("target can be written");
}

fn measure(isa: Isa, dim: usize) -> Row {
    let sgd = Sgd::paper(SPINS as u32);
    let key = SurfaceKey { seed: 1, layout: Layout::new(SPINS, dim), instance: 0 };
    let surface = Surface::draw(&key, sgd.sampling.samples as usize, &|n, job| (0..n).map(job).collect());
    let descended = descend(&surface, sgd, isa);
    let point = |start: usize| descended[start].point.as_slice();

    let mut block = PointLanes::<f32>::new(dim);
    descended.iter().for_each(|start| {
        let point: Vec<f32> = start.point.iter().map(|&x| x as f32).collect();
        block.push(&point);
    });
    let mut space = Contraction::new(dim);
    let step = best(STARTS, || contract(isa, surface.full(), &block, &mut space));
    let points: Vec<&[f64]> = (0..FIRST_ORDER_LANES).map(point).collect();
    let mut space = Contraction::new(dim);
    let gradient = best(points.len(), || _ = first_order(&surface, isa, &points, &mut space));
    let points: Vec<&[f64]> = (0..HESSIAN_LANES).map(point).collect();
    let mut hessians = surface.hessians_exact(isa, &points);
    let hessian = best(points.len(), || surface.hessians_exact_into(isa, &points, &mut hessians));

    let mut polishing = Polishing::new(&surface, isa);
    let begin = Instant::now();
    polishing.add(descended);
    let mut ended = Vec::new();
    while !polishing.is_empty() {
        ended.extend(polishing.round());
    }
    let polish = 1e3 * begin.elapsed().as_secs_f64() / STARTS as f64;
    let mut factor = Cholesky::default();
    let index = best(STARTS, || ended.iter().for_each(|start| index(start, &mut factor)));
    let end = ended[0].end.as_ref().expect("random surfaces are finite");
    let cholesky = best(1, || assert!(factor.set(&end.hessian, 0.0)));
    let eigenvalues = best(1, || assert!(end.hessian.eigenvalues().is_ok()));
    let newton_steps = ended.iter().map(|start| f64::from(start.steps)).sum::<f64>() / STARTS as f64;
    println!(
        "{dim:>4} {step:>8.3} {gradient:>9.3} {hessian:>9.3} {cholesky:>9.3} {eigenvalues:>12.3} {newton_steps:>7.1} \
         {polish:>8.2} {:>7.1} {index:>8.3} {:>7.1}",
        polish / step,
        index / step
    );
    Row { dim, step, gradient, hessian, cholesky, eigenvalues, polish, index, newton_steps }
}

fn index(start: &Polished, factor: &mut Cholesky) {
    let end = start.end.as_ref().expect("random surfaces are finite");
    let slope = SPINS as f64 * end.energy / end.point.len() as f64;
    let spectrum = Spectrum::of_minimum(&end.hessian, slope, factor).expect("a finite Hessian");
    assert_eq!(spectrum.index, 0);
}

/// Where starts are when the polish begins.
fn descend(surface: &Surface, sgd: Sgd, isa: Isa) -> Vec<Descended> {
    let dim = surface.layout().dim;
    let mut descent = Descent::new(surface, sgd, Execution { isa, batch: STARTS }, false);
    let start = |id: u64| {
        let ids = [SPINS as u64, dim as u64, 0, id];
        Start { id, point: random_point(&mut stream(1, Role::Start, &ids), dim) }
    };
    descent.add((0..STARTS as u64).map(start).collect());
    let mut ended = Vec::new();
    while !descent.is_idle() {
        ended.extend(descent.advance().expect("no device"));
    }
    ended
}

/// Milliseconds per start of the best of a few runs.
fn best(starts: usize, mut run: impl FnMut()) -> f64 {
    let mut once = || {
        let begin = Instant::now();
        run();
        begin.elapsed().as_secs_f64()
    };
    1e3 * (0..3).map(|_| once()).fold(f64::INFINITY, f64::min) / starts as f64
}
