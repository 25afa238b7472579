//! Several processes on one run: one works, the others are told so at once.

use hspin::studies::surfaces::Surfaces;
use hspin::study::verify;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::family::Family;
use crate::harness::{Place, about, dump, signal, start, succeed, sweep, under_way, units, wait_until};
use crate::jobs::loud;

/// Thirty units over a second or more.
const A_SECOND: &str = "--dims 80 --starts 300 --instances 3";
/// More work than any test here waits for.
const A_MINUTE: &str = "--dims 60 --starts 30000 --threads 1";
/// Time within which whoever is turned away is told so.
const AT_ONCE: Duration = Duration::from_secs(1);

/// A process that does not outlive its test.
struct Worker(Option<Child>);

impl Worker {
    fn new(child: Child) -> Self {
        Self(Some(child))
    }

    fn child(&mut self) -> &mut Child {
        self.0.as_mut().expect("it is let go of at its end only")
    }

    fn has_ended(&mut self) -> bool {
        self.child().try_wait().unwrap().is_some()
    }

    /// Kills it; it must still be there.
    fn kill(&mut self) {
        self.child().kill().unwrap();
        assert_eq!(self.child().wait().unwrap().code(), None, "it ended by itself");
    }

    fn output(mut self) -> Output {
        self.0.take().expect("it is let go of at its end only").wait_with_output().unwrap()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            // It may have ended, or the test be failing already.
            let _ = (child.kill(), child.wait());
        }
    }
}

/// Turned away at once, by name.
fn turned_away(command: &mut Command, holder: u32) {
    let begin = Instant::now();
    let mut turned = Worker::new(start(command));
    while !turned.has_ended() {
        assert!(begin.elapsed() < 5 * AT_ONCE, "it was not turned away");
        sleep(Duration::from_millis(2));
    }
    let took = begin.elapsed();
    let line = loud(&turned.output(), &[3]);
    assert!(line.contains(&format!("is being written by process {holder} ")), "{line}");
    assert!(took < AT_ONCE, "{took:?}");
}

#[test]
fn whoever_comes_second_is_turned_away_at_once_and_told_by_whom() {
    let place = Place::new();
    let run = place.path("a.run");
    let mut family = Family::new("processes turned away from a run that is worked on");
    let mut holder = Worker::new(under_way(&run, A_MINUTE, 1));
    let id = holder.child().id();
    family.case("growth", || turned_away(&mut sweep(&run, "--dims 61"), id));
    for crowd in 1..=7 {
        let turned: Vec<_> = std::thread::scope(|scope| {
            let turn = |_| scope.spawn(|| turned_away(&mut sweep(&run, A_MINUTE), id));
            (0..crowd).map(turn).collect::<Vec<_>>().into_iter().map(|one| one.join()).collect()
        });
        for one in turned {
            family.case(&format!("one of a crowd of {crowd}"), || one.unwrap());
        }
    }
    // Readers are let in.
    family.case("reader", || drop(succeed(&mut about("show", &run, "--json"))));
    family.case("verify", || drop(succeed(&mut about("verify", &run, "--json"))));
    family.case("the holder", || holder.kill());
    family.end();
}

/// So many started together on a run that is not there yet; returns the one that works once all others have ended.
fn start_together(run: &Path, number: usize) -> (Worker, Vec<Worker>) {
    let mut at_work: Vec<Worker> =
        (0..number).map(|_| Worker::new(start(&mut sweep(run, A_MINUTE)))).collect();
    let mut ended = Vec::new();
    wait_until("one works", || {
        for at in (0..at_work.len()).rev() {
            if at_work[at].has_ended() {
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
            let id = holder.child().id();
            wait_until("it works", || units(&run) > 0 || holder.has_ended());
            holder.kill();
            for turned in ended {
                let line = loud(&turned.output(), &[3]);
                assert!(line.contains(&format!("is being written by process {id} ")), "{line}, not {id}");
            }
            // The next start just works.
            let stored = units(&run);
            Worker::new(under_way(&run, A_MINUTE, stored + 1)).kill();
            assert!(verify::<Surfaces>(&run).unwrap().ok);
        });
    }
    family.end();
}

/// Stops a sweep while it holds no transaction: another process could not even read the run.
fn stop_between_commits(child: &Child, run: &Path) {
    let journal = PathBuf::from(format!("{}-journal", run.display()));
    loop {
        signal(child, "STOP");
        sleep(Duration::from_millis(10));
        if !journal.exists() {
            return;
        }
        signal(child, "CONT");
        sleep(Duration::from_millis(3));
    }
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
            let lock = place.path(&format!("{stored}.run.lock"));
            let first = under_way(&run, A_SECOND, stored);
            // The first stands still until the second works, so that it cannot have ended before.
            stop_between_commits(&first, &run);
            fs::remove_file(&lock).unwrap();
            let second = start(&mut sweep(&run, A_SECOND));
            wait_until("the second holds a lock", || lock.exists());
            signal(&first, "CONT");
            let ends = [first, second].map(|child| child.wait_with_output().unwrap());
            let mut codes = ends.each_ref().map(|output| output.status.code());
            codes.sort();
            assert_eq!(codes, [Some(0), Some(3)], "{ends:?}");
            let loser = ends.iter().find(|output| output.status.code() == Some(3)).unwrap();
            let line = loud(loser, &[3]);
            assert!(line.contains("another process has written to it meanwhile"), "{line}");
            let found = verify::<Surfaces>(&run).unwrap();
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
                assert!(verify::<Surfaces>(&elsewhere).unwrap().ok);
                succeed(&mut sweep(&elsewhere, A_SECOND));
            }
        });
    }
    family.end();
}
