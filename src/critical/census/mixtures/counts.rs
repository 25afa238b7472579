//! Numbers of critical points: complex, real, on a circle; and what happens when some are missing.

use super::super::{BlockEnds, PathOutcome};
use super::sample::{Mixture, apart};
use std::f64::consts::TAU;

/// Energies of the critical points on the circle, by the signs of dL/dφ.
fn on_the_circle(mixture: &Mixture) -> Vec<f64> {
    let at = |angle: f64| {
        let w = [2f64.sqrt() * angle.cos(), 2f64.sqrt() * angle.sin()];
        let (_, gradient, _) = mixture.derivatives(&w);
        (w[0] * gradient[1] - w[1] * gradient[0], mixture.energy(&w) / 2.0)
    };
    let steps = 20_000;
    let angle = |step: usize| 1e-3 + TAU * step as f64 / steps as f64;
    let mut energies = Vec::new();
    for step in 0..steps {
        let (mut low, mut high) = (angle(step), angle(step + 1));
        let below = at(low).0 < 0.0;
        if below != (at(high).0 < 0.0) {
            for _ in 0..60 {
                let middle = 0.5 * (low + high);
                if (at(middle).0 < 0.0) == below { low = middle } else { high = middle }
            }
            energies.push(at(low).1);
        }
    }
    energies.sort_by(f64::total_cmp);
    energies
}

#[test]
fn on_the_circle_the_points_are_those_of_a_scan() {
    for orders in [&[1, 2, 3][..], &[2, 3], &[2, 4], &[1, 4], &[1, 2], &[1], &[3, 4, 5], &[1, 3], &[1, 6]] {
        for instance in 0..30 {
            let mixture = Mixture::equal(orders, 2, instance);
            let found = mixture.census();
            assert!(found.is_certified(), "{orders:?}, {instance}: {:?}", found.tally);
            assert_eq!(
                found.expected_complex,
                2 * *orders.last().unwrap() as u64,
                "of a polynomial in e^(iφ)"
            );
            let expected = on_the_circle(&mixture);
            assert_eq!(found.points.len(), expected.len(), "{orders:?}, {instance}");
            for (point, expected) in found.points.iter().zip(expected) {
                assert!((point.energy_per_spin - expected).abs() < 1e-10, "{orders:?}, {instance}");
            }
        }
    }
}

#[test]
fn every_complex_point_is_found_and_indices_add_up() {
    for (orders, most) in [
        (&[2, 3][..], 6),
        (&[3, 4], 6),
        (&[2, 3, 4], 5),
        (&[1, 3], 6),
        (&[1, 2, 5], 4),
        (&[2, 4], 5),
        (&[1, 2, 3], 6),
        (&[1, 2], 6),
    ] {
        for dim in 2..=most {
            for instance in 0..3 {
                let mixture = Mixture::equal(orders, dim, 100 + instance);
                let found = mixture.census();
                let base = *orders.last().unwrap() as u64 - 1;
                let count = 2 * (0..dim as u32).map(|k| base.pow(k)).sum::<u64>();
                let label = format!("{orders:?}, dim {dim}, {instance}: {:?}", found.tally);
                assert_eq!((found.expected_complex, found.tally.distinct), (count, count), "{label}");
                assert!(found.is_certified(), "{label}");
                assert_eq!(found.morse_sum(), if dim % 2 == 1 { 2 } else { 0 }, "{label}");
                assert!(found.points.iter().all(|point| !point.antipode));
                assert_eq!(found.real_classes, found.points.len() as u64);
                check_points(&mixture, &found);
            }
        }
    }
}

/// Energies monomial by monomial; slopes by differences along great circles.
fn check_points(mixture: &Mixture, found: &super::super::Census) {
    let dim = mixture.dim as f64;
    for (k, point) in found.points.iter().enumerate() {
        let w = &point.point;
        assert!((w.iter().map(|w| w * w).sum::<f64>() / dim - 1.0).abs() < 1e-14);
        assert!((mixture.energy(w) / dim - point.energy_per_spin).abs() < 1e-12);
        assert!(point.gradient_norm < 1e-10, "{}", point.gradient_norm);
        for i in 0..mixture.dim {
            let aside = |step: f64| {
                let mut w = w.clone();
                w[i] += step;
                crate::sphere::retract(&mut w);
                mixture.energy(&w)
            };
            let slope = (aside(1e-5) - aside(-1e-5)) / 2e-5;
            assert!(slope.abs() < 1e-5, "{slope}");
        }
        assert!(found.points[..k].iter().all(|other| apart(&other.point, w) > 1e-9), "found once");
    }
}

/// With one parity only, L(−w) = ±L(w): every point has its opposite in the list.
#[test]
fn points_of_one_parity_come_in_pairs() {
    for (orders, dim) in [(&[2, 4][..], 4), (&[1, 3], 5), (&[3, 5], 3), (&[2, 4, 6], 2)] {
        for instance in 0..5 {
            let found = Mixture::equal(orders, dim, instance).census();
            assert!(found.is_certified(), "{orders:?}, {instance}: {:?}", found.tally);
            let sign = if orders[0] % 2 == 0 { 1.0 } else { -1.0 };
            for point in &found.points {
                let opposite: Vec<f64> = point.point.iter().map(|w| -w).collect();
                let partners: Vec<_> =
                    found.points.iter().filter(|other| apart(&other.point, &opposite) < 1e-11).collect();
                assert_eq!(partners.len(), 1, "{orders:?}, {instance}");
                assert!((partners[0].energy_per_spin - sign * point.energy_per_spin).abs() < 1e-12);
            }
        }
    }
}

/// A solution that is lost, or found twice in place of another, or left out of the list.
#[test]
fn what_is_missing_is_not_certified() {
    let mixture = Mixture::equal(&[2, 3], 4, 0);
    let whole = mixture.census();
    assert!(whole.is_certified());
    let spoiled = |spoil: &dyn Fn(&mut BlockEnds)| {
        mixture.census_with(&|stage, job| {
            let mut blocks: Vec<BlockEnds> = (0..stage.blocks).map(job).collect();
            blocks.iter_mut().for_each(spoil);
            Ok(blocks)
        })
    };
    for path in [0, 7, 29] {
        let lost = spoiled(&|block| {
            let outcomes = block.outcomes.iter_mut().filter(|(number, _)| *number == path);
            outcomes.for_each(|(_, outcome)| *outcome = PathOutcome::Lost);
            block.real.retain(|(number, _)| *number != path);
        });
        assert!(!lost.is_complete() && !lost.is_certified(), "path {path}: {:?}", lost.tally);
        assert_eq!((lost.tally.lost, lost.attempts), (1, 3));
        let twice = spoiled(&|block| {
            let other = block.outcomes.iter().find(|(number, _)| *number == (path + 1) % 30).copied();
            let outcomes = block.outcomes.iter_mut().filter(|(number, _)| *number == path);
            outcomes.for_each(|(_, outcome)| *outcome = other.map_or(PathOutcome::Lost, |(_, end)| end));
        });
        assert!(!twice.is_complete() && !twice.is_certified(), "path {path}: {:?}", twice.tally);
    }
    let mut fewer = whole;
    fewer.points.pop();
    assert!(!fewer.is_certified());
}

/// All on the first way, without a path that was followed again.
#[test]
#[ignore = "takes minutes"]
fn every_random_mixture_is_certified_at_once() {
    for (orders, dim, instances) in [
        (&[(2, 0.5), (3, 0.5)][..], 8, 500),
        (&[(2, 0.95), (3, 0.05)], 8, 200),
        (&[(1, 0.3), (2, 0.3), (3, 0.4)], 8, 500),
        (&[(1, 100.0), (3, 1.0)], 8, 200),
        (&[(1, 0.5), (2, 0.5)], 8, 500),
        (&[(2, 0.95), (4, 0.05)], 5, 200),
        (&[(2, 0.5), (6, 0.5)], 4, 100),
    ] {
        for instance in 0..instances {
            let found = Mixture::draw(orders, dim, instance).census();
            assert!(found.is_certified(), "{orders:?}, {instance}: {:?}", found.tally);
            assert!(found.attempts <= 1 && found.retried == 0, "{orders:?}, {instance}");
        }
    }
}
