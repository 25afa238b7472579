//! Comma-separated tables; floats round-trip, what is unknown is empty.

use std::io::Write;
use std::path::Path;

use csv::Writer;

use super::networks;
use super::table::{Column, Read, SurfaceId, columns, rows};
use crate::error::{Error, Result};
use crate::run::census::CensusFacts;
use crate::run::files;
use crate::run::networks::NetworksStore;
use crate::run::record::StartResult;
use crate::run::store::Store;

/// Writes the records of some surfaces.
///
/// # Errors
/// Those of the store; [`Error::Io`], [`Error::Refused`] where the file cannot be written.
pub fn write_csv(store: &Store, surfaces: &[SurfaceId], path: &Path) -> Result<()> {
    files::write_whole(path, |file| {
        let mut table = Writer::from_writer(file);
        let columns = columns(store.spec());
        put(&mut table, path, columns.iter().map(|column| column.name))?;
        for &surface in surfaces {
            for row in rows(store, surface)? {
                put(&mut table, path, columns.iter().map(|column| text(column, &row)))?;
            }
        }
        table.flush().map_err(|error| failed(path, error))
    })
}

/// Writes the histories of some surfaces.
///
/// # Errors
/// As [`write_csv`].
pub fn write_traces(store: &Store, surfaces: &[SurfaceId], path: &Path) -> Result<()> {
    files::write_whole(path, |file| {
        let mut table = Writer::from_writer(file);
        put(&mut table, path, ["dim", "instance", "start", "step", "energy_per_spin", "gradient_norm"])?;
        for &SurfaceId { dim, instance } in surfaces {
            for StartResult { record, trace, .. } in store.surface_starts(dim, instance)? {
                for point in trace {
                    let ids = [u64::from(dim), u64::from(instance), u64::from(record.start), point.step];
                    let [dim, instance, start, step] = ids.map(|n| n.to_string());
                    let (energy, norm) = (float(point.energy_per_spin), float(point.gradient_norm));
                    put(&mut table, path, [dim, instance, start, step, energy, norm])?;
                }
            }
        }
        table.flush().map_err(|error| failed(path, error))
    })
}

/// What is known of each census beside its points, for some surfaces.
///
/// # Errors
/// As [`write_csv`].
pub fn write_censuses(store: &Store, surfaces: &[SurfaceId], path: &Path) -> Result<()> {
    files::write_whole(path, |file| {
        let mut table = Writer::from_writer(file);
        put(&mut table, path, CensusFacts::NAMES)?;
        for facts in store.census_facts()? {
            let id = SurfaceId { dim: facts.dim, instance: facts.instance };
            if surfaces.contains(&id) {
                put(&mut table, path, facts.counts().map(|count| count.to_string()))?;
            }
        }
        table.flush().map_err(|error| failed(path, error))
    })
}

/// Writes all networks of a run.
///
/// # Errors
/// As [`write_csv`].
pub fn write_networks_csv(store: &NetworksStore, path: &Path) -> Result<()> {
    files::write_whole(path, |file| {
        let mut table = Writer::from_writer(file);
        put(&mut table, path, networks::COLUMNS.map(|column| column.name))?;
        for network in store.networks()? {
            put(&mut table, path, networks::COLUMNS.map(|column| text(&column, &network)))?;
        }
        table.flush().map_err(|error| failed(path, error))
    })
}

fn text<R>(column: &Column<R>, row: &R) -> String {
    match column.read {
        Read::Count(read) => read(row).map(|n| n.to_string()).unwrap_or_default(),
        Read::Float(read) => float(read(row)),
        Read::Text(read) => read(row).to_owned(),
    }
}

/// Shortest digits that read back to the same float.
fn float(x: f64) -> String {
    if x.is_finite() { format!("{x:?}") } else { String::new() }
}

fn put(
    table: &mut Writer<impl Write>,
    path: &Path,
    row: impl IntoIterator<Item = impl AsRef<[u8]>>,
) -> Result<()> {
    table.write_record(row).map_err(|error| failed(path, error.into()))
}

fn failed(path: &Path, error: std::io::Error) -> Error {
    Error::io(format!("writing {}", path.display()), error)
}
