//! Without the feature `mpi`: one process, and a word to those who started more.

use std::convert::Infallible;

use crate::error::{Error, Result};
use crate::study::cluster::transport::{GroupTransport, Transport};

/// There is no such thing in this build.
#[derive(Debug)]
pub struct World(Infallible);

impl World {
    /// Nothing to join.
    ///
    /// # Errors
    /// [`Error::Refused`]: processes that know nothing of each other would all want to write the same run.
    pub fn join(_: usize) -> Result<Self> {
        Err(Error::Refused(
            "started as one of several processes, but this build has no MPI: \
             cargo build --release --locked --features mpi"
                .into(),
        ))
    }

    /// No groups to form.
    ///
    /// # Errors
    /// None.
    pub fn form_groups(&mut self, _: usize) -> Result<()> {
        match self.0 {}
    }

    /// Whom it serves.
    pub fn served(&self) -> Option<(&dyn GroupTransport, usize)> {
        match self.0 {}
    }

    /// The group that it leads.
    pub fn led(&self) -> Option<Box<dyn GroupTransport>> {
        match self.0 {}
    }

    /// Processes of the job on this machine.
    pub fn neighbours(&self) -> usize {
        match self.0 {}
    }
}

impl Transport for World {
    fn rank(&self) -> usize {
        match self.0 {}
    }

    fn size(&self) -> usize {
        match self.0 {}
    }

    fn send(&self, _: usize, _: &[u8]) {
        match self.0 {}
    }

    fn receive(&self) -> Option<(usize, Vec<u8>)> {
        match self.0 {}
    }
}
