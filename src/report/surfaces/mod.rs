//! A run on surfaces: a sweep, saddle searches, annealing or a census.

mod census;
mod each;
mod energies;
mod indices;
mod loaded;
mod sizes;
mod traces;
mod verdict;

use std::path::Path;

use super::downloads;
use super::origin::{self, Maker};
use super::section::{Download, Ids, RunPage, Section, name_of, shown};
use super::words::sweep;
use crate::error::Result;
use crate::studies::surfaces::{csv_text, surfaces};
use loaded::Loaded;

/// All about a run; its table of records is part of the page up to so many bytes.
///
/// # Errors
/// Those of the store and of theory.
pub fn page(ids: Ids, path: &Path, maker: &Maker, most_records: usize) -> Result<RunPage> {
    let run = Loaded::at(path)?;
    let (name, about) = (name_of(path), sweep::about(&run.store, &run.summary));
    let mut files = Vec::new();
    let sections = shown([
        sizes::section(ids, &run, &mut files),
        energies::section(ids, &run),
        traces::section(ids, &run),
        census::section(ids, &run),
        indices::section(ids, &run),
        each::section(ids, &run, &mut files),
        Ok(verdict::section(&run)),
        Ok(origin::section(ids, &run.origin, maker, std::slice::from_ref(&about))),
        saved(&run, &name, files, most_records),
    ])?;
    Ok(RunPage {
        about: vec![format!("{about}; {}", sweep::state(&run.summary))],
        warning: run.stored.units.note().map(|note| format!("{note}: all numbers are of what is stored.")),
        verdict: verdict::strip(&run),
        name,
        sections,
    })
}

/// Files: tables, records, the spec.
fn saved(run: &Loaded, name: &str, mut files: Vec<Download>, most: usize) -> Result<Option<Section>> {
    let mut notes = Vec::new();
    let records: u64 = run.summary.dims.iter().map(|dim| dim.starts).sum();
    // A row has at least this many bytes: tables that cannot fit are not made.
    let fits = records.saturating_mul(100) <= most as u64;
    let text = if fits { csv_text(&run.store, &surfaces(&run.store))? } else { Vec::new() };
    if fits && text.len() <= most {
        files.push(Download::csv("records.csv", format!("all {records} records of {name}"), text));
    } else {
        notes.push(format!(
            "{records} records are too many for a page: hspin export {name} --out FOLDER writes them as CSV or Parquet."
        ));
    }
    files.push(Download {
        name: "spec.json".to_owned(),
        about: "everything that defines the run".to_owned(),
        kind: "application/json",
        bytes: run.origin.spec.clone().into_bytes(),
    });
    Ok(downloads::section(&files, &notes))
}
