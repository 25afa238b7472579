//! Several processes on one run: one works, the others are told so at once.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use hspin::run::verify;

use crate::family::Family;
use crate::harness::{Place, about, dump, start, succeed, sweep, under_way, units, wait_until};
use crate::jobs::loud;

/// Thirty units over a second or more.
const A_SECOND: &str = "--dims 40 --starts 200 --instances 3";
/// More work than any test waits for.
const ENDLESS: &str = "--dims 60 --starts 100000 --threads 1";
/// Time within which whoever is turned away is told so.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Turned away at once, by name.
fn turned_away(command: &mut Command, holder: &Child) {
    let begin = Instant::now();
    let output = command.output().unwrap();
    let took = begin.elapsed();
    let line = loud(&output, &[3]);
    assert!(output.stdout.is_empty());
    assert!(line.contains(&format!("is being written by process {} ", holder.id())), "{line}");
    assert!(took < AT_ONCE, "{took:?}");
}

#[test]
fn whoever_comes_second_is_turned_away_at_once_and_told_by_whom() {
    let place = Place::new();
    let run = place.path("a.run");
    let mut family = Family::new("processes turned away from a run that is worked on");
    let mut holder = under_way(&run, ENDLESS, 1);
    family.case("growth", || turned_away(&mut sweep(&run, "--dims 61"), &holder));
    for crowd in 1..=7 {
        let turned: Vec<_> = std::thread::scope(|scope| {
            let turn = |_| scope.spawn(|| turned_away(&mut sweep(&run, ENDLESS), &holder));
            (0..crowd).map(turn).collect::<Vec<_>>().into_iter().map(|one| one.join()).collect()
        });
        for one in turned {
            family.case(&format!("one of a crowd of {crowd}"), || one.unwrap());
        }
    }
    // Readers are let in.
    family.case("reader", || drop(succeed(&mut about("show", &run, "--json"))));
    family.case("verify", || drop(succeed(&mut about("verify", &run, "--json"))));
    assert!(holder.try_wait().unwrap().is_none(), "the holder ended too soon");
    holder.kill().unwrap();
    holder.wait().unwrap();
    family.end();
}

/// So many started together on a run that is not there yet; returns the one that works once all others have ended.
fn start_together(run: &Path, number: usize) -> (Child, Vec<Child>) {
    let mut at_work: Vec<Child> = (0..number).map(|_| start(&mut sweep(run, ENDLESS))).collect();
    let mut ended = Vec::new();
    wait_until("one works", || {
        for at in (0..at_work.len()).rev() {
            if at_work[at].try_wait().unwrap().is_some() {
                ended.push(at_work.remove(at));
            }
        }
        at_work.len() <= 1
    });
    (at_work.pop().expect("one that works"), ended)
}

#[test]
fn of_two_to_eight_that_start_together_one_works() {
    let place = Place::new();
    let mut family = Family::new("two to eight processes started together, the holder killed");
    for number in 2..=8 {
        family.case(&format!("{number} processes"), || {
            let run = place.path(&format!("{number}.run"));
            let (mut holder, ended) = start_together(&run, number);
            wait_until("it works", || units(&run) > 0 || holder.try_wait().unwrap().is_some());
            holder.kill().unwrap();
            assert_eq!(holder.wait().unwrap().code(), None, "the holder ended by itself");
            for child in ended {
                let line = loud(&child.wait_with_output().unwrap(), &[3]);
                assert!(line.contains(&format!("process {} ", holder.id())), "{line}, not {}", holder.id());
            }
            // The next start just works.
            let stored = units(&run);
            let mut next = under_way(&run, ENDLESS, stored + 1);
            next.kill().unwrap();
            next.wait().unwrap();
            assert!(verify(&run).unwrap().ok);
        });
    }
    family.end();
}

#[test]
fn a_lock_that_is_deleted_lets_nobody_damage_the_run() {
    let place = Place::new();
    let whole = place.path("whole.run");
    succeed(&mut sweep(&whole, A_SECOND));
    let expected = dump(&whole);
    let mut family = Family::new("locks deleted during a sweep");
    for stored in [1, 3, 6] {
        family.case(&format!("deleted at {stored} units"), || {
            let run = place.path(&format!("{stored}.run"));
            let first = under_way(&run, A_SECOND, stored);
            fs::remove_file(place.path(&format!("{stored}.run.lock"))).unwrap();
            let second = start(&mut sweep(&run, A_SECOND));
            let ends = [first, second].map(|child| child.wait_with_output().unwrap());
            let mut codes = ends.each_ref().map(|output| output.status.code());
            codes.sort();
            assert_eq!(codes, [Some(0), Some(3)], "{ends:?}");
            let loser = ends.iter().find(|output| output.status.code() == Some(3)).unwrap();
            let line = loud(loser, &[3]);
            assert!(line.contains("another process has written to it meanwhile"), "{line}");
            let found = verify(&run).unwrap();
            assert!(found.ok && found.complete, "{found:?}");
            assert!(dump(&run) == expected);
        });
    }
    family.end();
}

#[test]
fn a_run_that_is_moved_or_deleted_under_a_sweep_is_not_written_into_nowhere() {
    let place = Place::new();
    let mut family = Family::new("runs moved or deleted during a sweep");
    for (name, moved) in [("moved", true), ("deleted", false)] {
        family.case(name, || {
            let (run, elsewhere) = (place.path(&format!("{name}.run")), place.path("elsewhere.run"));
            let child = under_way(&run, A_SECOND, 2);
            if moved {
                fs::rename(&run, &elsewhere).unwrap()
            } else {
                fs::remove_file(&run).unwrap()
            }
            let output = child.wait_with_output().unwrap();
            let line = loud(&output, &[3, 5]);
            println!("{name}: {line}");
            assert!(line.contains(&format!("{name}.run")), "{line}");
            if moved {
                assert!(verify(&elsewhere).unwrap().ok);
                succeed(&mut sweep(&elsewhere, A_SECOND));
            }
        });
    }
    family.end();
}
