//! The move: Hamiltonian trajectories along great circles, many chains side by side.

use super::lanes::{self, Arc, LANES, Row};
use crate::hamiltonian::{Contraction, Isa, Landscape};
use crate::numeric::lanes::{PointLanes, Real};

/// Shares of a full kick at the beginning of a trajectory, between two rotations and at the end.
///
/// Only shares that are the same read backwards give a reversible trajectory; anything else is for tests that must see it
/// fail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kicks {
    /// Before the first rotation.
    pub first: f64,
    /// Between two rotations.
    pub between: f64,
    /// After the last rotation.
    pub last: f64,
}

impl Kicks {
    /// Half a kick, rotation, half a kick; two halves at one point are one kick.
    pub const LEAPFROG: Self = Self { first: 0.5, between: 1.0, last: 0.5 };
}

/// A trajectory of each lane.
#[derive(Debug, Clone, Copy)]
pub struct Trajectory {
    /// Rotations, each with a contraction at its end.
    pub steps: u32,
    /// Time ε of a rotation.
    pub step: Row,
    /// 1/T.
    pub inverse_temperature: Row,
    /// Shares of kicks.
    pub kicks: Kicks,
}

/// Chains on one landscape, one in each lane, with energy and Riemannian gradient where they are.
///
/// A trajectory follows `H(w, v) = L(w)/T + |v|²/2` on the sphere |w|² = Λ with tangent velocities v: kicks
/// `v ← v − ε g/T` with the Riemannian gradient g, and rotations along the great circle of v for a time ε. Kicks are functions
/// of the point alone and rotations are exact, so that a trajectory is reversible and keeps volume, and a Metropolis decision
/// on the change of H leaves e^{−L/T} as it is, whatever ε. Bits of a lane depend on no other.
///
/// # Reference
/// Duane, Kennedy, Pendleton, Roweth (1987), Phys. Lett. B 195; Byrne, Girolami (2013), *Geodesic Monte Carlo on embedded
/// manifolds*, Scand. J. Stat. 40.
#[derive(Debug)]
pub struct Chains<'a, L> {
    surface: &'a L,
    isa: Isa,
    points: PointLanes<f64>,
    here: Here,
    velocity: Vec<Row>,
    kept: Kept,
    space: Contraction<f64>,
}

/// What is known where the points are.
#[derive(Debug, Clone)]
struct Here {
    /// |w|².
    squares: Row,
    energy: Row,
    radial_slope: Row,
    /// Riemannian gradient.
    gradient: Vec<Row>,
}

/// Where a trajectory began.
#[derive(Debug)]
struct Kept {
    rows: Vec<Row>,
    here: Here,
}

impl<'a, L: Landscape> Chains<'a, L> {
    /// Chains that begin at these points, each on the sphere |w|² = Λ.
    ///
    /// # Panics
    /// If there are more than [`LANES`], or one has not dimension Λ.
    #[track_caller]
    pub fn new(surface: &'a L, isa: Isa, starts: &[Vec<f64>]) -> Self {
        let dim = surface.dim();
        let mut points = PointLanes::new(dim);
        starts.iter().for_each(|start| {
            points.push(start);
        });
        let mut squares = <f64 as Real>::ZEROS;
        for row in &points.rows {
            squares.0.iter_mut().zip(&row.0).for_each(|(sum, x)| *sum += x * x);
        }
        let zeros = vec![<f64 as Real>::ZEROS; dim];
        let [energy, radial_slope] = [<f64 as Real>::ZEROS; 2];
        let here = Here { squares, energy, radial_slope, gradient: zeros.clone() };
        let kept = Kept { rows: zeros.clone(), here: here.clone() };
        let mut chains =
            Self { surface, isa, points, here, velocity: zeros, kept, space: Contraction::new(dim) };
        chains.evaluate();
        chains
    }

    /// Number of chains.
    pub fn count(&self) -> usize {
        self.points.active
    }

    /// Where a chain is.
    pub fn point(&self, lane: usize) -> Vec<f64> {
        self.points.lane(lane)
    }

    /// L of each lane.
    pub fn energy(&self) -> &Row {
        &self.here.energy
    }

    /// w·∇L/Λ of each lane.
    pub fn radial_slope(&self) -> &Row {
        &self.here.radial_slope
    }

    /// Overlap w·w'/Λ of two chains, of which the second may be in another block.
    pub fn overlap(&self, lane: usize, other: &Self, other_lane: usize) -> f64 {
        let rows = self.points.rows.iter().zip(&other.points.rows);
        rows.map(|(a, b)| a.0[lane] * b.0[other_lane]).sum::<f64>() / self.points.dim() as f64
    }

    /// Overlap w·v/Λ of a chain with a vector.
    pub fn overlap_with(&self, lane: usize, vector: &[f64]) -> f64 {
        let rows = self.points.rows.iter().zip(vector);
        rows.map(|(w, v)| w.0[lane] * v).sum::<f64>() / self.points.dim() as f64
    }

    /// Gives every chain a velocity: coordinate after coordinate from `normal(lane)`, then made tangent.
    pub fn draw_velocities(&mut self, mut normal: impl FnMut(usize) -> f64) {
        for row in &mut self.velocity {
            let row = row.0.iter_mut().take(self.points.active).enumerate();
            row.for_each(|(lane, v)| *v = normal(lane));
        }
        lanes::project(self.isa, &self.points, &mut self.velocity);
    }

    /// Turns every velocity around.
    pub fn turn_around(&mut self) {
        self.velocity.iter_mut().flat_map(|row| &mut row.0).for_each(|v| *v = -*v);
    }

    /// Takes every chain along a trajectory and says `H(begin) − H(end)`, the logarithm of what Metropolis accepts with.
    /// [`Self::settle`] decides whether a chain stays there.
    pub fn propose(&mut self, trajectory: &Trajectory) -> Row {
        self.kept.rows.copy_from_slice(&self.points.rows);
        self.kept.here.clone_from(&self.here);
        let Trajectory { steps, step, inverse_temperature, kicks } = trajectory;
        let speeds = self.kinetic(0.0, trajectory);
        let begin = self.hamiltonian(speeds, inverse_temperature);
        let mut share = kicks.first;
        for _ in 0..*steps {
            let speeds = self.kinetic(share, trajectory);
            let arc = Arc { squares: self.here.squares, speeds, time: *step };
            self.here.squares = lanes::rotate(self.isa, &mut self.points, &mut self.velocity, &arc);
            self.evaluate();
            share = kicks.between;
        }
        let speeds = self.kinetic(kicks.last, trajectory);
        let end = self.hamiltonian(speeds, inverse_temperature);
        let mut change = begin;
        change.0.iter_mut().zip(&end.0).for_each(|(begin, end)| *begin -= end);
        change
    }

    /// Puts chains that are not accepted back where they were before the trajectory.
    pub fn settle(&mut self, accepted: impl Fn(usize) -> bool) {
        let mut back = [false; LANES];
        back.iter_mut().enumerate().take(self.count()).for_each(|(lane, back)| *back = !accepted(lane));
        if back.iter().all(|back| !back) {
            return;
        }
        let Kept { rows, here: kept } = &self.kept;
        lanes::restore(self.isa, &mut self.points.rows, rows, &back);
        let here = &mut self.here;
        lanes::restore(self.isa, &mut here.gradient, &kept.gradient, &back);
        let rows = [
            (&mut here.squares, &kept.squares),
            (&mut here.energy, &kept.energy),
            (&mut here.radial_slope, &kept.radial_slope),
        ];
        for (row, kept) in rows {
            lanes::restore(self.isa, std::slice::from_mut(row), std::slice::from_ref(kept), &back);
        }
    }

    /// Kicks by a share of ε; |v|².
    fn kinetic(&mut self, share: f64, trajectory: &Trajectory) -> Row {
        let mut factor = trajectory.step;
        let rows = factor.0.iter_mut().zip(&trajectory.inverse_temperature.0);
        rows.for_each(|(step, inverse)| *step = share * *step * inverse);
        lanes::kick(self.isa, &mut self.velocity, &self.here.gradient, &factor)
    }

    fn hamiltonian(&self, speeds: Row, inverse_temperature: &Row) -> Row {
        let mut sum = speeds;
        let rows = sum.0.iter_mut().zip(&self.here.energy.0).zip(&inverse_temperature.0);
        rows.for_each(|((sum, energy), inverse)| *sum = 0.5 * *sum + energy * inverse);
        sum
    }

    fn evaluate(&mut self) {
        self.surface.contract_exact(self.isa, &self.points, &mut self.space);
        let here = &mut self.here;
        (here.energy, here.radial_slope) = (self.space.energy, self.space.radial_slope);
        std::mem::swap(&mut here.gradient, &mut self.space.gradient);
        lanes::project(self.isa, &self.points, &mut here.gradient);
    }
}
