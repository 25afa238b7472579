//! One step of gradient descent of sixteen networks on one mini-batch: the kernel that training stands on.
//!
//! Networks lie along the lanes of vector registers. Inputs are broadcast where the sixteen see the same examples, and have
//! a lane for each network where each sees its own. All five products (into and out of the hidden layer, back through it, and the two outer products of the
//! gradient) are sums of 5 × 5 tiles of registers, each an ordered chain of fused multiply–adds; gradients go from
//! registers into the weights and never to memory. So a network's bits depend on its own weights and the examples only:
//! not on its lane, its neighbours, or the instruction set.

mod batch;
mod scalar;
mod softmax;
#[cfg(target_arch = "x86_64")]
mod vector;

pub use batch::{Batch, Own};

use super::group::{Group, padded};
use super::shape::Shape;
use crate::numeric::isa::Isa;

/// Units, examples, inputs or outputs along an edge of a tile: 25 sums, 5 factors and a broadcast fill the 32 registers
/// of AVX-512, and 5 divides 100 inputs, 10 outputs and all the paper's layers.
pub const TILE: usize = 5;

/// One value for each of sixteen networks.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub struct Lanes(pub [f32; Self::WIDTH]);

impl Lanes {
    /// Networks to a row.
    pub const WIDTH: usize = 16;
    /// Zeros.
    pub const ZERO: Self = Self([0.0; Self::WIDTH]);
}

/// The space a step is worked out in.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Activities \[hidden\]\[example\], padded.
    active: Vec<Lanes>,
    /// Outputs \[example\]\[output\], padded; then their probabilities less the labels.
    outputs: Vec<Lanes>,
    /// What flows back into one tile of hidden units, \[unit\]\[example\].
    back: Vec<Lanes>,
}

impl Workspace {
    /// Space for mini-batches of up to `examples`.
    pub fn new(shape: &Shape, examples: usize) -> Self {
        let (padded, examples) = (padded(shape), examples.next_multiple_of(TILE));
        Self {
            active: vec![Lanes::ZERO; padded.hidden * examples],
            outputs: vec![Lanes::ZERO; examples * padded.outputs],
            back: vec![Lanes::ZERO; TILE * examples],
        }
    }
}

/// Sizes of a step, padded to tiles where not said otherwise.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    inputs: usize,
    hidden: usize,
    outputs: usize,
    /// Outputs that are classes.
    classes: usize,
    examples: usize,
    /// Examples that are in the mini-batch.
    count: usize,
}

/// Moves all weights by −`rate` × the gradient of the *sum* over the mini-batch of the softmax cross-entropy.
///
/// Useful flops: `(4n₀ + 6n₂) n₁` per network and example.
///
/// # Panics
/// If group, mini-batch and space do not fit each other, or the machine lacks the instruction set.
pub fn step(isa: Isa, group: &mut Group, batch: &Batch, rate: f32, space: &mut Workspace) {
    assert!(isa.is_available(), "this machine has no {}", isa.name());
    let (shape, padded) = (group.shape(), padded(&group.shape()));
    let sizes = Sizes {
        inputs: padded.inputs,
        hidden: padded.hidden,
        outputs: padded.outputs,
        classes: shape.outputs,
        examples: batch.count().next_multiple_of(TILE),
        count: batch.count(),
    };
    assert!(batch.inputs() == sizes.inputs, "inputs do not fit");
    assert!(batch.has_labels_below(sizes.classes), "labels do not fit");
    assert!(space.active.len() >= sizes.hidden * sizes.examples, "hidden units or examples do not fit");
    assert!(space.outputs.len() >= sizes.examples * sizes.outputs, "outputs do not fit");
    assert!(space.back.len() >= TILE * sizes.examples, "examples do not fit");
    let outputs = &mut space.outputs[..sizes.examples * sizes.outputs];
    outputs.fill(Lanes::ZERO);
    match isa {
        // SAFETY: availability was checked just above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { step_avx512(&sizes, group, batch, rate, space) },
        // SAFETY: availability was checked just above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { step_avx2(&sizes, group, batch, rate, space) },
        _ => scalar::step(&sizes, group, batch, rate, space),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
fn step_avx512(sizes: &Sizes, group: &mut Group, batch: &Batch, rate: f32, space: &mut Workspace) {
    // SAFETY: this function's own target feature.
    unsafe { vector::step::<crate::numeric::simd::Avx512F32>(sizes, group, batch, rate, space) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn step_avx2(sizes: &Sizes, group: &mut Group, batch: &Batch, rate: f32, space: &mut Workspace) {
    // SAFETY: this function's own target features.
    unsafe { vector::step::<crate::numeric::simd::Avx2F32>(sizes, group, batch, rate, space) }
}
