//! Places that are full, limits on memory: loud, and nothing lost or half-written.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::harness::{Place, SmallDisk, about, dump, hspin, refused, succeed, sweep, units};

const FLAGS: &str = "--dims 5,30 --starts 200";

#[test]
fn a_sweep_onto_a_disk_that_fills_up_fails_loudly_and_resumes_when_there_is_space() {
    let place = Place::quick();
    let whole = place.path("whole.run");
    succeed(&mut sweep(&whole, FLAGS));
    let expected = dump(&whole);
    let mut partial = 0;
    for size in ["16k", "52k", "72k", "96k", "120k"] {
        let Some(disk) = SmallDisk::new(size) else { return };
        let run = disk.path("a.run");
        let line = refused(&mut sweep(&run, FLAGS), 5);
        assert!(line.contains("full") || line.contains("No space"), "{line}");
        let stored = units(&run);
        assert!(stored < 20);
        partial += i32::from(stored > 0);
        refused(&mut sweep(&run, FLAGS), 5);
        assert!(units(&run) >= stored, "{size}: units were lost");
        disk.resize("8m");
        succeed(&mut sweep(&run, FLAGS));
        assert!(dump(&run) == expected, "{size}");
        assert_eq!(disk.names(), ["a.run", "a.run.lock"]);
    }
    println!("{partial} of 5 disks filled up between two units");
    assert!(partial > 0);
}

#[test]
fn exports_figures_and_reproduce_on_a_full_disk_leave_nothing() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, "--dims 12 --starts 40 --trace"));
    let Some(disk) = SmallDisk::new("64k") else { return };
    disk.fill();
    let out = disk.path("");
    let onto_disk = |mut command: Command| {
        let line = refused(command.arg("--out").arg(&out), 5);
        assert!(line.contains("full") || line.contains("No space"), "{line}");
        assert_eq!(disk.names(), ["filler"], "{command:?}");
    };
    onto_disk(about("export", &run, ""));
    onto_disk(about("export", &run, "--format parquet"));
    onto_disk(about("export", &run, "--dim 12 --instance 0 --points --couplings"));
    onto_disk(hspin("figure complexity"));
    onto_disk(about("figure all --run", &run, ""));
    onto_disk(about("figure all --run", &run, "--format png"));
    let line = refused(hspin("reproduce --quick --out").arg(&out), 5);
    assert!(line.contains("full") || line.contains("No space"), "{line}");
    assert_eq!(disk.names().iter().filter(|name| name.contains("run") && !name.contains("lock")).count(), 0);
}

/// The binary under a limit on its address space, in kB.
fn limited(kilobytes: u64, command: &Command) -> Command {
    let mut shell = Command::new("bash");
    shell.args(["-c", &format!("ulimit -v {kilobytes} && exec \"$0\" \"$@\"")]);
    shell.arg(command.get_program()).args(command.get_args());
    shell
}

fn names_bytes(line: &str, run: &Path) {
    assert!(line.contains("bytes of memory") && line.contains("available"), "{line}");
    assert!(!run.exists());
}

#[test]
fn what_cannot_fit_in_memory_is_refused_with_needed_and_available_bytes() {
    let place = Place::quick();
    let run = place.path("a.run");
    for flags in ["--dims 60000", "--spins 6 --dims 300", "--spins 4 --dims 5,3000", "--spins 2 --dims 65535"]
    {
        for command in [sweep(&run, flags), sweep(&run, &format!("{flags} --dry-run"))] {
            names_bytes(&refused(&mut limited(4_000_000, &command), 3), &run);
        }
    }
    // Λ = 1000 at H = 3 takes some 4 GB: more than the limit, less than most machines have.
    names_bytes(&refused(&mut limited(2_000_000, &sweep(&run, "--dims 1000")), 3), &run);
    succeed(&mut limited(2_000_000, &sweep(&run, "--dims 10 --starts 20")));
}

#[test]
fn a_tensor_file_that_cannot_fit_in_memory_is_refused_before_it_is_read() {
    let place = Place::new();
    let (run, file) = (place.path("a.run"), place.path("x.npy"));
    // The values are a hole: the file takes no space.
    let side = 400_000_u64;
    fs::write(&file, crate::couplings::npy("<f8", false, &[side, side], &[])).unwrap();
    let header = fs::metadata(&file).unwrap().len();
    let grown = fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(header + 8 * side * side);
    if let Err(error) = grown {
        println!("skipped: no file of this size can be made here: {error}");
        return;
    }
    names_bytes(&refused(sweep(&run, "--couplings").arg(&file), 3), &run);
    assert_eq!(place.names(), ["x.npy"]);
}
