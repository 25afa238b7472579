//! Every call that touches the disk fails, or is the last one before a kill.

use std::process::{Command, Stdio};

use hspin::rng::{Role, stream};
use rand::RngExt;

use crate::family::Family;
use crate::harness::{Place, errors};
use crate::jobs::{Bench, JOBS, is_folder, loud};
use crate::shim::{ALL, CHANGES, Call, Fault, Mode, beset, calls};

const ENOSPC: i32 = 28;
const EIO: i32 = 5;
const EROFS: i32 = 30;
const EMFILE: i32 = 24;
const EACCES: i32 = 13;
const ERRORS: [(&str, i32); 5] =
    [("ENOSPC", ENOSPC), ("EIO", EIO), ("EROFS", EROFS), ("EMFILE", EMFILE), ("EACCES", EACCES)];

/// Cases of each job in the short mode.
const SAMPLE: usize = 7;

/// A few of `total` cases, by fixed seeds.
fn sample(total: usize, salt: usize) -> Vec<usize> {
    let pick = |number| stream(21, Role::Probe, &[salt as u64, number]).random_range(0..total);
    (0..SAMPLE as u64).map(pick).collect()
}

fn every(total: usize, _: usize) -> Vec<usize> {
    (0..total).collect()
}

/// Chooses among so many cases; the second number makes samples differ.
type Choice = fn(usize, usize) -> Vec<usize>;

fn beset_command(bench: &Bench, place: &Place, fault: Fault) -> Command {
    let mut command = (bench.job.command)(place.folder());
    beset(&mut command, place.folder(), fault);
    command
}

fn calls_of(bench: &Bench, kinds: &str) -> Vec<Call> {
    let place = bench.place();
    calls(&mut (bench.job.command)(place.folder()), place.folder(), kinds)
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
    bench.shows_nothing_by_half(&place);
    bench.ends_well(&place);
}

fn errors_at_calls(family: &mut Family, number: usize, choose: Choice) {
    let bench = Bench::new(&JOBS[number]);
    let total = calls_of(&bench, ALL).len();
    let ways = ERRORS.len() * 2;
    for case in choose(total * ways, number) {
        let (at, way) = (case / ways + 1, case % ways);
        let (name, error) = ERRORS[way / 2];
        let mode = if way % 2 == 0 { Mode::Once(error) } else { Mode::From(error) };
        let label = format!("{}: call {at} of {total}, {name} {mode:?}", bench.job.name);
        family.case(&label, || fails(&bench, Fault { kinds: ALL, at, mode }));
    }
}

/// A kill at a call, maybe one more at a call of the resume, then the end.
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
    bench.shows_nothing_by_half(&place);
    bench.ends_well(&place);
}

fn kills_at_calls(family: &mut Family, number: usize, choose: Choice) {
    const MODES: [Mode; 3] = [Mode::Before, Mode::After, Mode::Torn];
    let bench = Bench::new(&JOBS[number]);
    let total = calls_of(&bench, CHANGES).len();
    for case in choose(total * MODES.len(), 100 + number) {
        let (at, mode) = (case / MODES.len() + 1, MODES[case % MODES.len()]);
        // A third of them are killed a second time.
        let again = (case / MODES.len() % 3 == 1).then_some(1 + case % 40);
        let label = format!("{}: killed {mode:?} call {at} of {total}", bench.job.name);
        family.case(&label, || dies(&bench, Fault { kinds: CHANGES, at, mode }, again));
    }
}

/// After a sync that failed the system may have dropped what was to be written: going on would lose it in silence.
fn failed_syncs(family: &mut Family, number: usize, choose: Choice) {
    let bench = Bench::new(&JOBS[number]);
    let calls = calls_of(&bench, "f");
    // SQLite tries, but does not insist on, syncs of folders.
    let files: Vec<usize> = (0..calls.len()).filter(|&at| !is_folder(&calls[at].name)).collect();
    assert!(!files.is_empty(), "{}: nothing is forced to the disk", bench.job.name);
    for case in choose(files.len(), 300 + number) {
        let fault = Fault { kinds: "f", at: files[case] + 1, mode: Mode::Once(EIO) };
        family.case(&format!("{}: {fault:?}", bench.job.name), || {
            let place = bench.place();
            loud(&beset_command(&bench, &place, fault).output().unwrap(), &[5]);
            bench.ends_well(&place);
        });
    }
}

fn half_writes(family: &mut Family, number: usize, choose: Choice) {
    let bench = Bench::new(&JOBS[number]);
    let total = calls_of(&bench, "w").len();
    for case in choose(total, 200 + number) {
        let fault = Fault { kinds: "w", at: case + 1, mode: Mode::Half };
        family.case(&format!("{}: write {} of {total}", bench.job.name, case + 1), || {
            let place = bench.place();
            let output = beset_command(&bench, &place, fault).output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
            bench.ends_well(&place);
        });
    }
}

/// A kind of fault, with a sample of each job's calls, and with every call of one job.
macro_rules! faults {
    ($($kind:ident, $name:literal, $few:expr;)*) => {
        mod a_sample_of_calls {
            $(#[test]
            fn $kind() {
                let mut family = super::Family::new(concat!($name, ", a sample"));
                let few = |total, salt| super::sample(total, salt).into_iter().take($few).collect();
                (0..super::JOBS.len()).for_each(|job| super::$kind(&mut family, job, few));
                family.end();
            })*
        }
        $(mod $kind {
            use super::*;

            fn of(job: usize) {
                let mut family = Family::new(format!("{}: {}", $name, JOBS[job].name));
                super::$kind(&mut family, job, every);
                family.end();
            }

            faults!(@jobs sweep 0, growth 1, recovery 2, saddle 3, census 4, paths 5, repair 6, export 7, parquet 8, networks 9, sampling 10, figure 11);
        })*
    };
    (@jobs $($job:ident $number:literal),*) => {
        $(#[test]
        #[ignore = "long: every call"]
        fn $job() {
            of($number);
        })*
    };
}

faults! {
    errors_at_calls, "I/O errors at every call", 7;
    kills_at_calls, "kill -9 at every call", 7;
    failed_syncs, "failed syncs", 2;
    half_writes, "writes that write half", 3;
}
