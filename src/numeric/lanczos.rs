//! Lanczos iteration: the ends and the density of the spectrum of a symmetric operator that can only be applied.

use super::dense::dot;
use super::symmetric::{NoConvergence, Symmetric};

/// What a Lanczos iteration knows of a spectrum: eigenvalues of the operator within the Krylov space.
#[derive(Debug, Clone, PartialEq)]
pub struct Ritz {
    /// Ascending Ritz values.
    pub values: Vec<f64>,
    /// Share of the start's squared length along each Ritz vector; they sum to 1, and are the weights of a Gaussian
    /// quadrature of the start's spectral measure.
    pub weights: Vec<f64>,
    /// For each Ritz value a distance within which an eigenvalue lies, ‖A y − θ y‖.
    pub errors: Vec<f64>,
}

impl Ritz {
    /// Share of the spectral measure below each of `edges`, counted by whole nodes.
    pub fn below(&self, edge: f64) -> f64 {
        let pairs = self.values.iter().zip(&self.weights);
        pairs.filter(|(value, _)| **value < edge).map(|(_, weight)| weight).sum()
    }

    /// Density of the spectral measure at x, each node spread to a Gaussian of standard deviation `width`.
    ///
    /// # Reference
    /// Ghorbani, Krishnan, Xiao (2019), *An Investigation into Neural Net Optimization via Hessian Eigenvalue Density*.
    pub fn density(&self, x: f64, width: f64) -> f64 {
        let norm = width * (2.0 * std::f64::consts::PI).sqrt();
        let node =
            |(value, weight): (&f64, &f64)| weight * (-0.5 * ((x - value) / width).powi(2)).exp() / norm;
        self.values.iter().zip(&self.weights).map(node).sum()
    }
}

/// When an iteration ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Until {
    /// Most applications of the operator.
    pub steps: usize,
    /// Ends as soon as the lowest and the highest Ritz value have errors below this, times the largest |Ritz value|;
    /// 0 for all steps.
    pub tolerance: f64,
}

/// Lanczos iteration from a start, every new direction made orthogonal to all before, twice.
///
/// # Errors
/// If the operator or the start gives NaN or infinity.
///
/// # Panics
/// If the start is zero or has no coordinates.
///
/// # Reference
/// Golub, Meurant (2010), *Matrices, Moments and Quadrature with Applications*, chapters 4 and 6.
pub fn lanczos(
    mut apply: impl FnMut(&[f64]) -> Vec<f64>,
    start: &[f64],
    until: &Until,
) -> Result<Ritz, NoConvergence> {
    let mut space = Krylov::new(start);
    loop {
        space.grow(&mut apply);
        let size = space.size();
        let scale = space.diagonal.iter().chain(&space.off).fold(0.0f64, |top, x| top.max(x.abs()));
        let is_complete = size == start.len() || space.residual <= 1e-13 * scale;
        let is_last = is_complete || size == until.steps;
        if is_last || (until.tolerance > 0.0 && size.is_multiple_of(10)) || !space.residual.is_finite() {
            let ritz = ritz(&space, if is_complete { 0.0 } else { space.residual })?;
            if is_last || ends_are_known(&ritz, until.tolerance) {
                return Ok(ritz);
            }
        }
    }
}

/// A Krylov space that grows by one dimension at a time, with its orthonormal basis.
pub(super) struct Krylov {
    basis: Vec<Vec<f64>>,
    diagonal: Vec<f64>,
    off: Vec<f64>,
    /// What leads out of the space, not yet of length 1.
    next: Vec<f64>,
    /// Its length.
    pub(super) residual: f64,
}

impl Krylov {
    /// The space of dimension 0, from which `start` leads out.
    pub(super) fn new(start: &[f64]) -> Self {
        let residual = dot(start, start).sqrt();
        Self { basis: Vec::new(), diagonal: Vec::new(), off: Vec::new(), next: start.to_vec(), residual }
    }

    /// Its dimension.
    pub(super) fn size(&self) -> usize {
        self.basis.len()
    }

    /// Takes in the direction that leads out, and applies the operator to it.
    pub(super) fn grow(&mut self, apply: impl FnOnce(&[f64]) -> Vec<f64>) {
        if !self.basis.is_empty() {
            self.off.push(self.residual);
        }
        let mut current = std::mem::take(&mut self.next);
        current.iter_mut().for_each(|x| *x /= self.residual);
        let mut next = apply(&current);
        self.diagonal.push(dot(&next, &current));
        self.basis.push(current);
        // Twice is enough.
        for _ in 0..2 {
            for direction in &self.basis {
                let along = dot(&next, direction);
                next.iter_mut().zip(direction).for_each(|(x, d)| *x -= along * d);
            }
        }
        self.residual = dot(&next, &next).sqrt();
        self.next = next;
    }

    /// The operator within the space, in its basis: tridiagonal.
    pub(super) fn operator(&self) -> Symmetric {
        Symmetric::from_lower(self.size(), |i, j| match i - j {
            0 => self.diagonal[i],
            1 => self.off[j],
            _ => 0.0,
        })
    }
}

fn ends_are_known(ritz: &Ritz, tolerance: f64) -> bool {
    let size = ritz.values.iter().fold(0.0f64, |top, value| top.max(value.abs()));
    let ends = [ritz.errors.first(), ritz.errors.last()];
    ends.into_iter().flatten().all(|&error| error <= tolerance * size)
}

/// What the space knows of the spectrum; `residual` is the length of what leads out of it.
fn ritz(space: &Krylov, residual: f64) -> Result<Ritz, NoConvergence> {
    if !residual.is_finite() {
        return Err(NoConvergence);
    }
    let eigen = space.operator().eigen()?;
    let size = space.size();
    let unit = |at: usize| (0..size).map(|i| if i == at { 1.0 } else { 0.0 }).collect::<Vec<f64>>();
    let first = eigen.coordinates(&unit(0));
    let last = eigen.coordinates(&unit(size - 1));
    Ok(Ritz {
        weights: first.iter().map(|x| x * x).collect(),
        errors: last.iter().map(|x| residual * x.abs()).collect(),
        values: eigen.values,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(size: usize) -> Symmetric {
        Symmetric::from_lower(size, |i, j| ((3 * i + 5 * j + i * j) % 11) as f64 - 5.0)
    }

    #[test]
    fn all_steps_give_all_eigenvalues_and_the_spectral_measure() {
        let a = sample(30);
        let start: Vec<f64> = (0..30).map(|i| 1.0 + (i % 4) as f64).collect();
        let until = Until { steps: 30, tolerance: 0.0 };
        let ritz = lanczos(|x| a.times(x), &start, &until).unwrap();
        let exact = a.eigen().unwrap();
        let length: f64 = dot(&start, &start);
        // The start lies in an invariant space if the matrix has few different rows: only values it reaches are found.
        for (value, weight) in ritz.values.iter().zip(&ritz.weights) {
            let near = exact.values.iter().zip(exact.coordinates(&start));
            let share: f64 =
                near.filter(|(e, _)| (*e - value).abs() < 1e-8).map(|(_, c)| c * c / length).sum();
            assert!((share - weight).abs() < 1e-9, "{value}: {share} {weight}");
        }
        assert!((ritz.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((ritz.below(f64::INFINITY) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn ends_come_with_a_true_bound() {
        let a = Symmetric::from_lower(
            200,
            |i, j| if i == j { (i as f64).sqrt() } else { 0.3 / (1 + i - j) as f64 },
        );
        let start: Vec<f64> = (0..200).map(|i| ((i * i) % 7) as f64 - 2.5).collect();
        let until = Until { steps: 200, tolerance: 1e-8 };
        let mut applied = 0;
        let counted = |x: &[f64]| {
            applied += 1;
            a.times(x)
        };
        let ritz = lanczos(counted, &start, &until).unwrap();
        assert!(applied < 150, "{applied}");
        let exact = a.eigenvalues().unwrap();
        for (value, error) in ritz.values.iter().zip(&ritz.errors) {
            let nearest = exact.iter().map(|e| (e - value).abs()).fold(f64::INFINITY, f64::min);
            assert!(nearest <= error + 1e-12, "{value}: {nearest} > {error}");
        }
        assert!((ritz.values[0] - exact[0]).abs() < 1e-6);
        assert!((ritz.values[ritz.values.len() - 1] - exact[199]).abs() < 1e-6);
        let mass: f64 = (-200..400).map(|i| ritz.density(0.05 * f64::from(i), 0.2) * 0.05).sum();
        assert!((mass - 1.0).abs() < 1e-6, "{mass}");
    }

    #[test]
    fn nan_is_refused_and_an_invariant_start_ends_at_once() {
        let until = Until { steps: 9, tolerance: 0.0 };
        assert_eq!(lanczos(|x| vec![f64::NAN; x.len()], &[1.0; 4], &until), Err(NoConvergence));
        let ritz = lanczos(|x| x.iter().map(|x| 2.0 * x).collect(), &[1.0; 4], &until).unwrap();
        assert_eq!((ritz.values.len(), ritz.errors[0]), (1, 0.0));
        assert!((ritz.values[0] - 2.0).abs() < 1e-15);
    }
}
