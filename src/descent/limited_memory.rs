//! What the last steps of descents say of the curvature: limited-memory BFGS for starts side by side.

use crate::hamiltonian::Work;
use crate::numeric::lanes::{Real, Row32};

/// Least cosine of the angle between a step and the change of the gradient: below it curvature along the step is not
/// positive, or is lost in rounding.
const LEAST_COSINE: f32 = 1e-5;

/// The last steps of the start in each lane, with the changes of the gradient along them, and so an estimate B of the
/// inverse Hessian that is positive definite.
///
/// All lanes write one slot at a time; a lane that has nothing to remember then forgets its oldest pair all the same, so
/// that what it remembers depends on its own steps only. A pair (s, y) lies in the tangent space where it was made and is
/// not moved to later ones: with s·y > 0, B is positive definite on the space around the sphere, and so is its projection
/// onto any tangent space. (Pairs projected anew at every step took as many gradients.)
///
/// Sums are in single precision, one row after the other, as are gradients: their rounding, some 1e-6, changes B by no more
/// than a gradient in single precision does.
///
/// # Reference
/// Nocedal, Wright (2006), *Numerical Optimization*, Algorithm 7.4 (two loops) and equation 7.20 (scale).
pub(super) struct LimitedMemory {
    slots: Vec<Pair>,
    newest: usize,
    /// B without pairs, times the unit matrix.
    scale: Row32,
}

/// A step and the change of the gradient along it, for each lane.
struct Pair {
    step: Vec<Row32>,
    change: Vec<Row32>,
    /// 1/(s·y); 0 in a lane that remembers nothing here.
    inverse: Row32,
}

/// Trials of a block of starts.
pub(super) struct Trials<'a> {
    pub place: Place<'a>,
    /// 1 where the trial is accepted, 0 where it is refused.
    pub accepted: Row32,
    /// Number of lanes in use.
    pub active: usize,
}

/// A point and its Riemannian gradient in each lane.
pub(super) struct Place<'a> {
    pub points: &'a [Row32],
    pub gradient: &'a [Row32],
}

impl LimitedMemory {
    /// Without any pair.
    pub fn new(dim: usize, pairs: usize) -> Self {
        let rows = || vec![f32::ZEROS; dim];
        let pair = || Pair { step: rows(), change: rows(), inverse: f32::ZEROS };
        Self { slots: (0..pairs).map(|_| pair()).collect(), newest: 0, scale: f32::ZEROS }
    }

    /// Forgets all of a lane; steps are this multiple of the gradient again.
    pub fn clear(&mut self, lane: usize, scale: f32) {
        self.slots.iter_mut().for_each(|pair| pair.clear(lane));
        self.scale.0[lane] = scale;
    }

    /// Puts what one lane remembers in place of what another does.
    pub fn move_lane(&mut self, from: usize, to: usize) {
        for Pair { step, change, inverse } in &mut self.slots {
            move_lane(step, from, to);
            move_lane(change, from, to);
            inverse.0[to] = inverse.0[from];
        }
        self.scale.0[to] = self.scale.0[from];
    }

    /// Learns from trials, and goes on to those that are accepted: they replace `here` and its gradient. Refused ones tell
    /// of the curvature, too.
    #[inline(always)]
    fn learn(&mut self, trials: &Trials, here: &mut [Row32], gradient: &mut [Row32]) {
        let Trials { place: trial, accepted, active } = trials;
        self.newest = (self.newest + 1) % self.slots.len();
        let pair = &mut self.slots[self.newest];
        let dim = here.len() as f32;
        let [mut step_along, mut change_along] = [f32::ZEROS; 2];
        for (row, (w, g)) in here.iter().zip(&*gradient).enumerate() {
            let (to, turned) = (&trial.points[row].0, &trial.gradient[row].0);
            for lane in 0..f32::LANES {
                let base = if accepted.0[lane] > 0.0 { to[lane] } else { w.0[lane] };
                step_along.0[lane] += (to[lane] - w.0[lane]) * base;
                change_along.0[lane] += (turned[lane] - g.0[lane]) * base;
            }
        }
        for lane in 0..f32::LANES {
            step_along.0[lane] /= dim;
            change_along.0[lane] /= dim;
        }
        let [mut product, mut steps, mut changes] = [f32::ZEROS; 3];
        for (row, (w, g)) in here.iter_mut().zip(gradient).enumerate() {
            let (to, turned) = (&trial.points[row].0, &trial.gradient[row].0);
            let (s, y) = (&mut pair.step[row].0, &mut pair.change[row].0);
            for lane in 0..f32::LANES {
                let accepts = accepted.0[lane] > 0.0;
                let base = if accepts { to[lane] } else { w.0[lane] };
                s[lane] = (to[lane] - w.0[lane]) - step_along.0[lane] * base;
                y[lane] = (turned[lane] - g.0[lane]) - change_along.0[lane] * base;
                product.0[lane] += s[lane] * y[lane];
                steps.0[lane] += s[lane] * s[lane];
                changes.0[lane] += y[lane] * y[lane];
                w.0[lane] = base;
                g.0[lane] = if accepts { turned[lane] } else { g.0[lane] };
            }
        }
        pair.inverse = f32::ZEROS;
        for lane in 0..*active {
            let least = LEAST_COSINE * (steps.0[lane] * changes.0[lane]).sqrt();
            // NaN is forgotten too.
            if product.0[lane] > least && changes.0[lane] > 0.0 {
                pair.inverse.0[lane] = 1.0 / product.0[lane];
                self.scale.0[lane] = product.0[lane] / changes.0[lane];
            } else {
                pair.clear(lane);
            }
        }
    }

    /// Leaves `P B g` in `out`, with the projection P onto the tangent space; returns its square and its product with g.
    #[inline(always)]
    fn apply(&self, here: &Place, out: &mut [Row32]) -> [Row32; 2] {
        let slots = self.slots.len();
        // Newest first.
        let pair = |age: usize| &self.slots[(self.newest + slots - age) % slots];
        out.copy_from_slice(here.gradient);
        let mut shares = vec![f32::ZEROS; slots];
        let mut along = dot(out, &pair(0).step);
        for (age, share) in shares.iter_mut().enumerate() {
            *share = times(along, &pair(age).inverse);
            share.0.iter_mut().for_each(|share| *share = -*share);
            let next = if age + 1 < slots { &pair(age + 1).step } else { &pair(age).change };
            along = add(out, share, &pair(age).change, next);
        }
        for row in out.iter_mut() {
            *row = times(*row, &self.scale);
        }
        along = times(along, &self.scale);
        for age in (0..slots).rev() {
            let mut share = times(along, &pair(age).inverse);
            share.0.iter_mut().zip(&shares[age].0).for_each(|(share, first)| *share = -first - *share);
            let next = if age > 0 { &pair(age - 1).change } else { here.points };
            along = add(out, &share, &pair(age).step, next);
        }
        let dim = here.points.len() as f32;
        along.0.iter_mut().for_each(|along| *along /= dim);
        let [mut squares, mut slopes] = [f32::ZEROS; 2];
        for ((x, w), g) in out.iter_mut().zip(here.points).zip(here.gradient) {
            for lane in 0..f32::LANES {
                x.0[lane] -= along.0[lane] * w.0[lane];
                squares.0[lane] += x.0[lane] * x.0[lane];
                slopes.0[lane] += x.0[lane] * g.0[lane];
            }
        }
        [squares, slopes]
    }
}

/// Products of rows, lane by lane.
pub(super) struct Products<'a> {
    pub x: &'a [Row32],
    pub y: &'a [Row32],
}

impl Work for Products<'_> {
    type Output = Row32;

    #[inline(always)]
    fn carry_out(self) -> Row32 {
        dot(self.x, self.y)
    }
}

/// Trials that the memory learns from, and the next steps, which it leaves in `step`; gives what [`LimitedMemory::apply`] gives.
pub(super) struct Learning<'a> {
    pub memory: &'a mut LimitedMemory,
    pub trials: Trials<'a>,
    pub here: &'a mut [Row32],
    pub gradient: &'a mut [Row32],
    pub step: &'a mut [Row32],
}

impl Work for Learning<'_> {
    type Output = [Row32; 2];

    #[inline(always)]
    fn carry_out(self) -> [Row32; 2] {
        self.memory.learn(&self.trials, self.here, self.gradient);
        self.memory.apply(&Place { points: self.here, gradient: self.gradient }, self.step)
    }
}

impl Pair {
    fn clear(&mut self, lane: usize) {
        self.step.iter_mut().chain(&mut self.change).for_each(|row| row.0[lane] = 0.0);
        self.inverse.0[lane] = 0.0;
    }
}

/// Puts what is in one lane in place of what is in another.
pub(super) fn move_lane(rows: &mut [Row32], from: usize, to: usize) {
    rows.iter_mut().for_each(|row| row.0[to] = row.0[from]);
}

/// x·y of each lane.
#[inline(always)]
fn dot(x: &[Row32], y: &[Row32]) -> Row32 {
    let mut sum = f32::ZEROS;
    for (x, y) in x.iter().zip(y) {
        for lane in 0..f32::LANES {
            sum.0[lane] += x.0[lane] * y.0[lane];
        }
    }
    sum
}

/// `x ← x + c y`; returns x·z of each lane.
#[inline(always)]
fn add(x: &mut [Row32], c: &Row32, y: &[Row32], z: &[Row32]) -> Row32 {
    let mut sum = f32::ZEROS;
    for ((x, y), z) in x.iter_mut().zip(y).zip(z) {
        for lane in 0..f32::LANES {
            x.0[lane] += c.0[lane] * y.0[lane];
            sum.0[lane] += x.0[lane] * z.0[lane];
        }
    }
    sum
}

/// Product of each lane.
#[inline(always)]
fn times(mut x: Row32, y: &Row32) -> Row32 {
    x.0.iter_mut().zip(&y.0).for_each(|(x, y)| *x *= y);
    x
}
