//! Gradient, Hessian–vector products, Hessian, index and spectra.

use hspin::networks::Shape;
use hspin::networks::curvature::{
    Probe, Sample, Weights, ZERO, gradient, hessian, hessian_products, index, loss, spectral_measures,
    spectrum, spectrum_ends,
};
use hspin::numeric::lanczos::Until;
use hspin::numeric::slope::remainder_slope;
use hspin::rng::{Role, stream};
use rand::RngExt;

const SMALL: Shape = Shape { inputs: 6, hidden: 5, outputs: 4 };

struct Case {
    shape: Shape,
    sample: Sample,
    point: Vec<f64>,
    direction: Vec<f64>,
}

impl Case {
    fn new(shape: Shape, examples: usize) -> Self {
        let mut random = stream(8, Role::Probe, &[shape.hidden as u64, examples as u64]);
        let labels: Vec<u8> = (0..examples).map(|_| random.random_range(0..shape.outputs as u8)).collect();
        let inputs: Vec<f64> = (0..examples * shape.inputs).map(|_| random.random_range(-1.0..1.5)).collect();
        let sample = Sample::new(shape.inputs, &labels, |example, i| inputs[example * shape.inputs + i]);
        let mut vector = || (0..shape.parameters()).map(|_| random.random_range(-1.0..1.0)).collect();
        let (point, direction) = (vector(), vector());
        Self { shape, sample, point, direction }
    }

    fn at(&self, t: f64) -> Weights {
        let moved: Vec<f64> = self.point.iter().zip(&self.direction).map(|(x, v)| x + t * v).collect();
        Weights::new(&self.shape, &moved)
    }

    fn product(&self) -> Vec<f64> {
        let direction = [Weights::new(&self.shape, &self.direction)];
        hessian_products(&self.at(0.0), &self.sample, &direction).remove(0)
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn the_gradient_has_slope_two_and_the_hessian_slope_three() {
    // Few examples and short steps: no unit changes its activity on the way. 1.5 blocks in the second case.
    for (shape, examples) in [(SMALL, 3), (Shape { inputs: 3, hidden: 2, outputs: 3 }, 1500)] {
        let case = Case::new(shape, examples);
        let here = gradient(&case.at(0.0), &case.sample);
        let slope = dot(&here.gradient, &case.direction);
        let curvature = dot(&case.product(), &case.direction);
        let remainder = |t: f64, first: f64, second: f64| {
            loss(&case.at(t), &case.sample).mean - here.loss.mean - t * first - 0.5 * t * t * second
        };
        let (first, last) = if examples < 100 { (7, 12) } else { (14, 18) };
        let order = |first_term: f64, second: f64| {
            remainder_slope(|t| remainder(t, first_term, second), first, last).unwrap()
        };
        assert!((order(slope, 0.0) - 2.0).abs() < 0.1, "gradient {}", order(slope, 0.0));
        if examples < 100 {
            assert!((order(slope, curvature) - 3.0).abs() < 0.1, "Hessian {}", order(slope, curvature));
            // Controls: wrong derivatives have other slopes.
            assert!((order(1.01 * slope, 0.0) - 2.0).abs() > 0.3);
            assert!((order(slope, 1.05 * curvature) - 3.0).abs() > 0.3);
        }
    }
}

#[test]
fn products_are_differences_of_gradients() {
    let case = Case::new(SMALL, 40);
    let t = 1e-6;
    let (ahead, behind) = (gradient(&case.at(t), &case.sample), gradient(&case.at(-t), &case.sample));
    for ((a, b), product) in ahead.gradient.iter().zip(&behind.gradient).zip(case.product()) {
        assert!(((a - b) / (2.0 * t) - product).abs() < 1e-7, "{product}");
    }
}

#[test]
fn the_hessian_is_made_of_its_products() {
    for (shape, examples) in [(SMALL, 30), (Shape { inputs: 4, hidden: 7, outputs: 3 }, 2100)] {
        let case = Case::new(shape, examples);
        let size = shape.parameters();
        let whole = hessian(&case.at(0.0), &case.sample);
        let units: Vec<Weights> = (0..size)
            .map(|at| {
                Weights::new(&shape, &(0..size).map(|i| f64::from(u8::from(i == at))).collect::<Vec<_>>())
            })
            .collect();
        let columns = hessian_products(&case.at(0.0), &case.sample, &units);
        for (j, column) in columns.iter().enumerate() {
            for (i, value) in column.iter().enumerate() {
                assert!((value - whole.at(i, j)).abs() < 1e-14, "({i}, {j}): {value} {}", whole.at(i, j));
                assert_eq!(whole.at(i, j), whole.at(j, i));
            }
        }
    }
}

/// The loss does not change along c ↦ (incoming weights of a unit × c, outgoing ones ÷ c).
#[test]
fn the_rescaling_symmetry_holds_to_second_order() {
    let case = Case::new(SMALL, 40);
    let Shape { inputs, outputs, .. } = SMALL;
    let here = gradient(&case.at(0.0), &case.sample).gradient;
    for unit in 0..SMALL.hidden {
        let incoming = unit * inputs..(unit + 1) * inputs;
        let outgoing = SMALL.incoming() + unit * outputs..SMALL.incoming() + (unit + 1) * outputs;
        let sign = |at: usize| f64::from(i8::from(incoming.contains(&at)) - i8::from(outgoing.contains(&at)));
        let generator: Vec<f64> = case.point.iter().enumerate().map(|(at, w)| sign(at) * w).collect();
        // d/dt of the curve's velocity is the unit's own weights.
        let second: Vec<f64> = case.point.iter().enumerate().map(|(at, w)| sign(at).abs() * w).collect();
        assert!(dot(&here, &generator).abs() < 1e-14);
        let turned = hessian_products(&case.at(0.0), &case.sample, &[Weights::new(&SMALL, &generator)]);
        assert!((dot(&turned[0], &generator) + dot(&here, &second)).abs() < 1e-13);
    }
}

#[test]
fn index_spectrum_and_ends_agree() {
    let case = Case::new(Shape { inputs: 10, hidden: 8, outputs: 5 }, 200);
    let weights = case.at(0.0);
    let values = spectrum(&weights, &case.sample).unwrap();
    let found = index(&weights, &case.sample).unwrap();
    assert_eq!(found.parameters, values.len());
    assert_eq!(found.negative, values.iter().filter(|&&value| value < -ZERO).count());
    assert!(found.negative > 5 && found.normalised() < 0.5, "a random point is a saddle: {found:?}");
    let probe = Probe { seed: 1, network: 0, direction: 0 };
    let until = Until { steps: 120, tolerance: 1e-9 };
    let ends = spectrum_ends(&weights, &case.sample, &probe, &until).unwrap();
    assert!((ends.lowest - values[0]).abs() < 1e-7, "{ends:?} {}", values[0]);
    assert!((ends.highest - values[values.len() - 1]).abs() < 1e-7, "{ends:?}");
    // The measures' mean over directions estimates moments of the spectrum: trace/N, to 5 of its standard errors.
    let probes: Vec<Probe> = (0..200).map(|direction| Probe { direction, ..probe }).collect();
    let measures = spectral_measures(&weights, &case.sample, &probes, 6).unwrap();
    let resources: Vec<f64> = measures.iter().map(|ritz| dot(&ritz.values, &ritz.weights)).collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let spread = (2.0 * values.iter().map(|value| (value - mean).powi(2)).sum::<f64>()).sqrt() / n;
    let found = resources.iter().sum::<f64>() / 200.0;
    assert!((found - mean).abs() < 5.0 * spread / 200f64.sqrt(), "{found} {mean} {spread}");
}

#[test]
fn weights_that_are_not_finite_have_no_index() {
    let case = Case::new(SMALL, 20);
    let broken = Weights::new(&SMALL, &vec![f64::NAN; SMALL.parameters()]);
    assert!(index(&broken, &case.sample).is_err());
    assert!(!loss(&broken, &case.sample).mean.is_finite());
    assert_eq!(Weights::new(&SMALL, &case.point).parameters(), case.point);
}
