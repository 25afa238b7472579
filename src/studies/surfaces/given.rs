//! What runs on surfaces need beside their spec.

use std::sync::{Arc, OnceLock};

use super::couplings::Couplings;
use super::shard::leader::Shards;
use crate::error::{Error, Result};
use crate::hamiltonian::SymmetricTensor;
use crate::study::Resources;

/// The user's couplings, and the processes that hold surfaces together with this one.
#[derive(Debug, Default)]
pub struct Given {
    /// The user's couplings in place of random ones.
    pub couplings: Option<SymmetricTensor<f64>>,
    /// How they are known.
    pub known_as: Couplings,
    /// Those who hold chunks of surfaces for this process.
    pub shards: Option<Arc<Shards>>,
    pool: OnceLock<rayon::ThreadPool>,
}

impl Given {
    /// These couplings, or random ones.
    pub fn new(couplings: Option<SymmetricTensor<f64>>, known_as: Option<Couplings>) -> Self {
        Self { couplings, known_as: known_as.unwrap_or_default(), ..Self::default() }
    }

    /// The same, with surfaces held together with these processes, if there are any.
    #[must_use]
    pub fn held_with(self, shards: Option<Arc<Shards>>) -> Self {
        Self { shards, ..self }
    }

    /// How the user's couplings are known, if there are any.
    pub fn known(&self) -> Option<Couplings> {
        self.couplings.as_ref().map(|_| self.known_as.clone())
    }

    /// The pool of worker threads, which all units of a census share.
    ///
    /// # Errors
    /// [`Error::Refused`] if the system gives no threads.
    pub fn pool(&self, resources: &Resources) -> Result<&rayon::ThreadPool> {
        if self.pool.get().is_none() {
            // Another thread may be quicker.
            let _ = self.pool.set(resources.pool()?);
        }
        self.pool.get().ok_or_else(|| Error::Internal("a pool of threads is missing".into()))
    }
}
