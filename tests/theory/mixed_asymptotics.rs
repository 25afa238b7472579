//! Sharp asymptotics of mixtures against exact means at finite dimension, and against those of a single order.

use super::tables::assert_close;
use hspin::theory::{Asymptotics, Mixture, MixtureAsymptotics, MixtureComplexity, MixtureCounts};

const MIXTURES: [&str; 5] = ["2:0.5,3:0.5", "3:0.5,4:0.5", "2:0.5,4:0.5", "1:0.1,3:0.9", "2:3,6:1.5"];
/// In units of E_m, away from −1, where powers of 1/Λ end.
const ENERGIES: [f64; 6] = [-1.4, -1.25, -0.75, -0.6, 0.0, f64::INFINITY];

fn mixture(text: &str) -> Mixture {
    text.parse().unwrap()
}

fn asymptotics(text: &str) -> MixtureAsymptotics {
    MixtureAsymptotics::new(&mixture(text)).unwrap()
}

/// ln(asymptotic / exact), energies in units of E_m.
fn excesses(text: &str, dim: u32, units: &[f64]) -> Vec<f64> {
    let asymptotics = asymptotics(text);
    let energies: Vec<f64> = units.iter().map(|u| u * asymptotics.e_marginal()).collect();
    let exact = MixtureCounts::new(&mixture(text), dim).unwrap().total(&energies).unwrap();
    exact.iter().zip(energies).map(|(exact, u)| asymptotics.log_total(dim, u) - exact.log).collect()
}

/// The error times Λ stands still: what is left beside the term in 1/Λ is a tenth of it at most, below 0.3 %, so that a constant
/// that is wrong by 1 %, or any other power of Λ, fails.
#[test]
fn away_from_the_edge_the_error_falls_as_the_inverse_dimension_and_to_zero() {
    for text in MIXTURES {
        let [at_200, at_400] = [200, 400].map(|dim| excesses(text, dim, &ENERGIES));
        for (i, unit) in ENERGIES.iter().enumerate() {
            let (a, b) = (at_200[i], at_400[i]);
            assert!(b.abs() < 0.03 && b.abs() < 0.6 * a.abs(), "{text} {unit}: {a} {b}");
            assert_close(2.0 * b - a, 0.0, 0.1 * b.abs());
        }
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

/// Of a mixture whose energies are loosely tied to slopes, else the term in Λ^{−1/4} is large at any Λ.
#[test]
fn at_the_edge_the_error_falls_as_the_inverse_fourth_root_and_to_zero() {
    let points = [400, 2000, 10_000].map(|dim| {
        let error = excesses("2:1,20:1", dim, &[-1.0])[0];
        (f64::from(dim).powf(-0.25), error)
    });
    assert!(points.windows(2).all(|pair| pair[1].1.abs() < pair[0].1.abs()), "{points:?}");
    assert_close(at_zero(points), 0.0, 0.03);
}

#[test]
fn a_single_order_has_the_values_of_the_pure_model_and_next_to_it_a_mixture_tends_to_them() {
    for order in [3, 4, 7] {
        let pure = Asymptotics::new(order).unwrap();
        let single = asymptotics(&format!("{order}:4"));
        let near = asymptotics(&format!("{order}:1,{}:1e-13", order + 1));
        assert_eq!(single.e_marginal(), 2.0 * pure.e_inf());
        assert_close(near.e_marginal(), pure.e_inf(), 1e-11);
        for unit in [-3.0, -1.3, -1.05, -0.9, -0.3, 0.0, 1.0, f64::INFINITY] {
            let u = unit * pure.e_inf();
            assert_eq!(single.log_total(50, 2.0 * u), pure.log_total(50, u));
            assert_eq!(single.log_minima(50, 2.0 * u), pure.log_minima(50, u));
            let (found, expected) = (near.prefactor(u), pure.prefactor(u));
            assert_eq!(found.power, expected.power);
            assert_close(found.log_constant, expected.log_constant, 1e-10);
        }
    }
}

#[test]
fn minima_are_all_there_is_below_the_edge() {
    for text in MIXTURES {
        let asymptotics = asymptotics(text);
        let e_marginal = asymptotics.e_marginal();
        for unit in [-1.0, -0.9, 0.0, f64::INFINITY] {
            assert_eq!(asymptotics.log_minima(40, unit * e_marginal), None);
        }
        let energy = -1.4 * e_marginal;
        assert_eq!(asymptotics.log_minima(40, energy), Some(asymptotics.log_total(40, energy)));
        let error = |dim: u32| {
            let exact = MixtureCounts::new(&mixture(text), dim).unwrap().by_index(0, &[energy]).unwrap();
            asymptotics.log_minima(dim, energy).unwrap() - exact[0].unwrap().log
        };
        let [at_50, at_100] = [50, 100].map(error);
        assert!(
            at_100.abs() < 0.06 && (2.0 * at_100 - at_50).abs() < 0.2 * at_100.abs(),
            "{text} {at_50} {at_100}"
        );
    }
}

#[test]
fn the_rate_is_the_complexity_and_extremes_of_energy_stay_meaningful() {
    for text in MIXTURES {
        let (asymptotics, complexity) = (asymptotics(text), MixtureComplexity::new(&mixture(text)).unwrap());
        let edge = -asymptotics.e_marginal();
        for energy in [1.3 * edge, edge.next_down(), edge, edge.next_up(), 0.4 * edge, 0.0, 1.0] {
            let dim = 1_000_000_000;
            assert_close(asymptotics.log_total(dim, energy) / f64::from(dim), complexity.total(energy), 1e-7);
        }
        let all = asymptotics.log_total(77, f64::INFINITY);
        assert_eq!(asymptotics.log_total(77, f64::MIN_POSITIVE), all);
        assert_close(all - asymptotics.log_total(77, 0.0), 2f64.ln(), 1e-13);
        assert_eq!(asymptotics.log_total(77, f64::NEG_INFINITY), f64::NEG_INFINITY);
        assert!(
            asymptotics.log_total(77, f64::NAN).is_nan()
                && asymptotics.log_minima(77, f64::NAN).unwrap().is_nan()
        );
        assert!(
            asymptotics.log_total(77, -1e100).is_finite() && !asymptotics.log_total(77, -f64::MAX).is_nan()
        );
    }
}

#[test]
fn mixtures_whose_numbers_do_not_grow_are_bad_input() {
    for text in ["1:1", "2:1", "1:1,2:1", "1:3,3:1", "1:4,3:1"] {
        let error = MixtureAsymptotics::new(&mixture(text)).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{text}");
        assert!(error.to_string().contains("Σ p(p−2) v_p > 0"), "{error}");
    }
    assert!(MixtureAsymptotics::new(&mixture("1:2.99,3:1")).is_ok());
}
