//! Seconds per instance of a census, on one thread: `cargo bench --bench census`; `HSPIN_BENCH_LARGE=1` for more.

mod common;

use std::time::Instant;

use common::{Table, number};
use hspin::critical::census::{Census, CensusKey, census, class_count};
use hspin::hamiltonian::{Isa, Layout, Surface, SurfaceKey};

fn take(spins: usize, dim: usize, instance: u64) -> Census {
    let key = SurfaceKey { seed: 1, layout: Layout::new(spins, dim), instance };
    let surface = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
    let key = CensusKey { seed: 1, instance };
    let in_order = |stage: hspin::critical::census::Stage, job: hspin::critical::census::PathBlocks| {
        Ok((0..stage.blocks).map(job).collect())
    };
    census(&surface, key, Isa::best(), &in_order).expect("few enough paths")
}

fn main() {
    let columns = ["H", "Λ", "paths", "instances", "certified", "s/instance", "µs/path"];
    let mut table = Table::new("census", "Census on one thread", &columns);
    let large = std::env::var_os("HSPIN_BENCH_LARGE").is_some();
    let cases = [(3, 8, 20), (3, 10, 10), (4, 6, 10), (4, 7, 10), (5, 5, 10)];
    for (spins, dim, instances) in cases.into_iter().chain(large.then_some((3, 14, 1))) {
        let paths = class_count(spins, dim).expect("few enough paths");
        let begin = Instant::now();
        let certified = (0..instances).filter(|&instance| take(spins, dim, instance).is_certified()).count();
        let each = begin.elapsed().as_secs_f64() / instances as f64;
        let path = 1e6 * each / paths as f64;
        table.row([
            spins.into(),
            dim.into(),
            paths.into(),
            instances.into(),
            certified.into(),
            number(each, 4),
            number(path, 1),
        ]);
    }
    table.finish();
}
