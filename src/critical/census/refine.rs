//! From the end of a path to rounding, turned to be as real as it can be.

use super::complex::{ComplexLanes, half_angle};
use super::equations::{Eigenpair, Equations, patch};
use super::homotopy::Homotopy;

/// Most steps of Newton's method.
const MOST_STEPS: usize = 12;

/// Newton's method at s = 1 until it no longer gains. Leaves |x| = 1, Σ x_i² real and positive, and its conjugate in
/// `held`; a real x stays real.
pub fn refine(
    homotopy: &Homotopy,
    equations: &mut Equations<1>,
    at: &mut Eigenpair<1>,
    held: &mut [ComplexLanes<1>],
) {
    let order = homotopy.target.order;
    let mut last = f64::INFINITY;
    for _ in 0..MOST_STEPS {
        turn(order, at);
        patch(&at.x, held);
        equations.evaluate(homotopy, at, &[1.0], held);
        let [step] = equations.newton(at);
        if step <= 1e-15 || step >= 0.5 * last || !step.is_finite() {
            break;
        }
        last = step;
    }
    turn(order, at);
    patch(&at.x, held);
}

/// Normalises x and turns it by the phase that makes Σ x_i² real and positive: that of a real line is then real.
fn turn(order: usize, at: &mut Eigenpair<1>) {
    at.normalise(order);
    let mut sum = ComplexLanes::<1>::ZERO;
    at.x.iter().for_each(|x| sum.add_product(x, x));
    // A real vector stays as it is, bit by bit.
    if sum.im[0] != 0.0 && sum.square()[0] > 0.0 {
        let [cos, sin] = half_angle(sum.lane(0));
        let back = ComplexLanes::splat([cos, -sin]);
        at.x.iter_mut().for_each(|x| *x = x.times(&back));
        (2..order).for_each(|_| at.lambda = at.lambda.times(&back));
    }
}
