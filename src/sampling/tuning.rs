//! Step lengths that are adapted while chains burn in.

use std::f64::consts::FRAC_PI_2;

use crate::hamiltonian::Landscape;

/// Mean acceptance that step lengths are adapted to: between the optimum of the plain trajectory, 0.65, and shorter steps,
/// which cost little and forgive more.
const TARGET: f64 = 0.8;
/// Least time of a rotation.
const SHORTEST: f64 = 1e-9;
/// First change of ln ε per unit of acceptance; later ones fall like `t^{−0.6}`.
const GAIN: f64 = 0.8;

/// The step lengths of one temperature: Robbins–Monro steps of ln ε towards a mean acceptance, averaged over the second half
/// of the burn-in.
///
/// # Reference
/// Robbins, Monro (1951), Ann. Math. Stat. 22; Andrieu, Thoms (2008), Stat. Comput. 18.
#[derive(Debug, Clone)]
pub struct Tuning {
    logarithm: f64,
    longest: f64,
    sum: f64,
    summed: u32,
}

impl Tuning {
    /// Begins with half the step at which the stiffest direction of a Hessian of usual size becomes unstable. A trajectory is
    /// a quarter of a great circle at most, at the speed √Λ that velocities have: one that goes around would come back.
    pub fn new<L: Landscape>(surface: &L, temperature: f64, steps: u32) -> Self {
        let longest = FRAC_PI_2 / f64::from(steps);
        let stiffness = surface.hessian_bounds().size / temperature;
        let first = if stiffness > 0.0 { 1.0 / stiffness.sqrt() } else { longest };
        let logarithm = libm::log(first.clamp(SHORTEST, longest));
        Self { logarithm, longest, sum: 0.0, summed: 0 }
    }

    /// ε.
    pub fn step(&self) -> f64 {
        libm::exp(self.logarithm).min(self.longest)
    }

    /// After sweep number `sweep` of `burn_in` with this mean probability of acceptance.
    pub fn adapt(&mut self, acceptance: f64, sweep: u32, burn_in: u32) {
        let gain = GAIN / libm::pow(f64::from(sweep) + 1.0, 0.6);
        let moved = self.logarithm + gain * (acceptance - TARGET);
        self.logarithm = moved.clamp(libm::log(SHORTEST), libm::log(self.longest));
        if sweep >= burn_in / 2 {
            self.sum += self.logarithm;
            self.summed += 1;
        }
        if sweep + 1 == burn_in {
            self.logarithm = self.sum / f64::from(self.summed);
        }
    }
}
