//! One panel of a leaf for eight points at once: its products A w and its share of the Hessians.

#[cfg(target_arch = "x86_64")]
use super::simd::{Avx2F64, Avx512F64, Simd};
use super::{Isa, Stored};
use crate::hamiltonian::layout::PANEL_ROWS;

/// Points that share one pass.
pub const PANEL_LANES: usize = 8;

/// One number for each point.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub struct Lane(pub [f64; PANEL_LANES]);

impl Lane {
    /// Zero for every point.
    pub const ZERO: Self = Self([0.0; PANEL_LANES]);
}

/// One number for each row of a panel and each point.
pub type Panel = [Lane; PANEL_ROWS];

/// A panel of a leaf and what it is multiplied with.
#[derive(Debug, Clone, Copy)]
pub struct PanelInput<'a, A> {
    /// Its values, column by column.
    pub values: &'a [A],
    /// Its rows; 8 but in the last panel of a leaf.
    pub rows: usize,
    /// Columns up to the diagonal: those whose entries go into the Hessian.
    pub near: usize,
    /// Twice the product of the prefix coordinates.
    pub twice: &'a Lane,
    /// Coordinates, one for each column of the leaf at least.
    pub w: &'a [Lane],
}

/// Adds `twice · A` to `own` (column by column, up to the diagonal) and returns A w.
///
/// # Panics
/// If the pieces do not fit each other or the machine lacks the instruction set.
pub fn accumulate<A: Stored<f64>>(
    isa: Isa,
    input: &PanelInput<A>,
    own: &mut [Panel],
    scratch: &mut [f64],
) -> Panel {
    let columns = input.values.len() / input.rows;
    assert!(input.rows <= PANEL_ROWS && input.values.len() == columns * input.rows);
    assert!(input.near <= columns && columns <= input.w.len() && input.near <= own.len());
    let values = A::panel(input.values, scratch);
    let pieces = Pieces { values, near: input.near, twice: input.twice, w: &input.w[..columns] };
    match isa {
        // SAFETY: availability is checked here; sizes were checked above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 if isa.is_available() => unsafe { accumulate_avx512(&pieces, input.rows, own) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 if isa.is_available() => unsafe { accumulate_avx2(&pieces, input.rows, own) },
        _ => accumulate_scalar(&pieces, input.rows, own),
    }
}

/// A panel in double precision with what it is multiplied with; as many coordinates as columns.
struct Pieces<'a> {
    values: &'a [f64],
    near: usize,
    twice: &'a Lane,
    w: &'a [Lane],
}

/// The safe twin of the vector paths.
fn accumulate_scalar(pieces: &Pieces, rows: usize, own: &mut [Panel]) -> Panel {
    let mut y = [Lane::ZERO; PANEL_ROWS];
    for (k, (column, w)) in pieces.values.chunks_exact(rows).zip(pieces.w).enumerate() {
        for (r, &a) in column.iter().enumerate() {
            multiply_add(&mut y[r], a, w);
            if k < pieces.near {
                multiply_add(&mut own[k][r], a, pieces.twice);
            }
        }
    }
    y
}

fn multiply_add(sum: &mut Lane, a: f64, x: &Lane) {
    for (sum, &x) in sum.0.iter_mut().zip(&x.0) {
        *sum = a.mul_add(x, *sum);
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn accumulate_avx512(pieces: &Pieces, rows: usize, own: &mut [Panel]) -> Panel {
    // SAFETY: this function's own target feature; one register holds a lane.
    unsafe { by_rows::<Avx512F64, 1>(pieces, rows, own) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn accumulate_avx2(pieces: &Pieces, rows: usize, own: &mut [Panel]) -> Panel {
    // SAFETY: this function's own target features; two registers hold a lane.
    unsafe { by_rows::<Avx2F64, 2>(pieces, rows, own) }
}

/// # Safety
/// The machine has the instruction set of `S`, and N registers hold a lane.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn by_rows<S: Simd<Elem = f64>, const N: usize>(
    pieces: &Pieces,
    rows: usize,
    own: &mut [Panel],
) -> Panel {
    // SAFETY: passed on from the caller.
    unsafe {
        match rows {
            1 => vector_rows::<S, N, 1>(pieces, own),
            2 => vector_rows::<S, N, 2>(pieces, own),
            3 => vector_rows::<S, N, 3>(pieces, own),
            4 => vector_rows::<S, N, 4>(pieces, own),
            5 => vector_rows::<S, N, 5>(pieces, own),
            6 => vector_rows::<S, N, 6>(pieces, own),
            7 => vector_rows::<S, N, 7>(pieces, own),
            _ => vector_rows::<S, N, 8>(pieces, own),
        }
    }
}

/// # Safety
/// As [`by_rows`].
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn vector_rows<S: Simd<Elem = f64>, const N: usize, const R: usize>(
    pieces: &Pieces,
    own: &mut [Panel],
) -> Panel {
    let (columns, _) = pieces.values.as_chunks::<R>();
    let (near, far) = columns.split_at(pieces.near);
    let (near_w, far_w) = pieces.w.split_at(pieces.near);
    // SAFETY: the instruction set is present by contract; every pointer is to one of the aligned lanes of a
    // checked slice, and N registers make one lane.
    unsafe {
        let load = |lane: &Lane| -> [S::Reg; N] {
            std::array::from_fn(|n| S::load(lane.0.as_ptr().add(n * S::LANES)))
        };
        let twice = load(pieces.twice);
        let mut y = [[S::zero(); N]; R];
        for ((column, w), own) in near.iter().zip(near_w).zip(own) {
            let w = load(w);
            for r in 0..R {
                let a = S::splat(column[r]);
                let sum = load(&own[r]);
                for n in 0..N {
                    y[r][n] = S::fma(a, w[n], y[r][n]);
                    S::store(own[r].0.as_mut_ptr().add(n * S::LANES), S::fma(a, twice[n], sum[n]));
                }
            }
        }
        for (column, w) in far.iter().zip(far_w) {
            let w = load(w);
            for r in 0..R {
                let a = S::splat(column[r]);
                for n in 0..N {
                    y[r][n] = S::fma(a, w[n], y[r][n]);
                }
            }
        }
        let mut panel = [Lane::ZERO; PANEL_ROWS];
        for (lane, y) in panel.iter_mut().zip(y) {
            for (n, y) in y.into_iter().enumerate() {
                S::store(lane.0.as_mut_ptr().add(n * S::LANES), y);
            }
        }
        panel
    }
}
