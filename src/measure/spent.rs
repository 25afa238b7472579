//! What measurements count, and the time it took.

use crate::hamiltonian::Layout;
use crate::study::clock::{Lap, Meter};

named! {
    /// A floating-point format, by its name in tables.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Precision {
        /// Single.
        F32 = "f32",
        /// Double.
        F64 = "f64",
    }
}

/// Work done, and the time it took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    /// Flops, or what else is counted.
    pub flops: f64,
    pub lap: Lap,
}

impl Spent {
    /// Adds what this does; it returns its flops.
    pub fn time(&mut self, work: impl FnOnce() -> f64) {
        let mut meter = Meter::start();
        self.flops += work();
        self.lap += meter.lap();
    }

    pub fn seconds(&self) -> f64 {
        self.lap.wall_s.max(1e-9)
    }

    pub fn gflops(&self) -> f64 {
        1e-9 * self.flops / self.seconds()
    }

    /// By the processor's clock: others who take turns on it do not count.
    pub fn giga_per_processor_s(&self) -> f64 {
        1e-9 * self.flops / self.lap.processor_s.max(1e-9)
    }
}

/// Leading term of the flops of an energy with its gradient, 4Λ^H/H!.
pub fn useful_flops(layout: Layout) -> f64 {
    (1..=layout.spins).fold(4.0, |flops, j| flops * layout.dim as f64 / j as f64)
}
