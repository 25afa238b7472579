//! The trust-region subproblem: the lowest point of a quadratic model within a ball.

use super::dense::{dot, norm};
use super::symmetric::{Cholesky, Symmetric};

/// Longest and shortest step, as shares of the radius, that count as on the boundary.
const BOUNDARY: [f64; 2] = [0.9, 1.0 + 1e-9];
/// Most factorisations in search of the multiplier.
const MOST_TRIES: u32 = 40;
/// Halvings of the multiplier's range in the eigenbasis: each halves the number of doubles in it.
const HALVINGS: u32 = 64;

/// A minimiser d of `g·d + ½ dᵀ B d` over |d| ≤ radius.
#[derive(Debug, Clone)]
pub struct TrustStep {
    /// The step.
    pub step: Vec<f64>,
    /// Value of the model, negative unless g = 0 and B is positive semidefinite.
    pub change: f64,
    /// Whether the radius, not the model, ended the step.
    pub at_boundary: bool,
    /// Multiplier μ of the factor of B + μ that gave the step; `None` where there is no such factor.
    pub multiplier: Option<f64>,
    /// Whether factors gave no step, so that it was worked out from all eigenvalues.
    pub from_eigenvalues: bool,
}

/// Solves the subproblem to a tenth of the radius: Newton's step where B is positive definite and it fits, otherwise
/// `−(B + μI)⁻¹ g` with the multiplier μ for which it fits, found by safeguarded Newton iterations on μ.
///
/// In the hard case (g without a component along the most negative direction) that direction is added. Where the
/// multiplier is so near the upper end |g|/radius + ‖B‖ of its range that factors do not find it (B one by one, or nearly
/// a negative multiple of a projector), the step comes from the eigenvalues of B.
/// `None` only if B or g holds NaN or infinity. Factors are worked out in `space`.
///
/// # Reference
/// Moré, Sorensen (1983), *Computing a trust region step*, SIAM J. Sci. Stat. Comput. 4, §3;
/// Nocedal, Wright (2006), *Numerical Optimization*, Algorithm 4.3.
pub fn trust_region_step(b: &Symmetric, g: &[f64], radius: f64, space: &mut Cholesky) -> Option<TrustStep> {
    if !b.is_finite() || !g.iter().all(|x| x.is_finite()) {
        return None;
    }
    let norms = [norm(g), b.frobenius()];
    // Where squares leave the range of a double, eigenvalues are scaled.
    let in_range = norms.iter().all(|x| x.is_finite()) && (norms[0] > 0.0 || g.iter().all(|&x| x == 0.0));
    let found = in_range.then(|| by_factors(b, g, radius, space)).flatten();
    found.or_else(|| by_eigenvalues(b, g, radius))
}

/// The step from Cholesky factors of B + μ; `None` if no multiplier was found at which there is one that fits.
fn by_factors(b: &Symmetric, g: &[f64], radius: f64, space: &mut Cholesky) -> Option<TrustStep> {
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
    // Inverse iterations leave the range of a double where the matrix is tiny.
    if !step.iter().all(|x| x.is_finite()) {
        return None;
    }
    let change = dot(g, &step) + 0.5 * dot(&step, &b.times(&step));
    Some(TrustStep { step, change, at_boundary: true, multiplier: None, from_eigenvalues: false })
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

/// The lowest point of the ball, from the eigenvalues of B; `None` if they cannot be had.
///
/// In units of the radius and of the larger of ‖B‖ radius and |g|. With the gaps δ_i = λ_i − λ_0 ≥ 0 the coordinates are
/// −c_i/(δ_i + ν), where ν = μ + λ_0 keeps its digits however small it is beside μ.
fn by_eigenvalues(b: &Symmetric, g: &[f64], radius: f64) -> Option<TrustStep> {
    let eigen = b.eigen().ok()?;
    let slopes = eigen.coordinates(g);
    let sizes = eigen.values.iter().map(|value| value * radius).chain(slopes.iter().copied());
    let unit = sizes.fold(0.0f64, |top, x| top.max(x.abs()));
    if unit == 0.0 {
        return Some(finished(g, vec![0.0; g.len()], 0.0, false));
    }
    let slopes: Vec<f64> = slopes.into_iter().map(|c| c / unit).collect();
    let values: Vec<f64> = eigen.values.iter().map(|value| value * radius / unit).collect();
    let lowest = values[0];
    let at = |nu: f64| -> Vec<f64> {
        let entry = |(c, value): (&f64, &f64)| if *c == 0.0 { 0.0 } else { -c / (value - lowest + nu) };
        slopes.iter().zip(&values).map(entry).collect()
    };
    let least = lowest.max(0.0);
    let mut place = at(least);
    let at_boundary = lowest < 0.0 || norm(&place) > 1.0;
    if at_boundary {
        let sum: f64 = slopes.iter().map(|c| c.abs()).sum();
        place = at(shortened(|nu| norm(&at(nu)), [least, least + sum]));
    }
    if lowest < 0.0 {
        // The hard case, and the rest of rounding: out to the boundary along the lowest eigenvector.
        let others = dot(&place[1..], &place[1..]);
        place[0] = (1.0 - others).max(0.0).sqrt().copysign(-slopes[0]);
    }
    let model = |(e, (c, value)): (&f64, (&f64, &f64))| e * (c + 0.5 * value * e);
    let change: f64 = place.iter().zip(slopes.iter().zip(&values)).map(model).sum();
    place.iter_mut().for_each(|e| *e *= radius);
    let change = change * unit * radius;
    let step = eigen.combine(&place);
    Some(TrustStep { step, change, at_boundary, multiplier: None, from_eigenvalues: true })
}

/// The least ν in this range at which a falling length is at most 1, to the last bit; it is so at the upper end, to
/// rounding.
fn shortened(length: impl Fn(f64) -> f64, [low, high]: [f64; 2]) -> f64 {
    // Positive doubles are in the order of their bits.
    let [mut low, mut high] = [low.to_bits(), high.to_bits()];
    for _ in 0..HALVINGS {
        let middle = low + (high - low) / 2;
        if length(f64::from_bits(middle)) <= 1.0 { high = middle } else { low = middle }
    }
    f64::from_bits(high)
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
    TrustStep { step, change, at_boundary, multiplier: Some(mu), from_eigenvalues: false }
}

#[cfg(test)]
mod tests;
