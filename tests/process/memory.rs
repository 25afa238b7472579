//! What does not fit in memory is refused before anything is spent.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::harness::{Place, refused, skip, succeed, sweep};

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
        return skip(&format!("no file of this size can be made: {error}"));
    }
    names_bytes(&refused(sweep(&run, "--couplings").arg(&file), 3), &run);
    assert_eq!(place.names(), ["x.npy"]);
}
