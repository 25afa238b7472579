//! Descents end where they must.

use crate::common::dense_contraction;
use crate::common::setting::{Setting, scaled};
use hspin::descent::{FullPhase, MethodName, Outcome, Protocol, Rules, SamplePhase, Sgd, Sought};
use hspin::hamiltonian::{Isa, Layout, SurfaceKey, SymmetricTensor};
use hspin::numeric::symmetric::Symmetric;

fn setting(spins: usize, dim: usize, protocol: Protocol) -> Setting {
    Setting::new(Layout::new(spins, dim), 4, protocol)
}

/// The default of sgd with other numbers of steps.
fn short(cycles: u32, full_steps: u32) -> Protocol {
    let Sgd { sampling, full, device } = Sgd::paper(3);
    let sampling = SamplePhase { cycles, ..sampling };
    Protocol::Sgd(Sgd { sampling, full: FullPhase { steps: full_steps, ..full }, device })
}

/// Every method that seeks minima, whichever methods there are.
fn protocols(spins: u32) -> Vec<Protocol> {
    let paper = Sgd::paper(spins);
    let three = Sgd { sampling: SamplePhase { samples: 3, ..paper.sampling }, ..paper };
    let all = MethodName::ALL.map(|name| name.at_order(spins));
    let minima = all.into_iter().filter(|protocol| protocol.method().sought() == Sought::Minima);
    minima.chain([Protocol::Sgd(three)]).collect()
}

#[test]
fn every_method_ends_at_a_true_minimum_of_every_order() {
    for (spins, dim) in [(2, 20), (3, 2), (3, 30), (4, 15), (5, 8), (6, 6)] {
        for protocol in protocols(spins) {
            let setting = setting(spins as usize, dim, protocol);
            let dense = setting.surface().to_dense();
            for result in setting.run(30) {
                let record = &result.record;
                assert_eq!(record.outcome, Outcome::Converged, "{record:?}");
                assert_eq!(record.index, Some(0), "{record:?}");
                assert!(record.energy_per_spin <= record.descent_energy_per_spin + 1e-14);
                // The gradient by a second path: the dense tensor.
                let w = &result.point;
                let scale = spins as f64 * (dim as f64).powf(-0.5 * f64::from(spins - 1));
                let gradient: Vec<f64> = dense_contraction(&dense, w, 1).iter().map(|g| scale * g).collect();
                let radial = w.iter().zip(&gradient).map(|(w, g)| w * g).sum::<f64>() / dim as f64;
                let square: f64 = w.iter().zip(&gradient).map(|(w, g)| (g - radial * w).powi(2)).sum();
                assert!((square / dim as f64).sqrt() < 2e-10, "H={spins} Λ={dim}");
                let length: f64 = w.iter().map(|x| x * x).sum();
                assert!((length / dim as f64 - 1.0).abs() < 1e-14);
            }
        }
    }
}

#[test]
fn at_order_two_every_start_ends_at_the_lowest_eigenvector() {
    for protocol in protocols(2) {
        let dim = 40;
        let setting = setting(2, dim, protocol);
        let dense = setting.surface().to_dense();
        let matrix = Symmetric::from_lower(dim, |i, j| dense[i * dim + j]);
        let eigen = matrix.eigen().unwrap();
        // L = Λ^{-1/2} wᵀ X w with |w|² = Λ, so u = λ_0/√Λ and the Hessian's smallest eigenvalue is 2(λ_1 − λ_0)/√Λ.
        let root = (dim as f64).sqrt();
        for result in setting.run(50) {
            assert!((result.record.energy_per_spin - eigen.values[0] / root).abs() < 1e-13);
            let gap = 2.0 * (eigen.values[1] - eigen.values[0]) / root;
            assert!((result.record.min_eigenvalue - gap).abs() < 1e-8);
            let along = eigen.coordinates(&result.point)[0].abs() / root;
            assert!((along - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn threads_batches_and_instruction_sets_change_no_bit() {
    let protocol = short(20, 60);
    let base = setting(3, 13, protocol);
    let expected = base.run(70);
    for threads in [1, 2, 3] {
        for batch in [1, 7, 16, 33, 64, 200] {
            let setting = Setting { threads, batch, ..setting(3, 13, protocol) };
            assert_eq!(setting.run(70), expected, "{threads} threads, batch {batch}");
        }
    }
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        let setting = Setting { isa, ..setting(3, 13, protocol) };
        assert_eq!(setting.run(70), expected, "{}", isa.name());
    }
    let fewer = base.run(23);
    assert_eq!(fewer, expected[..23], "a start does not depend on how many there are");
}

#[test]
fn at_sizes_of_several_segments_instruction_sets_change_no_bit() {
    let protocol = short(3, 12);
    let expected = setting(3, 140, protocol).run(4);
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        let setting = Setting { isa, batch: 3, threads: 1, ..setting(3, 140, protocol) };
        assert_eq!(setting.run(4), expected, "{}", isa.name());
    }
}

#[test]
fn a_tensor_of_any_scale_has_the_same_descents() {
    for protocol in protocols(3) {
        let setting = setting(3, 12, protocol);
        let couplings = setting.surface().full().rounded::<f64>();
        let plain = setting.run_on(Some(&couplings), 20);
        // Powers of two, so that scaling is exact.
        for scale in [2f64.powi(-40), 2f64.powi(20)] {
            let scaled = scaled(&couplings, scale);
            for (plain, scaled) in plain.iter().zip(setting.run_on(Some(&scaled), 20)) {
                assert_eq!(scaled.record.outcome, Outcome::Converged);
                assert_eq!(
                    (plain.record.index, plain.record.steps),
                    (scaled.record.index, scaled.record.steps)
                );
                let energy = scaled.record.energy / scale;
                assert!((plain.record.energy - energy).abs() < 1e-9, "{energy} {}", plain.record.energy);
            }
        }
    }
}

#[test]
fn a_degenerate_minimum_has_no_negative_eigenvalue_but_undecided_ones() {
    // L = −w·w at H = 2: every point is a minimum, with a Hessian of zeros up to rounding.
    let dense: Vec<f64> = (0..36).map(|place| if place % 7 == 0 { -1.0 } else { 0.0 }).collect();
    let couplings = SymmetricTensor::from_dense(&[6, 6], &dense).unwrap();
    for result in setting(2, 6, Protocol::gd(2)).run_on(Some(&couplings), 20) {
        assert_eq!((result.record.index, result.record.undecided), (Some(0), Some(5)), "{:?}", result.record);
    }
}

/// Share of starts on ten surfaces at Λ = 60 that end at the same minimum as under the published constants.
fn same_minimum(protocol: Protocol) -> f64 {
    let records = |protocol, instance| {
        let plain = setting(3, 60, protocol);
        let key = SurfaceKey { seed: 1, instance, ..plain.key };
        Setting { key, ..plain }.run(48).into_iter().map(|result| result.record)
    };
    let same = (0..10).flat_map(|instance| {
        let pairs = records(protocol, instance).zip(records(Protocol::literal(3), instance));
        pairs.map(|(ours, published)| {
            let near = |x: f64, y: f64, tolerance| (x - y).abs() <= tolerance;
            ours.converged()
                && near(ours.energy_per_spin, published.energy_per_spin, 1e-10)
                && near(ours.min_eigenvalue, published.min_eigenvalue, 1e-6)
        })
    });
    f64::from(same.filter(|&same| same).count() as u32) / 480.0
}

/// The sample phase decides where a start ends, the hand-over to the polish hardly ever. 99.4 % of these 480 starts end at
/// the same minimum; with a third of the sample phase, the default of 0.1, 95.0 %.
#[test]
fn starts_end_at_the_minima_of_the_published_constants() {
    let [default, shorter] =
        [Rules::CURRENT, Rules::FIRST].map(|rules| same_minimum(Protocol::paper_by(rules, 3)));
    assert!(default >= 0.985, "{default}");
    assert!(shorter <= 0.965, "{shorter}");
    let sooner = Protocol::Sgd(Sgd { full: Sgd::paper(3).full, ..Sgd::literal(3) });
    assert!(same_minimum(sooner) >= 0.995);
}

#[test]
fn a_trace_falls_and_changes_nothing_else() {
    let plain = setting(3, 25, Protocol::gd(3)).run(10);
    let traced = Setting { traced: true, ..setting(3, 25, Protocol::gd(3)) }.run(10);
    for (plain, traced) in plain.iter().zip(&traced) {
        assert_eq!((&plain.record, &plain.point), (&traced.record, &traced.point));
        assert!(plain.trace.is_empty());
        assert_eq!(traced.trace[0].step, 0);
        for pair in traced.trace.windows(2) {
            assert!(pair[0].step < pair[1].step);
            assert!(pair[1].energy_per_spin <= pair[0].energy_per_spin + 1e-6);
        }
    }
    let sgd = Setting { traced: true, ..setting(3, 25, Protocol::paper(3)) }.run(10);
    assert!(sgd.iter().all(|result| result.trace[0].step == 0 && result.trace.len() > 15));
}
