//! Gradients and steps of blocks of points, compiled for the instruction set.

use crate::hamiltonian::{Isa, Work, compiled_for};
use crate::numeric::lanes::{PointLanes, Real};
use crate::sphere::lanes;

/// One value for each lane.
type Row = <f32 as Real>::Row;

/// Turns Euclidean gradients into Riemannian ones, and returns |g|² of each active lane.
pub fn project(isa: Isa, points: &PointLanes<f32>, gradient: &mut [Row]) -> Row {
    compiled_for(isa, Projection { points, gradient })
}

/// `w ← retract(w − rate · g)` of each active lane, with its own rate.
pub fn step(isa: Isa, points: &mut PointLanes<f32>, gradient: &[Row], rates: &Row) {
    compiled_for(isa, Step { points, gradient, rates });
}

struct Projection<'a> {
    points: &'a PointLanes<f32>,
    gradient: &'a mut [Row],
}

impl Work for Projection<'_> {
    type Output = Row;

    #[inline(always)]
    fn carry_out(self) -> Row {
        lanes::project(self.points, self.gradient)
    }
}

struct Step<'a> {
    points: &'a mut PointLanes<f32>,
    gradient: &'a [Row],
    rates: &'a Row,
}

impl Work for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn carry_out(self) {
        lanes::step(self.points, self.gradient, self.rates);
    }
}
