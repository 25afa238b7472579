//! Whether something rises or falls with the size of a network.

use serde::Serialize;

use super::estimate::Estimated;
use super::student::below;

/// One independent estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EstimateAt {
    /// Where: ln n₁, for example.
    pub at: f64,
    /// What was found.
    pub value: Estimated,
}

/// A straight line through independent estimates. All weigh the same: weights from errors of few groups would be noise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Trend {
    /// Change of the value for one unit of `at`.
    pub slope: f64,
    /// From the estimates' own errors; not from how far they lie off the line.
    pub standard_error: f64,
    /// Degrees of freedom of the error.
    pub degrees: f64,
}

impl Trend {
    /// The slope Σ c_i y_i with its error √(Σ c_i² s_i²) and Welch–Satterthwaite degrees of freedom. `None` for fewer
    /// than two different places, or an estimate without an error.
    ///
    /// # Reference
    /// Welch (1947), *The generalization of "Student's" problem when several different population variances are
    /// involved*, Biometrika 34.
    pub fn of(estimates: &[EstimateAt]) -> Option<Self> {
        let mean_at = estimates.iter().map(|e| e.at).sum::<f64>() / estimates.len() as f64;
        let across: f64 = estimates.iter().map(|e| (e.at - mean_at).powi(2)).sum();
        let (mut slope, mut square, mut quartic) = (0.0, 0.0, 0.0);
        for estimate in estimates {
            let share = (estimate.at - mean_at) / across;
            let part = (share * estimate.value.standard_error?).powi(2);
            slope += share * estimate.value.value;
            square += part;
            quartic += part * part / f64::from(estimate.value.degrees);
        }
        let found = Self { slope, standard_error: square.sqrt(), degrees: square * square / quartic };
        (found.slope.is_finite() && found.standard_error > 0.0 && found.degrees.is_finite()).then_some(found)
    }

    /// P(T ≤ t) if there is no trend: small if the values fall.
    pub fn p_falls(&self) -> f64 {
        below(self.slope / self.standard_error, self.degrees)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Role, stream};
    use rand_distr::{Distribution, StandardNormal};

    fn estimates(values: [f64; 4]) -> Vec<EstimateAt> {
        let errors = [0.1, 0.2, 0.1, 0.4];
        let value =
            |at: usize| Estimated { value: values[at], standard_error: Some(errors[at]), degrees: 62 };
        (0..4).map(|at| EstimateAt { at: at as f64, value: value(at) }).collect()
    }

    #[test]
    fn a_line_is_found_with_its_error() {
        let trend = Trend::of(&estimates([3.0, 2.5, 2.0, 1.5])).unwrap();
        assert!((trend.slope + 0.5).abs() < 1e-14);
        // Shares −0.3, −0.1, 0.1, 0.3.
        let parts = [0.03f64, 0.02, 0.01, 0.12].map(|x| x * x);
        let square: f64 = parts.iter().sum();
        let degrees = square * square * 62.0 / parts.iter().map(|p| p * p).sum::<f64>();
        assert!((trend.standard_error - square.sqrt()).abs() < 1e-15);
        assert!((trend.degrees / degrees - 1.0).abs() < 1e-12);
        assert!(trend.p_falls() < 1e-4);
        assert!(Trend::of(&estimates([1.0, 2.0, 3.0, 4.0])).unwrap().p_falls() > 1.0 - 1e-6);
        assert!((Trend::of(&estimates([1.0; 4])).unwrap().p_falls() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn one_place_or_a_missing_error_has_no_trend() {
        let all = estimates([1.0, 2.0, 3.0, 4.0]);
        assert_eq!(Trend::of(&[all[0], all[0]]), None);
        assert_eq!(Trend::of(&[]), None);
        let mut without = all.clone();
        without[2].value.standard_error = None;
        assert_eq!(Trend::of(&without), None);
    }

    /// Errors estimated from four groups each: p is uniform still.
    #[test]
    fn one_run_in_a_hundred_without_a_trend_seems_to_fall() {
        let mut random = stream(1, Role::Probe, &[91]);
        let trials = 4000;
        let mut falls = 0;
        for _ in 0..trials {
            let estimate = |at: f64, random: &mut rand_pcg::Pcg64| {
                let means: [f64; 4] = std::array::from_fn(|_| StandardNormal.sample(random));
                let groups = means.map(|mean| vec![mean]);
                EstimateAt {
                    at,
                    value: super::super::jackknife(&groups, super::super::estimate::mean).unwrap(),
                }
            };
            let sizes = [10f64, 25.0, 50.0, 100.0, 250.0, 500.0];
            let found: Vec<EstimateAt> = sizes.iter().map(|n| estimate(n.ln(), &mut random)).collect();
            falls += u32::from(Trend::of(&found).unwrap().p_falls() < 0.01);
        }
        // Binomial of 4000 at 0.01: 40 ± 6.3; Welch's law is approximate. Outside by chance below 1e-4.
        assert!((16..=66).contains(&falls), "{falls} of {trials}");
    }
}
