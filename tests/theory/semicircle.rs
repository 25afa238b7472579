//! The limit of Hessian spectra against quadrature, printed forms, and Hessians of real surfaces.

use super::tables::assert_close;
use crate::common::{energy_gradient, point, surface};
use hspin::descent::evaluate;
use hspin::hamiltonian::{Isa, Surface};
use hspin::sphere::retract;
use hspin::theory::{HessianBulk, Semicircle};
use std::f64::consts::PI;

const SPINS: [u32; 6] = [2, 3, 4, 5, 20, 100];

fn bulk(spins: u32) -> HessianBulk {
    HessianBulk::new(spins).unwrap()
}

/// ∫ f dρ up to an angle from the lower edge, by Simpson's rule in that angle.
fn integral(law: &Semicircle, up_to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let steps = 2000;
    let width = up_to / f64::from(steps);
    let value = |i: i32| {
        let angle = f64::from(i) * width;
        let x = law.centre() - law.radius * angle.cos();
        let weight = match i {
            _ if i == 0 || i == steps => 1.0,
            _ if i % 2 == 1 => 4.0,
            _ => 2.0,
        };
        weight * f(x) * law.density(x) * law.radius * angle.sin()
    };
    (0..=steps).map(value).sum::<f64>() * width / 3.0
}

#[test]
fn mass_mean_variance_and_fourth_moment() {
    for spins in SPINS {
        for energy in [-2.0, -0.4, 0.0, 1.3] {
            let law = bulk(spins).at(energy);
            let h = f64::from(spins);
            let scaled = |x: f64| (x - law.centre()) / law.radius;
            assert_close(law.centre(), -h * energy, 1e-13 * law.radius);
            assert_close(law.radius, 2.0 * (h * (h - 1.0)).sqrt(), 1e-14 * law.radius);
            assert_close(integral(&law, PI, |_| 1.0), 1.0, 1e-7);
            assert_close(integral(&law, PI, scaled), 0.0, 1e-7);
            assert_close(integral(&law, PI, |x| scaled(x).powi(2)), 0.25, 1e-7);
            assert_close(integral(&law, PI, |x| scaled(x).powi(4)), 0.125, 1e-7);
        }
    }
}

#[test]
fn the_cumulative_share_is_the_integral_of_the_density() {
    let law = bulk(3).at(-1.2);
    for angle in [0.05, 0.7, 1.5, 2.2, 3.1] {
        let x = law.centre() - law.radius * f64::cos(angle);
        assert_close(law.cumulative(x), integral(&law, angle, |_| 1.0), 1e-7);
    }
}

#[test]
fn nothing_lies_outside_the_edges() {
    let law = bulk(4).at(-1.0);
    let (lower, upper) = law.edges();
    for (x, below) in
        [(lower, 0.0), (lower - 0.1, 0.0), (f64::NEG_INFINITY, 0.0), (upper + 0.1, 1.0), (f64::INFINITY, 1.0)]
    {
        assert_eq!((law.density(x), law.cumulative(x)), (0.0, below), "{x}");
    }
    assert!(law.density(f64::NAN).is_nan() && law.cumulative(f64::NAN).is_nan());
    assert!(law.density(lower + 0.1) > 0.0 && law.density(upper - 0.1) > 0.0);
}

#[test]
fn small_shares_keep_their_digits() {
    let law = Semicircle { lowest: 0.0, radius: 3.0 };
    for exponent in 4..200 {
        let x = 10f64.powi(-exponent);
        let d = x / law.radius;
        let expected = 4.0 * 2f64.sqrt() / (3.0 * PI) * d.powf(1.5) * (1.0 - 0.15 * d);
        assert_close(law.cumulative(x) / expected, 1.0, 1e-14 + d * d);
    }
}

/// Energies per spin beyond the bulk on both sides.
fn grid(spins: u32) -> impl Iterator<Item = f64> {
    let edge = bulk(spins).e_inf();
    (-1200..=1200).map(move |i| edge * f64::from(i) / 1000.0)
}

#[test]
fn index_fractions_follow_the_printed_form_and_the_law_at_zero() {
    for spins in SPINS {
        let bulk = bulk(spins);
        for energy in grid(spins) {
            let z = (energy / bulk.e_inf()).clamp(-1.0, 1.0);
            let printed = 0.5 + (z * (1.0 - z * z).sqrt() + z.asin()) / PI;
            assert_close(bulk.index_fraction(energy), printed, 2e-15);
            assert_close(bulk.at(energy).cumulative(0.0), printed, 2e-15);
        }
    }
}

#[test]
fn index_fractions_rise_from_zero_through_a_half_to_one() {
    for spins in SPINS {
        let bulk = bulk(spins);
        let fractions: Vec<f64> = grid(spins).map(|energy| bulk.index_fraction(energy)).collect();
        assert!(fractions.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(fractions[201..2200].windows(2).all(|pair| pair[0] < pair[1]));
        for (energy, fraction) in
            [(-bulk.e_inf(), 0.0), (-9.0, 0.0), (0.0, 0.5), (bulk.e_inf(), 1.0), (9.0, 1.0)]
        {
            assert_eq!(bulk.index_fraction(energy), fraction);
        }
        for energy in grid(spins) {
            assert_close(bulk.index_fraction(-energy), 1.0 - bulk.index_fraction(energy), 4e-16);
        }
        assert_eq!(bulk.index_fraction(f64::NEG_INFINITY), 0.0);
        assert!(bulk.index_fraction(f64::NAN).is_nan());
    }
}

#[test]
fn energies_of_fractions_undo_fractions_of_energies() {
    for spins in SPINS {
        let bulk = bulk(spins);
        for i in 0..=1000 {
            let fraction = f64::from(i) / 1000.0;
            assert_close(bulk.index_fraction(bulk.energy_of(fraction).unwrap()), fraction, 1e-15);
        }
        for energy in grid(spins).filter(|energy| energy.abs() <= bulk.e_inf()) {
            // Towards the upper edge 1 − α has fewer digits than α, and du/dα grows as (1−α)^{−1/3}.
            let tolerance = if energy > 0.0 { 1e-10 } else { 1e-15 };
            assert_close(bulk.energy_of(bulk.index_fraction(energy)).unwrap(), energy, tolerance);
        }
        for fraction in [1e-300, 1e-30, 1e-12, 1e-6] {
            // The gap from −E_∞ is 2E_∞ sin²(θ/2) with (2θ)³ = 12πα to leading order.
            let gap = bulk.energy_of(fraction).unwrap() + bulk.e_inf();
            let expected = 0.125 * bulk.e_inf() * (12.0 * PI * fraction).powf(2.0 / 3.0);
            assert_close(gap, expected, 1e-3 * expected + 1e-15);
        }
        let ends = [0.0, 0.5, 1.0].map(|fraction| bulk.energy_of(fraction).unwrap());
        assert_eq!((ends[0], ends[2]), (-bulk.e_inf(), bulk.e_inf()));
        assert_close(ends[1], 0.0, 1e-15);
    }
}

#[test]
fn the_gap_closes_at_the_edge_and_only_there() {
    for spins in SPINS {
        let bulk = bulk(spins);
        let h = f64::from(spins);
        assert_eq!(bulk.lowest(-bulk.e_inf()), 0.0);
        assert!(bulk.lowest((-bulk.e_inf()).next_down()) > 0.0);
        assert!(bulk.lowest((-bulk.e_inf()).next_up()) < 0.0);
        for energy in [-3.0, -1.5, 0.0, 2.0] {
            let printed = -h * energy - 2.0 * (h * (h - 1.0)).sqrt();
            assert_close(bulk.lowest(energy), printed, 1e-14 * h * 3.0);
            assert_eq!(bulk.at(energy).lowest, bulk.lowest(energy));
        }
    }
}

#[test]
fn wrong_input_names_key_value_and_what_is_allowed() {
    for spins in [0, 1] {
        let error = HessianBulk::new(spins).unwrap_err();
        assert_eq!(
            (error.to_string(), error.exit_code()),
            (format!("spins = {spins}: an integer of at least 2"), 2)
        );
    }
    let fractions =
        [(-1e-300, "-1e-300"), (1.000_000_1, "1.0000001"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")];
    for (fraction, told) in fractions {
        let error = bulk(3).energy_of(fraction).unwrap_err();
        let expected = format!("fraction = {told}: a share of the eigenvalues, from 0 to 1");
        assert_eq!((error.to_string(), error.exit_code()), (expected, 2));
    }
}

/// Largest difference between the shares of eigenvalues and of a law below any x.
fn distance(eigenvalues: &[f64], law: &Semicircle) -> f64 {
    let size = eigenvalues.len() as f64;
    let steps = eigenvalues.iter().enumerate();
    steps.map(|(i, &x)| (law.cumulative(x) - (i as f64 + 0.5) / size).abs()).fold(0.0, f64::max)
}

/// Energy per spin, and eigenvalues of the Riemannian Hessian at a point.
fn spectrum(surface: &Surface, w: &[f64]) -> (f64, Vec<f64>) {
    let there = evaluate(surface, Isa::best(), &[w]).remove(0).unwrap();
    (there.energy / w.len() as f64, there.hessian.eigenvalues().unwrap())
}

/// At a random point, of energy near 0, and where gradient descent has gone from there, near −E_∞.
#[test]
fn hessians_of_surfaces_have_this_spectrum() {
    for (spins, dim) in [(2, 150), (3, 100), (4, 40)] {
        let surface = surface(spins as usize, dim, 7, 0);
        let mut w = point(dim, 0);
        let bulk = bulk(spins);
        // Eigenvalues repel: shares differ by a few 1/Λ. Measured: 1.5 to 2.1 of them after the descent.
        let tolerance = 4.0 / dim as f64;
        let (random, eigenvalues) = spectrum(&surface, &w);
        assert!(distance(&eigenvalues, &bulk.at(random)) < tolerance);
        let rate = 0.4 / bulk.at(0.0).radius;
        for _ in 0..200 {
            let (_, gradient) = energy_gradient(&surface, &w);
            let radial = w.iter().zip(&gradient).map(|(w, g)| w * g).sum::<f64>() / dim as f64;
            for (w, g) in w.iter_mut().zip(&gradient) {
                *w -= rate * (g - radial * *w);
            }
            retract(&mut w);
        }
        let (descended, eigenvalues) = spectrum(&surface, &w);
        assert!(descended < -0.8 * bulk.e_inf(), "{descended}");
        let law = bulk.at(descended);
        assert!(distance(&eigenvalues, &law) < tolerance, "{spins} {}", distance(&eigenvalues, &law));
        // The law at another energy is refused.
        assert!(distance(&eigenvalues, &bulk.at(random)) > 0.3);
    }
}
