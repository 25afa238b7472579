//! Which part of a run is recomputed.

use rand::seq::SliceRandom;

use crate::rng::{Role, stream};

/// A random sample of a run, or all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// The same seed gives the same sample of the same run.
    pub seed: u64,
    /// Whether everything is recomputed.
    pub all: bool,
}

impl Sampling {
    /// All, or at most so many in random order; `ids` tell one choice from another.
    pub fn some<T>(&self, mut things: Vec<T>, most: usize, ids: &[u64]) -> Vec<T> {
        if !self.all {
            things.shuffle(&mut stream(self.seed, Role::Probe, ids));
            things.truncate(most);
        }
        things
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_names_a_sample_and_over_seeds_everything_is_looked_at() {
        let with = |seed| Sampling { seed, all: false }.some((0..20).collect(), 3, &[5]);
        assert_eq!(with(1), with(1));
        let seen: BTreeSet<i32> = (0..200).flat_map(with).collect();
        assert_eq!(seen.len(), 20);
        let all = Sampling { seed: 1, all: true };
        assert_eq!(all.some(vec![3, 1, 2], 1, &[]), [3, 1, 2]);
    }
}
