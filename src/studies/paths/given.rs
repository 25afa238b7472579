//! What units of a run of paths need beside its spec.

use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use super::order::all_pairs;
use super::rows::MergeRow;
use super::spec::PathsSpec;
use crate::geometry::{ExactGraph, Field, Pair, exact_graph};
use crate::hamiltonian::{Isa, Landscape as _, Surface};
use crate::numeric::hex::hex;

/// Minima and saddles of the source, and what follows from them, which units share.
#[derive(Debug, Default)]
pub struct PathsGiven {
    /// Number of each minimum in the source, by energy.
    pub numbers: Vec<u32>,
    /// L of each.
    pub energies: Vec<f64>,
    /// Their points, Λ numbers each.
    pub minima: Vec<f64>,
    /// Points of the saddles of index 1.
    pub saddles: Vec<f64>,
    surface: OnceLock<Surface>,
    order: OnceLock<Vec<Pair>>,
    graph: OnceLock<ExactGraph>,
}

impl PathsGiven {
    /// Of these minima and saddles.
    pub fn new(numbers: Vec<u32>, energies: Vec<f64>, minima: Vec<f64>, saddles: Vec<f64>) -> Self {
        Self { numbers, energies, minima, saddles, ..Self::default() }
    }

    /// SHA-256 of minima and saddles, as specs have them.
    pub fn hashes(&self, dim: u32) -> [String; 2] {
        let mut minima = Sha256::new();
        let points = self.minima.chunks((dim as usize).max(1));
        for ((number, energy), point) in self.numbers.iter().zip(&self.energies).zip(points) {
            minima.update(f64::from(*number).to_le_bytes());
            minima.update(energy.to_le_bytes());
            point.iter().for_each(|x| minima.update(x.to_le_bytes()));
        }
        let mut saddles = Sha256::new();
        self.saddles.iter().for_each(|x| saddles.update(x.to_le_bytes()));
        [hex(&minima.finalize()), hex(&saddles.finalize())]
    }

    /// The surface of the spec.
    pub fn surface(&self, spec: &PathsSpec) -> &Surface {
        self.surface.get_or_init(|| spec.surface.draw())
    }

    /// Minima as points.
    pub fn points(&self, spec: &PathsSpec) -> Vec<&[f64]> {
        self.minima.chunks(spec.surface.dim as usize).collect()
    }

    /// Pairs in the order of the run.
    pub fn order(&self, spec: &PathsSpec) -> &[Pair] {
        self.order.get_or_init(|| match &spec.chosen {
            Some(chosen) => chosen.iter().map(|&[a, b]| Pair { a: a as usize, b: b as usize }).collect(),
            None => all_pairs(self.surface(spec).is_even(), spec.surface.dim as usize, &self.minima),
        })
    }

    /// The exact graph, if the source is a certified census.
    pub fn graph(&self, spec: &PathsSpec, isa: Isa) -> Option<&ExactGraph> {
        let make = || {
            let field = Field { landscape: self.surface(spec), isa };
            let saddles: Vec<&[f64]> = self.saddles.chunks(spec.surface.dim as usize).collect();
            exact_graph(&field, (&self.points(spec), &self.energies), &saddles)
        };
        spec.exact.then(|| self.graph.get_or_init(make)).filter(|graph| graph.is_exact())
    }

    /// The tree of the exact graph.
    pub fn merges(&self, spec: &PathsSpec, isa: Isa) -> Vec<MergeRow> {
        let Some(exact) = self.graph(spec, isa) else { return Vec::new() };
        let dim = f64::from(spec.surface.dim);
        let number = |at: usize| self.numbers.get(at).copied().unwrap_or_default();
        let energy = |at: usize| self.energies.get(at).map_or(f64::NAN, |energy| energy / dim);
        let row = |(merge, node): (u32, &crate::geometry::Merge)| MergeRow {
            merge,
            energy: node.energy / dim,
            kept: number(node.kept),
            kept_energy: energy(node.kept),
            absorbed: number(node.absorbed),
            absorbed_energy: energy(node.absorbed),
        };
        (0..).zip(exact.graph.merges()).map(row).collect()
    }
}
