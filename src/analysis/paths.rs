//! Barriers between minima of one surface, as a run of paths has them; the graph that they make; and both beside what is known.

use std::collections::BTreeMap;

use serde::Serialize;

use super::units::UnitCount;
use crate::Result;
use crate::geometry::{ConnectOutcome, Edge, Graph};
use crate::studies::paths::{MergeRow, PassRow, PathRow, PathsStore, PathsUnit};
use crate::theory::Thresholds;

/// Energies per spin closer than this are equal: rounding of two ways to one saddle.
pub const EQUAL: f64 = 1e-9;
/// Lines −E_k beside barriers.
const LINES: u32 = 4;

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

/// Components of {u ≤ c} of one surface: the disconnectivity tree.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MinimaGraph {
    /// Whether it is exact, from a certified census; else from bands: energies of merges are upper bounds, and minima that no
    /// chain meets are not in it.
    pub exact: bool,
    /// Whether all its minima are in one component at the top.
    pub connected: bool,
    /// Its minima, by energy.
    pub minima: Vec<TreeMinimum>,
    /// Where two components become one, by energy.
    pub merges: Vec<TreeMerge>,
    /// Number of components that hold a minimum, from each energy c on at which it changes.
    pub components: Vec<ComponentCount>,
}

/// A leaf of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TreeMinimum {
    /// Number of the minimum.
    pub minimum: u32,
    /// u there.
    pub energy: f64,
}

/// A node of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TreeMerge {
    /// u of the pass.
    pub energy: f64,
    /// Lowest minimum of the lower component.
    pub kept: u32,
    /// Lowest minimum of the other.
    pub absorbed: u32,
}

/// Number of components at an energy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ComponentCount {
    /// c, energy per spin.
    pub below: f64,
    /// Components of {u ≤ c}.
    pub count: u64,
}

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

impl MinimaGraph {
    /// Of all merges of an exact graph, which name every minimum.
    fn exact(merges: &[MergeRow]) -> Self {
        let named =
            merges.iter().flat_map(|row| [(row.kept, row.kept_energy), (row.absorbed, row.absorbed_energy)]);
        let energies: BTreeMap<u32, f64> = named.collect();
        let edges = merges.iter().map(|row| (row.energy, row.kept, row.absorbed));
        Self::joined(true, &energies, edges.collect())
    }

    /// Of chains: between two minima of the source that follow each other, the highest pass.
    fn of_chains(units: &[PathsUnit]) -> Self {
        let (mut energies, mut edges) = (BTreeMap::new(), Vec::new());
        for unit in units {
            let mut passes = unit.passes.as_slice();
            for row in &unit.rows {
                energies.insert(row.a, row.energy_a);
                energies.insert(row.b, row.energy_b);
                let (own, rest) = passes.split_at((row.passes as usize).min(passes.len()));
                passes = rest;
                let (mut from, mut highest) = (row.a, f64::NEG_INFINITY);
                for pass in own {
                    highest = highest.max(pass.energy);
                    let Some(to) = pass.minimum else { continue };
                    energies.insert(to, pass.minimum_energy);
                    edges.push((highest, from, to));
                    (from, highest) = (to, f64::NEG_INFINITY);
                }
            }
        }
        Self::joined(false, &energies, edges)
    }

    fn joined(exact: bool, energies: &BTreeMap<u32, f64>, edges: Vec<(f64, u32, u32)>) -> Self {
        let mut minima: Vec<TreeMinimum> =
            energies.iter().map(|(&minimum, &energy)| TreeMinimum { minimum, energy }).collect();
        minima.sort_by(|a, b| a.energy.total_cmp(&b.energy).then(a.minimum.cmp(&b.minimum)));
        let place: BTreeMap<u32, usize> =
            minima.iter().enumerate().map(|(place, leaf)| (leaf.minimum, place)).collect();
        let edge =
            |(energy, a, b): (f64, u32, u32)| Some(Edge { energy, ends: [*place.get(&a)?, *place.get(&b)?] });
        let edges: Vec<Edge> = edges.into_iter().filter_map(edge).collect();
        let graph = Graph::new(minima.iter().map(|leaf| leaf.energy).collect(), &edges);
        let number = |at: usize| minima[at].minimum;
        let merge = |merge: &crate::geometry::Merge| TreeMerge {
            energy: merge.energy,
            kept: number(merge.kept),
            absorbed: number(merge.absorbed),
        };
        let merges: Vec<TreeMerge> = graph.merges().iter().map(merge).collect();
        let mut changes: Vec<f64> =
            minima.iter().map(|leaf| leaf.energy).chain(merges.iter().map(|merge| merge.energy)).collect();
        changes.sort_by(f64::total_cmp);
        changes.dedup();
        let count = |below: f64| ComponentCount { below, count: graph.components_below(below) as u64 };
        let components = changes.into_iter().map(count).collect();
        Self { exact, connected: graph.is_connected(), minima, merges, components }
    }
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

/// The disconnectivity tree, laid out: leaves side by side, energies upwards.
#[derive(Debug, Clone, PartialEq)]
pub struct MinimaTree {
    /// H; the highest order of a mixture.
    pub spins: u32,
    /// Λ.
    pub dim: u32,
    /// Whether the graph is exact.
    pub exact: bool,
    /// Lowest and highest energy per spin.
    pub span: [f64; 2],
    /// Minima, with their places 0, 1, … from left to right.
    pub leaves: Vec<TreeLeaf>,
    /// Straight pieces, from (place, u) to (place, u).
    pub branches: Vec<[[f64; 2]; 2]>,
    /// (c, number of components of {u ≤ c} from c on), by c.
    pub counts: Vec<[f64; 2]>,
    /// Lines −E_0 and −E_∞ of Λ → ∞, of the pure model.
    pub lines: Vec<TreeLine>,
}

/// A minimum at its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TreeLeaf {
    /// Its number.
    pub minimum: u32,
    /// Its place.
    pub place: f64,
    /// u there.
    pub energy: f64,
}

/// A threshold of theory.
#[derive(Debug, Clone, PartialEq)]
pub struct TreeLine {
    /// What it is called.
    pub label: String,
    /// Energy per spin.
    pub energy: f64,
}

impl MinimaTree {
    /// Of a stored run.
    ///
    /// # Errors
    /// Those of the store.
    pub fn of_run(store: &PathsStore) -> Result<Self> {
        let table = PathsTable::of_run(store)?;
        let spec = store.spec();
        let mut lines = Vec::new();
        if spec.surface.model.is_none() && table.spins > 2 {
            let thresholds = Thresholds::new(table.spins)?;
            lines.push(TreeLine { label: "−E_{0}".into(), energy: -thresholds.e(0)? });
            lines.push(TreeLine { label: "−E_{∞}".into(), energy: -thresholds.e_inf() });
        }
        Ok(Self { lines, ..Self::of(&table) })
    }

    /// Of a table, without lines of theory.
    pub fn of(table: &PathsTable) -> Self {
        let graph = &table.graph;
        let order = leaves_in_order(graph);
        let place: BTreeMap<u32, usize> = order.iter().enumerate().map(|(at, &leaf)| (leaf, at)).collect();
        let energy: BTreeMap<u32, f64> =
            graph.minima.iter().map(|leaf| (leaf.minimum, leaf.energy)).collect();
        // Where the branch of each component stands, and from which energy on.
        let mut tips: BTreeMap<u32, [f64; 2]> =
            energy.iter().map(|(&leaf, &energy)| (leaf, [place[&leaf] as f64, energy])).collect();
        let mut branches = Vec::new();
        for merge in &graph.merges {
            let (Some(&[x0, y0]), Some(&[x1, y1])) = (tips.get(&merge.kept), tips.get(&merge.absorbed))
            else {
                continue;
            };
            branches.push([[x0, y0], [x0, merge.energy]]);
            branches.push([[x1, y1], [x1, merge.energy]]);
            branches.push([[x0, merge.energy], [x1, merge.energy]]);
            tips.insert(merge.kept, [0.5 * (x0 + x1), merge.energy]);
            tips.remove(&merge.absorbed);
        }
        let all = || energy.values().copied().chain(graph.merges.iter().map(|merge| merge.energy));
        let span = [all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max)];
        // What is left at the top goes on to the edge.
        let top = span[1] + 0.04 * (span[1] - span[0]);
        branches.extend(tips.values().map(|&[x, y]| [[x, y], [x, top]]));
        let leaf =
            |&minimum: &u32| TreeLeaf { minimum, place: place[&minimum] as f64, energy: energy[&minimum] };
        let counts = graph.components.iter().map(|count| [count.below, count.count as f64]).collect();
        let leaves = order.iter().map(leaf).collect();
        let PathsTable { spins, dim, .. } = *table;
        Self { spins, dim, exact: graph.exact, span, leaves, branches, counts, lines: Vec::new() }
    }
}

/// Minima in an order in which no two branches of the tree cross: those of a component stand together, the lower component
/// first.
fn leaves_in_order(graph: &MinimaGraph) -> Vec<u32> {
    let mut groups: BTreeMap<u32, Vec<u32>> =
        graph.minima.iter().map(|leaf| (leaf.minimum, vec![leaf.minimum])).collect();
    for merge in &graph.merges {
        let absorbed = groups.remove(&merge.absorbed).unwrap_or_default();
        groups.entry(merge.kept).or_default().extend(absorbed);
    }
    // Components that stay apart, by their lowest minimum.
    graph.minima.iter().filter_map(|leaf| groups.remove(&leaf.minimum)).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(merges: &[(f64, u32, u32)]) -> MinimaGraph {
        let energies = [(1, -1.7), (2, -1.6), (5, -1.5), (9, -1.4)].into_iter().collect();
        MinimaGraph::joined(true, &energies, merges.to_vec())
    }

    #[test]
    fn leaves_of_a_component_stand_together() {
        let graph = graph(&[(-1.3, 1, 9), (-1.2, 2, 5), (-1.0, 9, 5)]);
        assert_eq!(leaves_in_order(&graph), [1, 9, 2, 5]);
        assert!(graph.connected);
        let counts: Vec<u64> = graph.components.iter().map(|count| count.count).collect();
        assert_eq!(counts, [1, 2, 3, 4, 3, 2, 1]);
    }

    #[test]
    fn components_that_no_pass_joins_stay_apart() {
        let graph = graph(&[(-1.3, 1, 9), (-1.1, 9, 1)]);
        assert!(!graph.connected && graph.merges.len() == 1);
        assert_eq!(leaves_in_order(&graph), [1, 9, 2, 5]);
        assert_eq!(graph.components.last().map(|count| count.count), Some(3));
    }
}
