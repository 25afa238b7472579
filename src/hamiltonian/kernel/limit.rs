//! The machine's own limit: a register-only loop of fused multiply–adds, to measure the contraction against.

use super::stored::Kernel;
use crate::numeric::isa::Isa;
use crate::numeric::lanes::Real;
#[cfg(target_arch = "x86_64")]
use crate::numeric::simd::Simd;

/// Independent sums, enough to hide the latency of a fused multiply–add on two ports and to fit the registers.
const SUMS: usize = 12;

/// Runs `iterations` rounds of independent fused multiply–adds and returns (flops done, a value that depends on
/// all of them, so that none can be left out).
///
/// # Panics
/// If the machine lacks the instruction set.
pub fn fma_burst<T: Kernel>(isa: Isa, iterations: u64) -> (u64, f64) {
    assert!(isa.is_available(), "this machine has no {}", isa.name());
    match isa {
        // SAFETY: availability was checked just above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { burst_avx512::<T>(iterations) },
        // SAFETY: availability was checked just above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { burst_avx2::<T>(iterations) },
        _ => burst_scalar::<T>(iterations),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn burst_avx512<T: Kernel>(iterations: u64) -> (u64, f64) {
    // SAFETY: this function's own target feature.
    unsafe { burst::<T::Avx512>(iterations) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn burst_avx2<T: Kernel>(iterations: u64) -> (u64, f64) {
    // SAFETY: this function's own target features.
    unsafe { burst::<T::Avx2>(iterations) }
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn burst<S: Simd>(iterations: u64) -> (u64, f64) {
    let mut row = S::Elem::ZEROS;
    // SAFETY: the instruction set is present, by the caller; a row is aligned and holds at least one register.
    unsafe {
        let factor = S::splat(S::Elem::from_f64(0.999));
        let mut sums = [S::splat(S::Elem::from_f64(1.0)); SUMS];
        for _ in 0..iterations {
            for sum in &mut sums {
                *sum = S::fma(*sum, factor, factor);
            }
        }
        let total = sums.into_iter().fold(S::zero(), |total, sum| S::add(total, sum));
        S::store(row.as_mut().as_mut_ptr(), total);
    }
    let flops = 2 * iterations * (SUMS * S::LANES) as u64;
    (flops, row.as_ref().iter().map(|value| value.to_f64()).sum())
}

fn burst_scalar<T: Real>(iterations: u64) -> (u64, f64) {
    let factor = T::from_f64(0.999);
    let mut sums = [T::from_f64(1.0); SUMS];
    for _ in 0..iterations {
        for sum in &mut sums {
            *sum = sum.fused(factor, factor);
        }
    }
    (2 * iterations * SUMS as u64, sums.iter().map(|value| value.to_f64()).sum())
}
