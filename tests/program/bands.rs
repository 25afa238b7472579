//! The check of a run against theory: quiet where theory holds, loud where it does not.
//!
//! Seeds are fixed. The samples are true draws, so each test states how often other seeds would fail it: a test that
//! demands p ≥ 1e-4 of four p-values fails with a probability of at most 4e-4.

use crate::common::serial;
use hspin::analysis::UnitCount;
use hspin::analysis::bands::{
    Bands, BandsVerdict, Caveat, CensusSample, Check, DescentSample, Descents, DimBands, IndexAndEnergy,
    Mean, Minimum, SaddleSample, SizeSample, SoughtPoints, bands, sample as sample_of,
};
use hspin::critical::census::{BlockEnds, CensusKey, PathBlocks, Stage, census};
use hspin::critical::mean_eigenvalues;
use hspin::hamiltonian::{Isa, Layout, Surface, SurfaceKey, SymmetricTensor};
use hspin::studies::surfaces::{CensusRequest, Request, Spec, SurfaceStore};
use hspin::study::{Resources, Stop};
use hspin::theory::{EnergyGivenHessian, HessianBulk, MeanCounts};
use std::path::Path;
use std::sync::OnceLock;

use crate::carry_out::carry_out;

const SPINS: usize = 3;
const DIM: usize = 7;
const INSTANCES: u64 = 150;

fn key(instance: u64) -> SurfaceKey {
    SurfaceKey { seed: 1, layout: Layout::new(SPINS, DIM), instance }
}

fn points_of(surface: &Surface) -> Vec<IndexAndEnergy> {
    let in_order = |stage: Stage, job: PathBlocks| -> hspin::Result<Vec<BlockEnds>> {
        Ok((0..stage.blocks).map(job).collect())
    };
    let found = census(surface, CensusKey { seed: 1, instance: 0 }, Isa::best(), &in_order).unwrap();
    assert!(found.is_certified());
    found
        .points
        .iter()
        .map(|p| IndexAndEnergy { index: p.index, energy_per_spin: p.energy_per_spin })
        .collect()
}

/// Censuses of surfaces whose coefficients are what `changed` makes of each monomial's.
fn sample(changed: impl Fn(&[usize], f64) -> f64) -> CensusSample {
    let layout = Layout::new(SPINS, DIM);
    let one = |instance| {
        let mut coefficients = std::collections::BTreeMap::new();
        Surface::draw(&key(instance), 0, &serial).for_each_coefficient(|indices, c| {
            _ = coefficients.insert(indices.to_vec(), changed(indices, c))
        });
        let tensor = SymmetricTensor::from_coefficients(layout, |indices| coefficients[indices]);
        points_of(&Surface::given(&key(instance), &tensor, 0, &serial))
    };
    let surfaces = (0..INSTANCES).map(one).collect();
    CensusSample { spins: SPINS as u32, dim: DIM as u32, surfaces, left_out: 0 }
}

fn right() -> &'static CensusSample {
    static SAMPLE: OnceLock<CensusSample> = OnceLock::new();
    SAMPLE.get_or_init(|| sample(|_, c| c))
}

fn verdict(sample: CensusSample) -> (BandsVerdict, f64) {
    let found = SizeSample::Census(sample).bands().unwrap();
    (found.verdict, found.p.unwrap())
}

fn changed(change: impl Fn(&mut Vec<IndexAndEnergy>)) -> CensusSample {
    let mut sample = right().clone();
    sample.surfaces.iter_mut().for_each(change);
    sample
}

/// False alarm: below 1e-4 by the joint p-value; below 7 · 6e-5 by the z, for seven indices of which four count.
#[test]
fn a_census_of_the_model_agrees() {
    let found = right().check().unwrap();
    assert!(found.tests.p.unwrap() > 1e-4, "{:?}", found.tests);
    assert!(found.by_index.iter().all(|mean| mean.z.unwrap().abs() < 4.0));
    let numbers = found.tests.numbers.unwrap();
    assert_eq!((numbers.numbers, numbers.surfaces), (3, INSTANCES as usize));
    // Bands hold every point once.
    for (index, mean) in found.by_index.iter().enumerate().take(6) {
        let observed: f64 = found.bands.iter().map(|band| band.by_index[index].observed).sum();
        let expected: f64 = found.bands.iter().map(|band| band.by_index[index].expected.unwrap()).sum();
        assert!((observed - mean.observed).abs() < 1e-9);
        assert!((expected / mean.expected.unwrap() - 1.0).abs() < 1e-9);
    }
}

#[test]
fn a_dropped_point_of_one_index_is_caught() {
    let dropped = changed(|points| {
        if let Some(at) = points.iter().position(|place| place.index == 1) {
            points.remove(at);
        }
        if let Some(at) = points.iter().rposition(|place| place.index == DIM as u32 - 2) {
            points.remove(at);
        }
    });
    let (verdict, p) = verdict(dropped);
    assert_eq!(verdict, BandsVerdict::Disagrees, "{p}");
}

#[test]
fn shifted_energies_are_caught_though_numbers_are_right() {
    let shifted = changed(|points| points.iter_mut().for_each(|place| place.energy_per_spin *= 1.04));
    let tests = shifted.check().unwrap().tests;
    assert!(tests.numbers.unwrap().p > 1e-4 && tests.energies.unwrap().p < 1e-5, "{tests:?}");
    assert_eq!(verdict(shifted).0, BandsVerdict::Disagrees);
}

/// The mean stays, the spread does not.
#[test]
fn energies_that_scatter_too_little_are_caught() {
    let law_of = |index: u32| {
        let of_index = right().surfaces.iter().flatten().filter(move |place| place.index == index);
        let energies: Vec<f64> = of_index.map(|place| place.energy_per_spin).collect();
        energies.iter().sum::<f64>() / energies.len() as f64
    };
    let means: Vec<f64> = (0..DIM as u32).map(law_of).collect();
    let narrow = changed(|points| {
        for place in points {
            let mean = means[place.index as usize];
            place.energy_per_spin = mean + 0.85 * (place.energy_per_spin - mean);
        }
    });
    let tests = narrow.check().unwrap().tests;
    assert!(tests.spreads.unwrap().p < 1e-6, "{tests:?}");
}

/// Coefficients of variance 1 in place of the multiplicity m: another model.
#[test]
fn unit_variance_in_place_of_the_multiplicity_is_caught() {
    let orderings = |indices: &[usize]| {
        let mut distinct = indices.to_vec();
        distinct.dedup();
        [1.0, 3.0, 6.0][distinct.len() - 1]
    };
    let (verdict, p) = verdict(sample(|indices, c: f64| c / f64::sqrt(orderings(indices))));
    assert_eq!(verdict, BandsVerdict::Disagrees, "{p}");
}

/// A point of high index far below the lines is no fluctuation, however few there are.
#[test]
fn one_point_out_of_its_layer_is_caught() {
    let mut sample = right().clone();
    sample.surfaces[3].push(IndexAndEnergy { index: 3, energy_per_spin: -1.7 });
    let found = sample.check().unwrap();
    assert!(found.layers[2].higher.p.unwrap() < 1e-9, "{:?}", found.layers);
    assert_eq!(verdict(sample).0, BandsVerdict::Disagrees);
}

/// p-values of right samples are below 0.1 in a tenth of cases. Of ten samples of fifteen surfaces with three p-values
/// each, the false alarm is more than 12 of 30 below 0.1: a probability of 1e-5 were all independent; were the three of
/// a sample one (5 of 10 samples), 2e-3.
#[test]
fn few_surfaces_raise_no_more_alarms_than_they_should() {
    let few =
        |surfaces: &[Vec<IndexAndEnergy>]| CensusSample { surfaces: surfaces.to_vec(), ..right().clone() };
    let low: usize = right()
        .surfaces
        .chunks(15)
        .map(|surfaces| {
            let tests = few(surfaces).check().unwrap().tests;
            let ps = [tests.numbers, tests.energies, tests.spreads].map(|test| test.unwrap().p);
            ps.into_iter().filter(|&p| p < 0.1).count()
        })
        .sum();
    assert!(low <= 12, "{low} of 30");
    let found = SizeSample::Census(few(&right().surfaces[..10])).bands().unwrap();
    assert_eq!(found.caveats, [Caveat::FewSurfaces]);
    let one = SizeSample::Census(few(&right().surfaces[..1])).bands().unwrap();
    assert_eq!((one.verdict, one.caveats), (BandsVerdict::Untested, vec![Caveat::OneSurface]));
    let none = SizeSample::Census(few(&[])).bands().unwrap();
    assert_eq!((none.verdict, none.p, none.caveats), (BandsVerdict::Untested, None, vec![Caveat::Nothing]));
    let Check::Census(check) = none.check else { panic!() };
    assert_eq!(check.tests.bands_p, None);
    let uncertified = SizeSample::Census(CensusSample { left_out: 9, ..few(&[]) }).bands().unwrap();
    assert_eq!((uncertified.verdict, uncertified.p), (BandsVerdict::Untested, None));
    assert_eq!(uncertified.caveats, [Caveat::NoneCertain, Caveat::LeftOut]);
}

#[test]
fn at_order_two_numbers_are_exact_and_a_missing_point_is_caught() {
    // Of a real matrix only the numbers matter here.
    let surface = |i: u32| {
        let place = |k: u32| IndexAndEnergy {
            index: k,
            energy_per_spin: 0.4 * (f64::from(k) - 1.5) + 0.01 * f64::from(i * (k + 1) % 7),
        };
        (0..4).flat_map(|k| [place(k); 2]).collect::<Vec<_>>()
    };
    let sample = CensusSample { spins: 2, dim: 4, surfaces: (0..25).map(surface).collect(), left_out: 0 };
    let found = sample.check().unwrap();
    assert!(found.by_index.iter().all(|mean: &Mean| mean.z.is_none() && mean.p == Some(1.0)));
    assert!(found.layers.is_empty() && found.tests.numbers.is_none());
    let mut short = sample;
    short.surfaces.iter_mut().for_each(|points| _ = points.pop());
    assert_eq!(short.check().unwrap().tests.p, Some(0.0));
}

/// Descents that found every minimum of each surface, by so many starts each.
fn all_found(starts: u64) -> DescentSample {
    let minima = |points: &Vec<IndexAndEnergy>| {
        let of_index = points.iter().filter(|place| place.index == 0);
        let energies: Vec<f64> = of_index.map(|place| place.energy_per_spin).collect();
        let minimum = |&energy_per_spin: &f64| Minimum { energy_per_spin, starts, mean_eigenvalue: None };
        Descents { minima: Some(energies.iter().map(minimum).collect()), energies, elsewhere: 0 }
    };
    let surfaces = right().surfaces.iter().map(minima).collect();
    DescentSample { spins: SPINS as u32, dim: DIM as u32, surfaces }
}

fn with_minima(mut sample: DescentSample, change: impl Fn(&mut Vec<Minimum>)) -> DescentSample {
    sample.surfaces.iter_mut().for_each(|surface| change(surface.minima.as_mut().unwrap()));
    sample
}

/// The same with all energies multiplied.
fn scaled(sample: &DescentSample, factor: f64) -> DescentSample {
    let mut sample = sample.clone();
    sample.surfaces.iter_mut().for_each(|surface| surface.energies.iter_mut().for_each(|u| *u *= factor));
    with_minima(sample, |minima| minima.iter_mut().for_each(|minimum| minimum.energy_per_spin *= factor))
}

fn verdict_of(sample: DescentSample) -> BandsVerdict {
    SizeSample::Minima(sample).bands().unwrap().verdict
}

/// All minima of each surface, found by one start each: a descent that misses nothing has the exact law, but nobody can
/// know that it misses nothing. False alarm: 1e-4 for z and p.
#[test]
fn descents_find_no_more_minima_than_there_are() {
    let found = all_found(1).check().unwrap();
    assert!(found.p.unwrap() > 1e-4 && found.all.unwrap().z.unwrap().abs() < 4.0, "{found:?}");
    assert!((found.found.unwrap() / found.expected_minima.unwrap() - 1.0).abs() < 0.2);
    assert_eq!((found.unseen_share, found.complete), (Some(1.0), None));
    let bands = SizeSample::Minima(all_found(1)).bands().unwrap();
    assert_eq!((bands.verdict, bands.caveats), (BandsVerdict::Consistent, vec![Caveat::BasinWeighted]));
    // Fewer than there are is no disagreement, and no agreement.
    assert_eq!(verdict_of(with_minima(all_found(1), |minima| minima.truncate(1))), BandsVerdict::Consistent);
    // The same minimum taken for two.
    let doubled = with_minima(all_found(1), |minima| minima.extend(minima.clone()));
    assert_eq!(verdict_of(doubled), BandsVerdict::Disagrees);
}

/// Where every minimum was found five times, the law of all minima is tested on both sides. False alarm: 0.05 for the
/// verdict, on one fixed seed.
#[test]
fn where_no_minimum_is_missing_the_law_of_minima_can_fail_on_both_sides() {
    let found = all_found(5).check().unwrap();
    assert!(found.complete.unwrap().p > 1e-3 && found.missing == Some(0.0), "{found:?}");
    assert!(verdict_of(all_found(5)) < BandsVerdict::Disagrees);
    for factor in [0.9, 1.1] {
        assert_eq!(verdict_of(scaled(&all_found(5), factor)), BandsVerdict::Disagrees, "{factor}");
    }
    // Too few minima: the highest of each surface are not there.
    let short = with_minima(all_found(5), |minima| {
        minima.sort_by(|a, b| a.energy_per_spin.total_cmp(&b.energy_per_spin));
        minima.truncate(minima.len().div_ceil(2));
    });
    assert_eq!(verdict_of(short), BandsVerdict::Disagrees);
    // At this Λ order 4 has nearly the same law of (pairs of) minima, which its curvatures would tell; order 5 has not.
    let other_order = DescentSample { spins: 5, ..all_found(5) };
    assert_eq!(verdict_of(other_order), BandsVerdict::Disagrees);
    // Starts that ended nowhere may have been on their way to minima that are missing.
    let mut lost = all_found(5);
    lost.surfaces.iter_mut().for_each(|surface| surface.elsewhere = 3);
    assert_eq!(lost.check().unwrap().complete, None);
}

/// Points on the sphere, w and −w both, as everywhere: a minimum found at even H is two.
#[test]
fn at_even_order_minima_are_counted_as_theory_counts_them() {
    let minimum = Minimum { energy_per_spin: -1.5, starts: 3, mean_eigenvalue: None };
    let surface = Descents { energies: vec![-1.5; 6], minima: Some(vec![minimum; 2]), elsewhere: 0 };
    let sample = DescentSample { spins: 4, dim: 60, surfaces: vec![surface; 20] };
    let found = sample.check().unwrap();
    let exact = MeanCounts::new(4, 60).unwrap().by_index(0, &[f64::INFINITY]).unwrap()[0].unwrap().value();
    assert_eq!((found.expected_minima, found.found), (Some(exact), Some(4.0)));
    assert!((exact - 3129.5).abs() < 0.1, "{exact}");
    let all = found.surplus.last().unwrap();
    assert_eq!((all.below, all.found.observed), (None, 4.0));
    assert!((all.found.expected.unwrap() / exact - 1.0).abs() < 1e-9);
}

/// Energies of all critical points given their Hessians: mean 0 and variance 1, whatever the index. False alarm: 4 · 6e-5.
#[test]
fn given_its_hessian_the_energy_of_a_critical_point_is_normal() {
    let z = |values: &[f64]| {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
        mean / (variance / n).sqrt()
    };
    let sums = |spins: u32, index: Option<u32>| {
        let law = EnergyGivenHessian::new(spins, DIM as u32).unwrap();
        let of_surface = |instance: u64| {
            let surface = Surface::draw(&key(instance), 0, &serial);
            let in_order = |stage: Stage, job: PathBlocks| -> hspin::Result<Vec<BlockEnds>> {
                Ok((0..stage.blocks).map(job).collect())
            };
            let found = census(&surface, CensusKey { seed: 1, instance: 0 }, Isa::best(), &in_order).unwrap();
            let points = found.points.iter().filter(|p| index.is_none_or(|index| p.index == index));
            let places: Vec<(&[f64], f64)> = points.map(|p| (&p.point[..], p.energy_per_spin)).collect();
            let at: Vec<&[f64]> = places.iter().map(|(point, _)| *point).collect();
            let means = mean_eigenvalues(&surface, Isa::best(), &at);
            let rs = means.iter().zip(&places).map(|(&mean, &(_, u))| law.standardised(u, mean));
            rs.fold([0.0; 2], |[sum, squares], r| [sum + r, squares + r * r - 1.0])
        };
        let sums: Vec<[f64; 2]> = (0..60).map(of_surface).collect();
        [0, 1].map(|power| z(&sums.iter().map(|sum| sum[power]).collect::<Vec<_>>()))
    };
    for z in [sums(3, Some(0)), sums(3, Some(1))].concat() {
        assert!(z.abs() < 4.0, "{z}");
    }
    let [_, all] = sums(3, None);
    assert!(all.abs() < 4.0, "{all}");
    // Another order is another law.
    let [false_mean, _] = sums(4, Some(0));
    assert!(false_mean.abs() > 8.0, "{false_mean}");
}

/// Minima by basins, far fewer than there are: energies that do not belong to their Hessians are caught all the same.
/// False alarm: 1e-3 by the verdict, and far less, since the p-value is a bound.
#[test]
fn energies_that_do_not_fit_their_curvatures_are_caught_whatever_was_selected() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a.run");
    let request =
        Request { dims: Some(vec![50]), starts: Some(15), instances: Some(20), ..Request::default() };
    let found = stored(&path, &Spec::new(&request).unwrap());
    assert_eq!((found.verdict, found.complete), (BandsVerdict::Consistent, true));
    let text = printed(&path);
    assert!(text.contains("consistent with bounds") && !text.contains("theory agrees"), "{text}");
    let SizeSample::Minima(right) = sample_of(&SurfaceStore::open_read(&path).unwrap(), 50).unwrap() else {
        panic!()
    };
    let check = right.check().unwrap().curvature.unwrap();
    assert!(check.p == 1.0 && check.mean.abs() < check.allowed && check.surfaces == 20, "{check:?}");
    assert!(check.caught[0] > -0.1 && check.caught[1] < 0.1, "{check:?}");
    for factor in [0.9, 1.1] {
        assert_eq!(verdict_of(scaled(&right, factor)), BandsVerdict::Disagrees, "{factor}");
    }
    // What is said to be noticed is noticed by the verdict, which pays for all its tests.
    for change in check.caught {
        let beyond = [1.0005, 1.02].map(|more| verdict_of(scaled(&right, 1.0 + more * change)));
        assert_eq!(beyond, [BandsVerdict::Disagrees; 2], "{change}");
        let within = scaled(&right, 1.0 + 0.98 * change).check().unwrap();
        assert!(within.surplus_p.is_some() && within.curvature.unwrap().p > 0.5e-3, "{within:?}");
    }
    // Of one surface numbers are not tested, and the verdict does not speak of them.
    let mut one = right.clone();
    one.surfaces.truncate(1);
    let found = SizeSample::Minima(one).bands().unwrap();
    let Check::Minima(minima) = &found.check else { panic!() };
    assert!(minima.surplus_p.is_none() && minima.curvature.is_some() && found.p.is_some());
    let text = printed_of(SoughtPoints::Descent, found);
    assert!(text.contains("a two-sided bound on energies") && !text.contains("bound on numbers"), "{text}");
    for spins in [2, 4] {
        assert_eq!(
            verdict_of(DescentSample { spins, ..right.clone() }),
            BandsVerdict::Disagrees,
            "H = {spins}"
        );
    }
}

/// Without points there is the one-sided bound alone, which no error upwards breaks: it is said.
#[test]
fn a_bound_on_one_side_is_called_weak() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a.run");
    let request = Request {
        dims: Some(vec![20]),
        starts: Some(5),
        instances: Some(3),
        points: Some(false),
        ..Request::default()
    };
    let found = stored(&path, &Spec::new(&request).unwrap());
    assert_eq!(found.verdict, BandsVerdict::Untested);
    let text = printed(&path);
    assert!(text.contains("Energies against curvatures: not tested") && !text.contains("agrees"), "{text}");
    let one_sided = scaled(&all_found(1), 0.9).check().unwrap();
    assert!(one_sided.curvature.is_none() && one_sided.complete.is_none() && one_sided.p > Some(0.05));
    assert_eq!(verdict_of(scaled(&all_found(1), 0.9)), BandsVerdict::Consistent);
}

#[test]
fn a_run_without_data_has_no_verdict_and_no_numbers() {
    let place = tempfile::tempdir().unwrap();
    let descents = Request { dims: Some(vec![10, 20]), starts: Some(5), ..Request::default() };
    let saddles = Request { protocol: Some(hspin::descent::MethodName::Saddle), ..descents.clone() };
    let census = CensusRequest { dim: Some(5), instances: Some(3), ..CensusRequest::default() };
    let specs = [Spec::new(&descents), Spec::new(&saddles), census.new_run()];
    for (number, spec) in specs.into_iter().enumerate() {
        let path = place.path().join(format!("{number}.run"));
        drop(SurfaceStore::create(&path, &spec.unwrap()).unwrap());
        let found = bands(&path).unwrap();
        assert_eq!((found.verdict, found.complete, found.units.done), (BandsVerdict::Untested, false, 0));
        let text = printed(&path);
        assert!(text.contains("unfinished: 0 of ") && text.contains("untested"), "{text}");
        for wrong in ["NaN", "inf", "agrees", "One surface", "1 surface"] {
            assert!(!text.contains(wrong), "{wrong}: {text}");
        }
    }
}

/// Starts and searches that all ended nowhere break no bound, which is no agreement with it.
#[test]
fn without_a_certain_point_there_is_no_verdict() {
    let lost = Descents { energies: vec![], minima: Some(vec![]), elsewhere: 60 };
    let descents = DescentSample { spins: 3, dim: 10, surfaces: vec![lost.clone(); 40] };
    let not_kept = Descents { minima: None, ..lost };
    let without_points = DescentSample { surfaces: vec![not_kept; 40], ..descents.clone() };
    for sample in [descents, without_points] {
        let found = SizeSample::Minima(sample).bands().unwrap();
        assert_eq!((found.verdict, found.p), (BandsVerdict::Untested, None));
        assert_eq!(found.caveats, [Caveat::BasinWeighted, Caveat::NoneCertain]);
        let json = serde_json::to_value(&found).unwrap();
        assert_eq!(
            (json["verdict"].as_str(), json["caveats"][1].as_str()),
            (Some("untested"), Some("none_certain"))
        );
        assert!(
            json["p"].is_null() && json["minima"]["p"].is_null() && json["minima"]["surplus_p"].is_null()
        );
        let text = printed_of(SoughtPoints::Descent, found);
        assert!(text.contains("untested") && text.contains("No start ended at a certain minimum"), "{text}");
        assert!(!text.contains("consistent") && !text.contains("NaN"), "{text}");
    }
    let searches = SaddleSample { spins: 3, dim: 100, surfaces: 5, points: vec![], elsewhere: 50 };
    let found = SizeSample::Saddles(searches).bands().unwrap();
    assert_eq!((found.verdict, found.p), (BandsVerdict::Untested, None));
    assert_eq!(found.caveats, [Caveat::SpreadByDesign, Caveat::NoneCertain]);
    let text = printed_of(SoughtPoints::Saddle, found);
    assert_eq!(text.matches("No search ended at a certain critical point").count(), 1, "{text}");
    assert!(!text.contains("agrees"), "{text}");
}

/// One size empty beside one that is not: the verdict is that of the other, and the empty one is named.
#[test]
fn an_empty_size_is_named_beside_others() {
    let of = |surfaces: Vec<Descents>| {
        SizeSample::Minima(DescentSample { surfaces, ..all_found(5) }).bands().unwrap()
    };
    let empty = DimBands { dim: 9, ..of(Vec::new()) };
    assert_eq!((empty.verdict, empty.p), (BandsVerdict::Untested, None));
    let text = of_dims(SoughtPoints::Descent, vec![of(all_found(5).surfaces), empty]);
    assert!(text.contains("Untested at Λ = 9.") && text.contains("theory agrees"), "{text}");
}

#[test]
fn an_index_off_the_semicircle_is_caught() {
    let (spins, dim) = (3, 100);
    let bulk = HessianBulk::new(spins).unwrap();
    let place = |i: u32, off: f64| {
        let u = -1.4 + 0.028 * f64::from(i);
        IndexAndEnergy { index: (99.0 * bulk.index_fraction(u) + off).round() as u32, energy_per_spin: u }
    };
    let check = |off: f64| {
        let points = (0..100).map(|i| place(i, off)).collect();
        SaddleSample { spins, dim, surfaces: 1, points, elsewhere: 0 }.check().unwrap()
    };
    assert_eq!(check(0.0).holds, Some(true));
    assert_eq!(check(2.0).holds, Some(false));
}

/// What `hspin bands` would print of one size.
fn printed_of(kind: SoughtPoints, dim: DimBands) -> String {
    of_dims(kind, vec![dim])
}

fn of_dims(kind: SoughtPoints, dims: Vec<DimBands>) -> String {
    let verdict = dims.iter().map(|dim| dim.verdict).max().unwrap();
    let units = UnitCount { done: 1, planned: 1 };
    hspin::cli::bands::render(&Bands {
        model: None,
        starts_from: None,
        spins: 3,
        kind,
        counts: "points",
        complete: true,
        units,
        verdict,
        dims,
    })
}

/// What `hspin bands RUN` prints.
fn printed(path: &Path) -> String {
    let mut command = assert_cmd::Command::cargo_bin("hspin").unwrap();
    let output = command.arg("bands").arg(path).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn stored(path: &Path, spec: &Spec) -> Bands {
    let mut store = SurfaceStore::create(path, spec).unwrap();
    carry_out(&mut store, &Resources::of_threads(2), &(), &Stop::default()).unwrap();
    drop(store);
    bands(path).unwrap()
}

#[test]
fn a_stored_census_says_what_its_points_say() {
    let place = tempfile::tempdir().unwrap();
    let request = CensusRequest { dim: Some(DIM as u32), instances: Some(5), ..CensusRequest::default() };
    let found = stored(&place.path().join("a.run"), &request.new_run().unwrap());
    let direct = CensusSample { surfaces: right().surfaces[..5].to_vec(), ..right().clone() };
    let Check::Census(check) = &found.dims[0].check else { panic!("{found:?}") };
    assert_eq!((check.surfaces, check.left_out), (5, 0));
    for (stored, direct) in check.by_index.iter().zip(&direct.check().unwrap().by_index) {
        assert!((stored.observed - direct.observed).abs() < 1e-12);
    }
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!((json["kind"].as_str(), json["dims"][0]["dim"].as_u64()), (Some("census"), Some(7)));
    assert!(json["dims"][0]["census"]["by_index"][0]["expected"].is_f64(), "{json}");
    assert!(json["dims"][0]["lines"][0]["share_below_e_inf"].is_f64());
}

/// Deeper minima have larger basins: all starts lie below the law of minima, distinct minima nearer to it.
#[test]
fn a_stored_run_of_descents_is_told_from_the_law_of_minima() {
    let place = tempfile::tempdir().unwrap();
    let request =
        Request { dims: Some(vec![20]), starts: Some(60), instances: Some(20), ..Request::default() };
    let found = stored(&place.path().join("a.run"), &Spec::new(&request).unwrap());
    let Check::Minima(check) = &found.dims[0].check else { panic!("{found:?}") };
    let (all, distinct) = (check.all.unwrap(), check.distinct.unwrap());
    assert!(all.shift < distinct.shift && all.z.unwrap() < -4.0, "{check:?}");
    assert!(distinct.shift.abs() < 0.6 && check.found < check.expected_minima.map(|n| 1.2 * n));
    assert_eq!(check.surfaces, 20);
}

#[test]
fn couplings_of_ones_own_have_no_verdict() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a.run");
    let couplings = hspin::studies::surfaces::Couplings::File {
        sha256: "0".repeat(64),
        shape: vec![4, 4, 4],
        scale: Some(1.0),
    };
    let request = Request { couplings: Some(couplings), starts: Some(1), ..Request::default() };
    drop(SurfaceStore::create(&path, &Spec::new(&request).unwrap()).unwrap());
    let found = bands(&path).unwrap();
    assert!(
        found.verdict == BandsVerdict::Untested && found.dims[0].verdict == BandsVerdict::Untested,
        "{found:?}"
    );
}
