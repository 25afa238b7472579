//! Means over surfaces against exact means: one at a time, and many together.
//!
//! Surfaces are independent, what lies on one surface is not: every error here is over surfaces.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, DiscreteCDF, Poisson, StudentsT};
use statrs::function::beta::beta_reg;

use crate::numeric::symmetric::Symmetric;

/// Numbers rarer than this on a surface are tested as Poisson numbers, commoner ones by their own scatter.
const RARE: f64 = 0.5;
/// Rare on a surface, but so many on all of them that their own scatter is known well.
const MANY: f64 = 50.0;
/// Surfaces for each number that is tested jointly: with fewer the covariance is mostly noise.
const SURFACES_EACH: usize = 5;
/// Directions whose variance is below this (the numbers scaled to variance 1) are combinations that never vary.
const NO_VARIANCE: f64 = 1e-9;

/// A mean over surfaces beside its exact value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Mean {
    /// Over surfaces.
    pub observed: f64,
    /// Of the mean, from the scatter between surfaces; none for one surface.
    pub standard_error: Option<f64>,
    /// Exact; none where it is out of reach.
    pub expected: Option<f64>,
    /// (observed − expected) / standard error; none for rare points, or where surfaces do not differ.
    pub z: Option<f64>,
    /// Two-sided p-value: Student's t of z, or Poisson for rare points.
    pub p: Option<f64>,
}

impl Mean {
    /// Of one number on each surface. If the number counts points that come in groups of `group`, and is rare, its sum
    /// is held against a Poisson law.
    pub fn of_counts(values: &[f64], expected: Option<f64>, group: f64) -> Self {
        let surfaces = values.len() as f64;
        let rare =
            expected.filter(|&e| !values.is_empty() && e / group < RARE && surfaces * e / group < MANY);
        match rare {
            Some(expected) => {
                let found = (values.iter().sum::<f64>() / group).round() as u64;
                let foreseen = surfaces * expected / group;
                Self { z: None, p: Some(poisson_p(found, foreseen)), ..Self::of(values, Some(expected)) }
            }
            None => Self::of(values, expected),
        }
    }

    /// Of one number on each surface, by its own scatter.
    pub fn of(values: &[f64], expected: Option<f64>) -> Self {
        let surfaces = values.len() as f64;
        let observed = mean(values);
        let error = (values.len() > 1).then(|| (variance(values) / surfaces).sqrt());
        let z =
            expected.zip(error.filter(|&e| e > 0.0)).map(|(expected, error)| (observed - expected) / error);
        let same = expected.is_some_and(|e| (observed - e).abs() <= 1e-6 * e.abs().max(1.0));
        // Numbers that never vary tell nothing of their error; but if they are the exact ones, they agree.
        let p = z.map(|z| student_p(z, surfaces - 1.0)).or(same.then_some(1.0));
        Self { observed, standard_error: error, expected, z, p }
    }

    /// Observed over expected, with its standard error.
    pub fn ratio(&self) -> Option<[f64; 2]> {
        let expected = self.expected.filter(|&e| e > 0.0)?;
        Some([self.observed / expected, self.standard_error? / expected])
    }
}

/// Several means together against their exact values: Hotelling's T².
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct JointTest {
    /// Numbers tested: independent combinations, fewer where surfaces are few.
    pub numbers: usize,
    /// Surfaces.
    pub surfaces: usize,
    /// `n dᵀ S⁻¹ d`; its law tends to χ² of `numbers` degrees of freedom as surfaces grow.
    pub t_squared: f64,
    /// p-value of `T² (n − p)/(p (n − 1))` in Fisher's F law of (p, n − p) degrees of freedom.
    pub p: f64,
}

impl JointTest {
    /// Of deviations from exact means, one row for each surface, one column for each of some *independent* numbers.
    /// Neighbouring columns are added until there are five surfaces for each; none for fewer than two surfaces, or
    /// where nothing varies.
    ///
    /// # Reference
    /// Hotelling (1931), *The generalization of Student's ratio*, Ann. Math. Statist. 2.
    pub fn of(rows: &[Vec<f64>]) -> Option<Self> {
        let surfaces = rows.len();
        let columns = rows.first().map_or(0, Vec::len);
        let groups = columns.min((surfaces / SURFACES_EACH).max(1));
        if surfaces < 2 || columns == 0 {
            return None;
        }
        let group = |row: &Vec<f64>, g: usize| {
            row[g * columns / groups..(g + 1) * columns / groups].iter().sum::<f64>()
        };
        let column = |g: usize| rows.iter().map(|row| group(row, g)).collect::<Vec<f64>>();
        let varying: Vec<Vec<f64>> = (0..groups)
            .map(column)
            .filter_map(|values| {
                let deviation = variance(&values).sqrt();
                (deviation > 0.0).then(|| values.iter().map(|x| x / deviation).collect())
            })
            .collect();
        let (t_squared, numbers) = t_squared(&varying, surfaces)?;
        let (n, p) = (surfaces as f64, numbers as f64);
        let f = t_squared * (n - p) / (p * (n - 1.0));
        Some(Self { numbers, surfaces, t_squared, p: fisher_p(f, p, n - p) })
    }
}

/// T² and the rank of the covariance, of columns of variance 1.
fn t_squared(columns: &[Vec<f64>], surfaces: usize) -> Option<(f64, usize)> {
    let means: Vec<f64> = columns.iter().map(|column| mean(column)).collect();
    let covariance = Symmetric::from_lower(columns.len(), |i, j| {
        let pairs = columns[i].iter().zip(&columns[j]);
        pairs.map(|(a, b)| (a - means[i]) * (b - means[j])).sum::<f64>() / (surfaces - 1) as f64
    });
    let eigen = covariance.eigen().ok()?;
    let along = eigen.coordinates(&means);
    let kept = eigen.values.iter().zip(&along).filter(|&(&value, _)| value > NO_VARIANCE);
    let parts: Vec<f64> = kept.map(|(value, d)| d * d / value).collect();
    (!parts.is_empty() && parts.len() < surfaces)
        .then(|| (surfaces as f64 * parts.iter().sum::<f64>(), parts.len()))
}

/// Probability that the smallest of several p-values is so small, at most: Bonferroni's bound, which holds however
/// they depend on each other.
pub fn smallest_of(ps: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let known: Vec<f64> = ps.into_iter().flatten().collect();
    let least = known.iter().copied().reduce(f64::min)?;
    Some((least * known.len() as f64).min(1.0))
}

/// Mean.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Variance of a sample of two or more.
pub fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
}

/// Standard error of a share Σc/Σn of counts (c, n) on each surface: over surfaces, or from the binomial law of the n of
/// the only one.
pub fn ratio_error(counts: &[[f64; 2]]) -> Option<f64> {
    let counts: Vec<[f64; 2]> = counts.iter().copied().filter(|[_, n]| *n > 0.0).collect();
    let [of, all] = counts.iter().fold([0.0; 2], |[of, all], [c, n]| [of + c, all + n]);
    let (share, surfaces) = (of / all, counts.len() as f64);
    match counts.len() {
        0 => None,
        1 => Some((share * (1.0 - share) / all).sqrt()),
        _ => {
            let squares: f64 = counts.iter().map(|[c, n]| (c - share * n).powi(2)).sum();
            Some((squares * surfaces / (surfaces - 1.0)).sqrt() / all)
        }
    }
}

/// P(|t| ≥ |z|) in Student's law.
fn student_p(z: f64, freedom: f64) -> f64 {
    2.0 * student_above(z.abs(), freedom)
}

/// P(t ≥ z) in Student's law; not a number without degrees of freedom.
pub fn student_above(z: f64, freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::NAN, |law| law.sf(z))
}

/// P(F ≥ f) in Fisher's law. That of statrs takes 1 − x for x near 1: at F = 10¹², (2, 30) degrees of freedom, it is
/// wrong by 10⁻⁶ of the value, and this only by rounding.
fn fisher_p(f: f64, above: f64, below: f64) -> f64 {
    beta_reg(0.5 * below, 0.5 * above, below / (below + above * f))
}

/// Twice the smaller tail of a Poisson law, at most 1.
fn poisson_p(found: u64, foreseen: f64) -> f64 {
    // A law of mean 0 is none for statrs.
    let Ok(law) = Poisson::new(foreseen) else { return if found > 0 { 0.0 } else { 1.0 } };
    let at_least = found.checked_sub(1).map_or(1.0, |fewer| law.sf(fewer));
    (2.0 * at_least.min(law.cdf(found))).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_near(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} instead of {expected}");
    }

    #[test]
    fn tails_are_those_of_the_tables() {
        // One degree of freedom is Cauchy's law, two have a closed form.
        assert_near(student_p(1.0, 1.0), 0.5);
        assert_near(student_p(3.0, 2.0), 1.0 - 3.0 / 11f64.sqrt());
        assert_near(student_above(-3.0, 2.0), 0.5 + 1.5 / 11f64.sqrt());
        // F of (2, m): (1 + 2f/m)^{−m/2}, far into the tail.
        assert_near(fisher_p(40.0, 2.0, 30.0), (1.0 + 80.0 / 30.0f64).powi(-15));
        assert_near(fisher_p(1e12, 2.0, 30.0), (1.0 + 2e12 / 30.0f64).powi(-15));
        assert_near(poisson_p(0, 3.0), 2.0 * (-3f64).exp());
        assert_near(poisson_p(2, 1e-3), 2.0 * (1.0 - (-1e-3f64).exp() * 1.001));
    }

    #[test]
    fn of_one_number_t_squared_is_the_square_of_students_t() {
        let values = [0.3, -0.1, 0.5, 0.2, 0.7];
        let one = Mean::of(&values, Some(0.0));
        let together = JointTest::of(&values.map(|x| vec![x])).unwrap();
        assert_near(together.t_squared, one.z.unwrap().powi(2));
        assert_near(together.p, one.p.unwrap());
    }

    #[test]
    fn numbers_that_never_vary_have_no_z() {
        let cell = Mean::of_counts(&[2.0; 30], Some(2.0), 1.0);
        assert_eq!((cell.z, cell.p, cell.standard_error), (None, Some(1.0), Some(0.0)));
        assert_eq!(Mean::of_counts(&[2.0; 30], Some(2.1), 1.0).p, None);
        assert_eq!(JointTest::of(&vec![vec![0.0; 3]; 30]), None);
    }

    /// A third column that is the sum of two others adds nothing, and does no harm.
    #[test]
    fn dependent_numbers_are_counted_once() {
        let row = |i: u32| [f64::from(i * 7 % 11) - 5.0, f64::from(i * 3 % 13) - 6.2];
        let two: Vec<Vec<f64>> = (0..60).map(|i| row(i).to_vec()).collect();
        let three: Vec<Vec<f64>> = two.iter().map(|r| vec![r[0], r[1], r[0] + r[1]]).collect();
        let (two, three) = (JointTest::of(&two).unwrap(), JointTest::of(&three).unwrap());
        assert_eq!(three.numbers, 2);
        assert_near(three.t_squared, two.t_squared);
    }
}
