//! What a method of descent is, and what it does while it is at work.

use super::constants::{Constants, DeviceClass};
use super::start::{Descended, StartInputs};
use crate::Result;

/// Which critical points are sought from where a method leaves a start, and so what takes over there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sought {
    /// Minima, by the polish.
    Minima,
    /// Critical points of any index, by the saddle search.
    AnyIndex,
}

/// A method of descent with its constants: all that is known of it before it is at work.
pub trait Method {
    /// The constants by their keys.
    fn constants(&self) -> Constants;

    /// Refuses constants that are out of range.
    ///
    /// # Errors
    /// [`Error::BadInput`](crate::Error::BadInput) naming the first key whose value is not allowed.
    fn check(&self) -> Result<()>;

    /// What is sought from where it leaves a start.
    fn sought(&self) -> Sought {
        Sought::Minima
    }

    /// Number of sample tensors that it steps through.
    fn samples(&self) -> u32 {
        0
    }

    /// Steps that every start takes, before those that end once the gradient is small.
    fn first_steps(&self) -> u64 {
        0
    }

    /// Most steps along the full gradient after those.
    fn full_steps(&self) -> u32;

    /// Power of Λ with which the mean number of those grows; for forecasts only.
    fn growth_of_steps(&self) -> f64 {
        1.0
    }

    /// Points that every start under way holds beside its own, in single precision.
    fn points_held(&self) -> u64 {
        0
    }

    /// What descends.
    fn device(&self) -> DeviceClass {
        DeviceClass::Cpu
    }

    /// Largest Λ of a preset: larger ones cost too much unless they are asked for.
    fn largest_preset_dim(&self) -> u32 {
        u32::MAX
    }

    /// The method in a line, under this name; `number` writes a number.
    fn describe(&self, name: &str, number: &dyn Fn(f64) -> String) -> String;
}

/// A method at work on one surface, on many starts at once: call [`Self::advance`] until it is idle, with new starts
/// taken on in between.
///
/// What comes of a start depends on its own inputs only.
pub trait Driver {
    /// How many more starts would fill the lanes; 0 while none can be taken on.
    fn wanted(&self) -> usize;

    /// Whether nothing is under way.
    fn is_idle(&self) -> bool;

    /// Takes on the starts of these numbers; only when [`Self::wanted`] is positive.
    ///
    /// # Errors
    /// Those of a device.
    fn take_on(&mut self, inputs: &StartInputs, ids: &[u32]) -> Result<()>;

    /// One step, or some, of the starts under way; returns those that ended.
    ///
    /// # Errors
    /// Those of a device.
    fn advance(&mut self) -> Result<Vec<Descended>>;

    /// Share of a start's most steps that the next call of [`Self::advance`] is, summed over starts; for progress only.
    fn work_per_step(&self) -> f64;
}
