//! Drawings: nothing clipped, nothing overlapping, in every situation; files whole and self-contained.
//!
//! The pictures stay in target/tmp/figures, to be looked at.

use std::fs;
use std::path::{Path, PathBuf};

use hspin::Error;
use hspin::analysis::bands::Mean;
use hspin::analysis::bands::{CensusSample, IndexAndEnergy, SaddleSample, SizeSample, SoughtPoints};
use hspin::analysis::{CensusBands, HessianSpectrum, IndexVsEnergy, MeanCountCheck, SpectrumSet};
use hspin::analysis::{ComplexityCurves, EnergyHistogram, EnergySet, MeanCountCurves};
use hspin::analysis::{ComplexityMap, EnergiesReached, LimitEnergies, ReachedPoint, ReachedSeries, SeriesBy};
use hspin::analysis::{Energies, HistogramAndComplexity, StoredRun, UnitCount};
use hspin::analysis::{OverlapPoint, SpikeOverlaps};
use hspin::figures::drawing::{Drawing, Mark};
use hspin::figures::{
    self, FigureFormat, census_bands, complexity, energies_reached, energy_histogram, hessian_spectrum,
    histogram_and_complexity, index_vs_energy, mean_count_check, mean_counts, render, save, spike_overlap,
};
use hspin::studies::surfaces::{Request, Spec, SurfaceStore};
use hspin::theory::{MeanCounts, Thresholds};
use rand::SeedableRng;
use rand_distr::{Distribution, Normal};
use rand_pcg::Pcg64;

/// A drawing by the name of its figure.
struct Picture {
    name: &'static str,
    drawing: Drawing,
}

impl Picture {
    fn save(&self, dir: &Path, formats: &[FigureFormat]) -> hspin::Result<Vec<PathBuf>> {
        save(&self.drawing, dir, self.name, formats)
    }
}

/// The picture of a table by the figure of this module.
macro_rules! picture {
    ($figure:ident, $table:expr) => {
        Picture { name: $figure::FIGURE.name, drawing: $figure::draw(&$table) }
    };
}

/// Normal energies with the mean and the standard deviation of minima at H = 3, roughly, at any Λ.
fn set(spins: u32, dim: u32, starts: u64) -> EnergySet {
    let size = f64::from(dim);
    let mean = -Thresholds::new(spins).unwrap().e_inf() + 2.2 * size.powf(-0.69);
    let normal = Normal::new(mean, 1.5 * size.powf(-0.78)).unwrap();
    let mut random = Pcg64::seed_from_u64(u64::from(dim));
    EnergySet { dim, starts, energies_per_spin: (0..starts).map(|_| normal.sample(&mut random)).collect() }
}

fn histogram(spins: u32, instances: u32, sets: Vec<EnergySet>) -> Picture {
    let thresholds = Thresholds::new(spins).unwrap();
    let (e_0, e_inf) = (thresholds.e(0).unwrap(), thresholds.e_inf());
    picture!(
        energy_histogram,
        EnergyHistogram {
            spins,
            model: None,
            e_0: Some(e_0),
            e_inf: Some(e_inf),
            e_alg: None,
            scale: None,
            instances,
            sets
        }
    )
}

fn sized(spins: u32, dims: &[u32], starts: u64) -> Vec<EnergySet> {
    dims.iter().map(|&dim| set(spins, dim, starts)).collect()
}

fn shifted(mut set: EnergySet, shift: f64) -> EnergySet {
    set.energies_per_spin.iter_mut().for_each(|u| *u += shift);
    set
}

/// Made-up censuses: as many points of each index as `counts` says, with energies that rise with the index.
fn invented(spins: u32, dim: u32, surfaces: usize, counts: fn(u32) -> usize) -> CensusSample {
    let mut random = Pcg64::seed_from_u64(1);
    let normal = Normal::new(0.0, 0.15).unwrap();
    let mut surface = |_| {
        let indices = (0..dim).flat_map(|k| vec![k; counts(k)]);
        let centre = |k: u32| 1.3 * (2.0 * f64::from(k) / f64::from(dim - 1) - 1.0);
        indices
            .map(|k| IndexAndEnergy { index: k, energy_per_spin: centre(k) + normal.sample(&mut random) })
            .collect()
    };
    let surfaces = (0..surfaces).map(&mut surface).collect();
    CensusSample { spins, dim, surfaces, left_out: 1 }
}

fn census(spins: u32, dim: u32, surfaces: usize, counts: fn(u32) -> usize) -> [Picture; 3] {
    let sample = invented(spins, dim, surfaces, counts);
    let cloud = IndexVsEnergy::new(spins, &[SizeSample::Census(sample.clone())]).unwrap();
    [
        picture!(census_bands, CensusBands::new(&sample).unwrap()),
        picture!(mean_count_check, MeanCountCheck::new(&sample).unwrap()),
        picture!(index_vs_energy, cloud),
    ]
}

fn clouds(dims: &[u32], points: usize) -> Picture {
    let sample = |&dim: &u32| {
        let points = invented(3, dim, points, |_| 1).surfaces.concat();
        SizeSample::Saddles(SaddleSample { spins: 3, dim, surfaces: 1, points, elsewhere: 0 })
    };
    let samples: Vec<SizeSample> = dims.iter().map(sample).collect();
    picture!(index_vs_energy, IndexVsEnergy::new(3, &samples).unwrap())
}

/// Spectra on a semicircle whose edge is at 0.
fn spectrum(dims: &[u32], minima: usize) -> Picture {
    let place = |i: u32, dim: u32| 4.9 * (1.0 - (f64::from(i) / f64::from(dim) * 3.1).cos()) + 0.1;
    let set = |&dim: &u32| {
        let values = (0..dim - 1).map(|i| place(i, dim)).collect();
        SpectrumSet::new(3, dim, &vec![(-1.58, values); minima]).unwrap()
    };
    picture!(hessian_spectrum, HessianSpectrum { spins: 3, sets: dims.iter().filter_map(set).collect() })
}

/// Made-up runs of several sizes on so many surfaces each.
fn over_complexity(spins: u32, kind: SoughtPoints, surfaces: usize, sets: Vec<EnergySet>) -> Picture {
    picture!(histogram_and_complexity, over_complexity_table(spins, kind, surfaces, sets))
}

fn over_complexity_table(
    spins: u32,
    kind: SoughtPoints,
    surfaces: usize,
    sets: Vec<EnergySet>,
) -> HistogramAndComplexity {
    let units = UnitCount { done: 3, planned: if surfaces == 2 { 7 } else { 3 } };
    let energies = |set: EnergySet| {
        let each = set.energies_per_spin.len().div_ceil(surfaces).max(1);
        let surfaces = set.energies_per_spin.chunks(each).map(<[f64]>::to_vec).collect();
        Energies { number: set.dim, surfaces, all: set.starts }
    };
    let sizes = sets.into_iter().map(energies).collect();
    HistogramAndComplexity::new(spins, kind, units, sizes).unwrap()
}

fn census_over_complexity(spins: u32, dim: u32, surfaces: usize, counts: fn(u32) -> usize) -> Picture {
    let units = UnitCount { done: 3, planned: 3 };
    let sample = invented(spins, dim, surfaces, counts);
    picture!(histogram_and_complexity, HistogramAndComplexity::of_census(&sample, units).unwrap())
}

/// Situations of the figure of energies over complexities.
fn combined_situations() -> Vec<(&'static str, Picture)> {
    let descent = |spins, surfaces, sets| over_complexity(spins, SoughtPoints::Descent, surfaces, sets);
    let spread = |dim: u32| {
        let energies = (0..60).map(|i| -1.633 + 0.0555 * f64::from(i)).collect();
        EnergySet { dim, starts: 64, energies_per_spin: energies }
    };
    let outlier = EnergySet { dim: 9, starts: 3, energies_per_spin: vec![-1.5, 1e300, -1e22] };
    vec![
        ("over-sizes", descent(3, 20, sized(3, &[25, 50, 100], 2000))),
        ("over-quick", descent(3, 1, sized(3, &[10, 20, 40], 200))),
        ("over-paper", descent(3, 1, sized(3, &[25, 50, 80, 100, 120, 130, 140], 1000))),
        ("over-twelve", descent(3, 2, sized(3, &[4, 6, 9, 13, 20, 30, 35, 40, 45, 50, 55, 60], 100_000))),
        ("over-order-2", descent(2, 5, sized(2, &[10, 20], 300))),
        ("over-order-10", descent(10, 5, sized(10, &[20], 300))),
        ("over-one-start", descent(3, 1, sized(3, &[10], 1))),
        ("over-far", descent(3, 1, vec![outlier])),
        ("over-empty", descent(3, 1, sized(3, &[10, 20], 0))),
        ("over-none", descent(3, 1, vec![])),
        ("over-saddles", over_complexity(3, SoughtPoints::Saddle, 1, vec![spread(40), spread(80)])),
        (
            "over-census",
            census_over_complexity(3, 10, 60, |k| [6, 16, 30, 42, 49, 49, 42, 30, 16, 6][k as usize]),
        ),
        ("over-census-one", census_over_complexity(3, 3, 1, |_| 2)),
        ("over-census-order-2", census_over_complexity(2, 5, 30, |_| 2)),
        ("over-census-none", census_over_complexity(3, 6, 0, |_| 0)),
    ]
}

/// What is drawn above has mass 1 with errors over surfaces; what is drawn below is theory at the run's own sizes.
#[test]
fn energies_and_complexities_share_an_axis_and_are_what_they_say() {
    let table = over_complexity_table(3, SoughtPoints::Descent, 20, sized(3, &[25, 50, 100], 2000));
    for set in &table.reached {
        let density = set.density.as_ref().unwrap();
        assert!((density.heights.iter().sum::<f64>() * density.width - 1.0).abs() < 1e-12);
        assert_eq!((density.heights.len(), set.surfaces), (set.errors.len(), 20));
        // Normal numbers on independent surfaces: errors are near the binomial ones at the peak.
        let at =
            (0..set.errors.len()).max_by(|&a, &b| density.heights[a].total_cmp(&density.heights[b])).unwrap();
        let share = density.heights[at] * density.width;
        let binomial = (share * (1.0 - share) / 2000.0).sqrt() / density.width;
        assert!((0.5..2.0).contains(&(set.errors[at] / binomial)), "{} {binomial}", set.errors[at]);
    }
    assert_eq!(table.exact.iter().map(|exact| exact.dim).collect::<Vec<_>>(), [25, 100]);
    let exact = &table.exact[1];
    let last = *exact.energies.last().unwrap();
    let counts = MeanCounts::new(3, 100).unwrap().by_index(2, &[last]).unwrap()[0].unwrap();
    assert!((exact.by_index[2].last().unwrap().unwrap() - counts.log / 100.0).abs() < 1e-12);
    let texts = labels(&picture!(histogram_and_complexity, table));
    let below = "(1/Λ) ln of the mean number below u at Λ = 100 and Λ → ∞";
    for expected in [below, "bars: 1 s.e. over surfaces", "numbers count w and −w both", "−E0", "−E∞"]
    {
        assert!(texts.iter().any(|text| text == expected), "{expected} not in {texts:?}");
    }
    let one = labels(&over_complexity(3, SoughtPoints::Descent, 1, sized(3, &[10], 40)));
    assert!(one.iter().any(|text| text == "over starts, given this surface"), "{one:?}");
    let growing = labels(&over_complexity(3, SoughtPoints::Descent, 2, sized(3, &[10], 40)));
    assert!(growing.iter().any(|text| text == "unfinished: 3 of 7 units"), "{growing:?}");
    // A size that is not begun has no panel, whose curves would be outside of the range, and no surface.
    let begun = Energies { number: 60, surfaces: vec![vec![-1.62, -1.6, -1.58]], all: 3 };
    let empty = Energies { number: 8, surfaces: vec![], all: 0 };
    let units = UnitCount { done: 1, planned: 80 };
    let table = HistogramAndComplexity::new(3, SoughtPoints::Descent, units, vec![empty, begun]).unwrap();
    assert_eq!(table.exact.iter().map(|exact| exact.dim).collect::<Vec<_>>(), [60]);
    let texts = labels(&picture!(histogram_and_complexity, table));
    assert!(texts.iter().any(|text| text == "one surface; bars: 1 s.e."), "{texts:?}");
    assert!(texts.iter().all(|text| !text.contains("per size")), "{texts:?}");
    let several = |number, surfaces| Energies { number, surfaces: vec![vec![-1.6, -1.5]; surfaces], all: 2 };
    let uneven =
        HistogramAndComplexity::new(3, SoughtPoints::Descent, units, vec![several(20, 40), several(30, 2)]);
    let texts = labels(&picture!(histogram_and_complexity, uneven.unwrap()));
    assert!(texts.iter().any(|text| text == "2 to 40 surfaces per size;"), "{texts:?}");
}

/// Situations of the figures of critical points.
fn critical_situations() -> Vec<(&'static str, Picture)> {
    let [bands, numbers, cloud] = census(3, 10, 60, |k| [6, 16, 30, 42, 49, 49, 42, 30, 16, 6][k as usize]);
    let [bands_one, numbers_one, cloud_one] = census(3, 3, 1, |_| 2);
    let [bands_wide, numbers_wide, _] = census(3, 14, 3, |_| 400);
    let [bands_two, numbers_two, _] = census(2, 5, 30, |_| 2);
    let [bands_none, numbers_none, cloud_none] = census(3, 6, 0, |_| 0);
    vec![
        ("census", bands),
        ("census", numbers),
        ("census", cloud),
        ("census-one", bands_one),
        ("census-one", numbers_one),
        ("census-one", cloud_one),
        ("census-wide", bands_wide),
        ("census-wide", numbers_wide),
        ("census-order-2", bands_two),
        ("census-order-2", numbers_two),
        ("census-none", bands_none),
        ("census-none", numbers_none),
        ("census-none", cloud_none),
        ("saddles", clouds(&[50, 100], 8)),
        ("saddles-many", clouds(&[10, 20, 40, 60, 80, 100], 5)),
        ("saddles-none", clouds(&[], 0)),
        ("spectrum", spectrum(&[200], 40)),
        ("spectrum-three", spectrum(&[50, 100, 200], 1)),
        ("spectrum-none", spectrum(&[], 0)),
    ]
}

fn mean_counts(spins: u32, dim: u32) -> MeanCountCurves {
    MeanCountCurves::new(spins, dim, 5).unwrap()
}

/// Numbers that cannot be had: an index altogether, and pieces of another.
fn with_gaps(mut table: MeanCountCurves) -> Picture {
    for curves in [&mut table.overview, &mut table.zoom, &mut table.layers, &mut table.overtaking] {
        curves.by_index[2].fill(None);
        curves.by_index[1][100..300].fill(None);
    }
    table.ones = vec![None; table.ones.len()];
    picture!(mean_counts, table)
}

/// Energies that several methods reach, beside limits.
fn reached(limits: LimitEnergies, methods: usize) -> EnergiesReached {
    let mean = |u: f64| Mean { observed: u, standard_error: Some(0.01), expected: None, z: None, p: None };
    let points = |place: usize| {
        let point = |dim: u32| {
            let u = -1.55 + (4.0 + place as f64) / f64::from(dim);
            ReachedPoint { dim, surfaces: 20, mean: mean(u), lowest: mean(u - 0.02) }
        };
        [25, 50, 100, 200].map(point).to_vec()
    };
    let series = |place: usize| ReachedSeries {
        label: ["sgd", "gd", "anneal", "sgd", "fast", "gd"][place % 6].to_owned(),
        detail: (place > 2).then(|| "starts from 10000 given points".to_owned()),
        points: points(place),
    };
    EnergiesReached {
        model: "mixture 2:0.5,3:0.5".to_owned(),
        by: SeriesBy::Protocol,
        series: (0..methods).map(series).collect(),
        limits,
    }
}

const NEAR: LimitEnergies =
    LimitEnergies { e_0: Some(1.5571), e_inf: Some(1.55), e_alg: Some(1.5556), phase: None };

fn reached_situations() -> Vec<(&'static str, Picture)> {
    let picture = |limits: LimitEnergies, methods: usize| Picture {
        name: energies_reached::BY_PROTOCOL.name,
        drawing: energies_reached::draw(&reached(limits, methods)),
    };
    let equal = LimitEnergies { e_0: Some(1.6), e_inf: Some(1.6), e_alg: Some(1.6), phase: None };
    let far = LimitEnergies { e_0: Some(2.9), e_inf: Some(1.5), e_alg: Some(2.2), phase: None };
    let formal = LimitEnergies { e_0: Some(1.82), e_inf: Some(1.849), e_alg: Some(1.83), phase: None };
    let none = LimitEnergies { e_0: None, e_inf: None, e_alg: None, phase: None };
    let strong = |met: bool, starts: Option<&str>| {
        let mean =
            |m: f64| Mean { observed: m, standard_error: Some(0.05), expected: None, z: None, p: None };
        let point = |strength: f64| OverlapPoint {
            strength,
            surfaces: 20,
            lowest: mean(1.0 - 0.5 / strength),
            met: met.then(|| mean(0.4)),
        };
        let points: Vec<OverlapPoint> = [0.8, 1.2, 2.0].map(point).to_vec();
        let table = SpikeOverlaps {
            model: if met { "H = 3".to_owned() } else { "mixture 2:0.5,3:0.5".to_owned() },
            order: 3,
            starts: starts.map(str::to_owned),
            sizes: vec![(25, points.clone()), (50, points)],
            curve: [Vec::new(), Vec::new()],
            lambda_s: met.then_some(1.1547),
            lambda_ml: met.then_some(1.2066),
        };
        picture!(spike_overlap, table)
    };
    let mixed = |e_0: f64, e_th: Option<f64>, e_alg: Option<f64>| {
        let sets = sized(3, &[25, 50], 300);
        let mut table = mixed_histogram(sets);
        (table.e_0, table.e_inf, table.e_alg) = (Some(e_0), e_th, e_alg);
        picture!(energy_histogram, table)
    };
    vec![
        ("reached-near", picture(NEAR, 3)),
        ("reached-equal", picture(equal, 2)),
        ("reached-far", picture(far, 1)),
        ("reached-formal", picture(formal, 4)),
        ("reached-none", picture(none, 3)),
        ("reached-starts", picture(NEAR, 5)),
        ("overlap", strong(true, None)),
        ("overlap-starts", strong(true, Some("starts from 10000 given points"))),
        ("overlap-of-a-mixture", strong(false, Some("starts at overlap 0.9"))),
        ("mixture", mixed(1.5571, Some(1.55), Some(1.5556))),
        ("mixture-formal", mixed(1.82, Some(1.849), Some(1.83))),
        ("mixture-equal", mixed(1.7, Some(1.7), Some(1.7))),
        ("mixture-field", mixed(1.7, None, Some(1.7))),
    ]
}

fn mixed_histogram(sets: Vec<EnergySet>) -> EnergyHistogram {
    EnergyHistogram {
        spins: 3,
        model: Some("mixture 2:0.5,3:0.5".to_owned()),
        e_0: None,
        e_inf: None,
        e_alg: None,
        scale: None,
        instances: 20,
        sets,
    }
}

/// Lines at E_th, E_alg and E_0 that are closer together than their names are high: from each line a leader goes to its name.
#[test]
fn each_line_of_the_limits_leads_to_its_name() {
    let drawing = energies_reached::draw(&reached(NEAR, 3));
    let lines: Vec<&Vec<_>> = drawing
        .marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Line { points, .. } => Some(points),
            _ => None,
        })
        .collect();
    let frame = 640.0;
    let levels: Vec<f64> = lines
        .iter()
        .filter(|line| line.len() == 2 && line[0].y == line[1].y && line[1].x == frame && line[0].x < 80.0)
        .map(|line| line[0].y)
        .collect();
    let leaders: Vec<&&Vec<_>> = lines.iter().filter(|line| line.len() == 3 && line[0].x > frame).collect();
    let picture = Picture { name: "x", drawing: drawing.clone() };
    let names = ["−Eth", "−Ealg", "−E0"];
    assert_eq!(leaders.len(), 3);
    for (name, leader) in names.iter().zip(&leaders) {
        let place = labels(&picture).iter().position(|label| label == name).unwrap();
        let bounds = drawing.texts().nth(place).unwrap().bounds;
        assert!(levels.contains(&leader[0].y), "{name}: its leader begins at no line");
        let (middle, end) = (0.5 * (bounds.top + bounds.bottom), leader[2]);
        assert!(
            (end.y - middle).abs() < 5.0 && (0.0..8.0).contains(&(bounds.left - end.x)),
            "{name}: {bounds:?}"
        );
    }
    // From the top down as the energies are, each line with a leader of its own.
    assert!(leaders.is_sorted_by(|a, b| a[0].y < b[0].y && a[2].y < b[2].y));
}

/// Where there is no line of Λ → ∞ none is explained; of one order with another law the threshold is −E_∞.
#[test]
fn only_lines_that_are_drawn_are_named() {
    let texts = |table: &EnergyHistogram| labels(&picture!(energy_histogram, table.clone()));
    let none = mixed_histogram(sized(3, &[25], 300));
    assert!(texts(&none).iter().all(|text| !text.contains("dashed")));
    let one_order = EnergyHistogram { e_0: Some(1.657), e_inf: Some(1.633), ..none.clone() };
    let found = texts(&one_order);
    assert!(
        ["−E0", "−E∞", "dashed: limits Λ → ∞"].iter().all(|text| found.contains(&(*text).to_owned())),
        "{found:?}"
    );
    let mixture = EnergyHistogram { e_alg: Some(1.64), ..one_order };
    assert!(texts(&mixture).contains(&"−Eth".to_owned()));
}

/// Next to one order the points lie in a band that is thinner than what is drawn; that is said, and not that there are none.
#[test]
fn a_mixture_next_to_one_order_is_refused_for_what_it_is() {
    let refusal = |text: &str| ComplexityMap::new(&text.parse().unwrap()).unwrap_err().to_string();
    for mixture in ["2:1e-12,3:1", "3:1,4:1e-15", "1:1e-9,3:1"] {
        let line = refusal(mixture);
        assert!(line.contains("so near one order") && !line.contains("field"), "{line}");
    }
    let line = refusal("1:1,2:0.1");
    assert!(line.contains("the field of this one leaves few"), "{line}");
    assert!(refusal("3:1").contains("at least two orders"));
    assert!(ComplexityMap::new(&"2:0.5,3:0.5".parse().unwrap()).is_ok());
}

/// Situations that a figure must survive, by name.
fn situations() -> Vec<(&'static str, Picture)> {
    let paper = [25, 50, 100, 200, 300, 400, 500];
    let twelve = [4, 6, 9, 13, 20, 30, 45, 70, 100, 150, 230, 350];
    let equal = EnergySet { dim: 8, starts: 20, energies_per_spin: vec![-1.5; 20] };
    let partly = EnergySet { starts: 1000, ..set(3, 60, 998) };
    let complexity = |spins| picture!(complexity, ComplexityCurves::new(spins, 5).unwrap());
    vec![
        ("paper", histogram(3, 1, sized(3, &paper, 1000))),
        ("one-size", histogram(3, 20, sized(3, &[100], 1000))),
        ("twelve", histogram(3, 100, sized(3, &twelve, 100_000))),
        ("order-4", histogram(4, 1, sized(4, &paper, 300))),
        ("order-2", histogram(2, 5, sized(2, &[10, 20], 300))),
        ("tiny", histogram(3, 1, sized(3, &[10, 20], 3))),
        ("one-start", histogram(3, 1, sized(3, &[10], 1))),
        ("equal", histogram(3, 1, vec![equal])),
        ("below", histogram(3, 1, vec![shifted(set(3, 300, 1000), -0.15)])),
        ("above", histogram(3, 1, vec![shifted(set(3, 300, 1000), 0.9), partly])),
        ("empty", histogram(3, 1, sized(3, &[10, 1000], 0))),
        ("none", histogram(3, 1, vec![])),
        ("complexity-2", complexity(2)),
        ("complexity-3", complexity(3)),
        ("complexity-4", complexity(4)),
        ("complexity-10", complexity(10)),
        ("complexity-100", complexity(100)),
        ("counts-2-2", picture!(mean_counts, mean_counts(2, 2))),
        ("counts-2-12", picture!(mean_counts, mean_counts(2, 12))),
        ("counts-3-2", picture!(mean_counts, mean_counts(3, 2))),
        ("counts-3-30", picture!(mean_counts, mean_counts(3, 30))),
        ("counts-10-7", picture!(mean_counts, mean_counts(10, 7))),
        ("counts-gaps", with_gaps(mean_counts(3, 3))),
    ]
}

fn assert_well_laid_out(name: &str, drawing: &Drawing) {
    let texts: Vec<_> = drawing.texts().collect();
    assert!(texts.len() > 8, "{name}: {}", drawing.title);
    for (i, text) in texts.iter().enumerate() {
        let bounds = text.bounds;
        assert!(
            bounds.left >= 4.0
                && bounds.top >= 4.0
                && bounds.right <= drawing.width - 4.0
                && bounds.bottom <= drawing.height - 4.0,
            "{name}: {:?} is cut off",
            text.spans
        );
        for other in &texts[..i] {
            assert!(!bounds.overlaps(&other.bounds), "{name}: {:?} lies on {:?}", text.spans, other.spans);
        }
    }
    for mark in &drawing.marks {
        if let Mark::Line { points, .. } | Mark::Area { points, .. } = mark {
            let on_page =
                |x: f64, y: f64| (0.0..=drawing.width).contains(&x) && (0.0..=drawing.height).contains(&y);
            assert!(points.iter().all(|p| on_page(p.x, p.y)), "{name}: a line leaves the page");
        }
    }
}

#[test]
fn no_text_is_cut_off_or_covered_in_any_situation() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("figures");
    let all = situations().into_iter().chain(critical_situations()).chain(combined_situations());
    for (name, figure) in all.chain(reached_situations()) {
        figure.save(&root.join(name), &FigureFormat::ALL).unwrap();
        assert_well_laid_out(name, &figure.drawing);
        assert_well_laid_out(name, &figure.drawing.clone().headed("unfinished: 1200 of 3500 units"));
    }
}

fn labels(figure: &Picture) -> Vec<String> {
    let joined = |text: &hspin::figures::drawing::Text| text.spans.iter().map(|span| &*span.text).collect();
    figure.drawing.texts().map(joined).collect()
}

#[test]
fn legends_name_what_is_shown() {
    let texts = labels(&histogram(3, 1, vec![set(3, 25, 40), EnergySet { starts: 50, ..set(3, 50, 48) }]));
    for expected in ["−E0", "−E∞", "Λ = 25", "40", "Λ = 50", "48/50", "one surface per size", "H = 3"]
    {
        assert!(texts.iter().any(|text| text == expected), "{expected} not in {texts:?}");
    }
    let texts = labels(&picture!(complexity, ComplexityCurves::new(4, 5).unwrap()));
    for expected in ["H = 4", "ΘH(u)", "Θ0,H(u)", "Θ5,H(u)", "−E0", "−E∞"] {
        assert!(texts.iter().any(|text| text == expected), "{expected} not in {texts:?}");
    }
    let texts = labels(&picture!(mean_counts, mean_counts(3, 8)));
    for expected in ["H = 3", "Λ = 8", "all", "k = 0", "k = 5", "−ΛE0", "−ΛE∞", "10⁰"] {
        assert!(texts.iter().any(|text| text == expected), "{expected} not in {texts:?}");
    }
    assert!(labels(&histogram(2, 3, vec![set(2, 25, 40)])).contains(&"−E0 = −E∞".to_owned()));
}

#[test]
fn nothing_that_is_not_a_number_is_drawn() {
    for (name, figure) in critical_situations().into_iter().chain(combined_situations()) {
        let texts = labels(&figure);
        assert!(!texts.iter().any(|text| text.contains("NaN") || text.contains("inf")), "{name}: {texts:?}");
    }
}

#[test]
fn the_enlarged_part_lies_inside_the_overview() {
    for spins in [2, 3, 10, 100, 1000] {
        let curves = ComplexityCurves::new(spins, 5).unwrap();
        let (overview, zoom) = (&curves.overview.energies, &curves.zoom.energies);
        assert!(overview[0] < zoom[0] && zoom.last() < overview.last(), "spins {spins}");
        assert!(zoom[0] < -curves.e_0() && zoom.last() > Some(&-curves.e_inf));
    }
    for (spins, dim) in [(2, 3), (3, 2), (10, 4)] {
        let curves = mean_counts(spins, dim);
        let [low, high] = [0, 600].map(|i| curves.overview.energies[i] / f64::from(dim));
        assert!(low < -curves.e_0 && high > -curves.e_inf, "spins {spins}, dim {dim}");
        for part in [&curves.zoom, &curves.layers, &curves.overtaking] {
            let inside = |energy: &f64| (low..=high).contains(&(energy / f64::from(dim)));
            assert!(
                part.energies
                    .first()
                    .is_some_and(|energy| energy / f64::from(dim) > low - 0.2 * (high - low))
            );
            assert!(part.energies.last().is_some_and(inside), "spins {spins}, dim {dim}");
        }
    }
}

#[test]
fn densities_have_mass_one_on_nested_bins() {
    let mut widths = Vec::new();
    for (dim, starts) in [(25, 1000), (500, 1000), (10, 3), (10, 1), (7, 200_000)] {
        let density = set(3, dim, starts).density(0.016).unwrap();
        let mass: f64 = density.heights.iter().sum::<f64>() * density.width;
        assert!((mass - 1.0).abs() < 1e-12);
        assert!(density.heights.first() > Some(&0.0) && density.heights.last() > Some(&0.0));
        assert_eq!((density.low / density.width).fract(), 0.0);
        assert_eq!(density.width.log2().fract(), 0.0);
        widths.push(density.width);
    }
    assert!(widths[0] > widths[1], "{widths:?}");
}

#[test]
fn densities_ignore_what_is_not_finite_and_survive_outliers() {
    let with = |energies: &[f64]| EnergySet { dim: 9, starts: 9, energies_per_spin: energies.to_vec() };
    assert_eq!(with(&[]).density(0.01), None);
    assert_eq!(with(&[f64::NAN, f64::INFINITY]).density(0.01), None);
    let clean = with(&[-1.5, -1.4, -1.3]).density(0.01);
    assert_eq!(with(&[-1.5, f64::NAN, -1.4, -1.3, f64::NEG_INFINITY]).density(0.01), clean);
    let outlier = with(&[-1.5, -1.499_999, -1.500_001, -1.5, -1.5, -1.5, 1000.0]).density(0.01).unwrap();
    assert!(outlier.heights.len() < 1000);
    let equal = with(&[-1.5; 7]).density(0.016).unwrap();
    assert_eq!((equal.heights.len(), equal.width), (1, 1.0 / 64.0));
}

#[test]
fn energies_of_any_size_are_drawn_on_few_bins() {
    let sets: [&[f64]; 7] = [
        &[-0.9, -1.6e308],
        &[1e308, -1e308, 0.5],
        &[-9e299, 9e299],
        &[-1.5e22, -1.5e22 - 4e6, -1.5e22 + 4e6, -1.5e22],
        &[-1.5e30; 5],
        &[5e-324, 0.0, -5e-324],
        &[-1.5, -1.5 - 1e-15, -1.5 + 1e-15],
    ];
    for (number, energies) in sets.into_iter().enumerate() {
        let set = EnergySet { dim: 9, starts: 9, energies_per_spin: energies.to_vec() };
        assert!(set.density(0.016).is_none_or(|density| density.heights.len() < 1000), "{energies:?}");
        let drawing = histogram(3, 1, vec![set]).drawing;
        assert!(!render(&drawing, FigureFormat::Svg).unwrap().is_empty());
        // Pixels take their time.
        if number % 3 == 0 {
            assert!(!render(&drawing, FigureFormat::Png).unwrap().is_empty());
        }
    }
}

#[test]
fn files_need_no_font_and_are_the_same_every_time() {
    let dir = tempfile::tempdir().unwrap();
    let figure = picture!(complexity, ComplexityCurves::new(3, 5).unwrap());
    let save =
        |name: &str| -> Vec<PathBuf> { figure.save(&dir.path().join(name), &FigureFormat::ALL).unwrap() };
    let (first, second) = (save("a/b"), save("c"));
    for (one, other) in first.iter().zip(&second) {
        assert_eq!(fs::read(one).unwrap(), fs::read(other).unwrap());
        // Two figures and the list of what was written there.
        let names = fs::read_dir(one.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name());
        let names: std::collections::BTreeSet<_> = names.collect();
        let expected = [".hspin-files.json", "complexity.png", "complexity.svg"];
        assert_eq!(names, expected.map(Into::into).into(), "leftovers beside {one:?}");
    }
    let svg = fs::read_to_string(&first[0]).unwrap();
    assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
    assert!(svg.contains("@font-face") && svg.contains("data:font/ttf;base64,AAEAAAA"));
    assert!(fs::read(&first[1]).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn formats_are_found_by_name() {
    assert_eq!(FigureFormat::from_name("png"), Some(FigureFormat::Png));
    assert_eq!(FigureFormat::from_name("jpeg"), None);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = histogram(3, 1, vec![]).save(&file.join("below"), &[FigureFormat::Svg]).unwrap_err();
    assert!(matches!(error, Error::Refused(_) | Error::Io { .. }));
    assert!(error.to_string().contains(&file.display().to_string()), "{error}");
}

/// `hspin figure …`, without the process around it.
#[derive(clap::Parser)]
struct Command {
    #[command(flatten)]
    figure: hspin::cli::figure::Args,
}

/// What `hspin figure WORDS --out DIR` prints.
fn printed(words: &str, dir: &Path) -> hspin::Result<String> {
    let words = format!("figure {words}");
    let words = words.split(' ').map(String::from).chain(["--out".to_owned(), dir.display().to_string()]);
    let command: Command = clap::Parser::try_parse_from(words).unwrap();
    hspin::cli::figure::draw(&command.figure).map(|drawn| drawn.text())
}

#[test]
fn figures_without_a_run_are_drawn_and_the_paths_printed() {
    let dir = tempfile::tempdir().unwrap();
    let svg = dir.path().join("complexity.svg");
    let png = dir.path().join("complexity.png");
    assert_eq!(printed("complexity --format svg", dir.path()).unwrap(), format!("{}\n", svg.display()));
    assert!(fs::read_to_string(&svg).unwrap().contains("H = 3"));
    let counts = ["mean-counts.svg", "mean-counts.png"].map(|name| dir.path().join(name));
    let all: String =
        [&svg, &png, &counts[0], &counts[1]].iter().map(|path| format!("{}\n", path.display())).collect();
    assert_eq!(printed("all --spins 4 --dim 5", dir.path()).unwrap(), all);
    for path in [&svg, &counts[0]] {
        assert!(fs::read_to_string(path).unwrap().contains("H = 4"));
    }
    assert!(fs::read_to_string(&counts[0]).unwrap().contains("Λ = 5"));
}

#[test]
fn bad_input_names_key_value_and_what_is_allowed() {
    let dir = tempfile::tempdir().unwrap();
    let names: Vec<&str> = figures::of_glass().map(|figure| figure.name).collect();
    for (words, message) in [
        ("energy-histogram", "--run = (missing): figure energy-histogram shows a run: name its path"),
        ("nosuch", &format!("NAME = nosuch: one of {}, all; of a run of networks", names.join(", "))),
        ("complexity --dim 9", "--dim = 9: only mean-counts takes it"),
        ("census-bands", "--run = (missing): figure census-bands shows a run: name its path"),
        ("complexity --format svg,gif", "--format = gif: a list of svg, png"),
    ] {
        let error = printed(words, dir.path()).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().starts_with(message), "{error}");
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_run_shows_its_converged_starts() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("empty.run");
    let request = Request { spins: Some(4), dims: Some(vec![10, 20]), starts: Some(5), ..Request::default() };
    drop(SurfaceStore::create(&path, &Spec::new(&request).unwrap()).unwrap());
    let table = EnergyHistogram::at(&path).unwrap();
    assert_eq!((table.spins, table.instances, table.sets.len()), (4, 1, 2));
    assert_eq!((table.sets[1].dim, table.sets[1].starts), (20, 0));
    assert_eq!(table.e_0, Some(Thresholds::new(4).unwrap().e(0).unwrap()));
    let words = format!("all --format svg --run {}", path.display());
    let printed = printed(&words, dir.path()).unwrap();
    let stored = StoredRun::open(&path).unwrap();
    let shown = figures::of_glass().filter(|figure| figure.fits(&stored)).count();
    assert_eq!(printed.lines().count(), shown);
    let complexity = fs::read_to_string(dir.path().join("complexity.svg")).unwrap();
    assert!(complexity.contains("H = 4"));
    let counts = fs::read_to_string(dir.path().join("mean-counts.svg")).unwrap();
    assert!(counts.contains("H = 4") && counts.contains("Λ = 20"));
    assert_eq!(
        hspin::cli::shared::figures::draw_all(&path, &dir.path().join("all"), Some(3)).unwrap().len(),
        10
    );
}

#[test]
fn a_legend_of_a_hundred_sizes_names_some_of_them_in_letters_that_can_be_read() {
    let sizes: Vec<u32> = (1..=100).map(|i| 10 * i).collect();
    let figure = histogram(3, 1, sized(3, &sizes, 60));
    figure
        .save(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("figures/hundred-sizes"), &FigureFormat::ALL)
        .unwrap();
    let drawing = figure.drawing.clone();
    assert_well_laid_out("a hundred sizes", &drawing);
    let named = labels(&figure).into_iter().filter(|text| text.starts_with("Λ = ")).collect::<Vec<_>>();
    assert!((10..30).contains(&named.len()), "{named:?}");
    assert!(named.contains(&"Λ = 10".to_owned()) && named.contains(&"Λ = 1000".to_owned()), "{named:?}");
    let smallest =
        drawing.texts().flat_map(|text| &text.spans).map(|span| span.size).fold(f64::MAX, f64::min);
    assert!(smallest >= 8.0, "{smallest}");
    assert!(labels(&figure).contains(&format!("{} more between them", 100 - named.len())));
}
