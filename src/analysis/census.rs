//! Censuses, index by index, beside the exact mean numbers of critical points.

use serde::Serialize;

use super::bands::COUNTED;
use super::energy_histogram::Histogram;
use super::model::mixture_of;
use crate::error::Result;
use crate::studies::surfaces::{CensusFacts, Couplings, Record, Spec, SurfaceStore};
use crate::theory::{MeanCounts, MixtureCounts};

/// All critical points of one surface.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CensusInstance {
    /// Number of the surface.
    pub instance: u32,
    /// Complex classes that are proved to exist and to be different.
    pub complex: u64,
    /// Complex classes of a tensor without multiple eigenvectors.
    pub expected_complex: u64,
    /// Critical points on the sphere, both signs.
    pub real: u64,
    /// Number of critical points of each index, of those whose index is decided.
    pub by_index: Vec<u64>,
    /// Σ_k (−1)^k C_k.
    pub morse_sum: i64,
    /// Whether no point is missing, every index is decided and the Morse sum is right.
    pub certified: bool,
    /// Points of which an eigenvalue is too near 0 to have a sign.
    pub undecided: u64,
    /// Paths with a singular end.
    pub singular: u64,
    /// Paths lost on the way.
    pub lost: u64,
    /// Proved ends that could not be distinguished from another.
    pub duplicates: u64,
    /// Ways that were tried.
    pub attempts: u32,
    /// Energies per spin of each index, ascending.
    pub energies_per_spin: Vec<Vec<f64>>,
    /// Those of the points of undecided index, ascending.
    pub undecided_energies_per_spin: Vec<f64>,
}

/// A mean over surfaces beside its exact value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Compared {
    /// Mean over surfaces.
    pub mean: Option<f64>,
    /// Its standard error; `None` below two surfaces.
    pub standard_error: Option<f64>,
    /// Exact mean at this Λ; `None` for the user's own couplings, which no mean is about.
    pub expected: Option<f64>,
    /// Deviation in standard errors; `None` where there is no error or nothing expected.
    pub z: Option<f64>,
}

/// Censuses of many surfaces in one table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CensusTable {
    /// H; the highest of several orders.
    pub spins: u32,
    /// Orders, law and spike where they are not of the pure Gaussian model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Orders of the user's own arrays, where they are several, or order 1 alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orders: Option<Vec<usize>>,
    /// Whether complex solutions are points, of several orders, and not lines of eigenvectors.
    #[serde(skip)]
    pub has_several_orders: bool,
    /// Λ.
    pub dim: u32,
    /// What numbers of points count.
    pub counts: &'static str,
    /// Root of all random streams.
    pub seed: u64,
    /// Scale s of the user's own tensor; absent for random couplings, and where release 0.1 did not store it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    /// Surfaces that are certified.
    pub certified: u64,
    /// Surfaces, by number.
    pub instances: Vec<CensusInstance>,
    /// Mean number of critical points of each index.
    pub mean_by_index: Vec<Option<f64>>,
    /// Standard errors of these means.
    pub standard_error_by_index: Vec<Option<f64>>,
    /// Exact mean numbers at this Λ.
    pub expected_by_index: Vec<Option<f64>>,
    /// Deviations in standard errors.
    pub z_by_index: Vec<Option<f64>>,
    /// All indices together.
    pub total: Compared,
    /// Real Z-eigenvalues λ of the user's own tensor, `A x^{H−1} = λ x` with |x| = 1, ascending; one of each pair ±x,
    /// at odd H the one with λ ≥ 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eigenvalues: Option<Vec<f64>>,
}

impl CensusInstance {
    /// One surface from what is stored of it; `records` are in the order of their energies.
    pub fn new<'a>(facts: &CensusFacts, records: impl IntoIterator<Item = &'a Record>) -> Self {
        let mut energies_per_spin = vec![Vec::new(); facts.dim as usize];
        let mut undecided_energies_per_spin = Vec::new();
        for record in records {
            let of_index = record.decided_index().and_then(|k| energies_per_spin.get_mut(k as usize));
            of_index.unwrap_or(&mut undecided_energies_per_spin).push(record.energy_per_spin);
        }
        Self {
            instance: facts.instance,
            complex: facts.complex,
            expected_complex: facts.expected_complex,
            real: facts.real,
            by_index: energies_per_spin.iter().map(|energies| energies.len() as u64).collect(),
            morse_sum: facts.morse_sum,
            certified: facts.certified,
            undecided: undecided_energies_per_spin.len() as u64,
            singular: facts.singular,
            lost: facts.lost,
            duplicates: facts.duplicates,
            attempts: facts.attempts,
            energies_per_spin,
            undecided_energies_per_spin,
        }
    }

    fn eigenvalues(&self, spins: u32, dim: u32) -> Vec<f64> {
        let mut energies: Vec<f64> = self.energies_per_spin.concat();
        energies.extend(&self.undecided_energies_per_spin);
        energies.sort_by(f64::total_cmp);
        // Of each pair ±w: at even H neighbours, with the same energy; at odd H mirror images, with opposite ones.
        let firsts: Vec<f64> = if spins.is_multiple_of(2) {
            energies.into_iter().step_by(2).collect()
        } else {
            energies.split_off(energies.len() / 2)
        };
        // With w = √Λ x: L = √Λ λ.
        let root = f64::from(dim).sqrt();
        firsts.into_iter().map(|energy| root * energy).collect()
    }
}

impl CensusTable {
    /// The table of some surfaces of a spec.
    ///
    /// # Errors
    /// Those of [`MeanCounts`].
    pub fn new(spec: &Spec, mut instances: Vec<CensusInstance>) -> Result<Self> {
        let (spins, dim) = (spec.spins, spec.dim());
        instances.sort_by_key(|instance| instance.instance);
        let (expected, all) = expected_of(spec)?;
        let rows: Vec<Compared> = (0..dim as usize)
            .zip(&expected)
            .map(|(k, &expected)| compare(instances.iter().map(|one| one.by_index[k]), expected))
            .collect();
        let eigenvalues = || instances.first().map(|one| one.eigenvalues(spins, dim)).unwrap_or_default();
        Ok(Self {
            spins,
            model: spec.model_in_words(),
            orders: spec.own_orders(),
            has_several_orders: !spec.is_homogeneous(),
            dim,
            counts: COUNTED,
            seed: spec.seed,
            scale: spec.couplings.scale(),
            certified: instances.iter().filter(|one| one.certified).count() as u64,
            mean_by_index: rows.iter().map(|row| row.mean).collect(),
            standard_error_by_index: rows.iter().map(|row| row.standard_error).collect(),
            expected_by_index: expected,
            z_by_index: rows.iter().map(|row| row.z).collect(),
            total: compare(instances.iter().map(|one| one.real), all),
            eigenvalues: matches!(spec.couplings, Couplings::File { .. }).then(eigenvalues),
            instances,
        })
    }

    /// The row of one index.
    pub fn of_index(&self, index: usize) -> Compared {
        Compared {
            mean: self.mean_by_index[index],
            standard_error: self.standard_error_by_index[index],
            expected: self.expected_by_index[index],
            z: self.z_by_index[index],
        }
    }
}

impl CensusTable {
    /// Energies of each index up to `most`, as mean numbers on a surface for each unit of u; indices without points are left out.
    pub fn histograms(&self, most: u32) -> Vec<(u32, Histogram)> {
        let surfaces = self.instances.len() as f64;
        let of_index = |index: u32| {
            let each = self.instances.iter().filter_map(|one| one.energies_per_spin.get(index as usize));
            let energies: Vec<f64> = each.flatten().copied().collect();
            let mut found = Histogram::of(&energies, 0.01)?;
            found.heights.iter_mut().for_each(|height| *height *= energies.len() as f64 / surfaces);
            Some((index, found))
        };
        (0..=most.min(self.dim - 1)).filter_map(of_index).collect()
    }
}

/// The table of a stored census, also while it grows.
///
/// # Errors
/// Those of the store and of [`CensusTable::new`].
pub fn tabulate_census(store: &SurfaceStore) -> Result<CensusTable> {
    let one = |facts: &CensusFacts| {
        let records = store.surface_records(facts.dim, facts.instance)?;
        Ok(CensusInstance::new(facts, &records))
    };
    CensusTable::new(store.spec(), store.census_facts()?.iter().map(one).collect::<Result<_>>()?)
}

/// Exact mean number of critical points of each index.
fn expected_of(spec: &Spec) -> Result<(Vec<Option<f64>>, Option<f64>)> {
    let (spins, dim) = (spec.spins, spec.dim());
    if spec.couplings != Couplings::Random || spec.model().spike.is_some() {
        return Ok((vec![None; dim as usize], None));
    }
    if spec.model().orders.as_pure().is_some_and(|spins| spins > 1) {
        return Ok((expected_by_index(spins, dim)?, Some(expected_total(spins, dim)?)));
    }
    let mut counts = MixtureCounts::new(&mixture_of(spec)?, dim)?;
    let all = counts.total(&[f64::INFINITY])?.iter().map(|count| count.value()).next();
    let value = |index| {
        let found = counts.by_index(index, &[f64::INFINITY])?;
        Ok(found.into_iter().flatten().map(|count| count.value()).next())
    };
    Ok(((0..dim).map(value).collect::<Result<_>>()?, all))
}

/// The same of one order.
fn expected_by_index(spins: u32, dim: u32) -> Result<Vec<Option<f64>>> {
    if spins == 2 {
        // Each eigenvector, with both signs.
        return Ok(vec![Some(2.0); dim as usize]);
    }
    let mut counts = MeanCounts::new(spins, dim)?;
    let value = |index| {
        let found = counts.by_index(index, &[f64::INFINITY])?;
        Ok(found.into_iter().flatten().map(|count| count.value()).next())
    };
    (0..dim).map(value).collect()
}

fn expected_total(spins: u32, dim: u32) -> Result<f64> {
    if spins == 2 {
        return Ok(2.0 * f64::from(dim));
    }
    let counts = MeanCounts::new(spins, dim)?.total(&[f64::INFINITY])?;
    Ok(counts.iter().map(|count| count.value()).sum())
}

/// Mean of a count over surfaces beside its exact value.
fn compare(counts: impl Iterator<Item = u64>, expected: Option<f64>) -> Compared {
    let counts: Vec<f64> = counts.map(|count| count as f64).collect();
    let n = counts.len() as f64;
    let mean = (n > 0.0).then(|| counts.iter().sum::<f64>() / n);
    let standard_error = mean.filter(|_| n > 1.0).map(|mean| {
        let squares: f64 = counts.iter().map(|count| (count - mean).powi(2)).sum();
        (squares / (n - 1.0) / n).sqrt()
    });
    let z = match (mean, standard_error, expected) {
        // Without spread there is no unit to measure a deviation in; none is none.
        (Some(mean), Some(0.0), Some(expected)) => (mean == expected).then_some(0.0),
        (Some(mean), Some(error), Some(expected)) => Some((mean - expected) / error),
        _ => None,
    };
    Compared { mean, standard_error, expected, z }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deviations_are_in_standard_errors_over_surfaces() {
        let found = compare([2, 4, 6].into_iter(), Some(3.0));
        assert_eq!((found.mean, found.standard_error), (Some(4.0), Some((4.0f64 / 3.0).sqrt())));
        assert!((found.z.unwrap() - 1.0 / (4.0f64 / 3.0).sqrt()).abs() < 1e-15);
        let one = compare([7].into_iter(), Some(3.0));
        assert_eq!((one.mean, one.standard_error, one.z), (Some(7.0), None, None));
        assert_eq!(compare([2, 2].into_iter(), Some(2.0)).z, Some(0.0));
        assert_eq!(compare([2, 2].into_iter(), Some(2.5)).z, None);
        assert_eq!(compare([2, 4].into_iter(), None).z, None);
        assert_eq!(compare([].into_iter(), Some(1.0)).mean, None);
    }

    #[test]
    fn expected_numbers_add_up() {
        for (spins, dim) in [(2, 5), (3, 6), (4, 3)] {
            let by_index = expected_by_index(spins, dim).unwrap();
            let sum: f64 = by_index.iter().flatten().sum();
            assert!((sum / expected_total(spins, dim).unwrap() - 1.0).abs() < 1e-10, "{spins} {dim}");
        }
    }
}
