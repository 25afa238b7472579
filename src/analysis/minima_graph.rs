//! Components of {u ≤ c} on one surface: from the exact graph of a census, or from chains of passes.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::geometry::{Edge, Graph, Merge};
use crate::studies::paths::{MergeRow, PathsUnit};

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

impl MinimaGraph {
    /// Of all merges of an exact graph, which name every minimum.
    pub(super) fn exact(merges: &[MergeRow]) -> Self {
        let named =
            merges.iter().flat_map(|row| [(row.kept, row.kept_energy), (row.absorbed, row.absorbed_energy)]);
        let energies: BTreeMap<u32, f64> = named.collect();
        let edges = merges.iter().map(|row| (row.energy, row.kept, row.absorbed));
        Self::joined(true, &energies, edges.collect())
    }

    /// Of chains: between two minima of the source that follow each other, the highest pass.
    pub(super) fn of_chains(units: &[PathsUnit]) -> Self {
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
        let merge = |merge: &Merge| TreeMerge {
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

/// Minima in an order in which no two branches of the tree cross: those of a component stand together, the lower component
/// first.
pub(super) fn leaves_in_order(graph: &MinimaGraph) -> Vec<u32> {
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
