//! Saddle searches end at critical points of every index, near the energies they were sent to.

use crate::common::dense_contraction;
use crate::common::setting::{Setting, scaled};
use hspin::critical::{SaddleSearch, Spectrum};
use hspin::descent::{Descended, Evaluated, Outcome, Protocol, Rules, Saddle, StartInputs, evaluate};
use hspin::hamiltonian::{Isa, Layout, SymmetricTensor};
use hspin::numeric::symmetric::Symmetric;
use hspin::studies::surfaces::StartResult;

fn setting(spins: usize, dim: usize) -> Setting {
    Setting::new(Layout::new(spins, dim), 11, Protocol::saddle(spins as u32))
}

/// Share of results that converged.
fn converged(results: &[StartResult]) -> f64 {
    results.iter().filter(|result| result.record.converged()).count() as f64 / results.len() as f64
}

/// Mass below 0 of a semicircle of this centre and radius.
fn mass_below_zero(centre: f64, radius: f64) -> f64 {
    let x = (-centre / radius).clamp(-1.0, 1.0);
    0.5 + (x * (1.0 - x * x).sqrt() + x.asin()) / std::f64::consts::PI
}

#[test]
fn every_end_is_a_critical_point_by_the_dense_tensor_and_most_starts_converge() {
    for (spins, dim) in [(2, 20), (3, 2), (3, 3), (3, 30), (4, 15), (5, 8), (6, 6)] {
        let setting = setting(spins, dim);
        let dense = setting.surface().to_dense();
        let results = setting.run(64);
        assert!(converged(&results) >= 0.95, "H={spins} Λ={dim}: {}", converged(&results));
        for result in results.iter().filter(|result| result.record.converged()) {
            let w = &result.point;
            let scale = (dim as f64).powf(-0.5 * (spins as f64 - 1.0));
            let energy = scale * dense_contraction(&dense, w, 0)[0];
            assert!((energy - result.record.energy).abs() < 1e-11 * dim as f64, "H={spins} Λ={dim}");
            let gradient: Vec<f64> =
                dense_contraction(&dense, w, 1).iter().map(|g| spins as f64 * scale * g).collect();
            let radial = w.iter().zip(&gradient).map(|(w, g)| w * g).sum::<f64>() / dim as f64;
            let square: f64 = w.iter().zip(&gradient).map(|(w, g)| (g - radial * w).powi(2)).sum();
            assert!((square / dim as f64).sqrt() < 2e-10, "H={spins} Λ={dim}");
            let length: f64 = w.iter().map(|x| x * x).sum();
            assert!((length / dim as f64 - 1.0).abs() < 1e-14);
        }
    }
}

#[test]
fn at_order_two_every_critical_point_is_an_eigenvector_and_its_index_the_rank() {
    let dim = 40;
    let setting = setting(2, dim);
    let dense = setting.surface().to_dense();
    let eigen = Symmetric::from_lower(dim, |i, j| dense[i * dim + j]).eigen().unwrap();
    let root = (dim as f64).sqrt();
    let mut ranks = Vec::new();
    for result in setting.run(200) {
        assert_eq!(result.record.outcome, Outcome::Converged);
        // L = Λ^{-1/2} wᵀ X w with |w|² = Λ, so u = λ_k/√Λ, and the Hessian's eigenvalues are 2(λ_j − λ_k)/√Λ.
        let rank = result.record.index.unwrap() as usize;
        assert!((result.record.energy_per_spin - eigen.values[rank] / root).abs() < 1e-13);
        let along = eigen.coordinates(&result.point)[rank].abs() / root;
        assert!((along - 1.0).abs() < 1e-12, "rank {rank}: {along}");
        let lowest = 2.0 * (eigen.values[usize::from(rank == 0)] - eigen.values[rank]) / root;
        assert!((result.record.min_eigenvalue - lowest).abs() < 1e-8);
        ranks.push(rank);
    }
    ranks.sort_unstable();
    ranks.dedup();
    assert!(ranks.len() >= 36, "only the ranks {ranks:?} were found");
}

#[test]
fn starts_move_to_their_targets_and_end_near_them() {
    let setting = setting(3, 80);
    let results = setting.run(64);
    let mut squares = Vec::new();
    for result in &results {
        let place = StartInputs::new(setting.key).place(result.record.start);
        let target = Saddle::new(3).target(place);
        // Farther out a target may lie beyond what the gradient reaches.
        if target.abs() < 1.2 {
            let entry = result.record.descent_energy_per_spin;
            assert!((entry - target).abs() < 1.1e-3, "target {target}, arrived at {entry}");
            squares.push((result.record.energy_per_spin - target).powi(2));
        }
    }
    let rms = (squares.iter().sum::<f64>() / squares.len() as f64).sqrt();
    assert!(squares.len() > 40 && rms < 0.1, "{rms}");
    // The mean target is the ladder's middle.
    let narrow = Protocol::Saddle(Saddle { targets: [-0.5, -0.5], ..Saddle::new(3) });
    for result in (Setting { protocol: narrow, ..setting }).run(4) {
        assert!((result.record.descent_energy_per_spin + 0.5).abs() < 1.1e-3);
    }
}

/// At energy u the Hessian is near in law to a semicircle on −Hu ± 2√(H(H−1)), so the index is near (Λ−1) α(u).
///
/// The number of eigenvalues of a large GOE below a point of the bulk has a standard deviation of about
/// √(2 ln Λ)/π ≈ 1; here 0.7 is seen at Λ = 100. A single index may be 5 off, their mean 0.5 and their root mean
/// square 1.1 (what finite size does to the semicircle is below that): for independent normal deviations of 0.8 a
/// false alarm in a run of 64 starts has a probability below 1e-4. Seeds are fixed.
#[test]
fn index_fractions_lie_on_the_semicircle() {
    for (spins, dim, starts) in [(3, 100, 96), (3, 50, 96), (4, 40, 64)] {
        let results = setting(spins, dim).run(starts);
        assert!(converged(&results) >= 0.95, "H={spins} Λ={dim}: {}", converged(&results));
        let h = spins as f64;
        let radius = 2.0 * (h * (h - 1.0)).sqrt();
        let found: Vec<(f64, f64)> = results
            .iter()
            .filter(|result| result.record.converged())
            .map(|result| (result.record.energy_per_spin, f64::from(result.record.index.unwrap())))
            .collect();
        let deviations = |centre: f64, radius: f64| -> Vec<f64> {
            let expected = |u: f64| (dim - 1) as f64 * mass_below_zero(centre * u, radius);
            found.iter().map(|&(u, k)| k - expected(u)).collect()
        };
        let rms = |d: &[f64]| (d.iter().map(|d| d * d).sum::<f64>() / d.len() as f64).sqrt();
        let right = deviations(-h, radius);
        let worst = right.iter().fold(0.0, |top, d| d.abs().max(top));
        let mean = right.iter().sum::<f64>() / right.len() as f64;
        assert!(worst < 5.0 && mean.abs() < 0.5, "H={spins} Λ={dim}: worst {worst}, mean {mean}");
        println!("H={spins} Λ={dim}: worst {worst:.2}, mean {mean:.2}, rms {:.2} eigenvalues", rms(&right));
        assert!(rms(&right) < 1.1, "H={spins} Λ={dim}: {}", rms(&right));
        // Semicircles of another centre or radius are told apart.
        for (centre, radius) in
            [(-0.8 * h, radius), (-1.2 * h, radius), (-h, 1.2 * radius), (-h, radius / 1.2), (h, radius)]
        {
            let wrong = rms(&deviations(centre, radius));
            assert!(wrong > 1.25, "H={spins} Λ={dim}: centre {centre} u, radius {radius}: {wrong}");
        }
        // Indices of every fraction.
        for decile in 0..10 {
            let inside = |&&(_, k): &&(f64, f64)| (10.0 * k / dim as f64) as u32 == decile;
            assert!(found.iter().any(|pair| inside(&pair)), "H={spins} Λ={dim}: none in decile {decile}");
        }
    }
}

#[test]
fn opposite_points_have_opposite_energy_and_index_at_odd_order_and_the_same_at_even() {
    for (spins, dim) in [(3, 20), (4, 15), (5, 8)] {
        let setting = setting(spins, dim);
        let surface = setting.surface();
        for result in setting.run(32).iter().filter(|result| result.record.converged()) {
            let opposite: Vec<f64> = result.point.iter().map(|x| -x).collect();
            let here = evaluate(&surface, Isa::best(), &[&opposite]).pop().flatten().unwrap();
            let spectrum = Spectrum::of_nearby(&here, spins, 1.0).unwrap();
            let index = result.record.index.unwrap();
            let (sign, expected) = if spins % 2 == 0 { (1.0, index) } else { (-1.0, dim as u32 - 1 - index) };
            assert!((here.energy - sign * result.record.energy).abs() < 1e-12 * dim as f64);
            assert!(here.gradient_norm <= 2e-10);
            assert_eq!((spectrum.index, spectrum.undecided), (expected, 0), "H={spins} Λ={dim}");
        }
    }
}

#[test]
fn threads_batches_and_instruction_sets_change_no_bit() {
    let base = Setting { traced: true, ..setting(3, 13) };
    let expected = base.run(50);
    for threads in [1, 3] {
        for batch in [1, 7, 33, 200] {
            let setting = Setting { threads, batch, traced: true, ..setting(3, 13) };
            assert_eq!(setting.run(50), expected, "{threads} threads, batch {batch}");
        }
    }
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        let setting = Setting { isa, traced: true, ..setting(3, 13) };
        assert_eq!(setting.run(50), expected, "{}", isa.name());
    }
    assert_eq!(base.run(17), expected[..17], "a start does not depend on how many there are");
}

#[test]
fn a_trace_covers_approach_and_search_and_changes_nothing_else() {
    let plain = setting(3, 25).run(20);
    let traced = Setting { traced: true, ..setting(3, 25) }.run(20);
    for (plain, traced) in plain.iter().zip(&traced) {
        assert_eq!((&plain.record, &plain.point), (&traced.record, &traced.point));
        assert!(plain.trace.is_empty());
        assert_eq!(traced.trace[0].step, 0);
        assert!(traced.trace.is_sorted_by(|a, b| a.step < b.step));
        assert!(traced.trace.last().unwrap().step <= traced.record.steps);
    }
}

/// Beyond Λ = 129 other routines of the linear-algebra library take over.
#[test]
fn a_tensor_of_any_scale_has_the_same_searches() {
    for (dim, starts) in [(12, 20), (140, 4)] {
        let setting = setting(3, dim);
        let couplings = setting.surface().full().rounded::<f64>();
        let plain = setting.run_on(Some(&couplings), starts);
        // Powers of two, so that scaling is exact.
        for scale in [2f64.powi(-40), 2f64.powi(30)] {
            let scaled = scaled(&couplings, scale);
            for (plain, scaled) in plain.iter().zip(setting.run_on(Some(&scaled), starts)) {
                assert_eq!(scaled.record.outcome, plain.record.outcome);
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
fn degenerate_tensors_are_searched_to_an_end() {
    let zeros = SymmetricTensor::from_dense(&[5; 3], &[0.0; 125]).unwrap();
    // A tensor of zeros is refused now; a run of release 0.1 may have one.
    for result in setting(3, 5).run_by(Rules::FIRST, Some(&zeros), 8) {
        assert_eq!(result.record.outcome, Outcome::Converged);
        assert_eq!((result.record.index, result.record.undecided), (Some(0), Some(4)));
    }
    // L ∝ (Σw)³: two isolated critical points, and Σw = 0, where gradient and Hessian vanish together.
    let ones = SymmetricTensor::from_dense(&[5; 3], &[1.0; 125]).unwrap();
    for result in setting(3, 5).run_on(Some(&ones), 20) {
        let (index, undecided) = (result.record.index.unwrap(), result.record.undecided.unwrap());
        assert_ne!(result.record.outcome, Outcome::NonFinite);
        if result.record.converged() {
            assert!(undecided == 4 || [0, 4].contains(&index), "{:?}", result.record);
        }
    }
}

fn fake(gradient: f64) -> Evaluated {
    let setting = setting(3, 6);
    let mut here =
        evaluate(&setting.surface(), Isa::best(), &[&crate::common::point(6, 0)]).pop().flatten().unwrap();
    here.gradient.fill(gradient);
    here.gradient_norm = gradient * (5.0f64 / 6.0).sqrt();
    here.hessian = Symmetric::from_lower(5, |_, _| 0.0);
    here
}

/// Ends a search that is told the same of every point.
fn told_always(evaluated: Option<&Evaluated>) -> Outcome {
    let descended = Descended { point: crate::common::point(6, 0), ..Descended::default() };
    let mut search = SaddleSearch::new(descended, 1.0, false);
    loop {
        if let Some(end) = search.tell(evaluated.cloned()) {
            assert_eq!(end.end.is_some(), evaluated.is_some());
            return end.outcome;
        }
    }
}

#[test]
fn what_cannot_converge_is_recorded_as_what_it_is() {
    assert_eq!(told_always(None), Outcome::NonFinite);
    // B g = 0 with g ≠ 0 everywhere: nothing but spurious minima, however small the gradient is.
    assert_eq!(told_always(Some(&fake(1.0))), Outcome::Stalled);
    assert_eq!(told_always(Some(&fake(2e-10))), Outcome::Stalled);
    assert_eq!(told_always(Some(&fake(0.9e-10))), Outcome::Converged);
    // NaN after a good beginning ends too.
    let mut search = SaddleSearch::new(
        Descended { point: crate::common::point(6, 0), ..Descended::default() },
        1.0,
        false,
    );
    let mut evaluated = Some(fake(1.0));
    let outcome = loop {
        if let Some(end) = search.tell(evaluated.take()) {
            break end.outcome;
        }
    };
    assert_ne!(outcome, Outcome::Converged);
}
