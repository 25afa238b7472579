//! Whether something rises or falls with the size of a network.

use serde::Serialize;
use statrs::function::erf::erfc;

/// One independent estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Where: ln n₁, for example.
    pub at: f64,
    /// What was found.
    pub value: f64,
    /// Its standard error, above 0.
    pub standard_error: f64,
}

/// A straight line through independent estimates, by weighted least squares.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Trend {
    /// Change of the value for one unit of `at`.
    pub slope: f64,
    /// From the estimates' own errors; not from how far they lie off the line.
    pub standard_error: f64,
    /// Slope over its error: standard normal if there is no trend and errors are normal.
    pub z: f64,
    /// P(Z ≤ z): small if the values fall.
    pub p_falls: f64,
    /// Squared deviations from the line in units of the errors: about the number of estimates less 2 if it is straight.
    pub chi_squared: f64,
}

impl Trend {
    /// `None` for fewer than two different places, or errors that are not positive.
    pub fn of(estimates: &[Estimate]) -> Option<Self> {
        let weight = |e: &Estimate| e.standard_error.powi(-2);
        let total: f64 = estimates.iter().map(weight).sum();
        let sum = |of: &dyn Fn(&Estimate) -> f64| estimates.iter().map(|e| weight(e) * of(e)).sum::<f64>();
        let (mean_at, mean) = (sum(&|e| e.at) / total, sum(&|e| e.value) / total);
        let across = sum(&|e| (e.at - mean_at).powi(2));
        let slope = sum(&|e| (e.at - mean_at) * (e.value - mean)) / across;
        let standard_error = across.sqrt().recip();
        let z = slope / standard_error;
        let is_good = estimates.iter().all(|e| e.standard_error > 0.0) && z.is_finite();
        is_good.then(|| Self {
            slope,
            standard_error,
            z,
            p_falls: 0.5 * erfc(-z / std::f64::consts::SQRT_2),
            chi_squared: sum(&|e| (e.value - mean - slope * (e.at - mean_at)).powi(2)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimates(values: [f64; 4]) -> Vec<Estimate> {
        let errors = [0.1, 0.2, 0.1, 0.4];
        (0..4).map(|at| Estimate { at: at as f64, value: values[at], standard_error: errors[at] }).collect()
    }

    #[test]
    fn a_line_is_found_with_its_error() {
        let trend = Trend::of(&estimates([3.0, 2.5, 2.0, 1.5])).unwrap();
        assert!((trend.slope + 0.5).abs() < 1e-14 && trend.chi_squared < 1e-20);
        // Weights 100, 25, 100, 6.25; mean place 243.75/231.25.
        let mean = 243.75 / 231.25f64;
        let across = 25.0 + 400.0 + 56.25 - 231.25 * mean * mean;
        assert!((trend.standard_error - across.powf(-0.5)).abs() < 1e-12);
        assert!(trend.p_falls < 1e-10);
        assert!(Trend::of(&estimates([1.0, 2.0, 3.0, 4.0])).unwrap().p_falls > 1.0 - 1e-10);
        assert_eq!(Trend::of(&estimates([1.0; 4])).unwrap().p_falls, 0.5);
    }

    #[test]
    fn one_place_has_no_trend() {
        let same = Estimate { at: 1.0, value: 2.0, standard_error: 0.1 };
        assert_eq!(Trend::of(&[same, same]), None);
        assert_eq!(Trend::of(&[]), None);
        assert_eq!(Trend::of(&[same, Estimate { at: 2.0, standard_error: 0.0, ..same }]), None);
    }
}
