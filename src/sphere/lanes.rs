//! The sphere for points side by side. Plain multiplies and adds in one order, so the same bits on every machine.
//!
//! All is inlined, so that a caller can have it compiled for the instruction set it runs on.

use crate::numeric::lanes::{PointLanes, Real};

/// Lanes of the work on a block that is not full enough for all of them.
const FEW: usize = 16;

/// Turns the Euclidean gradient into the Riemannian one, `g = ∇L − (w·∇L/Λ) w`, and returns |g|² of each active lane.
#[inline(always)]
pub fn project<T: Real>(points: &PointLanes<T>, gradient: &mut [T::Row]) -> T::Row {
    let mut squares = T::ZEROS;
    match (points.active <= FEW, T::LANES) {
        (true, _) => project_some::<T, FEW>(points, gradient, &mut squares),
        (false, 24) => project_some::<T, 24>(points, gradient, &mut squares),
        (false, _) => project_some::<T, 48>(points, gradient, &mut squares),
    }
    squares
}

#[inline(always)]
fn project_some<T: Real, const N: usize>(
    points: &PointLanes<T>,
    gradient: &mut [T::Row],
    norms: &mut T::Row,
) {
    let dim = T::from_f64(points.dim() as f64);
    let mut along = [T::default(); N];
    for (w, g) in points.rows.iter().zip(&*gradient) {
        along = with_products(along, some(w), some(g));
    }
    let slopes = along.map(|slope| slope.over(dim));
    let mut squares = [T::default(); N];
    for (w, g) in points.rows.iter().zip(gradient) {
        let (w, g) = (some::<T, N>(w), some_mut::<T, N>(g));
        let tangent: [T; N] = std::array::from_fn(|lane| g[lane] - slopes[lane] * w[lane]);
        *g = tangent;
        squares = with_products(squares, &tangent, &tangent);
    }
    *some_mut(norms) = squares;
}

/// `w ← retract(w − rate · g)` of each active lane, with its own rate.
#[inline(always)]
pub fn step<T: Real>(points: &mut PointLanes<T>, gradient: &[T::Row], rate: &T::Row) {
    match (points.active <= FEW, T::LANES) {
        (true, _) => step_some::<T, FEW>(points, gradient, some(rate)),
        (false, 24) => step_some::<T, 24>(points, gradient, some(rate)),
        (false, _) => step_some::<T, 48>(points, gradient, some(rate)),
    }
}

#[inline(always)]
fn step_some<T: Real, const N: usize>(points: &mut PointLanes<T>, gradient: &[T::Row], rate: &[T; N]) {
    let mut squares = [T::default(); N];
    for (w, g) in points.rows.iter_mut().zip(gradient) {
        let (w, g) = (some_mut::<T, N>(w), some::<T, N>(g));
        let moved: [T; N] = std::array::from_fn(|lane| w[lane] - rate[lane] * g[lane]);
        *w = moved;
        squares = with_products(squares, &moved, &moved);
    }
    let dim = T::from_f64(points.dim() as f64);
    let factors = squares.map(|square| dim.over(square).root());
    for w in &mut points.rows {
        let w = some_mut::<T, N>(w);
        *w = std::array::from_fn(|lane| w[lane] * factors[lane]);
    }
}

#[inline(always)]
fn with_products<T: Real, const N: usize>(sums: [T; N], a: &[T; N], b: &[T; N]) -> [T; N] {
    std::array::from_fn(|lane| sums[lane] + a[lane] * b[lane])
}

/// The first lanes of a row.
#[inline(always)]
fn some<T: Real, const N: usize>(row: &T::Row) -> &[T; N] {
    row.as_ref().first_chunk().expect("a row has so many lanes")
}

#[inline(always)]
fn some_mut<T: Real, const N: usize>(row: &mut T::Row) -> &mut [T; N] {
    row.as_mut().first_chunk_mut().expect("a row has so many lanes")
}
