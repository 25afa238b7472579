//! From a network to its spin glass.
//!
//! | paper | here |
//! |---|---|
//! | n_0 = d, n_1, …, n_H = 1 | `layers` |
//! | H, layers of weights; order of the glass | [`GlassMap::spins`] |
//! | Ψ = Π n_i, paths from an input to the output | [`GlassMap::paths`], [`GlassMap::log_paths`] |
//! | Λ = Ψ^{1/H}, dimension of the glass | [`GlassMap::dim`] |
//! | N = Σ n_i n_{i+1}, weights | [`GlassMap::parameters`] |

use itertools::Itertools;

use crate::{Error, Result};

/// Largest layer: with it and the most layers, N stays below 2^128.
pub const LARGEST_LAYER: u64 = 1_000_000_000_000_000;
/// Most layers, the input counted: H is one less.
pub const MOST_LAYERS: usize = 1001;

/// The spin glass that a fully connected ReLU network without biases and with one output is mapped to.
///
/// The map takes paths for independent, spreads the weights over Λ different ones and puts these on a sphere; what it
/// gives is a model of the network, not an identity (the path sum is one: see [`super::paths`]).
///
/// # Reference
/// Choromanska et al. (2015), §3 and Theorem 3.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlassMap {
    layers: Vec<u64>,
}

/// Theorem 3.1: `Ψ²H ≥ N ≥ Ψ^{2/H} H / d^{1/H} ≥ Ψ^{1/H}`, as natural logarithms from largest to smallest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogBounds {
    /// ln(Ψ² H).
    pub most: f64,
    /// ln N.
    pub parameters: f64,
    /// ln(Ψ^{2/H} H / d^{1/H}).
    pub least: f64,
    /// ln Λ = ln Ψ^{1/H}.
    pub dim: f64,
}

impl GlassMap {
    /// The map of a network with these layers, the inputs first.
    ///
    /// # Errors
    /// Bad input unless there are 3 to [`MOST_LAYERS`] layers of 1 to [`LARGEST_LAYER`] units, the last of 1.
    pub fn new(layers: &[u64]) -> Result<Self> {
        let shown = layers.iter().join(",");
        let refuse = |allowed: String| Err(Error::bad_input("--layers", shown.clone(), allowed));
        if layers.len() < 3 || layers.len() > MOST_LAYERS {
            return refuse(format!(
                "3 to {MOST_LAYERS} layers: inputs, at least one hidden layer, one output"
            ));
        }
        if layers.iter().any(|units| !(1..=LARGEST_LAYER).contains(units)) {
            return refuse(format!("layers of 1 to {LARGEST_LAYER} units"));
        }
        if layers.last() != Some(&1) {
            return refuse("a last layer of 1: the map is that of a network with one output".into());
        }
        Ok(Self { layers: layers.to_vec() })
    }

    /// Units by layer, inputs first.
    pub fn layers(&self) -> &[u64] {
        &self.layers
    }

    /// H: layers of weights, which is the order of the glass.
    pub fn spins(&self) -> u32 {
        // At most MOST_LAYERS.
        (self.layers.len() - 1) as u32
    }

    /// Ψ = Π n_i, where 128 bits hold it.
    pub fn paths(&self) -> Option<u128> {
        self.layers.iter().try_fold(1u128, |product, &units| product.checked_mul(units.into()))
    }

    /// ln Ψ.
    pub fn log_paths(&self) -> f64 {
        match self.paths() {
            Some(paths) => (paths as f64).ln(),
            None => self.layers.iter().map(|&units| (units as f64).ln()).sum(),
        }
    }

    /// Λ = Ψ^{1/H}: in general no whole number.
    pub fn dim(&self) -> f64 {
        match (self.paths(), self.spins()) {
            (Some(paths), 2) => (paths as f64).sqrt(),
            (Some(paths), 3) => (paths as f64).cbrt(),
            (_, spins) => (self.log_paths() / f64::from(spins)).exp(),
        }
    }

    /// N = Σ n_i n_{i+1}, weights of the network.
    pub fn parameters(&self) -> u128 {
        self.layers.iter().tuple_windows().map(|(&from, &to)| u128::from(from) * u128::from(to)).sum()
    }

    /// The terms of Theorem 3.1.
    pub fn log_bounds(&self) -> LogBounds {
        let (spins, paths) = (f64::from(self.spins()), self.log_paths());
        let inputs = (self.layers[0] as f64).ln();
        LogBounds {
            most: 2.0 * paths + spins.ln(),
            parameters: (self.parameters() as f64).ln(),
            least: (2.0 * paths - inputs) / spins + spins.ln(),
            dim: paths / spins,
        }
    }
}
