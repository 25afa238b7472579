//! The same bits whatever the way to them.

use std::fs;

use crate::harness::{Place, about, complaint, hearing, json, refused, signal, start, succeed, wait_until};
use crate::{SMALL, dump, sweep, units};

#[test]
fn a_run_grown_in_steps_equals_one_asked_at_once() {
    let place = Place::quick();
    let (whole, run) = (place.path("whole.run"), place.path("grown.run"));
    succeed(&mut sweep(&whole, SMALL));
    let steps = [
        "--hidden 8 --networks 5 --epochs 3 --digits 300 --index 0 --index-hidden 0",
        "--networks 17",
        "--hidden 3",
        "--index 18 --index-hidden 3",
        "--networks 40",
        "--index 20 --index-hidden 5",
    ];
    for step in steps {
        succeed(&mut sweep(&run, step));
        assert_eq!(json(&mut about("verify", &run, "--json"))["complete"], true, "{step}");
    }
    assert!(dump(&run) == dump(&whole));
}

#[test]
fn a_complete_run_is_not_touched() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, SMALL));
    let before = fs::read(&run).unwrap();
    succeed(&mut sweep(&run, SMALL));
    succeed(&mut sweep(&run, ""));
    assert!(fs::read(&run).unwrap() == before);
    assert_eq!(place.names(), ["a.run"]);
}

#[test]
fn threads_commits_and_instruction_sets_change_no_bit() {
    let place = Place::quick();
    let first = place.path("first.run");
    succeed(sweep(&first, SMALL).arg("--threads=1"));
    for (name, threads, isa, commit) in [("two", 2, "avx2", "group"), ("three", 3, "scalar", "unit")] {
        let run = place.path(name);
        let mut command = sweep(&run, SMALL);
        command.arg(format!("--threads={threads}")).env("HSPIN_COMMIT", commit);
        if !cfg!(target_arch = "x86_64") || isa == "scalar" || std::arch::is_x86_feature_detected!("avx2") {
            command.env("HSPIN_ISA", isa);
        }
        succeed(&mut command);
        assert!(dump(&run) == dump(&first), "{name}");
    }
}

/// Long enough to be disturbed.
const LONG: &str = "--hidden 5,10,25 --networks 120 --epochs 40 --digits 600 --index 4 --threads 2";

#[test]
fn killed_or_interrupted_it_resumes_to_the_same_bits() {
    let place = Place::quick();
    let whole = place.path("whole.run");
    succeed(&mut sweep(&whole, LONG));
    for (name, code) in [("KILL", None), ("INT", Some(130))] {
        let run = place.path(name);
        let mut child = start(&mut hearing(&sweep(&run, LONG)));
        wait_until("units are stored", || units(&run) >= 2 || child.try_wait().unwrap().is_some());
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), code, "{name}");
        if code.is_some() {
            assert!(String::from_utf8_lossy(&output.stderr).contains("the same command resumes"));
        }
        let left = json(&mut about("verify", &run, "--json"));
        assert_eq!((&left["ok"], &left["complete"]), (&true.into(), &false.into()), "{name}");
        succeed(&mut sweep(&run, LONG));
        assert!(dump(&run) == dump(&whole), "{name}");
    }
}

#[test]
fn annealed_networks_grow_like_others_and_have_no_index() {
    let place = Place::quick();
    let (whole, run) = (place.path("whole.run"), place.path("grown.run"));
    let flags = "--protocol anneal --hidden 2,4 --networks 18 --sweeps 2 --digits 60";
    succeed(&mut sweep(&whole, flags));
    succeed(&mut sweep(&run, "--protocol anneal --hidden 4 --networks 3 --sweeps 2 --digits 60 --threads 1"));
    succeed(&mut sweep(&run, "--hidden 2 --networks 18"));
    assert!(dump(&run) == dump(&whole));
    let shown = json(&mut about("show", &whole, "--json"));
    assert_eq!(shown["sizes"][0]["indexed"], 0);
    assert_eq!(shown["protocol"]["anneal"]["sweeps"], 2);
}

#[test]
fn changed_science_is_refused_and_named() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, "--hidden 3 --networks 5 --epochs 1 --digits 100 --index 2 --index-hidden 3"));
    let before = fs::read(&run).unwrap();
    for (flags, part) in [
        ("--seed 2", "seed: the run has 1, asked for 2"),
        ("--epochs 2", "epochs: the run has 1, asked for 2"),
        ("--batch 7", "batch: the run has 100, asked for 7"),
        ("--rate 0.2", "rate: the run has 0.1, asked for 0.2"),
        ("--decay 0", "decay: the run has 0.02, asked for 0"),
        ("--protocol anneal", "protocol: the run has sgd, asked for anneal"),
        ("--networks 4", "networks: the run has 5, asked for 4; only hidden, networks, index"),
        ("--index 1", "index: the run has 2, asked for 1"),
        ("--index-hidden 2", "index-hidden: the run has 3, asked for 2"),
        ("--digits 99", "digits to train on: the run has 100 of SHA-256"),
    ] {
        assert!(refused(&mut sweep(&run, flags), 3).contains(part), "{flags}");
    }
    assert!(fs::read(&run).unwrap() == before);
}

#[test]
fn one_writer_at_a_time() {
    let place = Place::quick();
    let run = place.path("a.run");
    let mut child = start(&mut hearing(&sweep(&run, LONG)));
    wait_until("it is under way", || units(&run) >= 1 || child.try_wait().unwrap().is_some());
    let output = sweep(&run, LONG).output().unwrap();
    assert!(complaint(&output, 3).contains("is being written by process"));
    child.kill().unwrap();
    child.wait().unwrap();
}
