//! Limits that a shell sets: on sizes of files, on memory, on open files. Loud, nothing lost, and the same command ends
//! well without them.

use hspin::studies::surfaces::Surfaces;
use hspin::study::verify;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use crate::family::Family;
use crate::harness::{Place, about, dump, errors, hspin, skip, succeed, sweep, units};
use crate::jobs::loud;

const FLAGS: &str = "--dims 5,30 --starts 200 --threads 2";

/// The command under a limit of the shell.
fn limited(limit: &str, command: &Command) -> Output {
    let mut shell = Command::new("bash");
    shell.args(["-c", &format!("ulimit -c 0 && ulimit {limit} && exec \"$0\" \"$@\"")]);
    shell.arg(command.get_program()).args(command.get_args()).output().unwrap()
}

#[test]
fn a_limit_on_file_sizes_is_an_error_like_a_full_disk() {
    let place = Place::quick();
    let whole = place.path("whole.run");
    succeed(&mut sweep(&whole, FLAGS));
    let (expected, size) = (dump(&whole), fs::metadata(&whole).unwrap().len());
    let mut family = Family::new("limits on file sizes");
    let mut partial = 0;
    for step in 0..10_u64 {
        family.case(&format!("step {step}"), || {
            let run = place.path(&format!("{step}.run"));
            let blocks = step * size / 10 / 1024;
            loud(&limited(&format!("-f {blocks}"), &sweep(&run, FLAGS)), &[5]);
            let stored = units(&run);
            partial += usize::from(stored > 0);
            succeed(&mut sweep(&run, FLAGS));
            assert!(dump(&run) == expected, "the content differs");
        });
    }
    assert!(partial > 2, "{partial} of 10 stopped between two units");
    let out = place.path("out");
    let onto = |mut command: Command| {
        command.arg("--out").arg(&out);
        command
    };
    for command in [
        onto(about("export", &whole, "")),
        onto(about("export", &whole, "--format parquet")),
        onto(about("export", &whole, "--dim 30 --instance 0 --points")),
        onto(hspin("figure complexity")),
    ] {
        family.case(&format!("{command:?}"), || {
            loud(&limited("-f 4", &command), &[5]);
            assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
        });
    }
    family.end();
}

/// The command in a folder, by a user who may have so many threads in all: the limit does not hold for root. It is ended
/// with 124 where it takes too long.
fn with_threads(number: u32, place: &Place, command: &Command) -> Command {
    // A user that has no other process.
    const SOMEBODY: &str = "61234";
    let mut limited = Command::new("timeout");
    limited.args(["60", "setpriv", "--reuid", SOMEBODY, "--regid", SOMEBODY, "--clear-groups", "bash", "-c"]);
    limited.arg(format!("ulimit -u {number} && exec \"$0\" \"$@\"")).arg(place.path("hspin"));
    limited.args(command.get_args()).current_dir(place.folder());
    limited
}

#[test]
fn where_threads_are_refused_it_says_so_and_does_not_wait() {
    let place = Place::new();
    let program = hspin("");
    fs::copy(program.get_program(), place.path("hspin")).unwrap();
    fs::set_permissions(place.folder(), fs::Permissions::from_mode(0o777)).unwrap();
    if !with_threads(1, &place, &hspin("--version")).output().is_ok_and(|output| output.status.success()) {
        return skip("no other user can be");
    }
    for command in [
        "bench --json",
        "sweep --dims 5,30 --starts 200 --threads 2 --out a.run",
        "sweep --dims 20 --dry-run --out b.run",
        "census --spins 3 --dim 5 --threads 4 --out c.run",
        "networks sweep --hidden 3 --networks 40 --epochs 1 --digits 100 --threads 3 --out d.run",
    ] {
        for number in [1, 2] {
            let output = with_threads(number, &place, &hspin(command)).output().unwrap();
            let line = loud(&output, &[3]);
            assert!(line.contains("cannot start") && line.contains("thread"), "{command}: {line}");
        }
    }
}

#[test]
fn a_limit_on_memory_never_ends_well_with_data_missing() {
    let place = Place::quick();
    let whole = place.path("whole.run");
    succeed(&mut sweep(&whole, FLAGS));
    let (expected, planned) = (dump(&whole), units(&whole));
    let mut family = Family::new("limits on memory");
    let mut ends = [0; 3];
    for step in 0..20_u64 {
        // From too little to load the program to plenty.
        let kilobytes = (4000 + 2000 * (step % 2)) << (step / 2);
        family.case(&format!("{kilobytes} kB"), || {
            let run = place.path(&format!("{step}.run"));
            let output = limited(&format!("-v {kilobytes}"), &sweep(&run, FLAGS));
            match output.status.code() {
                Some(0) => {
                    ends[0] += 1;
                    assert_eq!(units(&run), planned);
                }
                Some(code @ (3 | 5)) => {
                    ends[1] += 1;
                    loud(&output, &[code]);
                }
                // The system cannot load the program, or the allocator gives up; never an internal error.
                other => {
                    assert_ne!(other, Some(1), "{}", errors(&output));
                    ends[2] += 1;
                    println!("{kilobytes} kB: {:?} {}", output.status, errors(&output).trim());
                }
            }
            if run.exists() {
                assert!(verify::<Surfaces>(&run).unwrap().ok);
            }
            succeed(&mut sweep(&run, FLAGS));
            assert!(dump(&run) == expected, "the content differs");
        });
    }
    println!("whole, refused, given up by the system: {ends:?}");
    assert!(ends[0] > 0 && ends[1] + ends[2] > 0, "{ends:?}");
    family.end();
}

#[test]
fn a_limit_on_open_files_is_an_error() {
    let place = Place::quick();
    let whole = place.path("whole.run");
    succeed(&mut sweep(&whole, FLAGS));
    let (expected, planned) = (dump(&whole), units(&whole));
    let mut family = Family::new("limits on open files");
    for files in 4..14 {
        family.case(&format!("{files} files"), || {
            let run = place.path(&format!("{files}.run"));
            let output = limited(&format!("-n {files}"), &sweep(&run, FLAGS));
            if output.status.success() {
                assert_eq!(units(&run), planned);
            } else {
                assert!(!errors(&output).is_empty());
                if output.status.code() != Some(127) {
                    loud(&output, &[3, 5]);
                }
            }
            succeed(&mut sweep(&run, FLAGS));
            assert!(dump(&run) == expected, "the content differs");
        });
    }
    family.end();
}
