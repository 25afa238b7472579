//! What starts that did not converge could do to a mean over those that did.

use serde::Serialize;

use super::networks::estimate::{error_of_mean, mean};
use crate::error::Result;
use crate::studies::surfaces::SurfaceStore;
use crate::studies::surfaces::surfaces;

/// How far a mean over converged starts could move if the others had converged too.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Unconverged {
    /// Most that the mean could move, per spin: each of the others may end anywhere between the lowest and the highest
    /// energy of all starts. Absent where nothing converged.
    pub unconverged_mean_shift: Option<f64>,
    /// Whether that is more than the mean's standard error, or there is no mean for want of starts that converged.
    pub unconverged_could_move_mean: bool,
}

/// Shifts below this are rounding.
const ROUNDING: f64 = 1e-12;

impl Unconverged {
    /// From the energies per spin of the starts that converged and of the others, NaN where not known, and the standard
    /// error of the mean over the former.
    pub fn new(converged: &[f64], others: &[f64], standard_error: Option<f64>) -> Self {
        if others.is_empty() {
            return Self::default();
        }
        let all = || converged.iter().chain(others).copied().filter(|u| u.is_finite());
        let (low, high) =
            all().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), u| (low.min(u), high.max(u)));
        let n = converged.len() as f64;
        let mean = converged.iter().sum::<f64>() / n;
        // The mean over all moves by the others' share of the way to where they end.
        let share = others.len() as f64 / (n + others.len() as f64);
        let shift = (share * (mean - low).max(high - mean)).max(0.0);
        let unconverged_mean_shift = (n > 0.0 && shift.is_finite()).then_some(shift);
        let error = standard_error.unwrap_or(0.0).max(ROUNDING);
        Self {
            unconverged_mean_shift,
            unconverged_could_move_mean: unconverged_mean_shift.is_none_or(|shift| shift > error),
        }
    }

    /// The same in a unit of energy that is so much smaller.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { unconverged_mean_shift: self.unconverged_mean_shift.map(|shift| factor * shift), ..self }
    }
}

/// What of one size is in no count by index, and what its mean is worth.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Uncertain {
    /// Points of undecided index: an eigenvalue is too near 0 to have a sign.
    pub undecided: u64,
    /// What the starts that did not converge could do to the mean over those that did.
    #[serde(flatten)]
    pub unconverged: Unconverged,
}

impl Uncertain {
    /// Of what is stored of one size. The mean's error is over surfaces, of one surface over its starts.
    ///
    /// # Errors
    /// Those of the store.
    pub fn of_size(store: &SurfaceStore, dim: u32) -> Result<Self> {
        let (mut converged, mut others, mut means, mut undecided) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for surface in surfaces(store).into_iter().filter(|surface| surface.dim == dim) {
            let first = converged.len();
            for record in store.surface_records(surface.dim, surface.instance)? {
                // In a census every point is proved to be critical.
                let is_critical = record.converged() || store.spec().is_census();
                undecided += u64::from(is_critical && record.decided_index().is_none());
                if is_critical { &mut converged } else { &mut others }.push(record.energy_per_spin);
            }
            means.extend(mean(&converged[first..]));
        }
        let sample = if means.len() > 1 { &means } else { &converged };
        let standard_error = error_of_mean(sample);
        Ok(Self { undecided, unconverged: Unconverged::new(&converged, &others, standard_error) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_of_many_move_no_mean_and_most_of_few_do() {
        let converged: Vec<f64> = (0..1000).map(|k| -1.5 + 1e-4 * f64::from(k)).collect();
        assert_eq!(Unconverged::new(&converged, &[], Some(1e-3)), Unconverged::default());
        let few = Unconverged::new(&converged, &[-1.45], Some(1e-3));
        assert!(!few.unconverged_could_move_mean && few.unconverged_mean_shift < Some(1e-4));
        let narrow = Unconverged::new(&[0.0; 41], &[-0.222; 159], Some(1e-9));
        let shift = narrow.unconverged_mean_shift.unwrap();
        assert!(narrow.unconverged_could_move_mean && (shift - 0.222 * 159.0 / 200.0).abs() < 1e-12);
        // Where its energy is not known, a start may be anywhere among the others.
        let unknown = Unconverged::new(&[-1.0, -2.0], &[f64::NAN], Some(0.1));
        assert!(unknown.unconverged_could_move_mean && unknown.unconverged_mean_shift == Some(0.5 / 3.0));
    }

    #[test]
    fn without_any_that_converged_there_is_no_mean_to_trust() {
        let none = Unconverged::new(&[], &[-1.0, f64::NAN], None);
        assert_eq!((none.unconverged_mean_shift, none.unconverged_could_move_mean), (None, true));
        // All at one place, and so are the others: nothing to move.
        assert!(!Unconverged::new(&[-1.0; 3], &[-1.0], Some(0.0)).unconverged_could_move_mean);
    }
}
