//! p-values, and when they alarm.
//!
//! Each test raises a false alarm with a probability of 1e-6 over seeds: a test of n statistics alarms at p < 1e-6/n
//! of any of them (Bonferroni). Seeds are fixed, so an alarm stays or never comes.
//!
//! χ² of normals, Poisson counts and the laws of uniform points are exact; moments, correlations and counts of bits are
//! normal by the central limit theorem, with 10⁴ to 10⁸ terms; Kolmogorov's law is its limit with a correction.

use statrs::distribution::{ChiSquared, ContinuousCDF, DiscreteCDF, Poisson};

/// False-alarm rate of a test.
const RATE: f64 = 1e-6;

/// The p-value below which one of so many statistics of a test alarms.
pub fn alarm(statistics: usize) -> f64 {
    RATE / statistics as f64
}

/// Of a standard normal, both sides.
pub fn normal(z: f64) -> f64 {
    libm::erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// Of χ² with `freedom` degrees, both sides; exact for sums of squares of independent normals.
pub fn chi_square(x: f64, freedom: f64) -> f64 {
    let law = ChiSquared::new(freedom).unwrap();
    (2.0 * law.cdf(x).min(law.sf(x))).min(1.0)
}

/// Of a count of rare events, both sides.
pub fn rare(count: u64, expected: f64) -> f64 {
    let law = Poisson::new(expected).unwrap();
    let above = if count == 0 { 1.0 } else { law.sf(count - 1) };
    (2.0 * law.cdf(count).min(above)).min(1.0)
}

/// Kolmogorov–Smirnov: of the largest distance between the sample's distribution and `cdf`.
///
/// Reference: Stephens (1970), J. R. Stat. Soc. B 32, for the finite-size correction.
pub fn kolmogorov(sample: &[f64], cdf: impl Fn(f64) -> f64) -> f64 {
    let mut sorted = sample.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let gaps = sorted.iter().enumerate().map(|(i, &x)| {
        let below = cdf(x);
        (below - i as f64 / n).abs().max((below - (i + 1) as f64 / n).abs())
    });
    let x = (n.sqrt() + 0.12 + 0.11 / n.sqrt()) * gaps.fold(0.0, f64::max);
    let terms = (1..=20).map(|j| {
        let sign = if j % 2 == 1 { 2.0 } else { -2.0 };
        sign * (-2.0 * f64::from(j * j) * x * x).exp()
    });
    // The series does not converge for the smallest distances, which are no alarm.
    if x < 0.3 { 1.0 } else { terms.sum::<f64>().clamp(0.0, 1.0) }
}

/// Of the mean of independent numbers whose expectation is `expected`; their own spread is the scale.
pub fn mean(values: &[f64], expected: f64) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    normal((mean - expected) / (variance / n).sqrt())
}

#[test]
fn p_values_are_those_of_tables() {
    let close =
        |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 1e-3, "{found} {expected}");
    close(normal(4.8916), 1e-6);
    close(chi_square(18.307, 10.0), 0.1);
    close(rare(0, 14.508), 1e-6);
    // Points on a grid, each off by half a step: D = 0.05/10 at n = 100.
    let grid: Vec<f64> = (0..100).map(|i| (f64::from(i) + 0.5) / 100.0).collect();
    close(kolmogorov(&grid, |x| x), 1.0);
    // Stephens' modified statistic is 1.3581 at 5 % and 1.6276 at 1 %.
    close(kolmogorov(&grid, |x| (x - 0.12905).max(0.0)), 0.05);
    close(kolmogorov(&grid, |x| (x - 0.15565).max(0.0)), 0.01);
}
