//! Runs of sampling.

use std::path::{Path, PathBuf};

use super::export::Args as ExportArgs;
use super::kind::{Merged, RunKind};
use super::verdicts::{Args, verify};
use crate::analysis::UnitCount;
use crate::cli::shared::env::resources;
use crate::cli::shared::{output, sampling};
use crate::error::{Error, Result};
use crate::files;
use crate::studies::sampling::{ExactSampling, SamplingStore, SurfaceKey, write_points, write_series};
use crate::study::{Format, Job, Recomputed, Sampling, Stop, Study, export, recompute};

/// The kind.
pub struct SamplingRunKind;

impl RunKind for SamplingRunKind {
    fn formats(&self) -> &'static [Format] {
        ExactSampling::FORMATS
    }

    fn is_sampling(&self) -> bool {
        true
    }

    fn show(&self, run: &Path, json: bool) -> Result<()> {
        sampling::show(&SamplingStore::open_read(run)?, json)
    }

    fn verify(&self, args: &Args) -> Result<()> {
        let own = args.couplings.first().map(|path| ("couplings", path));
        let of_others = own.or(args.starts_from.as_ref().map(|path| ("starts-from", path)));
        let of_others = of_others.or(args.data.as_ref().map(|path| ("data", path)));
        if let Some((key, path)) = of_others {
            return Err(Error::bad_input(key, path.display(), "nothing: a run of sampling has none"));
        }
        verify(args, deep)
    }

    /// The table of temperatures and the energies along the way; the last points of a surface where they are asked for.
    fn export(&self, args: &ExportArgs) -> Result<()> {
        if args.couplings || args.spike {
            let what = if args.couplings { "couplings" } else { "spike" };
            let allowed =
                "points, of a run of sampling; a sweep of the same seed and model has the same surfaces";
            return Err(Error::bad_input(what, "asked for", allowed));
        }
        let store = SamplingStore::open_read(&args.run)?;
        UnitCount::of(&store).note().iter().for_each(|note| output::log(&format!("hspin: {note}")));
        files::create_folder(&args.out)?;
        let [series, points] = ["series.csv", "points.npy"].map(|name| args.out.join(name));
        let one = match (args.dim, args.instance) {
            (Some(dim), Some(instance)) => Some(SurfaceKey { dim, instance }).filter(|_| args.points),
            _ => None,
        };
        let claimed: Vec<PathBuf> =
            std::iter::once(series.clone()).chain(one.map(|_| points.clone())).collect();
        files::claim(&claimed, args.force)?;
        if let Some(key) = one {
            write_points(&store, key, &points)?;
            output::log(&format!("wrote {}", points.display()));
        }
        let table = export::table(&store, &args.out, args.format, args.force)?;
        output::log(&format!("wrote {}", table.display()));
        write_series(&store, &series)?;
        output::log(&format!("wrote {}", series.display()));
        Ok(())
    }

    fn merge(&self, runs: &[PathBuf], out: &Path) -> Result<Merged> {
        Merged::of::<ExactSampling>(runs, out)
    }
}

fn deep(store: &SamplingStore, sampling: &Sampling) -> Result<Recomputed> {
    let resources = resources(None)?;
    ExactSampling::admit(store.spec(), &resources)?;
    let stop = Stop::default();
    let job = Job { spec: store.spec(), given: &(), resources: &resources, observer: &(), stop: &stop };
    recompute(store, &job, sampling)
}
