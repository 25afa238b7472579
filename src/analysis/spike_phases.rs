//! Overlaps with the hidden vector by size and strength of the spike: the phase table.

use std::path::Path;

use serde::Serialize;

use super::bands::SpikeCheck;
use super::bands::model::check;
use super::inputs::SeveralRuns;
use super::spiked_runs::SpikedRuns;
use super::units::UnitCount;
use crate::error::Result;
use crate::studies::surfaces::StartsFrom;

/// Where the descents of several runs end, by size and strength of the spike.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpikePhases {
    /// What surfaces have beside the spike.
    pub model: String,
    /// r.
    pub order: u32,
    /// Where starts begin: at an overlap with the spike, or at given points; absent for random starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_from: Option<StartsFrom>,
    /// Whether overlaps have a sign, as they have where r is odd; if not, they are |m|.
    pub signed: bool,
    /// Whether all that was asked for is stored; if not, all numbers are of what is stored.
    pub complete: bool,
    /// λ_s, from which on there is a good minimum as Λ → ∞; unknown for mixtures.
    pub lambda_s: Option<f64>,
    /// λ_ML, from which on it is the ground state as Λ → ∞; unknown for mixtures, and for r < H.
    pub lambda_ml: Option<f64>,
    /// By Λ, then λ, ascending.
    pub phases: Vec<SpikePhase>,
}

/// One size of one run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpikePhase {
    /// Where the run is.
    pub run: String,
    /// Λ.
    pub dim: u32,
    /// λ, overlaps, shares, and theory.
    #[serde(flatten)]
    pub check: SpikeCheck,
}

impl SpikePhases {
    /// The table of the runs at some paths, which differ in the strength of the spike only.
    ///
    /// # Errors
    /// [`Error::BadInput`](crate::Error::BadInput) naming a run without a spike, of no descents, or one that differs in more
    /// than the strength; those of the store.
    pub fn at<P: AsRef<Path>>(paths: &[P]) -> Result<Self> {
        Self::of_runs(&SeveralRuns::open(paths)?)
    }

    /// The table of some runs.
    ///
    /// # Errors
    /// As [`Self::at`].
    pub fn of_runs(runs: &SeveralRuns) -> Result<Self> {
        let runs = SpikedRuns::of_descents(runs, "RUN")?;
        let mut phases = Vec::new();
        for store in runs.stores {
            for &dim in &store.spec().dims {
                let Some(check) = check(store, dim)?.spike else { continue };
                phases.push(SpikePhase { run: store.path().display().to_string(), dim, check });
            }
        }
        phases.sort_by(|a, b| (a.dim.cmp(&b.dim)).then(a.check.strength.total_cmp(&b.check.strength)));
        let theory = runs.theory(1.0)?;
        let units = |store| UnitCount::of(store);
        Ok(Self {
            signed: runs.is_signed(),
            complete: runs.stores.iter().map(units).all(|units| units.done == units.planned),
            lambda_s: theory.map(|theory| theory.lambda_s()),
            lambda_ml: theory.map(|theory| theory.lambda_ml()).transpose()?.flatten(),
            phases,
            starts_from: runs.starts_from,
            model: runs.model,
            order: runs.order,
        })
    }
}
