//! The disconnectivity tree as it is drawn.

use std::collections::BTreeMap;

use super::minima_graph::leaves_in_order;
use super::paths::PathsTable;
use crate::Result;
use crate::studies::paths::PathsStore;
use crate::theory::Thresholds;

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
