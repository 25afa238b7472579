//! What a spec of networks may ask for.

use std::fmt;

use itertools::Itertools;

use super::spec::{DigitsIdentity, NetworksProtocol, NetworksSpec};
use super::unit::BLOCK;
use crate::error::{Error, Result, check_range};
use crate::networks::TrainingProtocol;
use crate::networks::anneal::AnnealProtocol;
use crate::study::RunSpec;
use crate::study::spec::UNITS;

/// Least and most n₁.
pub const HIDDEN: [u32; 2] = [1, 10_000];
/// Least and most networks per size.
pub const NETWORKS: [u32; 2] = [1, 10_000_000];
/// Least and most networks of a size with an index.
pub const INDEX: [u32; 2] = [0, NETWORKS[1]];
/// Least and most n₁ with indices: N² doubles are 24 GB at the largest.
pub const INDEX_HIDDEN: [u32; 2] = [0, 500];
/// Least and most epochs, and sweeps.
pub const EPOCHS: [u32; 2] = [1, 1_000_000];
/// Least and most examples of a mini-batch.
pub const BATCH: [u32; 2] = [1, 100_000];
/// Least and most digits to train on.
pub const DIGITS: [u32; 2] = [1, 10_000_000];
/// Largest learning rate, temperature and gain: single precision holds its square.
pub const LARGEST: f64 = 1e6;

/// A number as messages quote it: short, however large or small.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Echo(pub f64);

impl fmt::Display for Echo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(value) = self;
        if *value == 0.0 || (1e-4..=LARGEST).contains(&value.abs()) {
            write!(out, "{value}")
        } else {
            write!(out, "{value:e}")
        }
    }
}

impl RunSpec for NetworksSpec {
    const GROWABLE: &'static [&'static str] = &["hidden", "networks", "index", "index_hidden"];

    fn check(&self) -> Result<()> {
        check_hidden(self)?;
        check_range("networks", self.networks, NETWORKS)?;
        check_units(self)?;
        check_protocol(&self.protocol)?;
        check_index(self)?;
        check_digits("digits.train", &self.digits.train)?;
        check_digits("digits.test", &self.digits.test)
    }

    fn united(&self, other: &Self) -> Self {
        Self {
            hidden: self.hidden.iter().chain(&other.hidden).copied().sorted().dedup().collect(),
            networks: self.networks.max(other.networks),
            index: self.index.max(other.index),
            index_hidden: self.index_hidden.max(other.index_hidden),
            ..self.clone()
        }
    }
}

fn check_hidden(spec: &NetworksSpec) -> Result<()> {
    if spec.hidden.is_empty() {
        return Err(Error::bad_input("hidden", "(empty)", "at least one size"));
    }
    if !spec.hidden.is_sorted_by(|a, b| a < b) {
        return Err(Error::bad_input("hidden", format!("{:?}", spec.hidden), "ascending, each size once"));
    }
    spec.hidden.iter().try_for_each(|&hidden| check_range("hidden", hidden, HIDDEN))
}

fn check_units(spec: &NetworksSpec) -> Result<()> {
    let units = u64::from(spec.networks.div_ceil(BLOCK)) * spec.hidden.len() as u64;
    if units <= UNITS {
        return Ok(());
    }
    let value = format!("{} x {}", spec.networks, spec.hidden.len());
    Err(Error::bad_input(
        "networks x sizes",
        value,
        format!("at most {} in one run", UNITS * u64::from(BLOCK)),
    ))
}

fn check_protocol(protocol: &NetworksProtocol) -> Result<()> {
    match *protocol {
        NetworksProtocol::Sgd(TrainingProtocol { epochs, batch, rate, decay, .. }) => {
            check_range("epochs", epochs, EPOCHS)?;
            check_range("batch", batch.try_into().unwrap_or(u32::MAX), BATCH)?;
            check_positive("rate", rate, LARGEST)?;
            if (0.0..=LARGEST).contains(&decay) {
                return Ok(());
            }
            Err(Error::bad_input("decay", Echo(decay), format!("a number from 0 to {LARGEST}")))
        }
        NetworksProtocol::Anneal(AnnealProtocol { sweeps, hot, cold, kept, gain }) => {
            check_range("sweeps", sweeps, EPOCHS)?;
            check_positive("hot", hot, LARGEST)?;
            check_positive("cold", cold, hot)?;
            check_positive("kept", kept, 1.0)?;
            check_positive("gain", gain, LARGEST)
        }
    }
}

fn check_index(spec: &NetworksSpec) -> Result<()> {
    check_range("index", spec.index, INDEX)?;
    check_range("index-hidden", spec.index_hidden, INDEX_HIDDEN)?;
    match spec.protocol {
        NetworksProtocol::Anneal(_) if spec.index > 0 => {
            let allowed = "0 with protocol anneal: three-valued weights have no Hessian";
            Err(Error::bad_input("index", spec.index, allowed))
        }
        _ => Ok(()),
    }
}

fn check_positive(key: &str, value: f64, most: f64) -> Result<()> {
    // The least keeps ratios and single-precision steps from overflowing.
    if (1e-30..=most).contains(&value) {
        return Ok(());
    }
    Err(Error::bad_input(key, Echo(value), format!("a number above 0, at most {}", Echo(most))))
}

fn check_digits(key: &str, digits: &DigitsIdentity) -> Result<()> {
    check_range(key, digits.count, DIGITS)?;
    if digits.sha256.len() == 64 && digits.sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(Error::bad_input(key, &digits.sha256, "64 hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_quoted_short() {
        let texts = [0.0, 0.1, 1e6, 1e308, -1e-30, f64::INFINITY].map(|value| Echo(value).to_string());
        assert_eq!(texts, ["0", "0.1", "1000000", "1e308", "-1e-30", "inf"]);
    }
}
