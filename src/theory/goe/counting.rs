//! The law of the number of eigenvalues below a point, each probability to full relative accuracy.

use super::generating::{Complex, Generating, Parts};
use crate::numeric::precise::{Double, Precise};

/// A probability, or any positive number, by its logarithm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LogEstimate {
    /// Natural logarithm.
    pub log: f64,
    /// Bound on the relative error that was estimated, not proved; may be far above 1.
    pub error: f64,
}

impl LogEstimate {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { log: f64::NEG_INFINITY, error: f64::INFINITY };

    /// The sum of positive numbers.
    pub fn sum(terms: &[Self]) -> Self {
        let largest = terms.iter().map(|term| term.log).fold(f64::NEG_INFINITY, f64::max);
        if largest == f64::NEG_INFINITY {
            return Self::UNKNOWN;
        }
        let weight = |term: &Self| (term.log - largest).exp();
        let total: f64 = terms.iter().map(weight).sum();
        // Where a term has no weight at all its error does not count.
        let error: f64 = terms.iter().map(|t| weight(t) * t.error).filter(|e| e.is_finite()).sum();
        Self { log: largest + total.ln(), error: error / total }
    }
}

/// Noise that was seen is taken this many times.
const CAUTION: f64 = 20.0;
/// A coefficient is taken from a circle on which it has at least this share.
const SHARE: f64 = 1e-3;

/// P(N(s) = j) for j = 0 … highest, s ≤ 0, from a generating function.
///
/// P is the root of a polynomial's values on a circle |ζ| = 2^q; its coefficients, and those of the odd part, are the
/// Fourier coefficients. For each coefficient a circle is chosen on which it is among the largest, so that its relative
/// error is that of the largest. On a circle P must be a polynomial: Fourier coefficients where a polynomial has none
/// are noise, and say how much of it the others hold.
///
/// # Reference
/// Bornemann (2011), *Accuracy and stability of computing high-order derivatives of analytic functions by Cauchy
/// integrals*, for the choice of the radius.
pub(super) fn distribution<T: Precise>(generating: &Generating<T>, unit: &T, highest: usize) -> Vec<LogEstimate> {
    let radii = Radii { generating, unit };
    let points = (generating.size() / 2 + 12).next_power_of_two().max(32);
    let circle = UnitCircle::new(unit, points);
    let mut found = vec![LogEstimate::UNKNOWN; highest + 1];
    let mut take = |coefficients: &Coefficients| {
        for (j, found) in found.iter_mut().enumerate() {
            let estimate = coefficients.estimate(j);
            if estimate.error < found.error {
                *found = estimate;
            }
        }
    };
    let mut here = 0;
    let mut coefficients = Coefficients::on(&radii, &circle, here);
    take(&coefficients);
    for pair in 0..=highest / 2 {
        if coefficients.share(pair) < SHARE {
            here = radii.with_mean(pair as f64, here);
            coefficients = Coefficients::on(&radii, &circle, here);
            take(&coefficients);
        }
    }
    found
}

/// The size of P along the positive axis.
struct Radii<'a, T> {
    generating: &'a Generating<T>,
    unit: &'a T,
}

impl<T: Precise> Radii<'_, T> {
    /// P² at ζ = 2^q.
    fn square(&self, q: i64) -> T {
        let re = self.unit.of(1.0).times_power_of_two(q);
        self.generating.at(&Complex { re, im: self.unit.of(0.0) }).square.re
    }

    /// Mean of i under the weights p_i ζⁱ at ζ = 2^q: ½ d log P² / d log ζ.
    fn mean(&self, q: i64) -> f64 {
        0.25 * (self.square(q + 1).log2() - self.square(q - 1).log2())
    }

    /// The exponent q at which the mean is near `target`, searched from `start`.
    fn with_mean(&self, target: f64, start: i64) -> i64 {
        let top = 0.5 * self.generating.size() as f64;
        let target = target.clamp(0.2, (top - 0.2).max(0.3));
        let (mut low, mut high, mut step) = (start, start, 8);
        while self.mean(low) > target && step < 1 << 20 {
            low -= step;
            step *= 2;
        }
        step = 8;
        while self.mean(high) < target && step < 1 << 20 {
            high += step;
            step *= 2;
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            *(if self.mean(middle) < target { &mut low } else { &mut high }) = middle;
        }
        high
    }
}

/// e^{iπk/n} for k = 0 … 2n − 1, n a power of two.
struct UnitCircle<T> {
    precise: Vec<Complex<T>>,
    double: Vec<Complex<Double>>,
}

impl<T: Precise> UnitCircle<T> {
    fn new(unit: &T, n: usize) -> Self {
        let (one, half) = (unit.of(1.0), unit.of(0.5));
        let mut cosine = one.negated();
        for _ in 0..n.ilog2() {
            cosine = one.plus(&cosine).times(&half).sqrt();
        }
        let mut sine = one.clone();
        sine.subtract_product(&cosine, &cosine);
        let step = Complex { re: cosine, im: sine.sqrt() };
        let mut precise = vec![Complex { re: one, im: unit.of(0.0) }];
        for k in 1..2 * n {
            precise.push(precise[k - 1].times(&step));
        }
        let double = precise.iter().map(|x| Complex { re: cut(&x.re, 0), im: cut(&x.im, 0) }).collect();
        Self { precise, double }
    }

    /// n.
    fn points(&self) -> usize {
        self.precise.len() / 2
    }

    fn at(&self, k: i64) -> &Complex<Double> {
        &self.double[k.rem_euclid(self.double.len() as i64) as usize]
    }
}

/// x · 2^{−exponent} in double-double.
fn cut<T: Precise>(x: &T, exponent: i64) -> Double {
    let split = x.split();
    split.significand.times_power_of_two((split.exponent - exponent).clamp(-1000, 1000))
}

/// Fourier coefficients p_i ζⁱ and o_i ζⁱ on one circle, in units of P's largest value on it.
struct Coefficients {
    /// log₂ of the radius.
    q: i64,
    /// log₂ of the unit.
    unit: f64,
    /// Coefficients of P and of its odd part, by i.
    all: Vec<f64>,
    odd: Vec<f64>,
    noise: f64,
}

impl Coefficients {
    fn on<T: Precise>(radii: &Radii<T>, circle: &UnitCircle<T>, q: i64) -> Self {
        let scale = radii.square(q).split().exponent;
        let scale = scale + scale.rem_euclid(2);
        let mean = radii.mean(q);
        let turns = if mean.is_finite() { mean.round() as i64 } else { 0 };
        let (all, odd) = values(radii, circle, q, scale, turns);
        let points = circle.points() as i64;
        let degree = (radii.generating.size() / 2) as i64;
        let mut noise = 2f64.powi(-100);
        let mut coefficients = [Vec::new(), Vec::new()];
        for i in turns - points / 2..turns + points / 2 {
            for (values, into) in [&all, &odd].into_iter().zip(&mut coefficients) {
                let coefficient = fourier(values, circle, i - turns);
                match i {
                    _ if i < 0 || i > degree => noise = coefficient.abs().max(noise),
                    _ => into.push(coefficient),
                }
            }
        }
        // The window may begin above i = 0.
        let missing = vec![0.0; (turns - points / 2).max(0) as usize];
        let [all, odd] = coefficients.map(|found| [missing.clone(), found].concat());
        Self { q, unit: 0.5 * scale as f64, all, odd, noise: if noise.is_nan() { f64::INFINITY } else { noise } }
    }

    /// Share of the pair {2i, 2i+1} on the circle; 0 if it is lost in noise.
    fn share(&self, pair: usize) -> f64 {
        let share = self.all.get(pair).copied().unwrap_or(0.0);
        if share > self.noise { share } else { 0.0 }
    }

    /// P(N = j).
    fn estimate(&self, j: usize) -> LogEstimate {
        let pair = j / 2;
        let (Some(&all), Some(&odd)) = (self.all.get(pair), self.odd.get(pair)) else {
            return LogEstimate::UNKNOWN;
        };
        let value = if j.is_multiple_of(2) { all - odd } else { odd };
        if value.is_nan() || value <= 0.0 {
            return LogEstimate::UNKNOWN;
        }
        let log2 = value.log2() + self.unit - (self.q * pair as i64) as f64;
        LogEstimate { log: log2 * std::f64::consts::LN_2, error: CAUTION * self.noise / value }
    }
}

/// P and its odd part at e^{iπ(2l+1)/n}, l < n/2, turned back by `turns`, in units of 2^{scale/2}.
fn values<T: Precise>(
    radii: &Radii<T>,
    circle: &UnitCircle<T>,
    q: i64,
    scale: i64,
    turns: i64,
) -> (Vec<Complex<Double>>, Vec<Complex<Double>>) {
    let (mut all, mut odd): (Vec<Complex<Double>>, Vec<_>) = (Vec::new(), Vec::new());
    for l in 0..circle.points() / 2 {
        let place = &circle.precise[2 * l + 1];
        let zeta = Complex { re: place.re.times_power_of_two(q), im: place.im.times_power_of_two(q) };
        let Parts { square, odd: part } = radii.generating.at(&zeta);
        let back = circle.at(-2 * turns * (2 * l as i64 + 1));
        let turned = |x: &Complex<T>| Complex { re: cut(&x.re, scale), im: cut(&x.im, scale) }.times(back);
        let mut root = square_root(&turned(&square));
        // The branch that continues the one before; P is positive at angle 0.
        let opposite = match all.last() {
            Some(before) => dot(before, &root) < 0.0,
            None => root.re.to_f64() < 0.0,
        };
        if opposite {
            root = Complex { re: root.re.negated(), im: root.im.negated() };
        }
        odd.push(quotient(&turned(&part), &root));
        all.push(root);
    }
    (all, odd)
}

/// Fourier coefficient d of a function that is real on the real axis: `(2/n) Σ_l Re(f(θ_l) e^{−idθ_l})`.
fn fourier<T>(values: &[Complex<Double>], circle: &UnitCircle<T>, d: i64) -> f64
where
    T: Precise,
{
    let mut sum = Double::new(0.0);
    for (l, value) in values.iter().enumerate() {
        let turn = circle.at(-d * (2 * l as i64 + 1));
        sum.add_product(&value.re, &turn.re);
        sum.subtract_product(&value.im, &turn.im);
    }
    sum.over(&Double::new(values.len() as f64)).to_f64()
}

fn dot(a: &Complex<Double>, b: &Complex<Double>) -> f64 {
    a.re.to_f64() * b.re.to_f64() + a.im.to_f64() * b.im.to_f64()
}

fn quotient(a: &Complex<Double>, b: &Complex<Double>) -> Complex<Double> {
    let conjugate = Complex { re: b.re, im: b.im.negated() };
    let product = a.times(&conjugate);
    let square = b.re.times(&b.re).plus(&b.im.times(&b.im));
    Complex { re: product.re.over(&square), im: product.im.over(&square) }
}

/// A root of x with real part ≥ 0.
fn square_root(x: &Complex<Double>) -> Complex<Double> {
    let modulus = x.re.times(&x.re).plus(&x.im.times(&x.im)).sqrt();
    let half = Double::new(0.5);
    let part = |sum: Double| sum.times(&half).sqrt();
    if x.re.to_f64() >= 0.0 {
        let re = part(modulus.plus(&x.re));
        let im = if re.to_f64() == 0.0 { re } else { x.im.times(&half).over(&re) };
        return Complex { re, im };
    }
    let im = part(modulus.minus(&x.re));
    let re = x.im.times(&half).over(&im);
    if re.to_f64() < 0.0 {
        return Complex { re: re.negated(), im: im.negated() };
    }
    Complex { re, im }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::precise::Big;

    #[test]
    #[ignore]
    fn probe() {
        for (size, s, top) in [(2usize, -1.0, 2usize), (3, -0.5, 3), (10, -2.0, 10), (50, -9.0, 12), (50, -3.0, 50), (50, 0.0, 50), (51, -3.0, 50), (1000, -44.0, 12), (1000, -42.0, 12), (1000, -48.0, 12)] {
            let time = std::time::Instant::now();
            let unit = Double::new(1.0);
            let generating = Generating::new(&unit, size, s);
            let double = distribution(&generating, &unit, top);
            let t1 = time.elapsed();
            let time = std::time::Instant::now();
            let big = Big::new(1.0, 256);
            let gb = Generating::new(&big, size, s);
            let wide = distribution(&gb, &big, top);
            println!("{size} {s} rank {} {} {t1:?} {:?}", generating.size(), gb.size(), time.elapsed());
            let total: f64 = wide.iter().map(|x| x.log.exp()).sum();
            println!("  sum-1 {:e}", total - 1.0);
            for j in 0..=top {
                println!("  {j} {:.12e} {:.1e} | {:.12e} {:.1e} | diff {:.1e}", double[j].log, double[j].error, wide[j].log, wide[j].error, (double[j].log - wide[j].log));
            }
        }
    }
}
