//! What a kind of study says of itself.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io;
use std::ops::ControlFlow;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use rusqlite::Connection;

use super::attachment::Attachment;
use super::clock::Meter;
use super::columns::message::Sent;
use super::columns::{ColumnKind, Value};
use super::events::{Observer, Stop};
use super::formats::Format;
use super::listed::{Listed, StoredUnit, Times};
use super::resources::Resources;
use super::spec::RunSpec;
use super::tables::TableShape;
use crate::error::{Error, Result};

/// Bytes of the process without any work.
const BASE_BYTES: u64 = 24 << 20;
/// Bytes of an empty file, of a row beside its columns, of a column, and of a unit on the list (measured on runs of networks).
const EMPTY_FILE: u64 = 24 << 10;
const ROW_BYTES: u64 = 12;
const COLUMN_BYTES: u64 = 8;
const UNIT_BYTES: u64 = 56;

/// What a unit leaves: rows of some tables. `S` is the spec of its study. [`Rows`](super::Rows) is one of a single table.
pub trait Unit<S>: Sent + Clone + Debug + PartialEq + Send + 'static {
    /// The name of its main table, which has a row for each [item](Study::ITEMS) unless the study says otherwise.
    const TABLE: &'static str;

    /// Its row in the list of units.
    type Listed: Listed;

    /// Which unit it is, and how much of it.
    fn listed(&self) -> Self::Listed;

    /// The unit as the store gives it back.
    #[must_use]
    fn canonical(&self) -> Self;

    /// Hands the bytes of the checksum, in their order, to `feed`: key, size, rows.
    fn digest(&self, feed: &mut dyn FnMut(&[u8]));

    /// All that is stored of a unit.
    ///
    /// # Errors
    /// Those of SQLite; a value that its column cannot have.
    fn read(conn: &Connection, spec: &S, listed: &Self::Listed) -> rusqlite::Result<Self>;

    /// Inserts its rows.
    ///
    /// # Errors
    /// Those of SQLite.
    fn insert(&self, conn: &Connection) -> rusqlite::Result<()>;

    /// Removes what rows there are of the unit with its key, whatever its size.
    ///
    /// # Errors
    /// Those of SQLite.
    fn remove(&self, conn: &Connection) -> rusqlite::Result<()>;

    /// Its rows as lines of a dump.
    ///
    /// # Errors
    /// Those of the writer.
    fn dump(&self, out: &mut dyn io::Write) -> io::Result<()>;

    /// The tables of its rows.
    fn tables() -> Vec<TableShape>;

    /// Names and kinds of the columns of its main table, as it is exported.
    fn heads() -> Vec<(&'static str, ColumnKind)>;

    /// Rows of its main table.
    fn values(&self) -> Vec<Vec<Value<'static>>>;
}

/// Whether to go on, asked with the share of a unit's work that was done since the last time.
pub type Advance<'a> = &'a mut (dyn FnMut(f64) -> ControlFlow<()> + Send);

/// Some work on a run, and with what.
pub struct Job<'a, S: Study> {
    /// What defines the run.
    pub spec: &'a S::Spec,
    /// What its units need beside the spec.
    pub given: &'a S::Given,
    /// Threads, instruction set, memory.
    pub resources: &'a Resources,
    /// Receives progress.
    pub observer: &'a dyn Observer,
    /// A request to stop.
    pub stop: &'a Stop,
}

impl<S: Study> Clone for Job<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Study> Copy for Job<'_, S> {}

/// Units that a run holds, by key.
pub type Units<S> = BTreeMap<<<S as Study>::Listed as Listed>::Key, StoredUnit<<S as Study>::Listed>>;

/// A kind of run. See the [module](super) for what follows from it.
pub trait Study: Copy + Debug + PartialEq + Send + Sync + Sized + 'static {
    /// Versions of its files, oldest first.
    const FORMATS: &'static [Format];
    /// What units are made of, for people: "starts", "networks".
    const ITEMS: &'static str;

    /// Everything that defines a run.
    type Spec: RunSpec;
    /// A unit as the list of units has it.
    type Listed: Listed;
    /// What a unit leaves.
    type Unit: Unit<Self::Spec, Listed = Self::Listed>;
    /// Processor time spent.
    type Times: Times;
    /// What units need beside the spec, the same in every process: a data set, the user's tensor.
    type Given: Sync;
    /// How units are dealt to threads: [`UnitPerThread`](super::work::UnitPerThread), unless threads share a unit.
    type Work: Work<Self>;

    /// Version of a new file of this spec.
    fn format(_spec: &Self::Spec) -> i32 {
        Self::FORMATS.last().map_or(0, |format| format.number)
    }

    /// Bytes that a run of this spec may keep beside its units; the spec knows their checksums.
    fn attachments(_spec: &Self::Spec) -> Vec<Attachment> {
        Vec::new()
    }

    /// Tables of a file of this version, without that of the spec.
    fn tables(_format: i32) -> Vec<TableShape> {
        let list = std::iter::once(TableShape::list::<Self::Listed>());
        list.chain(Self::Unit::tables()).chain([TableShape::of::<Self::Times>()]).collect()
    }

    /// Every unit of a spec, by key.
    fn plan(spec: &Self::Spec) -> impl Iterator<Item = Self::Listed> + '_;

    /// How much of the unit with this key is planned; `None` where it is not in the plan.
    fn planned(spec: &Self::Spec, listed: &Self::Listed) -> Option<Self::Listed>;

    /// Whether a stored unit has all that is planned.
    fn covers(_spec: &Self::Spec, stored: &Self::Listed, planned: &Self::Listed) -> bool {
        stored == planned
    }

    /// Whether a unit is one of this spec's plan, whole or as a smaller spec of the same run had it, and all its rows are
    /// such as a run of this spec can hold: what is read is held against this before anything is sized by it.
    fn fits(spec: &Self::Spec, unit: &Self::Unit) -> bool;

    /// Rows that the list of units does not account for, in words.
    ///
    /// # Errors
    /// Those of SQLite.
    fn stray_rows(
        conn: &Connection,
        spec: &Self::Spec,
        units: &Units<Self>,
    ) -> rusqlite::Result<Vec<String>> {
        let table = Self::Unit::TABLE;
        let listed: u64 = units.values().map(|unit| Self::progress(spec, &unit.listed).1).sum();
        let counted: i64 = conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        let is_accounted_for = u64::try_from(counted) == Ok(listed);
        let problem = || format!("{table}: their number is not that of the units");
        Ok(if is_accounted_for { Vec::new() } else { vec![problem()] })
    }

    /// Rows that belong to no other row that they should, in words; may take time.
    ///
    /// # Errors
    /// Those of SQLite.
    fn orphans(_conn: &Connection) -> rusqlite::Result<Vec<String>> {
        Ok(Vec::new())
    }

    /// Size that a unit counts under (Λ, n₁, or what else a study grows by), and how many [items](Self::ITEMS) it has.
    fn progress(spec: &Self::Spec, listed: &Self::Listed) -> (u32, u64);

    /// Work of a unit, in seconds of a nominal thread: it tells larger units from smaller ones and scales forecasts.
    fn work(spec: &Self::Spec, listed: &Self::Listed) -> f64;

    /// Bytes that a unit needs while it is computed.
    fn unit_bytes(_spec: &Self::Spec, _listed: &Self::Listed) -> u64 {
        0
    }

    /// Bytes of a run beside those of its units under way.
    fn shared_bytes(_spec: &Self::Spec, _resources: &Resources) -> u64 {
        BASE_BYTES
    }

    /// Threads that compute one unit each; of a unit whose parts are shared by a pool fewer are enough.
    fn workers(job: &Job<Self>) -> usize {
        job.resources.threads
    }

    /// Peak bytes of memory of a run: by default the largest unit on all threads at once, beside what all share.
    fn memory_bytes(spec: &Self::Spec, resources: &Resources) -> u64 {
        let largest = Self::plan(spec).map(|planned| Self::unit_bytes(spec, &planned)).max().unwrap_or(0);
        let most = largest.saturating_mul(resources.threads as u64);
        let shared = Self::shared_bytes(spec, resources);
        // Threads wait where there is no room for another unit, but one is always admitted.
        shared.saturating_add(most.min(resources.memory.saturating_sub(shared)).max(largest))
    }

    /// About how many bytes the finished file takes: by default rows by their columns, and units.
    fn disk_bytes(spec: &Self::Spec) -> u64 {
        let row = ROW_BYTES + COLUMN_BYTES * Self::Unit::heads().len() as u64;
        let bytes = Self::plan(spec).map(|planned| UNIT_BYTES + row * Self::progress(spec, &planned).1);
        bytes.fold(EMPTY_FILE, u64::saturating_add)
    }

    /// Refuses a run that these resources cannot carry out, before anything is written.
    ///
    /// # Errors
    /// [`Error::Refused`] with the bytes needed and available.
    fn admit(spec: &Self::Spec, resources: &Resources) -> Result<()> {
        let (needed, available) = (Self::memory_bytes(spec, resources), resources.memory);
        if needed <= available {
            return Ok(());
        }
        Err(Error::Refused(format!(
            "{needed} bytes of memory are needed, {available} are available; fewer threads need less"
        )))
    }

    /// Wall time for units that are left, of which there is one at least: by default by a trial of the unit with the least
    /// work.
    ///
    /// # Errors
    /// What keeps a trial from being carried out.
    fn expected(job: &Job<Self>, left: &[Self::Listed]) -> Result<Expected> {
        let work = |listed: &Self::Listed| Self::work(job.spec, listed);
        let Some(least) = left.iter().min_by(|a, b| work(a).total_cmp(&work(b))) else {
            return Ok(Expected { seconds: 0.0, processor_share: 1.0 });
        };
        let mut meter = Meter::start();
        Self::unit(job, least, &mut |_| ControlFlow::Continue(()))?;
        let trial = meter.lap();
        let all: f64 = left.iter().map(work).sum();
        let shared = job.resources.threads.min(left.len()).max(1) as f64;
        let seconds = trial.wall_s * all / work(least).max(f64::MIN_POSITIVE) / shared;
        Ok(Expected { seconds, processor_share: trial.share() })
    }

    /// Refuses what is given if it is not what the run is on: another tensor, other data.
    ///
    /// # Errors
    /// [`Error::Refused`].
    fn check_given(_spec: &Self::Spec, _given: &Self::Given) -> Result<()> {
        Ok(())
    }

    /// What of that which is given the run needs, where it needs less than all.
    fn narrowed(_spec: &Self::Spec, _given: &Self::Given) -> Option<Self::Given> {
        None
    }

    /// Computes one unit on the calling thread, with the time spent: a function of spec, what is given and key, whoever
    /// computes it. `None` where `advance` ended it.
    ///
    /// # Errors
    /// What keeps a unit from being computed.
    fn unit(
        job: &Job<Self>,
        planned: &Self::Listed,
        advance: Advance,
    ) -> Result<Option<(Self::Unit, Self::Times)>>;

    /// Whether two units, neighbours in the plan, share something that takes time or memory to make.
    fn share(_one: &Self::Listed, _next: &Self::Listed) -> bool {
        false
    }

    /// Fewest and preferred numbers of units of one [share](Self::share) for a process with so many threads.
    fn lease(_threads: usize) -> [usize; 2] {
        [1, 1]
    }
}

/// What came of some work: whole units, and time spent.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding<S: Study> {
    /// Whole units.
    pub units: Vec<S::Unit>,
    /// Time spent since the last time, by key.
    pub spent: Vec<S::Times>,
}

/// Takes units while threads work on them.
pub trait Intake<S: Study>: Sync {
    /// More to do.
    fn feed(&self, units: &[S::Listed]);

    /// Nothing more will come.
    fn close(&self);

    /// Nothing more is handed to threads.
    fn end(&self);

    /// Whether threads will soon have nothing to do.
    fn wants_units(&self) -> bool;
}

/// Waits for the next finding, at most so long.
pub type Findings<'a, S> = &'a mut dyn FnMut(Duration) -> std::result::Result<Finding<S>, RecvTimeoutError>;

/// How the units of a study are dealt to threads.
pub trait Work<S: Study> {
    /// Works with all threads on the units that `pump`, on this thread, feeds, and hands it what comes of them.
    ///
    /// # Errors
    /// What `pump` returns; those of the work.
    fn carry_out(job: &Job<S>, pump: impl FnOnce(&dyn Intake<S>, Findings<S>) -> Result<()>) -> Result<()>;
}

/// How long what is left will take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// Wall time, on the machine as busy as it is now.
    pub seconds: f64,
    /// Share of the time that a thread had a processor in the trials: 1 on a machine that does nothing else.
    pub processor_share: f64,
}
