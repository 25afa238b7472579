//! What a spec asks for, as units in order.

use super::spec::Spec;
use super::unit::{StartsUnit, UNIT_STARTS, UnitKey};

/// How much of the unit with this key is asked for.
pub fn unit(spec: &Spec, key: UnitKey) -> StartsUnit {
    let UnitKey { spins, dim, instance, block } = key;
    StartsUnit { spins, dim, instance, block, starts: key.starts(spec.starts).len() as u32 }
}

/// Number of units in the plan of a spec.
pub fn planned_units(spec: &Spec) -> u64 {
    let surfaces = spec.dims.len() as u64 * u64::from(spec.instances);
    surfaces * u64::from(spec.starts.div_ceil(UNIT_STARTS))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::studies::surfaces::{Request, Surfaces};
    use crate::study::{Listed, StoredUnit, Study, todo};

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
            Surfaces::plan(&spec(25)).map(|unit| (unit.dim, unit.instance, unit.block)).collect();
        let expected =
            [(4, 0, 0), (4, 0, 1), (4, 1, 0), (4, 1, 1), (7, 0, 0), (7, 0, 1), (7, 1, 0), (7, 1, 1)];
        assert_eq!(order, expected);
        assert_eq!(planned_units(&spec(25)), 8);
    }

    #[test]
    fn what_is_done_is_not_to_do_again_unless_it_grew() {
        let stored = |listed: StartsUnit| (listed.key(), StoredUnit { listed, checksum: [0; 32] });
        let done: BTreeMap<_, _> = Surfaces::plan(&spec(25)).map(stored).collect();
        assert!(todo::<Surfaces>(&spec(25), &done).is_empty());
        let left = todo::<Surfaces>(&spec(45), &done);
        let on_each: Vec<_> = left.chunk_by(StartsUnit::shares_surface).collect();
        assert_eq!(on_each.len(), 4);
        assert_eq!(
            on_each[0].iter().map(|unit| (unit.block, unit.starts)).collect::<Vec<_>>(),
            [(1, 20), (2, 5)]
        );
    }
}
