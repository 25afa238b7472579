//! How many minima descents may have missed.

use super::descents::{Descents, Minimum};
use super::statistics::{mean, variance};

/// Minima are all found, for a test, if those that are missing move their mean number by less than this part of its
/// error.
const NEGLIGIBLE: f64 = 0.1;

/// What was found on all surfaces, and what was not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coverage {
    /// Distinct minima on a surface, on average.
    pub found: Option<f64>,
    /// Its standard error over surfaces.
    pub error: Option<f64>,
    /// Share of starts that found what no other start did.
    pub unseen_share: Option<f64>,
    /// Minima that no start found, on average; a low estimate.
    pub missing: Option<f64>,
}

impl Coverage {
    /// Of some surfaces; nothing is known where points were not kept, or without surfaces.
    pub fn of(surfaces: &[Descents]) -> Self {
        let unknown = Self { found: None, error: None, unseen_share: None, missing: None };
        let Some(each) = surfaces.iter().map(|surface| surface.minima.as_ref()).collect::<Option<Vec<_>>>()
        else {
            return unknown;
        };
        let numbers: Vec<f64> = each.iter().map(|minima| minima.len() as f64).collect();
        let starts = || each.iter().flat_map(|minima| minima.iter().map(|minimum| minimum.starts));
        let (all, once) = (starts().sum::<u64>(), starts().filter(|&starts| starts == 1).count());
        if numbers.is_empty() {
            return unknown;
        }
        Self {
            found: Some(mean(&numbers)),
            error: (numbers.len() > 1).then(|| (variance(&numbers) / numbers.len() as f64).sqrt()),
            unseen_share: (all > 0).then(|| once as f64 / all as f64),
            missing: missing(surfaces, |_| true),
        }
    }

    /// Whether next to no minimum is missing, as far as the starts can tell.
    pub fn is_complete(&self) -> bool {
        self.missing.zip(self.error).is_some_and(|(missing, error)| missing <= NEGLIGIBLE * error)
    }
}

/// Mean number on a surface of such minima that no start found.
///
/// On each surface `f₁(f₁ + 1)/(2(f₂ + 1))` with f_k minima found by k starts: Chao's bound, which is low where many
/// basins are small, in a form that is not 0 for a single start. A start that ended at no certain minimum may have been
/// on the way to one: it counts as one in f₁. A surface without any such minimum tells nothing of them.
///
/// # Reference
/// Chao (1984), *Nonparametric estimation of the number of classes in a population*, Scand. J. Statist. 11.
pub fn missing(surfaces: &[Descents], such: impl Fn(&Minimum) -> bool) -> Option<f64> {
    let of_surface = |surface: &Descents| {
        let found = |starts: u64| {
            let minima = surface.minima.as_ref()?;
            Some(minima.iter().filter(|minimum| such(minimum) && minimum.starts == starts).count() as f64)
        };
        let (once, twice) = (found(1)? + surface.elsewhere as f64, found(2)?);
        let seen = surface.minima.as_ref().is_some_and(|minima| !minima.is_empty());
        // There is at least one minimum on every surface.
        Some((0.5 * once * (once + 1.0) / (twice + 1.0)).max(if seen { 0.0 } else { 1.0 }))
    };
    let each: Vec<f64> = surfaces.iter().map(of_surface).collect::<Option<_>>()?;
    (!each.is_empty()).then(|| mean(&each))
}
