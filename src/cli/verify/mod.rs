//! `hspin verify`: is the run what was written?

mod networks;
mod verdicts;

use std::path::Path;

use super::shared::engine::{self, OwnCouplings};
use super::shared::means::means;
use crate::error::{Error, Result};
use crate::hamiltonian::SymmetricTensor;
use crate::run::networks::is_networks;
use crate::run::{self, Couplings, Store};
use verdicts::{Recomputed, print_report, with_repair};

pub use verdicts::Args;

/// Runs the command.
///
/// # Errors
/// [`Error::Damaged`] where damage was found that is still there; [`Error::Refused`] where nothing can be recomputed; those
/// of the store.
pub fn run(args: Args) -> Result<()> {
    if is_networks(&args.run)? {
        return networks::run(&args);
    }
    if let Some(data) = &args.data {
        return Err(Error::bad_input("data", data.display(), "nothing: not a run of networks"));
    }
    let (verdict, repaired) = with_repair(args.repair, || run::verify(&args.run), || run::repair(&args.run))?;
    let deep = (args.deep && verdict.ok).then(|| deep(&args));
    print_report(&args, verdict, repaired, deep)
}

fn deep(args: &Args) -> Result<Recomputed> {
    let store = Store::open_read(&args.run)?;
    let means = means(None)?;
    engine::admit(store.spec(), &means)?;
    let couplings = args.couplings.as_deref().map(|path| own_couplings(&store, path)).transpose()?;
    let sampling = args.sampling();
    let found = run::recompute(&store, couplings.as_ref(), &means, &sampling)?;
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
fn own_couplings(store: &Store, path: &Path) -> Result<SymmetricTensor<f64>> {
    let (run, named) = (store.path().display(), path.display());
    if store.spec().couplings == Couplings::Random {
        return Err(Error::bad_input("couplings", named, format!("nothing: {run} is on random couplings")));
    }
    match engine::own(Some(path))? {
        OwnCouplings { known_as: Some(known_as), couplings: Some(couplings) }
            if known_as.is_same_tensor(&store.spec().couplings) =>
        {
            Ok(couplings)
        }
        _ => {
            let allowed = format!("the tensor that {run} is on; this is another");
            Err(Error::bad_input("couplings", named, allowed))
        }
    }
}
