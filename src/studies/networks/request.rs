//! What a command asks of a run of networks, before it is decided what the rest is.

use super::limits::Echo;
use super::spec::{DigitsIdentity, DigitsUsed, NetworksProtocol, NetworksSpec};
use crate::error::{Error, Result};
use crate::networks::TrainingProtocol;
use crate::networks::anneal::AnnealProtocol;
use crate::study::RunSpec;
use crate::study::spec::{Growth, sorted_set};

/// The paper's sizes.
const HIDDEN: [u32; 5] = [25, 50, 100, 250, 500];
/// The paper has 1000 networks of each size.
const NETWORKS: u32 = 1000;
/// Networks of each size with an index, and the largest n₁: a quarter of a gigabyte and about a minute in all.
const INDEX: [u32; 2] = [16, 50];

named! {
    /// How networks are trained.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum NetworksMethod {
        /// Stochastic gradient descent.
        Sgd = "sgd",
        /// Simulated annealing.
        Anneal = "anneal",
    }
}

/// What a command asks of a run of networks; `None` leaves a field to its default or to the stored run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NetworksRequest {
    /// n₁ of each size.
    pub hidden: Option<Vec<u32>>,
    /// Networks per size.
    pub networks: Option<u32>,
    /// How they are trained.
    pub method: Option<NetworksMethod>,
    /// Passes over the digits, of sgd.
    pub epochs: Option<u32>,
    /// Examples of a mini-batch, of sgd.
    pub batch: Option<u32>,
    /// Learning rate, of sgd.
    pub rate: Option<f64>,
    /// Its decay, of sgd.
    pub decay: Option<f64>,
    /// Sweeps, of anneal.
    pub sweeps: Option<u32>,
    /// First temperature, of anneal.
    pub hot: Option<f64>,
    /// Last temperature, of anneal.
    pub cold: Option<f64>,
    /// Free values as a share of the weights, of anneal.
    pub kept: Option<f64>,
    /// Factor of the outputs, of anneal.
    pub gain: Option<f64>,
    /// Networks of each size with an index.
    pub index: Option<u32>,
    /// Largest n₁ with indices.
    pub index_hidden: Option<u32>,
    /// Root of all random streams.
    pub seed: Option<u64>,
}

const GROWTH: Growth = Growth("only hidden, networks, index and index-hidden may grow");

impl NetworksRequest {
    /// The spec of a new run on these digits.
    ///
    /// # Errors
    /// [`Error::BadInput`] naming the first key whose value is not allowed.
    pub fn new_run(&self, digits: DigitsUsed) -> Result<NetworksSpec> {
        let base = match self.method {
            Some(NetworksMethod::Anneal) => NetworksProtocol::Anneal(AnnealProtocol::DEFAULT),
            Some(NetworksMethod::Sgd) | None => NetworksProtocol::Sgd(TrainingProtocol::DEFAULT),
        };
        let indices = if base.descent().is_some() { INDEX } else { [0, 0] };
        let [index, index_hidden] = indices;
        let spec = NetworksSpec {
            seed: self.seed.unwrap_or(1),
            protocol: self.protocol_on(base)?,
            digits,
            hidden: sorted_set("hidden", self.hidden.clone().unwrap_or_else(|| HIDDEN.to_vec()))?,
            networks: self.networks.unwrap_or(NETWORKS),
            index: self.index.unwrap_or(index),
            index_hidden: self.index_hidden.unwrap_or(index_hidden),
        };
        spec.check()?;
        Ok(spec)
    }

    /// A stored run enlarged by this request; sizes are united.
    ///
    /// # Errors
    /// [`Error::Refused`] naming a field that would shrink or change; [`Error::BadInput`] where the enlarged spec is not
    /// allowed.
    pub fn grow(&self, stored: &NetworksSpec, digits: &DigitsUsed) -> Result<NetworksSpec> {
        GROWTH.same("seed", stored.seed, self.seed)?;
        self.same_protocol(&stored.protocol)?;
        same_digits("digits to train on", &stored.digits.train, &digits.train)?;
        same_digits("digits to test on", &stored.digits.test, &digits.test)?;
        let hidden = sorted_set("hidden", self.hidden.clone().unwrap_or_default())?;
        let hidden = stored.united(&NetworksSpec { hidden, ..stored.clone() }).hidden;
        let spec = NetworksSpec {
            hidden,
            networks: GROWTH.grow("networks", stored.networks, self.networks)?,
            index: GROWTH.grow("index", stored.index, self.index)?,
            index_hidden: GROWTH.grow("index-hidden", stored.index_hidden, self.index_hidden)?,
            ..stored.clone()
        };
        spec.check()?;
        Ok(spec)
    }

    /// This protocol with the constants that are asked for; refuses those of the other one.
    fn protocol_on(&self, base: NetworksProtocol) -> Result<NetworksProtocol> {
        match base {
            NetworksProtocol::Sgd(base) => {
                let others =
                    [("hot", self.hot), ("cold", self.cold), ("kept", self.kept), ("gain", self.gain)];
                refuse(&others, self.sweeps.map(|n| ("sweeps", n)), "anneal")?;
                Ok(NetworksProtocol::Sgd(TrainingProtocol {
                    epochs: self.epochs.unwrap_or(base.epochs),
                    batch: self.batch.map_or(base.batch, |batch| batch as usize),
                    rate: self.rate.unwrap_or(base.rate),
                    decay: self.decay.unwrap_or(base.decay),
                    ..base
                }))
            }
            NetworksProtocol::Anneal(base) => {
                let count = self.epochs.map(|n| ("epochs", n)).or(self.batch.map(|n| ("batch", n)));
                refuse(&[("rate", self.rate), ("decay", self.decay)], count, "sgd")?;
                Ok(NetworksProtocol::Anneal(AnnealProtocol {
                    sweeps: self.sweeps.unwrap_or(base.sweeps),
                    hot: self.hot.unwrap_or(base.hot),
                    cold: self.cold.unwrap_or(base.cold),
                    kept: self.kept.unwrap_or(base.kept),
                    gain: self.gain.unwrap_or(base.gain),
                }))
            }
        }
    }

    fn same_protocol(&self, stored: &NetworksProtocol) -> Result<()> {
        GROWTH.same("protocol", stored.name(), self.method.map(NetworksMethod::name))?;
        self.protocol_on(*stored)?;
        match *stored {
            NetworksProtocol::Sgd(TrainingProtocol { epochs, batch, rate, decay, .. }) => {
                GROWTH.same("epochs", epochs, self.epochs)?;
                GROWTH.same("batch", batch, self.batch.map(|batch| batch as usize))?;
                GROWTH.same("rate", Echo(rate), self.rate.map(Echo))?;
                GROWTH.same("decay", Echo(decay), self.decay.map(Echo))
            }
            NetworksProtocol::Anneal(AnnealProtocol { sweeps, hot, cold, kept, gain }) => {
                GROWTH.same("sweeps", sweeps, self.sweeps)?;
                GROWTH.same("hot", Echo(hot), self.hot.map(Echo))?;
                GROWTH.same("cold", Echo(cold), self.cold.map(Echo))?;
                GROWTH.same("kept", Echo(kept), self.kept.map(Echo))?;
                GROWTH.same("gain", Echo(gain), self.gain.map(Echo))
            }
        }
    }
}

fn refuse(numbers: &[(&str, Option<f64>)], count: Option<(&str, u32)>, owner: &str) -> Result<()> {
    let number = numbers.iter().find_map(|(key, value)| value.map(|value| (*key, Echo(value).to_string())));
    match count.map(|(key, n)| (key, n.to_string())).or(number) {
        Some((key, value)) => Err(Error::bad_input(key, value, format!("protocol {owner} only"))),
        None => Ok(()),
    }
}

fn same_digits(field: &str, stored: &DigitsIdentity, given: &DigitsIdentity) -> Result<()> {
    if stored == given {
        return Ok(());
    }
    let name = |digits: &DigitsIdentity| format!("{} of SHA-256 {}", digits.count, digits.sha256);
    let (stored, given) = (name(stored), name(given));
    Err(Error::Refused(format!(
        "{field}: the run has {stored}, given are {given}; --data and --digits choose them"
    )))
}
