//! Some starts on one surface alone.

use super::scheduler::{Overlap, Planned, Scheduler};
use super::shared_surface::SurfaceJob;
use super::workers::{WorkContext, work_on};
use crate::Result;
use crate::studies::surfaces::record::{StartResult, Timings};
use crate::study::{Event, Observer, Stop};

/// Where results and progress of a surface go.
pub struct Listener<'a> {
    /// Takes each start as it ends, in no particular order.
    pub result: &'a mut dyn FnMut(StartResult) -> Result<()>,
    /// Takes progress in starts' worth of work; called from all threads.
    pub advanced: &'a (dyn Fn(f64) + Sync),
    /// A request to stop.
    pub stop: &'a Stop,
}

/// Passes on progress alone.
struct Advanced<'a>(&'a (dyn Fn(f64) + Sync));

impl Observer for Advanced<'_> {
    fn event(&self, event: Event) {
        if let Event::Advanced { items, .. } = event {
            (self.0)(items);
        }
    }
}

impl SurfaceJob<'_> {
    /// Runs the given starts; returns the seconds spent by all threads together.
    ///
    /// # Errors
    /// What the listener's `result` returns. A stop is no error: the starts that had ended were handed over.
    pub fn run(
        &self,
        pool: &rayon::ThreadPool,
        starts: Vec<u32>,
        listener: &mut Listener,
    ) -> Result<Timings> {
        let starts = starts.into_iter().map(|start| start..start + 1).collect();
        let planned = vec![Planned { key: self.key, starts }];
        let overlap = Overlap { surfaces: 1, bytes: u64::MAX };
        let scheduler = Scheduler::new(*self, planned, overlap, pool.current_num_threads());
        let observer = Advanced(listener.advanced);
        let context = WorkContext::new(&observer, listener.stop);
        let mut timings = Timings::default();
        work_on(pool, &scheduler, &context, |reports| {
            reports.iter().try_for_each(|report| {
                timings += report.spent;
                report.starts.into_iter().try_for_each(&mut listener.result)
            })
        })?;
        Ok(timings)
    }
}
