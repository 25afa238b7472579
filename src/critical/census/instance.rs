//! One instance made ready to be tracked: what may be mapped over threads.

use super::certify::Certifier;
use super::classes::class_count;
use super::ends::{BlockEnds, PathOutcome};
use super::fingerprint::Directions;
use super::homotopy::Homotopy;
use super::packed::Packed;
use super::track::{PathEnd, StepControl, Tracker};
use crate::descent::Rules;
use crate::hamiltonian::Surface;
use crate::rng::{Role, stream};

/// An end this near to s = 1 has met a singular eigenvector there; further away it is lost.
const NEAR: f64 = 1e-3;

/// What the random choices of a census are a function of, beside order and dimension; no result depends on them but
/// by rounding, unless a path is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CensusKey {
    /// Root seed.
    pub seed: u64,
    /// Which of the independent surfaces of this order and dimension.
    pub instance: u64,
}

/// The eigenproblem of one surface with a family that leads to it.
#[derive(Debug)]
pub struct Instance {
    homotopy: Homotopy,
    magnitudes: Packed,
    directions: Directions,
    paths: u64,
    rules: Rules,
}

impl Instance {
    /// For a surface of order H ≥ 3; each `attempt` takes another way.
    ///
    /// # Panics
    /// If H < 3, or the number of classes is beyond u64.
    #[track_caller]
    pub fn new(surface: &Surface, key: CensusKey, attempt: u32) -> Self {
        let layout = surface.layout();
        let paths = class_count(layout.spins, layout.dim).expect("a number of classes that fits");
        let target = scaled_tensor(surface);
        let ids = [layout.spins as u64, layout.dim as u64, key.instance, u64::from(attempt)];
        let mut rng = stream(key.seed, Role::Census, &ids);
        let magnitudes = target.magnitudes();
        let homotopy = Homotopy::new(target, &mut rng);
        let directions = Directions::new(layout.dim, &mut rng);
        Self { homotopy, magnitudes, directions, paths, rules: Rules::CURRENT }
    }

    /// The same under the rules of a run that was begun before.
    pub fn under(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// Number of paths, one for each class.
    pub fn paths(&self) -> u64 {
        self.paths
    }

    /// Follows paths and proves what can be proved of their ends. A path's end has the same bits whatever other paths
    /// it is followed with; `round` 0 is the first try, each later one is more careful.
    pub fn track(&self, paths: impl Iterator<Item = u64>, round: u32) -> BlockEnds {
        self.track_with(StepControl::of_round(round, self.rules), paths)
    }

    fn track_with(&self, control: StepControl, paths: impl Iterator<Item = u64>) -> BlockEnds {
        let mut certifier = Certifier::new(&self.homotopy, &self.magnitudes, &self.directions);
        let mut block = BlockEnds::default();
        Tracker::new(&self.homotopy, control, paths).run(|PathEnd { path, at, s, steps }| {
            block.steps += u64::from(steps);
            let proved = if s == 1.0 { certifier.prove(at) } else { None };
            let outcome = match proved {
                Some(proved) => {
                    let outcome =
                        PathOutcome::Proved { fingerprint: proved.fingerprint, real: proved.real.is_some() };
                    block.real.extend(proved.real.map(|x| (path, x)));
                    outcome
                }
                None if 1.0 - s <= NEAR => PathOutcome::Singular,
                None => PathOutcome::Lost,
            };
            block.outcomes.push((path, outcome));
        });
        block.outcomes.sort_unstable_by_key(|&(path, _)| path);
        block.real.sort_unstable_by_key(|&(path, _)| path);
        block
    }
}

/// The surface's tensor with entries c/m, scaled to the Frobenius norm √Λ; a tensor of zeros stays one. Couplings are
/// first divided by the largest, so that no square overflows.
fn scaled_tensor(surface: &Surface) -> Packed {
    let layout = surface.layout();
    let (mut largest, mut squares) = (0.0f64, 0.0);
    surface.for_each_coefficient(|_, c| largest = largest.max(c.abs()));
    let largest = if largest > 0.0 { largest } else { 1.0 };
    surface.for_each_coefficient(|indices, c| squares += (c / largest).powi(2) / orderings(indices));
    let scale = if squares > 0.0 { (layout.dim as f64 / squares).sqrt() } else { 1.0 };
    Packed::new(layout.spins, layout.dim, |set| {
        surface.for_each_coefficient(|indices, c| set(indices, scale * (c / largest / orderings(indices))));
    })
}

/// Distinct orderings of a multiset with non-increasing indices, H!/Π n!.
fn orderings(indices: &[usize]) -> f64 {
    let (mut count, mut run) = (1.0, 0.0);
    for (place, &i) in indices.iter().enumerate() {
        run = if place > 0 && indices[place - 1] == i { run + 1.0 } else { 1.0 };
        count = count * (place + 1) as f64 / run;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::super::ends::{Ends, PathCounts};
    use super::*;
    use crate::hamiltonian::{Layout, SurfaceKey};

    /// Steps so long that paths jump: ends coincide, all of them are suspects, and a careful second try finds the
    /// classes that nobody had come to.
    #[test]
    fn paths_that_jumped_are_caught_and_mended() {
        let layout = Layout::new(3, 8);
        let key = SurfaceKey { seed: 1, layout, instance: 0 };
        let surface = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
        let instance = Instance::new(&surface, CensusKey { seed: 1, instance: 0 }, 0);
        let careless = StepControl {
            last_term: 3.0,
            of_radius: 3.0,
            contraction: 0.9,
            ..StepControl::of_round(0, Rules::CURRENT)
        };
        let mut ends = Ends::new(instance.paths());
        ends.absorb(instance.track_with(careless, 0..instance.paths()));
        let first = ends.tally();
        assert!(first.duplicates > 0 && first.distinct < 255, "{first:?}");
        let suspects = ends.suspects();
        assert!(suspects.len() as u64 > first.duplicates, "{first:?}, {suspects:?}");
        ends.absorb(instance.track(suspects.into_iter(), 1));
        assert_eq!(ends.tally(), PathCounts { distinct: 255, duplicates: 0, singular: 0, lost: 0 });
    }

    #[test]
    fn orderings_are_multinomial() {
        let found = [&[2, 1, 0][..], &[1, 1, 0], &[3, 3, 3], &[2, 2, 1, 1]].map(orderings);
        assert_eq!(found, [6.0, 3.0, 1.0, 6.0]);
    }
}
