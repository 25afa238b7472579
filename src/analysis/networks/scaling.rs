//! How the mean loss depends on the size of the hidden layer: E\[L\] = C e^{α n₁^β}.

use itertools::Itertools;
use serde::Serialize;

use crate::numeric::symmetric::Symmetric;

/// Mean loss of networks of one size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SizeMean {
    /// n₁.
    pub hidden: f64,
    /// Mean loss, above 0.
    pub mean: f64,
    /// Its standard error, above 0.
    pub standard_error: f64,
}

/// A fit of `ln E[L] = ln C + α n₁^β`, with standard errors of α and β from those of the means.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Scaling {
    /// ln C.
    pub log_constant: f64,
    /// α.
    pub alpha: f64,
    /// β.
    pub beta: f64,
    /// Standard error of α; not known at β = 0, where α is infinite.
    pub alpha_error: Option<f64>,
    /// Standard error of β.
    pub beta_error: Option<f64>,
    /// Sum of squared deviations in units of the standard errors.
    pub chi_squared: f64,
    /// Sizes less 3.
    pub degrees: usize,
}

/// Least and greatest β that are tried.
const BETAS: [f64; 2] = [-4.0, 3.0];
/// Steps between them, before the best is refined.
const STEPS: u32 = 280;

impl Scaling {
    /// Weighted least squares on the logarithms, by a scan over β (the rest is linear) refined by golden sections. The
    /// basis (n^β − 1)/β instead of n^β keeps β = 0, a power law, a point like any other.
    ///
    /// `None` for fewer than four different sizes, or means and errors that are not positive and finite.
    pub fn fit(points: &[SizeMean]) -> Option<Self> {
        let is_good = |x: f64| x > 0.0 && x.is_finite();
        let sizes = points.iter().map(|point| point.hidden.to_bits()).unique().count();
        let all_good =
            points.iter().all(|p| is_good(p.hidden) && is_good(p.mean) && is_good(p.standard_error));
        if sizes < 4 || !all_good {
            return None;
        }
        let step = (BETAS[1] - BETAS[0]) / f64::from(STEPS);
        let at = |j: u32| BETAS[0] + step * f64::from(j);
        let cost = |beta: f64| line(points, beta).map_or(f64::INFINITY, |line| line.chi_squared);
        let best = (0..=STEPS).min_by(|&a, &b| cost(at(a)).total_cmp(&cost(at(b))))?;
        let beta = golden(cost, at(best) - step, at(best) + step);
        let line = line(points, beta)?;
        let errors = errors(points, beta, line.slope);
        let alpha = line.slope / beta;
        Some(Self {
            log_constant: line.constant - alpha,
            alpha,
            beta,
            alpha_error: errors.map(|[alpha, _]| alpha).filter(|error| error.is_finite()),
            beta_error: errors.map(|[_, beta]| beta).filter(|error| error.is_finite()),
            chi_squared: line.chi_squared,
            degrees: points.len() - 3,
        })
    }

    /// L / e^{α n₁^β}: the paper's scaled loss.
    pub fn scaled(&self, hidden: f64, loss: f64) -> f64 {
        loss * (-self.alpha * hidden.powf(self.beta)).exp()
    }
}

/// (n^β − 1)/β, ln n at β = 0.
fn basis(hidden: f64, beta: f64) -> f64 {
    let x = beta * hidden.ln();
    if x == 0.0 { hidden.ln() } else { x.exp_m1() / beta }
}

struct Line {
    constant: f64,
    slope: f64,
    chi_squared: f64,
}

/// Weighted straight line of ln mean against the basis.
fn line(points: &[SizeMean], beta: f64) -> Option<Line> {
    let weight = |p: &SizeMean| (p.mean / p.standard_error).powi(2);
    let total: f64 = points.iter().map(weight).sum();
    let mean = |of: &dyn Fn(&SizeMean) -> f64| points.iter().map(|p| weight(p) * of(p)).sum::<f64>() / total;
    let x = |p: &SizeMean| basis(p.hidden, beta);
    let (mean_x, mean_y) = (mean(&x), mean(&|p| p.mean.ln()));
    let across = mean(&|p| (x(p) - mean_x).powi(2));
    let slope = mean(&|p| (x(p) - mean_x) * (p.mean.ln() - mean_y)) / across;
    let constant = mean_y - slope * mean_x;
    let chi_squared = total * mean(&|p| (p.mean.ln() - constant - slope * x(p)).powi(2));
    chi_squared.is_finite().then_some(Line { constant, slope, chi_squared })
}

/// Standard errors of α and β from the curvature of χ² at its minimum.
fn errors(points: &[SizeMean], beta: f64, slope: f64) -> Option<[f64; 2]> {
    // Derivatives of ln E[L] by (constant, slope, β), in units of its error; by β as a central difference.
    let rows = points.iter().map(|p| {
        let by_beta = (basis(p.hidden, beta + 1e-5) - basis(p.hidden, beta - 1e-5)) / 2e-5;
        [1.0, basis(p.hidden, beta), slope * by_beta].map(|d| d * p.mean / p.standard_error)
    });
    let rows: Vec<[f64; 3]> = rows.collect();
    // Each column is scaled to length 1, so that only true dependence spoils the factorisation.
    let scale: [f64; 3] = std::array::from_fn(|i| rows.iter().map(|row| row[i] * row[i]).sum::<f64>().sqrt());
    let normal = Symmetric::from_lower(3, |i, j| {
        rows.iter().map(|row| row[i] * row[j]).sum::<f64>() / (scale[i] * scale[j])
    });
    let factor = normal.cholesky()?;
    // α = slope/β.
    let alpha = [0.0, 1.0 / beta, -slope / (beta * beta)];
    let deviation = |of: [f64; 3]| {
        let mut scaled: [f64; 3] = std::array::from_fn(|i| of[i] / scale[i]);
        factor.half_solve(&mut scaled);
        scaled.iter().map(|x| x * x).sum::<f64>().sqrt()
    };
    Some([deviation(alpha), deviation([0.0, 0.0, 1.0])])
}

/// Least place of a function with one minimum between two.
fn golden(of: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let part = (5f64.sqrt() - 1.0) / 2.0;
    for _ in 0..80 {
        let (left, right) = (high - part * (high - low), low + part * (high - low));
        if of(left) < of(right) { high = right } else { low = left }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Role, stream};
    use rand_distr::{Distribution, StandardNormal};

    const SIZES: [f64; 6] = [10.0, 25.0, 50.0, 100.0, 250.0, 500.0];

    fn points(alpha: f64, beta: f64, error: f64, noise: &mut dyn FnMut() -> f64) -> Vec<SizeMean> {
        let point = |hidden: f64| {
            let mean = 0.2 * (alpha * hidden.powf(beta)).exp() * (1.0 + error * noise());
            SizeMean { hidden, mean, standard_error: error * mean }
        };
        SIZES.map(point).to_vec()
    }

    #[test]
    fn exact_data_give_their_constants_back() {
        for (alpha, beta) in [(2.0, -0.5), (-0.3, 0.2), (4.0, -1.3), (-1e-3, 1.0)] {
            let fit = Scaling::fit(&points(alpha, beta, 1e-3, &mut || 0.0)).unwrap();
            assert!((fit.beta - beta).abs() < 1e-4, "{fit:?}");
            assert!((fit.alpha / alpha - 1.0).abs() < 1e-3, "{fit:?}");
            assert!((fit.log_constant - 0.2f64.ln()).abs() < 1e-3 && fit.chi_squared < 1e-6, "{fit:?}");
            let scaled = fit.scaled(50.0, 0.2 * (alpha * 50f64.powf(beta)).exp());
            assert!((scaled / 0.2 - 1.0).abs() < 1e-3);
        }
    }

    /// Deviations over standard errors have variance 1, and χ² its degrees of freedom on average.
    #[test]
    fn errors_are_those_of_repeated_fits() {
        let mut random = stream(1, Role::Probe, &[77]);
        let mut normal = || StandardNormal.sample(&mut random);
        let (mut alphas, mut betas, mut chi) = (Vec::new(), Vec::new(), 0.0);
        for _ in 0..400 {
            let fit = Scaling::fit(&points(2.0, -0.5, 2e-3, &mut normal)).unwrap();
            alphas.push((fit.alpha - 2.0) / fit.alpha_error.unwrap());
            betas.push((fit.beta + 0.5) / fit.beta_error.unwrap());
            chi += fit.chi_squared / fit.degrees as f64 / 400.0;
        }
        for z in [alphas, betas] {
            // Variance of 400 normal deviates: 1 ± 0.07; five of them.
            let square = z.iter().map(|z| z * z).sum::<f64>() / 400.0;
            assert!((square - 1.0).abs() < 0.36, "{square}");
        }
        assert!((chi - 1.0).abs() < 5.0 * (2.0 / 3.0 / 400.0f64).sqrt(), "{chi}");
    }

    #[test]
    fn too_few_or_bad_means_have_no_fit() {
        let good = points(2.0, -0.5, 1e-3, &mut || 0.0);
        assert_eq!(Scaling::fit(&good[..3]), None);
        assert_eq!(Scaling::fit(&[good[0]; 6]), None);
        let mut bad = good.clone();
        bad[2].mean = f64::NAN;
        assert_eq!(Scaling::fit(&bad), None);
    }
}
