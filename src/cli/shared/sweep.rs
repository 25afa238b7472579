//! A sweep as it is carried out, whoever asks for it.

use std::path::PathBuf;

use super::engine;
use super::own;
use super::progress::Progress;
use super::ranks::OtherRanks;
use crate::error::Result;
use crate::studies::surfaces::shard::serve_shard;
use crate::studies::surfaces::{Given, Request, Spec, SurfaceStore, Surfaces};
use crate::study::cluster::{self, RankInputs, World};
use crate::study::{Attached, Resources, Stop, command};

/// A sweep, decided.
pub struct Sweep {
    /// Where the run is or will be.
    pub run: PathBuf,
    /// What is asked of it.
    pub request: Request,
    /// The user's own couplings.
    pub given: Given,
    /// What a new run is to keep of them.
    pub attached: Vec<Attached>,
    /// Whether it is to keep them.
    pub keeps: bool,
    /// How it is carried out.
    pub resources: Resources,
}

impl Sweep {
    /// Begins or resumes the run and works, with other processes if there are any, until all of it is stored.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::Error::Interrupted) after a signal; whatever else ends the sweep.
    pub fn carry_out(&self, others: Option<&OtherRanks>) -> Result<SurfaceStore> {
        let stop = engine::stop_by_signal()?;
        let mut store = self.open()?;
        let progress = Progress::new(["start", "starts"]);
        engine::finish(&mut store, (&self.given, &self.resources), (&progress, &stop), others)?;
        Ok(store)
    }

    /// Begins the run, or opens it.
    ///
    /// # Errors
    /// Those of [`Self::spec`] and of the store.
    pub fn open(&self) -> Result<SurfaceStore> {
        let spec = |stored: Option<&Spec>| self.spec(stored);
        command::open_keeping(&self.run, &self.resources, &self.attached, spec)
    }

    /// The spec of a new run, or the stored one with what is asked beyond it.
    ///
    /// # Errors
    /// Refused where more is asked than may grow, and without the couplings of the run.
    pub fn spec(&self, stored: Option<&Spec>) -> Result<Spec> {
        let Some(stored) = stored else { return Spec::new(&self.request) };
        let spec = stored.grown(&self.request)?;
        own::need_couplings(&self.run, &spec, &self.given)?;
        Ok(spec)
    }
}

/// Works for rank 0, or for the process that leads this one's group.
///
/// # Errors
/// What keeps this process from working.
pub fn serve(world: &World, given: Result<(&Given, Resources)>, stop: &Stop) -> Result<()> {
    let inputs = given.map(|(given, resources)| RankInputs { given, resources });
    match world.served() {
        Some((transport, rank)) => serve_shard(transport, rank, inputs, stop),
        None => cluster::serve::<Surfaces>(world, inputs, stop),
    }
}
