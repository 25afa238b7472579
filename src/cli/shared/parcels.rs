//! The command line for a program that shares out the work of a run itself: a command begins the run, orders go out as bytes,
//! results come back as bytes.

use std::path::PathBuf;

use super::caller::Caller;
use super::engine;
use super::env::resources;
use super::failure::{Failure, caught};
use super::networks::sweep::read_set;
use super::own::OwnFlags;
use crate::error::{Error, Result};
use crate::studies::networks::{Networks, NetworksStore, Samples};
use crate::studies::sampling::{ExactSampling, SamplingStore};
use crate::studies::surfaces::{SurfaceStore, Surfaces};
use crate::study::cluster::parcel;
use crate::study::{RunSpec, Store, Study};

/// A run that is open to be gone on with.
pub enum OpenRun {
    /// A sweep or a census.
    Surfaces(Box<SurfaceStore>),
    /// A run of networks.
    Networks(Box<NetworksStore>),
    /// A run of sampling.
    Sampling(Box<SamplingStore>),
}

/// What a worker needs beside spec and order; files are named as in the command.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// The user's own couplings, a file for each order.
    pub couplings: Vec<PathBuf>,
    /// Points that starts begin from.
    pub starts_from: Option<PathBuf>,
    /// Digits of a run of networks.
    pub data: Option<PathBuf>,
    /// Threads of the worker.
    pub threads: Option<u32>,
}

impl OpenRun {
    /// Of a sweep or a census.
    pub fn surfaces(store: SurfaceStore) -> Self {
        Self::Surfaces(Box::new(store))
    }

    /// Of a run of networks.
    pub fn networks(store: NetworksStore) -> Self {
        Self::Networks(Box::new(store))
    }

    /// Of sampling.
    pub fn sampling(store: SamplingStore) -> Self {
        Self::Sampling(Box::new(store))
    }

    /// Name of its kind, for [`carry_out`].
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Surfaces(_) => SURFACES,
            Self::Networks(_) => NETWORKS,
            Self::Sampling(_) => SAMPLING,
        }
    }

    /// Its spec, as text.
    ///
    /// # Errors
    /// Those of [`Spec::canonical`].
    pub fn spec(&self) -> Result<String> {
        match self {
            Self::Surfaces(store) => store.spec().canonical(),
            Self::Networks(store) => store.spec().canonical(),
            Self::Sampling(store) => store.spec().canonical(),
        }
    }

    /// What is left of it, as orders for so many workers.
    pub fn orders(&self, workers: usize) -> Vec<Vec<u8>> {
        match self {
            Self::Surfaces(store) => parcel::orders(store, workers),
            Self::Networks(store) => parcel::orders(store, workers),
            Self::Sampling(store) => parcel::orders(store, workers),
        }
    }

    /// Items that are planned and those that are stored, by size.
    pub fn progress(&self) -> Vec<(u32, u64, u64)> {
        match self {
            Self::Surfaces(store) => progress(store),
            Self::Networks(store) => progress(store),
            Self::Sampling(store) => progress(store),
        }
    }

    /// Stores the results of an order; the sizes they count under, and how many items each has.
    ///
    /// # Errors
    /// Those of [`parcel::keep`].
    pub fn keep(&mut self, results: &[u8]) -> Result<Vec<(u32, u64)>> {
        match self {
            Self::Surfaces(store) => parcel::keep(store, results),
            Self::Networks(store) => parcel::keep(store, results),
            Self::Sampling(store) => parcel::keep(store, results),
        }
    }

    /// Whether all of it is stored as it was written.
    ///
    /// # Errors
    /// Those of [`Store::check_complete`].
    pub fn check_complete(&self) -> Result<()> {
        match self {
            Self::Surfaces(store) => store.check_complete(),
            Self::Networks(store) => store.check_complete(),
            Self::Sampling(store) => store.check_complete(),
        }
    }
}

const SURFACES: &str = "surfaces";
const NETWORKS: &str = "networks";
const SAMPLING: &str = "sampling";

/// Carries out an order of a run of this [kind](OpenRun::kind) and spec.
///
/// # Errors
/// Those of [`parcel::carry_out`] and of the inputs.
pub fn carry_out(
    (kind, spec): (&str, &str),
    order: &[u8],
    inputs: &Inputs,
    with: &Caller,
) -> std::result::Result<Vec<u8>, Failure> {
    let work = || {
        let resources = resources(inputs.threads)?;
        let call = (&*with.observer as &dyn crate::study::Observer, &with.stop);
        match kind {
            SURFACES => {
                let points = inputs.starts_from.as_deref().map(engine::starting_points).transpose()?;
                let couplings = inputs.couplings.clone();
                let given = OwnFlags { couplings, ..OwnFlags::default() }.given()?.starting_from(points);
                parcel::carry_out::<Surfaces>(spec, order, (&given, &resources), call)
            }
            NETWORKS => {
                let given = Samples::new(read_set(inputs.data.as_deref())?);
                parcel::carry_out::<Networks>(spec, order, (&given, &resources), call)
            }
            SAMPLING => parcel::carry_out::<ExactSampling>(spec, order, (&(), &resources), call),
            other => Err(Error::bad_input("kind", other, format!("{SURFACES}, {NETWORKS} or {SAMPLING}"))),
        }
    };
    caught(|| work().map_err(|error| Failure::of(&error)))
}

fn progress<S: Study>(store: &Store<S>) -> Vec<(u32, u64, u64)> {
    let mut sizes = std::collections::BTreeMap::<u32, (u64, u64)>::new();
    for unit in S::plan(store.spec()) {
        let (size, items) = S::progress(store.spec(), &unit);
        sizes.entry(size).or_default().0 += items;
    }
    for unit in store.done().values() {
        let (size, items) = S::progress(store.spec(), unit);
        sizes.entry(size).or_default().1 += items;
    }
    sizes.into_iter().map(|(size, (planned, done))| (size, planned, done)).collect()
}
