//! Overlaps with the hidden vector at the ends of descents, of runs with spikes of several strengths.

use super::bands::SurfaceOverlaps;
use super::energy_histogram::Histogram;
use super::inputs::SeveralRuns;
use super::spiked_runs::SpikedRuns;
use crate::error::Result;
use crate::numeric::text::written;

/// Width of a bin; a power of two, so that edges are exact.
const BIN: f64 = 1.0 / 32.0;

/// Overlaps at the ends of descents by strength of the spike.
#[derive(Debug, Clone, PartialEq)]
pub struct SpikeHistograms {
    /// What the runs have in common.
    pub model: String,
    /// r.
    pub order: u32,
    /// How starts begin, if not at random.
    pub starts: Option<String>,
    /// Whether overlaps have a sign; if not, they are |m|.
    pub is_signed: bool,
    /// Whether theory says where good minima are; it does not for mixtures.
    pub has_theory: bool,
    /// Λ of all sets, ascending.
    pub dims: Vec<u32>,
    /// One for each run, by λ, ascending.
    pub rows: Vec<OverlapRow>,
}

/// One strength.
#[derive(Debug, Clone, PartialEq)]
pub struct OverlapRow {
    /// λ.
    pub strength: f64,
    /// Overlap of the good minimum as Λ → ∞, if there is one that theory knows.
    pub good: Option<f64>,
    /// By Λ, ascending.
    pub sets: Vec<OverlapSet>,
}

/// One strength at one size.
#[derive(Debug, Clone, PartialEq)]
pub struct OverlapSet {
    /// Λ.
    pub dim: u32,
    /// Overlaps on each surface on which a start converged.
    pub surfaces: Vec<SurfaceOverlaps>,
}

impl OverlapRow {
    /// λ as a text.
    pub fn strength_text(&self) -> String {
        written(self.strength)
    }
}

impl OverlapSet {
    /// Density of the overlaps of all ends on bins of one width; `None` without any.
    pub fn density(&self) -> Option<Histogram> {
        let all: Vec<f64> = self.surfaces.iter().flat_map(|surface| surface.all.iter().copied()).collect();
        Histogram::on_bins(&all, BIN)
    }
}

impl SpikeHistograms {
    /// The overlaps of some runs of descents that differ in the strength of the spike only.
    ///
    /// # Errors
    /// [`Error::BadInput`](crate::Error::BadInput) naming a run without a spike, of no descents, or one that differs in more
    /// than the strength; those of the store.
    pub fn of_runs(runs: &SeveralRuns) -> Result<Self> {
        let runs = SpikedRuns::of_descents(runs, "--run")?;
        let mut rows = Vec::new();
        for store in runs.stores {
            let Some(spike) = store.spec().model().spike else { continue };
            let set = |&dim: &u32| Ok(OverlapSet { dim, surfaces: SurfaceOverlaps::of_size(store, dim)? });
            let good = runs.theory(spike.strength)?.and_then(|theory| theory.good_minimum());
            rows.push(OverlapRow {
                strength: spike.strength,
                good: good.map(|good| good.overlap),
                sets: store.spec().dims.iter().map(set).collect::<Result<_>>()?,
            });
        }
        rows.sort_by(|a, b| a.strength.total_cmp(&b.strength));
        let mut dims: Vec<u32> = rows.iter().flat_map(|row| &row.sets).map(|set| set.dim).collect();
        dims.sort_unstable();
        dims.dedup();
        Ok(Self {
            is_signed: runs.is_signed(),
            starts: runs.starts(),
            has_theory: runs.theory(1.0)?.is_some(),
            dims,
            rows,
            model: runs.model,
            order: runs.order,
        })
    }
}
