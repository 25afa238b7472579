//! `hspin verify` of a run of networks.

use super::sweep::{read_set, with_first};
use crate::cli::sweep;
use crate::cli::verify::{Args, Deep, Report, tell, with_repair};
use crate::error::Result;
use crate::run::networks::{NetworksStore, Samples, repair, retrain_sample, verify};

/// Runs the command.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) where damage was found that is still there; those of the store.
pub fn run(args: &Args) -> Result<()> {
    let (mut verdict, repaired) = with_repair(args.repair, || verify(&args.run), || repair(&args.run))?;
    let deep = if args.deep && verdict.ok { Some(deep(args)?) } else { None };
    verdict.ok &= deep.as_ref().is_none_or(|deep| deep.wrong.is_empty());
    tell(args, &Report { verdict, deep, repaired })
}

fn deep(args: &Args) -> Result<Deep> {
    let store = NetworksStore::open_read(&args.run)?;
    let set = read_set(args.data.as_deref())?;
    let count = store.spec().digits.train.count.min(set.train.count() as u32);
    let samples = Samples::new(with_first(set, Some(count))?);
    let found = retrain_sample(&store, &samples, sweep::means(None)?.carrier.isa)?;
    let wrong = found.wrong.iter().map(|(hidden, network)| format!("hidden {hidden} network {network}"));
    Ok(Deep { tried: found.tried, wrong: wrong.collect(), censuses: None, skipped: found.skipped })
}
