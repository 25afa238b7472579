//! A run of networks as it is carried out, whoever asks for it.

use std::path::{Path, PathBuf};

use crate::cli::shared::progress::Progress;
use crate::cli::shared::{ranks, signals};
use crate::error::{Error, Result};
use crate::networks::data::{DigitSet, Origin, bundled};
use crate::run::networks::{self, NetworksRequest, NetworksSpec, NetworksStore, Samples, Watch};
use crate::run::{Means, Stop, World, read_digits};

/// Digits of the user's folder, or those of the program.
///
/// # Errors
/// Bad input where a file is missing or not what it should be.
pub fn read_set(data: Option<&Path>) -> Result<DigitSet> {
    data.map_or_else(bundled, read_digits)
}

/// The set with the first digits only to train on.
///
/// # Errors
/// [`Error::BadInput`] if there are not so many.
pub fn with_first_digits(set: DigitSet, count: Option<u32>) -> Result<DigitSet> {
    let Some(count) = count.map(|count| count as usize) else { return Ok(set) };
    let there = set.train.count();
    if count > there {
        return Err(Error::bad_input("digits", count, format!("at most {there}: there are no more")));
    }
    let origin = if count == there { set.origin } else { Origin::Other };
    Ok(DigitSet { train: set.train.first(count), test: set.test, origin })
}

/// A sweep, decided.
pub struct NetworksSweep {
    /// Where the run is or will be.
    pub run: PathBuf,
    /// What is asked of it.
    pub request: NetworksRequest,
    /// All digits that were read.
    pub set: DigitSet,
    /// How many of them to train on.
    pub digits: Option<u32>,
    /// How it is carried out.
    pub means: Means,
}

impl NetworksSweep {
    /// Begins or resumes the run and brings it to its end, with other processes if there are any.
    ///
    /// # Errors
    /// Whatever ends it; what was stored before stays.
    pub fn carry_out(self, world: Option<&World>) -> Result<NetworksStore> {
        let stop = Stop::default();
        signals::install(&stop)?;
        let (run, means) = (self.run.clone(), self.means);
        let (mut store, samples) = if NetworksStore::exists(&run)? {
            let mut store = NetworksStore::open(&run)?;
            let (spec, samples) = self.decided(Some(&store))?;
            store.check_units()?;
            store.grow(&spec)?;
            (store, samples)
        } else {
            let (spec, samples) = self.decided(None)?;
            (NetworksStore::create(&run, &spec)?, samples)
        };
        let progress = Progress::by_size(["network", "networks"], "n₁");
        let watch = Watch { observer: &progress, stop: &stop };
        match world {
            Some(world) => {
                let traffic = networks::lead(world, &mut store, &samples, &means, watch)?;
                ranks::log_traffic(traffic, world);
            }
            None => networks::execute(&mut store, &samples, &means, watch)?,
        }
        store.check_complete()?;
        Ok(store)
    }

    /// The spec, new or grown, and its digits, which fit in memory.
    ///
    /// # Errors
    /// Bad input; refused where memory does not suffice.
    pub fn decided(self, store: Option<&NetworksStore>) -> Result<(NetworksSpec, Samples)> {
        // A stored run keeps to its number of digits.
        let stored = store.map(|store| store.spec().digits.train.count);
        let there = self.set.train.count() as u32;
        let set = with_first_digits(self.set, self.digits.or(stored.map(|count| count.min(there))))?;
        let identity = networks::DigitsUsed::of(&set);
        let spec = match store {
            Some(store) => self.request.grow(store.spec(), &identity)?,
            None => self.request.new_run(identity)?,
        };
        networks::admit(&spec, &self.means)?;
        Ok((spec, Samples::new(set)))
    }
}
