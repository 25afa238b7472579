//! Couplings and starts have the laws they claim, and tests of a stated power would say so if not.
//!
//! False alarms: see `statistics`. With N = 8·10⁶ couplings a variance that is 0.5 % off shifts its statistic by
//! 0.005 √(N/2) = 10 standard deviations, of which the alarm at p < 1e-6/23 takes 5.5: it is missed with a probability
//! of 3e-6. Each bias in [`biases`] is fed to the very statistic that must see it.

use hspin::descent::{FullPhase, Gd, Protocol};
use hspin::hamiltonian::{Contraction, Isa, Landscape, Layout, Surface, SurfaceKey};
use hspin::numeric::lanes::PointLanes;
use hspin::rng::{Role, stream};
use hspin::sphere::{overlap, random_point, retract};
use rand::RngExt;
use statrs::distribution::{Beta, ContinuousCDF};

use crate::common::setting::Setting;
use crate::common::{point, serial};
use crate::statistics::{alarm, chi_square, kolmogorov, mean, normal, rare};
use crate::tally::Tally;

/// Where the ziggurat's own tail begins.
const ZIGGURAT_TAIL: f64 = 3.654152885361009;
const TAILS: [f64; 7] = [2.0, 3.0, 3.5, ZIGGURAT_TAIL, 4.0, 4.5, 5.0];
const LAGS: [usize; 4] = [1, 2, 3, 16];

fn draw(spins: usize, dim: usize, instance: u64) -> Surface {
    let key = SurfaceKey { seed: 20, layout: Layout::new(spins, dim), instance };
    Surface::draw(&key, 0, &serial)
}

fn factorial(n: usize) -> f64 {
    (1..=n).map(|k| k as f64).product()
}

/// Lengths of the runs of equal indices, longest first.
fn runs(indices: &[usize]) -> Vec<usize> {
    let mut runs: Vec<usize> = indices.chunk_by(|a, b| a == b).map(<[usize]>::len).collect();
    runs.sort_unstable_by(|a, b| b.cmp(a));
    runs
}

/// Orderings of a multiset of sorted indices.
fn orderings(indices: &[usize]) -> f64 {
    let repeats = indices.chunk_by(|a, b| a == b).map(|run| factorial(run.len()));
    factorial(indices.len()) / repeats.product::<f64>()
}

/// The standard normals behind so many couplings, in the order they are drawn.
fn normals(count: usize) -> Vec<f64> {
    let mut normals = Vec::with_capacity(count);
    let mut instance = 0;
    while normals.len() < count {
        draw(3, 150, instance).for_each_coefficient(|indices, c| normals.push(c / orderings(indices).sqrt()));
        instance += 1;
    }
    normals.truncate(count);
    normals
}

/// z of a power's mean: E x^k and Var x^k of a standard normal.
fn moment(sample: &[f64], power: i32, expected: f64, variance: f64) -> f64 {
    let n = sample.len() as f64;
    let mean = sample.iter().map(|x| x.powi(power)).sum::<f64>() / n;
    normal((mean - expected) * (n / variance).sqrt())
}

/// p of the number of values beyond a threshold, on the side of its sign.
fn tail(sample: &[f64], threshold: f64) -> f64 {
    let n = sample.len() as f64;
    let beyond = |x: f64| if threshold > 0.0 { x > threshold } else { x < threshold };
    let count = sample.iter().filter(|&&x| beyond(x)).count() as u64;
    let chance = 0.5 * libm::erfc(threshold.abs() / std::f64::consts::SQRT_2);
    let expected = n * chance;
    if expected < 1000.0 {
        return rare(count, expected);
    }
    normal((count as f64 - expected) / (expected * (1.0 - chance)).sqrt())
}

fn lag(sample: &[f64], lag: usize) -> f64 {
    let products = sample.iter().zip(&sample[lag..]).map(|(a, b)| a * b);
    normal(products.sum::<f64>() / ((sample.len() - lag) as f64).sqrt())
}

fn gauss(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

/// p-value of a statistic of independent standard normals.
#[derive(Debug, Clone, Copy)]
enum Statistic {
    Mean,
    Variance,
    Skewness,
    Kurtosis,
    Distribution,
    Tail(f64),
    Lag(usize),
}

impl Statistic {
    fn all() -> Vec<Self> {
        let mut all = vec![Self::Mean, Self::Variance, Self::Skewness, Self::Kurtosis, Self::Distribution];
        all.extend(TAILS.into_iter().flat_map(|t| [Self::Tail(t), Self::Tail(-t)]));
        all.extend(LAGS.map(Self::Lag));
        all
    }

    fn p(self, sample: &[f64]) -> f64 {
        match self {
            Self::Mean => moment(sample, 1, 0.0, 1.0),
            Self::Variance => moment(sample, 2, 1.0, 2.0),
            Self::Skewness => moment(sample, 3, 0.0, 15.0),
            Self::Kurtosis => moment(sample, 4, 3.0, 96.0),
            Self::Distribution => kolmogorov(sample, gauss),
            Self::Tail(threshold) => tail(sample, threshold),
            Self::Lag(by) => lag(sample, by),
        }
    }
}

type Bias = (&'static str, fn(f64, f64) -> f64, Statistic);

/// Ways to be wrong, as functions of a value and the one before it, and who must find them at N = 8·10⁶.
fn biases() -> [Bias; 9] {
    [
        ("variance 0.5 % too large", |x, _| x * 1.005f64.sqrt(), Statistic::Variance),
        ("variance 0.5 % too small", |x, _| x * 0.995f64.sqrt(), Statistic::Variance),
        ("mean of 0.004", |x, _| x + 0.004, Statistic::Mean),
        ("third moment of 0.018", |x, _| x + 0.003 * (x * x - 1.0), Statistic::Skewness),
        ("fourth moment of 3.036", |x, _| x + 0.0015 * (x * x * x - 3.0 * x), Statistic::Kurtosis),
        ("rippled by 0.005", |x, _| x + 0.005 * (3.0 * x).sin(), Statistic::Distribution),
        ("no tail", |x, _| if x.abs() > ZIGGURAT_TAIL { x / 2.0 } else { x }, Statistic::Tail(4.0)),
        (
            "tail stretched by 3 %",
            |x, _| if x < -ZIGGURAT_TAIL { 1.03 * x } else { x },
            Statistic::Tail(-4.0),
        ),
        ("neighbours correlated by 0.004", |x, before| x + 0.004 * before, Statistic::Lag(1)),
    ]
}

fn try_normals(tally: &mut Tally, sample: &[f64]) {
    let all = Statistic::all();
    for &statistic in &all {
        let p = statistic.p(sample);
        tally.check(p >= alarm(all.len()), || {
            format!("{statistic:?} of {} couplings: p = {p:e}", sample.len())
        });
    }
}

#[test]
fn couplings_are_independent_normals_and_a_bias_of_half_a_percent_would_show() {
    let mut tally = Tally::new("sampler, couplings");
    let sample = normals(8_000_000);
    try_normals(&mut tally, &sample);
    for (name, bias, statistic) in biases() {
        let mut before = 0.0;
        let biased: Vec<f64> = sample.iter().map(|&x| bias(x, std::mem::replace(&mut before, x))).collect();
        let p = statistic.p(&biased);
        tally.check(p < alarm(Statistic::all().len()), || {
            format!("{name} is not seen by {statistic:?}: p = {p:e}")
        });
    }
    tally.end();
}

#[test]
#[ignore = "long: 10^8 couplings"]
fn so_are_a_hundred_million() {
    let mut tally = Tally::new("sampler, 10^8 couplings");
    try_normals(&mut tally, &normals(100_000_000));
    tally.end();
}

/// Each class of multisets (by its runs of equal indices) has the variance of its number of orderings; 10 % off
/// shifts the smallest class, of 20 300, by 10 standard deviations.
#[test]
fn every_class_of_couplings_has_the_variance_of_its_orderings() {
    let mut tally = Tally::new("sampler, multiplicities");
    // Two statistics of each class: there are as many classes as partitions of H.
    let alarm = alarm(2 * (2 + 3 + 5 + 7 + 11));
    for (spins, dim) in [(2, 12), (3, 8), (4, 7), (5, 7), (6, 7)] {
        let mut classes = std::collections::BTreeMap::<Vec<usize>, (f64, f64, f64)>::new();
        for instance in 0..2900 {
            draw(spins, dim, instance).for_each_coefficient(|indices, c| {
                let x = c / orderings(indices).sqrt();
                let (count, sum, squares) = classes.entry(runs(indices)).or_default();
                (*count, *sum, *squares) = (*count + 1.0, *sum + x, *squares + x * x);
            });
        }
        for (class, (count, sum, squares)) in classes {
            let (p, q) = (chi_square(squares, count), normal(sum / count.sqrt()));
            tally.check(p >= alarm && q >= alarm, || format!("H = {spins}, {class:?}: p = {p:e}, {q:e}"));
            for factor in [0.9, 1.1] {
                let p = chi_square(factor * squares, count);
                tally.check(p < alarm, || format!("H = {spins}, {class:?}: {factor} is not seen, p = {p:e}"));
            }
        }
    }
    tally.end();
}

/// Entries of sample tensors are N(0, 1/P), and those of different tensors independent.
#[test]
fn sample_tensors_have_their_variance_and_are_independent() {
    let mut tally = Tally::new("sampler, sample tensors");
    // Four statistics of 2 + 3 + 8 tensors, one of each pair.
    let alarm = alarm(4 * 13 + 1 + 3 + 28);
    for samples in [2, 3, 8] {
        let key = SurfaceKey { seed: 21, layout: Layout::new(3, 80), instance: 0 };
        let surface = Surface::draw(&key, samples, &serial);
        let of = |b: usize| {
            let mut normals = Vec::new();
            let scale = (samples as f64).sqrt();
            surface.samples()[b]
                .for_each_coefficient(|indices, c| normals.push(scale * c / orderings(indices).sqrt()));
            normals
        };
        let tensors: Vec<Vec<f64>> = (0..samples).map(of).collect();
        for (b, x) in tensors.iter().enumerate() {
            for statistic in
                [Statistic::Mean, Statistic::Variance, Statistic::Distribution, Statistic::Lag(1)]
            {
                let p = statistic.p(x);
                tally.check(p >= alarm, || format!("P = {samples}, b = {b}, {statistic:?}: p = {p:e}"));
            }
            for (c, y) in tensors.iter().enumerate().skip(b + 1) {
                let n = x.len() as f64;
                let correlation = |shift: f64| {
                    normal(x.iter().zip(y).map(|(x, y)| x * (y + shift * x)).sum::<f64>() / n.sqrt())
                };
                let p = correlation(0.0);
                tally.check(p >= alarm, || format!("P = {samples}: tensors {b} and {c}, p = {p:e}"));
                tally.check(correlation(0.04) < alarm, || "a correlation of 0.04 is not seen".to_owned());
            }
        }
    }
    tally.end();
}

/// L(w) and L(w′) are jointly normal with variance Λ and covariance Λ q^H, so Σ(L ± L′)²/(2Λ(1 ± q^H)) over N
/// instances is χ² with N degrees of freedom, exactly.
fn try_covariances(tally: &mut Tally, instances: u64) {
    const OVERLAPS: [f64; 6] = [0.9, 0.5, 0.1, 0.0, -0.5, -0.9];
    let alarm = alarm(2 * 5 * OVERLAPS.len());
    for (spins, dim) in [(2, 10), (3, 8), (4, 6), (5, 5), (6, 4)] {
        let w = point(dim, 1);
        let mut block = PointLanes::<f64>::new(dim);
        block.push(&w);
        for q in OVERLAPS {
            block.push(&at_overlap(&w, q));
        }
        let mut sums = [[0.0f64; 2]; OVERLAPS.len()];
        let mut out = Contraction::new(dim);
        for instance in 0..instances {
            draw(spins, dim, instance).contract_exact(Isa::best(), &block, &mut out);
            let energies = out.energy.as_ref();
            for (sums, other) in sums.iter_mut().zip(&energies[1..]) {
                sums[0] += (energies[0] + other).powi(2);
                sums[1] += (energies[0] - other).powi(2);
            }
        }
        let p = |k: usize, order: i32, factor: f64| {
            let covariance = OVERLAPS[k].powi(order);
            let scales = [1.0, -1.0].map(|sign| 2.0 * dim as f64 * (1.0 + sign * covariance));
            [0, 1].map(|i| chi_square(factor * sums[k][i] / scales[i], instances as f64))
        };
        for (k, q) in OVERLAPS.into_iter().enumerate() {
            let found = p(k, spins as i32, 1.0);
            tally.check(found.iter().all(|&p| p >= alarm), || format!("H = {spins}, q = {q}: p = {found:?}"));
            let biased = p(k, spins as i32, 1.07);
            tally.check(biased.iter().all(|&p| p < alarm), || {
                format!("H = {spins}, q = {q}: 7 % is not seen")
            });
        }
        for order in [spins as i32 - 1, spins as i32 + 1] {
            let wrong = p(0, order, 1.0);
            tally.check(wrong[1] < alarm, || {
                format!("H = {spins}: order {order} is not told apart: {wrong:?}")
            });
        }
    }
}

/// The point at this overlap with w, in a fixed direction.
fn at_overlap(w: &[f64], q: f64) -> Vec<f64> {
    let aside = point(w.len(), 2);
    let along = overlap(&aside, w);
    let mut normal: Vec<f64> = aside.iter().zip(w).map(|(a, w)| a - along * w).collect();
    retract(&mut normal);
    w.iter().zip(&normal).map(|(w, n)| q * w + (1.0 - q * q).sqrt() * n).collect()
}

#[test]
fn energies_at_two_points_have_the_covariance_of_their_overlap() {
    let mut tally = Tally::new("sampler, covariance law");
    try_covariances(&mut tally, 40_000);
    tally.end();
}

#[test]
#[ignore = "long: 200 000 surfaces of each order"]
fn so_they_have_over_many_more_surfaces() {
    let mut tally = Tally::new("sampler, covariance law, long");
    try_covariances(&mut tally, 200_000);
    tally.end();
}

/// A start as the executor draws it; see [`runs_begin_at_these_starts`].
fn start(dim: usize, instance: u64, id: u64) -> Vec<f64> {
    random_point(&mut stream(20, Role::Start, &[3, dim as u64, instance, id]), dim)
}

/// p-values of what is known of uniform points on the sphere.
fn uniformity(starts: &[Vec<f64>]) -> Vec<(&'static str, f64)> {
    let dim = starts[0].len() as f64;
    let of = |f: &dyn Fn(&Vec<f64>) -> f64| starts.iter().map(f).collect::<Vec<f64>>();
    let half = Beta::new(0.5, 0.5 * (dim - 1.0)).unwrap();
    let both = Beta::new(0.5 * (dim - 1.0), 0.5 * (dim - 1.0)).unwrap();
    let overlaps: Vec<f64> = starts
        .chunks_exact(2)
        .map(|pair| 0.5 * (1.0 + overlap(&pair[0], &pair[1])).clamp(0.0, 2.0))
        .collect();
    let last = starts[0].len() - 1;
    vec![
        ("sum of coordinates", mean(&of(&|w| w.iter().sum()), 0.0)),
        ("first times last", mean(&of(&|w| w[0] * w[last]), 0.0)),
        ("fourth powers", mean(&of(&|w| w.iter().map(|x| x.powi(4)).sum()), 3.0 * dim * dim / (dim + 2.0))),
        ("first coordinate", kolmogorov(&of(&|w| w[0] * w[0] / dim), |x| half.cdf(x.min(1.0)))),
        ("last coordinate", kolmogorov(&of(&|w| w[last] * w[last] / dim), |x| half.cdf(x.min(1.0)))),
        ("overlaps", kolmogorov(&overlaps, |x| both.cdf(x))),
    ]
}

#[test]
fn starts_are_uniform_on_the_sphere_and_points_of_a_cube_are_not() {
    let mut tally = Tally::new("sampler, starts");
    // Six statistics at four sizes.
    let alarm = alarm(6 * 4);
    for dim in [3, 4, 10, 50] {
        let count = 40_000;
        let starts: Vec<Vec<f64>> = (0..count).map(|k| start(dim, k / 100, k % 100)).collect();
        for (name, p) in uniformity(&starts) {
            tally.check(p >= alarm, || format!("Λ = {dim}, {name}: p = {p:e}"));
        }
        // A cube's random points, made as long: the classic mistake.
        let mut rng = stream(1, Role::Probe, &[dim as u64]);
        let mut in_cube = || {
            let mut w: Vec<f64> = (0..dim).map(|_| rng.random_range(-1.0..1.0)).collect();
            retract(&mut w);
            w
        };
        let cube: Vec<Vec<f64>> = (0..count).map(|_| in_cube()).collect();
        let worst = uniformity(&cube).into_iter().map(|(_, p)| p).fold(1.0, f64::min);
        tally.check(worst < alarm, || format!("Λ = {dim}: a cube is not told from a sphere, p = {worst:e}"));
    }
    tally.end();
}

/// A run without descent: the overlap it records between start and end is that of the start drawn here.
#[test]
fn runs_begin_at_these_starts() {
    let mut tally = Tally::new("sampler, starts of runs");
    let gd = Gd::new(3);
    let none = Protocol::Gd(Gd { full: FullPhase { steps: 0, ..gd.full }, ..gd });
    for dim in [5, 30] {
        for result in Setting::new(Layout::new(3, dim), 20, none).run(40) {
            let recorded = result.record.polish_overlap;
            let of = |id: u32| overlap(&start(dim, 0, u64::from(id)), &result.point);
            let id = result.record.start;
            // Starts are rounded to single precision.
            tally.check((of(id) - recorded).abs() < 1e-6, || format!("{recorded}: {:?}", result.record));
            tally.check((of(id + 1) - recorded).abs() > 1e-6, || format!("{recorded}: {:?}", result.record));
        }
    }
    tally.end();
}
