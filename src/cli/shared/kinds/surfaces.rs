//! Runs on surfaces: sweeps and censuses.

use std::path::{Path, PathBuf};

use super::export::{self, Args as ExportArgs};
use super::kind::{Merged, RunKind};
use super::verdicts::{Args, verify};
use crate::analysis::{RunSummary, summarize, tabulate_census};
use crate::cli::shared::env::resources;
use crate::cli::shared::progress::duration;
use crate::cli::shared::summary::render;
use crate::cli::shared::{census_table, engine, output, own};
use crate::error::{Error, Result};
use crate::report::words::sweep::state;
use crate::studies::surfaces::{self, Couplings, Given, SurfaceStore, Surfaces};
use crate::study::{Format, Job, Recomputed, Sampling, Stop, Study};

/// The kind.
pub struct SurfaceRunKind;

impl RunKind for SurfaceRunKind {
    fn formats(&self) -> &'static [Format] {
        Surfaces::FORMATS
    }

    fn show(&self, run: &Path, json: bool) -> Result<()> {
        let store = SurfaceStore::open_read(run)?;
        let summary = summarize(&store)?;
        if json {
            return output::print_json(&summary);
        }
        if store.spec().is_census() {
            return output::print(&census_text(&store, &summary)?);
        }
        output::print(&render(&store, &summary))
    }

    fn verify(&self, args: &Args) -> Result<()> {
        if let Some(data) = &args.data {
            return Err(Error::bad_input("data", data.display(), "nothing: not a run of networks"));
        }
        verify(args, |store: &SurfaceStore, sampling| deep(args, store, sampling))
    }

    fn export(&self, args: &ExportArgs) -> Result<()> {
        export::of_surfaces(args)
    }

    fn merge(&self, runs: &[PathBuf], out: &Path) -> Result<Merged> {
        Merged::of::<Surfaces>(runs, out)
    }
}

/// A census: how far it is, then its table.
fn census_text(store: &SurfaceStore, summary: &RunSummary) -> Result<String> {
    let path = store.path().display();
    let spent: f64 = summary.dims.iter().map(|dim| dim.seconds.total_s()).sum();
    let kept = if summary.keeps_couplings { ", couplings kept" } else { "" };
    let mut text = format!("{path}: {}, {} processor time{kept}\n", state(summary), duration(spent));
    text.push_str(&census_table::render(&tabulate_census(store)?));
    Ok(text)
}

fn deep(args: &Args, store: &SurfaceStore, sampling: &Sampling) -> Result<Recomputed> {
    let resources = resources(None)?;
    Surfaces::admit(store.spec(), &resources)?;
    let given = own_couplings(args, store)?;
    if store.spec().couplings != Couplings::Random && given.couplings.is_none() {
        let path = store.path().display();
        return Err(Error::Refused(format!(
            "{path} has couplings of your own, and the store only their checksum: give them (--couplings)"
        )));
    }
    let points = args.starts_from.as_deref().map(engine::starting_points).transpose()?;
    let given = given.starting_from(points);
    let (spec, stop) = (store.spec(), Stop::default());
    let job = Job { spec, given: &given, resources: &resources, observer: &(), stop: &stop };
    surfaces::recompute(store, &job, sampling)
}

/// The user's couplings, if they are those of the run; those that the run keeps, where none are given.
fn own_couplings(args: &Args, store: &SurfaceStore) -> Result<Given> {
    let Some(path) = args.couplings.first() else { return Ok(own::kept_by(store)?.unwrap_or_default()) };
    let (run, named) = (store.path().display(), path.display());
    if store.spec().couplings == Couplings::Random {
        return Err(Error::bad_input("couplings", named, format!("nothing: {run} is on random couplings")));
    }
    let given = args.own().given()?;
    if given.known_as.is_same_tensor(&store.spec().couplings) {
        return Ok(given);
    }
    let allowed = format!("the tensor that {run} is on; this is another");
    Err(Error::bad_input("couplings", named, allowed))
}
