//! The sphere for points side by side. Plain multiplies and adds in one order, so the same bits on every machine.
//!
//! All is inlined, so that a caller can have it compiled for the instruction set it runs on.

use std::hint::black_box;

use crate::numeric::lanes::{PointLanes, Real};

/// Turns the Euclidean gradient into the Riemannian one, `g = ∇L − (w·∇L/Λ) w`, and returns |g|² of each active lane.
#[inline(always)]
pub fn project<T: Real>(points: &PointLanes<T>, gradient: &mut [T::Row]) -> T::Row {
    let mut squares = T::ZEROS;
    match T::LANES {
        24 => {
            for first in (0..points.active).step_by(8) {
                project_some::<T, 8>(points, gradient, &mut squares, first);
            }
        }
        _ => {
            for first in (0..points.active).step_by(16) {
                project_some::<T, 16>(points, gradient, &mut squares, first);
            }
        }
    }
    squares
}

/// `w ← retract(w − rate · g)` of each active lane, with its own rate.
#[inline(always)]
pub fn step<T: Real>(points: &mut PointLanes<T>, gradient: &[T::Row], rate: &T::Row) {
    match T::LANES {
        24 => {
            for first in (0..points.active).step_by(8) {
                step_some::<T, 8>(points, gradient, rate, first);
            }
        }
        _ => {
            for first in (0..points.active).step_by(16) {
                step_some::<T, 16>(points, gradient, rate, first);
            }
        }
    }
}

/// N lanes from `first` on: a register's worth, whose sums stay there.
#[inline(always)]
fn project_some<T: Real, const N: usize>(
    points: &PointLanes<T>,
    gradient: &mut [T::Row],
    all_squares: &mut T::Row,
    first: usize,
) {
    let dim = T::from_f64(points.dim() as f64);
    let mut along = [T::default(); N];
    for (w, g) in points.rows.iter().zip(&*gradient) {
        add_products(&mut along, some(w, first), some(g, first));
    }
    for slope in &mut along {
        *slope = slope.over(dim);
    }
    let mut squares = [T::default(); N];
    for (w, g) in points.rows.iter().zip(gradient) {
        let (w, g) = (some::<T, N>(w, first), some_mut::<T, N>(g, first));
        let mut tangent = *g;
        for ((g, &w), &slope) in tangent.iter_mut().zip(w).zip(&along) {
            *g = *g - slope * w;
        }
        *g = tangent;
        add_products(&mut squares, &tangent, &tangent);
    }
    *some_mut(all_squares, first) = squares;
}

#[inline(always)]
fn step_some<T: Real, const N: usize>(
    points: &mut PointLanes<T>,
    gradient: &[T::Row],
    rate: &T::Row,
    first: usize,
) {
    let rate = some::<T, N>(rate, first);
    let dim = T::from_f64(points.dim() as f64);
    let mut squares = [T::default(); N];
    for (w, g) in points.rows.iter_mut().zip(gradient) {
        let (w, g) = (some_mut::<T, N>(w, first), some::<T, N>(g, first));
        let mut moved = *w;
        for ((w, &g), &rate) in moved.iter_mut().zip(g).zip(rate) {
            *w = *w - rate * g;
        }
        *w = moved;
        add_products(&mut squares, &moved, &moved);
    }
    for square in &mut squares {
        *square = dim.over(*square).root();
    }
    for w in &mut points.rows {
        // Row by row: the compiler would take registers of several rows, lane by lane, which costs four times as much.
        let w = some_mut::<T, N>(black_box(w), first);
        w.iter_mut().zip(&squares).for_each(|(w, &factor)| *w = *w * factor);
    }
}

#[inline(always)]
fn add_products<T: Real, const N: usize>(sums: &mut [T; N], a: &[T; N], b: &[T; N]) {
    for ((sum, &a), &b) in sums.iter_mut().zip(a).zip(b) {
        *sum += a * b;
    }
}

/// N lanes of a row from `first` on.
#[inline(always)]
fn some<T: Real, const N: usize>(row: &T::Row, first: usize) -> &[T; N] {
    row.as_ref()[first..].first_chunk().expect("lanes are a multiple of a register")
}

#[inline(always)]
fn some_mut<T: Real, const N: usize>(row: &mut T::Row, first: usize) -> &mut [T; N] {
    row.as_mut()[first..].first_chunk_mut().expect("lanes are a multiple of a register")
}
