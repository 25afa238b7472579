//! What the lines −E_k and −E_∞ of Λ → ∞ are worth at a finite Λ, exactly.

use serde::Serialize;

use super::expected::{ExactMeans, LINES};
use crate::Result;
use crate::theory::Thresholds;

/// Next indices that are this much rarer than all below −E_k are left out: each is rarer than the one before it by more.
const NEGLIGIBLE: f64 = 1e-5;

/// Exact means about the line −E_k.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LimitLine {
    /// k.
    pub index: u32,
    /// −E_k, per spin.
    pub energy: f64,
    /// Mean number of points of index above k below −E_k, where there are none as Λ → ∞.
    pub higher: Option<f64>,
    /// Mean number of points of index k below −E_k.
    pub own: Option<f64>,
    /// Share of the points of index k that lie below −E_∞, where all but a vanishing share lie as Λ → ∞.
    pub share_below_e_inf: Option<f64>,
    /// Mean energy per spin of points of index k, which tends to −E_∞.
    pub mean_energy: Option<f64>,
}

/// The line of each k = 0 … 5 that is below Λ; empty beyond the Λ where theory goes by index.
///
/// # Errors
/// Bad input outside what theory takes.
pub fn lines(expected: &mut ExactMeans, spins: u32) -> Result<Vec<LimitLine>> {
    let e_inf = Thresholds::new(spins)?.e_inf();
    let mut lines = layers(expected, spins)?;
    for line in &mut lines {
        let below = expected.below(line.index, &[line.energy, -e_inf, f64::INFINITY])?;
        line.own = below.as_ref().map(|below| below[0]);
        line.share_below_e_inf = below.as_ref().map(|below| below[1] / below[2]);
        line.mean_energy = expected.law(line.index).map(|law| law.mean);
    }
    Ok(lines)
}

/// As [`lines`], of what lies above the layers only.
pub fn layers(expected: &mut ExactMeans, spins: u32) -> Result<Vec<LimitLine>> {
    let thresholds = Thresholds::new(spins)?;
    let dim = expected.dim();
    let line = |index: u32| {
        let energy = -thresholds.e(index)?;
        let mut higher = Some(0.0);
        for k in index + 1..dim {
            let more = expected.below(k, &[energy])?.map(|below| below[0]);
            higher = higher.zip(more).map(|(sum, more)| sum + more);
            if higher.zip(more).is_none_or(|(sum, more)| more <= NEGLIGIBLE * sum) {
                break;
            }
        }
        Ok(LimitLine { index, energy, higher, own: None, share_below_e_inf: None, mean_energy: None })
    };
    // At H = 2 there are no layers.
    if spins == 2 { Ok(Vec::new()) } else { (0..LINES.min(dim)).map(line).collect() }
}
