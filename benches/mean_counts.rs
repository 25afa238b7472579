//! Times of exact mean counts on one core: `cargo bench --bench mean_counts`.

mod common;

use std::time::Instant;

use common::{Table, number};
use hspin::theory::MeanCounts;

/// Energies per spin of a curve.
const ENERGIES: u32 = 500;

fn main() {
    let columns = ["what", "Λ", "H", "energies", "seconds"];
    let mut table = Table::new("mean_counts", "Exact mean counts on one thread", &columns);
    let curve =
        |low: f64| (0..ENERGIES).map(|i| low * (1.0 - f64::from(i) / f64::from(ENERGIES - 1))).collect();
    let curve: &dyn Fn(f64) -> Vec<f64> = &curve;
    for (dim, spins) in [(100, 3), (1000, 3), (1000, 10), (10_000, 3)] {
        let counts = MeanCounts::new(spins, dim).expect("in range");
        report(&mut table, "total", dim, spins, &|| {
            drop(counts.total(&curve(-1.75)).expect("finite energies"))
        });
    }
    for (what, dim, spins, indices, low) in [
        ("every index", 50, 3, 0..50, -1.0),
        ("k = 0…5", 100, 3, 0..6, -1.75),
        ("k = 0…5", 1000, 3, 0..6, -1.75),
        ("k = 0…5", 1000, 10, 0..6, -2.2),
    ] {
        let energies = if what == "every index" { vec![f64::INFINITY] } else { curve(low) };
        let work = || {
            let mut counts = MeanCounts::new(spins, dim).expect("in range");
            for index in indices.clone() {
                let found = counts.by_index(index, &energies).expect("finite energies");
                assert!(found.iter().all(Option::is_some));
            }
        };
        report(&mut table, what, dim, spins, &work);
    }
    table.finish();
}

fn report(table: &mut Table, what: &'static str, dim: u32, spins: u32, work: &dyn Fn()) {
    let begin = Instant::now();
    work();
    let energies = if what == "every index" { 1 } else { ENERGIES };
    let seconds = begin.elapsed().as_secs_f64();
    table.row([what.into(), dim.into(), spins.into(), energies.into(), number(seconds, 2)]);
}
