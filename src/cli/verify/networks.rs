//! `hspin verify` of a run of networks.

use super::verdicts::{Args, Recomputed, print_report};
use crate::cli::shared::networks::sweep::{read_set, with_first_digits};
use crate::cli::shared::resources::resources;
use crate::error::{Error, Result};
use crate::studies::networks::{Networks, NetworksStore, Samples, retrain_sample};
use crate::study::verify::verify_or_repair;

/// Runs the command.
///
/// # Errors
/// [`Error::Damaged`] where damage was found that is still there; those of the store.
pub fn run(args: &Args) -> Result<()> {
    let (verdict, repaired) = verify_or_repair::<Networks>(&args.run, args.repair)?;
    if let Some(couplings) = &args.couplings {
        return Err(Error::bad_input(
            "couplings",
            couplings.display(),
            "nothing: a run of networks has none",
        ));
    }
    let deep = (args.deep && verdict.ok).then(|| deep(args));
    print_report(args, verdict, repaired, deep)
}

fn deep(args: &Args) -> Result<Recomputed> {
    let store = NetworksStore::open_read(&args.run)?;
    let set = read_set(args.data.as_deref())?;
    let count = store.spec().digits.train.count.min(set.train.count() as u32);
    let samples = Samples::new(with_first_digits(set, Some(count))?);
    let sampling = args.sampling();
    let found = retrain_sample(&store, &samples, resources(None)?.isa, &sampling)?;
    let wrong = found.wrong.iter().map(|(hidden, network)| format!("hidden {hidden} network {network}"));
    Ok(Recomputed {
        tried: found.tried,
        rerun: found.tried,
        wrong: wrong.collect(),
        skipped: found.skipped,
        ..Recomputed::of(&sampling)
    })
}
