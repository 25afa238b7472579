//! Streams of random numbers never meet: not for millions of keys, nor for keys that differ by one.

use hspin::rng::{Role, stream};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64;

use crate::statistics::{alarm, normal};
use crate::tally::Tally;

const ROLES: [Role; 5] = [Role::Couplings, Role::Samples, Role::Start, Role::Probe, Role::Census];

/// First 128 bits of a stream.
fn first_block(seed: u64, role: Role, ids: &[u64]) -> u128 {
    stream(seed, role, ids).random()
}

/// Keys such as runs use, and ones that differ little: seeds near 0, near each other, near 2⁶⁴.
fn first_blocks(count: usize) -> Vec<u128> {
    let mut blocks = Vec::with_capacity(count);
    let seeds = (0..50).chain((1..=10).map(|k| u64::MAX - k)).chain((6..64).map(|bit| (1 << bit) + 50));
    let seeds: Vec<u64> = seeds.collect();
    // Each round takes all seeds with the next instances, so that sums and differences of ids occur many times.
    for round in 0.. {
        for &seed in &seeds {
            for instance in 20 * round..20 * (round + 1) {
                for role in ROLES {
                    for (spins, dim) in [(2, 3), (3, 2), (3, 3), (3, 25), (25, 3), (4, 25), (3, 26)] {
                        blocks.extend(
                            (0..16).map(|last| first_block(seed, role, &[spins, dim, instance, last])),
                        );
                    }
                }
                if blocks.len() >= count {
                    blocks.truncate(count);
                    return blocks;
                }
            }
        }
    }
    blocks
}

/// Number of blocks that were there before.
fn repeated(mut blocks: Vec<u128>) -> usize {
    let all = blocks.len();
    blocks.sort_unstable();
    blocks.dedup();
    all - blocks.len()
}

fn try_keys(tally: &mut Tally, count: usize) {
    let blocks = first_blocks(count);
    for (k, block) in blocks.iter().enumerate().step_by(count / 10) {
        // The control: one block put in a second time is found.
        let mut spoilt = blocks[..1000].to_vec();
        spoilt.push(spoilt[k % 1000]);
        tally.check(repeated(spoilt) == 1, || format!("{block:x} is not found twice"));
    }
    let again = repeated(blocks);
    (0..count).for_each(|k| tally.check(k >= again, || "a first block is met again".to_owned()));
}

#[test]
fn a_million_keys_have_a_million_first_blocks() {
    let mut tally = Tally::new("streams, first blocks");
    try_keys(&mut tally, 1_000_000);
    tally.end();
}

#[test]
#[ignore = "long: ten million keys"]
fn ten_million_keys_have_ten_million_first_blocks() {
    let mut tally = Tally::new("streams, first blocks, long");
    try_keys(&mut tally, 10_000_000);
    tally.end();
}

/// Draws of each stream that are compared.
const DRAWS: usize = 10_000;
const LARGEST_LAG: usize = 4;
/// Statistics of a pair.
const EACH: usize = 2 * LARGEST_LAG + 2;

/// What two streams have in common: 64-bit values, and the smallest p of correlations of their normals at lags up
/// to ∓4 and of the bits in which they differ: [`EACH`] statistics.
fn common(mut a: Pcg64, mut b: Pcg64) -> (usize, f64) {
    let normals = |rng: &Pcg64| {
        let mut rng = rng.clone();
        (0..DRAWS).map(|_| StandardNormal.sample(&mut rng)).collect::<Vec<f64>>()
    };
    let (x, y) = (normals(&a), normals(&b));
    let correlation = |x: &[f64], y: &[f64]| {
        let products = x.iter().zip(y).map(|(x, y)| x * y);
        normal(products.sum::<f64>() / (x.len().min(y.len()) as f64).sqrt())
    };
    let lags = (0..=LARGEST_LAG).flat_map(|lag| [correlation(&x[lag..], &y), correlation(&x, &y[lag..])]);
    let worst = lags.fold(1.0, f64::min);
    let bits = |rng: &mut Pcg64| (0..DRAWS).map(|_| rng.random()).collect::<Vec<u64>>();
    let (mut x, y) = (bits(&mut a), bits(&mut b));
    let differing: u32 = x.iter().zip(&y).map(|(x, y)| (x ^ y).count_ones()).sum();
    let all = 64.0 * DRAWS as f64;
    let worst = worst.min(normal((f64::from(differing) - 0.5 * all) / (0.25 * all).sqrt()));
    x.sort_unstable();
    (y.iter().filter(|value| x.binary_search(value).is_ok()).count(), worst)
}

/// A key and all that differ from it by one in one part, with their names.
fn neighbourhood(seed: u64, role: Role, ids: [u64; 4]) -> Vec<(String, Pcg64)> {
    let name = |what: &str| format!("{seed} {role:?} {ids:?} {what}");
    let mut streams = vec![
        (name("itself"), stream(seed, role, &ids)),
        (name("next seed"), stream(seed + 1, role, &ids)),
        (name("one id more"), stream(seed, role, &[&ids[..], &[0]].concat())),
        (name("other role"), stream(seed, ROLES[role as usize % ROLES.len()], &ids)),
    ];
    for (part, what) in ["spins", "dim", "instance", "last id"].into_iter().enumerate() {
        let mut next = ids;
        next[part] += 1;
        streams.push((name(what), stream(seed, role, &next)));
    }
    streams
}

/// All pairs of all neighbourhoods: (seed + 1, instance) and (seed, instance + 1) are one of them.
fn neighbours() -> Vec<[(String, Pcg64); 2]> {
    let mut pairs = Vec::new();
    for seed in [0, 1, 41, 1 << 32, u64::MAX - 1] {
        for ids in [[3, 25, 0, 0], [3, 25, 7, 15], [4, 10, 1, 3]] {
            for role in ROLES {
                let streams = neighbourhood(seed, role, ids);
                for (number, a) in streams.iter().enumerate() {
                    pairs.extend(streams[number + 1..].iter().map(|b| [a.clone(), b.clone()]));
                }
            }
        }
    }
    pairs
}

#[test]
fn neighbouring_keys_share_nothing() {
    let mut tally = Tally::new("streams, neighbours");
    let pairs = neighbours();
    let alarm = alarm(EACH * pairs.len());
    for [(a, first), (b, second)] in pairs {
        let (shared, p) = common(first, second);
        tally.check(shared == 0, || format!("{a}, {b}: {shared} values in common"));
        tally.check(p >= alarm, || format!("{a}, {b}: p = {p:e}"));
    }
    tally.end();
}

#[test]
fn streams_that_meet_are_found() {
    let alarm = alarm(EACH * neighbours().len());
    let key = |seed, instance: u64| stream(seed, Role::Couplings, &[3, 25, instance, 0]);
    // Keyed by seed + instance, surface 1 of seed 1 is surface 0 of seed 2.
    let by_sum = |seed: u64, instance: u64| key(seed + instance, 0);
    assert_eq!(common(by_sum(1, 1), by_sum(2, 0)).0, DRAWS);
    // The same stream, 9000 numbers on.
    let mut ahead = key(1, 0);
    ahead.advance(9000);
    let (shared, p) = common(key(1, 0), ahead);
    assert!(shared == DRAWS - 9000 && p >= alarm, "{shared}, p = {p:e}");
    // One number on: found by values and by correlation.
    let mut ahead = key(1, 0);
    ahead.advance(1);
    let (shared, p) = common(key(1, 0), ahead);
    assert!(shared == DRAWS - 1 && p < alarm, "{shared}, p = {p:e}");
}
