//! One surface of a run: what is done on it, its tensors once they are drawn, and some starts on it alone.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::board::{Board, Overlap, Planned};
use super::crew::{Outside, work_on};
use super::events::{Event, Observer, Stop};
use super::record::{StartResult, Timings};
use crate::Result;
use crate::descent::{Carrier, Protocol};
use crate::hamiltonian::{CHUNKS, Part, Recipe, Surface, SurfaceKey, SymmetricTensor};

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

/// Passes on progress alone.
struct Advanced<'a>(&'a (dyn Fn(f64) + Sync));

impl Observer for Advanced<'_> {
    fn event(&self, event: Event) {
        if let Event::Advanced { starts, .. } = event {
            (self.0)(starts);
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
        let board =
            Board::new(*self, planned, Overlap { surfaces: 1, bytes: u64::MAX }, pool.current_num_threads());
        let observer = Advanced(listener.advanced);
        let outside = Outside::new(&observer, listener.stop);
        let mut timings = Timings::default();
        work_on(pool, &board, &outside, |reports| {
            reports.iter().try_for_each(|report| {
                timings += report.spent;
                report.starts.into_iter().try_for_each(&mut listener.result)
            })
        })?;
        Ok(timings)
    }
}

/// A surface at hand: drawn part by part by whoever has time, then read by all.
pub(super) struct Site<'a> {
    pub job: SurfaceJob<'a>,
    recipe: OnceLock<Recipe<'a>>,
    parts: Mutex<Vec<Part>>,
    missing: AtomicUsize,
    surface: OnceLock<Surface>,
}

impl<'a> Site<'a> {
    pub fn new(job: SurfaceJob<'a>) -> Self {
        Self {
            job,
            recipe: OnceLock::new(),
            parts: Mutex::new(vec![Part::new(); CHUNKS]),
            missing: AtomicUsize::new(CHUNKS),
            surface: OnceLock::new(),
        }
    }

    /// Draws these chunks; `true` once the surface is whole.
    pub fn draw(&self, chunks: Range<usize>) -> bool {
        let samples = self.job.protocol.samples as usize;
        let recipe = self.recipe.get_or_init(|| match self.job.couplings {
            Some(couplings) => Recipe::given(self.job.key, couplings, samples),
            None => Recipe::random(self.job.key, samples),
        });
        let made = chunks.len();
        for chunk in chunks {
            let part = recipe.part(chunk);
            self.parts.lock().unwrap_or_else(PoisonError::into_inner)[chunk] = part;
        }
        if self.missing.fetch_sub(made, Ordering::AcqRel) > made {
            return false;
        }
        let parts = std::mem::take(&mut *self.parts.lock().unwrap_or_else(PoisonError::into_inner));
        self.surface.set(recipe.assemble(parts)).is_ok()
    }

    /// The surface.
    ///
    /// # Panics
    /// If it is not whole yet: the board sends nobody there before.
    pub fn surface(&self) -> &Surface {
        self.surface.get().expect("nobody works on a surface that is not drawn")
    }
}
