//! What a spec asks for, as units in order; and what is left of it.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

use std::collections::BTreeMap;
use std::ops::Range;

use super::spec::{Kind, Spec};
use super::unit::{UNIT_STARTS, UnitKey};

/// One unit of a plan with the starts it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Which unit.
    pub key: UnitKey,
    /// Its starts; fewer than [`UNIT_STARTS`] in the last block only. One for all of a census.
    pub starts: Range<u32>,
}

impl Unit {
    /// Whether a stored unit of so many records is all of it. How many points a census has is not known ahead.
    pub fn is_whole(&self, kind: Kind, stored: u32) -> bool {
        kind == Kind::Census || stored as usize == self.starts.len()
    }
}

/// Units on one surface: they share its couplings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Λ.
    pub dim: u32,
    /// Number of the surface.
    pub instance: u32,
    /// The units, by block.
    pub units: Vec<Unit>,
}

impl Group {
    /// Starts over all units of the group.
    pub fn starts(&self) -> u64 {
        self.units.iter().map(|unit| unit.starts.len() as u64).sum()
    }
}

/// Every unit of a spec: dims ascending, then instance, then block.
pub fn plan(spec: &Spec) -> impl Iterator<Item = Unit> + '_ {
    surfaces(spec).flat_map(move |(dim, instance)| blocks(spec, dim, instance))
}

/// Number of units in the plan of a spec.
pub fn planned_units(spec: &Spec) -> u64 {
    let surfaces = spec.dims.len() as u64 * u64::from(spec.instances);
    surfaces * u64::from(spec.starts.div_ceil(UNIT_STARTS))
}

/// The plan without what is done, grouped by surface; `done` maps a unit to its stored starts.
///
/// A partial unit becomes "not done" when starts grow: it is redone and replaced as a whole, with the same bits
/// for the starts it had.
pub fn todo(spec: &Spec, done: &BTreeMap<UnitKey, u32>) -> Vec<Group> {
    let kind = spec.kind();
    let is_open = |unit: &Unit| {
        let open = done.get(&unit.key).is_none_or(|&stored| !unit.is_whole(kind, stored));
        let left = sabotage!("unit-dropped", open, open && (done.is_empty() || unit.key.block != 1));
        sabotage!("unit-done-twice", left, true)
    };
    surfaces(spec)
        .map(|(dim, instance)| Group {
            dim,
            instance,
            units: blocks(spec, dim, instance).filter(is_open).collect(),
        })
        .filter(|group| !group.units.is_empty())
        .collect()
}

fn surfaces(spec: &Spec) -> impl Iterator<Item = (u32, u32)> + '_ {
    spec.dims.iter().flat_map(move |&dim| (0..spec.instances).map(move |instance| (dim, instance)))
}

fn blocks(spec: &Spec, dim: u32, instance: u32) -> impl Iterator<Item = Unit> + use<> {
    let (spins, total) = (spec.spins, spec.starts);
    (0..total.div_ceil(UNIT_STARTS)).map(move |block| {
        let key = UnitKey { spins, dim, instance, block };
        Unit { key, starts: key.starts(total) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Request;

    fn spec(starts: u32) -> Spec {
        let request = Request {
            dims: Some(vec![7, 4]),
            starts: Some(starts),
            instances: Some(2),
            ..Request::default()
        };
        Spec::new(&request).unwrap()
    }

    #[test]
    fn the_plan_runs_by_dim_then_instance_then_block() {
        let order: Vec<_> =
            plan(&spec(25)).map(|unit| (unit.key.dim, unit.key.instance, unit.key.block)).collect();
        let expected =
            [(4, 0, 0), (4, 0, 1), (4, 1, 0), (4, 1, 1), (7, 0, 0), (7, 0, 1), (7, 1, 0), (7, 1, 1)];
        assert_eq!(order, expected);
        assert_eq!(planned_units(&spec(25)), 8);
    }

    #[test]
    fn what_is_done_is_not_to_do_again_unless_it_grew() {
        let done: BTreeMap<_, _> = plan(&spec(25)).map(|unit| (unit.key, unit.starts.len() as u32)).collect();
        assert!(todo(&spec(25), &done).is_empty());
        let left = todo(&spec(45), &done);
        assert_eq!(left.len(), 4);
        assert_eq!(
            left[0].units.iter().map(|unit| unit.starts.clone()).collect::<Vec<_>>(),
            [20..40, 40..45]
        );
        assert_eq!(left[0].starts(), 25);
    }
}
