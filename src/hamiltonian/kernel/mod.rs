//! The contraction that everything stands on: energies and gradients of many points at once.
//!
//! Points lie along the lanes of vector registers; entries of the tensor are broadcast. The sums of each lane run
//! in one fixed order with fused multiply–adds, so a point's bits depend on its own data only: not on its lane,
//! its neighbours, or the instruction set.

#[cfg(target_arch = "x86_64")]
mod columns;
mod limit;
pub(super) mod memory;
pub mod panel;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod vector;

pub use crate::numeric::isa::Isa;
pub use limit::fma_burst;

use std::ops::Range;

use super::layout::{CHUNKS, PANEL_ROWS};
use super::tensor::SymmetricTensor;
use crate::numeric::lanes::{Block, Real};
#[cfg(target_arch = "x86_64")]
use crate::numeric::simd;

/// Columns of a panel that the scratch space has room for at least.
const SCRATCH_COLUMNS: usize = 16;
/// Elements that its aligned part may begin after.
const SCRATCH_SLACK: usize = 16;

/// The part of the space that begins at a cache line.
fn aligned<T>(space: &mut [T]) -> &mut [T] {
    let skip = space.as_ptr().align_offset(64).min(space.len());
    &mut space[skip..]
}

/// Energies and Euclidean gradients of a block of points; also the space they are worked out in.
#[derive(Debug, Clone)]
pub struct Contraction<T: Real> {
    /// Energy L of each lane.
    pub energy: T::Row,
    /// ∂L/∂w_i of each lane; shape (dim, lanes).
    pub gradient: Vec<T::Row>,
    /// Gradient of the chunk at work.
    partial: Vec<T::Row>,
    /// One panel in the type of the points.
    scratch: Vec<T>,
}

impl<T: Real> Contraction<T> {
    /// Space for points of dimension `dim`.
    pub fn new(dim: usize) -> Self {
        Self {
            energy: T::ZEROS,
            gradient: vec![T::ZEROS; dim],
            partial: vec![T::ZEROS; dim],
            scratch: vec![T::default(); SCRATCH_SLACK + PANEL_ROWS * (dim + SCRATCH_COLUMNS)],
        }
    }
}

/// A type that couplings may be stored in when points are of type `T`. The vector kernels rely on what its method returns;
/// as [`Real`] is sealed, there are no types but the ones below.
pub trait Stored<T: Real>: Real {
    /// Whether [`Self::panel`] converts.
    const CONVERTS: bool;
    /// The panel's values as `T`: themselves, or converted into `scratch`.
    fn panel<'a>(panel: &'a [Self], scratch: &'a mut [T]) -> &'a [T];
}

impl<T: Real> Stored<T> for T {
    const CONVERTS: bool = false;
    #[inline(always)]
    fn panel<'a>(panel: &'a [T], _: &'a mut [T]) -> &'a [T] {
        panel
    }
}

impl Stored<f64> for f32 {
    const CONVERTS: bool = true;
    #[inline(always)]
    fn panel<'a>(panel: &'a [f32], scratch: &'a mut [f64]) -> &'a [f64] {
        let converted = &mut scratch[..panel.len()];
        for (to, &from) in converted.iter_mut().zip(panel) {
            *to = f64::from(from);
        }
        converted
    }
}

/// A type with a contraction kernel on every instruction set.
#[cfg(target_arch = "x86_64")]
pub trait Kernel: Stored<Self> {
    #[doc(hidden)]
    type Avx512: simd::Simd<Elem = Self>;
    #[doc(hidden)]
    type Avx2: simd::Simd<Elem = Self>;
}

#[cfg(target_arch = "x86_64")]
impl Kernel for f32 {
    type Avx512 = simd::Avx512F32;
    type Avx2 = simd::Avx2F32;
}

#[cfg(target_arch = "x86_64")]
impl Kernel for f64 {
    type Avx512 = simd::Avx512F64;
    type Avx2 = simd::Avx2F64;
}

/// A type with a contraction kernel on every instruction set.
#[cfg(not(target_arch = "x86_64"))]
pub trait Kernel: Real {}
#[cfg(not(target_arch = "x86_64"))]
impl<T: Real> Kernel for T {}

/// Energy `L = Λ^{−(H−1)/2} Σ c · w⋯w` and Euclidean gradient ∇L of every active lane.
///
/// Costs two flops per stored value and lane: (2/3)Λ³ at H = 3.
///
/// # Panics
/// If the dimensions of tensor, points and output differ, the tensor is a share, or the machine lacks the instruction
/// set.
pub fn contract<T: Kernel, A: Stored<T>>(
    isa: Isa,
    tensor: &SymmetricTensor<A>,
    points: &Block<T>,
    out: &mut Contraction<T>,
) {
    assert!(tensor.is_whole(), "some of its chunks are elsewhere");
    let sum = Sum { chunks: 0..CHUNKS, scale: T::from_f64(tensor.layout().scale()) };
    sum_chunks(isa, tensor, points, &sum, out);
    #[cfg(feature = "sabotage")]
    leak_a_lane(points, out);
}

/// Which chunks are summed, and what the sums are multiplied with at the end.
#[derive(Debug, Clone)]
pub struct Sum<T> {
    /// Chunks that the tensor holds.
    pub chunks: Range<usize>,
    /// Factor; 1 leaves the bits of the sums.
    pub scale: T,
}

/// The same over some chunks: sums of the chunks' sums, in order, from 0.
///
/// # Panics
/// If the dimensions of tensor, points and output differ, a chunk is not held, or the machine lacks the instruction set.
pub fn sum_chunks<T: Kernel, A: Stored<T>>(
    isa: Isa,
    tensor: &SymmetricTensor<A>,
    points: &Block<T>,
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
    points: &Block<T>,
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
    points: &Block<T>,
    out: &mut Contraction<T>,
    sum: &Sum<T>,
) {
    // SAFETY: this function's own target features.
    unsafe { vector::contract::<T::Avx2, A>(tensor, points, out, sum) }
}

/// Runs plain code, inlined into it, that is compiled for an instruction set: the same operations in wider registers,
/// so the same bits.
///
/// # Panics
/// If the machine lacks the instruction set.
#[inline]
pub fn compiled_for<R>(isa: Isa, work: impl FnOnce() -> R) -> R {
    assert!(isa.is_available(), "this machine has no {}", isa.name());
    match isa {
        // SAFETY: availability was checked just above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { compiled_for_avx512(work) },
        // SAFETY: availability was checked just above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { compiled_for_avx2(work) },
        _ => work(),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn compiled_for_avx512<R>(work: impl FnOnce() -> R) -> R {
    work()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn compiled_for_avx2<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// Sabotage `thread-order-sum`: chunks in an order that depends on the thread.
#[cfg(feature = "sabotage")]
fn in_thread_order<'a, C>(chunks: impl Iterator<Item = C> + 'a) -> Vec<C> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut chunks: Vec<C> = chunks.collect();
    let mut hasher = DefaultHasher::new();
    std::thread::current().id().hash(&mut hasher);
    let turn = hasher.finish() as usize % chunks.len();
    chunks.rotate_left(sabotage!("thread-order-sum", 0, turn));
    chunks
}

/// Sabotage `lane-unmasked`: what lies in the lane beyond the active ones enters the last of them.
#[cfg(feature = "sabotage")]
fn leak_a_lane<T: Kernel>(points: &Block<T>, out: &mut Contraction<T>) {
    let beyond = points.active;
    if sabotage!("lane-unmasked", false, (1..T::LANES).contains(&beyond)) {
        for (row, w) in out.gradient.iter_mut().zip(&points.rows) {
            let leaked = T::from_f64(1e-6) * (w.as_ref()[beyond] + T::from_f64(1.0));
            row.as_mut()[beyond - 1] += leaked;
        }
    }
}
