//! `hspin verify`: is the run what was written?

mod networks;
mod verdicts;

use std::path::Path;

use super::shared::resources::resources;
use super::shared::{engine, kinds};
use crate::error::{Error, Result};
use crate::studies::surfaces::{self, Couplings, Given, SurfaceStore, Surfaces};
use crate::study::verify::verify_or_repair;
use crate::study::{Job, Stop, Study};
use verdicts::{Recomputed, print_report};

pub use verdicts::Args;

/// Runs the command.
///
/// # Errors
/// [`Error::Damaged`] where damage was found that is still there; [`Error::Refused`] where nothing can be recomputed; those
/// of the store.
pub fn run(args: Args) -> Result<()> {
    if kinds::is_networks(&args.run)? {
        return networks::run(&args);
    }
    if let Some(data) = &args.data {
        return Err(Error::bad_input("data", data.display(), "nothing: not a run of networks"));
    }
    let (verdict, repaired) = verify_or_repair::<Surfaces>(&args.run, args.repair)?;
    let deep = (args.deep && verdict.ok).then(|| deep(&args));
    print_report(&args, verdict, repaired, deep)
}

fn deep(args: &Args) -> Result<Recomputed> {
    let store = SurfaceStore::open_read(&args.run)?;
    let resources = resources(None)?;
    Surfaces::admit(store.spec(), &resources)?;
    let given = match args.couplings.as_deref() {
        Some(path) => own_couplings(&store, path)?,
        None => Given::default(),
    };
    if store.spec().couplings != Couplings::Random && given.couplings.is_none() {
        let path = store.path().display();
        return Err(Error::Refused(format!(
            "{path} has couplings of your own, and the store only their checksum: give them (--couplings)"
        )));
    }
    let sampling = args.sampling();
    let (spec, stop) = (store.spec(), Stop::default());
    let job = Job { spec, given: &given, resources: &resources, observer: &(), stop: &stop };
    let found = surfaces::recompute(&store, &job, &sampling)?;
    Ok(Recomputed {
        tried: found.tried,
        rerun: found.rerun,
        rounded: found.rounded,
        wrong: found.wrong.iter().map(ToString::to_string).collect(),
        not_rerun: found.not_rerun,
        censuses: found.censuses.map(|[again, _]| again),
        recounted: found.censuses.map(|[_, recounted]| recounted),
        ..Recomputed::of(&sampling)
    })
}

/// The user's couplings, if they are those of the run.
fn own_couplings(store: &SurfaceStore, path: &Path) -> Result<Given> {
    let (run, named) = (store.path().display(), path.display());
    if store.spec().couplings == Couplings::Random {
        return Err(Error::bad_input("couplings", named, format!("nothing: {run} is on random couplings")));
    }
    let given = engine::given(Some(path))?;
    if given.known_as.is_same_tensor(&store.spec().couplings) {
        return Ok(given);
    }
    let allowed = format!("the tensor that {run} is on; this is another");
    Err(Error::bad_input("couplings", named, allowed))
}
