//! Index and spectrum of a network's Hessian.

use super::directional::hessian_products;
use super::hessian::hessian;
use super::sample::Sample;
use super::weights::Weights;
use crate::networks::shape::Shape;
use crate::numeric::lanczos::{Ritz, Until, lanczos};
use crate::numeric::symmetric::NoConvergence;
use crate::rng::{Role, stream};
use rand_distr::{Distribution, StandardNormal};

/// Eigenvalues smaller than this in magnitude count as zero, as in the paper.
pub const ZERO: f64 = 0.001;

/// How many directions go down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Index {
    /// Eigenvalues below −0.001.
    pub negative: usize,
    /// N, eigenvalues in all.
    pub parameters: usize,
}

impl Index {
    /// Share of negative eigenvalues.
    pub fn normalised(&self) -> f64 {
        self.negative as f64 / self.parameters as f64
    }
}

/// The index of the Hessian of the mean loss, eigenvalues from −0.001 up not counted: the inertia of H + 0.001, by one
/// factorisation and no spectrum. Needs N² doubles.
///
/// # Errors
/// If the weights are not finite.
pub fn index(weights: &Weights, sample: &Sample) -> Result<Index, NoConvergence> {
    let negative = hessian(weights, sample).count_below(-ZERO)?;
    Ok(Index { negative, parameters: weights.shape().parameters() })
}

/// All N eigenvalues, ascending. Needs about 3N² doubles.
///
/// # Errors
/// If the weights are not finite.
pub fn spectrum(weights: &Weights, sample: &Sample) -> Result<Vec<f64>, NoConvergence> {
    hessian(weights, sample).eigenvalues()
}

/// The ends of a spectrum, each with a distance within which an eigenvalue lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpectrumEnds {
    /// Lowest Ritz value: no smaller than the lowest eigenvalue.
    pub lowest: f64,
    /// Its residual.
    pub lowest_error: f64,
    /// Highest Ritz value: no larger than the highest eigenvalue.
    pub highest: f64,
    /// Its residual.
    pub highest_error: f64,
}

/// Lowest and highest eigenvalue by Lanczos iteration on Hessian–vector products.
///
/// # Errors
/// If the weights are not finite.
pub fn spectrum_ends(
    weights: &Weights,
    sample: &Sample,
    probe: &Probe,
    until: &Until,
) -> Result<SpectrumEnds, NoConvergence> {
    let ritz = measure(weights, sample, probe, until)?;
    let last = ritz.values.len() - 1;
    Ok(SpectrumEnds {
        lowest: ritz.values[0],
        lowest_error: ritz.errors[0],
        highest: ritz.values[last],
        highest_error: ritz.errors[last],
    })
}

/// Spectral measures along random directions, whose mean estimates the density of eigenvalues without bias.
///
/// # Errors
/// If the weights are not finite.
///
/// # Reference
/// Lin, Saad, Yang (2016), *Approximating Spectral Densities of Large Matrices*, SIAM Review 58.
pub fn spectral_measures(
    weights: &Weights,
    sample: &Sample,
    probes: &[Probe],
    steps: usize,
) -> Result<Vec<Ritz>, NoConvergence> {
    let until = Until { steps, tolerance: 0.0 };
    probes.iter().map(|probe| measure(weights, sample, probe, &until)).collect()
}

/// A random direction, addressed by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// Root seed.
    pub seed: u64,
    /// Number of the network among those of its shape.
    pub network: u64,
    /// Number of the direction.
    pub direction: u64,
}

impl Probe {
    /// Independent normal coordinates.
    fn draw(&self, shape: &Shape) -> Vec<f64> {
        let ids = [shape.hidden as u64, self.network, self.direction];
        let mut random = stream(self.seed, Role::CurvatureProbe, &ids);
        (0..shape.parameters()).map(|_| StandardNormal.sample(&mut random)).collect()
    }
}

fn measure(weights: &Weights, sample: &Sample, probe: &Probe, until: &Until) -> Result<Ritz, NoConvergence> {
    let shape = weights.shape();
    let apply = |x: &[f64]| {
        let direction = [Weights::new(&shape, x)];
        hessian_products(weights, sample, &direction).swap_remove(0)
    };
    lanczos(apply, &probe.draw(&shape), until)
}
