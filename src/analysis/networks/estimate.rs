//! Statistics with errors over groups.

use serde::Serialize;

use crate::analysis::bands::statistics;

/// A statistic with its standard error over groups.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimated {
    /// Of all networks.
    pub value: f64,
    /// None for fewer than two groups, or where groups do not differ.
    pub standard_error: Option<f64>,
    /// Groups less one: degrees of freedom of the error.
    pub degrees: u32,
}

/// Groups that are left out one after the other; where there are more, neighbours are joined.
const MOST_GROUPS: usize = 1000;

/// A statistic of all members, and its standard error by leaving out one group after the other:
/// `s² = (G−1)/G Σ_g (θ_g − mean θ)²`. For the mean of equal groups this is the standard deviation of the groups' means
/// over √G. More than a thousand groups are joined to fewer. `None` where the statistic of all is not known or not finite.
///
/// # Reference
/// Efron, Tibshirani (1993), *An Introduction to the Bootstrap*, chapter 11.
pub fn jackknife<T: Clone>(groups: &[Vec<T>], statistic: impl Fn(&[T]) -> Option<f64>) -> Option<Estimated> {
    let finite = |members: &[T]| statistic(members).filter(|value| value.is_finite());
    let value = finite(&groups.concat())?;
    // Fewer, larger groups are as independent, and the work stays linear in the members.
    let merged: Vec<Vec<T>>;
    let groups = if groups.len() > MOST_GROUPS {
        merged = groups.chunks(groups.len().div_ceil(MOST_GROUPS)).map(<[_]>::concat).collect();
        &merged[..]
    } else {
        groups
    };
    let without = |left_out: usize| {
        let rest: Vec<T> = groups
            .iter()
            .enumerate()
            .filter(|(g, _)| *g != left_out)
            .flat_map(|(_, group)| group.iter().cloned())
            .collect();
        finite(&rest)
    };
    let count = groups.len() as f64;
    let values: Option<Vec<f64>> = (0..groups.len()).map(without).collect();
    let error = values.filter(|values| values.len() > 1).map(|values| {
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        ((count - 1.0) / count * squares).sqrt()
    });
    // Values that differ by rounding alone do not differ.
    let standard_error = error.filter(|&error| error > 1e-12 * value.abs());
    Some(Estimated { value, standard_error, degrees: (groups.len() as u32).saturating_sub(1) })
}

/// Mean; `None` of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| statistics::mean(values))
}

/// Variance of a sample of two or more.
pub fn variance(values: &[f64]) -> Option<f64> {
    (values.len() > 1).then(|| statistics::variance(values))
}

/// Standard error of the mean of a sample of two or more.
pub fn error_of_mean(values: &[f64]) -> Option<f64> {
    variance(values).map(|variance| variance.sqrt() / (values.len() as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Role, stream};
    use rand_distr::{Distribution, StandardNormal};

    #[test]
    fn of_the_mean_of_equal_groups_the_error_is_that_of_the_groups_means() {
        let groups = vec![vec![1.0, 2.0], vec![4.0, 4.0], vec![0.0, 7.0], vec![3.0, 3.5]];
        let found = jackknife(&groups, mean).unwrap();
        // Means of groups: 1.5, 4, 3.5, 3.25; their mean 3.0625.
        let squares: f64 = [1.5f64, 4.0, 3.5, 3.25].iter().map(|m| (m - 3.0625).powi(2)).sum();
        assert!((found.value - 3.0625).abs() < 1e-14);
        assert!((found.standard_error.unwrap() - (squares / 3.0 / 4.0).sqrt()).abs() < 1e-14);
        assert_eq!(found.degrees, 3);
    }

    #[test]
    fn one_group_or_equal_ones_have_no_error() {
        assert_eq!(jackknife(&[vec![1.0, 2.0]], mean).unwrap().standard_error, None);
        assert_eq!(jackknife(&vec![vec![0.1, 0.3]; 9], mean).unwrap().standard_error, None);
        assert_eq!(jackknife::<f64>(&[], mean), None);
        assert_eq!(jackknife(&[vec![1.0]], variance), None);
    }

    #[test]
    fn very_many_groups_are_joined_and_give_the_same_error() {
        let mut random = stream(1, Role::Probe, &[92]);
        let groups: Vec<Vec<f64>> = (0..20_000).map(|_| vec![StandardNormal.sample(&mut random)]).collect();
        let found = jackknife(&groups, mean).unwrap();
        // 1000 groups of 20: the error is known to 2.3 %; five of them.
        assert_eq!(found.degrees, 999);
        assert!((found.standard_error.unwrap() * 20_000f64.sqrt() - 1.0).abs() < 0.12, "{found:?}");
    }

    /// A shift common to a group widens the error as it must: the spread of repeated estimates is what is stated.
    #[test]
    fn errors_are_the_spread_of_repeated_estimates() {
        let mut random = stream(1, Role::Probe, &[90]);
        let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
        let (mut means, mut logs) = (Vec::new(), Vec::new());
        let (mut mean_errors, mut log_errors) = (0.0, 0.0);
        let trials = 400;
        for _ in 0..trials {
            let groups: Vec<Vec<f64>> = (0..30)
                .map(|_| {
                    let shift = 0.7 * normal();
                    (0..16).map(|_| shift + normal()).collect()
                })
                .collect();
            let of_mean = jackknife(&groups, mean).unwrap();
            let of_log = jackknife(&groups, |x| variance(x).map(f64::ln)).unwrap();
            means.push(of_mean.value);
            logs.push(of_log.value);
            mean_errors += of_mean.standard_error.unwrap().powi(2) / f64::from(trials);
            log_errors += of_log.standard_error.unwrap().powi(2) / f64::from(trials);
        }
        // A variance of 400 is known to 7 %: a deviation beyond 30 % has odds below 1e-4.
        for (values, errors) in [(means, mean_errors), (logs, log_errors)] {
            let ratio = variance(&values).unwrap() / errors;
            assert!((ratio - 1.0).abs() < 0.3, "{ratio}");
        }
    }
}
