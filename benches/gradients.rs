//! A batch of gradients by the library: what scripts/bench_python.py holds the Python package against. Prints the seconds of
//! each of five repetitions.

use std::time::Instant;

use hspin::explore::{Batch, Explore, Metric};
use hspin::hamiltonian::Surface;
use hspin::rng::Seed;

fn main() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let surface = Surface::random(3, 200, Seed(1));
    let points = surface.random_points(Seed(1), 1000).concat();
    for _ in 0..5 {
        let begin = Instant::now();
        let found = Batch { landscape: &surface, threads }.first_orders(&points, Metric::Riemannian);
        println!("{:.6}", begin.elapsed().as_secs_f64());
        assert_eq!(found.gradients.len(), points.len());
    }
}
