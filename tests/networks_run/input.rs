//! What is not allowed is said in one line, with what would be.

use std::fs;
use std::path::Path;

use crate::digits::write_digits;
use crate::harness::{self, Place, about, hspin, refused, succeed};
use crate::sweep;

#[test]
fn a_bad_flag_is_named_with_what_is_allowed() {
    let place = Place::quick();
    let run = place.path("a.run");
    for (flags, parts) in [
        ("--hidden 0", ["--hidden", "from 1 to 10000"]),
        ("--hidden 3,3", ["hidden = 3", "each size once"]),
        ("--networks 0", ["--networks", "from 1 to 10000000"]),
        ("--protocol adam", ["--protocol", "sgd, anneal"]),
        ("--epochs 0", ["--epochs", "from 1 to 1000000"]),
        ("--batch -1", ["--batch", "from 1 to 100000"]),
        ("--rate 0", ["rate = 0", "above 0"]),
        ("--rate 1e308", ["rate = 1e308:", "at most 1000000"]),
        ("--rate 1e-200", ["rate = 1e-200:", "above 0"]),
        ("--rate nan", ["--rate", "a finite number"]),
        ("--decay -1", ["decay = -1", "from 0"]),
        ("--digits 5001", ["digits = 5001", "at most 5000"]),
        ("--index -1", ["--index", "from 0"]),
        ("--index-hidden 501", ["--index-hidden", "from 0 to 500"]),
        ("--threads 0", ["--threads", "from 1 to 1024"]),
        ("--seed x", ["--seed", "a whole number"]),
        ("--sweeps 3", ["sweeps = 3", "protocol anneal only"]),
        ("--gain 3", ["gain = 3", "protocol anneal only"]),
        ("--protocol anneal --epochs 3", ["epochs = 3", "protocol sgd only"]),
        ("--protocol anneal --rate 3", ["rate = 3", "protocol sgd only"]),
        ("--protocol anneal --index 3", ["index = 3", "no Hessian"]),
        ("--protocol anneal --cold 1", ["cold = 1", "at most 0.003"]),
        ("--protocol anneal --kept 1.5", ["kept = 1.5", "at most 1"]),
        (
            "--networks 10000000 --hidden 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
            ["networks x sizes", "at most"],
        ),
        ("--data /nowhere", ["--data", "train-images-idx3-ubyte"]),
    ] {
        let line = refused(&mut sweep(&run, flags), 2);
        assert!(parts.iter().all(|part| line.contains(part)), "{flags}: {line}");
    }
    assert!(place.names().is_empty());
}

#[test]
fn what_does_not_fit_in_memory_is_refused_before_anything_is_written() {
    let place = Place::quick();
    let run = place.path("a.run");
    let mut command = hspin("networks sweep --hidden 500 --index 1 --index-hidden 500 --out");
    // 24 GB for one Hessian.
    let limited = "ulimit -v 4000000; exec \"$@\"";
    let program = command.get_program().to_owned();
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", limited, "sh"]).arg(program).args(command.arg(&run).get_args());
    let line = refused(&mut shell, 3);
    assert!(line.contains("bytes of memory") && line.contains("--index-hidden"), "{line}");
    assert!(place.names().is_empty());
}

#[test]
fn one_kind_of_run_is_not_taken_for_another() {
    let place = Place::quick();
    let (nets, spins) = (place.path("nets.run"), place.path("sweep.run"));
    succeed(&mut sweep(&nets, "--hidden 2 --networks 1 --epochs 1 --digits 50 --index 0"));
    succeed(&mut harness::sweep(&spins, "--dims 4 --starts 2"));
    let before = fs::read(&nets).unwrap();
    let line = refused(&mut sweep(&spins, ""), 2);
    assert!(line.contains("this is one of hspin sweep"), "{line}");
    let mut census = hspin("census --dim 3 --out");
    census.arg(&nets);
    for command in [&mut about("bands", &nets, ""), &mut census, &mut harness::sweep(&nets, "")] {
        let line = refused(command, 2);
        assert!(line.contains("this is one of hspin networks sweep"), "{line}");
    }
    assert!(fs::read(&nets).unwrap() == before);
}

#[test]
fn a_run_goes_on_with_its_own_digits_only() {
    let place = Place::quick();
    let run = place.path("a.run");
    let (own, others) = (place.path("own"), place.path("others"));
    write_digits(&own, 0);
    write_digits(&others, 1);
    let with = |data: &Path, flags: &str| {
        let mut command = sweep(&run, flags);
        command.arg("--data").arg(data);
        command
    };
    succeed(&mut with(&own, "--hidden 3 --networks 4 --epochs 2 --index 4"));
    succeed(&mut with(&own, "--networks 5"));
    for command in [&mut with(&others, "--networks 6"), &mut sweep(&run, "--networks 6")] {
        let line = refused(command, 3);
        assert!(line.contains("digits to train on: the run has 60 of SHA-256"), "{line}");
    }
    // A part of the same digits is other digits, and stays so.
    let part = place.path("part.run");
    let mut first = sweep(&part, "--hidden 3 --networks 4 --epochs 2 --digits 40");
    succeed(first.arg("--data").arg(&own));
    let mut more = sweep(&part, "--networks 5");
    succeed(more.arg("--data").arg(&own));
    let mut deep = about("verify", &part, "--deep --data");
    assert!(succeed(deep.arg(&own)).contains("recomputed: 5 records, 5 run again bit by bit, 0 differ"));
    assert!(refused_with_text(&mut about("verify", &part, "--deep")).contains("other digits"));
}

fn refused_with_text(command: &mut std::process::Command) -> String {
    let output = command.output().unwrap();
    harness::complaint(&output, 3)
}
