//! Barriers beside the exact graph of minima, and beside lines of theory.

use serde::Serialize;

use super::paths::{PathSummary, PathsTable};
use super::units::UnitCount;
use crate::Result;
use crate::studies::paths::PathsStore;
use crate::theory::Thresholds;

/// Energies per spin closer than this are equal: rounding of two ways to one saddle.
pub const EQUAL: f64 = 1e-9;
/// Lines −E_k beside barriers.
const LINES: u32 = 4;

named! {
    /// What barriers say beside the exact graph.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum PathsVerdict {
        /// No barrier is below the exact minimax energy or above the great circle.
        Agrees = "agrees",
        /// One is.
        Disagrees = "disagrees",
        /// There is no exact graph to compare with.
        Untested = "untested",
    }
}

/// Barriers beside the exact graph and the lines of theory.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PathsCheck {
    /// H; the highest order of a mixture.
    pub spins: u32,
    /// What the run is: `paths`.
    pub kind: &'static str,
    /// Λ.
    pub dim: u32,
    /// Whether every pair is there.
    pub complete: bool,
    /// Units.
    pub units: UnitCount,
    /// The verdict.
    pub verdict: PathsVerdict,
    /// Pairs.
    pub pairs: u64,
    /// Those with a chain of certified passes.
    pub certified: u64,
    /// Those joined by a single pass.
    pub direct: u64,
    /// Certified pairs whose minimax energy is known.
    pub compared: u64,
    /// Of these, those whose barrier is the minimax energy, to 1e-9.
    pub equal: u64,
    /// Those whose barrier is below it, which cannot be.
    pub below: u64,
    /// Certified pairs whose barrier is above the great circle, which cannot be.
    pub above_great_circle: u64,
    /// Mean of barrier − minimax energy.
    pub mean_excess: Option<f64>,
    /// Mean of great circle − barrier.
    pub mean_gain: Option<f64>,
    /// Barriers by the lines −E_k of Λ → ∞, guides and no test: only of the pure model with H ≥ 3.
    pub lines: Vec<BarrierLine>,
}

/// A line of theory.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BarrierLine {
    /// k.
    pub index: u32,
    /// −E_k.
    pub energy: f64,
    /// Share of the certified barriers below it.
    pub barriers_below: Option<f64>,
}

impl PathsCheck {
    /// Of a stored run.
    ///
    /// # Errors
    /// Those of the store.
    pub fn of_run(store: &PathsStore) -> Result<Self> {
        let is_pure = store.spec().surface.model.is_none() && store.spec().surface.spins > 2;
        Self::of(&PathsTable::of_run(store)?, is_pure)
    }

    /// Of a table; `is_pure` says whether the lines −E_k of its order are its own.
    ///
    /// # Errors
    /// Bad input outside what theory takes.
    pub fn of(table: &PathsTable, is_pure: bool) -> Result<Self> {
        let certified: Vec<&PathSummary> = table.paths.iter().filter(|path| path.certified).collect();
        let barriers: Vec<f64> = certified.iter().filter_map(|path| path.barrier).collect();
        let excess: Vec<f64> =
            certified.iter().filter_map(|path| Some(path.barrier? - path.minimax?)).collect();
        let gain: Vec<f64> =
            certified.iter().filter_map(|path| Some(path.great_circle? - path.barrier?)).collect();
        let count = |values: &[f64], is: fn(f64) -> bool| values.iter().filter(|&&x| is(x)).count() as u64;
        let below = count(&excess, |x| x < -EQUAL);
        let above_great_circle = count(&gain, |x| x < -EQUAL);
        let line = |index: u32| {
            let energy = -Thresholds::new(table.spins)?.e(index)?;
            let share = barriers.iter().filter(|&&u| u < energy).count() as f64 / barriers.len() as f64;
            Ok(BarrierLine { index, energy, barriers_below: Some(share).filter(|share| share.is_finite()) })
        };
        let verdict = match (excess.is_empty(), below + above_great_circle) {
            (_, 1..) => PathsVerdict::Disagrees,
            (true, 0) => PathsVerdict::Untested,
            (false, 0) => PathsVerdict::Agrees,
        };
        Ok(Self {
            spins: table.spins,
            kind: "paths",
            dim: table.dim,
            complete: table.complete,
            units: table.units,
            verdict,
            pairs: table.paths.len() as u64,
            certified: certified.len() as u64,
            direct: certified.iter().filter(|path| path.direct).count() as u64,
            compared: excess.len() as u64,
            equal: count(&excess, |x| x.abs() <= EQUAL),
            below,
            above_great_circle,
            mean_excess: mean(&excess),
            mean_gain: mean(&gain),
            lines: if is_pure { (0..LINES).map(line).collect::<Result<_>>()? } else { Vec::new() },
        })
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    Some(values.iter().sum::<f64>() / values.len() as f64).filter(|mean| mean.is_finite())
}
