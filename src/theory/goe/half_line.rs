//! Integrals of Hermite functions over a half-line, by recurrences in closed form: no quadrature.
//!
//! | formula | here |
//! |---|---|
//! | Λ | `size` |
//! | φ_n(s) | `values` |
//! | a_n = ∫_{−∞}^s φ_n | `integrals` |
//! | G_{mn} = ∫_{−∞}^s φ_m φ_n | [`HalfLine::overlap`] |
//! | I_{Λn} = ∫_{−∞}^s (∫_{−∞}^y φ_Λ) φ_n(y) dy | `nested` |
//!
//! φ_n are the orthonormal Hermite functions, φ_n(y) = H_n(y) e^{−y²/2} / √(2ⁿ n! √π). All entries are in units of a
//! common scale σ (φ and a) or σ² (G and I), so that nothing underflows far from the oscillating region.

use crate::numeric::precise::{Big, Precise, scaled_erfc};

/// Values and integrals of φ_0 … φ_Λ at one point s ≤ 0.
#[derive(Debug, Clone)]
pub struct HalfLine<T> {
    /// Λ.
    pub size: usize,
    /// φ_n(s)/σ for n = 0 … Λ.
    pub values: Vec<T>,
    /// a_n/σ for n = 0 … Λ.
    pub integrals: Vec<T>,
    /// G_nn/σ² for n = 0 … Λ.
    pub norms: Vec<T>,
    /// I_{Λn}/σ² for n = 0 … Λ−1.
    pub nested: Vec<T>,
    /// σ.
    pub scale: T,
    /// √0, √1, √2, … up to √(2Λ).
    roots: Vec<T>,
}

/// Growth at which a recurrence is scaled down: far from overflow in both precisions.
const LARGE: i64 = 300;

impl<T: Precise> HalfLine<T> {
    /// Integrals up to s ≤ 0, with the precision of `unit`.
    pub fn new(unit: &T, size: usize, s: f64) -> Self {
        let roots: Vec<T> = (0..=2 * size + 2).map(|n| unit.of(n as f64).sqrt()).collect();
        let mut series = Series::start(unit, s);
        series.run(size, &roots);
        let scale = scale_at(unit, s, series.shift);
        let Series { values, integrals, norms, .. } = series;
        let mut half_line = Self { size, values, integrals, norms, nested: Vec::new(), scale, roots };
        half_line.nested = half_line.nested();
        half_line
    }

    /// G_{mn}/σ² = `(√(2m) φ_{m−1} φ_n − √(2n) φ_m φ_{n−1}) / (2(n−m))` for m ≠ n.
    ///
    /// From the Wronskian: (φ_m′ φ_n − φ_m φ_n′)′ = 2(n−m) φ_m φ_n.
    pub fn overlap(&self, m: usize, n: usize) -> T {
        if m == n {
            return self.norms[m].clone();
        }
        let difference = self.scale.of(2.0 * (n as f64 - m as f64));
        let mut sum = self.lowered(m).times(&self.values[n]);
        sum.subtract_product(&self.lowered(n), &self.values[m]);
        sum.over(&difference)
    }

    /// √(2n) φ_{n−1}/σ.
    pub fn lowered(&self, n: usize) -> T {
        match n {
            0 => self.scale.of(0.0),
            _ => self.roots[2 * n].times(&self.values[n - 1]),
        }
    }

    /// I_{Λn} for n < Λ from `I_{m,n+1} = √(n/(n+1)) I_{m,n−1} − √(2/(n+1)) (a_m φ_n(s) − G_{mn})`, which is φ_n′
    /// integrated by parts, begun with `I_{m0} + I_{0m} = a_m a_0` and I_{00} = a_0²/2.
    fn nested(&self) -> Vec<T> {
        let last = self.size;
        let (a_0, a_last) = (&self.integrals[0], &self.integrals[last]);
        let first = a_0.times(a_0).over(&self.scale.of(2.0));
        let from_zero = self.chain(0, first, last + 1);
        self.chain(last, a_last.times(a_0).minus(&from_zero[last]), last)
    }

    /// I_{mn} for n < count, given I_{m0}.
    fn chain(&self, m: usize, first: T, count: usize) -> Vec<T> {
        let mut chain = vec![first];
        for n in 0..count - 1 {
            let mut rest = self.overlap(m, n).negated();
            rest.add_product(&self.integrals[m], &self.values[n]);
            let mut next = self.roots[2].times(&rest).negated();
            if n > 0 {
                next.add_product(&self.roots[n], &chain[n - 1]);
            }
            chain.push(next.over(&self.roots[n + 1]));
        }
        chain
    }
}

/// σ = φ_0(s) 2^shift.
fn scale_at<T: Precise>(unit: &T, s: f64, shift: i64) -> T {
    let s = Big::new(s, unit.bits() + 64);
    let two = s.of(2.0);
    let fourth_root_of_pi = s.pi().sqrt().sqrt();
    let first = s.times(&s).over(&two).negated().exp().over(&fourth_root_of_pi);
    unit.of_big(&first.times_power_of_two(shift))
}

/// The recurrences, in units of φ_0(s) 2^shift.
struct Series<T> {
    s: T,
    shift: i64,
    values: Vec<T>,
    integrals: Vec<T>,
    norms: Vec<T>,
}

impl<T: Precise> Series<T> {
    /// n = 0: `a_0/φ_0 = √(π/2) e^{s²/2} erfc(−s/√2)` and `G_00/φ_0² = ½ √π e^{s²} erfc(−s)`.
    fn start(unit: &T, s: f64) -> Self {
        let depth = Big::new(-s, unit.bits() + 64);
        let two = depth.of(2.0);
        let (root_pi, root_two) = (depth.pi().sqrt(), two.sqrt());
        let integral = root_pi.over(&root_two).times(&scaled_erfc(&depth.over(&root_two)));
        let norm = root_pi.over(&two).times(&scaled_erfc(&depth));
        Self {
            s: unit.of(s),
            shift: 0,
            values: vec![unit.of(1.0)],
            integrals: vec![unit.of_big(&integral)],
            norms: vec![unit.of_big(&norm)],
        }
    }

    /// n = 1 … last:
    /// `φ_{n+1} = (√2 s φ_n − √n φ_{n−1}) / √(n+1)`, `a_{n+1} = (√n a_{n−1} − √2 φ_n) / √(n+1)`,
    /// `G_{n+1,n+1} = G_nn − φ_{n+1} φ_n / √(2(n+1))`.
    fn run(&mut self, last: usize, roots: &[T]) {
        let step = roots[2].times(&self.s);
        for n in 0..last {
            let mut value = step.times(&self.values[n]);
            let mut integral = roots[2].times(&self.values[n]).negated();
            if n > 0 {
                value.subtract_product(&roots[n], &self.values[n - 1]);
                integral.add_product(&roots[n], &self.integrals[n - 1]);
            }
            let value = value.over(&roots[n + 1]);
            let fall = value.times(&self.values[n]).over(&roots[2 * (n + 1)]);
            self.integrals.push(integral.over(&roots[n + 1]));
            self.norms.push(self.norms[n].minus(&fall));
            let large = value.log2() > LARGE as f64;
            self.values.push(value);
            if large {
                self.shrink();
            }
        }
    }

    fn shrink(&mut self) {
        self.shift += LARGE;
        for x in self.values.iter_mut().chain(&mut self.integrals) {
            *x = x.times_power_of_two(-LARGE);
        }
        for x in &mut self.norms {
            *x = x.times_power_of_two(-2 * LARGE);
        }
    }
}
