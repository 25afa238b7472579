//! What a run of networks is turned into.

use std::fs;

use crate::harness::{Place, about, hspin, json, succeed};
use crate::{SMALL, sweep};

#[test]
fn a_run_is_shown_and_exported_as_it_is() {
    let place = Place::quick();
    let run = place.path("a.run");
    let made = json(sweep(&run, SMALL).arg("--json"));
    assert_eq!(made["kind"], "networks");
    assert_eq!((&made["complete"], &made["units_done"]), (&true.into(), &6.into()));
    assert_eq!(made["sizes"][1]["hidden"], 8);
    assert_eq!(made["sizes"][0]["indexed"], 20);
    assert_eq!(made["sizes"][1]["indexed"], 0);
    let mut shown = json(&mut about("show", &run, "--json"));
    assert_eq!(shown["content_hash"], json(&mut about("verify", &run, "--json"))["content_hash"]);
    shown["sizes"].as_array_mut().unwrap().iter_mut().for_each(|size| size["seconds"] = 0.into());
    let text = succeed(&mut about("show", &run, ""));
    assert!(text.contains("complete") && text.contains("sgd: 3 epochs, mini-batches of 100"), "{text}");
    let out = place.path("tables");
    for format in ["csv", "parquet"] {
        succeed(about("export", &run, "--format").arg(format).arg("--out").arg(&out));
    }
    let table = fs::read_to_string(out.join("networks.csv")).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    let names = "hidden,network,train_loss,test_loss,train_errors,test_errors,gradient_norm,index,outcome,morse_index";
    assert_eq!((lines.len(), lines[0]), (81, names));
    let losses = lines[1..41].iter().map(|line| line.split(',').nth(2).unwrap().parse::<f64>().unwrap());
    let mean = losses.sum::<f64>() / 40.0;
    assert!((mean - made["sizes"][0]["train_loss"]["mean"].as_f64().unwrap()).abs() < 1e-12);
    assert!(fs::read(out.join("networks.parquet")).unwrap().starts_with(b"PAR1"));
}

#[test]
fn a_training_that_blows_up_is_an_outcome() {
    let place = Place::quick();
    let run = place.path("a.run");
    let made = json(
        sweep(&run, "--hidden 5 --networks 3 --epochs 3 --digits 200 --rate 1e6 --json").arg("--index=3"),
    );
    // Others end with every hidden unit dead.
    let lost = made["sizes"][0]["non_finite"].as_u64().unwrap();
    assert!(lost >= 1, "{made}");
    assert_eq!(made["sizes"][0]["indexed"].as_u64().unwrap() + lost, 3);
    succeed(&mut about("verify", &run, "--deep"));
    assert!(
        succeed(&mut about("show", &run, "")).contains(&format!("Without finite weights: {lost} networks"))
    );
}

#[test]
fn what_it_would_take_is_told_and_nothing_is_done() {
    let place = Place::quick();
    let run = place.path("a.run");
    let few = json(&mut sweep(&run, "--hidden 5,10 --networks 16 --index 0 --dry-run --json"));
    let more = json(&mut sweep(&run, "--hidden 5,10 --networks 1600 --index 0 --dry-run --json"));
    let number = |of: &serde_json::Value, key: &str| of[key].as_f64().unwrap();
    // A hundred times the units on all threads in place of one; each estimate times a trial of its own.
    assert!(number(&more, "seconds") > 5.0 * number(&few, "seconds"));
    assert!(number(&more, "disk_bytes") > 5.0 * number(&few, "disk_bytes"));
    assert!(number(&few, "memory_bytes") < number(&few, "available_bytes"));
    assert!(place.names().is_empty());
    succeed(&mut sweep(&run, SMALL));
    let left = json(&mut sweep(&run, &format!("{SMALL} --dry-run --json")));
    assert_eq!(left["seconds"], 0.0);
}

#[test]
fn help_has_one_example() {
    let text = succeed(&mut hspin("networks sweep --help"));
    assert_eq!(text.matches("Example:\n  hspin networks sweep ").count(), 1, "{text}");
}
