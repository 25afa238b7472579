//! Values on the command line: what is accepted is said in the same words for flags and files.

use std::fmt::Display;
use std::str::FromStr;

use crate::run::limits;

/// Most threads that may be asked for.
const THREADS: [u32; 2] = [1, 1024];
/// Least and most H of theory alone.
const THEORY_SPINS: [u32; 2] = [2, 1_000_000];
/// Least and most Λ of exact counts.
const THEORY_DIM: [u32; 2] = [2, 10_000];
/// Least and most Λ of mean numbers by index.
const COUNTED_DIM: [u32; 2] = [2, 1000];
/// Least and most k: thresholds are tested up to here.
const INDEX: [u32; 2] = [0, 1000];

fn whole<T: FromStr + PartialOrd + Display>(text: &str, least: T, most: T) -> Result<T, String> {
    let value = text.trim().parse().ok().filter(|value| least <= *value && *value <= most);
    value.ok_or_else(|| format!("a whole number from {least} to {most}"))
}

fn within(text: &str, [least, most]: [u32; 2]) -> Result<u32, String> {
    whole(text, least, most)
}

pub fn spins(text: &str) -> Result<u32, String> {
    within(text, limits::SPINS)
}

/// H where only theory is asked: no couplings are drawn, so it may be larger than in a run.
pub fn theory_spins(text: &str) -> Result<u32, String> {
    within(text, THEORY_SPINS)
}

/// Λ of exact counts.
pub fn theory_dim(text: &str) -> Result<u32, String> {
    within(text, THEORY_DIM)
}

/// Index k of a threshold or of a complexity.
pub fn index(text: &str) -> Result<u32, String> {
    within(text, INDEX)
}

pub fn dim(text: &str) -> Result<u32, String> {
    within(text, limits::DIM)
}

/// Λ of mean numbers by index.
pub fn counted_dim(text: &str) -> Result<u32, String> {
    within(text, COUNTED_DIM)
}

pub fn starts(text: &str) -> Result<u32, String> {
    within(text, limits::STARTS)
}

pub fn instances(text: &str) -> Result<u32, String> {
    within(text, limits::INSTANCES)
}

pub fn instance(text: &str) -> Result<u32, String> {
    within(text, [0, limits::INSTANCES[1] - 1])
}

pub fn samples(text: &str) -> Result<u32, String> {
    within(text, limits::SAMPLES)
}

pub fn threads(text: &str) -> Result<u32, String> {
    within(text, THREADS)
}

pub fn seed(text: &str) -> Result<u64, String> {
    whole(text, 0, u64::MAX)
}
