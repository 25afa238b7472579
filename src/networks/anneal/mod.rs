//! Simulated annealing of networks whose weights take three values and may be copies of each other.
//!
//! The paper anneals "a subset of MNIST" with weights restricted to three values uniformly spaced in \[−1, 1\], "95 % of
//! parameters assumed redundant", and says no more. Two readings are offered, by `kept`:
//! - 1, the default: every weight has a value of its own. A choice among three is log₂ 3 = 1.58 bits, 5 % of the 32 of a
//!   single-precision weight: 95 % are redundant in this sense, and on 1,000 digits at n₁ = 25 the test accuracy of one
//!   chain was 0.842 against descent's 0.848, within the paper's 2.5 %.
//! - 0.05: N weights share `⌈kept · N⌉` values. A random permutation of all weights is dealt out in turn, so every value
//!   stands for 20 weights or one fewer, anywhere in both layers. There 0.59 was the best of three temperatures tried.
//!
//! In both:
//! - A free value is −1, 0 or 1. Layers are divided by √n₀ and √n₁ as at a start of descent, and outputs multiplied by a
//!   fixed `gain`: classes do not depend on it, but the cross-entropy of three-valued weights does.
//! - A move gives one free value one of the two other values; a sweep is as many moves as there are free values, each at
//!   one chosen at random. Metropolis: a move that changes the mean cross-entropy by Δ is taken with probability
//!   min(1, e^{−Δ/T}). Sweep s of S runs at T = hot · (cold/hot)^{s/(S−1)}.
//!
//! Pixels and values are whole numbers, so sums into and out of the hidden layer are kept in integers: exact after any
//! number of moves.

mod shares;
mod state;

use std::ops::ControlFlow;

use super::curvature::Weights;
use super::data::Digits;
use super::shape::Shape;
use crate::rng::{Role, below, stream};
use rand::Rng;
use state::State;

pub use shares::Shares;

/// How networks are annealed; the module says what the numbers mean.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnealProtocol {
    /// Sweeps, S.
    pub sweeps: u32,
    /// Temperature of the first sweep, in units of the mean loss.
    pub hot: f64,
    /// Temperature of the last sweep.
    pub cold: f64,
    /// Free values as a share of the weights, above 0 and at most 1.
    pub kept: f64,
    /// Factor of the outputs.
    pub gain: f64,
}

impl AnnealProtocol {
    /// Three-valued weights, none shared. Sweeps, temperatures and gain are our choice.
    pub const DEFAULT: Self = Self { sweeps: 40, hot: 3e-3, cold: 1e-5, kept: 1.0, gain: 8.0 };

    /// Temperature of a sweep, 0…S−1.
    fn temperature(&self, sweep: u32) -> f64 {
        let part = f64::from(sweep) / f64::from(self.sweeps.max(2) - 1);
        self.hot * libm::pow(self.cold / self.hot, part)
    }
}

/// Which chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainKey {
    /// Root seed.
    pub seed: u64,
    /// Units by layer: a shape for digits.
    pub shape: Shape,
    /// Number of the chain; each deals its own shares.
    pub chain: u64,
}

/// A network of three-valued weights.
#[derive(Debug, Clone, PartialEq)]
pub struct TernaryNetwork {
    /// Units by layer.
    pub shape: Shape,
    /// N weights, each −1, 0 or 1, in the order of [`super::Network`].
    pub weights: Vec<i8>,
    /// Factor of the outputs.
    pub gain: f64,
}

impl TernaryNetwork {
    /// The same network with real weights: layers scaled, the gain in the outgoing ones.
    pub fn to_weights(&self) -> Weights {
        let incoming = 1.0 / (self.shape.inputs as f64).sqrt();
        let outgoing = self.gain / (self.shape.hidden as f64).sqrt();
        let scale = |at: usize| if at < self.shape.incoming() { incoming } else { outgoing };
        let scaled: Vec<f64> =
            self.weights.iter().enumerate().map(|(at, &w)| f64::from(w) * scale(at)).collect();
        Weights::new(&self.shape, &scaled)
    }
}

/// Where an annealing ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Annealed {
    /// The last state.
    pub network: TernaryNetwork,
    /// Its mean cross-entropy on the digits it was annealed on.
    pub loss: f64,
    /// Mean cross-entropy after each sweep.
    pub trace: Vec<f64>,
    /// Moves tried.
    pub proposed: u64,
    /// Moves taken.
    pub accepted: u64,
}

/// Anneals one network. `after_sweep` is told the number of sweeps done and may end it, which then gives `None`.
///
/// # Panics
/// If the shape is not one for digits, or the protocol has no sweep, a share outside (0, 1], or temperatures or a gain
/// that are not positive.
pub fn anneal(
    protocol: &AnnealProtocol,
    key: &ChainKey,
    digits: &Digits,
    after_sweep: &mut dyn FnMut(u32) -> ControlFlow<()>,
) -> Option<Annealed> {
    assert!(key.shape == Shape::digits(key.shape.hidden) && protocol.sweeps > 0);
    assert!(protocol.hot > 0.0 && protocol.cold > 0.0 && protocol.gain > 0.0);
    let ids = |part: u64| [key.shape.hidden as u64, key.chain, part];
    let mut deal = stream(key.seed, Role::NetworkAnnealing, &ids(0));
    let shares = Shares::deal(&key.shape, protocol.kept, &mut deal);
    let mut random = stream(key.seed, Role::NetworkAnnealing, &ids(1));
    let values: Vec<i8> = (0..shares.free()).map(|_| below(&mut random, 3) as i8 - 1).collect();
    let mut state = State::new(&key.shape, protocol.gain, &shares, values, digits);
    let (mut trace, mut accepted) = (Vec::new(), 0);
    for sweep in 0..protocol.sweeps {
        let temperature = protocol.temperature(sweep);
        for _ in 0..shares.free() {
            let chosen = below(&mut random, shares.free());
            // 1 or 2 steps round the cycle −1 → 0 → 1 → −1.
            let value = (state.value(chosen) + 1 + 1 + below(&mut random, 2) as i8) % 3 - 1;
            let change = state.propose(chosen, value) - state.loss();
            // Uniform in (0, 1), drawn for every move, so that the stream does not depend on rounding.
            let uniform = ((random.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
            if change <= 0.0 || uniform < libm::exp(-change / temperature) {
                state.accept();
                accepted += 1;
            }
        }
        trace.push(state.loss());
        if after_sweep(sweep + 1).is_break() {
            return None;
        }
    }
    let network = TernaryNetwork { shape: key.shape, weights: state.weights().to_vec(), gain: protocol.gain };
    let proposed = u64::from(protocol.sweeps) * shares.free() as u64;
    Some(Annealed { network, loss: state.loss(), trace, proposed, accepted })
}
