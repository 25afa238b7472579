//! Comma-separated tables; floats round-trip, what is unknown is empty.

use std::path::Path;

use csv::Writer;

use super::table::{SurfaceId, heads, rows, run_heads};
use crate::error::{Error, Result};
use crate::run::census::CensusFacts;
use crate::run::files;
use crate::run::networks::{NetworkRecord, NetworksStore};
use crate::run::record::{StartResult, TraceRow};
use crate::run::store::Store;
use crate::study::columns::{Kind, Row, Value, values};

/// Writes the records of some surfaces.
///
/// # Errors
/// Those of the store; [`Error::Io`], [`Error::Refused`] where the file cannot be written.
pub fn write_csv(store: &Store, surfaces: &[SurfaceId], path: &Path) -> Result<()> {
    write_table(path, run_heads(store.spec()), |put| {
        surfaces.iter().try_for_each(|&id| rows(store, id)?.iter().try_for_each(|row| put(&row.values())))
    })
}

/// Writes the histories of some surfaces.
///
/// # Errors
/// As [`write_csv`].
pub fn write_traces(store: &Store, surfaces: &[SurfaceId], path: &Path) -> Result<()> {
    write_table(path, heads::<TraceRow>(), |put| {
        for &SurfaceId { dim, instance } in surfaces {
            for StartResult { record, trace, .. } in store.surface_starts(dim, instance)? {
                trace.iter().try_for_each(|point| put(&line(&TraceRow::new(&record, point))))?;
            }
        }
        Ok(())
    })
}

/// What is known of each census beside its points, for some surfaces.
///
/// # Errors
/// As [`write_csv`].
pub fn write_censuses(store: &Store, surfaces: &[SurfaceId], path: &Path) -> Result<()> {
    write_table(path, heads::<CensusFacts>(), |put| {
        let is_wanted =
            |facts: &CensusFacts| surfaces.contains(&SurfaceId { dim: facts.dim, instance: facts.instance });
        store.census_facts()?.iter().filter(|facts| is_wanted(facts)).try_for_each(|facts| put(&line(facts)))
    })
}

/// Writes all networks of a run.
///
/// # Errors
/// As [`write_csv`].
pub fn write_networks_csv(store: &NetworksStore, path: &Path) -> Result<()> {
    write_table(path, heads::<NetworkRecord>(), |put| {
        store.networks()?.iter().try_for_each(|network| put(&line(network)))
    })
}

fn line<R: Row>(row: &R) -> Vec<Value<'static>> {
    values(row).collect()
}

/// Writes a table; `fill` puts its rows.
fn write_table(
    path: &Path,
    heads: Vec<(&'static str, Kind)>,
    fill: impl Fn(&mut dyn FnMut(&[Value<'_>]) -> Result<()>) -> Result<()>,
) -> Result<()> {
    let failed = |error: std::io::Error| Error::io(format!("writing {}", path.display()), error);
    files::write_whole(path, |file| {
        let mut table = Writer::from_writer(file);
        table.write_record(heads.iter().map(|(name, _)| name)).map_err(|error| failed(error.into()))?;
        fill(&mut |values| {
            let texts = values.iter().map(|value| value.text());
            table.write_record(texts).map_err(|error| failed(error.into()))
        })?;
        table.flush().map_err(failed)
    })
}
