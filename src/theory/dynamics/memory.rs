//! Memory integrals of the two-time equations, and the derivatives that follow from them.

use super::conditions::Conditions;
use super::ratios::{Place, Ratios};
use super::rows::{Earlier, History, Row, Slope};
use crate::theory::mixed::Mixture;

/// Derivatives of C and R at fixed ratios θ = s/t: `d/dt = ∂_t + θ ∂_s`, both from integrals over the memory.
///
/// With Σ = ξ″(C) R, D = ξ′(C), β′ the inverse temperature of the start (0 if uniform) and C_0(t) = C(t, 0):
///
/// ```text
/// ∂_t C(t,s) = −μ(t) C + ∫₀^s D(t,u) R(s,u) du + ∫₀^t Σ(t,u) C(s,u) du + β′ ξ′(C_0(t)) C_0(s)
/// ∂_s C(t,s) = −μ(s) C + ∫₀^t D(s,u) R(t,u) du + ∫₀^s Σ(s,u) C(t,u) du + β′ ξ′(C_0(s)) C_0(t) + 2T R(t,s)
/// ∂_t R(t,s) = −μ(t) R + ∫_s^t Σ(t,u) R(u,s) du
/// ∂_s R(t,s) = +μ(s) R − ∫_s^t R(t,u) Σ(u,s) du
/// μ(t) = T + ∫₀^t (D R + Σ C)(t,u) du + β′ ξ′(C_0) C_0,   E(t) = −∫₀^t (D R)(t,u) du − β′ ξ(C_0)
/// ```
///
/// # Reference
/// Crisanti, Horner, Sommers (1993); Cugliandolo, Kurchan (1993), equations 2.4 to 2.7.
#[derive(Debug)]
pub struct Memory<const P: usize> {
    grid: Ratios<P>,
    /// θ = 0.
    zero: Place<P>,
    /// θ_i θ_j: where u = θ_j s, s = θ_i t, lies in [0, t].
    below: Vec<Place<P>>,
    /// ϑ_ij = θ_i + (1 − θ_i) θ_j: where u between s and t lies.
    above: Vec<Place<P>>,
    /// θ_i/ϑ_ij = s/u.
    ratio: Vec<Place<P>>,
    force: Force,
    conditions: Conditions,
}

impl<const P: usize> Memory<P> {
    /// Tables for panels down to 2^−depth.
    pub fn new(mixture: &Mixture, conditions: Conditions, depth: u32) -> Self {
        let grid = Ratios::<P>::new(depth);
        let pairs = |ratio: &dyn Fn(f64, f64) -> f64| -> Vec<Place<P>> {
            let nodes = &grid.nodes;
            nodes
                .iter()
                .flat_map(|&a| nodes.iter().map(move |&b| (a, b)))
                .map(|(a, b)| grid.place(ratio(a, b)))
                .collect()
        };
        let between = |a: f64, b: f64| a + (1.0 - a) * b;
        Self {
            zero: grid.place(0.0),
            below: pairs(&|a, b| a * b),
            above: pairs(&between),
            ratio: pairs(&|a, b| a / between(a, b)),
            force: Force::new(mixture),
            conditions,
            grid,
        }
    }

    /// C = R = 1 at t = 0.
    pub fn start(&self) -> Row {
        let ones = vec![1.0; self.grid.len()];
        let mut row = Row { correlation: ones.clone(), response: ones, multiplier: 0.0, energy: 0.0 };
        self.complete(0.0, &mut row);
        row
    }

    /// The place of a ratio s/t.
    pub fn place(&self, ratio: f64) -> Place<P> {
        self.grid.place(ratio)
    }

    /// Sets μ(t) and the energy.
    pub fn complete(&self, t: f64, row: &mut Row) {
        let (mut work, mut friction) = (0.0, 0.0);
        for ((weight, &c), r) in self.grid.weights.iter().zip(&row.correlation).zip(&row.response) {
            let [first, second] = self.force.at(c);
            work += weight * first * r;
            friction += weight * second * r * c;
        }
        let (start, beta) = (self.zero.of(&row.correlation), self.conditions.start_beta());
        row.energy = -t * work - beta * self.force.mixture.xi(start);
        let kept = beta * self.force.at(start)[0] * start;
        row.multiplier = self.conditions.temperature + t * (work + friction) + kept;
    }

    /// d/dt of a complete row.
    pub fn slope(&self, t: f64, row: &Row, history: &History) -> Slope {
        let n = self.grid.len();
        let earlier = history.earlier(&self.grid, &self.zero, t, row);
        let now = Now::new(row, &self.force);
        let start = self.zero.of(&row.correlation);
        let start_force = self.conditions.start_beta() * self.force.at(start)[0];
        let mut slope = Slope { correlation: vec![0.0; n], response: vec![0.0; n] };
        for (i, &ratio) in self.grid.nodes.iter().enumerate() {
            let (s, rest) = (ratio * t, (1.0 - ratio) * t);
            let (below, above) = (self.below_s(i, &now, &earlier), self.above_s(i, &now, &earlier));
            let (c, r) = (row.correlation[i], row.response[i]);
            let (start_s, mu, mu_s) = (earlier.start[i], row.multiplier, earlier.multiplier[i]);
            let start_force_s = self.conditions.start_beta() * self.force.at(start_s)[0];
            let c_t = -mu * c + s * below.later + rest * above.correlation_t + start_force * start_s;
            let heat = 2.0 * self.conditions.temperature * r;
            let c_s =
                -mu_s * c + s * below.earlier + rest * above.correlation_s + start_force_s * start + heat;
            let r_t = -mu * r + rest * above.response_t;
            let r_s = mu_s * r - rest * above.response_s;
            slope.correlation[i] = c_t + ratio * c_s;
            slope.response[i] = r_t + ratio * r_s;
        }
        slope
    }

    /// Integrals over u from 0 to s = θ_i t, over s.
    fn below_s(&self, i: usize, now: &Now<'_>, earlier: &Earlier) -> Below {
        let n = self.grid.len();
        let mut sum = Below::default();
        for j in 0..n {
            let (place, weight) = (&self.below[i * n + j], self.grid.weights[j]);
            let (c, r) = (earlier.correlation[i * n + j], earlier.response[i * n + j]);
            let [first, second] = self.force.at(c);
            sum.later += weight * (place.of(&now.force) * r + place.of(&now.kernel) * c);
            sum.earlier += weight * (first * place.of(now.response) + second * r * place.of(now.correlation));
        }
        sum
    }

    /// Integrals over u from s = θ_i t to t, over t − s.
    fn above_s(&self, i: usize, now: &Now<'_>, earlier: &Earlier) -> Above {
        let n = self.grid.len();
        let mut sum = Above::default();
        for j in 0..n {
            let (place, ratio, weight) =
                (&self.above[i * n + j], &self.ratio[i * n + j], self.grid.weights[j]);
            let c = place.of_rows(ratio, &earlier.correlation, n);
            let r = place.of_rows(ratio, &earlier.response, n);
            let [first, second] = self.force.at(c);
            let (kernel, response) = (weight * place.of(&now.kernel), weight * place.of(now.response));
            sum.correlation_t += kernel * c;
            sum.response_t += kernel * r;
            sum.correlation_s += response * first;
            sum.response_s += response * second * r;
        }
        sum
    }
}

/// The row at t: C, R, ξ′(C) and ξ″(C) R.
struct Now<'a> {
    correlation: &'a [f64],
    response: &'a [f64],
    force: Vec<f64>,
    kernel: Vec<f64>,
}

impl<'a> Now<'a> {
    fn new(row: &'a Row, force: &Force) -> Self {
        let both: Vec<[f64; 2]> = row.correlation.iter().map(|&c| force.at(c)).collect();
        Self {
            correlation: &row.correlation,
            response: &row.response,
            force: both.iter().map(|both| both[0]).collect(),
            kernel: both.iter().zip(&row.response).map(|(both, r)| both[1] * r).collect(),
        }
    }
}

/// ∫₀^s of what ∂_t C and ∂_s C hold.
#[derive(Debug, Default)]
struct Below {
    later: f64,
    earlier: f64,
}

/// ∫_s^t of what the four derivatives hold.
#[derive(Debug, Default)]
struct Above {
    correlation_t: f64,
    correlation_s: f64,
    response_t: f64,
    response_s: f64,
}

/// ξ′ and ξ″, by one power per order.
#[derive(Debug)]
struct Force {
    mixture: Mixture,
    /// ξ′ of a field.
    field: f64,
    /// p − 2, p v and p(p−1) v of the orders p ≥ 2.
    terms: Vec<(i32, f64, f64)>,
}

impl Force {
    fn new(mixture: &Mixture) -> Self {
        let terms = mixture.shares().iter().filter(|share| share.0 >= 2).map(|&(order, share)| {
            let p = f64::from(order);
            (order as i32 - 2, p * share, p * (p - 1.0) * share)
        });
        Self { mixture: mixture.clone(), field: mixture.field(), terms: terms.collect() }
    }

    #[inline]
    fn at(&self, q: f64) -> [f64; 2] {
        let mut both = [self.field, 0.0];
        for &(exponent, first, second) in &self.terms {
            let power = match exponent {
                0 => 1.0,
                1 => q,
                _ => q.powi(exponent),
            };
            both[0] += first * power * q;
            both[1] += second * power;
        }
        both
    }
}
