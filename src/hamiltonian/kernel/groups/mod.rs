//! Energies, gradients and Hessians of few points: leaves lie along the lanes of vector registers.
//!
//! A coupling is loaded once for its row and its column. Every product `(A w)_r` of a leaf is still a sum over ascending
//! columns, and what is made of the products is summed over ascending leaves, so a point has the bits that it has among
//! many.

mod entries;
mod hessian;
#[cfg(target_arch = "x86_64")]
mod products;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod vector;

pub use hessian::hessians_grouped;

use super::contraction::Contraction;
use super::stored::Kernel;
use crate::hamiltonian::grouped::GroupedTensor;
use crate::numeric::isa::Isa;
use crate::numeric::lanes::PointLanes;

/// What [`contract`](super::contract) gives, at a few points.
///
/// # Panics
/// If the dimensions of tensor, points and output differ, or the machine lacks the instruction set.
pub fn contract_grouped<T: Kernel>(
    isa: Isa,
    tensor: &GroupedTensor,
    points: &PointLanes<T>,
    out: &mut Contraction<T>,
) {
    let dim = tensor.layout().dim;
    assert!(points.dim() == dim && out.gradient.len() == dim, "dimensions differ");
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
    out.set_radial_slopes(tensor.layout(), points.active);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn contract_avx512<T: Kernel>(tensor: &GroupedTensor, points: &PointLanes<T>, out: &mut Contraction<T>) {
    // SAFETY: this function's own target feature.
    unsafe { vector::contract::<T::Avx512>(tensor, points, out) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn contract_avx2<T: Kernel>(tensor: &GroupedTensor, points: &PointLanes<T>, out: &mut Contraction<T>) {
    // SAFETY: this function's own target features.
    unsafe { vector::contract::<T::Avx2>(tensor, points, out) }
}
