//! Results as they come: starts to units, units to the store, many of them to one commit.

use std::collections::BTreeMap;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::events::{Event, Observer};
use super::plan::Group;
use super::record::{Record, StartResult, Timings, UnitResult};
use super::spec::Spec;
use super::store::{Store, SurfaceTimings};
use super::unit::{UNIT_STARTS, UnitKey};
use super::workers::Report;
use crate::Result;

/// After a commit, rest so many times as long as it took: units that end meanwhile share the next one, and the store
/// takes a small share of a core and of the disk however many units there are. A unit waits that long, milliseconds.
const REST: u32 = 4;
/// A commit that had to wait, for a reader or a slow disk, is no reason to keep units for long.
const LONGEST_REST: Duration = Duration::from_secs(1);

/// Which units share a commit. A commit waits for the disk, so grouped ones are faster by far where units are small.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Commits {
    /// Those that end close together.
    #[default]
    Grouped,
    /// None: a unit is safe before the next is looked at.
    EachUnit,
}

/// What was found on a surface, and time spent on it.
pub(super) enum Finding {
    /// Some starts.
    Starts(Report),
    /// A whole unit.
    Unit(UnitResult, Timings),
    /// Time alone.
    Spent(SurfaceTimings),
}

/// Collects findings and stores every unit soon after it is whole.
pub(super) struct Keeper<'a> {
    store: &'a mut Store,
    observer: &'a dyn Observer,
    commits: Commits,
    /// Units still to come, by Λ.
    missing: BTreeMap<u32, usize>,
    assembly: Assembly,
    whole: Vec<UnitResult>,
    spent: BTreeMap<(u32, u32), Timings>,
}

impl<'a> Keeper<'a> {
    /// For what is left of a run.
    pub fn new(store: &'a mut Store, observer: &'a dyn Observer, left: &[Group], commits: Commits) -> Self {
        let mut missing = BTreeMap::new();
        left.iter().for_each(|group| *missing.entry(group.dim).or_default() += group.units.len());
        Self {
            assembly: Assembly::new(store.spec()),
            store,
            observer,
            commits,
            missing,
            whole: Vec::new(),
            spent: BTreeMap::new(),
        }
    }

    /// Stores what comes until nobody sends any more.
    ///
    /// # Errors
    /// Those of the store.
    pub fn keep<T: Into<Finding>>(mut self, findings: Receiver<T>) -> Result<()> {
        let mut rested = Instant::now();
        while let Ok(finding) = findings.recv() {
            self.take(finding.into());
            if self.whole.is_empty() {
                continue;
            }
            if self.commits == Commits::EachUnit {
                self.commit_one_by_one()?;
                continue;
            }
            while let Ok(finding) = findings.recv_timeout(rested.saturating_duration_since(Instant::now())) {
                self.take(finding.into());
                if Instant::now() >= rested {
                    break;
                }
            }
            let took = self.commit()?;
            rested = Instant::now() + (REST * took).min(LONGEST_REST);
        }
        self.commit().map(drop)
    }

    fn take(&mut self, finding: Finding) {
        match finding {
            Finding::Unit(unit, spent) => {
                self.spend(unit.key.dim, unit.key.instance, spent);
                self.whole.push(unit);
            }
            Finding::Starts(report) => {
                self.spend(report.dim, report.instance, report.spent);
                self.whole.extend(report.starts.into_iter().filter_map(|start| self.assembly.take(start)));
            }
            Finding::Spent(SurfaceTimings { dim, instance, spent }) => self.spend(dim, instance, spent),
        }
    }

    fn spend(&mut self, dim: u32, instance: u32, spent: Timings) {
        *self.spent.entry((dim, instance)).or_default() += spent;
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
        let spent: Vec<SurfaceTimings> = std::mem::take(&mut self.spent)
            .into_iter()
            .map(|((dim, instance), spent)| SurfaceTimings { dim, instance, spent })
            .collect();
        if self.whole.is_empty() && spent.is_empty() {
            return Ok(Duration::ZERO);
        }
        let whole = std::mem::take(&mut self.whole);
        self.store.write(&whole, &spent)?;
        let took = begin.elapsed();
        self.observer.event(Event::Committed { seconds: took.as_secs_f64() });
        for unit in whole {
            let dim = unit.key.dim;
            let starts = if unit.census.is_some() { 1 } else { unit.starts.len() as u64 };
            self.observer.event(Event::Stored { dim, starts });
            let Some(missing) = self.missing.get_mut(&dim) else { continue };
            *missing = missing.saturating_sub(1);
            if *missing == 0 {
                self.observer.event(Event::DimFinished { dim });
            }
        }
        Ok(took)
    }
}

/// Starts to units.
pub(super) struct Assembly {
    points: bool,
    starts: u32,
    /// Units of which some starts have ended.
    open: BTreeMap<UnitKey, Vec<StartResult>>,
}

impl Assembly {
    pub fn new(spec: &Spec) -> Self {
        Self { points: spec.points, starts: spec.starts, open: BTreeMap::new() }
    }

    /// Takes a start; the unit that it makes whole, if it does.
    pub fn take(&mut self, mut result: StartResult) -> Option<UnitResult> {
        if !self.points {
            result.point = Vec::new();
        }
        let Record { spins, dim, instance, start, .. } = result.record;
        let key = UnitKey { spins, dim, instance, block: start / UNIT_STARTS };
        let starts = self.open.entry(key).or_default();
        starts.push(result);
        if starts.len() < key.starts(self.starts).len() {
            return None;
        }
        let mut starts = self.open.remove(&key)?;
        starts.sort_by_key(|result| result.record.start);
        Some(UnitResult { key, starts, census: None })
    }
}

impl From<Report> for Finding {
    fn from(report: Report) -> Self {
        Self::Starts(report)
    }
}
