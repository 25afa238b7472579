//! Mixtures that come to a model of one order.

use super::sample::{Mixture, apart};

/// The order that stays, alone.
fn pure(mixture: &Mixture, order: usize) -> Mixture {
    let arrays = mixture.arrays.iter().filter(|(p, _)| *p == order).cloned().collect();
    Mixture { dim: mixture.dim, arrays }
}

#[track_caller]
fn assert_same_points(mixture: &Mixture, order: usize, tolerance: f64) {
    let (found, expected) = (mixture.census(), pure(mixture, order).census());
    assert!(expected.is_certified() && !expected.is_mixed);
    assert!(found.is_certified() && found.is_mixed, "{:?}", found.tally);
    assert_eq!(found.points.len() as u64, 2 * expected.real_classes);
    assert_eq!(found.by_index(), expected.by_index());
    for point in &expected.points {
        let near = found.points.iter().filter(|other| apart(&other.point, &point.point) < tolerance);
        assert_eq!(near.count(), 1, "within {tolerance}");
    }
}

#[test]
fn a_lower_order_that_vanishes_leaves_both_points_of_every_line() {
    for (orders, dim) in [(&[2, 3][..], 4), (&[1, 3], 5), (&[3, 4], 3), (&[1, 2, 5], 3), (&[2, 4], 3)] {
        let (&highest, lower) = orders.split_last().unwrap();
        for instance in 0..3 {
            let of = |factor: f64| {
                let mixture = Mixture::equal(orders, dim, instance);
                lower.iter().fold(mixture, |mixture, &p| mixture.scaled(p, factor))
            };
            assert_same_points(&of(1e-6), highest, 1e-3);
            assert_same_points(&of(1e-9), highest, 1e-6);
            assert_same_points(&of(0.0), highest, 1e-12);
        }
    }
}

/// Far from 0 the points are others.
#[test]
#[should_panic(expected = "left")]
fn a_lower_order_that_stays_is_no_limit() {
    let instances = 0..3;
    instances.for_each(|instance| assert_same_points(&Mixture::equal(&[2, 3], 4, instance), 3, 1e-3));
}

/// The highest order goes: as many solutions as the lower orders have stay, the others go to where t = 0.
#[test]
fn a_highest_order_that_vanishes_leaves_the_points_of_the_secular_equation() {
    for dim in 2..=5 {
        for instance in 0..5 {
            let three = Mixture::equal(&[1, 2, 3], dim, instance).scaled(3, 1e-5);
            let mut two = three.clone();
            two.arrays.pop();
            let (found, expected) = (three.census(), two.census());
            assert!(found.is_certified() && expected.is_certified(), "{:?}", found.tally);
            assert_eq!(found.by_index(), expected.by_index(), "dim {dim}, instance {instance}");
            for (found, expected) in found.points.iter().zip(&expected.points) {
                assert!(apart(&found.point, &expected.point) < 1e-2);
            }
        }
    }
}

/// No highest order at all: solutions at t = 0 are families, nothing is certified, and it ends.
#[test]
fn a_mixture_without_its_highest_order_is_not_certified() {
    let found = Mixture::equal(&[2, 3], 4, 0).scaled(3, 0.0).census();
    assert!(!found.is_certified() && found.tally.singular > 0, "{:?}", found.tally);
    for orders in [&[2, 3][..], &[1, 2], &[1], &[1, 4]] {
        let zero = orders.iter().fold(Mixture::equal(orders, 3, 0), |mixture, &p| mixture.scaled(p, 0.0));
        let found = zero.census();
        assert_eq!((found.tally.distinct, found.points.len()), (0, 0), "{orders:?}");
        assert_eq!(found.tally.singular, found.expected_complex, "{orders:?}");
        assert!(!found.is_certified());
    }
}

/// Powers of two change no bit of a coupling.
#[test]
fn the_scale_of_a_mixture_drops_out() {
    for orders in [&[2, 3][..], &[1, 2], &[1, 4], &[1]] {
        let mixture = Mixture::equal(orders, 3, 0);
        let found = mixture.census();
        assert!(found.is_certified());
        for exponent in [-200, 200] {
            let factor = 2f64.powi(exponent);
            let scaled =
                orders.iter().fold(mixture.clone(), |mixture, &p| mixture.scaled(p, factor)).census();
            assert!(scaled.is_certified(), "{orders:?}, 2^{exponent}: {:?}", scaled.tally);
            for (a, b) in scaled.points.iter().zip(&found.points) {
                assert_eq!((&a.point, a.energy_per_spin), (&b.point, factor * b.energy_per_spin));
            }
        }
    }
}
