//! Threads that work off a board, and the way what they find takes to one that collects it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::board::{Board, Job};
use super::events::{Event, Observer, Stop};
use super::record::{StartResult, Timings};
use super::surface::Site;
use super::worker::{Task, Way};
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
    pub spent: Timings,
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
    descent_s: f64,
    last: Instant,
}

impl Log<'_, '_, '_> {
    /// Notes a step that began then; returns when it ended.
    fn step(&mut self, work: f64, begin: Instant) -> std::result::Result<Instant, Ended> {
        let now = Instant::now();
        self.work += work;
        self.descent_s += (now - begin).as_secs_f64();
        if now - self.last >= BREATH {
            self.last = now;
            self.tell()?;
        }
        Ok(now)
    }

    fn tell(&mut self) -> Outcome {
        let dim = self.site.job.key.layout.dim as u32;
        let (work, descent_s) = (std::mem::take(&mut self.work), std::mem::take(&mut self.descent_s));
        self.worker.outside.observer.event(Event::Advanced { dim, starts: work });
        self.worker.report(self.site, Vec::new(), Timings { descent_s, ..Timings::default() })
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
                let begin = Instant::now();
                if site.draw(chunks) {
                    self.board.drawn(&site);
                }
                let spent = Timings { draw_s: begin.elapsed().as_secs_f64(), ..Timings::default() };
                self.report(&site, Vec::new(), spent)
            }
            Job::Descend(site) => {
                self.descend(&site)?;
                self.board.landed(&site);
                Ok(())
            }
            Job::Finish(site, round) => {
                let task = Task::of(&site);
                let begin = Instant::now();
                let space = &mut *self.space.borrow_mut();
                let (polished, others) = round.carry_out(&task, space);
                let polish_s = begin.elapsed().as_secs_f64();
                let begin = Instant::now();
                let results: Vec<_> = polished
                    .into_iter()
                    .map(|polished| {
                        let (result, matrix) = task.result(polished, &mut space.factor);
                        space.spare.extend(matrix);
                        result
                    })
                    .collect();
                let index_s = begin.elapsed().as_secs_f64();
                let ended = results.len();
                self.report(&site, results, Timings { polish_s, index_s, ..Timings::default() })?;
                self.board.returned(site, others, ended);
                Ok(())
            }
        }
    }

    /// Descends from starts of one surface until it has no more, with worthwhile rounds of any surface in between.
    fn descend(&self, site: &Arc<Site<'a>>) -> Outcome {
        let mut begin = Instant::now();
        let task = Task::of(site);
        let mut way = Way::of(&task).map_err(|error| self.outside.failed(error))?;
        let mut more = true;
        let mut log = Log { worker: self, site, work: 0.0, descent_s: 0.0, last: Instant::now() };
        loop {
            self.go_on()?;
            let wanted = way.wanted();
            if more && wanted > 0 {
                let ids = self.board.take_starts(site, wanted);
                more = !ids.is_empty();
                if more {
                    way.take_on(&task, ids).map_err(|error| self.outside.failed(error))?;
                }
            }
            if way.is_idle() {
                break;
            }
            let work = way.work_per_step();
            let ended = way.advance().map_err(|error| self.outside.failed(error))?;
            begin = log.step(work, begin)?;
            if !ended.is_empty() {
                self.board.came_down(site, ended);
                // A thread that has landed takes its leave first: it would keep the surface in memory.
                while self.board.shares_rounds() && (more || !way.is_idle()) {
                    let Some(round) = self.board.worthwhile() else { break };
                    self.carry_out(round)?;
                }
                begin = Instant::now();
            }
        }
        log.tell()
    }

    fn report(&self, site: &Site, starts: Vec<StartResult>, spent: Timings) -> Outcome {
        let key = site.job.key;
        let (dim, instance) = (key.layout.dim as u32, key.instance as u32);
        self.sender.send(Report { dim, instance, starts, spent }).map_err(|_| Ended)
    }
}
