//! Laws of the number of eigenvalues at one point, at whatever precision the question needs.

use std::fmt::Debug;
use std::sync::Arc;

use super::counting::{Counting, LogEstimate};
use crate::numeric::precise::{Big, Double, Precise, Wide};

/// Bits beyond double-double, one after the other.
const LADDER: [usize; 5] = [192, 512, 1024, 2048, 4096];

/// log₂ of the unit below which double-double may lose digits, or all, of the unit's square times an entry.
const DOUBLE_REACHES: f64 = -350.0;

/// Terms this far (in the logarithm) below the tolerance are left out.
const SPARE: f64 = 7.0;

/// P(N(s) = j) at one s ≤ 0, refined where asked.
#[derive(Debug, Clone)]
pub struct Node {
    size: usize,
    s: f64,
    /// What is known, by j = 0 … size.
    law: Vec<LogEstimate>,
    source: Arc<dyn Source>,
    /// Next rung of the ladder.
    next: usize,
}

/// A generating function at one precision.
trait Source: Debug + Send + Sync {
    /// What the circle of radius 1 knows of P(N(s) = j), j = 0 … highest.
    fn typical(&self, highest: usize) -> Vec<LogEstimate>;
    /// What the circle that serves j best knows of the same.
    fn around(&self, j: usize, highest: usize) -> Vec<LogEstimate>;
}

impl<T: Precise + Debug + Send + Sync> Source for Counting<T> {
    fn typical(&self, highest: usize) -> Vec<LogEstimate> {
        self.typical(highest)
    }

    fn around(&self, j: usize, highest: usize) -> Vec<LogEstimate> {
        self.around(j, highest)
    }
}

/// The law at s with so many bits.
fn source(bits: usize, size: usize, s: f64) -> Arc<dyn Source> {
    match bits {
        192 => Arc::new(Counting::new(&Wide::<3>::new(1.0), size, s)),
        512 => Arc::new(Counting::new(&Wide::<8>::new(1.0), size, s)),
        _ => Arc::new(Counting::new(&Big::new(1.0, bits), size, s)),
    }
}

/// Which side of the k-th eigenvalue a probability is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The k-th eigenvalue (from 0) is below s: N(s) > k.
    Below,
    /// It is above: N(s) ≤ k.
    Above,
}

impl Node {
    /// The law at s ≤ 0 of a GOE matrix of this size, in double-double where its exponents reach.
    pub fn new(size: usize, s: f64) -> Self {
        let counting = Counting::new(&Double::new(1.0), size, s);
        if counting.unit_log2() > DOUBLE_REACHES {
            let law = counting.typical(size);
            return Self { size, s, law, source: Arc::new(counting), next: 0 };
        }
        let source = source(LADDER[0], size, s);
        Self { size, s, law: source.typical(size), source, next: 1 }
    }

    /// P(y_k < s) or P(y_k > s), within a relative error if that can be had; the estimate says.
    pub fn tail(&mut self, k: usize, side: Side, tolerance: f64) -> LogEstimate {
        let mut sum = LogEstimate::ZERO;
        let mut j = match side {
            Side::Below => k + 1,
            Side::Above => k,
        };
        loop {
            let term = self.probability(j, tolerance.ln(), sum.log);
            sum = sum.plus(term);
            // The law has one maximum: from here on the terms fall.
            let gone = term.log < sum.log + tolerance.ln() - SPARE;
            let last = match side {
                Side::Below => j == self.size,
                Side::Above => j == 0,
            };
            if last || gone {
                return sum;
            }
            match side {
                Side::Below => j += 1,
                Side::Above => j -= 1,
            }
        }
    }

    /// P(N(s) = j), refined until its error is below a tolerance (by logarithm), relative to itself or to e^{sum}.
    fn probability(&mut self, j: usize, tolerance: f64, sum: f64) -> LogEstimate {
        let good = |x: LogEstimate| x.log_error <= tolerance + x.log.max(sum);
        while !good(self.law[j]) {
            self.keep(self.source.around(j, self.size));
            if good(self.law[j]) {
                break;
            }
            let Some(&bits) = LADDER.get(self.next) else { break };
            self.next += 1;
            self.source = source(bits, self.size, self.s);
            self.keep(self.source.typical(self.size));
        }
        self.law[j]
    }

    fn keep(&mut self, estimates: Vec<LogEstimate>) {
        for (known, estimate) in self.law.iter_mut().zip(estimates) {
            // NaN, from a circle on which everything was lost, is never kept.
            if estimate.log_error < known.log_error || known.log_error.is_nan() {
                *known = estimate;
            }
        }
    }
}
