//! A path's end does not depend on what it is followed with; a census not on who follows it.

use super::common::surface;
use super::harness::{in_order, random, take};
use hspin::critical::census::{BlockEnds, CensusKey, Instance, census};
use hspin::hamiltonian::Isa;

#[test]
fn blocks_of_any_size_end_alike() {
    for (spins, dim) in [(3, 7), (4, 4), (5, 3)] {
        let instance = Instance::new(&random(spins, dim, 0), CensusKey { seed: 1, instance: 0 }, 0);
        let whole = instance.track(0..instance.paths(), 0);
        for size in [1, 3, 50] {
            let mut parts = BlockEnds::default();
            for start in (0..instance.paths()).step_by(size) {
                let part = instance.track(start..instance.paths().min(start + size as u64), 0);
                parts.fates.extend(part.fates);
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
    let threads = |n: usize, job: &(dyn Fn(usize) -> BlockEnds + Sync)| -> Vec<BlockEnds> {
        std::thread::scope(|scope| {
            let handles: Vec<_> = (0..n).map(|i| scope.spawn(move || job(i))).collect();
            handles.into_iter().map(|handle| handle.join().unwrap()).collect()
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
