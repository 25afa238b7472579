//! Sums of independent entries with a law of mean 0 and variance 1.

use rand::{Rng, RngExt};
use rand_distr::{Distribution, Exp1, StandardNormal};
use rand_pcg::Pcg64;

use super::model::Law;

impl Law {
    /// What names it in streams; nothing for the Gaussian law, whose streams are those of release 0.1.
    pub(super) fn id(self) -> Option<u64> {
        (self != Self::Gaussian).then_some(self as u64)
    }

    /// The sum of `count` independent entries: mean 0, variance `count`.
    ///
    /// Entry by entry, but for the Gaussian law, whose sum is Gaussian.
    pub(super) fn sum(self, count: u32, rng: &mut Pcg64) -> f64 {
        match self {
            Self::Gaussian => f64::from(count).sqrt() * Distribution::<f64>::sample(&StandardNormal, rng),
            Self::Sign => {
                // As many bits as there are entries.
                let ones: u32 = (0..count)
                    .step_by(64)
                    .map(|first| {
                        let bits = (count - first).min(64);
                        (rng.next_u64() >> (64 - bits)).count_ones()
                    })
                    .sum();
                2.0 * f64::from(ones) - f64::from(count)
            }
            Self::Uniform => {
                let root = 12f64.sqrt();
                (0..count).map(|_| root * (rng.random::<f64>() - 0.5)).sum()
            }
            Self::Exponential => (0..count).map(|_| Distribution::<f64>::sample(&Exp1, rng) - 1.0).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Role, stream};

    /// Mean, variance and third moment of sums of 1, 6 and 720 entries, each within five standard errors: false alarms once in
    /// 10⁶ comparisons.
    #[test]
    fn sums_have_the_moments_of_their_law() {
        const DRAWS: usize = 40_000;
        for (law, skewness, fourth) in [
            (Law::Gaussian, 0.0, 3.0),
            (Law::Sign, 0.0, 1.0),
            (Law::Uniform, 0.0, 1.8),
            (Law::Exponential, 2.0, 9.0),
        ] {
            for count in [1, 6, 720] {
                let mut rng = stream(5, Role::Probe, &[law as u64, count]);
                let n = count as f64;
                let draws: Vec<f64> =
                    (0..DRAWS).map(|_| law.sum(count as u32, &mut rng) / n.sqrt()).collect();
                let moment = |k: i32| draws.iter().map(|x| x.powi(k)).sum::<f64>() / DRAWS as f64;
                // Cumulants of a sum in units of its deviation.
                let (third, fourth) = (skewness / n.sqrt(), 3.0 + (fourth - 3.0) / n);
                let error = |variance: f64| 5.0 * (variance / DRAWS as f64).sqrt() + 1e-12;
                assert!(moment(1).abs() < error(1.0), "{law:?} {count}");
                assert!((moment(2) - 1.0).abs() < error(fourth - 1.0), "{law:?} {count}");
                let spread = if law == Law::Exponential { 265.0 / n + 15.0 } else { 15.0 };
                assert!((moment(3) - third).abs() < error(spread), "{law:?} {count} {}", moment(3));
            }
        }
        let mut rng = stream(5, Role::Probe, &[9]);
        assert!((0..100).all(|_| [-1.0, 1.0].contains(&Law::Sign.sum(1, &mut rng))));
    }
}
