//! The paper's claims about networks, each with a verdict that can go either way.

use serde::Serialize;

use super::annealing::ComparedSize;
use super::correlation::fisher_z;
use super::estimate::{Estimated, jackknife, variance};
use super::sample::NetworksSample;
use super::scaling::Scaling;
use super::student::{Found, quantile};
use super::trend::{EstimateAt, Trend};
use crate::analysis::bands::statistics::student_above;
use crate::networks::curvature::ZERO;

/// False-alarm rate: of a hundred runs at the border of a claim, one agrees by chance, and one disagrees.
pub const LEVEL: f64 = 0.01;
/// "Of order 0.01": from a tenth of it to ten times it.
pub const INDEX_RANGE: [f64; 2] = [0.001, 0.1];

/// Largest ‖∇L‖, in nats per unit of weight, at which an index is one of a critical point. An eigenvalue counts from
/// magnitude [`ZERO`] on: Newton's step along any direction that counts is then at most a thousandth.
pub const CRITICAL: f64 = 1e-3 * ZERO;

/// What the paper says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimName {
    /// The variance of the scaled test loss falls with n₁.
    VarianceFalls,
    /// The correlation of train and test loss falls with n₁.
    CorrelationFalls,
    /// The normalised index of solutions is of order 0.01.
    IndexIsSmall,
    /// Descent does at least as well as annealing on the test digits.
    DescentIsAsGood,
}

/// What was found about a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimVerdict {
    /// The data say so.
    Agrees,
    /// The data say the opposite.
    Disagrees,
    /// Too few data, or too near the border.
    Undecided,
    /// The claim is about critical points, and the data are not of such: no verdict.
    NotCritical,
}

/// A number that a test is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Slope over ln n₁ of ln variance of L/e^{α n₁^β}, for the fitted α and β.
    ScaledVarianceSlope,
    /// Slope over ln n₁ of ln variance of L.
    VarianceSlope,
    /// Slope over ln n₁ of ln(variance/mean²) of L: scaled without a fit.
    RelativeVarianceSlope,
    /// Slope over ln n₁ of Fisher's z of train and test loss.
    CorrelationSlope,
    /// Mean index over the number of weights.
    NormalisedIndex,
    /// Mean test loss of annealing less that of descent.
    LossLead,
    /// Mean test accuracy of descent less that of annealing.
    AccuracyLead,
}

/// One number against a claim.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Test {
    /// Which number.
    pub quantity: Quantity,
    /// n₁, where it is of one size.
    pub hidden: Option<u32>,
    /// The number.
    pub estimate: f64,
    /// Its standard error over groups; none where groups do not differ.
    pub standard_error: Option<f64>,
    /// Central 99 % interval, by Student's law.
    pub interval: [f64; 2],
    /// Least and greatest ‖∇L‖ where an index was taken; none for other numbers.
    pub gradient_norm: Option<[f64; 2]>,
    /// One-sided p-value if the claim does not hold: small speaks for it.
    pub p_for: f64,
    /// One-sided p-value if the claim holds: small speaks against it.
    pub p_against: f64,
    /// Of this number alone.
    pub verdict: ClaimVerdict,
}

/// A claim with what was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Claim {
    /// Which.
    pub claim: ClaimName,
    /// Agrees if every deciding number does; disagrees if one does.
    pub verdict: ClaimVerdict,
    /// Numbers that decide.
    pub tests: Vec<Test>,
    /// Numbers reported beside them.
    pub beside: Vec<Test>,
}

/// Where a claim says that a number lies.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Region {
    Below(f64),
    Above(f64),
    Within([f64; 2]),
}

impl Test {
    /// `numbers` is how many share the false-alarm rate of a disagreement.
    fn of(quantity: Quantity, hidden: Option<u32>, found: Found, region: Region, numbers: usize) -> Self {
        let Found { estimate, standard_error, degrees } = found;
        // P of a value so low, or so high, if the truth is the edge; without scatter the estimate is the truth.
        let [so_low, so_high] = [-1.0, 1.0].map(|side| {
            move |edge: f64| match standard_error {
                Some(error) => student_above(side * (estimate - edge) / error, degrees),
                None => f64::from(u8::from(side * (estimate - edge) <= 0.0)),
            }
        });
        let [p_for, p_against] = match region {
            Region::Below(edge) => [so_low(edge), so_high(edge)],
            Region::Above(edge) => [so_high(edge), so_low(edge)],
            // Above the lower edge and below the upper one; or below the lower or above the upper.
            Region::Within([low, high]) => {
                [so_high(low).max(so_low(high)), (2.0 * so_low(low).min(so_high(high))).min(1.0)]
            }
        };
        let wide = standard_error.map_or(0.0, |error| error * quantile(0.995, degrees));
        let verdict = if p_for < LEVEL {
            ClaimVerdict::Agrees
        } else if p_against < LEVEL / numbers as f64 {
            ClaimVerdict::Disagrees
        } else {
            ClaimVerdict::Undecided
        };
        let interval = [estimate - wide, estimate + wide];
        let gradient_norm = None;
        Self {
            quantity,
            hidden,
            estimate,
            standard_error,
            interval,
            gradient_norm,
            p_for,
            p_against,
            verdict,
        }
    }

    /// The same number, taken where the gradient of the train loss has such norms: no verdict away from critical points.
    fn at_points_with(self, norms: [f64; 2]) -> Self {
        let is_critical = norms[1] <= CRITICAL;
        let verdict = if is_critical { self.verdict } else { ClaimVerdict::NotCritical };
        Self { gradient_norm: Some(norms), verdict, ..self }
    }

    fn falls(quantity: Quantity, trend: Trend) -> Self {
        let Trend { slope, standard_error, degrees } = trend;
        let found = Found { estimate: slope, standard_error: Some(standard_error), degrees };
        Self::of(quantity, None, found, Region::Below(0.0), 1)
    }
}

impl Claim {
    fn of(claim: ClaimName, tests: Vec<Test>, beside: Vec<Test>) -> Self {
        let verdict = if tests.iter().any(|test| test.verdict == ClaimVerdict::NotCritical) {
            ClaimVerdict::NotCritical
        } else if tests.iter().any(|test| test.verdict == ClaimVerdict::Disagrees) {
            ClaimVerdict::Disagrees
        } else if !tests.is_empty() && tests.iter().all(|test| test.verdict == ClaimVerdict::Agrees) {
            ClaimVerdict::Agrees
        } else {
            ClaimVerdict::Undecided
        };
        Self { claim, verdict, tests, beside }
    }

    /// The variance of the scaled test loss falls with n₁; undecided without a fit. Beside it the variance unscaled, and
    /// scaled by the mean of each size, which needs no fit.
    pub(super) fn variance_falls(samples: &[NetworksSample], scaling: Option<&Scaling>) -> Self {
        let log_variance = |test: &[f64]| variance(test).map(f64::ln);
        let relative = |test: &[f64]| {
            let mean = test.iter().sum::<f64>() / test.len() as f64;
            variance(test).map(|variance| (variance / (mean * mean)).ln())
        };
        let unscaled = slope(samples, |sample| jackknife(&test_losses(sample), log_variance));
        let scaled = scaling.and_then(|scaling| {
            slope(samples, |sample| {
                let found = jackknife(&test_losses(sample), log_variance)?;
                let by = scaling.scaled(f64::from(sample.hidden), 1.0).ln();
                Some(Estimated { value: found.value + 2.0 * by, ..found })
            })
        });
        let relative = slope(samples, |sample| jackknife(&test_losses(sample), relative));
        let test = |quantity: Quantity, trend: Option<Trend>| trend.map(|trend| Test::falls(quantity, trend));
        let beside =
            [test(Quantity::VarianceSlope, unscaled), test(Quantity::RelativeVarianceSlope, relative)];
        let decides = test(Quantity::ScaledVarianceSlope, scaled);
        Self::of(
            ClaimName::VarianceFalls,
            decides.into_iter().collect(),
            beside.into_iter().flatten().collect(),
        )
    }

    /// The correlation of train and test loss falls with n₁.
    pub(super) fn correlation_falls(samples: &[NetworksSample]) -> Self {
        let trend = slope(samples, |sample| jackknife(&pairs(sample), fisher_z));
        let tests = trend.map(|trend| Test::falls(Quantity::CorrelationSlope, trend)).into_iter().collect();
        Self::of(ClaimName::CorrelationFalls, tests, Vec::new())
    }

    /// The mean normalised index of every size lies in [`INDEX_RANGE`]; no verdict unless every index was taken where
    /// ‖∇L‖ ≤ [`CRITICAL`]. An index taken where training stopped is one of the stopping time.
    pub(super) fn index_is_small(samples: &[NetworksSample]) -> Self {
        let mean = |sample: &NetworksSample| {
            let indices = sample.groups(|record| sample.normalised_index(record));
            let found = jackknife(&indices, super::estimate::mean)?;
            let norms = sample.index_gradient_norms()?;
            (found.degrees > 0).then(|| (sample.hidden, Found::from(found), norms))
        };
        let means: Vec<(u32, Found, [f64; 2])> = samples.iter().filter_map(mean).collect();
        let test = |&(hidden, found, norms): &(u32, Found, [f64; 2])| {
            Test::of(Quantity::NormalisedIndex, Some(hidden), found, Region::Within(INDEX_RANGE), means.len())
                .at_points_with(norms)
        };
        Self::of(ClaimName::IndexIsSmall, means.iter().map(test).collect(), Vec::new())
    }

    /// At every size descent leads annealing, in test loss and in test accuracy.
    pub(super) fn descent_is_as_good(compared: &[ComparedSize]) -> Self {
        let numbers = 2 * compared.len();
        let leads = |annealing: &ComparedSize| {
            let of = |quantity, lead: Option<Found>| {
                lead.map(|lead| Test::of(quantity, Some(annealing.hidden), lead, Region::Above(0.0), numbers))
            };
            let [loss, accuracy] = annealing.leads();
            [of(Quantity::LossLead, loss), of(Quantity::AccuracyLead, accuracy)]
        };
        let tests = compared.iter().flat_map(leads).flatten().collect();
        Self::of(ClaimName::DescentIsAsGood, tests, Vec::new())
    }
}

fn test_losses(sample: &NetworksSample) -> Vec<Vec<f64>> {
    sample.groups(|record| Some(record.test_loss))
}

/// Train and test loss by group.
pub(super) fn pairs(sample: &NetworksSample) -> Vec<Vec<[f64; 2]>> {
    sample.groups(|record| Some([record.train_loss, record.test_loss]))
}

/// Line of a statistic over ln n₁; sizes that lack it are left out.
fn slope(
    samples: &[NetworksSample],
    statistic: impl Fn(&NetworksSample) -> Option<Estimated>,
) -> Option<Trend> {
    let estimate = |sample: &NetworksSample| {
        let value = statistic(sample).filter(|found| found.standard_error.is_some())?;
        Some(EstimateAt { at: f64::from(sample.hidden).ln(), value })
    };
    Trend::of(&samples.iter().filter_map(estimate).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(estimate: f64, error: f64, region: Region) -> ClaimVerdict {
        let found = Found { estimate, standard_error: Some(error), degrees: 60.0 };
        Test::of(Quantity::NormalisedIndex, None, found, region, 1).verdict
    }

    #[test]
    fn every_region_has_all_three_verdicts() {
        use ClaimVerdict::{Agrees, Disagrees, Undecided};
        let range = Region::Within([0.001, 0.1]);
        for (estimate, error, region, expected) in [
            (-1.0, 0.1, Region::Below(0.0), Agrees),
            (1.0, 0.1, Region::Below(0.0), Disagrees),
            (-0.1, 0.1, Region::Below(0.0), Undecided),
            (1.0, 0.1, Region::Above(0.0), Agrees),
            (-1.0, 0.1, Region::Above(0.0), Disagrees),
            (0.1, 0.1, Region::Above(0.0), Undecided),
            (0.02, 0.001, range, Agrees),
            (0.3, 0.001, range, Disagrees),
            (1e-4, 1e-5, range, Disagrees),
            (0.1, 0.001, range, Undecided),
            (0.02, 0.1, range, Undecided),
        ] {
            assert_eq!(verdict(estimate, error, region), expected, "{estimate} ± {error} {region:?}");
        }
    }

    #[test]
    fn an_index_away_from_critical_points_has_no_verdict() {
        for (estimate, at_a_point) in [(0.02, ClaimVerdict::Agrees), (0.3, ClaimVerdict::Disagrees)] {
            let found = Found { estimate, standard_error: Some(0.001), degrees: 60.0 };
            let test = || Test::of(Quantity::NormalisedIndex, None, found, Region::Within(INDEX_RANGE), 1);
            let claim = |norms| {
                let tests = vec![test().at_points_with([0.0, 1e-9]), test().at_points_with(norms)];
                Claim::of(ClaimName::IndexIsSmall, tests, Vec::new()).verdict
            };
            assert_eq!(claim([1e-9, CRITICAL]), at_a_point);
            assert_eq!(claim([1e-9, 1.001 * CRITICAL]), ClaimVerdict::NotCritical);
            assert_eq!(claim([0.01, 0.2]), ClaimVerdict::NotCritical);
        }
    }

    #[test]
    fn p_values_and_intervals_are_those_of_students_law() {
        // One degree of freedom is Cauchy's law: P(T ≥ 1) = 1/4.
        let found = Found { estimate: 1.0, standard_error: Some(1.0), degrees: 1.0 };
        let test = Test::of(Quantity::LossLead, None, found, Region::Above(0.0), 1);
        assert!((test.p_for - 0.25).abs() < 1e-12 && (test.p_against - 0.75).abs() < 1e-12);
        let wide = (0.495 * std::f64::consts::PI).tan();
        assert!((test.interval[1] - 1.0 - wide).abs() < 1e-6 * wide, "{test:?}");
        assert!((quantile(0.995, 60.0) - 2.660_283).abs() < 1e-5);
    }

    #[test]
    fn an_index_that_never_varies_decides_by_where_it_is() {
        let found = |estimate| Found { estimate, standard_error: None, degrees: 9.0 };
        let of = |estimate| {
            Test::of(Quantity::NormalisedIndex, None, found(estimate), Region::Within(INDEX_RANGE), 4)
        };
        assert_eq!(of(0.0).verdict, ClaimVerdict::Disagrees);
        assert_eq!(of(0.01).verdict, ClaimVerdict::Agrees);
        assert_eq!(of(0.01).interval, [0.01, 0.01]);
    }
}
