//! Every path's end, and which of them need another try.

use std::collections::BTreeMap;

use super::fingerprint::Fingerprint;

/// How a path ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PathOutcome {
    /// At an eigenvector that is proved to exist, to be simple, and to be real or not.
    Proved {
        /// What tells it from others.
        fingerprint: Fingerprint,
        /// Whether it is real.
        real: bool,
    },
    /// At s = 1 or just before, where nothing could be proved: a multiple eigenvector or a family of them.
    Singular,
    /// On the way.
    Lost,
}

/// Ends of some paths, 40 bytes each, with the real eigenvectors among them: what a block of paths comes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BlockEnds {
    /// Number and outcome of each path.
    pub outcomes: Vec<(u64, PathOutcome)>,
    /// Unit vectors along real eigenvectors, by path.
    pub real: Vec<(u64, Vec<f64>)>,
    /// Steps of all paths.
    pub steps: u64,
}

/// Ends of all paths, 32 bytes each, beside the real eigenvectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Ends {
    outcomes: Vec<PathOutcome>,
    real: BTreeMap<u64, Vec<f64>>,
    /// Steps of all paths, tries included.
    pub steps: u64,
    /// Further tries.
    pub retried: u64,
}

/// What the ends add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathCounts {
    /// Eigenvectors that are proved to be different.
    pub distinct: u64,
    /// Proved ends that could not be told from another, each group's first left out.
    pub duplicates: u64,
    /// Paths with a singular end.
    pub singular: u64,
    /// Paths lost on the way.
    pub lost: u64,
}

impl Ends {
    /// No path has ended yet.
    pub fn new(paths: u64) -> Self {
        let outcomes = vec![PathOutcome::Lost; paths as usize];
        Self { outcomes, real: BTreeMap::new(), steps: 0, retried: 0 }
    }

    /// Takes the ends of a block in. A later try replaces an earlier one, unless it proved less.
    pub fn absorb(&mut self, block: BlockEnds) {
        self.steps += block.steps;
        let mut real: BTreeMap<u64, Vec<f64>> = block.real.into_iter().collect();
        for (path, outcome) in block.outcomes {
            let known = &mut self.outcomes[path as usize];
            if matches!(outcome, PathOutcome::Proved { .. }) || !matches!(known, PathOutcome::Proved { .. }) {
                *known = outcome;
                self.real.remove(&path);
                self.real.extend(real.remove_entry(&path));
            }
        }
    }

    /// Paths that need another try, ascending: those without proof, and all of each group that may have met.
    pub fn suspects(&self) -> Vec<u64> {
        let mut suspects: Vec<u64> = self.meetings().into_iter().flatten().collect();
        let unproved = |&path: &u64| !matches!(self.outcomes[path as usize], PathOutcome::Proved { .. });
        suspects.extend((0..self.outcomes.len() as u64).filter(unproved));
        suspects.sort_unstable();
        suspects
    }

    /// Counts.
    pub fn tally(&self) -> PathCounts {
        let count =
            |wanted: PathOutcome| self.outcomes.iter().filter(|&&outcome| outcome == wanted).count() as u64;
        let (singular, lost) = (count(PathOutcome::Singular), count(PathOutcome::Lost));
        let duplicates = self.meetings().iter().map(|group| group.len() as u64 - 1).sum();
        let distinct = self.outcomes.len() as u64 - singular - lost - duplicates;
        PathCounts { distinct, duplicates, singular, lost }
    }

    /// Unit vectors along the different real eigenvectors, by their paths.
    pub fn real(&self) -> Vec<Vec<f64>> {
        let mut different = self.real.clone();
        for group in self.meetings() {
            let first = group.iter().copied().find(|path| self.real.contains_key(path));
            different.retain(|path, _| Some(*path) == first || !group.contains(path));
        }
        different.into_values().collect()
    }

    /// Groups of two and more proved ends whose discs touch, be it through others; paths ascend in each group.
    fn meetings(&self) -> Vec<Vec<u64>> {
        let proved = |(path, outcome): (usize, &PathOutcome)| match outcome {
            PathOutcome::Proved { fingerprint, .. } => Some((*fingerprint, path as u64)),
            _ => None,
        };
        let mut discs: Vec<(Fingerprint, u64)> =
            self.outcomes.iter().enumerate().filter_map(proved).collect();
        discs.sort_unstable_by(|(a, i), (b, j)| a.shadow()[0].total_cmp(&b.shadow()[0]).then(i.cmp(j)));
        let mut groups = Groups((0..discs.len() as u32).collect());
        // Discs whose shadows reach this disc.
        let mut open: Vec<u32> = Vec::new();
        for (place, (disc, _)) in discs.iter().enumerate() {
            open.retain(|&other| discs[other as usize].0.shadow()[1] >= disc.shadow()[0]);
            for &other in open.iter().filter(|&&other| discs[other as usize].0.touches(disc)) {
                groups.join(place as u32, other);
            }
            open.push(place as u32);
        }
        let mut members: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        for place in 0..discs.len() as u32 {
            let root = groups.root(place);
            if root != place {
                members
                    .entry(root)
                    .or_insert_with(|| vec![discs[root as usize].1])
                    .push(discs[place as usize].1);
            }
        }
        let mut meetings: Vec<Vec<u64>> = members.into_values().collect();
        meetings.iter_mut().for_each(|group| group.sort_unstable());
        meetings
    }
}

/// Disjoint sets; each element points towards its set's root.
struct Groups(Vec<u32>);

impl Groups {
    fn root(&mut self, mut place: u32) -> u32 {
        while self.0[place as usize] != place {
            let next = self.0[self.0[place as usize] as usize];
            self.0[place as usize] = next;
            place = next;
        }
        place
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a as usize] = b;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proved(re: f64, im: f64, radius: f64) -> PathOutcome {
        PathOutcome::Proved { fingerprint: Fingerprint { value: [re, im], radius }, real: im == 0.0 }
    }

    fn ends(outcomes: &[PathOutcome]) -> Ends {
        let mut ends = Ends::new(outcomes.len() as u64);
        let outcomes = outcomes.iter().enumerate().map(|(path, &outcome)| (path as u64, outcome)).collect();
        ends.absorb(BlockEnds { outcomes, ..BlockEnds::default() });
        ends
    }

    #[test]
    fn discs_that_touch_are_one_and_are_suspect() {
        let ends = ends(&[
            proved(0.0, 0.0, 1e-9),
            proved(1.0, 1.0, 0.3),
            proved(0.0, 1.0, 1e-9),
            proved(2.0, 1.0, 0.3),
            proved(1.5, 1.0, 0.3),
            PathOutcome::Singular,
            proved(0.0, -1.0, 1e-9),
            PathOutcome::Lost,
        ]);
        assert_eq!(ends.suspects(), [1, 3, 4, 5, 7]);
        assert_eq!(ends.tally(), PathCounts { distinct: 4, duplicates: 2, singular: 1, lost: 1 });
    }

    #[test]
    fn a_later_try_replaces_an_earlier_one_unless_it_proves_less() {
        let mut ends = ends(&[proved(0.0, 0.0, 1e-9), PathOutcome::Lost]);
        let later = vec![(0, PathOutcome::Singular), (1, proved(3.0, 0.0, 1e-9))];
        ends.absorb(BlockEnds { outcomes: later, real: vec![(1, vec![1.0])], steps: 5 });
        assert_eq!(ends.tally(), PathCounts { distinct: 2, duplicates: 0, singular: 0, lost: 0 });
        assert_eq!((ends.real(), ends.steps), (vec![vec![1.0]], 5));
        ends.absorb(BlockEnds { outcomes: vec![(1, proved(3.0, 1.0, 1e-9))], ..BlockEnds::default() });
        assert!(ends.real().is_empty());
    }
}
