//! Overlaps with a spike in tables and figures, against what the exported records give when they are added up here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hspin::analysis::{SeveralRuns, SpikeHistograms};
use serde_json::Value;

use crate::harness::{Place, about, complaint, hspin, json, succeed, sweep};

/// Energy and overlap, energy and radial slope, of the starts that converged on each surface of one size.
type Ends = Vec<Vec<[f64; 3]>>;

/// What a run's records say, by Λ.
fn exported(place: &Place, run: &Path) -> BTreeMap<u64, Ends> {
    let out = place.path(&format!("{}-out", run.file_stem().unwrap().to_string_lossy()));
    succeed(about("export", run, "").arg("--out").arg(&out));
    let mut reader = csv::Reader::from_path(out.join("records.csv")).unwrap();
    let mut found: BTreeMap<(u64, u64), Vec<[f64; 3]>> = BTreeMap::new();
    for row in reader.deserialize::<BTreeMap<String, String>>().map(Result::unwrap) {
        if row["outcome"] == "converged" {
            let at = (row["dim"].parse().unwrap(), row["instance"].parse().unwrap());
            let [u, m, r] = ["energy_per_spin", "spike_overlap", "radial_slope"]
                .map(|column| row[column].parse().unwrap_or(f64::NAN));
            found.entry(at).or_default().push([u, m, r]);
        }
    }
    let mut by_dim: BTreeMap<u64, Ends> = BTreeMap::new();
    for ((dim, _), ends) in found {
        by_dim.entry(dim).or_default().push(ends);
    }
    by_dim
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn error(values: &[f64]) -> f64 {
    let (mean, n) = (mean(values), values.len() as f64);
    (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt()
}

fn lowest(ends: &[[f64; 3]]) -> [f64; 3] {
    ends.iter().copied().reduce(|a, b| if b[0] < a[0] { b } else { a }).unwrap()
}

#[track_caller]
fn near(found: &Value, expected: f64, what: &str) {
    let found = found.as_f64().unwrap_or_else(|| panic!("{what}: no number"));
    assert!((found - expected).abs() < 1e-12, "{what}: {found} instead of {expected}");
}

/// A mean with its error over surfaces.
#[track_caller]
fn is_mean(found: &Value, by_surface: &[f64], what: &str) {
    near(&found["observed"], mean(by_surface), what);
    near(&found["standard_error"], error(by_surface), what);
}

fn spiked(place: &Place, strength: &str, flags: &str) -> PathBuf {
    let run = place.path(&format!("spike-{}.run", strength.replace(':', "-")));
    succeed(&mut sweep(&run, &format!("--spike {strength} --dims 8,14 --starts 40 --instances 4 {flags}")));
    run
}

fn bands_of(runs: &[&PathBuf]) -> std::process::Command {
    let mut command = hspin("bands");
    command.args(runs);
    command
}

#[test]
fn the_phase_table_is_what_the_records_and_the_theory_give() {
    let place = Place::quick();
    for (spins, strengths) in [(3, ["4", "0.9", "1.4"]), (4, ["3", "1.2", "1.6"])] {
        let runs = strengths.map(|strength| spiked(&place, strength, &format!("--spins {spins}")));
        let found = json(bands_of(&[&runs[0], &runs[1], &runs[2]]).arg("--json"));
        assert_eq!((&found["signed"], &found["order"]), (&(spins == 3).into(), &spins.into()), "{found}");
        let phases = found["phases"].as_array().unwrap();
        let order: Vec<(u64, f64)> = phases
            .iter()
            .map(|row| (row["dim"].as_u64().unwrap(), row["strength"].as_f64().unwrap()))
            .collect();
        assert!(order.len() == 6 && order.is_sorted_by(|a, b| a < b), "{order:?}");
        for (run, strength) in runs.iter().zip(strengths) {
            let theory =
                json(&mut hspin(&format!("theory spiked --spins {spins} --strength {strength} --json")));
            let alone = json(&mut about("bands", run, "--json"));
            for (dim, ends) in exported(&place, run) {
                let row = phases
                    .iter()
                    .find(|row| row["dim"] == dim && row["run"] == run.display().to_string().as_str())
                    .unwrap();
                for key in ["overlap", "energy", "lambda_s", "lambda_ml"] {
                    assert_eq!(row[key], theory[key], "{key}");
                }
                assert_eq!(found["lambda_ml"], theory["lambda_ml"]);
                assert_eq!((&row["surfaces"], &row["ends"]), (&4.into(), &ends.concat().len().into()));
                let means: Vec<f64> = ends
                    .iter()
                    .map(|ends| mean(&ends.iter().map(|end| end[1]).collect::<Vec<_>>()))
                    .collect();
                is_mean(&row["mean_overlap"], &means, "mean_overlap");
                // Over starts the error is another.
                let starts: Vec<f64> = ends.concat().iter().map(|end| end[1]).collect();
                assert!((error(&starts) - error(&means)).abs() > 1e-6);
                let best: Vec<f64> = ends.iter().map(|ends| lowest(ends)[1]).collect();
                is_mean(&row["lowest_overlap"], &best, "lowest_overlap");
                let sizes: Vec<f64> = best.iter().map(|m| m.abs()).collect();
                is_mean(&row["overlap_of_lowest"], &sizes, "overlap_of_lowest");
                if let Some(good) = theory["overlap"].as_f64() {
                    let is_met = |m: f64| if m > good / 2.0 { 1.0 } else { 0.0 };
                    near(&row["met_above"], good / 2.0, "met_above");
                    let shares: Vec<f64> = ends
                        .iter()
                        .map(|ends| mean(&ends.iter().map(|end| is_met(end[1])).collect::<Vec<_>>()))
                        .collect();
                    is_mean(&row["met"], &shares, "met");
                    let of_lowest: Vec<f64> = best.iter().map(|&m| is_met(m)).collect();
                    is_mean(&row["lowest_met"], &of_lowest, "lowest_met");
                } else {
                    let unknown = ["met_above", "met", "lowest_met"].map(|key| row[key].is_null());
                    assert_eq!((unknown, strength), ([true; 3], strengths[1]));
                }
                let of_one = alone["dims"].as_array().unwrap().iter().find(|of| of["dim"] == dim).unwrap();
                let of_one = &of_one["model"]["spike"];
                for key in ["mean_overlap", "lowest_overlap", "met", "lowest_met"] {
                    assert_eq!(of_one[key], row[key], "{key}");
                }
            }
        }
        let text = succeed(&mut bands_of(&[&runs[0], &runs[1], &runs[2]]));
        let m = if spins == 3 { "m > m*/2" } else { "|m| > m*/2" };
        assert!(text.contains("Λ = 14\n") && text.contains(m) && text.contains("over surfaces"), "{text}");
        let rows = text.lines().filter(|line| line.split_whitespace().count() == 13).count();
        assert_eq!(rows, 6, "{text}");
    }
}

#[test]
fn runs_of_a_phase_table_differ_in_the_strength_of_the_spike_only() {
    let place = Place::quick();
    let first = spiked(&place, "2", "");
    let others = [
        ("plain", "", "a run with a spike"),
        ("order", "--spike 2:2", "spike only; the order of the spike: the first run has 3, this one 2"),
        ("spins", "--spike 2 --spins 4", "spike only; the surfaces: the first run has H = 3, this one H = 4"),
        ("law", "--spike 2 --law sign", "the first run has H = 3, this one H = 3, law sign"),
        ("method", "--spike 2 --protocol gd", "spike only; method: the first run has sgd, this one gd"),
        ("steps", "--spike 2 --samples 30", "descent.samples: the first run has 2, this one 30"),
        (
            "starts",
            "--spike 2 --start-overlap 0.5",
            "where starts begin: the first run has random, this one overlap 0.5",
        ),
        ("again", "--spike 2", "each strength once at each size"),
    ];
    for (name, flags, part) in others {
        let run = place.path(&format!("{name}.run"));
        succeed(&mut sweep(&run, &format!("--dims 8 --starts 20 {flags}")));
        let line = complaint(&bands_of(&[&first, &run]).output().unwrap(), 2);
        assert!(line.contains(&format!("{name}.run")) && line.contains(part), "{line}");
        let mut figure = hspin("figure spike-histograms --format svg --out");
        figure.arg(place.path("figures")).arg("--run").arg(&first).arg("--run").arg(&run);
        let line = complaint(&figure.output().unwrap(), 2);
        assert!(line.contains("--run") && line.contains(part), "{line}");
    }
    let line = complaint(&bands_of(&[&first, &first]).output().unwrap(), 2);
    assert!(line.contains("has λ = 2 at Λ = 8, too"), "{line}");
    // Another size of one strength is none twice.
    let larger = place.path("larger.run");
    succeed(&mut sweep(&larger, "--dims 9 --starts 20 --spike 2"));
    succeed(&mut bands_of(&[&first, &larger]));
    // Rates follow the strength, and are no difference.
    for method in ["gd", "anneal"] {
        let runs = ["1", "3"].map(|strength| {
            let run = place.path(&format!("{method}-{strength}.run"));
            let flags = format!("--protocol {method} --spike {strength}");
            succeed(&mut sweep(&run, &format!("--dims 6 --starts 20 {flags}")));
            run
        });
        succeed(&mut bands_of(&[&runs[0], &runs[1]]));
    }
    let [census, saddles] = ["census.run", "saddles.run"].map(|name| place.path(name));
    succeed(hspin("census --spike 2 --dim 5 --out").arg(&census));
    succeed(&mut sweep(&saddles, "--spike 2 --dims 6 --starts 20 --protocol saddle"));
    for run in [&census, &saddles] {
        let line = complaint(&bands_of(&[run, run]).output().unwrap(), 2);
        assert!(line.contains("runs of descents"), "{line}");
    }
}

/// Runs whose starts are not random say so wherever their numbers are: else 1.0 of all ends in the good minimum would read as
/// what descents from random points do.
#[test]
fn every_table_and_figure_says_where_starts_begin() {
    let place = Place::quick();
    let planted = ["2", "3"].map(|strength| spiked(&place, strength, "--start-overlap 0.9"));
    let random = place.path("random.run");
    succeed(&mut sweep(&random, "--spike 2 --dims 8 --starts 20 --instances 2"));
    let export = about("export", &random, "--dim 8 --instance 0 --points");
    succeed({ export }.arg("--out").arg(place.path("ends")));
    let given = place.path("given.run");
    succeed(sweep(&given, "--spike 2 --starts-from").arg(place.path("ends").join("points.npy")));
    let told = ["starts each at overlap 0.9 with the spike", "starts each from 20 given points (SHA-256 "];
    let in_bands = ["starts at overlap 0.9 with the spike", "starts from 20 given points (SHA-256 "];
    for (run, (shown, banded)) in [&planted[0], &given].into_iter().zip(told.into_iter().zip(in_bands)) {
        let text = succeed(&mut about("show", run, ""));
        assert!(text.contains(shown), "{text}");
        let text = succeed(&mut about("bands", run, ""));
        assert!(text.contains(banded) && text.contains("Starts begin where the user chose"), "{text}");
        let json = json(&mut about("bands", run, "--json"));
        assert!(json["dims"][0]["caveats"].as_array().unwrap().contains(&"chosen_starts".into()), "{json}");
    }
    let shown = json(&mut about("show", &planted[0], "--json"));
    assert_eq!(shown["starts_from"], serde_json::json!({"overlap": 0.9}));
    let shown = json(&mut about("show", &given, "--json"));
    let points = &shown["starts_from"]["points"];
    assert_eq!((&points["count"], &points["dim"]), (&20.into(), &8.into()), "{shown}");
    assert_eq!(points["sha256"].as_str().unwrap().len(), 64);
    let both = [&planted[0], &planted[1]];
    let text = succeed(&mut bands_of(&both));
    assert!(text.contains(in_bands[0]) && text.contains("Starts begin where the user chose"), "{text}");
    assert_eq!(json(bands_of(&both).arg("--json"))["starts_from"]["overlap"], 0.9);
    let svg = |name: &str, runs: &[&PathBuf]| {
        let out = place.path(&format!("figures-{name}-{}", runs.len()));
        let mut figure = hspin(&format!("figure {name} --force --format svg --out"));
        figure.arg(&out);
        runs.iter().for_each(|run| {
            figure.arg("--run").arg(run);
        });
        succeed(&mut figure);
        std::fs::read_to_string(out.join(format!("{name}.svg"))).unwrap()
    };
    for name in ["spike-overlap", "spike-histograms"] {
        assert!(svg(name, &both).contains("starts at overlap 0.9"), "{name}");
    }
    assert!(svg("energy-histogram", &[&planted[0]]).contains("starts at overlap 0.9 with the spike"));
    let beside = svg("energies-by-protocol", &[&planted[0], &given, &random]);
    assert!(beside.contains("starts at overlap 0.9") && beside.contains("starts from 20 given points"));
    assert!(!beside.contains("sgd 1"), "runs that differ in where they start are no twins");
    // Of random starts nothing is said.
    for text in [succeed(&mut about("show", &random, "")), succeed(&mut about("bands", &random, ""))] {
        assert!(!text.contains("starts at") && !text.contains("user chose"), "{text}");
    }
    assert!(json(&mut about("show", &random, "--json")).get("starts_from").is_none());
}

/// Of every bin the figure's density is the number of ends in it.
#[test]
fn histograms_of_overlaps_count_the_ends_of_the_records() {
    let place = Place::quick();
    let runs = ["2.5", "1.3"].map(|strength| spiked(&place, strength, ""));
    let table = SpikeHistograms::of_runs(&SeveralRuns::open(&runs).unwrap()).unwrap();
    assert_eq!((table.dims.as_slice(), table.is_signed), (&[8, 14][..], true));
    assert_eq!(table.rows.iter().map(|row| row.strength).collect::<Vec<_>>(), [1.3, 2.5]);
    for (row, run) in table.rows.iter().zip([&runs[1], &runs[0]]) {
        let theory = json(&mut hspin(&format!("theory spiked --spins 3 --strength {} --json", row.strength)));
        near(&theory["overlap"], row.good.unwrap(), "good minimum");
        for (set, (dim, ends)) in row.sets.iter().zip(exported(&place, run)) {
            assert_eq!(u64::from(set.dim), dim);
            let best: Vec<f64> = ends.iter().map(|ends| lowest(ends)[1]).collect();
            assert_eq!(set.surfaces.iter().map(|surface| surface.lowest).collect::<Vec<_>>(), best);
            let all = ends.concat();
            let density = set.density().unwrap();
            let mut counted = 0;
            for (bin, height) in density.heights.iter().enumerate() {
                let [from, to] = [density.edge(bin), density.edge(bin + 1)];
                let count = all.iter().filter(|end| from <= end[1] && end[1] < to).count();
                assert!((height * (to - from) * all.len() as f64 - count as f64).abs() < 1e-9, "{from}");
                counted += count;
            }
            assert_eq!((counted, density.width), (all.len(), 0.03125));
        }
    }
}

#[test]
fn show_has_the_overlaps_and_radial_slopes_of_the_records() {
    let place = Place::quick();
    let run = place.path("mixed.run");
    succeed(&mut sweep(&run, "--mixture 2:.4,3:.6 --spike 1.7 --dims 8,11 --starts 30 --instances 3"));
    let shown = json(&mut about("show", &run, "--json"));
    for (dim, ends) in exported(&place, &run) {
        let found = shown["dims"].as_array().unwrap().iter().find(|row| row["dim"] == dim).unwrap();
        let all = ends.concat();
        for (key, column) in [("spike_overlap", 1), ("radial_slope", 2)] {
            let of = |ends: &[[f64; 3]]| ends.iter().map(|end| end[column]).collect::<Vec<f64>>();
            let means: Vec<f64> = ends.iter().map(|ends| mean(&of(ends))).collect();
            near(&found[key]["mean"], mean(&of(&all)), key);
            near(&found[key]["standard_error"], error(&means), key);
        }
        let largest = all.iter().map(|end| end[1]).fold(f64::NEG_INFINITY, f64::max);
        near(&found["spike_overlap"]["max"], largest, "max");
        near(&found["spike_overlap"]["at_min"], lowest(&all)[1], "at_min");
    }
    let text = succeed(&mut about("show", &run, ""));
    assert!(text.contains("m at min u") && text.contains("radial slope r"), "{text}");
    // One order: the radial slope is H times the energy, and says nothing more.
    let pure = spiked(&place, "2", "");
    let shown = json(&mut about("show", &pure, "--json"));
    assert!(shown["dims"][0]["spike_overlap"]["mean"].is_number(), "{shown}");
    assert!(shown["dims"][0].get("radial_slope").is_none(), "{shown}");
    let plain = place.path("plain.run");
    succeed(&mut sweep(&plain, "--dims 6 --starts 20"));
    let shown = json(&mut about("show", &plain, "--json"));
    assert!(
        shown["dims"][0].get("spike_overlap").is_none() && shown["dims"][0].get("radial_slope").is_none()
    );
    let text = succeed(&mut about("show", &plain, ""));
    assert!(!text.contains("overlap with the spike") && !text.contains("radial slope"), "{text}");
}

#[test]
fn texts_of_a_configuration_file_make_the_run_of_the_flags() {
    let place = Place::quick();
    let hash = |run: &Path| json(&mut about("show", run, "--json"))["content_hash"].clone();
    let flags = place.path("flags.run");
    succeed(&mut sweep(&flags, "--mixture 2:0.5,3:0.5 --spike 1.2:3 --dims 6 --starts 20"));
    for (name, text) in [
        ("texts", "mixture = \"2:0.5,3:0.5\"\nspike = \"1.2:3\"\n"),
        ("lists", "mixture = [[2, 0.5], [3, 0.5]]\nspike = { strength = 1.2, order = 3 }\n"),
    ] {
        let (config, run) = (place.path(&format!("{name}.toml")), place.path(&format!("{name}.run")));
        std::fs::write(&config, text).unwrap();
        succeed(sweep(&run, "--dims 6 --starts 20 --config").arg(&config));
        assert_eq!(hash(&run), hash(&flags), "{name}");
    }
}
