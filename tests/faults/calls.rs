//! Every call that touches the disk fails, or is the last one before a kill.

use std::process::{Command, Stdio};

use hspin::rng::{Role, stream};
use rand::RngExt;

use crate::family::Family;
use crate::harness::errors;
use crate::jobs::{Bench, JOBS, is_folder, loud};
use crate::shim::{ALL, CHANGES, Fault, Mode, beset, calls};

const ENOSPC: i32 = 28;
const EIO: i32 = 5;
const EROFS: i32 = 30;
const EMFILE: i32 = 24;
const EACCES: i32 = 13;
const ERRORS: [(&str, i32); 5] =
    [("ENOSPC", ENOSPC), ("EIO", EIO), ("EROFS", EROFS), ("EMFILE", EMFILE), ("EACCES", EACCES)];

/// Cases of each job in the short mode.
const SAMPLE: usize = 7;

/// Which of `total` cases are tried: all, or a few by fixed seeds.
fn chosen(total: usize, long: bool, salt: u64) -> Vec<usize> {
    if long {
        return (0..total).collect();
    }
    (0..SAMPLE as u64).map(|number| stream(21, Role::Probe, &[salt, number]).random_range(0..total)).collect()
}

fn beset_command(bench: &Bench, place: &crate::harness::Place, fault: Fault) -> Command {
    let mut command = (bench.job.command)(place.folder());
    beset(&mut command, place.folder(), fault);
    command
}

/// A failed call: loud, or without consequence; and once it is gone the job ends as if it had never been.
fn fails(bench: &Bench, fault: Fault) {
    let place = bench.place();
    let output = beset_command(bench, &place, fault).output().unwrap();
    match output.status.code() {
        Some(0) => assert!(bench.is_done(&place), "exit 0 with data missing: {}", errors(&output)),
        // SQLite calls what the disk fails to read damaged.
        _ if matches!(fault.mode, Mode::Once(EIO) | Mode::From(EIO)) => drop(loud(&output, &[3, 4, 5])),
        _ => drop(loud(&output, &[3, 5])),
    }
    bench.ends_well(&place);
}

/// After a sync that failed the system may have dropped what was to be written: going on would lose it in silence.
fn failed_syncs(family: &mut Family, long: bool) {
    for (number, job) in JOBS.iter().enumerate() {
        let bench = Bench::new(job);
        let place = bench.place();
        let calls = calls(&mut (job.command)(place.folder()), place.folder(), "f");
        // SQLite tries, but does not insist on, syncs of folders.
        let files: Vec<usize> = (0..calls.len()).filter(|&at| !is_folder(&calls[at].name)).collect();
        for case in
            chosen(files.len(), long, 300 + number as u64).into_iter().take(if long { usize::MAX } else { 2 })
        {
            let fault = Fault { kinds: "f", at: files[case] + 1, mode: Mode::Once(EIO) };
            family.case(&format!("{}: {fault:?}", job.name), || {
                let place = bench.place();
                loud(&beset_command(&bench, &place, fault).output().unwrap(), &[5]);
                bench.ends_well(&place);
            });
        }
    }
}

#[test]
fn a_failed_sync_is_loud() {
    let mut family = Family::new("failed syncs, a sample");
    failed_syncs(&mut family, false);
    family.end();
}

#[test]
#[ignore = "long: every sync"]
fn every_failed_sync_is_loud() {
    let mut family = Family::new("failed syncs");
    failed_syncs(&mut family, true);
    family.end();
}

fn errors_at_calls(family: &mut Family, long: bool) {
    for (number, job) in JOBS.iter().enumerate() {
        let bench = Bench::new(job);
        let place = bench.place();
        let total = calls(&mut (job.command)(place.folder()), place.folder(), ALL).len();
        let ways = ERRORS.len() * 2;
        for case in chosen(total * ways, long, number as u64) {
            let (at, way) = (case / ways + 1, case % ways);
            let (name, error) = ERRORS[way / 2];
            let mode = if way % 2 == 0 { Mode::Once(error) } else { Mode::From(error) };
            let label = format!("{}: call {at} of {total}, {name} {mode:?}", job.name);
            family.case(&label, || fails(&bench, Fault { kinds: ALL, at, mode }));
        }
    }
}

#[test]
fn a_failed_call_is_loud_and_loses_nothing() {
    let mut family = Family::new("I/O errors at a sample of calls");
    errors_at_calls(&mut family, false);
    family.end();
}

#[test]
#[ignore = "long: every call, five errors, once and from then on"]
fn every_failed_call_is_loud_and_loses_nothing() {
    let mut family = Family::new("I/O errors at every call");
    errors_at_calls(&mut family, true);
    family.end();
}

/// A kill at a call, one more at a call of the resume, then the end.
fn dies(bench: &Bench, fault: Fault, again: Option<usize>) {
    let place = bench.place();
    let mut command = beset_command(bench, &place, fault);
    let status = command.stdout(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), None, "the kill missed");
    if let Some(at) = again {
        let mut resumed = beset_command(bench, &place, Fault { at, ..fault });
        // It may have less left to do than that.
        let output = resumed.output().unwrap();
        assert!([None, Some(0)].contains(&output.status.code()), "{}", errors(&output));
    }
    bench.ends_well(&place);
}

fn kills_at_calls(family: &mut Family, long: bool) {
    const MODES: [Mode; 3] = [Mode::Before, Mode::After, Mode::Torn];
    for (number, job) in JOBS.iter().enumerate() {
        let bench = Bench::new(job);
        let place = bench.place();
        let total = calls(&mut (job.command)(place.folder()), place.folder(), CHANGES).len();
        for case in chosen(total * MODES.len(), long, 100 + number as u64) {
            let (at, mode) = (case / MODES.len() + 1, MODES[case % MODES.len()]);
            // A third of them are killed a second time.
            let again = (case % 3 == 1).then_some(1 + case % 40);
            let label = format!("{}: killed {mode:?} call {at} of {total}", job.name);
            family.case(&label, || dies(&bench, Fault { kinds: CHANGES, at, mode }, again));
        }
    }
}

#[test]
fn a_kill_at_a_call_loses_nothing() {
    let mut family = Family::new("kill -9 at a sample of calls");
    kills_at_calls(&mut family, false);
    family.end();
}

#[test]
#[ignore = "long: every call that changes something"]
fn a_kill_at_every_call_loses_nothing() {
    let mut family = Family::new("kill -9 at every call");
    kills_at_calls(&mut family, true);
    family.end();
}

#[test]
fn a_write_that_writes_half_is_gone_on_with() {
    let mut family = Family::new("writes that write half");
    for (number, job) in JOBS.iter().enumerate() {
        let bench = Bench::new(job);
        let place = bench.place();
        let total = calls(&mut (job.command)(place.folder()), place.folder(), "w").len();
        for case in chosen(total, false, 200 + number as u64).into_iter().take(3) {
            let fault = Fault { kinds: "w", at: case + 1, mode: Mode::Half };
            family.case(&format!("{}: write {} of {total}", job.name, case + 1), || {
                let place = bench.place();
                let output = beset_command(&bench, &place, fault).output().unwrap();
                assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
                bench.ends_well(&place);
            });
        }
    }
    family.end();
}
