//! Estimates with Student's law.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::estimate::Estimated;
use crate::analysis::bands::statistics::student_above;

/// A number with its error and degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    pub estimate: f64,
    pub standard_error: Option<f64>,
    pub degrees: f64,
}

/// Quantile of Student's law.
pub(super) fn quantile(share: f64, degrees: f64) -> f64 {
    StudentsT::new(0.0, 1.0, degrees).map_or(f64::INFINITY, |law| law.inverse_cdf(share))
}

impl From<Estimated> for Found {
    fn from(estimated: Estimated) -> Self {
        let Estimated { value, standard_error, degrees } = estimated;
        Self { estimate: value, standard_error, degrees: f64::from(degrees) }
    }
}

/// P(T ≤ t) in Student's law.
pub(super) fn below(t: f64, degrees: f64) -> f64 {
    student_above(-t, degrees)
}
