use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::*;

/// The exact minimum for a diagonal B, by a scan of the multiplier.
fn diagonal_minimum(values: &[f64], g: &[f64], radius: f64) -> f64 {
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let model =
        |d: &[f64]| d.iter().zip(values).zip(g).map(|((d, b), g)| g * d + 0.5 * b * d * d).sum::<f64>();
    let step = |mu: f64| values.iter().zip(g).map(|(b, g)| -g / (b + mu)).collect::<Vec<_>>();
    if lowest > 0.0 && norm(&step(0.0)) <= radius {
        return model(&step(0.0));
    }
    let (mut low, mut high) = ((-lowest).max(0.0), 1e6);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if norm(&step(middle)) > radius { low = middle } else { high = middle }
    }
    model(&step(high))
}

#[test]
fn steps_reach_nearly_the_lowest_value_in_the_ball() {
    let cases: [(&[f64], &[f64]); 4] = [
        (&[1.0, 2.0, 5.0], &[0.1, -0.2, 0.3]),
        (&[1.0, 2.0, 5.0], &[10.0, -20.0, 3.0]),
        (&[-1.0, 2.0, 5.0], &[0.1, -0.2, 0.3]),
        (&[-3.0, -2.0, 0.0], &[1e-6, 1.0, 1.0]),
    ];
    for (values, g) in cases {
        let b = Symmetric::from_lower(3, |i, j| if i == j { values[i] } else { 0.0 });
        for radius in [0.01, 0.5, 3.0] {
            let found = trust_region_step(&b, g, radius, &mut Cholesky::default()).unwrap();
            let exact = diagonal_minimum(values, g, radius);
            assert!(norm(&found.step) <= radius * (1.0 + 1e-8));
            assert!(found.change <= 0.75 * exact, "{values:?} {radius}: {} {exact}", found.change);
        }
    }
}

#[test]
fn the_hard_case_follows_the_most_negative_direction() {
    let values = [-1.0, 2.0, 3.0];
    let b = Symmetric::from_lower(3, |i, j| if i == j { values[i] } else { 0.0 });
    let found = trust_region_step(&b, &[0.0, 0.1, 0.1], 1.0, &mut Cholesky::default()).unwrap();
    assert!(found.at_boundary && found.step[0].abs() > 0.9 && found.change < -0.45, "{found:?}");
    let saddle = trust_region_step(&b, &[0.0; 3], 1.0, &mut Cholesky::default()).unwrap();
    assert!(saddle.change < -0.49, "{saddle:?}");
}

/// A model in the eigenbasis: B = Q diag(values) Qᵀ, g = Q slopes.
struct Model {
    values: Vec<f64>,
    slopes: Vec<f64>,
    b: Symmetric,
    g: Vec<f64>,
}

impl Model {
    fn new(rng: &mut Pcg64, values: Vec<f64>, slopes: Vec<f64>) -> Self {
        let n = values.len();
        let mut q: Vec<Vec<f64>> =
            (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
        for _ in 0..if rng.random_bool(0.2) { 0 } else { 2 * n } {
            let (i, j, angle) =
                (rng.random_range(0..n), rng.random_range(0..n), rng.random_range(0.0..6.3f64));
            for row in q.iter_mut().filter(|_| i != j) {
                (row[i], row[j]) = (
                    row[i] * angle.cos() - row[j] * angle.sin(),
                    row[i] * angle.sin() + row[j] * angle.cos(),
                );
            }
        }
        let sum = |row: &[f64], other: &[f64]| (0..n).map(|k| row[k] * values[k] * other[k]).sum();
        let b = Symmetric::from_lower(n, |i, j| sum(&q[i], &q[j]));
        let g = q.iter().map(|row| dot(row, &slopes)).collect();
        Self { values, slopes, b, g }
    }

    /// The lowest value in the ball, by duality: the largest `−½ Σ c²/(λ + μ) − ½ μ R²` over μ ≥ max(0, −λ_0), a
    /// concave function. Neither a step nor its length is worked out.
    fn lowest(&self, radius: f64) -> f64 {
        let lowest = self.values.iter().copied().fold(f64::INFINITY, f64::min);
        let least = lowest.max(0.0);
        let dual = |nu: f64| {
            let share = |(value, c): (&f64, &f64)| {
                if *c == 0.0 { 0.0 } else { 0.5 * (c / (value - lowest + nu)) * c }
            };
            let sum: f64 = self.values.iter().zip(&self.slopes).map(share).sum();
            -sum - 0.5 * (nu - lowest) * radius * radius
        };
        let most = least + self.slopes.iter().map(|c| c.abs()).sum::<f64>() / radius;
        let (mut low, mut high) = (0.0f64, most - least);
        // Geometric down to 1e-40 of the range, then evenly.
        let mut best = dual(least).max(dual(most));
        let mut at = high;
        for _ in 0..400 {
            let here = dual(least + at);
            if here > best {
                best = here;
                (low, high) = (at * 0.75, at * 1.34);
            }
            at *= 0.8;
        }
        for _ in 0..200 {
            let [a, b] = [low + (high - low) / 3.0, high - (high - low) / 3.0];
            let [here, there] = [a, b].map(|x| dual(least + x));
            best = best.max(here).max(there);
            if here < there { low = a } else { high = b }
        }
        best
    }

    fn check(&self, radius: f64) -> bool {
        let Self { values, slopes, b, g } = self;
        let context = || format!("values {values:?} slopes {slopes:?} radius {radius:e}");
        let found = trust_region_step(b, g, radius, &mut Cholesky::default())
            .unwrap_or_else(|| panic!("{}", context()));
        let length = found.step.iter().map(|x| (x / radius).powi(2)).sum::<f64>().sqrt();
        assert!(length <= 1.0 + 1e-9, "{}: length {length}", context());
        let exact = self.lowest(radius);
        // B and g have been rounded.
        let size = values.iter().map(|x| x.abs()).fold(0.0, f64::max) * radius * radius;
        let rounding = 1e-14 * (size + slopes.iter().map(|c| c.abs()).sum::<f64>() * radius);
        let value = dot(g, &found.step) + 0.5 * dot(&found.step, &b.times(&found.step));
        assert!(value <= 0.75 * exact + rounding, "{}: {value:e} {exact:e} {found:?}", context());
        assert!((value - found.change).abs() <= rounding, "{}: {value:e} {:e}", context(), found.change);
        found.from_eigenvalues
    }
}

/// A number of random size and sign, now and then 0.
fn number(rng: &mut Pcg64) -> f64 {
    let size = 10f64.powf(match rng.random_range(0..4) {
        0 => rng.random_range(-18.0..0.0),
        _ => rng.random_range(-1.0..1.0),
    });
    match rng.random_range(0..8) {
        0 => 0.0,
        k if k % 2 == 0 => size,
        _ => -size,
    }
}

/// Spectra of every rank and sign: random, all equal or nearly so, negative multiples of projectors, zero.
fn spectrum(rng: &mut Pcg64, n: usize) -> Vec<f64> {
    let one = number(rng);
    let near = 10f64.powf(rng.random_range(-18.0..-6.0));
    let rank = rng.random_range(0..=n);
    match rng.random_range(0..6) {
        0 => vec![one; n],
        1 => (0..n).map(|k| one * (1.0 + near * k as f64)).collect(),
        2 => (0..n).map(|k| if k < rank { -one.abs() } else { 0.0 }).collect(),
        3 => (0..n).map(|k| if k < rank { one } else { near * number(rng) }).collect(),
        4 => (0..n).map(|k| if k < rank { number(rng) } else { 0.0 }).collect(),
        _ => (0..n).map(|_| number(rng)).collect(),
    }
}

#[test]
fn a_step_is_always_found_and_is_nearly_the_best() {
    let mut rng = Pcg64::seed_from_u64(7);
    let mut from_eigenvalues = 0;
    for round in 0..60_000 {
        let n = 1 + round % 6;
        let values = spectrum(&mut rng, n);
        let size = if rng.random_bool(0.3) { 10f64.powf(rng.random_range(-16.0..0.0)) } else { 1.0 };
        let mut slopes: Vec<f64> = (0..n).map(|_| size * number(&mut rng)).collect();
        if rng.random_bool(0.2) {
            // The hard case: nothing along the lowest eigenvector.
            let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
            values.iter().zip(&mut slopes).filter(|(value, _)| **value == lowest).for_each(|(_, c)| *c = 0.0);
        }
        let scale = [1.0, 1.0, 1e-150, 1e150][rng.random_range(0..4)];
        let scaled = |numbers: Vec<f64>| numbers.into_iter().map(|x| scale * x).collect();
        let model = Model::new(&mut rng, scaled(values), scaled(slopes));
        let radius = [1.0, 0.05, 1e-4, 1e-8, 1e-15, 30.0][rng.random_range(0..6)];
        from_eigenvalues += u32::from(model.check(radius));
    }
    // Those are the ones that factors alone do not find.
    assert!(from_eigenvalues > 100, "{from_eigenvalues}");
}

#[test]
fn nothing_is_found_of_what_is_not_finite() {
    let b = Symmetric::from_lower(2, |_, _| f64::NAN);
    assert!(trust_region_step(&b, &[1.0, 0.0], 1.0, &mut Cholesky::default()).is_none());
    let b = Symmetric::from_lower(2, |_, _| 1.0);
    assert!(trust_region_step(&b, &[f64::INFINITY, 0.0], 1.0, &mut Cholesky::default()).is_none());
}
