//! `hspin paths`: what is stored of pairs of minima, what is said of it, and what is refused.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::harness::{Place, about, hspin, json, refused, succeed};

fn census(place: &Place, flags: &str) -> PathBuf {
    let run = place.path("census.run");
    succeed(hspin("census --out").arg(&run).args(flags.split_whitespace()));
    run
}

fn paths(source: &Path, out: &Path, flags: &str) -> Command {
    let mut command = hspin("paths");
    command.arg(source).arg("--out").arg(out).args(flags.split_whitespace());
    command
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn barriers_of_a_census_are_beside_exact_minimax_energies() {
    let place = Place::quick();
    let source = census(&place, "--spins 3 --dim 7 --instances 2 --seed 3");
    let out = place.path("paths.run");
    let found = json(&mut paths(&source, &out, "--dim 7 --instance 1 --exact --json"));
    assert_eq!(found, json(&mut about("show", &out, "--json")));
    assert_eq!((&found["exact"], &found["complete"]), (&true.into(), &true.into()));
    let minima = found["minima"].as_u64().unwrap();
    let pairs = found["paths"].as_array().unwrap();
    assert_eq!(pairs.len() as u64, (minima * (minima - 1) / 2).min(45));
    let mut certified = 0;
    for pair in pairs {
        assert_eq!(pair["instance"], 1);
        assert!(pair["minimax"].is_number() && pair["a"] != pair["b"], "{pair}");
        if pair["certified"] == false {
            assert!(
                pair["barrier"].is_null() && pair["index"].is_null() && pair["via"] == Value::Array(vec![])
            );
            continue;
        }
        certified += 1;
        let barrier = number(&pair["barrier"]);
        assert!(barrier >= number(&pair["minimax"]) - 1e-9, "{pair}");
        assert!(barrier <= number(&pair["great_circle"]) + 1e-9, "{pair}");
        let higher = number(&pair["energy_a"]).max(number(&pair["energy_b"]));
        assert!((number(&pair["height"]) - (barrier - higher)).abs() < 1e-12);
        assert_eq!(pair["index"], 1);
        assert_eq!(pair["direct"], pair["via"].as_array().unwrap().is_empty(), "{pair}");
    }
    assert!(certified * 10 >= pairs.len() * 9, "{certified} of {}", pairs.len());
    // The tree has every minimum, and one component at the top.
    let graph = &found["graph"];
    assert_eq!((&graph["exact"], &graph["connected"]), (&true.into(), &true.into()));
    assert_eq!(graph["minima"].as_array().unwrap().len() as u64, minima);
    let counts = graph["components"].as_array().unwrap();
    assert_eq!((&counts[0]["count"], &counts.last().unwrap()["count"]), (&1.into(), &1.into()));
    let check = json(&mut about("bands", &out, "--json"));
    assert_eq!((&check["verdict"], &check["below"]), (&"agrees".into(), &0.into()));
    assert_eq!(check["compared"].as_u64().unwrap() as usize, certified);
    assert!(succeed(&mut about("bands", &out, "")).contains("verdict: agrees"));
    assert!(succeed(&mut about("show", &out, "")).contains("The exact graph"));
    let deep = json(&mut about("verify", &out, "--deep --all --json"));
    assert_eq!((&deep["ok"], &deep["deep"]["wrong"]), (&true.into(), &Value::Array(vec![])));
}

/// A barrier below the exact minimax energy, though its checksum is right, is a disagreement.
#[test]
fn a_barrier_below_the_exact_graph_is_caught_by_bands() {
    use hspin::studies::paths::PathsStore;
    let place = Place::quick();
    let source = census(&place, "--spins 3 --dim 6 --seed 2");
    let out = place.path("paths.run");
    succeed(&mut paths(&source, &out, "--dim 6 --instance 0"));
    let mut store = PathsStore::open(&out).unwrap();
    let mut unit = store.units().next().unwrap().unwrap();
    let row = unit.rows.iter_mut().find(|row| row.barrier.is_finite()).unwrap();
    row.barrier = row.minimax - 1e-6;
    store.write(&[unit], &[]).unwrap();
    drop(store);
    let check = json(&mut about("bands", &out, "--json"));
    assert_eq!((&check["verdict"], &check["below"]), (&"disagrees".into(), &1.into()), "{check}");
    let output = about("verify", &out, "--deep --all").output().unwrap();
    assert_eq!(output.status.code(), Some(4));
}

#[test]
fn a_sweep_has_no_exact_graph_and_says_so() {
    let place = Place::quick();
    let (source, out) = (place.path("sweep.run"), place.path("paths.run"));
    succeed(hspin("sweep --dims 20 --starts 60 --protocol gd --out").arg(&source));
    let found = json(&mut paths(&source, &out, "--dim 20 --instance 0 --pairs 12 --json"));
    assert_eq!(found["exact"], false);
    assert!(found["paths"].as_array().unwrap().iter().all(|pair| pair["minimax"].is_null()));
    assert_eq!(found["graph"]["exact"], false);
    let check = json(&mut about("bands", &out, "--json"));
    assert_eq!((&check["verdict"], &check["compared"]), (&"untested".into(), &0.into()));
    assert!(succeed(&mut about("bands", &out, "")).contains("verdict: untested"));
    let text = refused(&mut paths(&source, &place.path("x.run"), "--dim 20 --instance 0 --exact"), 2);
    assert!(text.starts_with("hspin: exact = true: a certified census"), "{text}");
    // The graph of bands is an upper bound: no pair is lower in it than its barrier says.
    let more = json(&mut paths(&source, &out, "--dim 20 --instance 0 --pairs 20 --json"));
    assert_eq!(more["paths"].as_array().unwrap()[..12], found["paths"].as_array().unwrap()[..]);
}

#[test]
fn what_is_not_allowed_is_said_in_one_line() {
    let place = Place::quick();
    let source = census(&place, "--spins 4 --dim 5 --instances 2 --seed 1");
    let bare = place.path("bare.run");
    succeed(hspin("sweep --dims 8 --starts 10 --protocol gd --no-points --out").arg(&bare));
    let few = place.path("few.run");
    succeed(hspin("sweep --dims 8 --starts 1 --protocol gd --out").arg(&few));
    let out = place.path("paths.run");
    let complaint = |source: &Path, flags: &str, code| refused(&mut paths(source, &out, flags), code);
    for (source, flags, start) in [
        (&source, "--dim 6 --instance 0", "dim = 6: one of the run's: [5]"),
        (&source, "--dim 5 --instance 2", "instance = 2: below the run's 2"),
        (&source, "--dim 5 --instance 0 --pair 0,0", "pair = 0,0: two different minima"),
        // At even order critical points 0 and 1 are ±w.
        (
            &source,
            "--dim 5 --instance 0 --pair 0,1",
            "pair = 0,1: two different minima; these are one (at even order",
        ),
        (
            &source,
            "--dim 5 --instance 0 --pair 0,9999",
            "pair = 0,9999: starts of the instance; it has no 9999",
        ),
        (&source, "--dim 5 --instance 0 --images 4", "invalid value '4' for '--images"),
        (&source, "--dim 5 --instance 0 --pairs 0", "invalid value '0' for '--pairs"),
        (&source, "--dim 5 --instance 0 --pairs 1000000", "pairs = 1000000"),
        (&few, "--dim 8 --instance 0", "instance = 0: an instance with at least two distinct minima"),
    ] {
        let text = complaint(source, flags, 2);
        assert!(text.starts_with(&format!("hspin: {start}")), "{flags}: {text}");
    }
    assert!(complaint(&bare, "--dim 8 --instance 0", 2).contains("keeps the points"));
    // A saddle of some index.
    let text = complaint(&source, "--dim 5 --instance 0 --pair 0,12", 2);
    assert!(text.contains("did not"), "{text}");
    assert!(!out.exists());
    // A run of paths is no source, and not its own.
    succeed(&mut paths(&source, &out, "--dim 5 --instance 0"));
    refused(&mut paths(&out, &place.path("more.run"), "--dim 5 --instance 0"), 2);
    refused(&mut paths(&source, &source, "--dim 5 --instance 0"), 2);
    // Another surface, other images and a source that has changed are other runs.
    let text = refused(&mut paths(&source, &out, "--dim 5 --instance 1"), 3);
    assert!(text.contains("surface: the run has"), "{text}");
    let text = refused(&mut paths(&source, &out, "--dim 5 --instance 0 --images 33"), 3);
    assert!(text.contains("images: the run has 17, asked for 33"), "{text}");
}
