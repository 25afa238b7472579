//! One instance made ready to be tracked: what may be mapped over threads.

use super::certify::Certifier;
use super::ends::{BlockEnds, PathOutcome};
use super::fingerprint::Directions;
use super::homotopy::Homotopy;
use super::packed::Packed;
use super::target::Target;
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

/// The equations of one surface's critical points with a family that leads to them.
#[derive(Debug)]
pub struct Instance {
    homotopy: Homotopy,
    magnitudes: Packed,
    directions: Directions,
    paths: u64,
    rules: Rules,
}

impl Instance {
    /// For a surface of order H ≥ 3 or a mixture with such orders; each `attempt` takes another way.
    ///
    /// # Panics
    /// If no order is above 2, or the number of classes is beyond u64.
    #[track_caller]
    pub fn new(surface: &Surface, key: CensusKey, attempt: u32) -> Self {
        Self::of(&Target::of(surface), key, attempt)
    }

    /// As [`Self::new`].
    #[track_caller]
    pub(super) fn of(target: &Target, key: CensusKey, attempt: u32) -> Self {
        let paths = target.class_count().expect("a number of classes that fits");
        let ids = [target.degree as u64, target.dim as u64, key.instance, u64::from(attempt)];
        let mut rng = stream(key.seed, Role::Census, &ids);
        let tensor = target.tensor();
        let magnitudes = tensor.magnitudes();
        let directions_of = tensor.dim;
        let homotopy = Homotopy::new(tensor, target.dim, &mut rng);
        let directions = Directions::new(directions_of, &mut rng);
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
}
