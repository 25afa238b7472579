//! A path's end does not depend on what it is followed with; a census not on who follows it.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::harness::{in_order, random, take};
use crate::common::surface;
use hspin::critical::census::{BlockEnds, CensusKey, Instance, PathBlocks, PathOutcome, Stage, census};
use hspin::hamiltonian::Isa;
use sha2::{Digest, Sha256};

#[test]
fn blocks_of_any_size_end_alike() {
    for (spins, dim) in [(3, 7), (4, 4), (5, 3)] {
        let instance = Instance::new(&random(spins, dim, 0), CensusKey { seed: 1, instance: 0 }, 0);
        let whole = instance.track(0..instance.paths(), 0);
        for size in [1, 3, 50] {
            let mut parts = BlockEnds::default();
            for start in (0..instance.paths()).step_by(size) {
                let part = instance.track(start..instance.paths().min(start + size as u64), 0);
                parts.outcomes.extend(part.outcomes);
                parts.real.extend(part.real);
                parts.steps += part.steps;
            }
            assert_eq!(parts, whole, "order {spins}, blocks of {size}");
        }
        let backwards = instance.track((0..instance.paths()).rev(), 0);
        assert_eq!(backwards, whole);
    }
}

#[test]
fn threads_change_no_bit() {
    let threads = |stage: Stage, job: PathBlocks| -> hspin::Result<Vec<BlockEnds>> {
        std::thread::scope(|scope| {
            let handles: Vec<_> = (0..stage.blocks).map(|i| scope.spawn(move || job(i))).collect();
            Ok(handles.into_iter().map(|handle| handle.join().unwrap()).collect())
        })
    };
    let (surface, key) = (random(3, 9, 0), CensusKey { seed: 1, instance: 0 });
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        let alone = census(&surface, key, isa, &in_order).unwrap();
        assert_eq!(census(&surface, key, isa, &threads).unwrap(), alone);
        assert_eq!(alone, take(&surface), "{}", isa.name());
    }
}

#[test]
fn another_way_leads_to_the_same_points() {
    let surface = surface(3, 8, 2, 0);
    let [a, b] =
        [1, 2].map(|seed| census(&surface, CensusKey { seed, instance: 0 }, Isa::best(), &in_order).unwrap());
    assert!(a.is_certified() && b.is_certified());
    assert_eq!(a.points.len(), b.points.len());
    assert_ne!(a.steps, b.steps);
    for (a, b) in a.points.iter().zip(&b.points) {
        assert_eq!((a.index, a.antipode), (b.index, b.antipode));
        assert!(a.point.iter().zip(&b.point).all(|(a, b)| (a - b).abs() < 1e-10));
    }
}

#[test]
fn a_stopped_census_goes_on_from_the_blocks_that_were_kept() {
    let (surface, key) = (random(3, 10, 1), CensusKey { seed: 1, instance: 1 });
    let kept: Mutex<BTreeMap<usize, BlockEnds>> = Mutex::default();
    let stopped = census(&surface, key, Isa::best(), &|_, job| {
        (0..3).for_each(|block| drop(kept.lock().unwrap().insert(block, job(block))));
        Err(hspin::Error::Interrupted(15))
    });
    assert!(matches!(stopped, Err(hspin::Error::Interrupted(15))));
    let resumed = census(&surface, key, Isa::best(), &|stage, job| {
        assert_eq!((stage.attempt, stage.round, stage.blocks), (0, 0, 8));
        let mut kept = kept.lock().unwrap();
        Ok((0..stage.blocks).map(|block| kept.remove(&block).unwrap_or_else(|| job(block))).collect())
    });
    assert_eq!(resumed.unwrap(), census(&surface, key, Isa::best(), &in_order).unwrap());
}

/// Golden bits: only plain arithmetic and square roots up to order 4. A change is a "values changed" line in
/// CHANGELOG.md.
#[test]
fn ends_have_their_golden_bits() {
    let digest = |spins, dim| {
        let instance = Instance::new(&random(spins, dim, 0), CensusKey { seed: 7, instance: 0 }, 0);
        let ends = instance.track(0..instance.paths(), 0);
        let mut hash = Sha256::new();
        for (_, outcome) in &ends.outcomes {
            let PathOutcome::Proved { fingerprint, .. } = outcome else { panic!("{outcome:?}") };
            fingerprint.value.iter().for_each(|part| hash.update(part.to_le_bytes()));
        }
        ends.real.iter().flat_map(|(_, x)| x).for_each(|x| hash.update(x.to_le_bytes()));
        hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    assert_eq!([digest(3, 6), digest(4, 4)], ["1a24b65edb57d85e", "0ef08c1e88cb6b17"]);
}
