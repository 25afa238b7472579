//! Types of couplings and of points that there are kernels for.

use crate::numeric::lanes::Real;
#[cfg(target_arch = "x86_64")]
use crate::numeric::simd;

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
