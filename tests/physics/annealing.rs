//! Annealing: its law at a fixed temperature is the one that is known, its noise is the start's own, and slower is lower.

use crate::common::setting::Setting;
use crate::common::surface;
use hspin::descent::{
    Anneal, Annealing, Cooling, Driver, Execution, FullPhase, NoisyStart, Outcome, Protocol, Start,
};
use hspin::hamiltonian::{Isa, Layout, SymmetricTensor};
use hspin::rng::{Role, stream};
use hspin::sphere::random_point;
use rand::RngExt;
use sha2::{Digest, Sha256};

/// Normal deviations beyond which a mean alarms: falsely for 1e-6 of seeds.
const ALARM: f64 = 4.892;

/// A mean over surfaces with its standard error.
struct Mean {
    value: f64,
    error: f64,
}

impl Mean {
    fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let value = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|x| (x - value).powi(2)).sum();
        Self { value, error: (squares / (n - 1.0) / n).sqrt() }
    }

    #[track_caller]
    fn is(&self, expected: f64, truncated: f64) {
        let off = (self.value - expected).abs();
        assert!(off <= ALARM * self.error + truncated, "{} ± {}, {expected}", self.value, self.error);
    }
}

fn starts(spins: usize, dim: usize, instance: u64, count: u64) -> Vec<NoisyStart> {
    let noisy = |id| {
        let ids = [spins as u64, dim as u64, instance, id];
        let point = random_point(&mut stream(3, Role::Start, &ids), dim);
        NoisyStart { start: Start { id, point }, noise_seed: stream(3, Role::Annealing, &ids).random() }
    };
    (0..count).map(noisy).collect()
}

/// Energies per spin at temperature T, moves with rate γ: means of 48 starts on each of so many surfaces, each start
/// averaged over the traced sweeps after `settle` units of time.
fn energies(spins: usize, dim: usize, temperature: f64, rate: f64, settle: f64, surfaces: u64) -> Vec<f64> {
    let settled = (settle / rate) as u64;
    let cooling = Cooling { sweeps: 5 * settled as u32, hot: temperature, cold: temperature, rate };
    let full = FullPhase { steps: 0, ..FullPhase::gd(spins as u32) };
    let of_surface = |instance| {
        let surface = surface(spins, dim, 100 + instance, 0);
        let mut annealing = Annealing::new(
            &surface,
            Anneal { cooling, full },
            Execution { isa: Isa::best(), batch: 48 },
            true,
        );
        annealing.add(starts(spins, dim, instance, 48));
        let mut energies = Vec::new();
        while !annealing.is_idle() {
            for start in annealing.advance().unwrap() {
                let late = start.trace.iter().filter(|place| place.step >= settled);
                energies.extend(late.map(|place| place.energy_per_spin));
            }
        }
        energies.iter().sum::<f64>() / energies.len() as f64
    };
    std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            scope.spawn(move || (half..surfaces).step_by(2).map(of_surface).collect::<Vec<f64>>())
        });
        halves.into_iter().flat_map(|half| half.join().unwrap()).collect()
    })
}

/// Energy per spin of equilibrium, −β and its correction of order 1/Λ: E log Z = log E Z − ½ log(E Z²/(E Z)²) to this
/// order, and E Z²/(E Z)² = E e^{β²Λ R^H} with R the overlap of two uniform points, of variance 1/Λ.
fn equilibrium(spins: usize, dim: usize, beta: f64) -> f64 {
    let dim = dim as f64;
    match spins {
        2 => -beta + beta / (dim * (1.0 - 2.0 * beta * beta)),
        // R³ has no mean; the square of the exponent gives 15 β⁴/(2Λ).
        3 => -beta + 15.0 * beta.powi(3) / (dim * dim),
        _ => unreachable!(),
    }
}

#[test]
fn at_high_temperature_the_energy_is_that_of_the_discrete_moves() {
    // Protocol's formula to first order in 1/T: the next order is β³ times the same relative bias and the
    // finite-size correction, together below the stated truncation.
    for (spins, dim, temperature, rate) in [(3, 40, 6.0, 0.03), (2, 200, 6.0, 0.03), (4, 25, 6.0, 0.02)] {
        let h = spins as f64;
        let found = Mean::of(&energies(spins, dim, temperature, rate, 1.0, 120));
        let expected = -rate * h / ((1.0 + 2.0 * rate * temperature).powf(h / 2.0) - 1.0);
        println!("H = {spins}: {} ± {}, {expected}, {}", found.value, found.error, -1.0 / temperature);
        found.is(expected, 0.002);
        assert!(found.error < 0.0015, "{}", found.error);
        // Negative control at H = 3, 4: the law of exact equilibrium is another.
        if spins == 4 {
            assert!((found.value + 1.0 / temperature).abs() > ALARM * found.error + 0.002, "{}", found.value);
        }
    }
}

#[test]
fn above_the_transition_equilibrium_is_found_as_moves_become_small() {
    // At γ and 2γ; the bias of first order cancels in 2 E(γ) − E(2γ), what is left is below the stated truncation.
    for (spins, dim, temperature, rate) in [(3, 60, 1.6, 0.015), (2, 100, 2.0, 0.02)] {
        let fine = energies(spins, dim, temperature, rate, 6.0, 60);
        let coarse = energies(spins, dim, temperature, 2.0 * rate, 6.0, 60);
        let found: Vec<f64> = fine.iter().zip(&coarse).map(|(fine, coarse)| 2.0 * fine - coarse).collect();
        let found = Mean::of(&found);
        let expected = equilibrium(spins, dim, 1.0 / temperature);
        println!(
            "H = {spins}: {} ± {}, {expected}; fine {} coarse {}",
            found.value,
            found.error,
            Mean::of(&fine).value,
            Mean::of(&coarse).value
        );
        found.is(expected, 0.003);
        assert!(found.error < 0.008, "{}", found.error);
    }
}

/// What README and `Cooling` say of the default rate: near the transition its energies are some tenth above those of
/// equilibrium, more than the formula of high temperature has, and small moves are not.
#[test]
fn moves_at_the_default_rate_stay_a_tenth_above_equilibrium() {
    let default = Anneal::new(3).cooling;
    let temperature = default.hot;
    let off = |rate, settle| {
        let found = Mean::of(&energies(3, 60, temperature, rate, settle, 16));
        println!("rate {rate:.3}: {} ± {}, equilibrium {}", found.value, found.error, -1.0 / temperature);
        1.0 - found.value / equilibrium(3, 60, 1.0 / temperature)
    };
    let (coarse, fine) = (off(default.rate, 20.0), off(0.02, 6.0));
    assert!((0.08..0.13).contains(&coarse), "{coarse}");
    assert!(fine.abs() < 0.04, "{fine}");
}

fn quick_constants(spins: u32, sweeps: u32) -> Anneal {
    let Anneal { cooling, full } = Anneal::new(spins);
    Anneal { cooling: Cooling { sweeps, ..cooling }, full }
}

fn quick(spins: u32, sweeps: u32) -> Protocol {
    Protocol::Anneal(quick_constants(spins, sweeps))
}

#[test]
fn every_order_ends_at_true_minima_after_as_many_sweeps_as_asked() {
    for (spins, dim) in [(2, 20), (3, 2), (3, 30), (4, 12), (6, 6)] {
        let setting = Setting::new(Layout::new(spins, dim), 5, quick(spins as u32, 150));
        for result in setting.run(20) {
            assert_eq!(
                (result.record.outcome, result.record.index),
                (Outcome::Converged, Some(0)),
                "{spins} {dim}"
            );
            assert!((150..150 + 2000).contains(&result.record.steps));
        }
    }
}

#[test]
fn slower_cooling_ends_lower_and_below_descent() {
    // Resources over twenty surfaces; each difference is some tens of its error.
    let mean = |protocol| {
        let mean = |seed| {
            let setting = Setting::new(Layout::new(3, 50), seed, protocol);
            let results = setting.run(48);
            results.iter().map(|result| result.record.energy_per_spin).sum::<f64>() / results.len() as f64
        };
        (0..20).map(mean).collect::<Vec<f64>>()
    };
    let runs = [mean(Protocol::gd(3)), mean(quick(3, 300)), mean(quick(3, 3000))];
    for pair in runs.windows(2) {
        let gains: Vec<f64> = pair[0].iter().zip(&pair[1]).map(|(fast, slow)| fast - slow).collect();
        let gain = Mean::of(&gains);
        println!("{} ± {}", gain.value, gain.error);
        assert!(gain.value > ALARM * gain.error && gain.value > 0.01, "{} ± {}", gain.value, gain.error);
    }
}

#[test]
fn threads_batches_and_instruction_sets_change_no_bit() {
    let plain = Setting { traced: true, ..Setting::new(Layout::new(3, 11), 6, quick(3, 60)) };
    let expected = Setting { threads: 1, isa: Isa::Scalar, ..plain }.run(70);
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        for (threads, batch) in [(1, 1), (2, 7), (3, 33), (2, 64)] {
            let found = Setting { threads, batch, isa, ..plain }.run(70);
            assert_eq!(found, expected, "{}, {threads} threads, batch {batch}", isa.name());
        }
    }
    assert_eq!(plain.run(23), expected[..23], "a start does not depend on how many there are");
}

#[test]
fn a_trace_has_the_cooling_and_the_descent_and_changes_nothing_else() {
    let setting = Setting::new(Layout::new(3, 20), 7, quick(3, 100));
    let traced = Setting { traced: true, ..setting }.run(60);
    for (plain, traced) in setting.run(60).iter().zip(&traced) {
        assert!(plain.trace.is_empty() && plain.record == traced.record);
        assert_eq!(traced.trace[0].step, 0);
        assert!(traced.trace.windows(2).all(|pair| pair[0].step < pair[1].step));
        let after: Vec<_> = traced.trace.iter().filter(|place| place.step >= 100).collect();
        assert_eq!(after[0].step, 100);
        // After the cooling nothing stirs: energy falls, up to single precision.
        assert!(after.windows(2).all(|pair| pair[1].energy_per_spin <= pair[0].energy_per_spin + 1e-6));
        assert!(after.last().unwrap().step <= traced.record.steps);
    }
}

#[test]
fn couplings_of_another_scale_are_cooled_alike() {
    let setting = Setting::new(Layout::new(3, 12), 8, quick(3, 100));
    let couplings = setting.surface().full().rounded::<f64>();
    let plain = setting.run_on(Some(&couplings), 20);
    // A power of two, so that scaling is exact.
    let scale = 2f64.powi(-20);
    let mut coefficients = Vec::new();
    couplings.for_each_coefficient(|_, c| coefficients.push(scale * c));
    let mut next = coefficients.into_iter();
    let scaled = SymmetricTensor::from_coefficients(setting.key.layout, |_| next.next().unwrap());
    for (plain, scaled) in plain.iter().zip(setting.run_on(Some(&scaled), 20)) {
        assert_eq!(plain.record.steps, scaled.record.steps);
        assert!((plain.record.energy - scaled.record.energy / scale).abs() < 1e-9);
    }
}

#[test]
fn annealings_have_their_golden_bits() {
    let digest = |spins: usize, dim: usize| {
        let surface = surface(spins, dim, 7, 0);
        let constants = quick_constants(spins as u32, 50);
        let mut annealing =
            Annealing::new(&surface, constants, Execution { isa: Isa::best(), batch: 48 }, false);
        annealing.add(starts(spins, dim, 0, 20));
        let mut ended = Vec::new();
        while !annealing.is_idle() {
            ended.extend(annealing.advance().unwrap());
        }
        ended.sort_by_key(|start| start.id);
        let mut hash = Sha256::new();
        for start in ended {
            start.point.iter().for_each(|x| hash.update(x.to_le_bytes()));
            hash.update(start.steps.to_le_bytes());
        }
        hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    assert_eq!(
        [digest(3, 30), digest(2, 40), digest(4, 12)],
        ["653f77be2db0fc3d", "73c51587c44927d4", "593fcb47ebefe387"]
    );
}
