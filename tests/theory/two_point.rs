//! Pairs of critical points: stated values, limits, and the same formula by a plain inverse.

use hspin::theory::{Complexity, Thresholds, TwoPoint};

/// C⁻¹x by elimination, C over (u_0, u_1, g_0, g_1).
fn solved(h: f64, q: f64, x: [f64; 4]) -> [f64; 4] {
    let s = (1.0 - q * q).sqrt();
    let (xi, slope, second) = (q.powf(h), h * q.powf(h - 1.0), h * (h - 1.0) * q.powf(h - 2.0));
    let (mixed, gradients) = (slope * s, second * s * s - q * slope);
    let mut rows = [
        [1.0, xi, 0.0, mixed, x[0]],
        [xi, 1.0, mixed, 0.0, x[1]],
        [0.0, mixed, h, gradients, x[2]],
        [mixed, 0.0, gradients, h, x[3]],
    ];
    for k in 0..4 {
        for i in (0..4).filter(|&i| i != k) {
            let factor = rows[i][k] / rows[k][k];
            let pivot = rows[k];
            rows[i].iter_mut().zip(pivot).for_each(|(entry, above)| *entry -= factor * above);
        }
    }
    [0, 1, 2, 3].map(|k| rows[k][4] / rows[k][k])
}

#[test]
fn values_are_the_stated_ones() {
    let pairs = TwoPoint::new(3, -1.65).unwrap();
    assert!((pairs.complexity(-1.64, 0.5).unwrap() + 0.001_530_359).abs() < 1e-9);
    let edge = -Thresholds::new(3).unwrap().e_inf();
    assert!(pairs.complexity(edge, 0.758_558_63).unwrap().abs() < 1e-8);
    assert!(pairs.complexity(edge, 0.8).unwrap() < -1e-4);
}

#[test]
fn without_overlap_the_points_know_nothing_of_each_other() {
    for spins in [3, 4, 7] {
        let alone = Complexity::new(spins).unwrap();
        for (energy, other) in [(-1.65, -1.6), (-1.2, -0.3), (-1.7, -1.72)] {
            let found = TwoPoint::new(spins, energy).unwrap().complexity(other, 0.0).unwrap();
            assert!((found - alone.total(other)).abs() < 1e-14, "{spins} {energy} {other}");
        }
    }
}

#[test]
fn complexities_and_indices_follow_a_plain_inverse() {
    let mut indices = [0, 0];
    for spins in [3_u32, 4, 6] {
        let h = f64::from(spins);
        let alone = Complexity::new(spins).unwrap();
        let curvature = h * (h - 1.0);
        for energy in [-1.9, -1.72, -1.66] {
            let pairs = TwoPoint::new(spins, energy).unwrap();
            for (other, q) in [-1.9_f64, -1.75, -1.68, -1.64]
                .into_iter()
                .flat_map(|u| [0.1_f64, 0.4, 0.7, 0.9, 0.97].map(|q| (u, q)))
            {
                let s = (1.0 - q * q).sqrt();
                let inverse = solved(h, q, [energy, other, 0.0, 0.0]);
                let form = energy * inverse[0] + other * inverse[1];
                let slope = h * f64::powf(q, h - 1.0);
                let plain = alone.total(other) + 0.5 * other * other + (s).ln()
                    - 0.5 * (form - energy * energy)
                    - 0.5 * (1.0 - (slope / h).powi(2)).ln();
                let found = pairs.complexity(other, q).unwrap();
                assert!(
                    (found - plain).abs() < 1e-9 * (1.0 + form.abs()),
                    "{spins} {energy} {other} {q}: {found} {plain}"
                );
                let Some(index) = pairs.index(other, q).unwrap() else { continue };
                indices[index as usize] += 1;
                let second = h * (h - 1.0) * f64::powf(q, h - 2.0);
                let third = h * (h - 1.0) * (h - 2.0) * f64::powf(q, h - 3.0);
                let mean =
                    second * s * s * inverse[0] + (third * s.powi(3) - 2.0 * q * second * s) * inverse[2];
                let spread = curvature - second * second * s * s * h / (h * h - slope * slope);
                // The outlier by bisection on the outside of the semicircle.
                let resolvent = |l: f64| (l + (l * l - 4.0 * curvature).max(0.0).sqrt()) / (2.0 * curvature);
                let excess = |l: f64| mean + spread * resolvent(l) - l;
                let (mut low, mut high) = (-1e4, -2.0 * curvature.sqrt());
                let is_there = excess(high) < 0.0;
                for _ in 0..200 {
                    let middle = 0.5 * (low + high);
                    if excess(middle) > 0.0 { low = middle } else { high = middle }
                }
                assert_eq!(index == 1, is_there && low < h * other, "{spins} {energy} {other} {q}");
            }
        }
    }
    assert!(indices[0] > 5 && indices[1] > 5, "{indices:?}");
}

#[test]
fn signs_of_overlaps_follow_the_parity_of_the_order() {
    let even = TwoPoint::new(4, -1.7).unwrap();
    assert_eq!(even.complexity(-1.65, -0.3).unwrap(), even.complexity(-1.65, 0.3).unwrap());
    let odd = TwoPoint::new(3, -1.65).unwrap();
    assert!(odd.complexity(-1.6, -0.3).unwrap() < odd.complexity(-1.6, 0.3).unwrap());
}

#[test]
fn wrong_input_names_key_value_and_what_is_allowed() {
    assert!(TwoPoint::new(1, -1.0).is_err());
    assert!(TwoPoint::new(3, f64::NAN).unwrap_err().to_string().starts_with("energy = NaN: "));
    for q in [1.0, -1.0, 2.0, f64::NAN] {
        let error = TwoPoint::new(3, -1.6).unwrap().complexity(-1.6, q).unwrap_err().to_string();
        assert!(error.starts_with(&format!("overlap = {q}: ")), "{error}");
    }
}
