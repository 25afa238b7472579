//! Tables of a run on surfaces.

use std::path::Path;

use super::census::facts::CensusFacts;
use super::record::{StartResult, TraceRow};
use super::study::SurfaceStore;
use super::table::{CriticalPointRow, SurfaceId, rows, run_heads};
use crate::error::Result;
use crate::study::columns::values;
use crate::study::export::{self, heads};

/// Writes the records of some surfaces.
///
/// # Errors
/// Those of the store; [`Error::Io`](crate::Error::Io), [`Error::Refused`](crate::Error::Refused) where the file cannot be
/// written.
pub fn write_csv(store: &SurfaceStore, surfaces: &[SurfaceId], path: &Path) -> Result<()> {
    export::write_csv(path, &run_heads(store.spec()), |put| {
        surfaces.iter().try_for_each(|&id| rows(store, id)?.iter().try_for_each(|row| put(&row.values())))
    })
}

/// The records of some surfaces as comma-separated text.
///
/// # Errors
/// Those of the store.
pub fn csv_text(store: &SurfaceStore, surfaces: &[SurfaceId]) -> Result<Vec<u8>> {
    export::csv_text(&run_heads(store.spec()), |put| {
        surfaces.iter().try_for_each(|&id| rows(store, id)?.iter().try_for_each(|row| put(&row.values())))
    })
}

/// Writes the records of some surfaces: one row group per surface.
///
/// # Errors
/// As [`write_csv`].
pub fn write_parquet(store: &SurfaceStore, surfaces: &[SurfaceId], path: &Path) -> Result<()> {
    let groups = surfaces
        .iter()
        .map(|&surface| Ok(rows(store, surface)?.iter().map(CriticalPointRow::values).collect()));
    export::write_parquet("records", &run_heads(store.spec()), groups, path)
}

/// Writes the histories of some surfaces.
///
/// # Errors
/// As [`write_csv`].
pub fn write_traces(store: &SurfaceStore, surfaces: &[SurfaceId], path: &Path) -> Result<()> {
    export::write_csv(path, &heads::<TraceRow>(), |put| {
        for &SurfaceId { dim, instance } in surfaces {
            for StartResult { record, trace, .. } in store.surface_starts(dim, instance)? {
                let mut rows = trace.iter().map(|point| TraceRow::new(&record, point));
                rows.try_for_each(|row| put(&values(&row).collect::<Vec<_>>()))?;
            }
        }
        Ok(())
    })
}

/// What is known of each census beside its points, for some surfaces.
///
/// # Errors
/// As [`write_csv`].
pub fn write_censuses(store: &SurfaceStore, surfaces: &[SurfaceId], path: &Path) -> Result<()> {
    export::write_csv(path, &heads::<CensusFacts>(), |put| {
        let is_wanted =
            |facts: &CensusFacts| surfaces.contains(&SurfaceId { dim: facts.dim, instance: facts.instance });
        let all = store.census_facts()?;
        let mut wanted = all.iter().filter(|facts| is_wanted(facts));
        wanted.try_for_each(|facts| put(&values(facts).collect::<Vec<_>>()))
    })
}
