//! Nothing clipped, nothing overlapping, in every situation. The pictures stay in target/tmp/network-figures.

use std::path::Path;

use hspin::analysis::networks::NetworksData;
use hspin::analysis::{EnergyHistogram, EnergySet, UnitCount};
use hspin::figures::drawing::{Drawing, Mark};
use hspin::figures::{self, FigureFormat, save};
use hspin::studies::networks::NetworkRecord;

use super::invented::{CONTEXT, Truth, compared, like_the_paper, records, sweep};

pub fn glass() -> EnergyHistogram {
    let set = |dim: u32| {
        let size = f64::from(dim);
        let energy =
            |i: u32| -1.633 + 2.2 * size.powf(-0.69) + size.powf(-0.78) * (f64::from(i) / 50.0 - 1.0).powi(3);
        EnergySet { dim, starts: 100, energies_per_spin: (0..100).map(energy).collect() }
    };
    let sets = [25, 50, 100, 200, 300, 400, 500].map(set).to_vec();
    EnergyHistogram {
        spins: 3,
        model: None,
        e_0: Some(1.6569),
        e_inf: Some(1.633),
        e_alg: None,
        scale: None,
        instances: 1,
        sets,
    }
}

fn networks(descent: Vec<NetworkRecord>, annealed: Vec<NetworkRecord>) -> NetworksData {
    let comparison = compared(descent.clone(), annealed);
    NetworksData { descent, context: CONTEXT, comparison: Some(comparison) }
}

/// The figures that networks have, by name.
fn drawn(networks: &NetworksData) -> Vec<(&'static str, Drawing)> {
    let inputs = networks.inputs(Some(glass()));
    figures::of_networks().filter_map(|figure| Some((figure.name, figure.draw_networks(&inputs)?))).collect()
}

fn situations() -> Vec<(&'static str, NetworksData)> {
    let worse = |n: f64| Truth { mean: 1.3 * like_the_paper(n).mean, shared: 0.0, ..like_the_paper(n) };
    let sizes = |sizes: &[u32], networks: u32| -> Vec<NetworkRecord> {
        sizes.iter().flat_map(|&n| records(1, networks, n, &like_the_paper(f64::from(n)))).collect()
    };
    let same = |mut records: Vec<NetworkRecord>| {
        for record in &mut records {
            (record.train_loss, record.test_loss, record.index) = (0.1, 0.25, Some(0));
        }
        records
    };
    let diverged = |mut records: Vec<NetworkRecord>| {
        for record in records.iter_mut().filter(|record| record.network == 3) {
            (record.train_loss, record.test_loss, record.gradient_norm) = (2e44, 3.7e44, 1e43);
        }
        records
    };
    let part = UnitCount { done: 123, planned: 1234 };
    let mut unfinished = networks(sweep(1, 32, like_the_paper), sweep(2, 32, worse));
    unfinished.context.units = part;
    unfinished.comparison.as_mut().unwrap().units = [part; 2];
    let twelve = [5, 8, 10, 15, 25, 35, 50, 70, 100, 150, 250, 1000];
    vec![
        ("paper", networks(sweep(1, 1000, like_the_paper), sweep(2, 100, worse))),
        ("one-size", networks(sizes(&[100], 320), sizes(&[100], 20))),
        ("four-sizes", networks(sizes(&[10, 25, 50, 100], 64), sizes(&[50], 20))),
        ("twelve", networks(sizes(&twelve, 64), sizes(&twelve, 3))),
        ("one-network", networks(sizes(&[25], 1), sizes(&[25], 1))),
        ("same", networks(same(sizes(&[25, 50], 40)), same(sizes(&[25], 5)))),
        ("none", networks(Vec::new(), Vec::new())),
        ("diverged", networks(diverged(sizes(&[10, 25, 50, 100], 64)), diverged(sizes(&[50], 20)))),
        ("unfinished", unfinished),
    ]
}

pub fn assert_well_laid_out(name: &str, drawing: &Drawing) {
    let texts: Vec<_> = drawing.texts().collect();
    assert!(texts.len() > 6, "{name}: {}", drawing.title);
    for (i, text) in texts.iter().enumerate() {
        let bounds = text.bounds;
        let inside = bounds.left >= 4.0
            && bounds.top >= 4.0
            && bounds.right <= drawing.width - 4.0
            && bounds.bottom <= drawing.height - 4.0;
        assert!(inside, "{name}, {}: {:?} is cut off", drawing.title, text.spans);
        for other in &texts[..i] {
            let (a, b) = (&text.spans, &other.spans);
            assert!(!bounds.overlaps(&other.bounds), "{name}, {}: {a:?} lies on {b:?}", drawing.title);
        }
    }
    for mark in &drawing.marks {
        let points = match mark {
            Mark::Line { points, .. } | Mark::Area { points, .. } => points.clone(),
            Mark::Dot { center, .. } => vec![*center],
            Mark::Text(_) => Vec::new(),
        };
        let on_page =
            |x: f64, y: f64| (0.0..=drawing.width).contains(&x) && (0.0..=drawing.height).contains(&y);
        assert!(
            points.iter().all(|p| on_page(p.x, p.y)),
            "{name}, {}: a mark leaves the page",
            drawing.title
        );
    }
}

#[test]
fn no_text_is_cut_off_or_covered_in_any_situation() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("network-figures");
    for (name, networks) in situations() {
        for (figure, drawing) in drawn(&networks) {
            let formats: &[FigureFormat] =
                if name == "paper" { &FigureFormat::ALL } else { &[FigureFormat::Svg] };
            save(&drawing, &root.join(name), figure, formats).unwrap();
            assert_well_laid_out(name, &drawing);
        }
    }
}

#[test]
fn an_unfinished_run_is_called_so_in_every_picture_and_labels_are_short() {
    let mut unfinished = 0;
    for (name, networks) in situations() {
        for (figure, drawing) in drawn(&networks) {
            let texts = labels(&drawing);
            let is_called = texts.iter().any(|text| text.contains("unfinished run: 123 of 1234 units done"));
            assert_eq!(is_called, name == "unfinished", "{figure}");
            assert!(texts.iter().all(|text| text.chars().count() < 80), "{name}: {texts:?}");
            let digits = |text: &String| text.chars().filter(char::is_ascii_digit).count();
            assert!(name != "diverged" || texts.iter().all(|text| digits(text) < 12), "{texts:?}");
            unfinished += usize::from(is_called);
        }
    }
    assert_eq!(unfinished, figures::of_networks().count());
}

fn labels(drawing: &Drawing) -> Vec<String> {
    let joined = |text: &hspin::figures::drawing::Text| text.spans.iter().map(|span| &*span.text).collect();
    drawing.texts().map(joined).collect()
}

#[test]
fn figures_name_what_they_show() {
    let networks = networks(sweep(1, 160, like_the_paper), sweep(2, 32, like_the_paper));
    let drawn = drawn(&networks);
    for (name, expected) in [
        ("network-losses", &["n₁ = 25", "160", "L / exp(α n₁^β)  (scaled test loss, nats)"][..]),
        ("network-losses-unscaled", &["n₁ = 500", "L  (test loss, nats)"]),
        ("glass-and-networks", &["spin glass", "networks", "Λ = 25", "n₁ = 25", "−E0", "H = 3"]),
        ("network-index", &["n₁ = 100", "below −0.001", "taken: 1.0e−8 to 1.0e−8"]),
        ("network-annealing", &["descent", "annealing", "160 and 32 networks"]),
        ("network-train-test", &["n₁ = 10", "r: Pearson’s correlation"]),
        ("network-box-plots", &["black: median", "500"]),
        ("network-mean-variance", &["mean test loss, nats", "C exp(α n₁^β)"]),
    ] {
        let (_, drawing) = drawn.iter().find(|(figure, _)| *figure == name).unwrap();
        let texts = labels(drawing);
        for expected in expected {
            assert!(texts.iter().any(|text| text == expected), "{name}: {expected} not in {texts:?}");
        }
    }
}
