//! The series of a path in the variables x and t.

use super::super::complex::{ComplexLanes, norm};
use super::super::equations::{Eigenpair, Equations, patch};
use super::super::homotopy::Homotopy;
use super::super::series::{Expansion, ORDER};
use super::sample::Mixture;
use crate::rng::{Role, stream};

/// What is left of all equations after a step h falls with h^{ORDER + 1}; without one term of the quadric with h² or h³.
#[test]
fn predictions_have_the_order_of_the_series() {
    for orders in [&[2, 3][..], &[1, 2, 4], &[3, 5]] {
        let tensor = Mixture::equal(orders, 3, 0).target().tensor();
        let homotopy = Homotopy::new(tensor, 3, &mut stream(1, Role::Probe, &[]));
        for path in 0..10 {
            let (y, lambda) = homotopy.start(path);
            let start = Eigenpair::<1> {
                x: y.into_iter().map(ComplexLanes::splat).collect(),
                lambda: ComplexLanes::splat([lambda, 0.0]),
            };
            let mut held = start.x.clone();
            patch(&start.x, &mut held);
            let mut equations = Equations::new(&homotopy);
            equations.evaluate(&homotopy, &start, &[0.0], &held);
            equations.measure();
            let mut expansion = Expansion::new(&homotopy);
            expansion.expand(&homotopy, &mut equations, &start, &[0.0]);
            // As a part of where the series may lead, for each path.
            let ratio = expansion.series.size(ORDER - 1, 0) / expansion.series.size(ORDER, 0);
            let mut left = |h: f64| {
                let mut at = start.clone();
                expansion.series.predict(&[h], &mut at);
                equations.evaluate(&homotopy, &at, &[h], &held);
                norm(&equations.residual)[0]
            };
            let h = 0.02 * ratio.min(0.5);
            let power = (left(2.0 * h) / left(h)).log2();
            assert!((power - (ORDER + 1) as f64).abs() < 0.3, "{orders:?}, path {path}: {power}");
        }
    }
}
