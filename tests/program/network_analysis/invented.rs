//! Records with known means, spreads, correlations and indices, and a shift common to each group of sixteen.

use hspin::analysis::UnitCount;
use hspin::analysis::networks::{Comparison, Context, DigitCounts};
use hspin::studies::networks::{NetworkRecord, Training};
use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64;

pub const WHOLE: UnitCount = UnitCount { done: 12, planned: 12 };
pub const CONTEXT: Context = Context {
    digits: DigitCounts { train: 5000, test: 1000 },
    seed: 1,
    group: 16,
    epochs: 200,
    units: WHOLE,
};
pub const SIZES: [u32; 6] = [10, 25, 50, 100, 250, 500];

/// What is true of the networks of one size.
#[derive(Clone, Copy)]
pub struct Truth {
    pub mean: f64,
    pub deviation: f64,
    pub correlation: f64,
    /// Mean of index over weights.
    pub index: f64,
    /// Share of the variance that a group has in common.
    pub shared: f64,
    /// Norm of the gradient where training stopped.
    pub gradient: f64,
}

/// Normal losses, in groups of sixteen.
pub fn records(seed: u64, networks: u32, hidden: u32, truth: &Truth) -> Vec<NetworkRecord> {
    let mut random = Pcg64::seed_from_u64(seed * 1000 + u64::from(hidden));
    let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
    let mut pair = |r: f64| {
        let x = normal();
        [x, r * x + (1.0 - r * r).sqrt() * normal(), normal()]
    };
    let mut group = [0.0; 3];
    let record = |network: u32| {
        if network.is_multiple_of(16) {
            group = pair(truth.correlation);
        }
        let own = pair(truth.correlation);
        let mix = |i: usize| truth.shared.sqrt() * group[i] + (1.0 - truth.shared).sqrt() * own[i];
        let weights = 110.0 * f64::from(hidden);
        NetworkRecord {
            hidden,
            network,
            train_loss: 0.5 * truth.mean + truth.deviation * mix(0),
            test_loss: truth.mean + truth.deviation * mix(1),
            train_errors: 300,
            test_errors: (90.0 + 300.0 * truth.deviation * mix(1)).max(0.0) as u32,
            gradient_norm: truth.gradient,
            index: Some((truth.index * weights * (1.0 + 0.1 * mix(2))).max(0.0) as u32),
            outcome: Training::Finished,
        }
    };
    (0..networks).map(record).collect()
}

/// Descent beside annealing, both whole.
pub fn compared(descent: Vec<NetworkRecord>, annealed: Vec<NetworkRecord>) -> Comparison {
    Comparison { descent, annealed, digits: CONTEXT.digits, group: CONTEXT.group, units: [WHOLE; 2] }
}

/// Networks of all sizes, each with its truth.
pub fn sweep(seed: u64, networks: u32, truth: impl Fn(f64) -> Truth) -> Vec<NetworkRecord> {
    SIZES.iter().flat_map(|&n| records(seed, networks, n, &truth(f64::from(n)))).collect()
}

/// As the paper has it: 0.25 e^{2 n^{−1/2}}, relative spread falling, correlation falling, index 0.01.
pub fn like_the_paper(n: f64) -> Truth {
    let mean = 0.25 * (2.0 / n.sqrt()).exp();
    Truth {
        mean,
        deviation: 0.05 * mean * n.powf(-0.3),
        correlation: 1.05 - 0.1 * n.ln(),
        index: 0.01,
        shared: 0.2,
        gradient: 1e-8,
    }
}
