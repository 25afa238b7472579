//! The contraction that everything stands on: energies and gradients of many points at once.
//!
//! Points lie along the lanes of vector registers; entries of the tensor are broadcast. The sums of each lane run
//! in one fixed order with fused multiply–adds, so a point's bits depend on its own data only: not on its lane,
//! its neighbours, or the instruction set.

mod limit;
pub(super) mod memory;
pub mod panel;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod vector;

pub use crate::numeric::isa::Isa;
pub use limit::fma_burst;

use super::layout::PANEL_ROWS;
use super::tensor::SymmetricTensor;
use crate::numeric::lanes::{Block, Real};
#[cfg(target_arch = "x86_64")]
use crate::numeric::simd;

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
            scratch: vec![T::default(); PANEL_ROWS * dim],
        }
    }
}

/// Keeps [`Stored`] to the types below: the vector kernels rely on what its method returns.
mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A type that couplings may be stored in when points are of type `T`.
pub trait Stored<T: Real>: Real + sealed::Sealed {
    /// The panel's values as `T`: themselves, or converted into `scratch`.
    fn panel<'a>(panel: &'a [Self], scratch: &'a mut [T]) -> &'a [T];
}

impl<T: Real + sealed::Sealed> Stored<T> for T {
    #[inline(always)]
    fn panel<'a>(panel: &'a [T], _: &'a mut [T]) -> &'a [T] {
        panel
    }
}

impl Stored<f64> for f32 {
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
pub trait Kernel: Real {
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
/// If the dimensions of tensor, points and output differ, or the machine lacks the instruction set.
pub fn contract<T: Kernel, A: Stored<T>>(
    isa: Isa,
    tensor: &SymmetricTensor<A>,
    points: &Block<T>,
    out: &mut Contraction<T>,
) {
    let layout = tensor.layout();
    assert!(points.dim() == layout.dim && out.gradient.len() == layout.dim, "dimensions differ");
    assert!(isa.is_available(), "this machine has no {}", isa.name());
    match isa {
        // SAFETY: availability was checked just above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { contract_avx512(tensor, points, out) },
        // SAFETY: availability was checked just above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { contract_avx2(tensor, points, out) },
        _ => scalar::contract(tensor, points, out),
    }
    let scale = T::from_f64(layout.scale());
    for row in out.gradient.iter_mut().chain([&mut out.energy]) {
        for value in &mut row.as_mut()[..points.active] {
            *value = scale * *value;
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn contract_avx512<T: Kernel, A: Stored<T>>(
    tensor: &SymmetricTensor<A>,
    points: &Block<T>,
    out: &mut Contraction<T>,
) {
    // SAFETY: this function's own target feature.
    unsafe { vector::contract::<T::Avx512, A>(tensor, points, out) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn contract_avx2<T: Kernel, A: Stored<T>>(
    tensor: &SymmetricTensor<A>,
    points: &Block<T>,
    out: &mut Contraction<T>,
) {
    // SAFETY: this function's own target features.
    unsafe { vector::contract::<T::Avx2, A>(tensor, points, out) }
}
