//! Threads that work off a board, and the way what they find takes to one that collects it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::board::{Board, Job};
use super::clock::{Lap, Meter};
use super::events::{Event, Observer, Stop};
use super::record::{StartResult, Timings};
use super::surface::Site;
use super::worker::Task;
use crate::descent::PolishSpace;
use crate::{Error, Result};

/// Reports that may wait to be collected: a store that is slower for long holds up the workers.
const BACKLOG: usize = 1024;
/// Time between two reports of progress and time spent.
const BREATH: Duration = Duration::from_millis(100);

/// What a thread has found and spent on a surface since its last report.
pub(super) struct Report {
    /// Λ.
    pub dim: u32,
    /// Number of the surface.
    pub instance: u32,
    pub starts: Vec<StartResult>,
    /// Processor time.
    pub spent: Timings,
    /// Seconds that passed meanwhile.
    pub wall_s: f64,
}

/// Whom workers tell, and who tells them to stop.
pub(super) struct Outside<'a> {
    observer: &'a dyn Observer,
    stop: &'a Stop,
    /// Events to be told as work on a size begins, by Λ.
    beginnings: Mutex<BTreeMap<u32, Event>>,
    /// What a device refused; ends the work.
    failure: Mutex<Option<Error>>,
}

impl<'a> Outside<'a> {
    pub fn new(observer: &'a dyn Observer, stop: &'a Stop) -> Self {
        Self { observer, stop, beginnings: Mutex::default(), failure: Mutex::default() }
    }

    /// The same, telling these events as work on each size begins.
    pub fn with_beginnings(self, beginnings: BTreeMap<u32, Event>) -> Self {
        Self { beginnings: Mutex::new(beginnings), ..self }
    }

    fn failed(&self, error: Error) -> Ended {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        Ended
    }

    fn begun(&self, dim: u32) {
        let event = self.beginnings.lock().unwrap_or_else(PoisonError::into_inner).remove(&dim);
        event.into_iter().for_each(|event| self.observer.event(event));
    }
}

/// Works off a board on all threads of a pool while this thread collects; ends early if `collect` fails.
///
/// # Errors
/// What `collect` returns; what a device refused.
pub(super) fn work_on(
    pool: &rayon::ThreadPool,
    board: &Board,
    outside: &Outside,
    collect: impl FnOnce(Receiver<Report>) -> Result<()>,
) -> Result<()> {
    let (sender, receiver) = sync_channel(BACKLOG);
    let collected = pool.in_place_scope(|scope| {
        for _ in 0..pool.current_num_threads() {
            let sender = sender.clone();
            scope.spawn(move |_| Worker { board, outside, sender, space: RefCell::default() }.work());
        }
        drop(sender);
        // Workers stop at their next report once nobody listens.
        collect(receiver)
    });
    let failure = outside.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
    failure.map_or(collected, Err)
}

struct Worker<'a, 'b> {
    board: &'b Board<'a>,
    outside: &'b Outside<'b>,
    sender: SyncSender<Report>,
    space: RefCell<PolishSpace>,
}

/// Nobody listens any more, or a stop is asked for.
struct Ended;

type Outcome = std::result::Result<(), Ended>;

/// Progress and time of a thread's descents, told now and then: at small sizes a step takes microseconds.
struct Log<'a, 'b, 'c> {
    worker: &'c Worker<'a, 'b>,
    site: &'c Site<'a>,
    work: f64,
    meter: Meter,
    spent: Lap,
    last: Instant,
}

impl<'a, 'b, 'c> Log<'a, 'b, 'c> {
    fn new(worker: &'c Worker<'a, 'b>, site: &'c Site<'a>) -> Self {
        let (meter, spent) = (Meter::start(), Lap::default());
        Self { worker, site, work: 0.0, meter, spent, last: Instant::now() }
    }

    /// Notes a step.
    fn step(&mut self, work: f64) -> Outcome {
        self.work += work;
        let now = Instant::now();
        if now - self.last >= BREATH {
            self.last = now;
            self.tell()?;
        }
        Ok(())
    }

    /// Leaves out the time of something else that is done in between.
    fn without<T>(&mut self, other: impl FnOnce() -> T) -> T {
        self.spent += self.meter.lap();
        let done = other();
        self.meter.lap();
        done
    }

    fn tell(&mut self) -> Outcome {
        self.spent += self.meter.lap();
        let dim = self.site.job.key.layout.dim as u32;
        let (work, spent) = (std::mem::take(&mut self.work), std::mem::take(&mut self.spent));
        self.worker.outside.observer.event(Event::Advanced { dim, starts: work });
        let timings = Timings { descent_s: spent.processor_s, ..Timings::default() };
        self.worker.report(self.site, Vec::new(), timings, spent.wall_s)
    }
}

/// Ends the board if its thread panics: others would wait for what it had in hand.
struct Guard<'a, 'b>(&'b Board<'a>);

impl Drop for Guard<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.end();
        }
    }
}

impl<'a> Worker<'a, '_> {
    fn work(&self) {
        let _guard = Guard(self.board);
        while let Some(job) = self.board.next() {
            if self.carry_out(job).is_err() {
                self.board.end();
            }
        }
    }

    fn go_on(&self) -> Outcome {
        if self.outside.stop.requested().is_some() { Err(Ended) } else { Ok(()) }
    }

    fn carry_out(&self, job: Job<'a>) -> Outcome {
        self.go_on()?;
        match job {
            Job::Draw(site, chunks) => {
                self.outside.begun(site.job.key.layout.dim as u32);
                let mut meter = Meter::start();
                if site.draw(chunks) {
                    self.board.drawn(&site);
                }
                let drawing = meter.lap();
                let spent = Timings { draw_s: drawing.processor_s, ..Timings::default() };
                self.report(&site, Vec::new(), spent, drawing.wall_s)
            }
            Job::Descend(site) => {
                self.descend(&site)?;
                self.board.landed(&site);
                Ok(())
            }
            Job::Finish(site, round) => {
                let task = Task::of(&site);
                let mut meter = Meter::start();
                let space = &mut *self.space.borrow_mut();
                let (polished, others) = round.carry_out(&task, space);
                let polishing = meter.lap();
                let results: Vec<_> = polished
                    .into_iter()
                    .map(|polished| {
                        let (result, matrix) = task.result(polished, &mut space.factor);
                        space.spare.extend(matrix);
                        result
                    })
                    .collect();
                let counting = meter.lap();
                let ended = results.len();
                let (polish_s, index_s) = (polishing.processor_s, counting.processor_s);
                let spent = Timings { polish_s, index_s, ..Timings::default() };
                self.report(&site, results, spent, polishing.wall_s + counting.wall_s)?;
                self.board.returned(site, others, ended);
                Ok(())
            }
        }
    }

    /// Descends from starts of one surface until it has no more, with worthwhile rounds of any surface in between.
    fn descend(&self, site: &Arc<Site<'a>>) -> Outcome {
        let mut log = Log::new(self, site);
        let task = Task::of(site);
        let mut way = task.driver().map_err(|error| self.outside.failed(error))?;
        let mut more = true;
        loop {
            self.go_on()?;
            let wanted = way.wanted();
            if more && wanted > 0 {
                let ids = self.board.take_starts(site, wanted);
                more = !ids.is_empty();
                if more {
                    way.take_on(&task.inputs(), &ids).map_err(|error| self.outside.failed(error))?;
                }
            }
            if way.is_idle() {
                break;
            }
            let work = way.work_per_step();
            let ended = way.advance().map_err(|error| self.outside.failed(error))?;
            log.step(work)?;
            if !ended.is_empty() {
                self.board.came_down(site, ended);
                // A thread that has landed takes its leave first: it would keep the surface in memory.
                while self.board.shares_rounds() && (more || !way.is_idle()) {
                    let Some(round) = self.board.worthwhile() else { break };
                    log.without(|| self.carry_out(round))?;
                }
            }
        }
        log.tell()
    }

    fn report(&self, site: &Site, starts: Vec<StartResult>, spent: Timings, wall_s: f64) -> Outcome {
        let key = site.job.key;
        let (dim, instance) = (key.layout.dim as u32, key.instance as u32);
        self.sender.send(Report { dim, instance, starts, spent, wall_s }).map_err(|_| Ended)
    }
}
