//! Threads that carry out the jobs of a scheduler, and report to the one that collects the results.

use std::cell::RefCell;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::scheduler::{Scheduler, WorkerTask};
use super::shared_surface::SharedSurface;
use super::task::Task;
use crate::descent::PolishSpace;
use crate::studies::surfaces::record::{StartResult, Timings};
use crate::study::clock::{Lap, Meter};
use crate::study::{Event, Observer, Stop};
use crate::{Error, Result};

/// Reports that may wait to be collected: a store that is slower for long holds up the workers.
const BACKLOG: usize = 1024;
/// Time between two reports of progress and time spent.
const REPORT_INTERVAL: Duration = Duration::from_millis(100);

/// What a thread has found and spent on a surface since its last report.
pub(super) struct WorkerReport {
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

/// Who is told of progress, and who may ask for a stop.
pub(super) struct WorkContext<'a> {
    observer: &'a dyn Observer,
    stop: &'a Stop,
    /// What a device refused; ends the work.
    failure: Mutex<Option<Error>>,
}

impl<'a> WorkContext<'a> {
    pub fn new(observer: &'a dyn Observer, stop: &'a Stop) -> Self {
        Self { observer, stop, failure: Mutex::default() }
    }

    fn failed(&self, error: Error) -> Ended {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        Ended
    }

    /// So much work was done on a size.
    fn advanced(&self, dim: u32, starts: f64) {
        self.observer.event(Event::Advanced { size: dim, items: starts });
    }
}

/// Carries out the jobs of a scheduler on all threads of a pool while this thread collects; ends early if `collect` fails.
///
/// # Errors
/// What `collect` returns; what a device refused.
pub(super) fn work_on(
    pool: &rayon::ThreadPool,
    scheduler: &Scheduler,
    context: &WorkContext,
    collect: impl FnOnce(Receiver<WorkerReport>) -> Result<()>,
) -> Result<()> {
    let (sender, receiver) = sync_channel(BACKLOG);
    let collected = pool.in_place_scope(|scope| {
        for _ in 0..pool.current_num_threads() {
            let sender = sender.clone();
            scope.spawn(move |_| Worker { scheduler, context, sender, space: RefCell::default() }.work());
        }
        drop(sender);
        // Workers stop at their next report once nobody listens.
        collect(receiver)
    });
    let failure = context.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
    failure.map_or(collected, Err)
}

struct Worker<'a, 'b> {
    scheduler: &'b Scheduler<'a>,
    context: &'b WorkContext<'b>,
    sender: SyncSender<WorkerReport>,
    space: RefCell<PolishSpace>,
}

/// Nobody listens any more, or a stop is asked for.
struct Ended;

type Outcome = std::result::Result<(), Ended>;

/// Progress and time of a thread's descents, told now and then: at small sizes a step takes microseconds.
struct Log<'a, 'b, 'c> {
    worker: &'c Worker<'a, 'b>,
    surface: &'c SharedSurface<'a>,
    work: f64,
    meter: Meter,
    spent: Lap,
    last: Instant,
}

impl<'a, 'b, 'c> Log<'a, 'b, 'c> {
    fn new(worker: &'c Worker<'a, 'b>, surface: &'c SharedSurface<'a>) -> Self {
        let (meter, spent) = (Meter::start(), Lap::default());
        Self { worker, surface, work: 0.0, meter, spent, last: Instant::now() }
    }

    /// Notes a step.
    fn step(&mut self, work: f64) -> Outcome {
        self.work += work;
        let now = Instant::now();
        if now - self.last >= REPORT_INTERVAL {
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
        let dim = self.surface.job.key.layout.dim as u32;
        let (work, spent) = (std::mem::take(&mut self.work), std::mem::take(&mut self.spent));
        self.worker.context.advanced(dim, work);
        let timings = Timings { descent_s: spent.processor_s, ..Timings::default() };
        self.worker.report(self.surface, Vec::new(), timings, spent.wall_s)
    }
}

/// Ends all work if its thread panics: others would wait for its job.
struct Guard<'a, 'b>(&'b Scheduler<'a>);

impl Drop for Guard<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.end();
        }
    }
}

impl<'a> Worker<'a, '_> {
    fn work(&self) {
        let _guard = Guard(self.scheduler);
        while let Some(job) = self.scheduler.next() {
            if self.carry_out(job).is_err() {
                self.scheduler.end();
            }
        }
    }

    fn go_on(&self) -> Outcome {
        if self.context.stop.requested().is_some() { Err(Ended) } else { Ok(()) }
    }

    fn carry_out(&self, job: WorkerTask<'a>) -> Outcome {
        self.go_on()?;
        match job {
            WorkerTask::Draw(surface, chunks) => {
                self.context.advanced(surface.job.key.layout.dim as u32, 0.0);
                let mut meter = Meter::start();
                if surface.draw(chunks) {
                    self.scheduler.drawn(&surface);
                }
                let drawing = meter.lap();
                let spent = Timings { draw_s: drawing.processor_s, ..Timings::default() };
                self.report(&surface, Vec::new(), spent, drawing.wall_s)
            }
            WorkerTask::Descend(surface) => {
                self.descend(&surface)?;
                self.scheduler.descent_ended(&surface);
                Ok(())
            }
            WorkerTask::Refine(surface, batch) => {
                let task = Task::of(&surface);
                let mut meter = Meter::start();
                let space = &mut *self.space.borrow_mut();
                let (polished, others) = batch.carry_out(&task, space);
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
                self.report(&surface, results, spent, polishing.wall_s + counting.wall_s)?;
                self.scheduler.batch_ended(surface, others, ended);
                Ok(())
            }
        }
    }

    /// Descends from starts of one surface until it has no more, with batches of any surface in between.
    fn descend(&self, surface: &Arc<SharedSurface<'a>>) -> Outcome {
        let mut log = Log::new(self, surface);
        let task = Task::of(surface);
        let mut driver = task.driver().map_err(|error| self.context.failed(error))?;
        let mut more = true;
        loop {
            self.go_on()?;
            let wanted = driver.wanted();
            if more && wanted > 0 {
                let ids = self.scheduler.take_starts(surface, wanted);
                more = !ids.is_empty();
                if more {
                    driver.take_on(&task.inputs(), &ids).map_err(|error| self.context.failed(error))?;
                }
            }
            if driver.is_idle() {
                break;
            }
            let work = driver.work_per_step();
            let ended = driver.advance().map_err(|error| self.context.failed(error))?;
            log.step(work)?;
            if !ended.is_empty() {
                self.scheduler.add_descended(surface, ended);
                // A thread whose descent is over leaves it first: it would keep the surface in memory.
                while self.scheduler.refines_while_descending() && (more || !driver.is_idle()) {
                    let Some(batch) = self.scheduler.worthwhile_batch() else { break };
                    log.without(|| self.carry_out(batch))?;
                }
            }
        }
        log.tell()
    }

    fn report(
        &self,
        surface: &SharedSurface,
        starts: Vec<StartResult>,
        spent: Timings,
        wall_s: f64,
    ) -> Outcome {
        let key = surface.job.key;
        let (dim, instance) = (key.layout.dim as u32, key.instance as u32);
        self.sender.send(WorkerReport { dim, instance, starts, spent, wall_s }).map_err(|_| Ended)
    }
}
