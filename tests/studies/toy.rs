//! The toy study's own numbers: at a fixed point u is N(0, 1/Λ) over surfaces; and a second path to one row.

use hspin::hamiltonian::Isa;
use hspin::study::work::compute;
use hspin::study::{Commits, Job, Resources, Stop, Study};
use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::energies::{Block, Energies, Point, place, surface};
use crate::spec::{EnergiesSpec, Request};

const SURFACES: u32 = 400;
/// Probability that a right program is refused by one of the four tests below, for most seeds; this one is fixed.
const FALSE_ALARM: f64 = 1e-4;

fn spec(dims: Vec<u32>, instances: u32, points: u32) -> EnergiesSpec {
    let [instances, points] = [instances, points].map(Some);
    Request { dims: Some(dims), instances, points, seed: Some(5) }.spec(None).unwrap()
}

fn rows(spec: &EnergiesSpec) -> Vec<Point> {
    let commits = Commits::Grouped;
    let resources = Resources { threads: 2, isa: Isa::best(), batch: 48, memory: 1 << 30, shard: 1, commits };
    let job =
        Job::<Energies> { spec, given: &(), resources: &resources, observer: &(), stop: &Stop::default() };
    let units: Vec<Block> = Energies::plan(spec).collect();
    let mut rows = Vec::new();
    let mut take = |unit: <Energies as Study>::Unit| {
        rows.extend(unit.rows);
        Ok(())
    };
    compute(&job, &units, &mut take).unwrap();
    rows
}

/// Two-sided p-values of mean 0 and variance 1/Λ of independent normal energies per spin.
fn p_values(energies: &[f64], dim: u32) -> [f64; 2] {
    let (count, dim) = (energies.len() as f64, f64::from(dim));
    let z_squared = dim * energies.iter().sum::<f64>().powi(2) / count;
    let chi_squared = dim * energies.iter().map(|u| u * u).sum::<f64>();
    let below = ChiSquared::new(count).unwrap().cdf(chi_squared);
    [ChiSquared::new(1.0).unwrap().sf(z_squared), 2.0 * below.min(1.0 - below)]
}

#[test]
fn over_surfaces_energies_have_mean_0_and_variance_1_over_dim() {
    let all = rows(&spec(vec![10, 20], SURFACES, 1));
    for dim in [10, 20] {
        let energies: Vec<f64> =
            all.iter().filter(|row| row.dim == dim).map(|row| row.energy_per_spin).collect();
        assert_eq!(energies.len(), SURFACES as usize);
        let p = p_values(&energies, dim);
        assert!(p.iter().all(|&p| p > FALSE_ALARM / 4.0), "Λ = {dim}: {p:?}");
        // Wrong models are refused: a mean that is a third of a standard deviation off, a scale that is 1.3 times too large.
        let off = f64::from(dim).sqrt().recip() / 3.0;
        let shifted: Vec<f64> = energies.iter().map(|u| u + off).collect();
        let scaled: Vec<f64> = energies.iter().map(|u| 1.3 * u).collect();
        assert!(p_values(&shifted, dim)[0] < FALSE_ALARM / 4.0);
        assert!(p_values(&scaled, dim)[1] < FALSE_ALARM / 4.0);
    }
}

#[test]
fn a_row_is_what_the_dense_tensor_gives() {
    let spec = spec(vec![7], 2, 60);
    let row = rows(&spec).into_iter().find(|row| (row.instance, row.point) == (1, 53)).unwrap();
    let block = Block { dim: 7, instance: 1, block: 1, points: 10 };
    let (dense, w) = (surface(&spec, 7, 1).to_dense(), place(&spec, &block, 53));
    let dim = w.len() as f64;
    assert!((w.iter().map(|w| w * w).sum::<f64>() / dim - 1.0).abs() < 1e-12);
    let slopes = dense.chunks(49).map(|plane| {
        let lines = plane.chunks(7).zip(&w);
        lines.map(|(line, w_j)| w_j * line.iter().zip(&w).map(|(x, w_k)| x * w_k).sum::<f64>()).sum::<f64>()
    });
    let gradient: Vec<f64> = slopes.map(|slope| 3.0 * slope / dim).collect();
    let along = gradient.iter().zip(&w).map(|(g, w)| g * w).sum::<f64>();
    let norm = gradient.iter().zip(&w).map(|(g, w)| (g - along / dim * w).powi(2)).sum::<f64>().sqrt();
    let near = |a: f64, b: f64| assert!((a - b).abs() <= 1e-12 * b.abs(), "{a} is not {b}");
    near(row.energy, along / 3.0);
    near(row.energy_per_spin, along / 3.0 / dim);
    near(row.gradient_norm, norm / dim.sqrt());
}
