//! The highest energy between two points along a great circle.

use std::f64::consts::PI;

use super::slopes::Field;
use crate::hamiltonian::Landscape;
use crate::numeric::dense::dot;
use crate::numeric::roots::bracketed_root;

/// Places between the points at which the slope is looked at, for each wave of the highest frequency.
const PER_WAVE: usize = 16;

/// Highest energy L on the shorter great circle from one point to another, both included; NaN where they are antipodal or
/// something is not finite.
///
/// Along the circle, `w(φ) = a cos φ + t sin φ`, L is a trigonometric polynomial of the landscape's
/// [degree](Landscape::degree) d. Its 2d + 1 coefficients come from as many energies on the whole circle, without truncation
/// error, and its highest place from the roots of its derivative.
///
/// # Panics
/// If the points are not of the landscape's dimension.
pub fn great_circle_top<L: Landscape>(field: &Field<L>, a: &[f64], b: &[f64]) -> f64 {
    let square = dot(a, a);
    let along = dot(a, b) / square;
    let tangent: Vec<f64> = b.iter().zip(a).map(|(b, a)| b - along * a).collect();
    let length = dot(&tangent, &tangent).sqrt();
    let has_direction = length > 1e-12 * square.sqrt();
    if !has_direction {
        let same = along > 0.0;
        return if same { field.slopes([a].into_iter())[0].energy } else { f64::NAN };
    }
    let tangent: Vec<f64> = tangent.iter().map(|t| t * square.sqrt() / length).collect();
    let end = libm::atan2(length / square.sqrt(), along);
    let degree = field.landscape.degree();
    let count = 2 * degree + 1;
    let place = |angle: f64| -> Vec<f64> {
        let (sin, cos) = (libm::sin(angle), libm::cos(angle));
        a.iter().zip(&tangent).map(|(a, t)| a * cos + t * sin).collect()
    };
    let angles: Vec<f64> = (0..count).map(|k| 2.0 * PI * k as f64 / count as f64).collect();
    let points: Vec<Vec<f64>> = angles.iter().map(|&angle| place(angle)).collect();
    let energies: Vec<f64> =
        field.slopes(points.iter().map(Vec::as_slice)).iter().map(|slope| slope.energy).collect();
    Profile::through(&angles, &energies, degree).top(end)
}

/// `L(φ) = Σ_m c_m cos mφ + s_m sin mφ`.
struct Profile {
    waves: Vec<[f64; 2]>,
}

impl Profile {
    fn through(angles: &[f64], energies: &[f64], degree: usize) -> Self {
        let wave = |m: usize| {
            let scale = if m == 0 { 1.0 } else { 2.0 } / angles.len() as f64;
            let sum = |f: fn(f64) -> f64| {
                angles.iter().zip(energies).map(|(&angle, energy)| energy * f(m as f64 * angle)).sum::<f64>()
            };
            [scale * sum(libm::cos), scale * sum(libm::sin)]
        };
        Self { waves: (0..=degree).map(wave).collect() }
    }

    fn value(&self, angle: f64) -> f64 {
        self.sum(angle, |_, [c, s], [cos, sin]| c * cos + s * sin)
    }

    fn slope(&self, angle: f64) -> f64 {
        self.sum(angle, |m, [c, s], [cos, sin]| m * (s * cos - c * sin))
    }

    fn sum(&self, angle: f64, term: impl Fn(f64, [f64; 2], [f64; 2]) -> f64) -> f64 {
        let terms = self.waves.iter().enumerate().map(|(m, &wave)| {
            let m = m as f64;
            term(m, wave, [libm::cos(m * angle), libm::sin(m * angle)])
        });
        terms.sum()
    }

    /// Highest value from 0 to an angle.
    fn top(&self, end: f64) -> f64 {
        let count = PER_WAVE * self.waves.len();
        let at = |k: usize| end * k as f64 / count as f64;
        let mut top = self.value(0.0).max(self.value(end));
        if !top.is_finite() {
            return f64::NAN;
        }
        for k in 0..count {
            let (left, right) = (at(k), at(k + 1));
            top = top.max(self.value(right));
            if self.slope(left) > 0.0 && self.slope(right) < 0.0 {
                let root = bracketed_root(|angle| self.slope(angle), left, right);
                top = root.map_or(top, |angle| top.max(self.value(angle)));
            }
        }
        top
    }
}
