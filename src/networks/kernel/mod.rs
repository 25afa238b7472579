//! One step of gradient descent of sixteen networks on one mini-batch: the kernel that training stands on.
//!
//! Networks lie along the lanes of vector registers. Inputs are broadcast where the sixteen see the same examples, and have
//! a lane for each network where each sees its own. All five products (into and out of the hidden layer, back through it, and the two outer products of the
//! gradient) are sums of 5 × 5 tiles of registers, each an ordered chain of fused multiply–adds; gradients go from
//! registers into the weights and never to memory. So a network's bits depend on its own weights and the examples only:
//! not on its lane, its neighbours, or the instruction set.

mod batch;
pub(super) mod lanes;
mod scalar;
mod softmax;
mod space;
#[cfg(target_arch = "x86_64")]
mod vector;

pub use batch::{Batch, Own};
pub use lanes::{Lanes, TILE};
pub use space::Workspace;

use super::group::{NetworkGroup, padded};
use crate::numeric::isa::Isa;
use space::Sizes;

/// Moves all weights by −`rate` × the gradient of the *sum* over the mini-batch of the softmax cross-entropy.
///
/// Useful flops: `(4n₀ + 6n₂) n₁` per network and example.
///
/// # Panics
/// If group, mini-batch and space do not fit each other, or the machine lacks the instruction set.
pub fn step(isa: Isa, group: &mut NetworkGroup, batch: &Batch, rate: f32, space: &mut Workspace) {
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
fn step_avx512(sizes: &Sizes, group: &mut NetworkGroup, batch: &Batch, rate: f32, space: &mut Workspace) {
    // SAFETY: this function's own target feature.
    unsafe { vector::step::<crate::numeric::simd::Avx512F32>(sizes, group, batch, rate, space) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn step_avx2(sizes: &Sizes, group: &mut NetworkGroup, batch: &Batch, rate: f32, space: &mut Workspace) {
    // SAFETY: this function's own target features.
    unsafe { vector::step::<crate::numeric::simd::Avx2F32>(sizes, group, batch, rate, space) }
}
