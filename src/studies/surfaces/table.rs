//! Rows of an exported table: records, and what is computed on reading.

use super::reading::Points;
use super::record::Record;
use super::spec::Spec;
use super::study::SurfaceStore;
use crate::critical::{distinct_within, reach};
use crate::error::{Error, Result};
use crate::study::columns::{self, ColumnKind, Value};
use crate::study::export::{Head, heads};

/// A record with what is computed on reading.
#[derive(Debug, Clone, PartialEq)]
pub struct CriticalPointRow {
    /// The record.
    pub record: Record,
    /// Id of the distinct point within its instance; `None` where points were not kept.
    pub distinct: Option<u32>,
    /// Scale s of the user's own tensor; `None` for random couplings, and where release 0.1 did not store it.
    pub scale: Option<f64>,
}

/// One surface of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SurfaceId {
    /// Λ.
    pub dim: u32,
    /// Number of the surface.
    pub instance: u32,
}

/// What is computed on reading, after the columns of a record: name, kind, unit and meaning.
pub(in crate::studies) const COMPUTED: [(&str, ColumnKind, &str, &str); 2] = [
    (
        "distinct",
        ColumnKind::Count,
        "",
        "Number of the distinct point within its instance; unknown where points were not kept.",
    ),
    ("scale", ColumnKind::Real, "couplings", "Scale s of the user's own tensor; only in runs of one."),
];

/// Names and kinds of the columns of a run, in order; the scale is of the user's own couplings only.
pub fn run_heads(spec: &Spec) -> Vec<Head> {
    let computed = COMPUTED.iter().take(if spec.couplings.scale().is_some() { 2 } else { 1 });
    heads::<Record>().into_iter().chain(computed.map(|&(name, kind, ..)| (name, kind))).collect()
}

impl CriticalPointRow {
    /// Its values, in the order of the columns of a run.
    pub fn values(&self) -> Vec<Value<'static>> {
        let distinct = self.distinct.map_or(Value::Unknown, |id| Value::Whole(id.into()));
        let scale = self.scale.map(Value::Real);
        columns::values(&self.record).chain([distinct]).chain(scale).collect()
    }
}

/// The surface of a run with this dimension and number.
///
/// # Errors
/// [`Error::BadInput`] if the run has none.
pub fn known_surface(store: &SurfaceStore, dim: u32, instance: u32) -> Result<SurfaceId> {
    let spec = store.spec();
    if !spec.dims.contains(&dim) {
        return Err(Error::bad_input("dim", dim, format!("one of the run's: {:?}", spec.dims)));
    }
    if instance >= spec.instances {
        return Err(Error::bad_input("instance", instance, format!("below the run's {}", spec.instances)));
    }
    Ok(SurfaceId { dim, instance })
}

/// The surfaces of which anything is stored, in order.
pub fn surfaces(store: &SurfaceStore) -> Vec<SurfaceId> {
    let keys = store.done().into_keys();
    let mut surfaces: Vec<_> = keys.map(|key| SurfaceId { dim: key.dim, instance: key.instance }).collect();
    surfaces.dedup();
    surfaces
}

/// The rows of one surface, by start.
///
/// # Errors
/// Those of the store.
pub fn rows(store: &SurfaceStore, surface: SurfaceId) -> Result<Vec<CriticalPointRow>> {
    let (records, points) = store.surface(surface.dim, surface.instance)?;
    Ok(with_distinct(store.spec(), records, &points))
}

/// Records of one surface, by start, with what is computed on reading.
pub fn with_distinct(spec: &Spec, records: Vec<Record>, points: &Points) -> Vec<CriticalPointRow> {
    // Of a start that did not converge it is not known how far the critical point is.
    let reach_of = |start: &u32| {
        let at = records.binary_search_by_key(start, |record| record.start).ok();
        let record = at.and_then(|at| records.get(at)).filter(|record| record.converged());
        record.map_or(0.0, |record| reach(record.gradient_norm, record.min_eigenvalue))
    };
    let reaches: Vec<f64> = points.starts.iter().map(reach_of).collect();
    let scale = spec.couplings.scale();
    let ids = distinct_within(spec.spins.is_multiple_of(2), points.dim, &points.values, &reaches);
    let id_of = |start: u32| points.starts.binary_search(&start).ok().and_then(|row| ids.get(row).copied());
    records
        .into_iter()
        .map(|record| CriticalPointRow { distinct: id_of(record.start), record, scale })
        .collect()
}
