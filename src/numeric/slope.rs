//! Slope tests: whether a claimed derivative is one, from how fast its Taylor remainder falls.

/// Slope of `log |remainder(t)|` against log t over `t = 2^{-first} … 2^{-last}`, by least squares.
///
/// For a model of order n of a smooth function the remainder falls like t^{n+1}: 2 for a right gradient, 3 for a
/// right Hessian beside it; one less or worse for a wrong one. `None` if every remainder is zero (the model is exact).
///
/// # Panics
/// If `first >= last`.
///
/// # Reference
/// Boumal (2023), *An Introduction to Optimization on Smooth Manifolds*, §4.8 and §6.8.
pub fn remainder_slope(remainder: impl Fn(f64) -> f64, first: u32, last: u32) -> Option<f64> {
    assert!(first < last);
    let points: Vec<(f64, f64)> = (first..=last)
        .map(|j| 0.5f64.powi(j as i32))
        .map(|t| (t.ln(), remainder(t).abs()))
        .filter(|&(_, r)| r > 0.0)
        .map(|(t, r)| (t, r.ln()))
        .collect();
    if points.len() < 2 {
        return None;
    }
    let n = points.len() as f64;
    let mean_t = points.iter().map(|p| p.0).sum::<f64>() / n;
    let mean_r = points.iter().map(|p| p.1).sum::<f64>() / n;
    let covariance: f64 = points.iter().map(|p| (p.0 - mean_t) * (p.1 - mean_r)).sum();
    let variance: f64 = points.iter().map(|p| (p.0 - mean_t).powi(2)).sum();
    Some(covariance / variance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_derivative_has_slope_two_and_a_wrong_one_has_not() {
        let remainder = |derivative: f64| move |t: f64| (1.0 + t).exp() - 1f64.exp() - derivative * t;
        assert!((remainder_slope(remainder(1f64.exp()), 4, 12).unwrap() - 2.0).abs() < 0.05);
        assert!((remainder_slope(remainder(1.01 * 1f64.exp()), 4, 12).unwrap() - 1.0).abs() < 0.3);
    }
}
