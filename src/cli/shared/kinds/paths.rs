//! Runs of paths.

use std::path::{Path, PathBuf};

use super::export::Args as ExportArgs;
use super::kind::{Merged, RunKind};
use super::verdicts::{Args, verify};
use crate::analysis::PathsTable;
use crate::cli::shared::env::resources;
use crate::cli::shared::{output, paths_text};
use crate::error::{Error, Result};
use crate::studies::paths::{Paths, PathsStore, kept_by};
use crate::study::{Format, Job, Recomputed, Sampling, Stop, Study, export, recompute};

/// The kind.
pub struct PathsRunKind;

impl RunKind for PathsRunKind {
    fn formats(&self) -> &'static [Format] {
        Paths::FORMATS
    }

    fn show(&self, run: &Path, json: bool) -> Result<()> {
        let store = PathsStore::open_read(run)?;
        let table = PathsTable::of_run(&store)?;
        if json { output::print_json(&table) } else { output::print(&paths_text::table(run, &table)) }
    }

    fn verify(&self, args: &Args) -> Result<()> {
        for (key, path) in [("data", &args.data), ("starts-from", &args.starts_from)] {
            if let Some(path) = path {
                return Err(Error::bad_input(key, path.display(), "nothing: a run of paths has none"));
            }
        }
        if let Some(couplings) = args.couplings.first() {
            return Err(Error::bad_input(
                "couplings",
                couplings.display(),
                "nothing: a run of paths has none",
            ));
        }
        verify(args, |store: &PathsStore, sampling| deep(store, sampling))
    }

    fn export(&self, args: &ExportArgs) -> Result<()> {
        if let Some(dim) = args.dim {
            return Err(Error::bad_input("dim", dim, "nothing: a run of paths is on one surface"));
        }
        let store = PathsStore::open_read(&args.run)?;
        let path = export::table(&store, &args.out, args.format, args.force)?;
        output::log(&format!("wrote {}", path.display()));
        Ok(())
    }

    fn merge(&self, runs: &[PathBuf], out: &Path) -> Result<Merged> {
        Merged::of::<Paths>(runs, out)
    }
}

fn deep(store: &PathsStore, sampling: &Sampling) -> Result<Recomputed> {
    let resources = resources(None)?;
    Paths::admit(store.spec(), &resources)?;
    let (given, stop) = (kept_by(store)?, Stop::default());
    let job = Job { spec: store.spec(), given: &given, resources: &resources, observer: &(), stop: &stop };
    recompute(store, &job, sampling)
}
