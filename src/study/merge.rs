//! Runs of one identity put together.

use std::path::{Path, PathBuf};

use super::interface::Study;
use super::listed::Listed;
use super::spec::RunSpec;
use super::store::{Store, copy_attachments, sync};
use crate::error::{Error, Result};

/// Units that share a commit.
const TOGETHER: usize = 200;

/// Writes a new run with the units of these runs, which have one identity and hold other sizes, surfaces or starts. Of a unit
/// that several runs hold the largest one is taken; each is held against its checksum as it is read. Returns
/// the new run, which appears under its name whole or not at all.
///
/// # Errors
/// [`Error::Refused`] where runs are not of one identity or the name is taken; [`Error::Damaged`] where a run is not what
/// was written or two runs differ in a unit that both have; those of the store.
pub fn merge<S: Study>(runs: &[PathBuf], out: &Path) -> Result<Store<S>> {
    let stores = runs.iter().map(|run| Store::<S>::open_read(run)).collect::<Result<Vec<_>>>()?;
    let Some((first, rest)) = stores.split_first() else {
        return Err(Error::bad_input("RUN", "(none)", "at least one run"));
    };
    let mut spec = first.spec().clone();
    for store in rest {
        if store.spec().science_hash()? != first.spec().science_hash()? {
            return Err(Error::Refused(format!(
                "{} and {} are not of one spec: only runs that differ in what may grow ({}) are put together",
                first.path().display(),
                store.path().display(),
                S::Spec::GROWABLE.join(", ")
            )));
        }
        spec = spec.united(store.spec());
    }
    spec.check()?;
    Store::create_from(out, &spec, &[], |part| {
        let mut merged = Store::<S>::open_part(part)?;
        keep::<S>(&stores, &merged)?;
        stores.iter().try_for_each(|store| {
            copy(store, &mut merged)?;
            merged.write(&[], &store.times()?)
        })?;
        drop(merged);
        sync(part)
    })
}

/// Copies what one of the runs keeps beside its units: of one identity, they keep the same.
///
/// # Errors
/// [`Error::Damaged`] where it is not what was written.
fn keep<S: Study>(stores: &[Store<S>], merged: &Store<S>) -> Result<()> {
    for store in stores {
        if store.keeps()? {
            let problems = copy_attachments(&store.conn, &merged.conn, &S::attachments(store.spec()))?;
            let path = store.path().display();
            return match problems.first() {
                None => Ok(()),
                Some(problem) => Err(Error::Damaged(format!("{path}: {problem}"))),
            };
        }
    }
    Ok(())
}

/// Copies what the other run has not, or has less of.
///
/// # Errors
/// [`Error::Damaged`] where both have a unit and it is not the same.
fn copy<S: Study>(from: &Store<S>, to: &mut Store<S>) -> Result<()> {
    let mut wanted = Vec::new();
    for stored in from.units.values() {
        let key = stored.listed.key();
        match to.units.get(&key) {
            Some(known) if known.listed == stored.listed && known.checksum != stored.checksum => {
                let path = from.path().display();
                return Err(Error::Damaged(format!("unit {key} of {path} is not that of another run")));
            }
            Some(known) if S::covers(to.spec(), &known.listed, &stored.listed) => {}
            _ => wanted.push(*stored),
        }
    }
    for units in wanted.chunks(TOGETHER) {
        let units = units.iter().map(|stored| from.sound_unit(stored)).collect::<Result<Vec<S::Unit>>>()?;
        to.write_part(&units)?;
    }
    Ok(())
}
