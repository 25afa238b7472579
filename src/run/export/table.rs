//! The columns of a record, named once for every format.

use crate::critical::{distinct_within, reach};
use crate::error::Result;
use crate::run::record::Record;
use crate::run::spec::Spec;
use crate::run::store::{Points, Store};

/// A record with what is computed on reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
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

/// A column: its name and how a row's value is read; floats that are not finite are unknown.
pub(super) struct Column<R: 'static> {
    pub name: &'static str,
    pub read: Read<R>,
}

pub(super) enum Read<R: 'static> {
    Count(fn(&R) -> Option<u64>),
    Float(fn(&R) -> f64),
    Text(fn(&R) -> &'static str),
}

pub(super) const fn count<R>(name: &'static str, read: fn(&R) -> Option<u64>) -> Column<R> {
    Column { name, read: Read::Count(read) }
}

pub(super) const fn float<R>(name: &'static str, read: fn(&R) -> f64) -> Column<R> {
    Column { name, read: Read::Float(read) }
}

pub(super) const fn text<R>(name: &'static str, read: fn(&R) -> &'static str) -> Column<R> {
    Column { name, read: Read::Text(read) }
}

/// All columns, in order; the last is of the user's own couplings only.
static COLUMNS: [Column<Row>; 16] = [
    count("spins", |row| Some(row.record.spins.into())),
    count("dim", |row| Some(row.record.dim.into())),
    count("instance", |row| Some(row.record.instance.into())),
    count("start", |row| Some(row.record.start.into())),
    float("energy", |row| row.record.energy),
    float("energy_per_spin", |row| row.record.energy_per_spin),
    float("descent_energy_per_spin", |row| row.record.descent_energy_per_spin),
    float("gradient_norm", |row| row.record.gradient_norm),
    count("index", |row| row.record.index.map(u64::from)),
    float("min_eigenvalue", |row| row.record.min_eigenvalue),
    count("undecided", |row| row.record.undecided.map(u64::from)),
    count("steps", |row| Some(row.record.steps)),
    float("polish_overlap", |row| row.record.polish_overlap),
    text("outcome", |row| row.record.outcome.name()),
    count("distinct", |row| row.distinct.map(u64::from)),
    float("scale", |row| row.scale.unwrap_or(f64::NAN)),
];

/// The columns of a run, in order.
pub(super) fn columns(spec: &Spec) -> &'static [Column<Row>] {
    let [all @ .., _] = &COLUMNS;
    if spec.couplings.scale().is_some() { &COLUMNS } else { all }
}

/// The surfaces of which anything is stored, in order.
pub fn surfaces(store: &Store) -> Vec<SurfaceId> {
    let keys = store.done().into_keys();
    let mut surfaces: Vec<_> = keys.map(|key| SurfaceId { dim: key.dim, instance: key.instance }).collect();
    surfaces.dedup();
    surfaces
}

/// The rows of one surface, by start.
///
/// # Errors
/// Those of the store.
pub fn rows(store: &Store, surface: SurfaceId) -> Result<Vec<Row>> {
    let (records, points) = store.surface(surface.dim, surface.instance)?;
    Ok(with_distinct(store.spec(), records, &points))
}

fn with_distinct(spec: &Spec, records: Vec<Record>, points: &Points) -> Vec<Row> {
    // Of a start that did not converge it is not known how far the critical point is.
    let reach_of = |start: &u32| {
        let at = records.binary_search_by_key(start, |record| record.start).ok();
        let record = at.and_then(|at| records.get(at)).filter(|record| record.converged());
        record.map_or(0.0, |record| reach(record.gradient_norm, record.min_eigenvalue))
    };
    let reaches: Vec<f64> = points.starts.iter().map(reach_of).collect();
    let scale = spec.couplings.scale();
    let ids = distinct_within(spec.spins, points.dim, &points.values, &reaches);
    let id_of = |start: u32| points.starts.binary_search(&start).ok().and_then(|row| ids.get(row).copied());
    records.into_iter().map(|record| Row { distinct: id_of(record.start), record, scale }).collect()
}
