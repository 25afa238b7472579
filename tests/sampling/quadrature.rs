//! Λ = 3: every mean is an integral over the sphere.

use hspin::hamiltonian::{Law, Model, Spike, Surface};
use hspin::numeric::quadrature::gauss_legendre;
use hspin::sampling::{Rules, Schedule};

use super::{ALARM, ALWAYS_EXCHANGED, NO_REJECTION, ONE_SIDED, STRONG_KICKS, deviation, draw, model, sample};

/// Means under e^{−L/T}.
struct Means {
    energy: f64,
    square: f64,
    /// Of the overlap of two independent points: |⟨w⟩|²/Λ.
    overlap: f64,
    spike_overlap: f64,
}

/// By Gauss–Legendre in cos θ and equal steps in φ; energies are sums monomial by monomial, not those of the kernels.
fn means(surface: &Surface, temperature: f64) -> Means {
    let (nodes, around) = (gauss_legendre(60), 120);
    let hidden = surface.spike().map_or(vec![0.0; 3], |spike| spike.vector().to_vec());
    let mut points = Vec::new();
    for node in &nodes {
        let (height, radius) = (node.x, (1.0 - node.x * node.x).sqrt());
        for step in 0..around {
            let angle = std::f64::consts::TAU * f64::from(step) / f64::from(around);
            let (sine, cosine) = angle.sin_cos();
            points.push((node.weight, [radius * cosine, radius * sine, height].map(|x| x * 3f64.sqrt())));
        }
    }
    let energies: Vec<f64> = points.iter().map(|(_, point)| surface.plain_sums(&[point])[0].energy).collect();
    let least = energies.iter().copied().fold(f64::INFINITY, f64::min);
    let (mut weight, mut sums, mut place, mut along) = (0.0, [0.0; 2], [0.0_f64; 3], 0.0);
    for ((share, point), energy) in points.iter().zip(&energies) {
        let w = share * (-(energy - least) / temperature).exp();
        weight += w;
        sums[0] += w * energy;
        sums[1] += w * energy * energy;
        (0..3).for_each(|i| place[i] += w * point[i]);
        along += w * (0..3).map(|i| point[i] * hidden[i]).sum::<f64>() / 3.0;
    }
    let [energy, square] = sums.map(|sum| sum / weight);
    let overlap = place.iter().map(|x| (x / weight).powi(2)).sum::<f64>() / 3.0;
    Means { energy, square, overlap, spike_overlap: along / weight }
}

fn models() -> [Model; 3] {
    let spike = Spike { strength: 0.6, order: 2 };
    [
        Model::pure(3),
        model(&[(2, 0.5), (4, 0.7)], Law::Gaussian, None),
        model(&[(1, 0.1), (3, 0.9)], Law::Sign, Some(spike)),
    ]
}

/// Deviations of energy, its square, overlap and spike overlap at each temperature from those of quadrature.
fn deviations(model: &Model, rules: Rules) -> Vec<f64> {
    let schedule = Schedule {
        temperatures: vec![0.25, 0.5, 1.0],
        replicas: 8,
        sweeps: 6000,
        burn_in: 500,
        steps: 4,
        exchange: true,
    };
    let surface = draw(model, 3, 0);
    let sampled = sample(&surface, &schedule, 0, rules);
    let mut all = Vec::new();
    for rung in &sampled.rungs {
        let exact = means(&surface, rung.temperature);
        let squares: Vec<Vec<f64>> =
            rung.energies.iter().map(|chain| chain.iter().map(|energy| energy * energy).collect()).collect();
        all.push(deviation(&rung.energies, exact.energy));
        all.push(deviation(&squares, exact.square));
        // Pairs that share no replica: 1 with 0, 3 with 2, ….
        let apart: Vec<Vec<f64>> = [0, 5, 14, 27].map(|pair| rung.overlaps[pair].clone()).to_vec();
        all.push(deviation(&apart, exact.overlap));
        if surface.spike().is_some() {
            all.push(deviation(&rung.spike_overlaps, exact.spike_overlap));
        }
    }
    all
}

fn largest(deviations: &[f64]) -> f64 {
    deviations.iter().fold(0.0, |largest, z| largest.max(z.abs()))
}

/// 30 comparisons, each of which alarms falsely for 1e-6 of seeds.
#[test]
fn means_are_those_of_quadrature_for_any_model() {
    for model in models() {
        for rules in [Rules::EXACT, STRONG_KICKS] {
            let found = deviations(&model, rules);
            println!("{rules:?}: {found:.2?}");
            assert!(largest(&found) < ALARM, "{model:?} {rules:?}: {found:.2?}");
        }
    }
}

/// The same comparisons see each bias, by more than one and a half times the alarm.
#[test]
fn a_biased_move_is_seen() {
    let model = Model::pure(3);
    for rules in [NO_REJECTION, ONE_SIDED, ALWAYS_EXCHANGED] {
        let found = largest(&deviations(&model, rules));
        println!("{rules:?}: {found:.1}");
        assert!(found > 1.5 * ALARM, "{rules:?}: {found}");
    }
}

/// A wrong temperature is seen, too: of five percent, without exchange.
#[test]
fn a_temperature_that_is_five_percent_off_is_seen() {
    let surface = draw(&Model::pure(3), 3, 0);
    let schedule = Schedule {
        temperatures: vec![0.5 * 1.05],
        replicas: 24,
        sweeps: 4000,
        burn_in: 500,
        steps: 4,
        exchange: false,
    };
    let energies = &sample(&surface, &schedule, 0, Rules::EXACT).rungs[0].energies;
    let [right, wrong] =
        [0.5 * 1.05, 0.5].map(|temperature| deviation(energies, means(&surface, temperature).energy));
    println!("{right} {wrong}");
    assert!(right.abs() < ALARM && wrong.abs() > ALARM, "{right} {wrong}");
}
