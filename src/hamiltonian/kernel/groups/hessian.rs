//! Hessians of few points from groups of leaves.

use super::scalar;
#[cfg(target_arch = "x86_64")]
use super::vector;
use crate::hamiltonian::grouped::{GroupedTensor, entry_place, triangle};
use crate::numeric::isa::Isa;
#[cfg(target_arch = "x86_64")]
use crate::numeric::simd::{Avx2F64, Avx512F64};
use crate::numeric::symmetric::Symmetric;

/// What [`hessians`](crate::hamiltonian::hessians) gives, at few points.
///
/// # Panics
/// If a point or matrix has not dimension Λ, or the machine lacks the instruction set.
pub fn hessians_grouped(isa: Isa, tensor: &GroupedTensor, points: &[&[f64]], out: &mut [Symmetric]) {
    let dim = tensor.layout().dim;
    assert!(points.len() == out.len() && points.iter().all(|point| point.len() == dim));
    assert!(out.iter().all(|matrix| matrix.size() == dim));
    assert!(isa.is_available(), "this machine has no {}", isa.name());
    let mut own = vec![0.0; points.len() * triangle(dim)];
    match isa {
        // SAFETY: availability was checked just above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { sums_avx512(tensor, points, out, &mut own) },
        // SAFETY: availability was checked just above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { sums_avx2(tensor, points, out, &mut own) },
        _ => scalar::hessian_sums(tensor, points, out, &mut own),
    }
    let scale = tensor.layout().scale();
    for (hessian, own) in out.iter_mut().zip(own.chunks_exact(triangle(dim))) {
        for column in 0..dim {
            for (below, entry) in hessian.lower_column_mut(column).iter_mut().enumerate() {
                *entry = scale * (*entry + own[entry_place(dim, column + below, column)] + 0.0);
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn sums_avx512(tensor: &GroupedTensor, points: &[&[f64]], out: &mut [Symmetric], own: &mut [f64]) {
    // SAFETY: this function's own target feature.
    unsafe { vector::hessian_sums::<Avx512F64>(tensor, points, out, own) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn sums_avx2(tensor: &GroupedTensor, points: &[&[f64]], out: &mut [Symmetric], own: &mut [f64]) {
    // SAFETY: this function's own target features.
    unsafe { vector::hessian_sums::<Avx2F64>(tensor, points, out, own) }
}
