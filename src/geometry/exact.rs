//! The graph of all minima and all passes of a landscape.

use super::graph::{Edge, Graph};
use super::pass::{Pass, passes};
use super::same::is_same;
use super::slopes::Field;
use crate::hamiltonian::Landscape;

/// What joins the minima of a landscape.
#[derive(Debug, Clone, PartialEq)]
pub struct ExactGraph {
    /// The graph; minima and energies L as they were given.
    pub graph: Graph,
    /// Passes, in the order of the saddles, each with the numbers of its two minima.
    pub edges: Vec<Edge>,
    /// Saddles from which a descent ended at no minimum that was given, or which are not certain: where there are any, the
    /// graph is not exact.
    pub unresolved: usize,
}

impl ExactGraph {
    /// Whether every saddle was resolved and all minima are joined at the top, as they must be where none is missing.
    pub fn is_exact(&self) -> bool {
        self.unresolved == 0 && self.graph.is_connected()
    }
}

/// Descends on both sides of each saddle of index 1 and joins the minima that are found there. With all minima and all saddles
/// of a certified census the minimax energies of the graph are those of the landscape.
///
/// # Panics
/// If a point has not the landscape's dimension, or there are not as many energies as minima.
pub fn exact_graph<L: Landscape>(
    field: &Field<L>,
    (minima, energies): (&[&[f64]], &[f64]),
    saddles: &[&[f64]],
) -> ExactGraph {
    assert_eq!(minima.len(), energies.len());
    let is_even = field.landscape.is_even();
    // Which side is which does not matter.
    let aside = vec![0.0; field.landscape.dim()];
    let places: Vec<_> = saddles.iter().map(|saddle| (saddle.to_vec(), aside.clone())).collect();
    let number = |point: &[f64]| minima.iter().position(|minimum| is_same(is_even, minimum, point));
    let edge = |(pass, saddle): (Option<Pass>, &&[f64])| {
        let pass = pass.filter(|pass| is_same(is_even, &pass.point, saddle))?;
        let [left, right] = [0, 1].map(|side| number(&pass.sides[side].minimum));
        Some(Edge { energy: pass.energy, ends: [left?, right?] })
    };
    let found: Vec<Option<Edge>> = passes(field, &places).into_iter().zip(saddles).map(edge).collect();
    let unresolved = found.iter().filter(|edge| edge.is_none()).count();
    let edges: Vec<Edge> = found.into_iter().flatten().collect();
    ExactGraph { graph: Graph::new(energies.to_vec(), &edges), edges, unresolved }
}
