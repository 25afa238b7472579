//! The trust-region subproblem: the lowest point of a quadratic model within a ball.

use super::symmetric::{Cholesky, Symmetric};

/// Longest and shortest step, as shares of the radius, that count as on the boundary.
const BOUNDARY: [f64; 2] = [0.9, 1.0 + 1e-9];
/// Most factorisations in search of the multiplier.
const MOST_TRIES: u32 = 40;

/// A minimiser d of `g·d + ½ dᵀ B d` over |d| ≤ radius.
#[derive(Debug, Clone)]
pub struct TrustStep {
    /// The step.
    pub step: Vec<f64>,
    /// Value of the model, negative unless g = 0 and B is positive semidefinite.
    pub change: f64,
    /// Whether the radius, not the model, ended the step.
    pub at_boundary: bool,
}

/// Solves the subproblem to a tenth of the radius: Newton's step where B is positive definite and it fits, otherwise
/// `−(B + μI)⁻¹ g` with the multiplier μ for which it fits, found by safeguarded Newton iterations on μ.
///
/// In the hard case (g without a component along the most negative direction) that direction is added.
/// `None` if B or g holds NaN or infinity. Factors are worked out in `space`.
///
/// # Reference
/// Moré, Sorensen (1983), *Computing a trust region step*, SIAM J. Sci. Stat. Comput. 4, §3;
/// Nocedal, Wright (2006), *Numerical Optimization*, Algorithm 4.3.
pub fn trust_region_step(b: &Symmetric, g: &[f64], radius: f64, space: &mut Cholesky) -> Option<TrustStep> {
    if !b.is_finite() || !g.iter().all(|x| x.is_finite()) {
        return None;
    }
    if space.set(b, 0.0) {
        let step = shifted_newton(space, g);
        if norm(&step) <= radius {
            return Some(finished(g, step, 0.0, false));
        }
    }
    // At the upper bound B + μI is positive definite and the step fits.
    let size = b.frobenius();
    let (mut low, mut high) = (0.0f64, norm(g) / radius + size);
    let mut mu = (norm(g) / radius).clamp(1e-3 * size, high);
    let mut best: Option<f64> = None;
    for _ in 0..MOST_TRIES {
        if !space.set(b, mu) {
            low = mu;
            mu = between(low, 4.0 * mu, high);
            continue;
        }
        let step = shifted_newton(space, g);
        let length = norm(&step);
        if (BOUNDARY[0] * radius..=BOUNDARY[1] * radius).contains(&length) {
            return Some(finished(g, step, mu, true));
        }
        let mut halfway = step;
        space.half_solve(&mut halfway);
        let newton = mu + (length / norm(&halfway)).powi(2) * (length - radius) / radius;
        if length > radius {
            low = mu;
        } else {
            high = mu;
            best = Some(mu);
        }
        if high - low <= 1e-10 * high {
            break;
        }
        mu = between(low, newton, high);
    }
    // The factor at this multiplier was found before.
    best.filter(|&mu| space.set(b, mu))?;
    let step = along_null(shifted_newton(space, g), space, g, radius);
    let change = dot(g, &step) + 0.5 * dot(&step, &b.times(&step));
    Some(TrustStep { step, change, at_boundary: true })
}

/// The hard case: adds the direction that the nearly singular factor blows up, up to the radius.
fn along_null(step: Vec<f64>, factor: &Cholesky, g: &[f64], radius: f64) -> Vec<f64> {
    let mut z: Vec<f64> = (0..g.len()).map(|i| 1.0 + 1e-3 * i as f64).collect();
    for _ in 0..3 {
        let length = norm(&z);
        z.iter_mut().for_each(|x| *x /= length);
        factor.solve(&mut z);
    }
    let length = norm(&z);
    let downhill = if dot(&z, g) > 0.0 { -1.0 } else { 1.0 };
    z.iter_mut().for_each(|x| *x *= downhill / length);
    // The positive root of |step + τ z| = radius.
    let along = dot(&step, &z);
    let room = (radius * radius - dot(&step, &step)).max(0.0);
    let tau = -along + (along * along + room).sqrt();
    step.iter().zip(&z).map(|(d, z)| d + tau * z).collect()
}

/// −(B + μ)⁻¹ g.
fn shifted_newton(factor: &Cholesky, g: &[f64]) -> Vec<f64> {
    let mut step: Vec<f64> = g.iter().map(|x| -x).collect();
    factor.solve(&mut step);
    step
}

/// A multiplier strictly inside (low, high), as near the wanted one as safe.
fn between(low: f64, wanted: f64, high: f64) -> f64 {
    let margin = 0.01 * (high - low);
    match wanted > low + margin && wanted < high - margin {
        true => wanted,
        // Geometric where the bounds differ by orders of magnitude.
        false => (low * high).sqrt().clamp(low + margin, high - margin),
    }
}

/// With (B + μ) d = −g the model's value is ½ (g·d − μ|d|²).
fn finished(g: &[f64], step: Vec<f64>, mu: f64, at_boundary: bool) -> TrustStep {
    let change = 0.5 * (dot(g, &step) - mu * dot(&step, &step));
    TrustStep { step, change, at_boundary }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(x: &[f64]) -> f64 {
    dot(x, x).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The exact minimum for a diagonal B, by a scan of the multiplier.
    fn diagonal_minimum(values: &[f64], g: &[f64], radius: f64) -> f64 {
        let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
        let model =
            |d: &[f64]| d.iter().zip(values).zip(g).map(|((d, b), g)| g * d + 0.5 * b * d * d).sum::<f64>();
        let step = |mu: f64| values.iter().zip(g).map(|(b, g)| -g / (b + mu)).collect::<Vec<_>>();
        if lowest > 0.0 && norm(&step(0.0)) <= radius {
            return model(&step(0.0));
        }
        let (mut low, mut high) = ((-lowest).max(0.0), 1e6);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if norm(&step(middle)) > radius { low = middle } else { high = middle }
        }
        model(&step(high))
    }

    #[test]
    fn steps_reach_nearly_the_lowest_value_in_the_ball() {
        let cases: [(&[f64], &[f64]); 4] = [
            (&[1.0, 2.0, 5.0], &[0.1, -0.2, 0.3]),
            (&[1.0, 2.0, 5.0], &[10.0, -20.0, 3.0]),
            (&[-1.0, 2.0, 5.0], &[0.1, -0.2, 0.3]),
            (&[-3.0, -2.0, 0.0], &[1e-6, 1.0, 1.0]),
        ];
        for (values, g) in cases {
            let b = Symmetric::from_lower(3, |i, j| if i == j { values[i] } else { 0.0 });
            for radius in [0.01, 0.5, 3.0] {
                let found = trust_region_step(&b, g, radius, &mut Cholesky::default()).unwrap();
                let exact = diagonal_minimum(values, g, radius);
                assert!(norm(&found.step) <= radius * (1.0 + 1e-8));
                assert!(found.change <= 0.75 * exact, "{values:?} {radius}: {} {exact}", found.change);
            }
        }
    }

    #[test]
    fn the_hard_case_follows_the_most_negative_direction() {
        let values = [-1.0, 2.0, 3.0];
        let b = Symmetric::from_lower(3, |i, j| if i == j { values[i] } else { 0.0 });
        let found = trust_region_step(&b, &[0.0, 0.1, 0.1], 1.0, &mut Cholesky::default()).unwrap();
        assert!(found.at_boundary && found.step[0].abs() > 0.9 && found.change < -0.45, "{found:?}");
        let saddle = trust_region_step(&b, &[0.0; 3], 1.0, &mut Cholesky::default()).unwrap();
        assert!(saddle.change < -0.49, "{saddle:?}");
    }
}
