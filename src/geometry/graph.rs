//! The graph of minima: which energy joins which of them.

/// A pass between two minima.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// Energy of the pass.
    pub energy: f64,
    /// The minima that it joins, by number.
    pub ends: [usize; 2],
}

/// Two components of {L ≤ c} that become one as c rises to the energy of a pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Merge {
    /// Energy of the pass.
    pub energy: f64,
    /// Number of the pass among the edges.
    pub edge: usize,
    /// The lowest minimum of the component that is lower, which names it from now on.
    pub kept: usize,
    /// The lowest minimum of the other component.
    pub absorbed: usize,
}

/// Minima joined by passes, as components of {L ≤ c} see them: the disconnectivity tree.
///
/// Passes are gone through by energy, each joining the components of its two minima (Kruskal's algorithm by union–find). The
/// energy at which two minima come into one component is their minimax energy: the least, over all paths in the graph, of the
/// highest pass. Between equal energies the earlier pass comes first; between minima of one energy the one with the lower
/// number is the lower.
///
/// # Reference
/// Becker, Karplus (1997); Cormen, Leiserson, Rivest, Stein, *Introduction to Algorithms*, §21 and §23.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    minima: Vec<f64>,
    merges: Vec<Merge>,
    /// The component that each has been joined to, and at which energy; itself and ∞ while it is on its own.
    parents: Vec<(usize, f64)>,
}

impl Graph {
    /// Of minima with these energies. Passes that lead from a minimum to itself join nothing.
    ///
    /// # Panics
    /// If a pass ends at a minimum that there is not.
    pub fn new(minima: Vec<f64>, edges: &[Edge]) -> Self {
        let mut order: Vec<usize> = (0..edges.len()).collect();
        order.sort_by(|&a, &b| edges[a].energy.total_cmp(&edges[b].energy).then(a.cmp(&b)));
        let mut parents: Vec<(usize, f64)> = (0..minima.len()).map(|at| (at, f64::INFINITY)).collect();
        let mut sizes = vec![1_usize; minima.len()];
        let mut lowest: Vec<usize> = (0..minima.len()).collect();
        let mut merges = Vec::new();
        for edge in order {
            let Edge { energy, ends } = edges[edge];
            let [a, b] = ends.map(|end| root(&parents, end));
            if a == b {
                continue;
            }
            // Ranks keep the way to a root short; which one is the root says nothing of energies.
            let (child, parent) = if sizes[a] <= sizes[b] { (a, b) } else { (b, a) };
            parents[child] = (parent, energy);
            sizes[parent] += sizes[child];
            let [one, other] = [lowest[a], lowest[b]];
            let is_lower = minima[one].total_cmp(&minima[other]).then(one.cmp(&other)).is_lt();
            let (kept, absorbed) = if is_lower { (one, other) } else { (other, one) };
            lowest[parent] = kept;
            merges.push(Merge { energy, edge, kept, absorbed });
        }
        Self { minima, merges, parents }
    }

    /// Energies of the minima.
    pub fn minima(&self) -> &[f64] {
        &self.minima
    }

    /// All merges, by energy.
    pub fn merges(&self) -> &[Merge] {
        &self.merges
    }

    /// Whether all minima are in one component at the top, as they are on a sphere where no pass is missing.
    pub fn is_connected(&self) -> bool {
        self.merges.len() + 1 == self.minima.len()
    }

    /// The energy at which two minima come into one component; `None` where they never do. Of a minimum and itself its own.
    ///
    /// # Panics
    /// If there is no such minimum.
    pub fn minimax(&self, a: usize, b: usize) -> Option<f64> {
        let (mut a, mut b, mut energy) = (a, b, self.minima[a]);
        while a != b {
            // Energies of joining rise on the way to a root: the one that is joined earlier goes on.
            let ((next_a, at_a), (next_b, at_b)) = (self.parents[a], self.parents[b]);
            if at_a.min(at_b).is_infinite() {
                return None;
            }
            if at_a <= at_b {
                (a, energy) = (next_a, at_a);
            } else {
                (b, energy) = (next_b, at_b);
            }
        }
        Some(energy)
    }

    /// Number of components of {L ≤ c} that hold a minimum.
    pub fn components_below(&self, energy: f64) -> usize {
        let minima = self.minima.iter().filter(|&&minimum| minimum <= energy).count();
        minima - self.merges.iter().filter(|merge| merge.energy <= energy).count()
    }
}

fn root(parents: &[(usize, f64)], mut at: usize) -> usize {
    while parents[at].0 != at {
        at = parents[at].0;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Role, stream};
    use rand::RngExt;

    fn edge(energy: f64, a: usize, b: usize) -> Edge {
        Edge { energy, ends: [a, b] }
    }

    #[test]
    fn components_merge_at_the_lowest_pass_between_them() {
        let edges = [edge(-1.0, 0, 1), edge(-2.0, 1, 2), edge(-0.5, 0, 2), edge(-3.0, 3, 3)];
        let graph = Graph::new(vec![-5.0, -4.0, -6.0, -7.0], &edges);
        assert_eq!(graph.minimax(0, 2), Some(-1.0));
        assert_eq!(graph.minimax(1, 2), Some(-2.0));
        assert_eq!((graph.minimax(3, 0), graph.minimax(3, 3)), (None, Some(-7.0)));
        let at: Vec<usize> = [-8.0, -6.5, -4.0, -2.0, 0.0].map(|c| graph.components_below(c)).into();
        assert_eq!(at, [0, 1, 4, 3, 2]);
        assert!(!graph.is_connected());
        let absorbed: Vec<usize> = graph.merges().iter().map(|merge| merge.absorbed).collect();
        assert_eq!(absorbed, [1, 0]);
    }

    /// The minimax energy by its definition: the least highest edge over paths (Floyd–Warshall).
    #[test]
    fn minimax_energies_are_those_of_all_paths() {
        let mut rng = stream(5, Role::Probe, &[2]);
        for count in [2, 5, 20] {
            let minima: Vec<f64> = (0..count).map(|_| rng.random_range(-2.0..-1.0)).collect();
            let mut number = || rng.random_range(0..count);
            let ends: Vec<[usize; 2]> = (0..2 * count).map(|_| [number(), number()]).collect();
            let edges: Vec<Edge> =
                ends.iter().map(|&[a, b]| edge(rng.random_range(-1.0..0.0), a, b)).collect();
            let graph = Graph::new(minima.clone(), &edges);
            let mut best = vec![vec![f64::INFINITY; count]; count];
            for Edge { energy, ends: [a, b] } in edges {
                for (a, b) in [(a, b), (b, a)] {
                    best[a][b] = best[a][b].min(energy);
                }
            }
            for via in 0..count {
                for a in 0..count {
                    for b in 0..count {
                        best[a][b] = best[a][b].min(best[a][via].max(best[via][b]));
                    }
                }
            }
            for (a, row) in best.iter().enumerate() {
                for (b, &least) in row.iter().enumerate().filter(|(b, _)| *b != a) {
                    assert_eq!(graph.minimax(a, b).unwrap_or(f64::INFINITY), least);
                }
            }
        }
    }
}
