//! R̂ and effective sizes of chains that are known.

use hspin::rng::{Role, stream};
use hspin::sampling::mixing::mixing;
use rand_distr::{Distribution, StandardNormal};

/// x ← φ x + √(1−φ²) z: variance 1, autocorrelation time (1+φ)/(1−φ).
fn autoregressive(phi: f64, length: usize, count: u64) -> Vec<Vec<f64>> {
    let chain = |number| {
        let mut random = stream(5, Role::Probe, &[number]);
        let mut x: f64 = StandardNormal.sample(&mut random);
        let mut step = || {
            let noise: f64 = StandardNormal.sample(&mut random);
            x = phi * x + (1.0 - phi * phi).sqrt() * noise;
            x
        };
        (0..length).map(|_| step()).collect()
    };
    (0..count).map(chain).collect()
}

#[test]
fn autocorrelation_times_are_those_of_autoregressions() {
    // Short chains, and long ones whose halves are cut into blocks of 1, 5 and 25.
    for (phi, length) in [(0.0, 1000), (0.5, 4000), (0.9, 4000), (0.9, 20_000), (-0.3, 4000), (0.95, 100_000)]
    {
        let found = mixing(&autoregressive(phi, length, 4));
        let expected = (1.0 + phi) / (1.0 - phi);
        assert!((found.time / expected - 1.0).abs() < 0.2, "{phi} {length}: {found:?}, {expected}");
        assert!((found.rhat - 1.0).abs() < 0.02 && (found.variance - 1.0).abs() < 0.15, "{found:?}");
        assert!(found.mean.abs() < 4.892 * found.standard_error(), "{found:?}");
    }
}

#[test]
fn chains_that_do_not_agree_are_seen() {
    let mut apart = autoregressive(0.5, 1000, 4);
    apart[0].iter_mut().for_each(|x| *x += 2.0);
    let found = mixing(&apart);
    assert!(found.rhat > 1.2 && found.effective < 20.0, "{found:?}");
    // One chain that drifts disagrees with itself.
    let mut drifting = autoregressive(0.5, 1000, 1);
    drifting[0].iter_mut().enumerate().for_each(|(t, x)| *x += 0.004 * t as f64);
    assert!(mixing(&drifting).rhat > 1.2);
}

#[test]
fn what_is_not_known_is_not_a_number() {
    for chains in [vec![vec![1.0; 100]; 2], vec![vec![1.0, 2.0, 3.0]; 2], vec![vec![f64::NAN; 100]]] {
        let found = mixing(&chains);
        assert!(found.rhat.is_nan() && found.effective.is_nan(), "{found:?}");
    }
}
