//! All asked-for starts of one surface, on a pool of threads. The only place that maps work onto threads.

use std::sync::{Mutex, mpsc};
use std::time::Instant;

use rayon::prelude::*;

use super::events::Stop;
use super::record::{StartResult, Timings};
use super::worker::{Exchange, Task, work};
use crate::Result;
use crate::descent::{Carrier, Protocol};
use crate::hamiltonian::{Surface, SurfaceKey, SymmetricTensor};

/// A surface and what to do on it.
#[derive(Debug, Clone, Copy)]
pub struct SurfaceJob<'a> {
    /// Which surface; its seed and instance also key the starting points.
    pub key: SurfaceKey,
    /// The user's couplings in place of random ones.
    pub couplings: Option<&'a SymmetricTensor<f64>>,
    /// Constants of the descent.
    pub protocol: Protocol,
    /// How it is carried out.
    pub carrier: Carrier,
    /// Whether paths are recorded.
    pub traced: bool,
}

/// Where results and progress of a surface go.
pub struct Listener<'a> {
    /// Takes each start as it ends, in no particular order.
    pub result: &'a mut dyn FnMut(StartResult) -> Result<()>,
    /// Takes progress in starts' worth of work; called from all threads.
    pub advanced: &'a (dyn Fn(f64) + Sync),
    /// A request to stop.
    pub stop: &'a Stop,
}

impl SurfaceJob<'_> {
    /// Draws the surface, chunk by chunk on the pool's threads.
    pub fn surface(&self, pool: &rayon::ThreadPool) -> Surface {
        let map = |n: usize, job: &(dyn Fn(usize) -> Vec<Vec<f32>> + Sync)| {
            pool.install(|| (0..n).into_par_iter().map(job).collect())
        };
        let samples = self.protocol.samples as usize;
        match self.couplings {
            Some(couplings) => Surface::given(&self.key, couplings, samples, &map),
            None => Surface::draw(&self.key, samples, &map),
        }
    }

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
        let begin = Instant::now();
        let surface = self.surface(pool);
        let threads = pool.current_num_threads();
        let draw_s = begin.elapsed().as_secs_f64() * threads as f64;
        let mut timings = Timings { draw_s, ..Timings::default() };
        let task = Task {
            surface: &surface,
            key: self.key,
            protocol: self.protocol,
            carrier: self.carrier,
            traced: self.traced,
        };
        let queue = Mutex::new(starts.into_iter());
        // The last starts are dealt out evenly, so that no thread is left with a whole batch of its own.
        let take = |wanted: usize| {
            let mut queue = queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let share = queue.len().div_ceil(threads).min(wanted);
            queue.by_ref().take(share).collect::<Vec<_>>()
        };
        let (sender, receiver) = mpsc::channel();
        let (spent_sender, spent) = mpsc::channel();
        let outcome = pool.in_place_scope(|scope| {
            for _ in 0..threads {
                let (sender, spent_sender, task, take) = (sender.clone(), spent_sender.clone(), &task, &take);
                let (advanced, stop) = (listener.advanced, listener.stop);
                scope.spawn(move |_| {
                    let give = |result| sender.send(result).is_ok();
                    let spent = work(task, &Exchange { take, give: &give, advanced, stop });
                    // Nobody waits for timings of a run that failed.
                    let _ = spent_sender.send(spent);
                });
            }
            drop((sender, spent_sender));
            let stored = receiver.iter().try_for_each(|result| (listener.result)(result));
            // Workers stop at their next result once nobody listens.
            drop(receiver);
            stored
        });
        outcome?;
        spent.iter().for_each(|spent| timings += spent);
        Ok(timings)
    }
}
