//! A run of networks as it is carried out, whoever asks for it.

use std::path::{Path, PathBuf};

use crate::cli::shared::engine;
use crate::cli::shared::progress::Progress;
use crate::cli::shared::ranks::OtherRanks;
use crate::error::{Error, Result};
use crate::networks::data::{DigitSet, Origin, bundled};
use crate::studies::networks::{
    DigitsUsed, NetworksRequest, NetworksSpec, NetworksStore, Samples, read_digits,
};
use crate::study::{Resources, command};

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
    pub resources: Resources,
}

impl NetworksSweep {
    /// Begins or resumes the run and brings it to its end, with other processes if there are any.
    ///
    /// # Errors
    /// Whatever ends it; what was stored before stays.
    pub fn carry_out(self, others: Option<&OtherRanks>) -> Result<NetworksStore> {
        let stop = engine::stop_by_signal()?;
        let (run, resources) = (self.run.clone(), self.resources);
        let mut samples = None;
        let mut store = command::open(&run, &resources, |stored| {
            let (spec, given) = self.decided(stored)?;
            samples = Some(given);
            Ok(spec)
        })?;
        let samples = samples.ok_or_else(|| Error::Internal("a run without its digits".into()))?;
        let progress = Progress::by_size(["network", "networks"], "n₁");
        engine::finish(&mut store, (&samples, &resources), (&progress, &stop), others)?;
        Ok(store)
    }

    /// The spec, new or grown, and its digits.
    ///
    /// # Errors
    /// Bad input; refused where more is asked than may grow.
    pub fn decided(self, stored: Option<&NetworksSpec>) -> Result<(NetworksSpec, Samples)> {
        // A stored run keeps to its number of digits.
        let kept = stored.map(|spec| spec.digits.train.count);
        let there = self.set.train.count() as u32;
        let set = with_first_digits(self.set, self.digits.or(kept.map(|count| count.min(there))))?;
        let identity = DigitsUsed::of(&set);
        let spec = match stored {
            Some(stored) => self.request.grow(stored, &identity)?,
            None => self.request.new_run(identity)?,
        };
        Ok((spec, Samples::new(set)))
    }
}
