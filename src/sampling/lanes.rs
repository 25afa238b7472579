//! Velocities and rotations of points side by side. Plain multiplies and adds in one order, so the same bits on every machine.

#![allow(clippy::needless_range_loop, reason = "a lane is an index into several rows at once")]

use crate::hamiltonian::{Isa, Work, compiled_for};
use crate::numeric::lanes::{PointLanes, Real, Row64};
use crate::sphere::lanes;

/// One value for each lane.
pub type Row = Row64;

/// Lanes of a block.
pub const LANES: usize = <f64 as Real>::LANES;

/// Turns the part along w out of each column: of Euclidean gradients it makes Riemannian ones, of vectors velocities.
/// Returns the squared length of what is left in each active lane.
pub fn project(isa: Isa, points: &PointLanes<f64>, vectors: &mut [Row]) -> Row {
    compiled_for(isa, Projection { points, vectors })
}

/// `v ← v − factor · g`, each lane with its own factor; returns |v|².
pub fn kick(isa: Isa, velocity: &mut [Row], gradient: &[Row], factor: &Row) -> Row {
    compiled_for(isa, Kick { velocity, gradient, factor })
}

/// Moves every point along its great circle for a time of its own, and its velocity with it:
/// `w ← cos θ w + sin θ √Λ v/|v|`, `v ← cos θ v − sin θ |v| w/√Λ` with `θ = |v| t/√Λ`. `squares` is |w|² of where the points
/// are, `speeds` |v|²; a point whose length is off by roundings goes on from the sphere. Returns |w|² of where they come to.
pub fn rotate(isa: Isa, points: &mut PointLanes<f64>, velocity: &mut [Row], arc: &Arc) -> Row {
    compiled_for(isa, Rotation { points, velocity, arc })
}

/// How far points are moved.
#[derive(Debug, Clone, Copy)]
pub struct Arc {
    /// |w|² of each lane.
    pub squares: Row,
    /// |v|² of each lane.
    pub speeds: Row,
    /// Time that each lane moves for.
    pub time: Row,
}

/// Puts the kept values back in lanes where `back` says so.
pub fn restore(isa: Isa, values: &mut [Row], kept: &[Row], back: &[bool; LANES]) {
    compiled_for(isa, Restoration { values, kept, back });
}

struct Projection<'a> {
    points: &'a PointLanes<f64>,
    vectors: &'a mut [Row],
}

impl Work for Projection<'_> {
    type Output = Row;

    #[inline(always)]
    fn carry_out(self) -> Row {
        lanes::project(self.points, self.vectors)
    }
}

struct Kick<'a> {
    velocity: &'a mut [Row],
    gradient: &'a [Row],
    factor: &'a Row,
}

impl Work for Kick<'_> {
    type Output = Row;

    #[inline(always)]
    fn carry_out(self) -> Row {
        let factor = self.factor.0;
        let mut squares = [0.0; LANES];
        for (Row64(v), Row64(g)) in self.velocity.iter_mut().zip(self.gradient) {
            for lane in 0..LANES {
                v[lane] -= factor[lane] * g[lane];
                squares[lane] += v[lane] * v[lane];
            }
        }
        Row64(squares)
    }
}

struct Rotation<'a> {
    points: &'a mut PointLanes<f64>,
    velocity: &'a mut [Row],
    arc: &'a Arc,
}

impl Work for Rotation<'_> {
    type Output = Row;

    #[inline(always)]
    fn carry_out(self) -> Row {
        let dim = self.points.dim() as f64;
        // w ← a w + b v and v ← c v − d w, each lane with its own numbers.
        let (mut a, mut b, mut c, mut d) = ([0.0; LANES], [0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for lane in 0..LANES {
            let Arc { squares: Row64(squares), speeds: Row64(speeds), time: Row64(time) } = self.arc;
            let frequency = (speeds[lane] / dim).sqrt();
            let (sine, cosine) = libm::sincos(frequency * time[lane]);
            let length = (dim / squares[lane]).sqrt();
            a[lane] = cosine * length;
            // The limit of a point at rest.
            b[lane] = if frequency > 0.0 { sine / frequency } else { time[lane] };
            c[lane] = cosine;
            d[lane] = sine * frequency * length;
        }
        let mut squares = [0.0; LANES];
        for (Row64(w), Row64(v)) in self.points.rows.iter_mut().zip(self.velocity) {
            for lane in 0..LANES {
                let (from, speed) = (w[lane], v[lane]);
                w[lane] = a[lane] * from + b[lane] * speed;
                v[lane] = c[lane] * speed - d[lane] * from;
                squares[lane] += w[lane] * w[lane];
            }
        }
        Row64(squares)
    }
}

struct Restoration<'a> {
    values: &'a mut [Row],
    kept: &'a [Row],
    back: &'a [bool; LANES],
}

impl Work for Restoration<'_> {
    type Output = ();

    #[inline(always)]
    fn carry_out(self) {
        for (Row64(value), Row64(kept)) in self.values.iter_mut().zip(self.kept) {
            for lane in 0..LANES {
                value[lane] = if self.back[lane] { kept[lane] } else { value[lane] };
            }
        }
    }
}
