//! Counts over random surfaces against the exact means at finite Λ, and what holds of every surface.

use super::harness::{given, orderings, random, take};
use hspin::critical::census::Census;
use hspin::critical::distinct;
use hspin::hamiltonian::{Landscape, Layout, Surface};

const INSTANCES: u64 = 150;

/// Rows of a table for all energies: the columns behind dim, spins, below_u.
fn rows(table: &str, spins: usize, dim: usize) -> Vec<Vec<f64>> {
    let path = format!("{}/tests/data/{table}", env!("CARGO_MANIFEST_DIR"));
    let rows = csv::Reader::from_path(path).unwrap().into_records().map(|row| row.unwrap());
    let key = [dim.to_string(), spins.to_string(), "inf".to_owned()];
    rows.filter(|row| (0..3).all(|column| row[column] == key[column]))
        .map(|row| row.iter().skip(3).map(|cell| cell.parse().unwrap()).collect())
        .collect()
}

/// Exact mean number of critical points of each index.
fn exact(spins: usize, dim: usize) -> Vec<f64> {
    let mut means: Vec<f64> =
        rows("mean_counts_by_index.csv", spins, dim).into_iter().map(|row| row[1]).collect();
    // The table leaves out indices that parity gives.
    assert!(2 * means.len() >= dim, "spins {spins}, dim {dim}");
    (means.len()..dim).for_each(|k| means.push(means[dim - 1 - k]));
    means
}

/// Deviation of a mean from its exact value, in standard errors.
fn deviation(counts: &[u64], expected: f64) -> f64 {
    let n = counts.len() as f64;
    let mean = counts.iter().sum::<u64>() as f64 / n;
    let variance = counts.iter().map(|&c| (c as f64 - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean - expected) / (variance / n).sqrt()
}

fn deviations(spins: usize, dim: usize, counts: &[Vec<u64>]) -> Vec<f64> {
    let of_index = |k: usize| counts.iter().map(|c| c[k]).collect::<Vec<_>>();
    exact(spins, dim).into_iter().enumerate().map(|(k, mean)| deviation(&of_index(k), mean)).collect()
}

/// Of the total.
fn total_deviation(spins: usize, dim: usize, counts: &[Vec<u64>]) -> Option<f64> {
    let totals: Vec<u64> = counts.iter().map(|c| c.iter().sum()).collect();
    rows("mean_counts.csv", spins, dim).first().map(|row| deviation(&totals, row[0]))
}

fn check(surface: &Surface, found: &Census) {
    let Layout { spins, dim } = surface.layout();
    assert!(found.is_certified() && found.attempts == 1, "{:?}", found.tally);
    assert_eq!(found.morse_sum(), if dim % 2 == 1 { 2 } else { 0 });
    assert!(found.points.iter().all(|point| point.gradient_norm < 1e-10));
    assert!(found.points.is_sorted_by_key(|point| point.energy_per_spin));
    let rows: Vec<f64> = found.points.iter().flat_map(|point| point.point.clone()).collect();
    let lines =
        distinct(surface.is_even(), dim as u32, &rows).into_iter().max().map_or(0, |last| last as usize + 1);
    let counts = found.by_index();
    if spins % 2 == 1 {
        assert_eq!(lines, found.points.len());
        assert!(counts.iter().eq(counts.iter().rev()), "{counts:?}");
        for (low, high) in found.points.iter().zip(found.points.iter().rev()) {
            assert!((low.energy_per_spin + high.energy_per_spin).abs() < 1e-13);
            assert_eq!(low.index + high.index, dim as u32 - 1);
            assert!(low.antipode != high.antipode);
        }
    } else {
        assert_eq!(2 * lines, found.points.len());
    }
}

#[test]
fn mean_counts_are_the_exact_ones() {
    for (spins, dim) in [(3, 2), (3, 3), (3, 4), (4, 5), (3, 8)] {
        let one = |instance| {
            let surface = random(spins, dim, instance);
            let found = take(&surface);
            check(&surface, &found);
            found.by_index()
        };
        let counts: Vec<_> = (0..INSTANCES).map(one).collect();
        let z = deviations(spins, dim, &counts);
        assert!(z.iter().all(|z| z.abs() < 4.0), "order {spins}, dim {dim}: {z:?}");
        // Had the census dropped the first critical point of index 1 it met, that would show.
        let dropped = counts.iter().cloned().map(|mut c| {
            c[1] = c[1].saturating_sub(2);
            c
        });
        let z = deviations(spins, dim, &dropped.collect::<Vec<_>>());
        assert!(z[1] < -4.0, "order {spins}, dim {dim}: {z:?}");
    }
}

#[test]
fn mean_totals_are_the_exact_ones_at_other_orders() {
    for (spins, dim) in [(3, 5), (4, 4), (5, 2), (5, 3), (5, 4)] {
        let one = |instance| {
            let surface = random(spins, dim, instance);
            let found = take(&surface);
            check(&surface, &found);
            found.by_index()
        };
        let z = total_deviation(spins, dim, &(0..INSTANCES).map(one).collect::<Vec<_>>()).unwrap();
        assert!(z.abs() < 4.0, "order {spins}, dim {dim}: {z}");
    }
}

/// Coefficients of variance 1 in place of the multiplicity m: another model, and the means tell.
#[test]
fn unit_variance_in_place_of_the_multiplicity_is_caught() {
    let (spins, dim) = (3, 8);
    let one = |instance| {
        let mut wrong = std::collections::BTreeMap::new();
        random(spins, dim, instance).for_each_coefficient(|indices, c| {
            let m = orderings(indices);
            wrong.insert(indices.to_vec(), c / m.sqrt() / m);
        });
        let found = take(&given(spins, dim, |indices| wrong[indices]));
        assert!(found.is_certified());
        found.by_index()
    };
    let counts: Vec<_> = (0..INSTANCES).map(one).collect();
    let z = deviations(spins, dim, &counts);
    assert!(z.iter().any(|z| z.abs() > 6.0), "{z:?}");
}

/// Certification rates and times: `CENSUS=spins,dim,instances cargo test --release --test census -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes, prints rates"]
fn rates() {
    let asked = std::env::var("CENSUS").unwrap_or("3,8,1000".into());
    let asked: Vec<u64> = asked.split(',').map(|number| number.parse().unwrap()).collect();
    let [spins, dim, instances] = asked[..] else { panic!("CENSUS=spins,dim,instances") };
    let began = std::time::Instant::now();
    let (mut certified, mut at_once, mut retried, mut steps) = (0, 0, 0, 0);
    let mut counts = Vec::new();
    for instance in 0..instances {
        let found = take(&random(spins as usize, dim as usize, instance));
        certified += u64::from(found.is_certified());
        at_once += u64::from(found.is_certified() && found.attempts == 1);
        retried += found.retried;
        steps += found.steps;
        counts.push(found.by_index());
    }
    let each = began.elapsed().as_secs_f64() / instances as f64;
    println!(
        "{asked:?}: certified {certified}, on the first way {at_once}, paths retried {retried}, steps {steps}, {each:.4} s each"
    );
    if let Some(z) = total_deviation(spins as usize, dim as usize, &counts) {
        println!("total: {z:.2} standard errors from the exact mean");
    }
    if !rows("mean_counts_by_index.csv", spins as usize, dim as usize).is_empty() {
        println!("by index: {:.2?}", deviations(spins as usize, dim as usize, &counts));
    }
}
