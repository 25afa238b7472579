//! What is printed, and where; what `reproduce` leaves.

use hspin::studies::surfaces::{Request, SurfaceStore};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::harness::{Place, about, errors, hspin, json, succeed, sweep};

/// Every number of the document is finite (JSON has no other), and the keys are there.
#[track_caller]
fn has(document: &Value, keys: &str) {
    for key in keys.split_whitespace() {
        assert!(document.get(key).is_some(), "{key} is not in {document}");
    }
}

#[test]
fn a_dry_run_prints_what_a_sweep_would_take_and_spends_nothing() {
    let place = Place::quick();
    let run = place.path("a.run");
    let text = succeed(&mut sweep(&run, "--dims 50 --starts 100 --dry-run"));
    let names: Vec<&str> = text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["memory", "disk", "time"]);
    let estimate = json(&mut sweep(&run, "--dims 50 --starts 100 --dry-run --json"));
    for key in ["memory_bytes", "available_bytes", "disk_bytes", "seconds", "processor_share"] {
        assert!(
            estimate[key].as_f64().is_some_and(|number| number.is_finite() && number > 0.0),
            "{estimate}"
        );
    }
    assert!(place.names().is_empty());
    succeed(&mut sweep(&run, "--dims 5 --starts 20"));
    let before = (place.names(), fs::read(&run).unwrap());
    let left = json(&mut sweep(&run, "--dry-run --json"));
    assert_eq!(left["seconds"], 0.0);
    let more = json(&mut sweep(&run, "--starts 2000 --dry-run --json"));
    assert!(more["seconds"].as_f64().unwrap() > 0.0);
    assert!((place.names(), fs::read(&run).unwrap()) == before);
}

/// All files of a folder and those below, but for locks, with their bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if path.extension().is_none_or(|end| end != "lock") {
            all.push((path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()));
        }
    }
    all.sort();
    all
}

#[test]
fn reproduce_leaves_run_tables_and_figures_and_again_changes_nothing() {
    let place = Place::quick();
    let out = place.path("first-look");
    let reproduce = || {
        let mut command = hspin("reproduce --quick --out");
        command.arg(&out);
        command
    };
    let text = succeed(&mut reproduce());
    let left = files(&out);
    let named = |wanted: &str| {
        let file = left.iter().find(|(name, _)| name == wanted);
        &file.unwrap_or_else(|| panic!("{wanted} is missing")).1
    };
    assert!(named("quick.run").starts_with(b"SQLite format 3"));
    assert_eq!(String::from_utf8_lossy(named("quick-summary.txt")), text);
    let records = String::from_utf8_lossy(named("quick-records.csv"));
    assert_eq!(records.lines().count(), 601);
    let summary: Value = serde_json::from_slice(named("quick-summary.json")).unwrap();
    assert_eq!((&summary["complete"], &summary["spins"]), (&true.into(), &3.into()));
    // Nothing of it has a name that the whole reproduction uses, but for the list of what was written there.
    let tops: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let is_its_own = |name: &std::borrow::Cow<str>| name.starts_with("quick") || name == ".hspin-files.json";
    assert!(tops.iter().all(|name| is_its_own(&name.to_string_lossy())), "{tops:?}");
    let manifest: Value = serde_json::from_slice(named("quick-manifest.json")).unwrap();
    assert_eq!(
        (&manifest["run"], &manifest["content_hash"]),
        (&"quick.run".into(), &summary["content_hash"])
    );
    let listed = manifest["files"].as_array().unwrap();
    assert!(listed.iter().all(|name| out.join(name.as_str().unwrap()).exists()) && listed.len() > 5);
    says_how_surfaces_scatter(&text, &summary);
    assert!(named("quick-surfaces.run").starts_with(b"SQLite format 3"));
    for name in ["complexity", "energy-histogram", "mean-counts", "histogram-and-complexity"] {
        let png = named(&format!("{name}.png"));
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.len() > 5000, "{name}.png");
        let svg = String::from_utf8(named(&format!("{name}.svg")).clone()).unwrap();
        assert!(svg.trim_start().starts_with('<') && svg.contains("<svg"), "{name}.svg");
        assert!(svg.trim_end().ends_with("</svg>"), "{name}.svg");
    }
    // The run's file holds times: a descent made anew would change it.
    assert_eq!(succeed(&mut reproduce()), text);
    let again = files(&out);
    for ((name, before), (_, after)) in left.iter().zip(&again) {
        assert!(before == after, "{name} changed");
    }
    assert_eq!(left.len(), again.len());
}

/// The paper's one surface has an error given this surface; beside it there are several, with both scatters.
fn says_how_surfaces_scatter(text: &str, summary: &Value) {
    let one = &summary["dims"][0];
    assert_eq!((&one["error_over"], &one["sd_between"]), (&"starts".into(), &Value::Null));
    let surfaces = &summary["over_surfaces"];
    assert_eq!((&surfaces["complete"], &surfaces["instances"]), (&true.into(), &10.into()));
    for dim in surfaces["dims"].as_array().unwrap() {
        let number = |key: &str| dim[key].as_f64().unwrap_or_else(|| panic!("{key} of {dim}"));
        // Ten surfaces: the error of their mean is their scatter, with that of 20 starts each, over √10.
        let scatter = (number("sd_between").powi(2) + number("sd_within").powi(2) / 20.0).sqrt();
        assert!((number("standard_error") * 10f64.sqrt() / scatter - 1.0).abs() < 0.02, "{dim}");
        let printed = format!("{:.4}", number("sd_between"));
        assert!(text.lines().any(|line| line.contains(&printed)), "{printed} is not in {text}");
    }
    // At Λ = 25 the error over starts of one surface is several times below what another surface changes.
    let [between, given] = [&surfaces["dims"][0]["sd_between"], &one["standard_error"]].map(Value::as_f64);
    assert!(between.unwrap() > 2.0 * given.unwrap(), "{between:?} {given:?}");
}

#[test]
fn documents_have_the_keys_that_scripts_rely_on() {
    let place = Place::quick();
    let run = place.path("a.run");
    let swept = json(&mut sweep(&run, "--dims 5,9 --starts 25 --json"));
    let shown = json(&mut about("show", &run, "--json"));
    assert_eq!(swept, shown);
    has(&shown, "spins seed complete units dims");
    has(&shown["units"], "done planned");
    assert_eq!(shown["dims"].as_array().unwrap().len(), 2);
    let keys = "dim starts converged mean sd min max distinct index_counts below_e_inf e_0 e_inf outcomes";
    shown["dims"].as_array().unwrap().iter().for_each(|dim| has(dim, keys));
    has(&json(&mut about("verify", &run, "--json")), "ok complete units damaged missing content_hash");
    let thresholds = json(&mut hspin("theory thresholds --spins 3 --max-index 4 --json"));
    has(&thresholds, "spins e_inf e");
    let e: Vec<f64> = thresholds["e"].as_array().unwrap().iter().map(|e| e.as_f64().unwrap()).collect();
    assert_eq!(e.len(), 5);
    assert!(e.is_sorted_by(|a, b| a > b) && e[4] > thresholds["e_inf"].as_f64().unwrap());
    let complexity = json(&mut hspin("theory complexity --spins 3 --energy -1.65,-1e300,0 --json"));
    let values = complexity["values"].as_array().unwrap();
    assert_eq!(values.len(), 3);
    values.iter().for_each(|value| has(value, "energy total by_index"));
    assert_eq!(values[0]["by_index"].as_array().unwrap().len(), 6);
}

#[test]
fn theory_of_mixtures_and_spikes_has_its_keys() {
    let thresholds = json(&mut hspin("theory thresholds --mixture 4:0.5,3:0.5 --json"));
    has(&thresholds, "mixture xi phase e e_0 e_th e_alg e_plus e_minus e_0_error overlaps");
    assert_eq!(thresholds["mixture"], serde_json::json!([[3, 0.5], [4, 0.5]]));
    assert_eq!(
        (&thresholds["xi"], &thresholds["phase"]),
        (&serde_json::json!([1.0, 3.5, 9.0]), &"1rsb".into())
    );
    assert_eq!(thresholds["e"].as_array().unwrap().len(), 6);
    let field = json(&mut hspin("theory thresholds --mixture 1:0.9,3:0.1 --json"));
    assert_eq!(
        (&field["phase"], &field["e_th"], &field["e_plus"]),
        (&"rs".into(), &Value::Null, &Value::Null)
    );
    assert!(field["e"][0].is_number() && field["e"][1].is_null());
    let complexity = json(&mut hspin("theory complexity --mixture 3:0.5,4:0.5 --energy -1.7,0 --json"));
    has(&complexity, "mixture values");
    complexity["values"].as_array().unwrap().iter().for_each(|value| has(value, "energy total by_index at"));
    let counts = "theory mean-count --dim 4 --index all --below -1,inf --json";
    let mixed = json(&mut hspin(&format!("{counts} --mixture 3:0.5,4:0.5")));
    has(&mixed, "mixture dim values");
    assert!(mixed.get("spins").is_none());
    mixed["values"]
        .as_array()
        .unwrap()
        .iter()
        .for_each(|value| has(value, "below total log_total by_index log_by_index"));
    // One order through the new path: the same numbers.
    let [pure, single] =
        ["--spins 3", "--mixture 3:1"].map(|model| json(&mut hspin(&format!("{counts} {model}"))));
    assert_eq!(pure["values"], single["values"]);
    let spiked = json(&mut hspin("theory spiked --spins 3 --strength 1.3 --json"));
    has(&spiked, "strength overlap energy lambda_s lambda_ml");
    let weak = json(&mut hspin("theory spiked --spins 3 --strength 1.1 --json"));
    assert!(spiked["overlap"].is_number() && weak["overlap"].is_null() && weak["energy"].is_null());
}

#[test]
fn standard_output_has_the_document_alone_and_progress_goes_to_standard_error() {
    let place = Place::quick();
    let output = sweep(&place.path("a.run"), "--dims 5,9 --starts 25 --json").output().unwrap();
    assert!(serde_json::from_slice::<Value>(&output.stdout).is_ok());
    let progress = errors(&output);
    assert!(progress.contains("Λ = 5") && progress.contains("Λ = 9"), "{progress}");
    assert!(!progress.contains('\u{1b}') && !progress.contains('\r'), "bars without a terminal: {progress}");
}

/// Runs a command whose standard output nobody reads.
#[track_caller]
fn unread(mut command: Command) -> String {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{command:?}");
    errors(&output)
}

#[test]
fn a_closed_pipe_is_silent_whatever_is_printed() {
    let place = Place::quick();
    let run = place.path("a.run");
    let progress = unread(sweep(&run, "--dims 5 --starts 25 --json"));
    assert!(progress.lines().all(|line| line.starts_with("Λ = ")), "{progress}");
    let silent = [
        about("show", &run, "--json"),
        about("show", &run, ""),
        about("verify", &run, "--json"),
        sweep(&run, "--dry-run"),
        hspin("theory thresholds --spins 3 --json"),
        hspin("theory complexity --spins 3 --energy -1.6"),
        hspin("completions bash"),
        hspin("man"),
        hspin("--help"),
        hspin("--version"),
    ];
    for command in silent {
        let name = format!("{command:?}");
        assert_eq!(unread(command), "", "{name}");
    }
}

#[test]
fn whatever_shows_an_unfinished_run_says_so() {
    let place = Place::quick();
    let (run, out) = (place.path("a.run"), place.path("out"));
    succeed(&mut sweep(&run, "--dims 8 --starts 40"));
    let said = |command: &mut Command| {
        let output = command.arg("--out").arg(&out).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let in_picture =
        |name: &str| fs::read_to_string(out.join(name)).unwrap().contains("unfinished: 2 of 4 units");
    assert!(!said(&mut about("figure all --format svg --run", &run, "")).contains("unfinished"));
    assert!(!in_picture("energy-histogram.svg"));
    // As after a kill of a sweep that was to have twice as many starts.
    let mut store = SurfaceStore::open(&run).unwrap();
    let more = Request { starts: Some(80), ..Request::default() };
    let spec = store.spec().grown(&more).unwrap();
    store.grow(&spec).unwrap();
    drop(store);
    for command in ["figure all --format svg --run", "export"] {
        let told = said(&mut about(command, &run, ""));
        assert_eq!(told.matches("hspin: unfinished: 2 of 4 units\n").count(), 1, "{told}");
    }
    assert!(in_picture("energy-histogram.svg") && in_picture("hessian-spectrum.svg"));
    assert!(!in_picture("complexity.svg") && !in_picture("mean-counts.svg"));
    assert!(succeed(&mut about("show", &run, "")).contains("2 of 4 units done"));
    let verified = json(&mut about("verify", &run, "--deep --json"));
    assert_eq!((&verified["complete"], &verified["ok"]), (&false.into(), &true.into()));
}

#[test]
fn a_figure_that_is_left_out_is_left_out_for_the_true_reason() {
    let place = Place::quick();
    let (run, out) = (place.path("a.run"), place.path("out"));
    succeed(hspin("census --spins 3 --dim 5 --out").arg(&run));
    let output = about("figure all --run", &run, "--format svg --dim 5 --out").arg(&out).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("skipped energy-histogram: it shows a sweep"), "{told}");
    assert!(!told.contains("there is no --run"), "{told}");
}

#[test]
fn processor_time_is_no_more_than_the_processors_had() {
    let place = Place::quick();
    let run = place.path("a.run");
    let cores = std::thread::available_parallelism().unwrap().get();
    let begin = Instant::now();
    // Most of so many threads wait at any time; the clock on the wall would count them all.
    succeed(&mut sweep(&run, &format!("--dims 40,60 --starts 400 --threads {}", 8 * cores)));
    let most = cores as f64 * begin.elapsed().as_secs_f64();
    let shown = json(&mut about("show", &run, "--json"));
    let dims = shown["dims"].as_array().unwrap();
    let of_dim =
        |dim: &Value| -> f64 { dim["seconds"].as_object().unwrap().values().filter_map(Value::as_f64).sum() };
    let spent: f64 = dims.iter().map(of_dim).sum();
    assert!(0.0 < spent && spent <= 1.02 * most, "{spent} s of {most} s");
}
