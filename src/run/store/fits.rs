//! Rows that a spec can have: what is read is held against the spec before anything is sized or counted by it.

use crate::run::census::CensusFacts;
use crate::run::record::Record;
use crate::run::spec::Spec;

/// Whether a run of this spec can hold this record.
pub fn record(spec: &Spec, record: &Record) -> bool {
    let [index, undecided] = [record.index, record.undecided].map(|count| u64::from(count.unwrap_or(0)));
    surface(spec, record.spins, record.dim, record.instance)
        && (spec.is_census() || record.start < spec.starts)
        && index + undecided < u64::from(record.dim)
}

/// Whether a census of this spec can hold these facts.
pub fn facts(spec: &Spec, facts: &CensusFacts) -> bool {
    spec.is_census() && surface(spec, facts.spins, facts.dim, facts.instance)
}

fn surface(spec: &Spec, spins: u32, dim: u32, instance: u32) -> bool {
    spins == spec.spins && spec.dims.contains(&dim) && instance < spec.instances
}
