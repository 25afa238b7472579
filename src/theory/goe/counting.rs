//! The law of the number of eigenvalues below a point, each probability to full relative accuracy.

use super::generating::Generating;
use super::polynomials::{Polynomials, PreciseComplex};
use crate::numeric::precise::Precise;
use crate::numeric::quadrature::log_add;

/// A probability, or any positive number, by its logarithm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogEstimate {
    /// Natural logarithm; −∞ where the number is lost in noise.
    pub log: f64,
    /// Natural logarithm of the absolute error, which is estimated, not proved.
    pub log_error: f64,
}

impl LogEstimate {
    /// Nothing yet.
    pub const ZERO: Self = Self { log: f64::NEG_INFINITY, log_error: f64::NEG_INFINITY };

    /// Not known at all.
    pub const UNKNOWN: Self = Self { log: f64::NEG_INFINITY, log_error: f64::INFINITY };

    /// The sum of two.
    pub fn plus(self, x: Self) -> Self {
        Self { log: log_add(self.log, x.log), log_error: log_add(self.log_error, x.log_error) }
    }

    /// Relative error.
    pub fn relative_error(self) -> f64 {
        if self.log == f64::NEG_INFINITY { f64::INFINITY } else { (self.log_error - self.log).exp() }
    }
}

/// Noise that was seen is taken this many times: rounding of the matrix can keep P a polynomial and move it.
const CAUTION: f64 = 300.0;
/// Distance of the mean from a coefficient's index at which a circle serves the coefficient.
const NEAR: f64 = 0.3;
/// Farthest exponent of a circle's radius.
const FARTHEST: i64 = 1 << 20;
/// Bits at the end of a coefficient that hold rounding in any case.
const ROUNDING: f64 = 6.0;
/// Least number of Fourier coefficients that show noise alone.
const SPARE: usize = 6;

/// P(N(s) = j) by j at one s ≤ 0, from a generating function at one precision.
///
/// P is the root of a polynomial's values on a circle |ζ| = 2^q; its coefficients, and those of the odd part, are the
/// Fourier coefficients. The circle q = 0 gives all probabilities that are not small; for each other one a circle is
/// chosen on which it is among the largest, so that its relative error is that of the largest. On a circle P must be a
/// polynomial: Fourier coefficients where a polynomial has none are noise, and say how much of it the others hold. So do
/// differences from a twin whose matrix is moved by rounding.
///
/// # Reference
/// Bornemann (2011), *Accuracy and stability of computing high-order derivatives of analytic functions by Cauchy
/// integrals*, for the choice of the radius.
#[derive(Debug, Clone)]
pub struct Counting<T> {
    generating: Generating<T>,
    circle: UnitCircle<T>,
    unit: T,
    /// Degree of P: no more pairs of eigenvalues, and no more than the rank gives.
    degree: usize,
}

impl<T: Precise> Counting<T> {
    /// The law of the number of eigenvalues below s of a GOE matrix of this size, with the precision of `unit`.
    pub fn new(unit: &T, size: usize, s: f64) -> Self {
        let generating = Generating::new(unit, size, s);
        let degree = (size / 2).min(generating.size() / 2);
        let points = (degree + SPARE).next_power_of_two().max(16);
        Self { circle: UnitCircle::new(unit, points), generating, unit: unit.clone(), degree }
    }

    /// log₂ of the unit of all that it is worked out from.
    pub fn unit_log2(&self) -> f64 {
        self.generating.unit_log2()
    }

    /// What the circle q = 0 knows of P(N(s) = j), j = 0 … highest.
    pub fn typical(&self, highest: usize) -> Vec<LogEstimate> {
        let coefficients = Coefficients::on(self, 0);
        (0..=highest).map(|j| coefficients.estimate(j)).collect()
    }

    /// P(N(s) = i), i = 0 … highest, from the circle that serves i = j best; its neighbours come with it.
    pub fn around(&self, j: usize, highest: usize) -> Vec<LogEstimate> {
        match j / 2 {
            pair if pair > self.degree => vec![LogEstimate::UNKNOWN; highest + 1],
            pair => {
                let coefficients = Coefficients::on(self, self.radius(pair as f64));
                (0..=highest).map(|i| coefficients.estimate(i)).collect()
            }
        }
    }

    /// P² at ζ = 2^q.
    fn square(&self, q: i64) -> T {
        self.generating.twins()[0].square_at(&self.unit.of(1.0).times_power_of_two(q))
    }

    /// Mean of i under the weights p_i ζⁱ at ζ = 2^q: ½ d log P² / d log ζ.
    fn mean(&self, q: i64) -> f64 {
        0.25 * (self.square(q + 1).log2() - self.square(q - 1).log2())
    }

    /// An exponent q at which that mean is near `target`.
    fn radius(&self, target: f64) -> i64 {
        let target = target.clamp(0.2, (self.degree as f64 - 0.2).max(0.3));
        // How far the mean at q is above the target; 0 if near enough: the coefficient is then among the largest.
        let excess = |q: i64| Some(self.mean(q) - target).filter(|excess| excess.abs() > NEAR).unwrap_or(0.0);
        let direction = match excess(0) {
            0.0 => return 0,
            excess => -excess.signum(),
        };
        let at = |distance: i64| direction as i64 * distance;
        let (mut near, mut far) = (0, 8);
        while excess(at(far)) * direction < 0.0 && far < FARTHEST {
            (near, far) = (far, 3 * far);
        }
        while far - near > 1 {
            let middle = near + (far - near) / 2;
            match excess(at(middle)) * direction {
                0.0 => return at(middle),
                short if short < 0.0 => near = middle,
                _ => far = middle,
            }
        }
        at(far)
    }
}

/// e^{iπk/n} for k = 0 … 2n − 1, n a power of two.
#[derive(Debug, Clone)]
struct UnitCircle<T>(Vec<PreciseComplex<T>>);

impl<T: Precise> UnitCircle<T> {
    fn new(unit: &T, n: usize) -> Self {
        let (one, half) = (unit.of(1.0), unit.of(0.5));
        let mut cosine = one.negated();
        for _ in 0..n.ilog2() {
            cosine = one.plus(&cosine).times(&half).sqrt();
        }
        let mut sine = one.clone();
        sine.subtract_product(&cosine, &cosine);
        let step = PreciseComplex { re: cosine, im: sine.sqrt() };
        let mut places = vec![PreciseComplex { re: one, im: unit.of(0.0) }];
        for k in 1..2 * n {
            places.push(places[k - 1].times(&step));
        }
        Self(places)
    }

    /// n.
    fn points(&self) -> usize {
        self.0.len() / 2
    }

    /// e^{iπk/n}.
    fn at(&self, k: i64) -> &PreciseComplex<T> {
        &self.0[k.rem_euclid(self.0.len() as i64) as usize]
    }
}

/// Fourier coefficients P(N = 2i) ζⁱ and P(N = 2i+1) ζⁱ on one circle, in a common unit.
struct Coefficients {
    /// log₂ of the radius.
    q: i64,
    even: Sequence,
    odd: Sequence,
}

/// Fourier coefficients of one function.
struct Sequence {
    /// log₂ by i, from 0 on; −∞ where a value is not above 0: these are probabilities.
    values: Vec<f64>,
    /// log₂ of the largest coefficient where there should be none.
    noise: f64,
}

impl Coefficients {
    fn on<T: Precise>(counting: &Counting<T>, q: i64) -> Self {
        let mean = counting.mean(q);
        let turns = if mean.is_finite() { mean.round() as i64 } else { 0 };
        let [[even, odd], [even_twin, odd_twin]] =
            counting.generating.twins().each_ref().map(|twin| values(counting, twin, q, turns));
        let sequence =
            |twins: [&[PreciseComplex<T>]; 2]| Sequence::of(twins, &counting.circle, turns, counting.degree);
        Self { q, even: sequence([&even, &even_twin]), odd: sequence([&odd, &odd_twin]) }
    }

    /// P(N = j).
    fn estimate(&self, j: usize) -> LogEstimate {
        let pair = j / 2;
        let sequence = if j.is_multiple_of(2) { &self.even } else { &self.odd };
        let Some(&value) = sequence.values.get(pair) else { return LogEstimate::UNKNOWN };
        let at_radius_one = |log2: f64| (log2 - (self.q * pair as i64) as f64) * std::f64::consts::LN_2;
        LogEstimate { log: at_radius_one(value), log_error: at_radius_one(sequence.noise) + CAUTION.ln() }
    }
}

impl Sequence {
    /// Coefficients 0 … degree of a function and its twin whose values were turned back by `turns`.
    fn of<T: Precise>(
        twins: [&[PreciseComplex<T>]; 2],
        circle: &UnitCircle<T>,
        turns: i64,
        degree: usize,
    ) -> Self {
        let half = twins[0].len() as i64;
        let mut sequence = Self { values: vec![f64::NEG_INFINITY; degree + 1], noise: f64::NEG_INFINITY };
        let (mut largest, mut bits) = (f64::NEG_INFINITY, 0);
        for i in turns - half..turns + half {
            let [coefficient, twin] = twins.map(|values| fourier(values, circle, i - turns));
            let size = coefficient.log2();
            (largest, bits) = (size.max(largest), coefficient.bits());
            sequence.noise = sequence.noise.max(coefficient.minus(&twin).log2());
            match usize::try_from(i).ok().and_then(|i| sequence.values.get_mut(i)) {
                Some(value) if coefficient.is_positive() => *value = size,
                Some(_) => {}
                None => sequence.noise = sequence.noise.max(size),
            }
            if size.is_nan() {
                sequence.noise = f64::INFINITY;
            }
        }
        // Where everything came out as 0, exponents did not reach: nothing is known.
        let rounding =
            if largest == f64::NEG_INFINITY { f64::INFINITY } else { largest + ROUNDING - bits as f64 };
        sequence.noise = sequence.noise.max(rounding);
        sequence
    }
}

/// The even and the odd part at e^{iπ(2l+1)/n}, l < n/2, turned back by `turns`.
fn values<T: Precise>(
    counting: &Counting<T>,
    function: &Polynomials<T>,
    q: i64,
    turns: i64,
) -> [Vec<PreciseComplex<T>>; 2] {
    let circle = &counting.circle;
    let (mut even, mut odd) = (Vec::new(), Vec::new());
    let mut before = PreciseComplex { re: counting.unit.of(1.0), im: counting.unit.of(0.0) };
    for l in 0..circle.points() as i64 / 2 {
        let place = circle.at(2 * l + 1);
        let zeta = PreciseComplex { re: place.re.times_power_of_two(q), im: place.im.times_power_of_two(q) };
        let parts = function.at(&zeta);
        let back = circle.at(-2 * turns * (2 * l + 1));
        let mut root = square_root(&parts.square.times(back));
        // The branch that continues the one before; P is positive at angle 0.
        if before.re.times(&root.re).plus(&before.im.times(&root.im)).is_negative() {
            root = PreciseComplex { re: root.re.negated(), im: root.im.negated() };
        }
        let part = quotient(&parts.odd.times(back), &root);
        even.push(root.minus(&part));
        odd.push(part);
        before = root;
    }
    [even, odd]
}

/// Fourier coefficient d of a function that is real on the real axis: `(2/n) Σ_l Re(f(θ_l) e^{−idθ_l})`.
fn fourier<T: Precise>(values: &[PreciseComplex<T>], circle: &UnitCircle<T>, d: i64) -> T {
    let mut sum = circle.at(0).im.clone();
    for (l, value) in (0..).zip(values) {
        let turn = circle.at(-d * (2 * l + 1));
        sum.add_product(&value.re, &turn.re);
        sum.subtract_product(&value.im, &turn.im);
    }
    sum.over(&sum.of(values.len() as f64))
}

fn quotient<T: Precise>(a: &PreciseComplex<T>, b: &PreciseComplex<T>) -> PreciseComplex<T> {
    let conjugate = PreciseComplex { re: b.re.clone(), im: b.im.negated() };
    let product = a.times(&conjugate);
    let square = b.re.times(&b.re).plus(&b.im.times(&b.im));
    PreciseComplex { re: product.re.over(&square), im: product.im.over(&square) }
}

/// A root of x; which of the two, the caller decides.
fn square_root<T: Precise>(x: &PreciseComplex<T>) -> PreciseComplex<T> {
    let modulus = x.re.times(&x.re).plus(&x.im.times(&x.im)).sqrt();
    let half = x.re.of(0.5);
    // The larger part first: it is not a difference.
    if x.re.is_negative() {
        let im = modulus.minus(&x.re).times(&half).sqrt();
        return PreciseComplex { re: x.im.times(&half).over(&im), im };
    }
    let re = modulus.plus(&x.re).times(&half).sqrt();
    PreciseComplex { im: x.im.times(&half).over(&re), re }
}
