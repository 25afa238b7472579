//! Exact mean numbers of critical points sampled for drawing.

use std::f64::consts::LN_10;

use itertools::Itertools;

use crate::Result;
use crate::theory::{Count, MeanCounts, Thresholds};

/// Points per curve.
const SAMPLES: usize = 601;
/// log10 of the least mean number shown.
const LEAST: f64 = -3.0;
/// Share of all critical points that lies below the upper end of the overview.
const NEARLY_ALL: f64 = 0.999;
/// Logarithms are cut here: lower ones, also of nothing at all, lie below every panel.
const NOTHING: f64 = -1000.0;

/// Mean numbers of critical points below each energy, over one range of energies.
#[derive(Debug, Clone, PartialEq)]
pub struct CountCurves {
    /// L = Λu, rising.
    pub energies: Vec<f64>,
    /// log10 of the mean number of all, E C_Λ(−∞, L); −1000 stands for all that is less.
    pub total: Vec<f64>,
    /// log10 of the mean number of those of index k, one curve per k = 0, 1, …; `None` where it cannot be had.
    pub by_index: Vec<Vec<Option<f64>>>,
}

/// Mean numbers of critical points of one order and size, over all energies and where the lowest indices begin.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanCountCurves {
    /// H.
    pub spins: u32,
    /// Λ.
    pub dim: u32,
    /// E_0, energy per spin as Λ → ∞.
    pub e_0: f64,
    /// E_∞, energy per spin as Λ → ∞.
    pub e_inf: f64,
    /// log10 of the least mean number shown.
    pub least: f64,
    /// From where next to nothing lies below to where nearly all does.
    pub overview: CountCurves,
    /// From there to where points of the highest index have begun.
    pub zoom: CountCurves,
    /// From there to where the highest index makes up its largest share.
    pub layers: CountCurves,
    /// To where saddles of index 1 outnumber minima, over a growth of at least a thousandfold; with −ΛE_∞ if it is near.
    pub overtaking: CountCurves,
    /// Energies L below which the mean number of index k is 1, for k = 0, 1, …; `None` if that is not in `zoom`.
    pub ones: Vec<Option<f64>>,
}

impl MeanCountCurves {
    /// Samples E C_Λ and E C_{Λ,k}, k = 0 … `max_index` or Λ − 1.
    ///
    /// # Errors
    /// Bad input unless H ≥ 2 and 2 ≤ Λ ≤ 1000.
    pub fn new(spins: u32, dim: u32, max_index: u32) -> Result<Self> {
        let thresholds = Thresholds::new(spins)?;
        let (e_0, e_inf) = (thresholds.e(0)?, thresholds.e_inf());
        let mut sampler =
            Sampler { counts: MeanCounts::new(spins, dim)?, dim, indices: max_index.min(dim - 1) + 1 };
        let size = f64::from(dim);
        let [few, high] = sampler.ends(size * e_0 + 10.0 * size.sqrt())?;
        let low = few.min(-size * e_0 - 0.002 * (high - few));
        let overview = sampler.curves(&evenly(low, high, SAMPLES))?;
        // A tenth more than what is to be seen.
        let until = |energy: f64| (energy + 0.1 * (energy - low)).min(high);
        let begun = overview.highest_index_begins().unwrap_or(low).max(-size * e_inf);
        let largest = overview.highest_index_is_largest().unwrap_or(low).max(begun);
        let zoom = sampler.curves(&evenly(low, until(begun), SAMPLES))?;
        let layers = sampler.curves(&evenly(low, until(largest), SAMPLES))?;
        let most = layers.saddles_outnumber_minima().unwrap_or(begun);
        let least = layers.far_below(most);
        let edge = -size * e_inf;
        let least = if most - edge < 2.0 * (most - least) { least.min(edge) } else { least };
        let (least, most) = (least - 0.08 * (most - least), most + 0.12 * (most - least));
        Ok(Self {
            spins,
            dim,
            e_0,
            e_inf,
            least: LEAST,
            overtaking: sampler.curves(&evenly(least, most.min(high), SAMPLES))?,
            layers,
            ones: zoom.by_index.iter().map(|curve| crossing(&zoom.energies, curve, 0.0)).collect(),
            overview,
            zoom,
        })
    }
}

impl CountCurves {
    /// Mean number of index k over that of all, below each energy.
    pub fn shares(&self) -> Vec<Vec<Option<f64>>> {
        let share =
            |(log, total): (&Option<f64>, &f64)| log.map(|log| (LN_10 * (log - total)).exp().min(1.0));
        self.by_index.iter().map(|curve| curve.iter().zip(&self.total).map(share).collect()).collect()
    }

    /// The numbers themselves, in units of 10^`power`.
    pub fn in_units(&self, power: i32) -> Self {
        let number = |log: f64| 10f64.powf(log - f64::from(power));
        Self {
            energies: self.energies.clone(),
            total: self.total.iter().map(|&log| number(log)).collect(),
            by_index: self
                .by_index
                .iter()
                .map(|curve| curve.iter().map(|log| log.map(number)).collect())
                .collect(),
        }
    }

    /// Where the mean number of the highest index reaches 1.
    fn highest_index_begins(&self) -> Option<f64> {
        crossing(&self.energies, self.by_index.last()?, 0.0)
    }

    /// Where the highest index makes up its largest share.
    fn highest_index_is_largest(&self) -> Option<f64> {
        let shares = self.shares().pop()?;
        let known = self.energies.iter().zip(shares).filter_map(|(&energy, share)| Some((energy, share?)));
        known.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(energy, _)| energy)
    }

    /// Where the mean number of index 1 reaches that of minima.
    fn saddles_outnumber_minima(&self) -> Option<f64> {
        let [minima, saddles, ..] = &self.by_index[..] else { return None };
        let lead: Vec<_> = saddles.iter().zip(minima).map(|(&one, &zero)| Some(one? - zero?)).collect();
        crossing(&self.energies, &lead, 0.0)
    }

    /// Where the total is a thousandth of what it is at an energy; the lower end if it is nowhere so small.
    fn far_below(&self, energy: f64) -> f64 {
        let i = self.energies.partition_point(|&here| here < energy).min(self.energies.len() - 1);
        let totals: Vec<_> = self.total.iter().copied().map(Some).collect();
        crossing(&self.energies, &totals, self.total[i] - 3.0).unwrap_or(self.energies[0])
    }

    /// The largest total: log10, as all here.
    pub fn top(&self) -> f64 {
        self.total.last().copied().unwrap_or(0.0)
    }
}

/// Asks for mean numbers at extensive energies.
struct Sampler {
    counts: MeanCounts,
    dim: u32,
    indices: u32,
}

impl Sampler {
    /// Energies L within ±`reach` below which 10^`LEAST` and nearly all of the mean number lie.
    fn ends(&self, reach: f64) -> Result<[f64; 2]> {
        let energies = evenly(-reach, reach, SAMPLES);
        let totals: Vec<_> = self.totals(&energies)?.into_iter().map(Some).collect();
        let all = self.totals(&[f64::INFINITY])?[0];
        let found = |level| crossing(&energies, &totals, level);
        Ok([found(LEAST).unwrap_or(-reach), found(all + NEARLY_ALL.log10()).unwrap_or(reach)])
    }

    fn curves(&mut self, energies: &[f64]) -> Result<CountCurves> {
        let total = self.totals(energies)?;
        let per_spin = self.per_spin(energies);
        let mut by_index = Vec::new();
        for index in 0..self.indices {
            let counts = self.counts.by_index(index, &per_spin)?;
            by_index.push(counts.into_iter().map(|count| count.map(log10)).collect());
        }
        Ok(CountCurves { energies: energies.to_vec(), total, by_index })
    }

    fn totals(&self, energies: &[f64]) -> Result<Vec<f64>> {
        Ok(self.counts.total(&self.per_spin(energies))?.into_iter().map(log10).collect())
    }

    fn per_spin(&self, energies: &[f64]) -> Vec<f64> {
        energies.iter().map(|energy| energy / f64::from(self.dim)).collect()
    }
}

fn log10(count: Count) -> f64 {
    (count.log / LN_10).max(NOTHING)
}

/// Evenly spaced values, ends included.
pub(super) fn evenly(low: f64, high: f64, samples: usize) -> Vec<f64> {
    (0..samples).map(|i| low + (high - low) * i as f64 / (samples - 1) as f64).collect()
}

/// Where a rising curve first reaches a level, between samples.
fn crossing(xs: &[f64], ys: &[Option<f64>], level: f64) -> Option<f64> {
    let corners = xs.iter().zip(ys).tuple_windows();
    let between = corners.filter_map(|((x, from), (next, to))| Some((x, (*from)?, next, (*to)?)));
    let mut rising = between.filter(|&(_, from, _, to)| from < level && level <= to);
    rising.next().map(|(x, from, next, to)| x + (level - from) / (to - from) * (next - x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossings_lie_between_samples_that_are_there() {
        let xs = [0.0, 1.0, 2.0, 3.0];
        assert_eq!(crossing(&xs, &[Some(-2.0), Some(-1.0), Some(1.0), Some(1.0)], 0.0), Some(1.5));
        assert_eq!(crossing(&xs, &[None, Some(-1.0), None, Some(1.0)], 0.0), None);
        assert_eq!(crossing(&xs, &[Some(-1.0); 4], 0.0), None);
    }

    #[test]
    fn at_three_dimensions_all_shares_add_up_and_the_ends_hold_nearly_all() {
        let curves = MeanCountCurves::new(3, 3, 5).unwrap();
        let shares = curves.layers.shares();
        assert_eq!(shares.len(), 3);
        for i in 0..curves.layers.energies.len() {
            let sum: f64 = shares.iter().map(|share| share[i].unwrap()).sum();
            assert!((sum - 1.0).abs() < 1e-10, "{sum}");
        }
        let all = (2.0 + 8.0 * 8f64.sqrt() / 7f64.sqrt()).log10();
        assert!((curves.overview.top() - all).abs() < 1e-3 && curves.overview.total[0] < -2.9);
    }
}
