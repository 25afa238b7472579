//! Exact mean counts against high-precision tables, closed forms, identities and sampled matrices.

use super::tables::rows;
use std::f64::consts::LN_2;

use hspin::numeric::symmetric::Symmetric;
use hspin::theory::{Asymptotics, Count, MeanCounts, Thresholds};
use rand::SeedableRng;
use rand_distr::{ChiSquared, Distribution, StandardNormal};
use rand_pcg::Pcg64;

const ALL: f64 = f64::INFINITY;

fn counts(spins: u32, dim: u32) -> MeanCounts {
    MeanCounts::new(spins, dim).unwrap()
}

fn total(spins: u32, dim: u32, energy: f64) -> Count {
    counts(spins, dim).total(&[energy]).unwrap()[0]
}

fn by_index(counts: &mut MeanCounts, index: u32, energy: f64) -> Count {
    counts.by_index(index, &[energy]).unwrap()[0].unwrap()
}

fn number(row: &csv::StringRecord, column: usize) -> f64 {
    row[column].parse().unwrap()
}

fn whole(row: &csv::StringRecord, column: usize) -> u32 {
    row[column].parse().unwrap()
}

/// Whether a count is the expected one, relative to the expected, and its error estimate is true and useful.
#[track_caller]
fn assert_count(found: Count, expected_log: f64, tolerance: f64) {
    let error = (found.log - expected_log).abs();
    let rounding = 1e-14 * expected_log.abs();
    assert!(error <= tolerance + rounding, "{} instead of {expected_log}", found.log);
    assert!(error <= 10.0 * found.relative_error + rounding + 1e-14, "{error} is more than {found:?} says");
    assert!(found.relative_error <= 1e-3, "{found:?}");
}

#[test]
fn totals_match_high_precision_quadrature() {
    let rows = [rows("log_mean_counts_total.csv"), rows("log_mean_counts_large.csv")].concat();
    assert!(rows.len() > 400);
    for row in &rows {
        let dim = whole(row, 0);
        let tolerance = if dim <= 1000 { 1e-11 } else { 1e-9 };
        assert_count(total(whole(row, 1), dim, number(row, 2)), number(row, 3), tolerance);
    }
}

/// Every size scales its recurrences down at other places; none may show.
#[test]
fn totals_are_smooth_in_size() {
    for energy in [-2.0, -1.7, -1.0] {
        let logs: Vec<f64> = (100..420).map(|dim| total(4, dim, energy).log).collect();
        for four in logs.windows(4) {
            let third = four[3] - 3.0 * four[2] + 3.0 * four[1] - four[0];
            assert!(third.abs() < 0.1, "u = {energy}: {four:?}");
        }
    }
}

#[test]
fn totals_match_closed_forms() {
    for dim in [2, 3, 10, 51, 400] {
        assert_count(total(2, dim, ALL), f64::from(2 * dim).ln(), 1e-12);
    }
    for spins in [2, 3, 4, 7, 10, 100] {
        let h = f64::from(spins);
        assert_count(total(spins, 2, ALL), (2.0 * (3.0 * h - 2.0).sqrt()).ln(), 1e-13);
        let three = 2.0 + 8.0 * (h - 1.0).powf(1.5) / (3.0 * h - 2.0).sqrt();
        assert_count(total(spins, 3, ALL), three.ln(), 1e-13);
    }
}

/// Half of the total is the mean number of real eigenvalues of a Gaussian symmetric tensor.
#[test]
fn totals_match_the_mean_numbers_of_real_tensor_eigenvalues() {
    for row in rows("mean_counts.csv") {
        assert_count(total(whole(&row, 1), whole(&row, 0), number(&row, 2)), number(&row, 3).ln(), 1e-12);
    }
}

#[test]
fn counts_by_index_match_the_pfaffian_at_small_sizes() {
    let rows = rows("mean_counts_by_index.csv");
    assert_eq!(rows.len(), 200);
    for dim in [2, 3, 4, 5, 8] {
        let mut at_dim = counts(3, dim);
        for row in rows.iter().filter(|row| whole(row, 0) == dim) {
            at_dim = at_dim.at_order(whole(row, 1)).unwrap();
            let found = by_index(&mut at_dim, whole(row, 3), number(row, 2));
            // The table itself is good to 1e-3 only for k ≥ 4 far in the tail.
            if whole(row, 3) >= 4 && number(row, 4) < 1e-15 {
                assert!((found.log - number(row, 4).ln()).abs() < 1e-3);
            } else {
                assert_count(found, number(row, 4).ln(), 1e-11);
            }
        }
    }
}

#[test]
fn counts_by_index_match_high_precision_at_50_and_100() {
    let rows = rows("log_mean_counts_by_index.csv");
    assert_eq!(rows.len(), 108);
    for dim in [50, 100] {
        let mut at_dim = counts(3, dim);
        for row in rows.iter().filter(|row| whole(row, 0) == dim) {
            // The table's −1.632993162 stands for −E_∞.
            let energy = if &row[2] == "-1.632993162" { -(8f64 / 3.0).sqrt() } else { number(row, 2) };
            let found = by_index(&mut at_dim, whole(row, 3), energy);
            let far = found.log < by_index(&mut at_dim, whole(row, 3), ALL).log - 34.0;
            assert_count(found, number(row, 4), if far { 1e-6 } else { 1e-10 });
        }
    }
}

#[test]
fn laws_of_minima_match_the_table() {
    for row in rows("minima_law.csv") {
        let mut counts = counts(3, whole(&row, 0));
        let law = counts.energy_law(0).unwrap();
        assert!((law.mean - number(&row, 2)).abs() < 1e-6 && (law.deviation - number(&row, 3)).abs() < 1e-6);
        assert!((law.count.log - number(&row, 5)).abs() < 1e-6);
        let below = by_index(&mut counts, 0, -(8f64 / 3.0).sqrt());
        let share = (below.log - law.count.log).exp();
        assert!((share / number(&row, 4) - 1.0).abs() < 1e-4, "{share}");
    }
}

/// ln Σ e^x.
fn log_sum(logs: impl Iterator<Item = f64>) -> f64 {
    logs.fold(f64::NEG_INFINITY, hspin::numeric::quadrature::log_add)
}

/// The total comes from one formula in f64, the counts by index from another in more digits.
#[test]
fn indices_add_to_the_total_and_alternate_to_the_euler_characteristic() {
    for (spins, dim) in [(2, 2), (2, 9), (3, 3), (3, 12), (4, 25), (3, 50), (10, 26), (6, 33)] {
        let mut counts = counts(spins, dim);
        for energy in [ALL, 0.4, -0.3, -1.2, -1.9] {
            let all = counts.total(&[energy]).unwrap()[0].log;
            let mut logs: Vec<f64> = Vec::new();
            for k in 0..dim {
                logs.push(by_index(&mut counts, k, energy).log);
                // Higher indices are rarer still.
                if energy < 0.0 && logs[k as usize] < all - 30.0 {
                    break;
                }
            }
            let sum = log_sum(logs.iter().copied());
            assert!((sum - all).abs() < 1e-10, "H = {spins}, Λ = {dim}, u = {energy}: {sum} {all}");
            if energy == ALL {
                let signed =
                    logs.iter().zip(0..).map(|(log, k)| if k % 2 == 0 { log.exp() } else { -log.exp() });
                let euler = if dim % 2 == 0 { 0.0 } else { 2.0 };
                assert!((signed.sum::<f64>() - euler).abs() < 1e-10 * all.exp(), "H = {spins}, Λ = {dim}");
            }
        }
    }
}

#[test]
fn low_indices_add_to_the_total_below_the_edge_at_large_sizes() {
    for (spins, dim, energy) in
        [(3, 200, -1.6), (3, 401, -1.62), (3, 1000, -1.625), (4, 300, -1.735), (8, 150, -1.88)]
    {
        let mut counts = counts(spins, dim);
        let all = counts.total(&[energy]).unwrap()[0].log;
        let sum = log_sum((0..=10).map(|k| by_index(&mut counts, k, energy).log));
        let last = by_index(&mut counts, 10, energy).log;
        assert!(last < all - 20.0, "index 11 would matter");
        assert!((sum - all).abs() < 1e-9, "H = {spins}, Λ = {dim}: {sum} {all}");
    }
}

/// Index k below u mirrors index Λ−1−k above −u.
#[test]
fn the_top_mirrors_the_bottom() {
    for (spins, dim) in [(3, 10), (4, 31)] {
        let mut counts = counts(spins, dim);
        for k in [0, 1, dim / 3] {
            let all = by_index(&mut counts, k, ALL).log;
            assert!((by_index(&mut counts, dim - 1 - k, ALL).log - all).abs() < 1e-12);
            for energy in [-1.6, -1.2, -0.4] {
                let below = by_index(&mut counts, k, energy).log;
                let mirrored = by_index(&mut counts, dim - 1 - k, -energy).log;
                let sum = log_sum([below, mirrored].into_iter());
                assert!((sum - all).abs() < 1e-11, "k = {k}, u = {energy}: {below} {mirrored} {all}");
            }
        }
    }
    let mut large = counts(3, 300);
    let bottom = by_index(&mut large, 2, ALL).log;
    assert!((by_index(&mut large, 297, ALL).log - bottom).abs() < 1e-12);
    assert_eq!(large.by_index(299, &[-1.6]).unwrap(), [None], "e^{{−Λ²}} is out of reach, and said so");
}

#[test]
fn densities_are_derivatives_of_counts() {
    for (spins, dim, index, energy) in
        [(3, 20, 0, -1.5), (3, 20, 7, -0.4), (4, 100, 1, -1.66), (2, 15, 3, -0.7)]
    {
        let mut counts = counts(spins, dim);
        let step = 1e-3 / f64::from(dim).sqrt();
        let places = [-2.0, -1.0, 1.0, 2.0].map(|i| energy + i * step);
        let derivative = |c: [f64; 4]| (c[0] - 8.0 * c[1] + 8.0 * c[2] - c[3]) / (12.0 * step);
        let at =
            counts.by_index(index, &places).unwrap().iter().map(|c| c.unwrap().value()).collect::<Vec<_>>();
        let found = counts.density_by_index(index, &[energy]).unwrap()[0].unwrap().value();
        let expected = derivative(at.try_into().unwrap());
        assert!((found / expected - 1.0).abs() < 1e-8, "{found} {expected}");
        let at = counts.total(&places).unwrap().iter().map(|c| c.value()).collect::<Vec<_>>();
        let found = counts.total_density(&[energy]).unwrap()[0].value();
        let expected = derivative(at.try_into().unwrap());
        assert!((found / expected - 1.0).abs() < 1e-8, "{found} {expected}");
    }
}

#[test]
fn exact_counts_approach_the_asymptotic_ones_from_below() {
    let asymptotics = Asymptotics::new(3).unwrap();
    for energy in [-1.75, -1.0, 0.5] {
        let ratios: Vec<f64> = [50, 100, 200, 400, 800]
            .map(|dim| asymptotics.log_total(dim, energy) - total(3, dim, energy).log)
            .to_vec();
        assert!(
            ratios.windows(2).all(|pair| 0.0 < pair[1] && pair[1] < 0.6 * pair[0]),
            "{energy}: {ratios:?}"
        );
    }
    // Minima alone, below the edge.
    let minima = [50, 100, 200, 400]
        .map(|dim| asymptotics.log_minima(dim, -1.75).unwrap() - by_index(&mut counts(3, dim), 0, -1.75).log);
    assert!(minima.windows(2).all(|pair| 0.0 < pair[1] && pair[1] < 0.6 * pair[0]), "{minima:?}");
}

/// The tables hold for other sizes too: far tails are smooth in u, and log-concave.
#[test]
fn far_tails_are_smooth_in_energy() {
    for (dim, index) in [(50, 0), (50, 3), (50, 10), (200, 2)] {
        let mut counts = counts(3, dim);
        let energies: Vec<f64> = (0..24).map(|i| -2.2 + 0.03 * f64::from(i)).collect();
        let logs: Vec<f64> =
            counts.by_index(index, &energies).unwrap().iter().map(|count| count.unwrap().log).collect();
        for four in logs.windows(4) {
            let second = four[0] - 2.0 * four[1] + four[2];
            let third = four[3] - 3.0 * four[2] + 3.0 * four[1] - four[0];
            assert!(second < 0.0, "Λ = {dim}, k = {index}: {four:?}");
            assert!(third.abs() < 0.2 * second.abs() + 1e-4, "Λ = {dim}, k = {index}: {four:?}");
        }
    }
}

/// Eigenvalues of a GOE matrix by its tridiagonal model (Dumitriu, Edelman 2002), in units y = √Λ λ.
fn sampled_eigenvalues(random: &mut Pcg64, dim: usize) -> Vec<f64> {
    let diagonal: Vec<f64> = (0..dim).map(|_| StandardNormal.sample(random)).collect();
    let beside: Vec<f64> =
        (1..dim).map(|i| (0.5 * ChiSquared::new((dim - i) as f64).unwrap().sample(random)).sqrt()).collect();
    let entry = |i: usize, j: usize| match i - j {
        0 => diagonal[i],
        1 => beside[j],
        _ => 0.0,
    };
    Symmetric::from_lower(dim, entry).eigenvalues().unwrap()
}

/// Resources of e^{−ay²} 1{y_k < s} over sampled matrices within 6 standard errors, all of 24 such: a false alarm has
/// probability below 5e-8. A shift of one index is found.
#[test]
fn sampled_matrices_agree() {
    const SAMPLES: usize = 20_000;
    for (spins, dim) in [(3, 7), (4, 16)] {
        let (h, size) = (f64::from(spins), f64::from(dim));
        let (tilt, unit) = ((h - 2.0) / (2.0 * h), (size * h / (2.0 * (h - 1.0))).sqrt());
        let factor = LN_2 + 0.5 * (2.0 / h).ln() + 0.5 * size * (h - 1.0).ln();
        let mut random = Pcg64::seed_from_u64(2026);
        let spectra: Vec<Vec<f64>> =
            (0..SAMPLES).map(|_| sampled_eigenvalues(&mut random, dim as usize)).collect();
        let mut counts = counts(spins, dim);
        for index in [0, 1, 3, dim as usize - 1] {
            for energy in [-1.3, 0.0, ALL] {
                let weight = |y: &Vec<f64>| {
                    if y[index] < energy * unit { (-tilt * y[index].powi(2)).exp() } else { 0.0 }
                };
                let mean = spectra.iter().map(weight).sum::<f64>() / SAMPLES as f64;
                let square = spectra.iter().map(|y| weight(y).powi(2)).sum::<f64>() / SAMPLES as f64;
                let exact = (by_index(&mut counts, index as u32, energy).log - factor).exp();
                let seen = spectra.iter().filter(|y| weight(y) > 0.0).count();
                // Weights are at most 1: where hardly any sample falls, the variance is below the mean.
                let variance = if seen < 20 { exact } else { square - mean * mean };
                let error = (variance / SAMPLES as f64).sqrt();
                assert!(
                    (mean - exact).abs() < 6.0 * error,
                    "k = {index}, u = {energy}: {mean} {exact} ± {error}"
                );
                if index == 1 && energy == -1.3 {
                    let wrong = (by_index(&mut counts, 2, energy).log - factor).exp();
                    assert!((mean - wrong).abs() > 6.0 * error, "the next index passes for this one");
                }
            }
        }
    }
}

#[test]
fn every_index_can_be_had_at_any_energy() {
    let mut counts = counts(3, 24);
    for energy in [-1.7, 0.9] {
        let logs: Vec<f64> = (0..24).map(|k| by_index(&mut counts, k, energy).log).collect();
        assert!(logs.iter().all(|log| log.is_finite()));
        // Far from both ends the law of the index is log-concave.
        assert!(logs.windows(3).all(|l| l[0] + l[2] < 2.0 * l[1] + 1e-3), "{logs:?}");
    }
}

#[test]
fn infinite_energies_mean_no_bound_or_nothing() {
    let mut counts = counts(3, 10);
    assert_eq!(counts.total(&[f64::NEG_INFINITY]).unwrap()[0].value(), 0.0);
    assert_eq!(by_index(&mut counts, 2, f64::NEG_INFINITY).value(), 0.0);
    let far = Thresholds::new(3).unwrap().e_inf() * 1000.0;
    assert!((by_index(&mut counts, 2, far).log - by_index(&mut counts, 2, ALL).log).abs() < 1e-12);
    assert!((counts.total(&[far]).unwrap()[0].log - counts.total(&[ALL]).unwrap()[0].log).abs() < 1e-13);
    let deep = total(3, 1000, -3.0);
    assert!(deep.log < -2000.0 && deep.value() == 0.0, "a number, though not one of f64");
}

/// From 1 to 1e300 either way: all or nothing of the count, by its logarithm where f64 holds that, in bounded time; counts
/// rise with the energy. Far below, the lowest of all eigenvalues is the only one there: index 0 is the total.
#[test]
fn energies_of_any_size_have_their_counts() {
    let magnitudes = [
        0.5, 1.0, 3.0, 10.0, 30.0, 1e3, 1e5, 1e7, 3e7, 1e9, 1e20, 1e100, 1e152, 1e154, 1e200, 1e300, 1.7e308,
    ];
    let mut energies: Vec<f64> = magnitudes.iter().rev().map(|u| -u).chain(magnitudes).collect();
    energies.insert(0, f64::NEG_INFINITY);
    energies.push(ALL);
    let begin = std::time::Instant::now();
    for (spins, dim) in [(2, 3), (3, 10), (4, 50), (3, 1000), (3, 10_000)] {
        let totals = counts(spins, dim).total(&energies).unwrap();
        let densities = counts(spins, dim).total_density(&energies).unwrap();
        assert!(
            totals
                .iter()
                .chain(&densities)
                .all(|count| !count.log.is_nan() && !count.relative_error.is_nan())
        );
        // Ends of neighbouring cells and the rounding of large logarithms.
        let rises = |pair: &[Count]| pair[1].log >= pair[0].log - 1e-12 * pair[0].log.abs().min(1e300);
        assert!(totals.windows(2).all(rises), "H = {spins}, Λ = {dim}: {totals:?}");
        assert_eq!(totals[0].log, f64::NEG_INFINITY);
        let all = totals[totals.len() - 1].log;
        assert!(
            energies.iter().zip(&totals).all(|(&u, total)| u < 30.0 || (total.log - all).abs() < 1e-12 * all)
        );
        for (&u, total) in energies.iter().zip(&totals).filter(|(u, _)| (-1e150..-1e3).contains(*u)) {
            // −Λ (H−2)u²/(4(H−1)) − I(u) with I(u) → Hu²/(4(H−1)).
            let leading = -0.5 * f64::from(dim) * u * u;
            assert!((total.log / leading - 1.0).abs() < 1e-4, "{u}: {} {leading}", total.log);
        }
        let indices = if dim <= 10 { 3.min(dim) } else { u32::from(dim == 50) };
        for index in 0..indices {
            let mut counts = counts(spins, dim);
            let found = counts.by_index(index, &energies).unwrap();
            let logs: Vec<f64> = found.iter().map(|count| count.unwrap().log).collect();
            assert!(
                logs.windows(2).all(|pair| pair[1] >= pair[0] - 1e-5 - 1e-12 * pair[0].abs()),
                "{logs:?}"
            );
            for ((&u, &log), total) in
                energies.iter().zip(&logs).zip(&totals).filter(|((u, _), _)| **u <= -3.0)
            {
                let (same, error) = (log == total.log, (log - total.log).abs());
                let rounding = 1e-12 * total.log.abs();
                match index {
                    0 => assert!(same || error < 1e-5 + rounding, "Λ = {dim}, u = {u}: {log} {}", total.log),
                    _ => assert!(same || log < total.log - 1.0, "Λ = {dim}, index {index}, u = {u}"),
                }
            }
        }
    }
    // Seconds on an idle machine; the fault was that it never ended.
    assert!(begin.elapsed().as_secs() < 300, "{:?}", begin.elapsed());
}

/// Where a matrix's unit leaves the exponents of double-double: index 0 had the count of index 1, with an error estimate of
/// 1e-11.
#[test]
fn index_zero_is_the_total_far_below_the_edge() {
    for (spins, dim) in [(3, 3), (3, 10), (4, 20)] {
        let mut counts = counts(spins, dim);
        for energy in [-5.0, -10.0, -15.0, -20.0, -40.0, -100.0] {
            let all = counts.total(&[energy]).unwrap()[0].log;
            let found = by_index(&mut counts, 0, energy);
            assert!(
                (found.log - all).abs() < 1e-5 + 1e-13 * all.abs(),
                "Λ = {dim}, u = {energy}: {found:?} {all}"
            );
            assert!(by_index(&mut counts, 1, energy).log < all - 30.0);
        }
    }
}

#[test]
fn bad_input_is_named_with_what_is_allowed() {
    let error = |spins, dim| MeanCounts::new(spins, dim).unwrap_err().to_string();
    assert_eq!(error(1, 10), "spins = 1: an integer of at least 2");
    assert_eq!(error(3, 1), "dim = 1: an integer from 2 to 10000");
    assert_eq!(error(3, 10_001), "dim = 10001: an integer from 2 to 10000");
    let mut small = counts(3, 10);
    assert_eq!(small.by_index(10, &[0.0]).unwrap_err().to_string(), "index = 10: below dim = 10");
    let nan = small.total(&[f64::NAN]).unwrap_err();
    assert_eq!(
        (nan.to_string().as_str(), nan.exit_code()),
        ("energy = NaN: a number; infinite means no bound", 2)
    );
    assert!(small.density_by_index(0, &[ALL]).is_err());
    let large = counts(3, 1001).by_index(0, &[0.0]).unwrap_err().to_string();
    assert_eq!(large, "dim = 1001: at most 1000 by index");
    assert!(counts(3, 500).energy_law(250).is_err());
}
