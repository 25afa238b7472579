//! Exact densities in energy of the mean numbers of critical points at a run's own Λ.

use super::bands::ExactMeans;
use super::mean_count_curves::evenly;
use super::model::{has_exact_means, mixture_of};
use crate::Result;
use crate::studies::surfaces::Spec;
use crate::theory::MixtureCounts;

/// Points of a curve.
const SAMPLES: usize = 161;
/// Largest Λ of one order, and of a mixture, whose densities take seconds at most.
const MOST_DIM: [u32; 2] = [1000, 60];

/// Density of the energies of all critical points of one index.
#[derive(Debug, Clone, PartialEq)]
pub struct ExactDensity {
    /// k.
    pub index: u32,
    /// Mean number of such points on a surface, over all energies.
    pub number: f64,
    /// u, rising.
    pub energies: Vec<f64>,
    /// Mean number on a surface for each unit of u.
    pub density: Vec<f64>,
}

impl ExactDensity {
    /// Over a range of u; none where no exact number is known, or it is out of reach.
    ///
    /// # Errors
    /// Bad input outside what theory takes.
    pub fn of_run(spec: &Spec, dim: u32, index: u32, [low, high]: [f64; 2]) -> Result<Option<Self>> {
        let pure = spec.model().orders.as_pure().filter(|&spins| spins > 1);
        let most = MOST_DIM[usize::from(pure.is_none())];
        if !has_exact_means(spec) || dim > most || index >= dim || low >= high {
            return Ok(None);
        }
        let energies = evenly(low, high, SAMPLES);
        let (number, density) = if pure.is_some() {
            let mut exact = ExactMeans::new(spec.spins, dim)?;
            let number = exact.below(index, &[f64::INFINITY])?.map(|below| below[0]);
            (number, exact.density(index, &energies)?)
        } else {
            let mut counts = MixtureCounts::new(&mixture_of(spec)?, dim)?;
            let number = counts.by_index(index, &[f64::INFINITY])?.into_iter().flatten().next();
            let density = counts.density_by_index(index, &energies)?;
            let values = density.into_iter().map(|count| count.map(|count| count.value())).collect();
            (number.map(|number| number.value()), values)
        };
        let found = number.filter(|number| number.is_finite() && *number > 0.0).zip(density);
        Ok(found.map(|(number, density)| Self { index, number, energies, density }))
    }

    /// The probability density of the energy of a random point of this index.
    pub fn as_law(&self) -> Vec<f64> {
        self.density.iter().map(|density| density / self.number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hamiltonian::Law;
    use crate::studies::surfaces::Request;
    use crate::theory::MeanCounts;

    fn spec(request: Request) -> Spec {
        Spec::new(&Request { dims: Some(vec![10]), starts: Some(5), ..request }).unwrap()
    }

    /// Number and mean by the trapezoidal rule.
    fn moments(found: &ExactDensity) -> [f64; 2] {
        let step = found.energies[1] - found.energies[0];
        let sum = |value: &dyn Fn(f64) -> f64| -> f64 {
            found.energies.iter().zip(&found.density).map(|(&u, density)| step * density * value(u)).sum()
        };
        let number = sum(&|_| 1.0);
        [number, sum(&|u| u) / number]
    }

    #[test]
    fn a_density_has_the_number_and_the_mean_of_the_exact_law() {
        for index in [0, 1, 9] {
            let found =
                ExactDensity::of_run(&spec(Request::default()), 10, index, [-3.0, 3.0]).unwrap().unwrap();
            let law = MeanCounts::new(3, 10).unwrap().energy_law(index).unwrap();
            let [number, mean] = moments(&found);
            assert!((number / found.number - 1.0).abs() < 1e-6, "{index}: {number}, not {}", found.number);
            assert!((found.number / law.count.value() - 1.0).abs() < 1e-8);
            assert!((mean - law.mean).abs() < 1e-6, "{index}: {mean}, not {}", law.mean);
            let whole: f64 = found.as_law().iter().sum::<f64>() * (found.energies[1] - found.energies[0]);
            assert!((whole - 1.0).abs() < 1e-6);
            // The law of another size is another one.
            let other =
                ExactDensity::of_run(&spec(Request::default()), 11, index, [-3.0, 3.0]).unwrap().unwrap();
            assert!((moments(&other)[1] - law.mean).abs() > 1e-3);
        }
        let mixed = spec(Request { mixture: Some(vec![(2, 0.5), (3, 0.5)]), ..Request::default() });
        let found = ExactDensity::of_run(&mixed, 6, 0, [-3.0, 3.0]).unwrap().unwrap();
        assert!((moments(&found)[0] / found.number - 1.0).abs() < 1e-6);
    }

    #[test]
    fn there_is_none_where_no_exact_number_is_known() {
        let sign = spec(Request { law: Some(Law::Sign), ..Request::default() });
        assert_eq!(ExactDensity::of_run(&sign, 10, 0, [-3.0, 3.0]).unwrap(), None);
        let pure = spec(Request::default());
        assert_eq!(ExactDensity::of_run(&pure, 10, 10, [-3.0, 3.0]).unwrap(), None);
        assert_eq!(ExactDensity::of_run(&pure, 2000, 0, [-3.0, 3.0]).unwrap(), None);
    }
}
