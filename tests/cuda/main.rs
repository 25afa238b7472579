//! The descent on a device against the CPU's: under emulation everywhere, and on a GPU where there is one
//! (`cargo test --release --features cuda --test cuda -- --ignored`).
#![allow(missing_docs)]

mod checks;
#[path = "../common/mod.rs"]
mod common;
mod emulator;
#[cfg(feature = "cuda")]
mod gpu;

use checks::{distance, gradient_error, on_cpu, on_device, polished, starts};
use emulator::Emulator;
use hspin::descent::{FullPhase, Phases, SamplePhase, Sgd};

/// The default of sgd with other sample tensors, cycles and steps.
pub fn short(spins: u32, [samples, cycles]: [u32; 2], steps: u32) -> Phases {
    let Sgd { sampling, full, .. } = Sgd::paper(spins);
    let sampling = SamplePhase { samples, cycles, ..sampling };
    Phases { sampling: Some(sampling), full: FullPhase { steps, ..full } }
}

#[test]
fn gradients_are_the_cpus_to_1e_5_at_every_order_and_odd_sizes() {
    let Some(device) = Emulator::new(false) else { return };
    // Sizes around tiles of 64 rows and stages of 8 columns; starts around tiles of 128.
    for (spins, dim, points) in [
        (2, 2, 3),
        (2, 65, 130),
        (2, 200, 1),
        (3, 1, 2),
        (3, 7, 129),
        (3, 64, 5),
        (3, 73, 128),
        (4, 9, 131),
        (4, 67, 2),
    ] {
        let surface = common::surface(spins, dim, 3, 0);
        let error = gradient_error(&device, &surface, points);
        assert!(error <= 1e-5, "H = {spins}, Λ = {dim}, {points} points: {error:e}");
    }
}

#[test]
fn a_few_steps_lead_where_the_cpu_goes() {
    let Some(device) = Emulator::new(false) else { return };
    for (spins, dim) in [(2, 19), (3, 21), (4, 10)] {
        let phases = short(spins as u32, [3, 4], 20);
        let surface = common::surface(spins, dim, 4, 3);
        let begin = starts(dim, 0..130);
        let found = on_device(&device, &surface, phases, &begin);
        for (id, expected) in on_cpu(&surface, phases, begin) {
            let found = &found[&id];
            assert_eq!(found.steps, expected.steps, "start {id}");
            let apart = distance(&found.point, &expected.point);
            assert!(apart < 3e-5, "H = {spins}, start {id}: {apart:e}");
        }
    }
}

#[test]
fn starts_end_by_the_rule_of_the_cpu_and_polish_to_a_minimum() {
    let Some(device) = Emulator::new(false) else { return };
    for (spins, dim) in [(3, 18), (4, 9)] {
        let phases = Phases::from(FullPhase { steps: 150, ..FullPhase::gd(spins as u32) });
        let surface = common::surface(spins, dim, 6, 0);
        let begin = starts(dim, 0..140);
        let found = on_device(&device, &surface, phases, &begin);
        let expected = on_cpu(&surface, phases, begin);
        let early = expected.values().filter(|start| start.steps < 150).count();
        assert!((20..140).contains(&early), "{early} starts end before the last step");
        let mut others = 0;
        for (id, expected) in &expected {
            let found = &found[id];
            if found.steps < 150 {
                let (_, gradient) = common::energy_gradient(&surface, &found.point);
                let radial = found.point.iter().zip(&gradient).map(|(w, g)| w * g).sum::<f64>() / dim as f64;
                let square: f64 =
                    found.point.iter().zip(&gradient).map(|(w, g)| (g - radial * w).powi(2)).sum();
                let norm = (square / dim as f64).sqrt();
                assert!(norm <= 1.01 * phases.full.handover, "start {id} ended at {norm:e}");
            }
            // Rounding moves where a slow start ends by a step or two; a rare one falls to the other side of a saddle.
            others += usize::from(found.steps.abs_diff(expected.steps) > 2);
        }
        assert!(others <= 3, "{others} starts take another number of steps");
        let (found, expected) = (polished(&surface, found), polished(&surface, expected));
        let energies = found.iter().filter(|(id, found)| {
            let expected = expected[id].end.as_ref().unwrap().energy;
            (found.end.as_ref().unwrap().energy - expected).abs() > 1e-9
        });
        assert!(energies.count() <= 3);
    }
}

#[test]
fn bits_of_a_start_depend_on_no_neighbour_column_or_order_of_threads() {
    let (Some(device), Some(reversed)) = (Emulator::new(false), Emulator::new(true)) else { return };
    let dim = 17;
    let mut phases = short(3, [2, 2], 60);
    phases.full.handover = 0.05;
    let surface = common::surface(3, dim, 5, 2);
    let all = on_device(&device, &surface, phases, &starts(dim, 0..133));
    let steps: std::collections::BTreeSet<u64> = all.values().map(|start| start.steps).collect();
    assert!(steps.len() > 5, "all ended together, so that no column was ever used again");
    let few = on_device(&reversed, &surface, phases, &starts(dim, [132, 7, 61]));
    for (id, few) in few {
        assert_eq!((few.steps, &few.point), (all[&id].steps, &all[&id].point), "start {id}");
    }
}

#[test]
fn a_start_that_is_not_finite_ends_at_once_and_disturbs_nobody() {
    let Some(device) = Emulator::new(false) else { return };
    let dim = 12;
    let phases = Phases::from(FullPhase { steps: 30, ..FullPhase::gd(3) });
    let surface = common::surface(3, dim, 8, 0);
    let sound = on_device(&device, &surface, phases, &starts(dim, 0..4));
    let mut with_nan = starts(dim, 0..4);
    with_nan[2].point[5] = f64::NAN;
    let found = on_device(&device, &surface, phases, &with_nan);
    assert_eq!(found[&2].steps, 0);
    for id in [0, 1, 3] {
        assert_eq!((found[&id].steps, &found[&id].point), (sound[&id].steps, &sound[&id].point));
    }
}

#[test]
fn the_emulator_sees_a_wrong_launch() {
    use hspin::descent::device::{Arg, Device, DeviceKernel, Launch};
    let Some(device) = Emulator::new(false) else { return };
    let outcome = std::panic::catch_unwind(|| {
        let (points, fresh) = (device.zeros(12).unwrap(), device.upload(&[1; 16]).unwrap());
        // Four starts where there is room for three.
        let args = [Arg::Buffer(&points), Arg::U32(3), Arg::U32(4), Arg::Buffer(&fresh)];
        device.launch(&Launch { kernel: DeviceKernel::Put, grid: [4, 1], args: &args }).unwrap();
    });
    let said = outcome.unwrap_err();
    assert_eq!(said.downcast_ref::<&str>(), Some(&"a kernel wrote beyond its memory"));
}
