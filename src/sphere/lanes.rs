//! The sphere for points side by side. Plain multiplies and adds in one order, so the same bits on every machine.
//!
//! All is inlined, so that a caller can have it compiled for the instruction set it runs on.

use crate::numeric::lanes::{PointLanes, Real};

/// Turns the Euclidean gradient into the Riemannian one, `g = ∇L − (w·∇L/Λ) w`, and returns |g|² of each lane.
#[inline(always)]
pub fn project<T: Real>(points: &PointLanes<T>, gradient: &mut [T::Row]) -> T::Row {
    let dim = T::from_f64(points.dim() as f64);
    let mut along = T::ZEROS;
    for (w, g) in points.rows.iter().zip(&*gradient) {
        add_products::<T>(&mut along, w, g);
    }
    for slope in along.as_mut() {
        *slope = slope.over(dim);
    }
    let mut squares = T::ZEROS;
    for (w, g) in points.rows.iter().zip(gradient) {
        for ((g, &w), &slope) in g.as_mut().iter_mut().zip(w.as_ref()).zip(along.as_ref()) {
            *g = *g - slope * w;
        }
        add_products::<T>(&mut squares, g, g);
    }
    squares
}

/// `w ← retract(w − rate · g)`, each lane with its own rate.
#[inline(always)]
pub fn step<T: Real>(points: &mut PointLanes<T>, gradient: &[T::Row], rate: &T::Row) {
    let mut squares = T::ZEROS;
    for (w, g) in points.rows.iter_mut().zip(gradient) {
        for ((w, &g), &rate) in w.as_mut().iter_mut().zip(g.as_ref()).zip(rate.as_ref()) {
            *w = *w - rate * g;
        }
        let moved = *w;
        add_products::<T>(&mut squares, &moved, &moved);
    }
    let dim = T::from_f64(points.dim() as f64);
    for square in squares.as_mut() {
        *square = dim.over(*square).root();
    }
    for w in &mut points.rows {
        for (w, &factor) in w.as_mut().iter_mut().zip(squares.as_ref()) {
            *w = *w * factor;
        }
    }
}

#[inline(always)]
fn add_products<T: Real>(sum: &mut T::Row, a: &T::Row, b: &T::Row) {
    for ((sum, &a), &b) in sum.as_mut().iter_mut().zip(a.as_ref()).zip(b.as_ref()) {
        *sum += a * b;
    }
}
