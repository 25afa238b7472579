//! Panels of several leaves for a few points at once: their products A w and their share of the Hessians.
//!
//! The sums of each lane run in one fixed order with fused multiply–adds, so a point's bits depend neither on its
//! neighbours nor on the instruction set.

use std::ops::Range;

use super::stored::Stored;
use crate::hamiltonian::layout::PANEL_ROWS;
use crate::numeric::isa::Isa;
#[cfg(target_arch = "x86_64")]
use crate::numeric::simd::{Avx2F64, Avx512F64, Simd};

/// Points of a lane.
pub const PANEL_LANES: usize = 8;

/// One number for each of eight points.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub struct Lane(pub [f64; PANEL_LANES]);

impl Lane {
    /// Zero for every point.
    pub const ZERO: Self = Self([0.0; PANEL_LANES]);
}

/// One number for each of 8 G points.
pub type Group<const G: usize> = [Lane; G];

/// One number for each row of a panel and each point.
pub type Panel<const G: usize> = [Group<G>; PANEL_ROWS];

/// Columns that are converted at a time: few enough to stay in the first-level cache.
pub const SEGMENT: usize = 64;

/// How many panels ahead values are fetched from memory.
const AHEAD: usize = 2;

/// Where one panel lies.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// First of its values, which lie column by column.
    pub start: usize,
    /// Its rows; 8 but in the last panel of a leaf.
    pub rows: usize,
    /// Its columns: the rows of the leaf.
    pub columns: usize,
}

/// The panels of several leaves on the same rows, and what they are multiplied with.
#[derive(Debug)]
pub struct Panels<'a, A, const G: usize> {
    /// Values in which the places lie.
    pub values: &'a [A],
    /// One place for each panel.
    pub places: &'a [Place],
    /// Twice the product of the prefix coordinates, for each panel.
    pub twice: &'a [Group<G>],
    /// Coordinates, one for each column at least.
    pub w: &'a [Group<G>],
}

/// What the panels are added to.
#[derive(Debug)]
pub struct PanelSums<'a, const G: usize> {
    /// A w of each panel.
    pub y: &'a mut [Panel<G>],
    /// Shares of the Hessians, one panel for each column at work; none where only A w is wanted.
    pub own: &'a mut [Panel<G>],
    /// Values in double precision, [`PANEL_ROWS`] · [`SEGMENT`] of them.
    pub scratch: &'a mut [f64],
}

/// Adds columns `columns` (at most [`SEGMENT`]) of every panel that has them to its A w, and `twice · A` to `own`
/// where there are any.
///
/// # Panics
/// If the pieces do not fit each other or the machine lacks the instruction set.
pub fn accumulate<A: Stored<f64>, const G: usize>(
    isa: Isa,
    panels: &Panels<A, G>,
    columns: Range<usize>,
    sums: &mut PanelSums<G>,
) {
    assert!(columns.len() <= SEGMENT && sums.scratch.len() >= PANEL_ROWS * SEGMENT);
    assert!(panels.places.len() == sums.y.len() && panels.places.len() == panels.twice.len());
    assert!(columns.end <= panels.w.len() && (sums.own.is_empty() || sums.own.len() == columns.len()));
    assert!(isa.is_available(), "this machine has no {}", isa.name());
    match isa {
        // SAFETY: availability and sizes were checked just above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { accumulate_avx512(panels, columns, sums) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { accumulate_avx2(panels, columns, sums) },
        _ => accumulate_scalar(panels, columns, sums),
    }
}

/// One panel's columns at work, in double precision; as many coordinates and, if any, shares as columns.
struct Piece<'a, const G: usize> {
    values: &'a [f64],
    rows: usize,
    w: &'a [Group<G>],
    twice: &'a Group<G>,
    y: &'a mut Panel<G>,
    own: &'a mut [Panel<G>],
}

/// Calls `visit` with every panel's piece.
#[inline(always)]
fn for_each_piece<A: Stored<f64>, const G: usize>(
    panels: &Panels<A, G>,
    columns: Range<usize>,
    sums: &mut PanelSums<G>,
    fetch: impl Fn(*const u8),
    mut visit: impl FnMut(Piece<G>),
) {
    for (number, ((place, twice), y)) in panels.places.iter().zip(panels.twice).zip(&mut *sums.y).enumerate()
    {
        // The next panels' columns lie a whole leaf further on, where no hardware looks ahead.
        if let Some(ahead) = panels.places.get(number + AHEAD) {
            let first =
                panels.values.as_ptr().wrapping_add(ahead.start + columns.start * ahead.rows).cast::<u8>();
            let bytes = columns.len() * ahead.rows * size_of::<A>();
            (0..bytes).step_by(64).for_each(|offset| fetch(first.wrapping_add(offset)));
        }
        let last = columns.end.min(place.columns);
        if last <= columns.start {
            continue;
        }
        let stored =
            &panels.values[place.start + columns.start * place.rows..][..(last - columns.start) * place.rows];
        let values = A::panel(stored, sums.scratch);
        let shares = (last - columns.start).min(sums.own.len());
        let (w, own) = (&panels.w[columns.start..last], &mut sums.own[..shares]);
        visit(Piece { values, rows: place.rows, w, twice, y, own });
    }
}

/// The safe twin of the vector paths.
fn accumulate_scalar<A: Stored<f64>, const G: usize>(
    panels: &Panels<A, G>,
    columns: Range<usize>,
    sums: &mut PanelSums<G>,
) {
    for_each_piece(
        panels,
        columns,
        sums,
        |_| (),
        |piece| {
            for (k, (column, w)) in piece.values.chunks_exact(piece.rows).zip(piece.w).enumerate() {
                for (r, &a) in column.iter().enumerate() {
                    multiply_add(&mut piece.y[r], a, w);
                    if let Some(own) = piece.own.get_mut(k) {
                        multiply_add(&mut own[r], a, piece.twice);
                    }
                }
            }
        },
    );
}

fn multiply_add<const G: usize>(sum: &mut Group<G>, a: f64, x: &Group<G>) {
    for (sum, x) in sum.iter_mut().zip(x) {
        for (sum, &x) in sum.0.iter_mut().zip(&x.0) {
            *sum = a.mul_add(x, *sum);
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn accumulate_avx512<A: Stored<f64>, const G: usize>(
    panels: &Panels<A, G>,
    columns: Range<usize>,
    sums: &mut PanelSums<G>,
) {
    // SAFETY: this function's own target feature; one register holds a lane. A prefetch may go anywhere.
    unsafe {
        for_each_piece(
            panels,
            columns,
            sums,
            |from| Avx512F64::prefetch(from),
            |piece| by_rows::<Avx512F64, 1, G, G>(piece, 0),
        );
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn accumulate_avx2<A: Stored<f64>, const G: usize>(
    panels: &Panels<A, G>,
    columns: Range<usize>,
    sums: &mut PanelSums<G>,
) {
    let by_lanes = |piece: Piece<G>| {
        let Piece { values, rows, w, twice, y, own } = piece;
        for lane in 0..G {
            let piece = Piece { values, rows, w, twice, y: &mut *y, own: &mut *own };
            // SAFETY: this function's own target features; two registers hold a lane, of which there are G.
            unsafe { by_rows::<Avx2F64, 2, 1, G>(piece, lane) }
        }
    };
    // SAFETY: this function's own target features. A prefetch may go anywhere.
    for_each_piece(panels, columns, sums, |from| unsafe { Avx2F64::prefetch(from) }, by_lanes);
}

/// # Safety
/// The machine has the instruction set of `S`, N registers hold a lane, and lanes first … first + V are among the G.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn by_rows<S: Simd<Elem = f64>, const N: usize, const V: usize, const G: usize>(
    piece: Piece<G>,
    first: usize,
) {
    // SAFETY: passed on from the caller.
    unsafe {
        match piece.rows {
            1 => vector_rows::<S, N, V, G, 1>(piece, first),
            2 => vector_rows::<S, N, V, G, 2>(piece, first),
            3 => vector_rows::<S, N, V, G, 3>(piece, first),
            4 => vector_rows::<S, N, V, G, 4>(piece, first),
            5 => vector_rows::<S, N, V, G, 5>(piece, first),
            6 => vector_rows::<S, N, V, G, 6>(piece, first),
            7 => vector_rows::<S, N, V, G, 7>(piece, first),
            _ => vector_rows::<S, N, V, G, 8>(piece, first),
        }
    }
}

/// # Safety
/// As [`by_rows`].
#[cfg(target_arch = "x86_64")]
#[inline(always)]
#[allow(clippy::needless_range_loop)] // Indices keep the unrolled registers in sight.
unsafe fn vector_rows<S: Simd<Elem = f64>, const N: usize, const V: usize, const G: usize, const R: usize>(
    piece: Piece<G>,
    first: usize,
) {
    let (columns, _) = piece.values.as_chunks::<R>();
    let (near, far) = columns.split_at(piece.own.len());
    let (near_w, far_w) = piece.w.split_at(piece.own.len());
    // SAFETY: the instruction set is present by contract; every pointer is to one of the aligned lanes
    // first … first + V of a group of G, and N registers make one lane.
    unsafe {
        let load = |group: &Group<G>| -> [[S::Reg; N]; V] {
            std::array::from_fn(|v| {
                std::array::from_fn(|n| {
                    S::load(group.as_ptr().add(first + v).cast::<f64>().add(n * S::LANES))
                })
            })
        };
        let twice = load(piece.twice);
        let mut y: [[[S::Reg; N]; V]; R] = std::array::from_fn(|r| load(&piece.y[r]));
        for ((column, w), own) in near.iter().zip(near_w).zip(piece.own) {
            let w = load(w);
            for r in 0..R {
                let a = S::splat(column[r]);
                let sum = load(&own[r]);
                for v in 0..V {
                    let to = own[r].as_mut_ptr().add(first + v).cast::<f64>();
                    for n in 0..N {
                        y[r][v][n] = S::fma(a, w[v][n], y[r][v][n]);
                        S::store(to.add(n * S::LANES), S::fma(a, twice[v][n], sum[v][n]));
                    }
                }
            }
        }
        for (column, w) in far.iter().zip(far_w) {
            let w = load(w);
            for r in 0..R {
                let a = S::splat(column[r]);
                for v in 0..V {
                    for n in 0..N {
                        y[r][v][n] = S::fma(a, w[v][n], y[r][v][n]);
                    }
                }
            }
        }
        for r in 0..R {
            for v in 0..V {
                let to = piece.y[r].as_mut_ptr().add(first + v).cast::<f64>();
                for n in 0..N {
                    S::store(to.add(n * S::LANES), y[r][v][n]);
                }
            }
        }
    }
}
