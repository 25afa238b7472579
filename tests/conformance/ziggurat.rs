//! Normals by another `exp` and `ln`: what would a machine with another mathematical library draw?
//!
//! The ziggurat of rand_distr calls the platform's `exp` for the 0.8 % of draws that fall into a wedge, only to decide,
//! and its `ln` for the 2.6e-4 in the tails, where it enters the value. Here the same algorithm runs with libm's, whose
//! last digits differ from glibc's in 9 % and 7 % of arguments. Couplings are rounded to single precision, starts too
//! before they descend: what must not differ is the f32, and the number of draws.

use std::convert::Infallible;

use hspin::rng::{Role, stream};
use rand::{Rng, RngExt, TryRng};
use rand_distr::{Distribution, Open01, StandardNormal};
use rand_pcg::Pcg64;

use crate::tally::Tally;

/// A generator of one number, to ask rand_distr for its table with.
struct Constant(u64);

impl TryRng for Constant {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0 as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().zip(self.0.to_le_bytes().into_iter().cycle()).for_each(|(to, from)| *to = from);
        Ok(())
    }
}

/// Edges x_i of the layers and the density at them, up to its factor.
struct Layers {
    edges: [f64; 257],
    heights: [f64; 257],
}

impl Layers {
    /// u = 1/2 in layer i draws x_i/2, directly or, in the topmost, from the wedge.
    fn of_the_library() -> Self {
        let half = 3_u64 << 62;
        let edge = |i: usize| {
            let drawn: f64 = StandardNormal.sample(&mut Constant(half | i as u64));
            if i < 256 { 2.0 * drawn } else { 0.0 }
        };
        let edges: [f64; 257] = std::array::from_fn(edge);
        Self { edges, heights: edges.map(|x| libm::exp(-x * x / 2.0)) }
    }

    /// Reference: Doornik (2005), An improved ziggurat method to generate normal random samples.
    fn draw(&self, rng: &mut Pcg64) -> f64 {
        loop {
            let bits = rng.next_u64();
            let i = bits as usize & 0xff;
            // Uniform on [−1, 1).
            let u = f64::from_bits((bits >> 12) | 0x4000_0000_0000_0000) - 3.0;
            let x = u * self.edges[i];
            if x.abs() < self.edges[i + 1] {
                return x;
            }
            if i == 0 {
                return self.tail(rng).copysign(u);
            }
            let rise = (self.heights[i] - self.heights[i + 1]) * rng.random::<f64>();
            if self.heights[i + 1] + rise < libm::exp(-x * x / 2.0) {
                return x;
            }
        }
    }

    fn tail(&self, rng: &mut Pcg64) -> f64 {
        loop {
            let [a, b]: [f64; 2] = [rng.sample(Open01), rng.sample(Open01)];
            let x = libm::log(a) / self.edges[1];
            if -2.0 * libm::log(b) >= x * x {
                return self.edges[1] - x;
            }
        }
    }
}

/// Draws by the library and by `layers` from one stream; returns how many differ in double precision.
fn try_draws(tally: &mut Tally, layers: &Layers, draws: u64) -> u64 {
    let mut theirs = stream(6, Role::Probe, &[2]);
    let mut ours = theirs.clone();
    let mut doubles = 0;
    for number in 0..draws {
        let x: f64 = StandardNormal.sample(&mut theirs);
        let y = layers.draw(&mut ours);
        doubles += u64::from(x.to_bits() != y.to_bits());
        // As a coupling at H = 3 with three different indices.
        let [a, b] = [x, y].map(|x| (6f64.sqrt() * x) as f32);
        tally.check(a.to_bits() == b.to_bits(), || format!("draw {number}: {x:e} and {y:e}"));
    }
    tally.check(theirs == ours, || "the streams are out of step".to_owned());
    doubles
}

fn compare(name: &'static str, draws: u64) {
    let mut tally = Tally::new(name);
    let doubles = try_draws(&mut tally, &Layers::of_the_library(), draws);
    println!("another exp and ln: {doubles} of {draws} normals differ in double precision");
    tally.end();
}

#[test]
fn another_exp_and_ln_would_draw_the_same_couplings() {
    compare("sampler, another exp and ln", 20_000_000);
}

#[test]
#[ignore = "long: 10^9 draws"]
fn so_they_would_a_billion_times() {
    compare("sampler, another exp and ln, long", 1_000_000_000);
}

#[test]
fn another_table_would_show() {
    let mut layers = Layers::of_the_library();
    assert_eq!(layers.edges[1], 3.654152885361009);
    assert!(layers.edges.is_sorted_by(|a, b| a > b));
    layers.edges[100] *= 1.0 + 1e-6;
    let mut tally = Tally::new("control");
    try_draws(&mut tally, &layers, 100_000);
    assert!(tally.failed() > 0);
}
