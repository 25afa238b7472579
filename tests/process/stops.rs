//! Ends that come from outside: `kill -9`, signals, a second process. What was stored stays, and resume completes it.

use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use hspin::rng::{Role, stream};
use rand::RngExt;

use crate::harness::{
    Place, about, dump, errors, refused, signal, start, succeed, sweep, under_way, units, wait_until,
};

/// Many small units: a kill falls as often into a commit as between two.
const MANY_UNITS: &str = "--dims 24,40 --starts 380 --instances 2 --trace";
/// Sixty units over a second or so.
const A_SECOND: &str = "--dims 80 --starts 400 --instances 3";
const CHAINS: u64 = 6;
const KILLS_PER_CHAIN: u64 = 3;

/// Time enough for any clean end.
const CLEAN_END: Duration = Duration::from_secs(2);

#[test]
fn a_run_that_was_killed_again_and_again_ends_like_one_that_was_not() {
    let place = Place::new();
    let whole = place.path("whole.run");
    let begin = Instant::now();
    succeed(&mut sweep(&whole, MANY_UNITS));
    let length = begin.elapsed();
    let expected = dump(&whole);
    let (mut hits, mut partial) = (0, 0);
    for chain in 0..CHAINS {
        let run = place.path(&format!("{chain}.run"));
        for kill in 0..KILLS_PER_CHAIN {
            let moment: f64 = stream(7, Role::Probe, &[chain, kill]).random();
            let mut child = start(&mut sweep(&run, MANY_UNITS));
            sleep(length.mul_f64(0.6 * moment));
            child.kill().unwrap();
            hits += i32::from(child.wait().unwrap().code().is_none());
            partial += i32::from(0 < units(&run) && units(&run) < 76);
        }
        succeed(&mut sweep(&run, MANY_UNITS));
        assert!(dump(&run) == expected, "chain {chain}");
    }
    let kills = CHAINS * KILLS_PER_CHAIN;
    println!("{hits} of {kills} kills hit a running process; {partial} left a run with some of its units");
    assert!(hits >= 9 && partial >= 3, "{hits} hits, {partial} partial runs: the moments miss the run");
}

#[test]
fn a_signal_ends_a_sweep_cleanly_and_the_same_command_resumes_it() {
    let place = Place::new();
    let whole = place.path("whole.run");
    succeed(&mut sweep(&whole, A_SECOND));
    let expected = dump(&whole);
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        if name == "HUP" && hang_up_is_ignored() {
            println!("skipped: HUP, which whoever runs these tests has told them to ignore");
            continue;
        }
        let run = place.path(&format!("{name}.run"));
        let child = under_way(&run, A_SECOND, 3);
        let begin = Instant::now();
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        let took = begin.elapsed();
        assert_eq!(output.status.code(), Some(code), "{name}");
        assert!(took < CLEAN_END, "{name}: {took:?}");
        let last = errors(&output).lines().last().unwrap_or_default().to_owned();
        let expected_line = format!("hspin: stopped by signal {}; the same command resumes", code - 128);
        assert_eq!(last, expected_line);
        assert!((3..60).contains(&units(&run)), "{} units", units(&run));
        succeed(&mut sweep(&run, A_SECOND));
        assert!(dump(&run) == expected, "{name}");
    }
}

/// Whether this process, and so its children, were started with HUP ignored, as under nohup.
fn hang_up_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

#[test]
fn a_signal_is_heard_while_large_couplings_are_drawn_and_a_second_one_ends_at_once() {
    let place = Place::new();
    // Drawing these takes seconds.
    let large = "--spins 4 --dims 120 --samples 8 --starts 40";
    for (signals, patience) in [(1, CLEAN_END), (2, CLEAN_END / 4)] {
        let run = place.path(&format!("{signals}.run"));
        let child = start(&mut sweep(&run, large));
        wait_until("the run is there", || run.exists());
        sleep(Duration::from_millis(100));
        let begin = Instant::now();
        for _ in 0..signals {
            signal(&child, "INT");
            sleep(Duration::from_millis(20));
        }
        let output = child.wait_with_output().unwrap();
        let took = begin.elapsed();
        assert_eq!(output.status.code(), Some(130));
        assert!(took < patience, "{signals} signals: {took:?}");
        assert_eq!(units(&run), 0);
    }
}

#[test]
fn under_nohup_a_hang_up_is_ignored() {
    let place = Place::new();
    let run = place.path("a.run");
    let mut nohup = Command::new("nohup");
    let plain = sweep(&run, "--dims 30 --starts 200");
    nohup.arg(plain.get_program()).args(plain.get_args()).stdin(Stdio::null());
    let child = start(&mut nohup);
    wait_until("units are stored", || units(&run) >= 1);
    signal(&child, "HUP");
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(units(&run), 10);
}

#[test]
fn a_second_process_is_turned_away_at_once_and_told_by_whom() {
    let place = Place::new();
    let run = place.path("a.run");
    let mut holder = under_way(&run, A_SECOND, 1);
    let begin = Instant::now();
    let line = refused(&mut sweep(&run, A_SECOND), 3);
    assert!(begin.elapsed() < Duration::from_secs(1));
    assert!(line.contains(&format!("process {} ", holder.id())), "{line}");
    // Readers are let in.
    succeed(&mut about("show", &run, "--json"));
    holder.kill().unwrap();
    holder.wait().unwrap();
    let again = sweep(&run, A_SECOND).output().unwrap();
    assert_eq!(again.status.code(), Some(0));
}
