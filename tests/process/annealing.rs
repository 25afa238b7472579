//! An annealing is a run like any other: shown, verified, exported, drawn, resumed.

use std::fs;

use crate::harness::{Place, about, dump, hspin, json, refused, succeed, sweep};

const FLAGS: &str = "--dims 6,12 --starts 45 --instances 2 --protocol anneal --sweeps 80";

#[test]
fn an_annealing_is_shown_verified_exported_and_drawn() {
    let place = Place::quick();
    for points in ["", "--no-points"] {
        let run = place.path(&format!("a{points}.run"));
        let shown = json(&mut sweep(&run, &format!("{FLAGS} {points} --json")));
        assert!(shown["complete"] == true && shown["protocol"] == "anneal", "{shown}");
        for dim in shown["dims"].as_array().unwrap() {
            assert!(dim["converged"] == 90 && dim["index_counts"]["0"] == 90, "{dim}");
        }
        let text = succeed(&mut about("show", &run, ""));
        assert!(text.contains("annealing from T = ") && text.contains("in 80 sweeps"), "{text}");
        let found = json(&mut about("verify", &run, "--deep --json"));
        assert!(found["ok"] == true && found["complete"] == true, "{found}");
    }
    let run = place.path("a.run");
    let found = json(&mut about("bands", &run, "--json"));
    assert_eq!(found["kind"], "descent", "{found}");
    let out = place.path("csv");
    succeed(about("export", &run, "--format csv --out").arg(&out));
    assert!(fs::read_dir(&out).unwrap().count() > 0);
    let out = place.path("figures");
    succeed(hspin("figure energy-histogram --run").arg(&run).arg("--out").arg(&out));
    // Two figures and the list of what was written there.
    assert_eq!(fs::read_dir(&out).unwrap().count(), 3);
}

#[test]
fn an_annealing_grows_and_resumes_to_the_same_bits_however_it_is_done() {
    let place = Place::quick();
    let (whole, run) = (place.path("whole.run"), place.path("grown.run"));
    succeed(&mut sweep(&whole, &format!("{FLAGS} --trace")));
    let steps =
        ["--protocol anneal --sweeps 80 --dims 12 --starts 5 --trace", "--starts 25", "--instances 2", FLAGS];
    let ways = [("scalar", "1", "1"), ("scalar", "7", "2"), ("scalar", "64", "3"), ("scalar", "33", "2")];
    for (step, (isa, batch, threads)) in steps.into_iter().zip(ways) {
        let mut way = sweep(&run, step);
        succeed(way.args(["--threads", threads]).env("HSPIN_BATCH", batch).env("HSPIN_ISA", isa));
    }
    assert!(dump(&run) == dump(&whole));
    let before = fs::read(&run).unwrap();
    for (flags, part) in [
        ("--sweeps 81", "descent.cooling.sweeps: the run has 80, asked for 81"),
        ("--protocol gd", "protocol: the run has anneal, asked for gd"),
    ] {
        let line = refused(&mut sweep(&run, flags), 3);
        assert!(line.contains(part), "{line}");
    }
    let config = place.path("a.toml");
    fs::write(&config, "[descent.cooling]\ncold = 0.5").unwrap();
    let line = refused(sweep(&run, "--config").arg(&config), 3);
    assert!(line.contains("descent.cooling.cold: the run has"), "{line}");
    assert!(fs::read(&run).unwrap() == before);
}

#[test]
fn temperatures_are_chosen_in_a_file_and_recorded_and_its_cost_is_foretold() {
    let place = Place::quick();
    let (run, config) = (place.path("a.run"), place.path("a.toml"));
    let text = "protocol = \"anneal\"\n[descent.cooling]\nsweeps = 30\nhot = 2.0\ncold = 0.5\nrate = 0.0625";
    fs::write(&config, text).unwrap();
    let estimate = json(sweep(&run, "--dims 20 --starts 8 --dry-run --json --config").arg(&config));
    assert!(estimate["seconds"].as_f64().unwrap() > 0.0, "{estimate}");
    assert_eq!(place.names(), ["a.toml"]);
    succeed(sweep(&run, "--dims 20 --starts 8 --config").arg(&config));
    let stored = r#""cooling":{"cold":0.5,"hot":2.0,"rate":0.0625,"sweeps":30}"#;
    assert!(dump(&run).contains(stored), "{}", dump(&run).lines().next().unwrap());
}
