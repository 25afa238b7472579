//! Runs of networks.

use std::path::{Path, PathBuf};

use super::export::Args as ExportArgs;
use super::kind::{Merged, RunKind};
use super::verdicts::{Args, verify};
use crate::analysis;
use crate::cli::shared::env::resources;
use crate::cli::shared::networks::summary;
use crate::cli::shared::networks::sweep::{read_set, with_first_digits};
use crate::cli::shared::output;
use crate::error::{Error, Result};
use crate::studies::networks::{Networks, NetworksStore, Samples, retrain_sample};
use crate::study::{Format, Recomputed, Sampling, Study, export};

/// The kind.
pub struct NetworkRunKind;

impl RunKind for NetworkRunKind {
    fn formats(&self) -> &'static [Format] {
        Networks::FORMATS
    }

    fn is_networks(&self) -> bool {
        true
    }

    fn show(&self, run: &Path, json: bool) -> Result<()> {
        let store = NetworksStore::open_read(run)?;
        let found = analysis::networks::summarize(&store)?;
        if json { output::print_json(&found) } else { output::print(&summary::render(&store, &found)) }
    }

    fn verify(&self, args: &Args) -> Result<()> {
        if let Some(couplings) = args.couplings.first() {
            let allowed = "nothing: a run of networks has none";
            return Err(Error::bad_input("couplings", couplings.display(), allowed));
        }
        verify(args, |store: &NetworksStore, sampling| deep(args, store, sampling))
    }

    fn export(&self, args: &ExportArgs) -> Result<()> {
        if let Some(dim) = args.dim {
            return Err(Error::bad_input("dim", dim, "nothing: a run of networks has no surfaces"));
        }
        let store = NetworksStore::open_read(&args.run)?;
        let path = export::table(&store, &args.out, args.format, args.force)?;
        output::log(&format!("wrote {}", path.display()));
        Ok(())
    }

    fn merge(&self, runs: &[PathBuf], out: &Path) -> Result<Merged> {
        Merged::of::<Networks>(runs, out)
    }
}

fn deep(args: &Args, store: &NetworksStore, sampling: &Sampling) -> Result<Recomputed> {
    let set = read_set(args.data.as_deref())?;
    let count = store.spec().digits.train.count.min(set.train.count() as u32);
    let samples = Samples::new(with_first_digits(set, Some(count))?);
    retrain_sample(store, &samples, resources(None)?.isa, sampling)
}
