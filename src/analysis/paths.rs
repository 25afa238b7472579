//! Barriers between minima of one surface, as a run of paths has them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::minima_graph::MinimaGraph;
use super::units::UnitCount;
use crate::Result;
use crate::geometry::ConnectOutcome;
use crate::studies::paths::{MergeRow, PassRow, PathRow, PathsStore, PathsUnit};

/// A run of paths.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PathsTable {
    /// H; the highest order of a mixture.
    pub spins: u32,
    /// Root of the surface's streams.
    pub seed: u64,
    /// Λ.
    pub dim: u32,
    /// Number of the surface.
    pub instance: u32,
    /// Whether the source is a certified census.
    pub exact: bool,
    /// Minima of the source.
    pub minima: u32,
    /// Whether every pair is there.
    pub complete: bool,
    /// Units.
    pub units: UnitCount,
    /// Pairs by how their search ended.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// Pairs.
    pub paths: Vec<PathSummary>,
    /// What joins minima.
    pub graph: MinimaGraph,
}

/// A pair of minima; energies are per spin.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PathSummary {
    /// Number of the surface.
    pub instance: u32,
    /// One minimum: the first start that ended there, or the critical point of a census.
    pub a: u32,
    /// The other minimum.
    pub b: u32,
    /// w·w′/Λ.
    pub overlap: f64,
    /// u of the first.
    pub energy_a: f64,
    /// u of the second.
    pub energy_b: f64,
    /// u of the highest pass.
    pub barrier: Option<f64>,
    /// Its height above the higher of the two minima.
    pub height: Option<f64>,
    /// Highest u on the great circle.
    pub great_circle: Option<f64>,
    /// Exact minimax u.
    pub minimax: Option<f64>,
    /// Index of the highest pass.
    pub index: Option<u32>,
    /// Whether a chain of certified passes joins the two.
    pub certified: bool,
    /// Whether a single pass does.
    pub direct: bool,
    /// Minima that the chain goes through between the two.
    pub via: Vec<ViaMinimum>,
    /// Bands that were relaxed.
    pub bands: u32,
    /// How the search ended.
    pub outcome: &'static str,
}

/// A minimum on the way.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ViaMinimum {
    /// Its number in the source; none where it is not among the source's minima.
    pub minimum: Option<u32>,
    /// u there.
    pub energy: f64,
}

impl PathsTable {
    /// Of a stored run.
    ///
    /// # Errors
    /// Those of the store.
    pub fn of_run(store: &PathsStore) -> Result<Self> {
        let spec = store.spec();
        let units = store.units().collect::<Result<Vec<PathsUnit>>>()?;
        let (mut paths, mut outcomes) = (Vec::new(), BTreeMap::new());
        let mut merges: Vec<MergeRow> = Vec::new();
        for unit in &units {
            let mut passes = unit.passes.as_slice();
            for row in &unit.rows {
                let (own, rest) = passes.split_at((row.passes as usize).min(passes.len()));
                passes = rest;
                *outcomes.entry(row.outcome.name()).or_default() += 1;
                paths.push(PathSummary::of(spec.surface.instance, row, own));
            }
            merges.extend(unit.merges.iter().cloned());
        }
        let graph = if spec.exact && !merges.is_empty() {
            MinimaGraph::exact(&merges)
        } else {
            MinimaGraph::of_chains(&units)
        };
        let units = UnitCount::of(store);
        Ok(Self {
            spins: spec.surface.spins,
            seed: spec.surface.seed,
            dim: spec.surface.dim,
            instance: spec.surface.instance,
            exact: spec.exact,
            minima: spec.minima,
            complete: units.are_complete(),
            units,
            outcomes,
            paths,
            graph,
        })
    }
}

impl PathSummary {
    fn of(instance: u32, row: &PathRow, passes: &[PassRow]) -> Self {
        let known = |x: f64| Some(x).filter(|x| x.is_finite());
        let between = passes.split_last().map_or(&[][..], |(_, between)| between);
        let via = |pass: &PassRow| ViaMinimum { minimum: pass.minimum, energy: pass.minimum_energy };
        let certified = row.outcome == ConnectOutcome::Connected;
        Self {
            instance,
            a: row.a,
            b: row.b,
            overlap: row.overlap,
            energy_a: row.energy_a,
            energy_b: row.energy_b,
            barrier: known(row.barrier),
            height: known(row.barrier - row.energy_a.max(row.energy_b)),
            great_circle: known(row.great_circle),
            minimax: known(row.minimax),
            index: row.index,
            certified,
            direct: certified && row.passes == 1,
            via: between.iter().map(via).collect(),
            bands: row.bands,
            outcome: row.outcome.name(),
        }
    }
}
