//! Units as they come, to the store, many of them to one commit.

use std::collections::BTreeMap;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::study::columns::{add_times, key_values};
use crate::study::events::{Event, Observer};
use crate::study::interface::{Finding, Findings, Job, Study, Unit};
use crate::study::resources::Commits;
use crate::study::store::Store;

/// After a commit, rest so many times as long as it took: units that end meanwhile share the next one, and the store
/// takes a small share of a core and of the disk however many units there are. A unit waits that long, milliseconds.
const REST: u32 = 4;
/// A commit that had to wait, for a reader or a slow disk, is no reason to keep units for long.
const LONGEST_REST: Duration = Duration::from_secs(1);
/// Time between two looks where nothing comes.
pub(super) const LONG: Duration = Duration::from_secs(3600);

/// Collects findings and stores every unit soon after it is whole.
pub(crate) struct Keeper<'a, S: Study> {
    store: &'a mut Store<S>,
    observer: &'a dyn Observer,
    commits: Commits,
    /// Units still to come, by size.
    missing: BTreeMap<u32, usize>,
    whole: Vec<S::Unit>,
    spent: BTreeMap<String, S::Times>,
}

impl<'a, S: Study> Keeper<'a, S> {
    /// For what is left of a run.
    pub fn new(store: &'a mut Store<S>, job: &Job<'a, S>, left: &[S::Listed]) -> Self {
        let mut missing = BTreeMap::new();
        left.iter().for_each(|unit| *missing.entry(S::progress(store.spec(), unit).0).or_default() += 1);
        let (observer, commits) = (job.observer, job.resources.commits);
        let (whole, spent) = (Vec::new(), BTreeMap::new());
        Self { store, observer, commits, missing, whole, spent }
    }

    /// Stores what comes until nobody sends any more.
    ///
    /// # Errors
    /// Those of the store.
    pub fn keep(&mut self, findings: Findings<S>) -> Result<()> {
        let mut rested = Instant::now();
        loop {
            match findings(LONG) {
                Ok(finding) => self.take(finding),
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return self.commit().map(drop),
            }
            if self.whole.is_empty() {
                continue;
            }
            if self.commits == Commits::EachUnit {
                self.commit_one_by_one()?;
                continue;
            }
            while let Ok(finding) = findings(rested.saturating_duration_since(Instant::now())) {
                self.take(finding);
                if Instant::now() >= rested {
                    break;
                }
            }
            let took = self.commit()?;
            rested = Instant::now() + (REST * took).min(LONGEST_REST);
        }
    }

    fn take(&mut self, finding: Finding<S>) {
        self.whole.extend(finding.units);
        add_all::<S>(&mut self.spent, finding.spent);
    }

    fn commit_one_by_one(&mut self) -> Result<()> {
        for unit in std::mem::take(&mut self.whole) {
            self.whole.push(unit);
            self.commit()?;
        }
        Ok(())
    }

    /// Stores all units that are whole, with the time spent so far; returns how long that took.
    fn commit(&mut self) -> Result<Duration> {
        let begin = Instant::now();
        let spent: Vec<S::Times> = std::mem::take(&mut self.spent).into_values().collect();
        if self.whole.is_empty() && spent.is_empty() {
            return Ok(Duration::ZERO);
        }
        let whole = std::mem::take(&mut self.whole);
        self.store.write(&whole, &spent)?;
        let took = begin.elapsed();
        self.observer.event(Event::Committed { seconds: took.as_secs_f64() });
        for unit in whole {
            let (size, items) = S::progress(self.store.spec(), &unit.listed());
            self.observer.event(Event::Stored { size, items });
            let Some(missing) = self.missing.get_mut(&size) else { continue };
            *missing = missing.saturating_sub(1);
            if *missing == 0 {
                self.observer.event(Event::Finished { size });
            }
        }
        Ok(took)
    }
}

/// Adds times to those with the same key.
pub(crate) fn add_all<S: Study>(sums: &mut BTreeMap<String, S::Times>, more: Vec<S::Times>) {
    for times in more {
        let key: Vec<String> = key_values(&times).into_iter().map(|value| value.text()).collect();
        match sums.entry(key.join(" ")) {
            std::collections::btree_map::Entry::Occupied(mut sum) => add_times(sum.get_mut(), &times),
            std::collections::btree_map::Entry::Vacant(place) => drop(place.insert(times)),
        }
    }
}
