//! Sharp asymptotics against exact means at finite dimension, and against what they must satisfy among themselves.

use super::tables::{assert_close, rows};
use hspin::theory::{Asymptotics, Complexity};
use std::collections::BTreeMap;

const SPINS: [u32; 5] = [3, 4, 6, 10, 100];

fn asymptotics(spins: u32) -> Asymptotics {
    Asymptotics::new(spins).unwrap()
}

/// An exact ln E C_Λ(−∞, Λu) by dimension.
type ByDim = Vec<(u32, f64)>;

/// Exact means of order 3 and more from dimension 8 on, by order and energy.
fn exact_means() -> BTreeMap<(u32, String), ByDim> {
    let mut groups = BTreeMap::<_, ByDim>::new();
    for row in rows("log_mean_counts_total.csv").iter().chain(&rows("log_mean_counts_large.csv")) {
        let (dim, spins): (u32, u32) = (row[0].parse().unwrap(), row[1].parse().unwrap());
        if spins >= 3 && dim >= 8 {
            let of_energy = groups.entry((spins, row[2].to_owned())).or_default();
            of_energy.push((dim, row[3].parse().unwrap()));
        }
    }
    groups
}

/// ln(asymptotic / exact), by dimension.
fn excesses(spins: u32, energy: f64, exact: &[(u32, f64)]) -> ByDim {
    exact.iter().map(|&(dim, value)| (dim, asymptotics(spins).log_total(dim, energy) - value)).collect()
}

#[test]
fn they_close_in_from_above_at_every_energy() {
    let groups = exact_means();
    assert_eq!(groups.len(), 28);
    for ((spins, energy), exact) in &groups {
        let excesses = excesses(*spins, energy.parse().unwrap(), exact);
        assert!(excesses.len() >= 8);
        let falling = excesses.windows(2).all(|pair| pair[0].1 > pair[1].1);
        assert!(falling && excesses.iter().all(|&(_, excess)| excess > 0.0), "{spins} {energy} {excesses:?}");
    }
}

#[test]
fn away_from_the_edge_the_error_falls_as_the_inverse_dimension_and_to_zero() {
    for ((spins, energy), exact) in exact_means() {
        let energy: f64 = energy.parse().unwrap();
        if (energy + asymptotics(spins).e_inf()).abs() < 0.05 {
            continue;
        }
        let excesses = excesses(spins, energy, &exact);
        let [.., (dim_a, a), (dim_b, b)] = excesses[..] else { panic!("too few dimensions") };
        let (dim_a, dim_b) = (f64::from(dim_a), f64::from(dim_b));
        let order = (a / b).ln() / (dim_b / dim_a).ln();
        assert_close(order, 1.0, 0.11);
        // What is left after the term in 1/Λ.
        assert_close((b * dim_b - a * dim_a) / (dim_b - dim_a), 0.0, 0.15 * b);
    }
}

/// The value at 0 of the parabola through three points.
fn at_zero(points: [(f64, f64); 3]) -> f64 {
    let weight = |i: usize| {
        let others = (0..3).filter(|&j| j != i);
        others.map(|j| points[j].0 / (points[j].0 - points[i].0)).product::<f64>()
    };
    (0..3).map(|i| weight(i) * points[i].1).sum()
}

/// The paper's constant, with Ai(0)/3 alone, is smaller by ln 1.566 = 0.449.
#[test]
fn at_the_edge_the_error_falls_as_the_inverse_cube_root_and_to_zero() {
    for (spins, tolerance) in [(3, 0.004), (6, 0.001)] {
        let energy = -asymptotics(spins).e_inf();
        let exact = &exact_means()[&(spins, energy.to_string())];
        let points: Vec<(f64, f64)> = excesses(spins, energy, exact)
            .into_iter()
            .filter(|&(dim, _)| [200, 3000, 10_000].contains(&dim))
            .map(|(dim, excess)| (f64::from(dim).powf(-1.0 / 3.0), excess))
            .collect();
        assert_close(at_zero(points.try_into().unwrap()), 0.0, tolerance);
    }
}

#[test]
fn minima_are_all_there_is_below_the_edge() {
    for (spins, factor) in [(3, 1.0001), (4, 1.2), (100, 3.0)] {
        let a = asymptotics(spins);
        for dim in [2, 100, 5000] {
            assert_eq!(a.log_minima(dim, -factor * a.e_inf()), Some(a.log_total(dim, -factor * a.e_inf())));
            for energy in [-a.e_inf(), -0.999 * a.e_inf(), 0.0, f64::INFINITY] {
                assert_eq!(a.log_minima(dim, energy), None);
            }
        }
    }
    for energy in ["-1.7", "-1.66"] {
        let of_minima = |row: &csv::StringRecord| &row[2] == energy && &row[3] == "0";
        let table = rows("log_mean_counts_by_index.csv");
        let excesses: Vec<f64> = table
            .iter()
            .filter(|row| of_minima(row))
            .map(|row| {
                let dim = row[0].parse().unwrap();
                let asymptotic = asymptotics(3).log_minima(dim, energy.parse().unwrap());
                asymptotic.unwrap() - row[4].parse::<f64>().unwrap()
            })
            .collect();
        assert_eq!(excesses.len(), 2);
        assert!(0.0 < excesses[1] && excesses[1] < 0.7 * excesses[0], "{energy} {excesses:?}");
    }
}

/// h e^{I₁−vI₁′/2} / (√(2πH) (I₁′−Φ′)) as the paper prints it.
#[test]
fn the_constant_below_the_edge_is_the_printed_one() {
    for spins in SPINS {
        let h = f64::from(spins);
        for factor in [1.05_f64, 1.3, 2.0, 20.0] {
            let energy = -factor * asymptotics(spins).e_inf();
            let v = -energy * (h / (2.0 * (h - 1.0))).sqrt();
            let root = (v * v - 2.0).sqrt();
            let rate = 0.5 * v * root - ((v + root) / 2f64.sqrt()).ln();
            let quarter = ((v - 2f64.sqrt()) / (v + 2f64.sqrt())).powf(0.25);
            let falling = root + (h - 2.0) * v / h;
            let printed = (quarter + 1.0 / quarter) * (rate - 0.5 * v * root).exp()
                / ((2.0 * std::f64::consts::PI * h).sqrt() * falling);
            let prefactor = asymptotics(spins).prefactor(energy);
            assert_close(prefactor.log_constant, printed.ln(), 1e-12);
            assert_eq!(prefactor.power, -0.5);
        }
    }
}

/// Next to −E_∞ the constants below and above tend to their leading terms: no digit is lost.
#[test]
fn constants_keep_their_digits_at_the_edge() {
    for spins in SPINS {
        let (a, h) = (asymptotics(spins), f64::from(spins));
        let q = (h - 2.0) / h;
        for exponent in 8..15 {
            let below = -a.e_inf() - 10f64.powi(-exponent);
            let gap = (-below - a.e_inf()) / a.e_inf();
            let angle = (2.0 * gap).sqrt();
            let leading = -0.5 * (2.0 * std::f64::consts::PI * h * angle).ln() - q.ln();
            let correction = -0.5 * angle - angle / q + 0.5 * (angle / q).powi(2);
            let tolerance = 1e-14 + 2.0 * gap + (angle / q).powi(3);
            assert_close(a.prefactor(below).log_constant, leading + correction, tolerance);
            let above = -a.e_inf() + 10f64.powi(-exponent);
            let gap = (above + a.e_inf()) / a.e_inf();
            let angle = (2.0 * gap).sqrt();
            let leading = (2.0 * (2.0 * h).sqrt() / ((h - 2.0) * std::f64::consts::PI) * angle).ln();
            assert_close(a.prefactor(above).log_constant, leading, 1e-14 + gap);
        }
    }
}

#[test]
fn half_of_all_points_lie_below_zero_and_all_below_anything_more() {
    for spins in SPINS {
        let a = asymptotics(spins);
        for dim in [2, 77, u32::MAX] {
            let all = a.log_total(dim, f64::INFINITY);
            for energy in [f64::MIN_POSITIVE, 0.3, 5.0, f64::MAX] {
                assert_eq!(a.log_total(dim, energy), all);
            }
            assert_close(all - a.log_total(dim, 0.0), 2f64.ln(), 1e-15 * all);
            assert_eq!(a.log_total(dim, -0.0), a.log_total(dim, 0.0));
        }
    }
}

/// The rate of growth is the complexity: what is left of ln E C/Λ falls as ln Λ/Λ.
#[test]
fn the_rate_is_the_complexity() {
    for spins in SPINS {
        let (a, complexity) = (asymptotics(spins), Complexity::new(spins).unwrap());
        for energy in [-2.5, -a.e_inf(), -1.3, -0.5, 0.0, 1.0] {
            let dim = 1_000_000_000;
            assert_close(a.log_total(dim, energy) / f64::from(dim), complexity.total(energy), 3e-8);
        }
    }
}

#[test]
fn extremes_of_energy_stay_meaningful() {
    for spins in SPINS {
        let a = asymptotics(spins);
        for dim in [2, 1000, u32::MAX] {
            assert_eq!(a.log_total(dim, f64::NEG_INFINITY), f64::NEG_INFINITY);
            assert_eq!(a.log_minima(dim, f64::NEG_INFINITY), Some(f64::NEG_INFINITY));
            assert!(a.log_total(dim, f64::NAN).is_nan());
            assert!(a.log_minima(dim, f64::NAN).unwrap().is_nan());
            assert!(!a.log_total(dim, -f64::MAX).is_nan());
            assert!(a.log_total(dim, -1e100).is_finite());
            let edge = -a.e_inf();
            for energy in [edge.next_down(), edge, edge.next_up(), -f64::MIN_POSITIVE] {
                assert!(a.log_total(dim, energy).is_finite(), "{spins} {dim} {energy}");
            }
        }
        assert!(a.prefactor(f64::NAN).log_constant.is_nan());
    }
}

#[test]
fn orders_below_three_are_bad_input() {
    for spins in [0, 1, 2] {
        let error = Asymptotics::new(spins).unwrap_err();
        let allowed = "an integer of at least 3, for order 2 has no asymptotics of this kind";
        assert_eq!((error.to_string(), error.exit_code()), (format!("spins = {spins}: {allowed}"), 2));
    }
}

#[test]
#[should_panic(expected = "dim = 1: at least 2")]
fn a_dimension_below_two_is_a_bug() {
    asymptotics(3).log_total(1, -1.0);
}
