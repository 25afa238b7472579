//! Sampling at temperature: against quadrature on the sphere, closed forms at H = 2 and identities of the disorder, with biased
//! moves that the same tests see.
#![allow(missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod balance;
mod bits;
mod disorder;
mod mixing;
mod quadrature;
mod two_spins;

use hspin::hamiltonian::{Isa, Law, Layout, Model, Orders, Spike, Surface, SurfaceKey};
use hspin::sampling::mixing::mixing;
use hspin::sampling::{Acceptance, ChainKey, Kicks, Rules, Sampled, Sampler, Schedule};

/// Normal deviations beyond which a comparison alarms: falsely for 1e-6 of seeds, if its error is known.
pub const ALARM: f64 = 4.892;

/// A model by its shares, its law and its spike.
pub fn model(shares: &[(u32, f64)], law: Law, spike: Option<Spike>) -> Model {
    Model { orders: Orders::new(shares).unwrap(), law, spike }
}

pub fn draw(model: &Model, dim: usize, instance: u64) -> Surface {
    let layout = Layout { spins: model.orders.highest(), dim };
    Surface::draw_model(&SurfaceKey { seed: 7, layout, instance }, model, 0, &common::serial)
}

pub fn sample(surface: &Surface, schedule: &Schedule, instance: u64, rules: Rules) -> Sampled {
    let hidden = surface.spike().map(|spike| spike.vector());
    let key = ChainKey { seed: 7, instance };
    let mut sampler = Sampler::new((surface, hidden), Isa::best(), schedule, key).by(rules);
    while sampler.sweep() {}
    sampler.finish()
}

/// A trajectory that is no longer reversible: it begins with a whole kick and ends with none.
pub const ONE_SIDED: Rules = Rules { kicks: Kicks { first: 1.0, between: 1.0, last: 0.0 }, ..Rules::EXACT };
/// Every trajectory is accepted.
pub const NO_REJECTION: Rules = Rules { trajectories: Acceptance::Always, ..Rules::EXACT };
/// Every exchange is carried out.
pub const ALWAYS_EXCHANGED: Rules = Rules { exchanges: Acceptance::Always, ..Rules::EXACT };
/// Kicks are too strong by a fifth, but the same at both ends: slower, and as exact as ever.
pub const STRONG_KICKS: Rules =
    Rules { kicks: Kicks { first: 0.6, between: 1.2, last: 0.6 }, ..Rules::EXACT };

/// How many of its standard errors the mean of some chains is off.
pub fn deviation(chains: &[Vec<f64>], expected: f64) -> f64 {
    let found = mixing(chains);
    (found.mean - expected) / found.standard_error()
}

/// Mean and standard error of independent values.
pub fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}
