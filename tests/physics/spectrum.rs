//! Spectra, indices and the Hessian as an operator agree with each other and with independent counts.

use crate::common::inertia::inertia;
use crate::common::{energy, point, surface};
use hspin::critical::{HessianOperator, MIN_EIGENVALUE_ERROR, SaddleSearch, Spectrum, UNDECIDED, spectra};
use hspin::descent::{Descended, Evaluated, Outcome, Polishing, evaluate};
use hspin::hamiltonian::{Isa, Landscape, Surface};
use hspin::numeric::slope::remainder_slope;
use hspin::numeric::symmetric::{Cholesky, Symmetric};
use hspin::sphere::retract;
use hspin::theory::Thresholds;

fn at(surface: &Surface, w: &[f64]) -> Evaluated {
    evaluate(surface, Isa::best(), &[w]).pop().flatten().unwrap()
}

/// The critical point that a search from w ends at.
fn critical_point(surface: &Surface, w: Vec<f64>) -> Evaluated {
    let descended = Descended { point: w, ..Descended::default() };
    let mut search = SaddleSearch::new(descended, surface.deviation(), false);
    loop {
        let evaluated = evaluate(surface, Isa::best(), &[search.trial()]).pop().flatten();
        if let Some(end) = search.tell(evaluated) {
            assert_eq!(end.outcome, Outcome::Converged);
            return end.end.unwrap();
        }
    }
}

const SIZES: [(usize, usize); 8] = [(2, 2), (2, 11), (3, 2), (3, 13), (4, 9), (5, 7), (6, 6), (9, 4)];

#[test]
fn the_operator_is_the_explicit_hessian() {
    for (spins, dim) in SIZES {
        let surface = surface(spins, dim, 3, 0);
        let w = point(dim, 1);
        let here = at(&surface, &w);
        let operator = HessianOperator::at(&surface, Isa::best(), &w);
        assert!((operator.radial_slope() - spins as f64 * here.energy / dim as f64).abs() < 1e-12);
        // Any length, with a normal part that must not matter; and no vector at all.
        let v: Vec<f64> = point(dim, 2).iter().map(|x| 1e-3 * x).collect();
        let zero = vec![0.0; dim];
        let products = operator.times(&[&v, &w, &zero]);
        let expected = here.basis.ambient(&here.hessian.times(&here.basis.coordinates(&v)));
        for (found, expected) in products[0].iter().zip(expected) {
            assert!((found - expected).abs() < 1e-13, "H={spins} Λ={dim}: {found} {expected}");
        }
        assert!(products[1].iter().chain(&products[2]).all(|x| x.abs() < 1e-12));
        // All tangent directions at once, more than lanes: the whole matrix.
        let units: Vec<Vec<f64>> = (0..dim - 1)
            .map(|k| {
                here.basis.ambient(&(0..dim - 1).map(|i| f64::from(u8::from(i == k))).collect::<Vec<_>>())
            })
            .collect();
        let products = operator.times(&units.iter().map(Vec::as_slice).collect::<Vec<_>>());
        for (k, product) in products.iter().enumerate() {
            for (i, entry) in here.basis.coordinates(product).into_iter().enumerate() {
                assert!((entry - here.hessian.at(i, k)).abs() < 1e-11, "H={spins} Λ={dim} ({i}, {k})");
            }
        }
    }
}

#[test]
fn along_geodesics_the_remainder_beside_the_operator_falls_like_t_cubed() {
    for (spins, dim) in [(2, 9), (3, 12), (4, 8), (7, 4)] {
        let surface = surface(spins, dim, 5, 0);
        let w = point(dim, 3);
        let here = at(&surface, &w);
        let operator = HessianOperator::at(&surface, Isa::best(), &w);
        let raw = here.basis.ambient(&here.basis.coordinates(&point(dim, 4)));
        let length = (raw.iter().map(|x| x * x).sum::<f64>() / dim as f64).sqrt();
        let v: Vec<f64> = raw.iter().map(|x| x / length).collect();
        let slope: f64 =
            here.gradient.iter().zip(here.basis.coordinates(&v)).map(|(g, v)| g * v).sum::<f64>();
        let curvature: f64 = operator.times(&[&v])[0].iter().zip(&v).map(|(h, v)| h * v).sum();
        let remainder = |curvature: f64| {
            let (surface, w, v) = (&surface, &w, &v);
            move |t: f64| {
                let moved: Vec<f64> = w.iter().zip(v).map(|(w, v)| w * t.cos() + v * t.sin()).collect();
                energy(surface, &moved) - here.energy - t * slope - 0.5 * t * t * curvature
            }
        };
        let right = remainder_slope(remainder(curvature), 3, 9).unwrap();
        assert!((right - 3.0).abs() < 0.2, "H={spins} Λ={dim}: {right}");
        // Without the term of the sphere's own curvature it is no Hessian.
        let euclidean = curvature + operator.radial_slope() * dim as f64;
        let wrong = remainder_slope(remainder(euclidean), 3, 9).unwrap();
        assert!(wrong < 2.3, "H={spins} Λ={dim}: {wrong}");
    }
}

#[test]
fn the_index_is_the_inertia_of_an_independent_factorisation() {
    for (spins, dim) in [(2, 30), (3, 2), (3, 40), (3, 41), (4, 15), (5, 8)] {
        let surface = surface(spins, dim, 6, 0);
        for number in 0..12 {
            let here = critical_point(&surface, point(dim, number));
            let found = Spectrum::of_nearby(&here, spins, 1.0).unwrap();
            assert_eq!(found.undecided, 0);
            let (negative, positive) = inertia(dim - 1, |i, j| here.hessian.at(i, j));
            assert_eq!((found.index as usize, dim - 1), (negative, negative + positive));
            // The spectrum counted at other places than 0, Sturm's way.
            let values = spectra(&surface, Isa::best(), &[&here.point]).pop().flatten().unwrap();
            assert_eq!(values.len(), dim - 1);
            for shift in [-4.0, -1.0, 0.5, 3.0] {
                let shifted = |i, j| here.hessian.at(i, j) - if i == j { shift } else { 0.0 };
                assert_eq!(
                    inertia(dim - 1, shifted).0,
                    values.iter().filter(|&&value| value < shift).count()
                );
            }
        }
    }
    let saddle = inertia(2, |i, j| f64::from(u8::from(i != j)));
    assert_eq!(saddle, (1, 1), "a zero diagonal needs a block of two rows");
}

#[test]
fn spectra_of_many_points_are_those_of_each() {
    let surface = surface(3, 12, 8, 0);
    let points: Vec<Vec<f64>> = (0..19).map(|number| point(12, number)).collect();
    let all = spectra(&surface, Isa::best(), &points.iter().map(Vec::as_slice).collect::<Vec<_>>());
    assert_eq!(all.len(), 19);
    for (point, values) in points.iter().zip(all) {
        let values = values.unwrap();
        assert!(values.is_sorted());
        let here = at(&surface, point);
        let trace: f64 = (0..11).map(|i| here.hessian.at(i, i)).sum();
        assert!((values.iter().sum::<f64>() - trace).abs() < 1e-12);
        assert_eq!(spectra(&surface, Isa::Scalar, &[point]), [Some(values)]);
    }
    let lost = vec![f64::NAN; 12];
    assert_eq!(spectra(&surface, Isa::best(), &[&lost]), [None]);
}

/// The constant behind [`Spectrum::of_nearby`]: how fast the Hessian turns, against H² times the bulk's half-width.
#[test]
fn the_bound_on_how_fast_a_hessian_turns_holds_at_every_order() {
    for spins in 3..=16_u32 {
        let h = f64::from(spins);
        let ground = Thresholds::new(spins).unwrap().e(0).unwrap();
        let fastest = h * (h - 1.0) * (h - 2.0) * ground;
        assert!(fastest < h * h * 2.0 * (h * (h - 1.0)).sqrt(), "H = {spins}: {fastest}");
    }
}

#[test]
fn with_nothing_undecided_the_index_is_that_of_the_critical_point_nearby() {
    let (mut decided, mut undecided) = (0, 0);
    for (spins, dim) in [(3, 8), (3, 20), (4, 8)] {
        let surface = surface(spins, dim, 9, 0);
        for number in 0..10 {
            let exact = critical_point(&surface, point(dim, number));
            let index = at(&surface, &exact.point).hessian.eigenvalues().unwrap();
            let index = index.iter().filter(|&&value| value < 0.0).count() as u32;
            for size in [1e-9, 1e-6, 1e-4, 1e-3, 1e-2, 0.1] {
                let aside = point(dim, 100 + number);
                let mut moved: Vec<f64> = exact.point.iter().zip(aside).map(|(w, a)| w + size * a).collect();
                retract(&mut moved);
                let here = at(&surface, &moved);
                let found = Spectrum::of_nearby(&here, spins, 1.0).unwrap();
                if found.undecided == 0 {
                    decided += 1;
                    assert_eq!(found.index, index, "H={spins} Λ={dim} moved {size}");
                } else {
                    undecided += 1;
                }
            }
        }
    }
    assert!(decided > 60 && undecided > 30, "decided {decided}, undecided {undecided}");
}

/// At points that a polish reaches, and with their spectra moved about the border of what is decided.
#[test]
fn what_a_factor_says_of_a_minimum_is_what_all_eigenvalues_say() {
    let mut factor = Cholesky::default();
    let mut by_factor = 0;
    for (spins, dim) in [(2, 100), (3, 90), (4, 70)] {
        let surface = surface(spins, dim, 5, 0);
        let mut polishing = Polishing::new(&surface, Isa::best());
        let starts = (0..4).map(|id| Descended { id, point: point(dim, id), ..Default::default() });
        polishing.add(starts.collect());
        let mut ends = Vec::new();
        while !polishing.is_empty() {
            ends.extend(polishing.round().into_iter().map(|polished| polished.end.unwrap()));
        }
        for end in ends {
            let slope = spins as f64 * end.energy / dim as f64;
            let lowest = Spectrum::of(&end.hessian, slope).unwrap().min_eigenvalue;
            let size = end.hessian.largest_row_sum();
            let border = UNDECIDED * slope.abs().max(size);
            for low in [lowest, 3.0 * border, 1.01 * border, border, 0.1 * border, 0.0, -border, -1.0] {
                let shift = low - lowest;
                let matrix = Symmetric::from_lower(dim - 1, |i, j| {
                    end.hessian.at(i, j) + if i == j { shift } else { 0.0 }
                });
                let all = Spectrum::of(&matrix, slope).unwrap();
                let found = Spectrum::of_minimum(&matrix, slope, &mut factor).unwrap();
                assert_eq!((found.index, found.undecided), (all.index, all.undecided), "H={spins} {low:e}");
                let error = (found.min_eigenvalue - all.min_eigenvalue).abs();
                assert!(error <= MIN_EIGENVALUE_ERROR * low.abs() + 1e-14 * size, "{low:e}: {error:e}");
                by_factor += u32::from(found.min_eigenvalue != all.min_eigenvalue);
            }
        }
    }
    assert!(by_factor >= 24, "{by_factor}");
}
