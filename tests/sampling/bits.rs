//! Bits of a chain are its own.

use hspin::hamiltonian::{Isa, Model};
use hspin::sampling::{ChainKey, Sampled, Sampler, Schedule};

use super::draw;

fn bits(sampled: &Sampled) -> Vec<u64> {
    let mut all = Vec::new();
    for rung in &sampled.rungs {
        all.extend(rung.energies.iter().chain(&rung.overlaps).chain(&rung.points).flatten());
        all.extend([rung.step, rung.acceptance, rung.swap, rung.radial_slope]);
    }
    all.into_iter().map(f64::to_bits).collect()
}

fn schedule(replicas: usize) -> Schedule {
    let temperatures = (0..9).map(|k| 0.6 + 0.1 * f64::from(k)).collect();
    Schedule { temperatures, replicas, sweeps: 40, burn_in: 20, steps: 5, exchange: true }
}

fn run(isa: Isa, schedule: &Schedule) -> Sampled {
    let surface = draw(&Model::pure(3), 17, 0);
    let mut sampler = Sampler::new((&surface, None), isa, schedule, ChainKey { seed: 7, instance: 0 });
    while sampler.sweep() {}
    sampler.finish()
}

/// 27 chains: a full block and one with three lanes.
#[test]
fn instruction_sets_change_no_bit() {
    let schedule = schedule(3);
    let all: Vec<Vec<u64>> =
        Isa::ALL.into_iter().filter(|isa| isa.is_available()).map(|isa| bits(&run(isa, &schedule))).collect();
    assert!(all.iter().all(|one| *one == all[0]));
}

/// Without burn-in, in which sets share their step lengths, a set is what it is without the others.
#[test]
fn a_set_does_not_depend_on_its_neighbours() {
    let [one, three] =
        [1, 3].map(|replicas| run(Isa::best(), &Schedule { burn_in: 0, ..schedule(replicas) }));
    for (alone, among) in one.rungs.iter().zip(&three.rungs) {
        assert_eq!(alone.energies[0], among.energies[0]);
        assert_eq!(alone.points[0], among.points[0]);
    }
    assert_ne!(three.rungs[0].energies[0], three.rungs[0].energies[1]);
}
