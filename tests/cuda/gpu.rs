//! The same checks, and those that need many starts, on a real device.

use hspin::descent::cuda;
use hspin::descent::{Sgd, cuda::Cuda};

use crate::checks::{gradient_error, on_cpu, on_device, polished, starts};
use crate::common;

fn device() -> &'static Cuda {
    cuda::open().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
#[ignore = "needs a GPU"]
fn gradients_on_a_gpu_are_the_cpus_to_1e_5() {
    for (spins, dim, points) in [(2, 300, 1000), (2, 65, 130), (3, 73, 129), (3, 300, 1000), (4, 67, 300)] {
        let error = gradient_error(device(), &common::surface(spins, dim, 3, 0), points);
        assert!(error <= 1e-5, "H = {spins}, Λ = {dim}: {error:e}");
    }
}

#[test]
#[ignore = "needs a GPU"]
fn a_gpu_gives_the_bits_of_the_emulator() {
    let Some(emulator) = crate::emulator::Emulator::new(false) else { return };
    for (spins, dim) in [(2, 19), (3, 21), (4, 10)] {
        let phases = crate::short(spins as u32, [3, 4], 60);
        let surface = common::surface(spins, dim, 4, 3);
        let begin = starts(dim, 0..130);
        let emulated = on_device(&emulator, &surface, phases, &begin);
        for (id, found) in on_device(device(), &surface, phases, &begin) {
            assert_eq!(
                (found.steps, &found.point),
                (emulated[&id].steps, &emulated[&id].point),
                "start {id}"
            );
        }
    }
}

/// Largest distance between two empirical distributions.
fn kolmogorov_smirnov(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let share = |of: &[f64], x: f64| of.partition_point(|&y| y <= x) as f64 / of.len() as f64;
    a.iter().chain(&b).map(|&x| (share(&a, x) - share(&b, x)).abs()).fold(0.0, f64::max)
}

#[test]
fn the_test_of_distributions_tells_them_apart() {
    let at = |shift: f64| (0..1000).map(|i| f64::from(i) + shift).collect::<Vec<_>>();
    assert_eq!(kolmogorov_smirnov(at(0.0), at(0.0)), 0.0);
    assert!((kolmogorov_smirnov(at(0.0), at(100.0)) - 0.1).abs() < 1e-12);
}

/// False alarms: two, each at most 1e-4, as sqrt(ln(2/1e-4)/2) = 2.226 bounds sqrt(nm/(n+m)) D for large samples, and
/// ties make D smaller. Every start polishes to 1e-10.
#[test]
#[ignore = "needs a GPU"]
fn energies_of_gpu_and_cpu_have_one_distribution() {
    const STARTS: u64 = 1000;
    for dim in [100, 200] {
        let surface = common::surface(3, dim, 12, 2);
        let phases = Sgd::paper(3).into();
        // Other starts, so that the samples are independent.
        let found = on_device(device(), &surface, phases, &starts(dim, 0..STARTS));
        let expected = on_cpu(&surface, phases, starts(dim, STARTS..2 * STARTS));
        let [found, expected] = [found, expected].map(|ends| {
            let energies =
                polished(&surface, ends).into_values().map(|polished| polished.end.unwrap().energy);
            energies.collect::<Vec<f64>>()
        });
        let distance = kolmogorov_smirnov(found, expected);
        let bound = 2.226 * (2.0 / STARTS as f64).sqrt();
        assert!(distance < bound, "Λ = {dim}: D = {distance:.4}, at most {bound:.4}");
    }
}
