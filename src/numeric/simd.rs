//! Vector registers of the two instruction sets, as far as kernels need them.

use super::lanes::Real;
use std::arch::x86_64::*;

/// A vector register of an instruction set.
///
/// # Safety
/// All methods execute instructions of the set; the caller must have checked that the machine has it.
/// `load` and `store` need a pointer to `LANES` values, aligned to their total size.
pub unsafe trait Simd {
    /// Element type.
    type Elem: Real;
    /// Register type.
    type Reg: Copy;
    /// Elements per register.
    const LANES: usize;
    /// Most rows of a panel whose sums fit the register file beside three columns' worth of lanes.
    const ROWS: usize;

    /// All zeros.
    unsafe fn zero() -> Self::Reg;
    /// One value in all elements.
    unsafe fn splat(value: Self::Elem) -> Self::Reg;
    /// Load where no alignment is known.
    unsafe fn load_anywhere(from: *const Self::Elem) -> Self::Reg;
    /// Aligned load.
    unsafe fn load(from: *const Self::Elem) -> Self::Reg;
    /// As many values, converted to the element type; they need not be aligned.
    unsafe fn convert(from: *const f32) -> Self::Reg;
    /// Aligned store.
    unsafe fn store(to: *mut Self::Elem, value: Self::Reg);
    /// Store where no alignment is known.
    unsafe fn store_anywhere(to: *mut Self::Elem, value: Self::Reg);
    /// a·b + c with one rounding.
    unsafe fn fma(a: Self::Reg, b: Self::Reg, c: Self::Reg) -> Self::Reg;
    /// Brings the cache line at this address into the second-level cache, which can wait for more lines at once
    /// than the first; any address will do.
    #[inline(always)]
    unsafe fn prefetch(from: *const u8) {
        // SAFETY: a prefetch never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(from.cast()) }
    }
    /// a·b.
    unsafe fn mul(a: Self::Reg, b: Self::Reg) -> Self::Reg;
    /// a + b.
    unsafe fn add(a: Self::Reg, b: Self::Reg) -> Self::Reg;
    /// b where a > 0, else 0; so also where a is NaN.
    unsafe fn where_positive(a: Self::Reg, b: Self::Reg) -> Self::Reg;
    /// a₀ b₀ a₁ b₁ …, in two registers.
    unsafe fn interleave(a: Self::Reg, b: Self::Reg) -> [Self::Reg; 2];
}

macro_rules! registers {
    ($name:ident, $doc:literal, $elem:ty, $reg:ty, $lanes:literal, $rows:literal,
     $zero:ident, $splat:ident, $load:ident, $load_anywhere:ident, $convert:expr, $store:ident, $store_anywhere:ident, $fma:ident,
     $mul:ident, $add:ident, $keep:ident, $interleave:ident) => {
        #[doc = $doc]
        pub struct $name;

        // SAFETY: each method is one instruction of the set that the trait's contract makes the caller check;
        // pointers are valid and aligned by the same contract.
        unsafe impl Simd for $name {
            type Elem = $elem;
            type Reg = $reg;
            const LANES: usize = $lanes;
            const ROWS: usize = $rows;

            #[inline(always)]
            unsafe fn zero() -> $reg {
                // SAFETY: the instruction set is present by the trait's contract.
                unsafe { $zero() }
            }
            #[inline(always)]
            unsafe fn splat(value: $elem) -> $reg {
                // SAFETY: as above.
                unsafe { $splat(value) }
            }
            #[inline(always)]
            unsafe fn load(from: *const $elem) -> $reg {
                // SAFETY: as above; the pointer is valid and aligned by contract.
                unsafe { $load(from) }
            }
            #[inline(always)]
            unsafe fn load_anywhere(from: *const $elem) -> $reg {
                // SAFETY: as above; the pointer is valid by contract.
                unsafe { $load_anywhere(from) }
            }
            #[inline(always)]
            unsafe fn convert(from: *const f32) -> $reg {
                // SAFETY: as above; the values are there by contract.
                unsafe { $convert(from) }
            }
            #[inline(always)]
            unsafe fn store(to: *mut $elem, value: $reg) {
                // SAFETY: as above; the pointer is valid and aligned by contract.
                unsafe { $store(to, value) }
            }
            #[inline(always)]
            unsafe fn store_anywhere(to: *mut $elem, value: $reg) {
                // SAFETY: as above; the pointer is valid by contract.
                unsafe { $store_anywhere(to, value) }
            }
            #[inline(always)]
            unsafe fn fma(a: $reg, b: $reg, c: $reg) -> $reg {
                // SAFETY: as above.
                unsafe { $fma(a, b, c) }
            }
            #[inline(always)]
            unsafe fn mul(a: $reg, b: $reg) -> $reg {
                // SAFETY: as above.
                unsafe { $mul(a, b) }
            }
            #[inline(always)]
            unsafe fn add(a: $reg, b: $reg) -> $reg {
                // SAFETY: as above.
                unsafe { $add(a, b) }
            }
            #[inline(always)]
            unsafe fn where_positive(a: $reg, b: $reg) -> $reg {
                // SAFETY: as above.
                unsafe { $keep(a, b) }
            }
            #[inline(always)]
            unsafe fn interleave(a: $reg, b: $reg) -> [$reg; 2] {
                // SAFETY: as above.
                unsafe { $interleave(a, b) }
            }
        }
    };
}

registers!(
    Avx512F32,
    "AVX-512, single precision.",
    f32,
    __m512,
    16,
    8,
    _mm512_setzero_ps,
    _mm512_set1_ps,
    _mm512_load_ps,
    _mm512_loadu_ps,
    _mm512_loadu_ps,
    _mm512_store_ps,
    _mm512_storeu_ps,
    _mm512_fmadd_ps,
    _mm512_mul_ps,
    _mm512_add_ps,
    keep_512_ps,
    interleave_512_ps
);
registers!(
    Avx512F64,
    "AVX-512, double precision.",
    f64,
    __m512d,
    8,
    8,
    _mm512_setzero_pd,
    _mm512_set1_pd,
    _mm512_load_pd,
    _mm512_loadu_pd,
    |from| _mm512_cvtps_pd(_mm256_loadu_ps(from)),
    _mm512_store_pd,
    _mm512_storeu_pd,
    _mm512_fmadd_pd,
    _mm512_mul_pd,
    _mm512_add_pd,
    keep_512_pd,
    interleave_512_pd
);
registers!(
    Avx2F32,
    "AVX2 with FMA, single precision.",
    f32,
    __m256,
    8,
    4,
    _mm256_setzero_ps,
    _mm256_set1_ps,
    _mm256_load_ps,
    _mm256_loadu_ps,
    _mm256_loadu_ps,
    _mm256_store_ps,
    _mm256_storeu_ps,
    _mm256_fmadd_ps,
    _mm256_mul_ps,
    _mm256_add_ps,
    keep_256_ps,
    interleave_256_ps
);
registers!(
    Avx2F64,
    "AVX2 with FMA, double precision.",
    f64,
    __m256d,
    4,
    4,
    _mm256_setzero_pd,
    _mm256_set1_pd,
    _mm256_load_pd,
    _mm256_loadu_pd,
    |from| _mm256_cvtps_pd(_mm_loadu_ps(from)),
    _mm256_store_pd,
    _mm256_storeu_pd,
    _mm256_fmadd_pd,
    _mm256_mul_pd,
    _mm256_add_pd,
    keep_256_pd,
    interleave_256_pd
);

macro_rules! keep {
    ($name:ident, $set:literal, $reg:ty, |$a:ident, $b:ident| $body:expr) => {
        /// b where a > 0, else 0.
        #[inline]
        #[target_feature(enable = $set)]
        fn $name($a: $reg, $b: $reg) -> $reg {
            $body
        }
    };
}

keep!(keep_512_ps, "avx512f", __m512, |a, b| {
    _mm512_maskz_mov_ps(_mm512_cmp_ps_mask::<_CMP_GT_OQ>(a, _mm512_setzero_ps()), b)
});
keep!(keep_512_pd, "avx512f", __m512d, |a, b| {
    _mm512_maskz_mov_pd(_mm512_cmp_pd_mask::<_CMP_GT_OQ>(a, _mm512_setzero_pd()), b)
});
keep!(keep_256_ps, "avx2,fma", __m256, |a, b| {
    _mm256_and_ps(_mm256_cmp_ps::<_CMP_GT_OQ>(a, _mm256_setzero_ps()), b)
});
keep!(keep_256_pd, "avx2,fma", __m256d, |a, b| {
    _mm256_and_pd(_mm256_cmp_pd::<_CMP_GT_OQ>(a, _mm256_setzero_pd()), b)
});

macro_rules! interleave {
    ($name:ident, $set:literal, $reg:ty, |$a:ident, $b:ident| $body:expr) => {
        /// a₀ b₀ a₁ b₁ …
        #[inline]
        #[target_feature(enable = $set)]
        fn $name($a: $reg, $b: $reg) -> [$reg; 2] {
            $body
        }
    };
}

interleave!(interleave_512_ps, "avx512f", __m512, |a, b| {
    let low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    let high = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    [_mm512_permutex2var_ps(a, low, b), _mm512_permutex2var_ps(a, high, b)]
});
interleave!(interleave_512_pd, "avx512f", __m512d, |a, b| {
    let low = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
    let high = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
    [_mm512_permutex2var_pd(a, low, b), _mm512_permutex2var_pd(a, high, b)]
});
interleave!(interleave_256_ps, "avx2,fma", __m256, |a, b| {
    let (even, odd) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
    [_mm256_permute2f128_ps::<0x20>(even, odd), _mm256_permute2f128_ps::<0x31>(even, odd)]
});
interleave!(interleave_256_pd, "avx2,fma", __m256d, |a, b| {
    let (even, odd) = (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
    [_mm256_permute2f128_pd::<0x20>(even, odd), _mm256_permute2f128_pd::<0x31>(even, odd)]
});
