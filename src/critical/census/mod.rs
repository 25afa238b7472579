//! Every critical point of one surface, with proof that none is missing.
//!
//! Critical points w on the sphere are the real eigenvectors `A x^{H−1} = λ x` of the symmetric tensor A. Over the
//! complex numbers a tensor without multiple eigenvectors has exactly `((H−1)^Λ − 1)/(H−2)` of them, lines through the
//! origin (H = 2: Λ). All are found by continuation from a diagonal tensor; each end is refined and certified, and the
//! certified ends are proved to be different. If there are as many as there can be, none is missing.
//!
//! An eigenvector is real if its *line* is; λ may have either sign. Each real line gives the critical points ±w.
//! In terms of `A x^{H−1} = x`, whose solutions come modulo (H−2)-th roots of unity: x ∈ ℝ^Λ for λ > 0 and, at even
//! H, x ∈ e^{iπ/(H−2)} ℝ^Λ for λ < 0. Lines hold these and λ = 0 alike.
//!
//! A mixture of orders p up to d, `L(w) = Σ_p Λ^{−(p−1)/2} A_p w^p`, is made one tensor of order d in (x, t), w = √Λ x/t,
//! with the equation x·x = t² in place of the row of t. Its solutions (x, t) are lines, too, but each real one is a single
//! critical point. Simple ones are `2((d−1)^Λ − 1)/(d−2)` at most: x and the rows of x are parallel on a curve of degree
//! ((d−1)^Λ − 1)/(d−2) (Giambelli's formula), which meets the quadric in twice as many points (Bézout). At d = 2 they are
//! the 2Λ roots of a secular equation; a field alone has its two ends.
//!
//! Where a spike −λΛ(w·v/Λ)^r has an order r above that d of the couplings, the paths are those of a mixture up to order r, but
//! all that is isotropic and orthogonal to v solves the equations at t = 0, and paths end there. At most
//! `2((r−1) ((d−1)^{Λ−1} − 1)/(d−2) + 1)` solutions are simple, see [`spiked_class_count`]; if so many are found, none is missing.
//! None of these is at t = 0: there x is orthogonal to v, and the equations do not change, to first order, along every x′
//! that x and the patch allow.
//!
//! What is proved, and on what assumptions: an end's ball holds exactly one eigenvector, which is simple (see
//! `certify`); balls with disjoint fingerprints hold different ones; a tensor has no more simple eigenvectors, a mixture
//! no more simple solutions, than the number above: each stays under a small change of the tensor (with a spike above the
//! couplings' order, of v, λ and the couplings), and almost all tensors have that many (Cartwright, Sturmfels). How the paths were followed is not part of the proof: a path that jumped
//! to another shows as two ends in one place. Energy and index are computed, not proved, in double precision.
//!
//! # Reference
//! Cartwright, Sturmfels (2013), *The number of eigenvalues of a tensor*, Linear Algebra Appl. 438; Breiding,
//! Timme (2018), *HomotopyContinuation.jl*; Telen, Van Barel, Verschelde (2020), *A robust numerical path tracking
//! algorithm for polynomial homotopy continuation*, SIAM J. Sci. Comput. 42.

mod certify;
mod classes;
mod complex;
mod ends;
mod equations;
mod fingerprint;
mod homotopy;
mod instance;
mod linear;
mod matrix;
#[cfg(test)]
mod mixtures;
mod packed;
mod points;
mod refine;
mod secular;
mod series;
mod target;
mod track;

pub use classes::{
    MOST_CLASSES, admitted_class_count, admitted_mixed_class_count, class_count, mixed_class_count,
    spiked_class_count,
};
pub use ends::{BlockEnds, Ends, PathCounts, PathOutcome};
pub use fingerprint::Fingerprint;
pub use instance::{CensusKey, Instance};
pub use points::RealPoint;

use crate::Result;
use crate::descent::Rules;
use crate::hamiltonian::{Isa, Landscape, Surface};
use target::Target;

/// Paths of a block: one job of the map.
pub const BLOCK: u64 = 128;
/// Most further tries of suspect paths on one way.
const ROUNDS: u32 = 4;
/// Most ways from the start to the surface that are tried.
const ATTEMPTS: u32 = 3;

/// Paths that may be followed at the same time, in blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// Which way from the start to the surface, from 0.
    pub attempt: u32,
    /// 0: all paths; then the suspects, ever more carefully.
    pub round: u32,
    /// Number of blocks.
    pub blocks: usize,
}

/// Follows one block of a stage.
pub type PathBlocks<'a> = &'a (dyn Fn(usize) -> BlockEnds + Sync);

/// Runs a job for each block of a stage and returns the results in order. The caller may use threads, may keep results
/// by (attempt, round, block) and return them in place of running the job again, and may stop the census by an error.
pub type BlockMap<'a> = &'a dyn Fn(Stage, PathBlocks) -> Result<Vec<BlockEnds>>;

/// All critical points of one surface, and how sure that is.
#[derive(Debug, Clone, PartialEq)]
pub struct Census {
    /// H; of a mixture, its highest order d.
    pub spins: usize,
    /// Λ.
    pub dim: usize,
    /// Whether this is of a mixture, each class of which is a single point.
    pub is_mixed: bool,
    /// Complex classes of a tensor without multiple eigenvectors: ((H−1)^Λ − 1)/(H−2), or Λ at H = 2; of a mixture, twice
    /// as many, 2 of a field, fewer with a spike above the couplings' order.
    pub expected_complex: u64,
    /// Classes that are proved to exist and to be different; and the paths that ended elsewhere.
    pub tally: PathCounts,
    /// Classes that are proved to be real: lines, two critical points each; of a mixture, the critical points.
    pub real_classes: u64,
    /// Critical points w by energy, of a tensor of one order both signs of each.
    pub points: Vec<RealPoint>,
    /// Paths that were followed again, with shorter steps, on the homotopy that was taken in the end.
    pub retried: u64,
    /// Homotopies that were tried.
    pub attempts: u32,
    /// Steps of all paths of that homotopy.
    pub steps: u64,
}

/// Finds every critical point of a surface.
///
/// Paths are followed in blocks that `map` may share out to threads; the result has the same bits however it does. Suspect
/// paths are followed again in at most 4 rounds of ever shorter steps; where a path is still lost, or few classes are
/// missing, all are followed on at most two other homotopies. A tensor with multiple eigenvectors or families of them comes out with `tally.singular > 0`; steps are bounded.
///
/// Memory: below 100 bytes for each path, beside the real eigenvectors.
///
/// # Errors
/// If there are more than [`MOST_CLASSES`] classes, or `map` stops.
pub fn census(surface: &Surface, key: CensusKey, isa: Isa, map: BlockMap) -> Result<Census> {
    census_under(Rules::CURRENT, surface, key, isa, map)
}

/// The census of [`census`] under the rules of a run that was begun before.
///
/// # Errors
/// As [`census`].
pub fn census_under(
    rules: Rules,
    surface: &Surface,
    key: CensusKey,
    isa: Isa,
    map: BlockMap,
) -> Result<Census> {
    of_target(rules, &Target::of(surface), surface, key, isa, map)
}

/// The census of `landscape`, the energy that `target` holds.
fn of_target<L: Landscape>(
    rules: Rules,
    target: &Target,
    landscape: &L,
    key: CensusKey,
    isa: Isa,
    map: BlockMap,
) -> Result<Census> {
    let expected = target.most_solutions()?;
    let mut best: Option<(Ends, PathCounts)> = None;
    let mut attempts = 0;
    let most = if target.degree <= 2 { 0 } else { ATTEMPTS };
    while attempts < most && best.as_ref().is_none_or(|(_, tally)| worth_another_way(rules, tally, expected))
    {
        let ends = follow_all(&Instance::of(target, key, attempts).under(rules), attempts, expected, map)?;
        let tally = ends.tally();
        if best.as_ref().is_none_or(|(_, known)| tally.distinct > known.distinct) {
            best = Some((ends, tally));
        }
        attempts += 1;
    }
    let (lines, tally, retried, steps) = match best {
        Some((ends, tally)) => (ends.real(), tally, ends.retried, ends.steps),
        None => {
            let (lines, tally) = by_matrix(target);
            (lines, tally, 0, 0)
        }
    };
    let points = points::on_sphere(landscape, target, isa, &lines, rules);
    Ok(Census {
        spins: target.degree,
        dim: target.dim,
        is_mixed: target.is_mixed,
        expected_complex: expected,
        tally,
        real_classes: lines.len() as u64,
        points,
        retried,
        attempts,
        steps,
    })
}

/// Lines of a target without orders above 2, and how many there are of each kind.
fn by_matrix(target: &Target) -> (Vec<Vec<f64>>, PathCounts) {
    match (target.is_mixed, target.degree) {
        (false, _) => matrix::eigenvectors(target),
        (true, 1) => secular::ends_of_field(&target.field()),
        (true, _) => secular::solutions(target),
    }
}

/// Follows all paths, then the suspects again until there are none, nothing is missing, or no try helps.
fn follow_all(instance: &Instance, attempt: u32, expected: u64, map: BlockMap) -> Result<Ends> {
    let mut ends = Ends::new(instance.paths());
    let blocks = instance.paths().div_ceil(BLOCK) as usize;
    let first = map(Stage { attempt, round: 0, blocks }, &|block| {
        let start = block as u64 * BLOCK;
        instance.track(start..instance.paths().min(start + BLOCK), 0)
    })?;
    first.into_iter().for_each(|block| ends.absorb(block));
    let mut suspects = ends.suspects();
    for round in 1..=ROUNDS {
        if suspects.is_empty() || ends.tally().distinct == expected {
            break;
        }
        let lists: Vec<&[u64]> = suspects.chunks(BLOCK as usize).collect();
        let stage = Stage { attempt, round, blocks: lists.len() };
        let again = map(stage, &|block| instance.track(lists[block].iter().copied(), round))?;
        again.into_iter().for_each(|block| ends.absorb(block));
        ends.retried += suspects.len() as u64;
        let left = ends.suspects();
        if left.len() >= suspects.len() {
            break;
        }
        suspects = left;
    }
    Ok(ends)
}

/// Whether the way is to blame for what is missing, and not the tensor: where a path was lost or ended where another did,
/// however many ends are singular, and where few are missing at all.
fn worth_another_way(rules: Rules, tally: &PathCounts, expected: u64) -> bool {
    let missing = expected.saturating_sub(tally.distinct);
    let few = missing > 0 && missing <= 8 + expected / 50;
    few || (missing > 0 && !rules.is_first() && tally.lost + tally.duplicates > 0)
}

impl Census {
    /// Whether every complex class was found, each proved to exist and to differ from the others: no critical point
    /// is missing.
    pub fn is_complete(&self) -> bool {
        self.tally.distinct == self.expected_complex
    }

    /// Whether the census is complete, every real class has its two points, of a mixture its one, with finite numbers, no
    /// index is undecided, and the indices add up as they must.
    pub fn is_certified(&self) -> bool {
        let decided = self.points.iter().all(|point| point.undecided == 0 && point.is_finite());
        let of_class = if self.is_mixed { 1 } else { 2 };
        let all_there = self.points.len() as u64 == of_class * self.real_classes;
        self.is_complete() && all_there && decided && self.morse_sum() == self.expected_morse_sum()
    }

    /// Number C_k of critical points of each index k = 0 … Λ − 1, of those whose index is decided.
    pub fn by_index(&self) -> Vec<u64> {
        let mut counts = vec![0; self.dim];
        self.points
            .iter()
            .filter(|point| point.undecided == 0)
            .for_each(|point| counts[point.index as usize] += 1);
        counts
    }

    /// Σ_k (−1)^k C_k.
    pub fn morse_sum(&self) -> i64 {
        self.points.iter().map(|point| if point.index.is_multiple_of(2) { 1 } else { -1 }).sum()
    }

    /// Euler characteristic of the sphere S^{Λ−1}, which the Morse sum must be: 2 for odd Λ, 0 for even Λ.
    pub fn expected_morse_sum(&self) -> i64 {
        if self.dim.is_multiple_of(2) { 0 } else { 2 }
    }

    /// Real Z-eigenvalues of the dense tensor X with `L(w) = Λ^{−(H−1)/2} Σ X w⋯w`: X x^{H−1} = λ x, |x| = 1;
    /// ascending, one of each pair ±x, for odd H the one with λ ≥ 0. Of a mixture, L/√Λ at every critical point.
    pub fn eigenvalues(&self) -> Vec<f64> {
        // With w = √Λ x: L = √Λ λ.
        let root = (self.dim as f64).sqrt();
        let firsts = self.points.iter().filter(|point| !point.antipode);
        let mut values: Vec<f64> = firsts.map(|point| root * point.energy_per_spin).collect();
        values.sort_by(f64::total_cmp);
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_path_is_followed_on_another_way_however_many_ends_are_singular() {
        let tally =
            |distinct, duplicates, singular, lost| PathCounts { distinct, duplicates, singular, lost };
        let worth =
            |tally| [Rules::FIRST, Rules::CURRENT].map(|rules| worth_another_way(rules, &tally, 1023));
        assert_eq!(worth(tally(1023, 0, 0, 0)), [false, false]);
        assert_eq!(worth(tally(1022, 0, 0, 1)), [true, true]);
        assert_eq!(worth(tally(1020, 0, 3, 0)), [true, true]);
        assert_eq!(worth(tally(500, 0, 523, 0)), [false, false]);
        assert_eq!(worth(tally(500, 0, 522, 1)), [false, true]);
        assert_eq!(worth(tally(500, 1, 522, 0)), [false, true]);
    }
}
