//! A run may grow; nothing else of it may change.

use std::fs;

use hspin::descent::{Protocol, Rules};
use hspin::studies::surfaces::{Request, Spec, SurfaceStore};

use crate::harness::{Place, about, dump, json, refused, succeed, sweep};

#[test]
fn a_run_grown_in_steps_equals_one_asked_at_once() {
    let place = Place::quick();
    let whole = place.path("whole.run");
    succeed(&mut sweep(&whole, "--dims 4,7,11 --starts 45 --instances 3 --trace"));
    let run = place.path("grown.run");
    let steps = [
        "--dims 7 --starts 5 --trace",
        "--starts 25",
        "--instances 2",
        "--dims 4",
        "--dims 11,4 --starts 45",
        "--instances 3",
    ];
    for step in steps {
        succeed(&mut sweep(&run, step));
        assert_eq!(json(&mut about("verify", &run, "--json"))["complete"], true, "{step}");
    }
    assert!(dump(&run) == dump(&whole));
}

/// A sweep begun by 0.1, whose default had a shorter sample phase, resumes by the same command to the records it would
/// have had.
#[test]
fn a_default_run_of_an_older_release_resumes_and_grows_with_its_constants() {
    let place = Place::quick();
    let begin = |name: &str, starts: u32| {
        let asked = Request { dims: Some(vec![12]), starts: Some(starts), ..Request::default() };
        let new = Spec::new(&asked).unwrap();
        let descent = Some(Protocol::paper_by(Rules::FIRST, 3));
        let run = place.path(name);
        SurfaceStore::create(&run, &Spec { rules: Rules::FIRST, descent, ..new }).unwrap();
        run
    };
    let (run, whole) = (begin("old.run", 25), begin("whole.run", 45));
    succeed(&mut sweep(&run, "--preset paper --dims 12 --starts 25"));
    let text = succeed(&mut sweep(&run, "--preset quick --dims 12 --starts 45"));
    assert!(text.contains("sgd (paper): P = 2, 200 sample steps, up to 500 full"), "{text}");
    succeed(&mut sweep(&whole, ""));
    assert!(dump(&run) == dump(&whole));
    let line = refused(&mut sweep(&run, "--preset literal --dims 12 --starts 45"), 3);
    assert!(line.contains("descent.cycles: the run has 100, asked for 500"), "{line}");
    let new = place.path("new.run");
    let text = succeed(&mut sweep(&new, "--preset paper --dims 12 --starts 45"));
    assert!(text.contains("sgd (paper): P = 2, 600 sample steps, up to 500 full"), "{text}");
    assert!(dump(&new) != dump(&whole));
}

#[test]
fn resuming_a_complete_run_writes_nothing() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, "--dims 5 --starts 25"));
    let before = fs::read(&run).unwrap();
    succeed(&mut sweep(&run, "--dims 5 --starts 25"));
    succeed(&mut sweep(&run, ""));
    assert!(fs::read(&run).unwrap() == before);
    assert_eq!(place.names(), ["a.run"]);
}

#[test]
fn changed_science_is_refused_and_named_in_flags_and_in_files() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, "--dims 5 --starts 25 --seed 4"));
    let before = fs::read(&run).unwrap();
    let flags = [
        ("--seed 5", "seed: the run has 4, asked for 5"),
        ("--spins 2", "spins: the run has 3, asked for 2"),
        ("--protocol gd", "protocol: the run has sgd, asked for gd"),
        ("--samples 9", "descent.samples: the run has 2, asked for 9"),
        ("--no-points", "points: the run has true, asked for false"),
        ("--trace", "trace: the run has false, asked for true"),
        ("--starts 24", "starts: the run has 25, asked for 24"),
        ("--starts 45 --seed 5", "seed: the run has 4, asked for 5"),
    ];
    for (flags, part) in flags {
        let line = refused(&mut sweep(&run, flags), 3);
        assert!(line.contains(part), "{flags}: {line}");
    }
    let config = place.path("a.toml");
    for (text, part) in [
        ("seed = 5", "seed: the run has 4"),
        ("[descent]\nhandover = 0.5", "descent.handover: the run has"),
        ("[descent]\ndecay = 0.25", "descent.decay: the run has"),
    ] {
        fs::write(&config, text).unwrap();
        let line = refused(sweep(&run, "--config").arg(&config), 3);
        assert!(line.contains(part), "{text}: {line}");
    }
    assert!(fs::read(&run).unwrap() == before);
}
