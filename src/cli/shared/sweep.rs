//! A sweep as it is carried out, whoever asks for it.

use std::path::PathBuf;

use super::progress::Progress;
use super::{engine, ranks, signals};
use crate::error::Result;
use crate::hamiltonian::SymmetricTensor;
use crate::run::{Means, Request, Spec, Stop, Store, World};

/// A sweep, decided.
pub struct Sweep {
    /// Where the run is or will be.
    pub run: PathBuf,
    /// What is asked of it.
    pub request: Request,
    /// The user's own couplings.
    pub couplings: Option<SymmetricTensor<f64>>,
    /// How it is carried out.
    pub means: Means,
}

impl Sweep {
    /// Begins or resumes the run and works, with other processes if there are any, until all of it is stored.
    ///
    /// # Errors
    /// [`Error::Interrupted`] after a signal; whatever else ends the sweep.
    pub fn carry_out(&self, world: Option<&World>) -> Result<Store> {
        let stop = Stop::default();
        signals::install(&stop)?;
        let mut store = self.open()?;
        let progress = Progress::new(["start", "starts"]);
        let couplings = self.couplings.as_ref();
        ranks::carry_out(world, couplings, &mut store, &self.means, &progress, &stop)?;
        store.check_complete()?;
        Ok(store)
    }

    fn open(&self) -> Result<Store> {
        if !Store::exists(&self.run)? {
            let spec = Spec::new(&self.request)?;
            engine::admit(&spec, &self.means)?;
            return Store::create(&self.run, &spec);
        }
        let mut store = Store::open(&self.run)?;
        let spec = self.grown(&store)?;
        engine::admit(&spec, &self.means)?;
        store.check_units()?;
        store.grow(&spec)?;
        Ok(store)
    }

    /// The spec of the run, with what is asked beyond it.
    ///
    /// # Errors
    /// Refused where more is asked than may grow, and without the couplings of the run.
    pub fn grown(&self, store: &Store) -> Result<Spec> {
        let spec = store.spec().grown(&self.request)?;
        engine::need_couplings(store, self.couplings.as_ref())?;
        Ok(spec)
    }
}
