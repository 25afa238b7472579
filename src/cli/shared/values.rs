//! Values on the command line: errors name what is accepted in the same words for flags and files.

use std::fmt::Display;
use std::str::FromStr;

use crate::descent::{SAMPLES, SWEEPS};
use crate::error::{Error, Result};
use crate::hamiltonian::CHUNKS;
use crate::studies::surfaces::bounds;
use crate::theory::Mixture;

/// Most threads that may be asked for.
const THREADS: [u32; 2] = [1, 1024];
/// Least and most processes that hold a surface together: no more than it has chunks.
const SHARD: [u32; 2] = [1, CHUNKS as u32];
/// Least and most H of theory alone.
const THEORY_SPINS: [u32; 2] = [2, 1_000_000];
/// Least and most Λ of exact counts.
const THEORY_DIM: [u32; 2] = [2, 10_000];
/// Least and most Λ of mean numbers by index.
const COUNTED_DIM: [u32; 2] = [2, 1000];
/// Least and most k: thresholds are tested up to here.
const INDEX: [u32; 2] = [0, 1000];

/// A value, or what would be one.
pub type Allowed<T> = std::result::Result<T, String>;

fn whole<T: FromStr + PartialOrd + Display>(text: &str, least: T, most: T) -> Allowed<T> {
    let value = text.trim().parse().ok().filter(|value| least <= *value && *value <= most);
    value.ok_or_else(|| format!("a whole number from {least} to {most}"))
}

/// A whole number within bounds.
pub fn within(text: &str, [least, most]: [u32; 2]) -> Allowed<u32> {
    whole(text, least, most)
}

/// H of a run.
pub fn spins(text: &str) -> Allowed<u32> {
    within(text, bounds::SPINS)
}

/// Processes of a group.
pub fn shard(text: &str) -> Allowed<u32> {
    within(text, SHARD)
}

/// H where only theory is asked: no couplings are drawn, so it may be larger than in a run.
pub fn theory_spins(text: &str) -> Allowed<u32> {
    within(text, THEORY_SPINS)
}

/// Orders and shares of variance of a mixture.
pub fn mixture(text: &str) -> Allowed<Mixture> {
    text.parse().map_err(|error| match error {
        Error::BadInput { allowed, .. } => allowed,
        error => error.to_string(),
    })
}

/// Order of a spike.
pub fn spike_order(text: &str) -> Allowed<u32> {
    within(text, [1, THEORY_SPINS[1]])
}

/// Strength λ of a spike.
pub fn strength(text: &str) -> Allowed<f64> {
    let strength = text.trim().parse().ok().filter(|strength: &f64| strength.is_finite() && *strength >= 0.0);
    strength.ok_or_else(|| "a finite number of at least 0".to_owned())
}

/// Λ of exact counts.
pub fn theory_dim(text: &str) -> Allowed<u32> {
    within(text, THEORY_DIM)
}

/// Index k of a threshold or of a complexity.
pub fn index(text: &str) -> Allowed<u32> {
    within(text, INDEX)
}

/// Sweeps of a cooling.
pub fn sweeps(text: &str) -> Allowed<u32> {
    within(text, SWEEPS)
}

/// Λ of a run.
pub fn dim(text: &str) -> Allowed<u32> {
    within(text, bounds::DIM)
}

/// Λ of mean numbers by index.
pub fn counted_dim(text: &str) -> Allowed<u32> {
    within(text, COUNTED_DIM)
}

/// Starts per surface.
pub fn starts(text: &str) -> Allowed<u32> {
    within(text, bounds::STARTS)
}

/// Surfaces per size.
pub fn instances(text: &str) -> Allowed<u32> {
    within(text, bounds::INSTANCES)
}

/// Number of a surface.
pub fn instance(text: &str) -> Allowed<u32> {
    within(text, [0, bounds::INSTANCES[1] - 1])
}

/// Sample tensors of sgd.
pub fn samples(text: &str) -> Allowed<u32> {
    within(text, SAMPLES)
}

/// Worker threads.
pub fn threads(text: &str) -> Allowed<u32> {
    within(text, THREADS)
}

/// Root of all random streams.
pub fn seed(text: &str) -> Allowed<u64> {
    whole(text, 0, u64::MAX)
}

/// An energy per spin.
///
/// # Errors
/// [`Error::BadInput`].
pub fn energy(text: &str) -> Result<f64> {
    let energy = text.trim().parse().ok().filter(|energy: &f64| energy.is_finite());
    energy.ok_or_else(|| Error::bad_input("--energy", text, "a comma-separated list of finite numbers"))
}

/// An energy per spin that others stay below; ∞ is no bound.
///
/// # Errors
/// [`Error::BadInput`].
pub fn bound(text: &str) -> Result<f64> {
    let energy =
        text.trim().parse().ok().filter(|energy: &f64| !energy.is_nan() && *energy > f64::NEG_INFINITY);
    let allowed = "a comma-separated list of numbers; inf means no bound";
    energy.ok_or_else(|| Error::bad_input("--below", text, allowed))
}

/// Indices k < Λ: one, all, or none for `total`.
///
/// # Errors
/// [`Error::BadInput`].
pub fn indices(text: &str, dim: u32) -> Result<Vec<u32>> {
    match text {
        "total" => Ok(Vec::new()),
        "all" => Ok((0..dim).collect()),
        _ => match text.parse() {
            Ok(index) if index < dim => Ok(vec![index]),
            _ => {
                let allowed = format!("a whole number from 0 to {}, all or total", dim - 1);
                Err(Error::bad_input("--index", text, allowed))
            }
        },
    }
}
