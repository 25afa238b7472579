//! The contraction that everything stands on: energies and gradients of many points at once.
//!
//! Points lie along the lanes of vector registers; entries of the tensor are broadcast. The sums of each lane run
//! in one fixed order with fused multiply–adds, so a point's bits depend on its own data only: not on its lane,
//! its neighbours, or the instruction set.

#[cfg(target_arch = "x86_64")]
mod columns;
mod contraction;
mod groups;
mod limit;
pub(super) mod memory;
pub mod panel;
mod scalar;
mod stored;
#[cfg(target_arch = "x86_64")]
mod vector;

pub use crate::numeric::isa::Isa;
pub use contraction::{Contraction, Sum};
pub use groups::{contract_grouped, hessians_grouped};
pub use limit::fma_burst;
pub use stored::{Kernel, Stored};

use super::layout::CHUNKS;
use super::tensor::SymmetricTensor;
use crate::numeric::lanes::PointLanes;

/// Energy `L = Λ^{−(H−1)/2} Σ c · w⋯w`, Euclidean gradient ∇L and radial slope of every active lane.
///
/// Costs two flops per stored value and lane: (2/3)Λ³ at H = 3.
///
/// # Panics
/// If the dimensions of tensor, points and output differ, the tensor is a share, or the machine lacks the instruction
/// set.
pub fn contract<T: Kernel, A: Stored<T>>(
    isa: Isa,
    tensor: &SymmetricTensor<A>,
    points: &PointLanes<T>,
    out: &mut Contraction<T>,
) {
    assert!(tensor.is_whole(), "some of its chunks are elsewhere");
    let sum = Sum { chunks: 0..CHUNKS, scale: T::from_f64(tensor.layout().scale()) };
    sum_chunks(isa, tensor, points, &sum, out);
    out.set_radial_slopes(tensor.layout(), T::LANES);
    #[cfg(feature = "sabotage")]
    leak_a_lane(points, out);
}

/// Energies and gradients over some chunks: sums of the chunks' sums, in order, from 0.
///
/// # Panics
/// If the dimensions of tensor, points and output differ, a chunk is not held, or the machine lacks the instruction set.
pub fn sum_chunks<T: Kernel, A: Stored<T>>(
    isa: Isa,
    tensor: &SymmetricTensor<A>,
    points: &PointLanes<T>,
    sum: &Sum<T>,
    out: &mut Contraction<T>,
) {
    let dim = tensor.layout().dim;
    assert!(points.dim() == dim && out.gradient.len() == dim, "dimensions differ");
    assert!(isa.is_available(), "this machine has no {}", isa.name());
    match isa {
        // SAFETY: availability was checked just above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { contract_avx512(tensor, points, out, sum) },
        // SAFETY: availability was checked just above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { contract_avx2(tensor, points, out, sum) },
        _ => scalar::contract(tensor, points, out, sum),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn contract_avx512<T: Kernel, A: Stored<T>>(
    tensor: &SymmetricTensor<A>,
    points: &PointLanes<T>,
    out: &mut Contraction<T>,
    sum: &Sum<T>,
) {
    // SAFETY: this function's own target feature.
    unsafe { vector::contract::<T::Avx512, A>(tensor, points, out, sum) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn contract_avx2<T: Kernel, A: Stored<T>>(
    tensor: &SymmetricTensor<A>,
    points: &PointLanes<T>,
    out: &mut Contraction<T>,
    sum: &Sum<T>,
) {
    // SAFETY: this function's own target features.
    unsafe { vector::contract::<T::Avx2, A>(tensor, points, out, sum) }
}

/// Plain code that [`compiled_for`] compiles for each instruction set.
pub trait Work {
    /// What it gives.
    type Output;

    /// Does it. To be marked `#[inline(always)]`, and all that it calls too: what is not inlined, as a large closure is not,
    /// stays compiled for every machine.
    fn carry_out(self) -> Self::Output;
}

/// Does work that is compiled for an instruction set: the same operations in wider registers, so the same bits.
///
/// # Panics
/// If the machine lacks the instruction set.
#[inline]
pub fn compiled_for<W: Work>(isa: Isa, work: W) -> W::Output {
    assert!(isa.is_available(), "this machine has no {}", isa.name());
    match isa {
        // SAFETY: availability was checked just above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { compiled_for_avx512(work) },
        // SAFETY: availability was checked just above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { compiled_for_avx2(work) },
        _ => work.carry_out(),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn compiled_for_avx512<W: Work>(work: W) -> W::Output {
    work.carry_out()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn compiled_for_avx2<W: Work>(work: W) -> W::Output {
    work.carry_out()
}

/// Sabotage `lane-unmasked`: what lies in the lane beyond the active ones enters the last of them.
#[cfg(feature = "sabotage")]
fn leak_a_lane<T: Kernel>(points: &PointLanes<T>, out: &mut Contraction<T>) {
    let beyond = points.active;
    if sabotage!("lane-unmasked", false, (1..T::LANES).contains(&beyond)) {
        for (row, w) in out.gradient.iter_mut().zip(&points.rows) {
            let leaked = T::from_f64(1e-6) * (w.as_ref()[beyond] + T::from_f64(1.0));
            row.as_mut()[beyond - 1] += leaked;
        }
    }
}
