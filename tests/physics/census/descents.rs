//! The minima of a census are those that descents find.

use super::harness::{random, take};
use hspin::descent::{Execution, Outcome, Protocol, Rules};
use hspin::hamiltonian::{Isa, Layout, SurfaceKey};
use hspin::sphere::overlap;
use hspin::studies::surfaces::sweep::{JobStarts, Listener, SurfaceJob};
use hspin::study::Stop;

/// Ends of descents from random starts on the surface `random(spins, dim, instance)`.
fn descents(spins: usize, dim: usize, instance: u64, starts: u32) -> Vec<Vec<f64>> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let job = SurfaceJob {
        key: SurfaceKey { seed: 1, layout: Layout::new(spins, dim), instance },
        couplings: None,
        model: None,
        protocol: Protocol::gd(spins as u32),
        rules: Rules::CURRENT,
        execution: Execution { isa: Isa::best(), batch: 48 },
        traced: false,
        starts: JobStarts::Uniform,
        few_starts: false,
        have_slopes: false,
    };
    let mut points = Vec::new();
    let mut collect = |result: hspin::studies::surfaces::StartResult| {
        assert_eq!(result.record.outcome, Outcome::Converged);
        points.push(result.point);
        Ok(())
    };
    let stop = Stop::default();
    let mut listener = Listener { result: &mut collect, advanced: &|_| (), stop: &stop };
    job.run(&pool, (0..starts).collect(), &mut listener).unwrap();
    points
}

#[test]
fn descents_end_at_minima_of_the_census_and_miss_none_of_them() {
    for (spins, dim) in [(2, 6), (3, 8), (4, 5), (5, 4)] {
        for instance in 0..3 {
            let found = take(&random(spins, dim, instance));
            let minima: Vec<_> = found.points.iter().filter(|point| point.index == 0).collect();
            let mut met = vec![false; minima.len()];
            for end in descents(spins, dim, instance, 600) {
                let same = |minimum: &&hspin::critical::census::RealPoint| {
                    overlap(&minimum.point, &end) > 1.0 - 1e-12
                };
                let Some(place) = minima.iter().position(same) else {
                    panic!("order {spins}, instance {instance}: a minimum that the census has not");
                };
                met[place] = true;
            }
            assert!(met.iter().all(|&met| met), "order {spins}, instance {instance}: {met:?}");
        }
    }
}
