//! A saddle search is a run like any other: shown, verified, exported, drawn, resumed.

use std::fs;

use crate::harness::{Place, about, dump, hspin, json, refused, succeed, sweep};

const FLAGS: &str = "--dims 6,12 --starts 45 --instances 2 --protocol saddle";

#[test]
fn a_saddle_run_is_shown_verified_exported_and_drawn() {
    let place = Place::quick();
    for points in ["", "--no-points"] {
        let run = place.path(&format!("a{points}.run"));
        let shown = json(&mut sweep(&run, &format!("{FLAGS} {points} --json")));
        assert_eq!(shown["complete"], true);
        for dim in shown["dims"].as_array().unwrap() {
            assert_eq!(dim["starts"], 90);
            assert!(dim["converged"].as_u64().unwrap() >= 85, "{dim}");
            assert!(dim["index_counts"].as_object().unwrap().len() > 4, "{dim}");
        }
        let text = succeed(&mut about("show", &run, ""));
        assert!(text.contains("saddle search from u = -1.6330 to 1.6330"), "{text}");
        let found = json(&mut about("verify", &run, "--deep --json"));
        assert!(found["ok"] == true && found["complete"] == true, "{found}");
    }
    let run = place.path("a.run");
    let found = json(&mut about("bands", &run, "--json"));
    assert!(found["kind"] == "saddle" && found["dims"][1]["saddles"]["rms"].is_f64(), "{found}");
    assert!(succeed(&mut about("bands", &run, "")).contains("spread evenly by design"));
    for format in ["csv", "parquet"] {
        let out = place.path(format);
        succeed(about("export", &run, &format!("--format {format} --out")).arg(&out));
        assert!(fs::read_dir(&out).unwrap().count() > 0);
    }
    let out = place.path("npy");
    succeed(about("export", &run, "--dim 12 --instance 1 --points --couplings --out").arg(&out));
    let out = place.path("figures");
    succeed(hspin("figure energy-histogram --run").arg(&run).arg("--out").arg(&out));
    succeed(hspin("figure index-vs-energy --run").arg(&run).arg("--out").arg(&out));
    // Four figures and the list of what was written there.
    assert_eq!(fs::read_dir(&out).unwrap().count(), 5);
    let line = refused(hspin("figure census-bands --run").arg(&run).arg("--out").arg(&out), 2);
    assert!(line.contains("figure census-bands shows a census"), "{line}");
}

#[test]
fn a_saddle_run_grows_and_resumes_to_the_same_bits() {
    let place = Place::quick();
    let (whole, run) = (place.path("whole.run"), place.path("grown.run"));
    succeed(&mut sweep(&whole, &format!("{FLAGS} --trace")));
    for step in ["--protocol saddle --dims 12 --starts 5 --trace", "--starts 25", "--instances 2", FLAGS] {
        succeed(&mut sweep(&run, step));
    }
    assert!(dump(&run) == dump(&whole));
    let before = fs::read(&run).unwrap();
    let config = place.path("a.toml");
    fs::write(&config, "[descent]\ntargets = [-1.0, 0.0]").unwrap();
    let line = refused(sweep(&run, "--config").arg(&config), 3);
    assert!(line.contains("descent.targets: the run has [-1.6"), "{line}");
    let line = refused(&mut sweep(&run, "--protocol gd"), 3);
    assert!(line.contains("protocol: the run has saddle, asked for gd"), "{line}");
    assert!(fs::read(&run).unwrap() == before);
}

#[test]
fn target_energies_are_chosen_in_a_file_and_recorded() {
    let place = Place::quick();
    let (run, config) = (place.path("a.run"), place.path("a.toml"));
    fs::write(&config, "protocol = \"saddle\"\n[descent]\ntargets = [-0.5, 0.0]").unwrap();
    succeed(sweep(&run, "--dims 40 --starts 8 --config").arg(&config));
    assert!(dump(&run).contains("\"targets\":[-0.5,0.0]"));
    let shown = succeed(&mut about("show", &run, ""));
    assert!(shown.contains("saddle search from u = -0.5000 to 0.0000"), "{shown}");
}

#[test]
fn what_a_saddle_search_will_take_is_foretold_and_what_it_cannot_have_is_refused() {
    let place = Place::quick();
    let run = place.path("a.run");
    let estimate = json(&mut sweep(&run, "--protocol saddle --dims 30 --starts 20 --dry-run --json"));
    assert!(estimate["seconds"].as_f64().unwrap() > 0.0, "{estimate}");
    for (flags, part) in [
        ("--protocol saddle --samples 2", "samples = 2: nothing: protocol saddle has no sample phase"),
        ("--protocol saddle --preset literal", "protocol = saddle: sgd with preset literal"),
    ] {
        let line = refused(&mut sweep(&run, flags), 2);
        assert!(line.contains(part), "{line}");
    }
    assert!(place.names().is_empty());
}
