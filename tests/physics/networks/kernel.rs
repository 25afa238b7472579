//! The training step: the same bits on every path, and the gradient it should follow.

use hspin::networks::curvature::{Sample, Weights, gradient};
use hspin::networks::data::{PIXELS, bundled, input};
use hspin::networks::kernel::{Batch, Own, Workspace, step};
use hspin::networks::{GROUP, Network, NetworkGroup, Shape};
use hspin::numeric::isa::Isa;
use hspin::rng::{Role, stream};
use rand::RngExt;

/// Sizes with every kind of rest: of tiles of inputs, hidden units, outputs and examples.
const SHAPES: [(Shape, usize); 5] = [
    (Shape { inputs: 5, hidden: 5, outputs: 5 }, 5),
    (Shape { inputs: 7, hidden: 3, outputs: 2 }, 4),
    (Shape { inputs: 1, hidden: 11, outputs: 6 }, 1),
    (Shape { inputs: 13, hidden: 9, outputs: 10 }, 23),
    (Shape { inputs: 100, hidden: 25, outputs: 10 }, 50),
];

struct Examples {
    inputs: Vec<Vec<f32>>,
    labels: Vec<u8>,
}

impl Examples {
    fn random(shape: &Shape, count: usize) -> Self {
        let mut random = stream(3, Role::Probe, &[shape.inputs as u64, count as u64]);
        let inputs = (0..count).map(|_| (0..shape.inputs).map(|_| random.random_range(-1.0..2.0)).collect());
        let inputs = inputs.collect();
        let labels = (0..count).map(|_| random.random_range(0..shape.outputs as u8)).collect();
        Self { inputs, labels }
    }

    /// Network k sees the examples from place k · `shift` on, and then the first.
    fn own(&self, inputs: usize, shift: usize) -> Batch {
        let at = |example: usize, network: usize| (example + shift * network) % self.labels.len();
        let labels = |example| std::array::from_fn(|network| self.labels[at(example, network)]);
        Batch::own(inputs, (0..self.labels.len()).map(labels).collect(), |example, network, i| {
            self.inputs[at(example, network)][i]
        })
    }

    fn batch(&self, inputs: usize) -> Batch {
        Batch::new(inputs, self.labels.clone(), |example, i| self.inputs[example][i])
    }
}

fn starts(shape: &Shape) -> Vec<Network> {
    (0..GROUP as u64).map(|network| shape.start(5, network)).collect()
}

fn after(isa: Isa, networks: &[Network], examples: &Examples, rate: f32, steps: usize) -> Vec<Network> {
    after_batch(isa, networks, &examples.batch(networks[0].shape.inputs), rate, steps)
}

fn after_batch(isa: Isa, networks: &[Network], batch: &Batch, rate: f32, steps: usize) -> Vec<Network> {
    let shape = networks[0].shape;
    let mut group = NetworkGroup::new(networks);
    // More space than is needed, and not clean.
    let mut space = Workspace::new(&shape, batch.count() + 7);
    for _ in 0..steps {
        step(isa, &mut group, batch, rate, &mut space);
    }
    group.networks()
}

fn bits(networks: &[Network]) -> Vec<Vec<u32>> {
    networks.iter().map(|network| network.weights.iter().map(|w| w.to_bits()).collect()).collect()
}

#[test]
fn every_instruction_set_gives_the_bits_of_the_scalar_path() {
    for (shape, count) in SHAPES {
        let (networks, examples) = (starts(&shape), Examples::random(&shape, count));
        let scalar = after(Isa::Scalar, &networks, &examples, 0.03, 7);
        assert_ne!(bits(&scalar), bits(&networks));
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            let found = after(isa, &networks, &examples, 0.03, 7);
            assert_eq!(bits(&found), bits(&scalar), "{} {shape:?}", isa.name());
        }
    }
}

/// A network with examples of its own is one that sees them with fifteen others, to the bit, on every path.
#[test]
fn own_examples_give_the_bits_of_shared_ones() {
    for (shape, count) in SHAPES {
        let (networks, examples) = (starts(&shape), Examples::random(&shape, count));
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            let found = bits(&after_batch(isa, &networks, &examples.own(shape.inputs, 3), 0.03, 5));
            for network in [0, 1, 7, 15] {
                let first = 3 * network % count;
                let (mut inputs, mut labels) = (examples.inputs.clone(), examples.labels.clone());
                inputs.rotate_left(first);
                labels.rotate_left(first);
                let alone = Examples { inputs, labels };
                let expected = bits(&after(Isa::Scalar, &networks, &alone, 0.03, 5));
                assert_eq!(found[network], expected[network], "{} {shape:?} {network}", isa.name());
            }
        }
    }
}

#[test]
fn digits_are_taken_as_they_are_on_every_path() {
    let set = bundled().unwrap().train.first(40);
    let at = |example: usize, network: usize| (7 * example + 3 * network) % 40;
    for count in [5, 12] {
        let labels = |example| std::array::from_fn(|network| set.labels()[at(example, network)]);
        let labels: Vec<[u8; GROUP]> = (0..count).map(labels).collect();
        let expected =
            Batch::own(PIXELS, labels, |example, network, i| input(set.pixels(at(example, network))[i]));
        let networks = starts(&Shape::digits(7));
        let expected = bits(&after_batch(Isa::Scalar, &networks, &expected, 0.03, 2));
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            let mut own = Own::empty(PIXELS);
            // What was there before leaves nothing behind.
            own.take(isa, 13, |_, _| (set.pixels(1), 9));
            own.take(isa, count, |example, network| {
                let digit = at(example, network);
                (set.pixels(digit), set.labels()[digit])
            });
            let found = bits(&after_batch(isa, &networks, &Batch::Own(own), 0.03, 2));
            assert_eq!(found, expected, "{}", isa.name());
        }
    }
}

#[test]
fn a_network_has_the_same_bits_whatever_its_lane_and_neighbours() {
    let (shape, count) = SHAPES[3];
    let (networks, examples) = (starts(&shape), Examples::random(&shape, count));
    let together = bits(&after(Isa::best(), &networks, &examples, 0.03, 5));
    let mut others: Vec<Network> = (100..100 + GROUP as u64).map(|network| shape.start(5, network)).collect();
    others[11] = networks[2].clone();
    assert_eq!(bits(&after(Isa::best(), &others, &examples, 0.03, 5))[11], together[2]);
    others[4].weights.fill(f32::NAN);
    assert_eq!(bits(&after(Isa::best(), &others, &examples, 0.03, 5))[11], together[2]);
}

#[test]
fn a_step_goes_down_the_gradient_of_the_loss() {
    for (shape, count) in SHAPES {
        let (networks, examples) = (starts(&shape), Examples::random(&shape, count));
        let rate = 2f32.powi(-4);
        let moved = after(Isa::best(), &networks, &examples, rate, 1);
        let sample =
            Sample::new(shape.inputs, &examples.labels, |example, i| f64::from(examples.inputs[example][i]));
        for (from, to) in networks.iter().zip(&moved) {
            let exact = gradient(&Weights::of(from), &sample).gradient;
            let size = exact.iter().fold(0.0f64, |top, g| top.max(g.abs())) * count as f64;
            for ((from, to), exact) in from.weights.iter().zip(&to.weights).zip(exact) {
                let found = f64::from(from - to) / f64::from(rate);
                assert!((found - exact * count as f64).abs() < 1e-5 * size.max(1.0), "{found} {exact}");
            }
        }
    }
}

#[test]
fn starts_are_pinned_uniform_and_scaled() {
    let shape = Shape::digits(50);
    assert_eq!(shape.parameters(), 5500);
    let start = shape.start(1, 0);
    let first: Vec<u32> = start.weights[..2].iter().map(|w| w.to_bits()).collect();
    assert_eq!(first, [3154917613, 1035544798], "value stability");
    let (incoming, outgoing) = start.weights.split_at(shape.incoming());
    for (weights, bound) in [(incoming, 0.1f32), (outgoing, 1.0 / 50f32.sqrt())] {
        assert!(weights.iter().all(|w| w.abs() <= bound));
        // Mean square of a uniform variable: a third of the bound's; 5 standard errors, √(4/45n).
        let n = weights.len() as f32;
        let square = weights.iter().map(|w| (w / bound).powi(2)).sum::<f32>() / n;
        assert!((square - 1.0 / 3.0).abs() < 5.0 * (4.0 / 45.0 / n).sqrt(), "{square}");
    }
    assert_ne!(start, shape.start(1, 1));
    assert_ne!(start.weights[..100], Shape::digits(25).start(1, 0).weights[..100]);
}
