//! Runs of one spec put together.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use crate::harness::{Place, errors, succeed};
use crate::list::{Entry, LIST};

fn merge(entry: &Entry, runs: &[&Path], out: &Path) -> Command {
    let mut command = entry.run("merge");
    command.args(runs).arg("--out").arg(out);
    command
}

#[test]
fn two_halves_put_together_are_the_whole_run() {
    for entry in &LIST {
        let place = Place::quick();
        let whole = entry.copy_to(&place, "whole.run");
        let halves = [0, 1].map(|first| {
            let half = place.path(&format!("{first}.run"));
            (entry.inside.part)(&whole, &half, first);
            half
        });
        let both = place.path("both.run");
        succeed(&mut merge(entry, &[&halves[0], &halves[1]], &both));
        assert_eq!(entry.hash(&both), entry.whole().hash, "{}", entry.command);
        // One half is not the whole: the same command computes the rest.
        let one = place.path("one.run");
        succeed(&mut merge(entry, &[&halves[1]], &one));
        succeed(&mut entry.sweep(&one, entry.whole));
        assert_eq!(entry.hash(&one), entry.whole().hash, "{}", entry.command);
    }
}

#[test]
fn of_a_smaller_and_a_larger_run_the_larger_units_are_taken_in_either_order() {
    for entry in &LIST {
        let place = Place::quick();
        let (whole, small) = (entry.copy_to(&place, "whole.run"), place.path("small.run"));
        succeed(&mut entry.sweep(&small, entry.small));
        for (name, runs) in [("a", [&whole, &small]), ("b", [&small, &whole])] {
            let both = place.path(name);
            succeed(&mut merge(entry, &runs.map(|run| run.as_path()), &both));
            assert_eq!(entry.hash(&both), entry.whole().hash, "{}", entry.command);
        }
    }
}

#[test]
fn runs_of_other_specs_damaged_ones_and_names_that_are_taken_are_refused_and_nothing_is_written() {
    for entry in &LIST {
        let place = Place::quick();
        let (whole, other) = (entry.copy_to(&place, "whole.run"), place.path("other.run"));
        succeed(&mut entry.sweep(&other, &format!("{} {}", entry.small, entry.other)));
        let damaged = place.path("damaged.run");
        let mut bytes = entry.whole().bytes.clone();
        let middle = bytes.len() / 2;
        bytes[middle..].fill(0);
        fs::write(&damaged, bytes).unwrap();
        let before = place.names();
        for (run, out, code) in [(&other, "new.run", 3), (&damaged, "new.run", 4), (&whole, "other.run", 3)] {
            let output = merge(entry, &[&whole, run], &place.path(out)).output().unwrap();
            assert_eq!(output.status.code(), Some(code), "{}: {}", entry.command, errors(&output));
            let names: Vec<String> =
                place.names().into_iter().filter(|name| !name.ends_with(".lock")).collect();
            assert_eq!(names, before, "{}", entry.command);
        }
    }
}

#[test]
fn runs_of_two_kinds_are_refused() {
    let place = Place::quick();
    let runs: Vec<_> = LIST.iter().map(|entry| entry.copy_to(&place, entry.study)).collect();
    let output = merge(&LIST[0], &[&runs[0], &runs[2]], &place.path("new.run")).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", errors(&output));
    assert!(errors(&output).contains("not of one kind"), "{}", errors(&output));
}

/// Kills come at fractions of the time that a whole merge takes here, so that a fast machine is killed as well.
#[test]
fn a_merge_that_is_killed_leaves_no_run_and_the_same_command_goes_through() {
    const KILLS: u32 = 20;
    for entry in &LIST {
        let place = Place::quick();
        let (whole, both) = (entry.copy_to(&place, "whole.run"), place.path("both.run"));
        let begin = Instant::now();
        succeed(&mut merge(entry, &[&whole], &both));
        let whole_time = begin.elapsed();
        fs::remove_file(&both).unwrap();
        let mut killed = 0;
        for kill in 0..KILLS {
            let mut merging = merge(entry, &[&whole], &both).stdout(Stdio::null()).spawn().unwrap();
            thread::sleep(whole_time * kill / KILLS);
            merging.kill().unwrap();
            if !merging.wait().unwrap().success() {
                killed += 1;
            }
            if both.exists() {
                assert_eq!(entry.hash(&both), entry.whole().hash, "{}", entry.command);
                fs::remove_file(&both).unwrap();
            }
        }
        assert!(killed > 0, "{}", entry.command);
        succeed(&mut merge(entry, &[&whole], &both));
        assert_eq!(entry.hash(&both), entry.whole().hash, "{}", entry.command);
        let left = place.names();
        assert!(!left.iter().any(|name| name.ends_with(".part")), "{}: {left:?}", entry.command);
    }
}
