//! Networks by several ranks.

use hspin::studies::networks::NetworksStore;
use std::path::Path;
use std::process::Command;

use crate::digits::write_digits;
use crate::harness::{Place, about, errors, hspin, json, succeed};
use crate::{disturbed, ranks, strike};

/// Small networks of two sizes, some with an index, on digits of our own.
const SMALL: &str = "--hidden 3,8 --networks 40 --epochs 3 --index 20 --index-hidden 5";
/// Long enough to be disturbed: 24 units.
const LONG: &str = "--hidden 5,10,25 --networks 120 --epochs 40 --digits 600 --index 4 --threads 1";

/// `hspin networks sweep --out RUN` with more flags.
fn sweep(run: &Path, flags: &str) -> Command {
    let mut command = hspin("networks sweep --out");
    command.arg(run).args(flags.split_whitespace());
    command
}

fn with(data: &Path, mut command: Command) -> Command {
    command.arg("--data").arg(data);
    command
}

fn hash(run: &Path) -> String {
    let verdict = json(&mut about("verify", run, "--json"));
    assert_eq!((&verdict["ok"], &verdict["complete"]), (&true.into(), &true.into()), "{verdict}");
    verdict["content_hash"].as_str().unwrap().to_owned()
}

fn units(run: &Path) -> usize {
    NetworksStore::open_read(run).map_or(0, |store| store.done().len())
}

#[test]
fn networks_of_any_ranks_and_threads_are_those_of_one_process() {
    let place = Place::quick();
    let data = place.path("digits");
    write_digits(&data, 0);
    let anneal = "--protocol anneal --hidden 2,4 --networks 18 --sweeps 2";
    for (name, flags) in [("sgd", SMALL), ("anneal", anneal)] {
        let alone = place.path(&format!("{name}.run"));
        succeed(&mut with(&data, sweep(&alone, flags)));
        for (count, threads) in [(1, 2), (2, 1), (3, 1), (3, 3)] {
            let run = place.path(&format!("{name}-{count}-{threads}.run"));
            let flags = format!("{flags} --threads {threads}");
            succeed(&mut ranks(count, &with(&data, sweep(&run, &flags))));
            assert_eq!(hash(&run), hash(&alone), "{name}, {count} ranks of {threads} threads");
        }
    }
}

#[test]
fn networks_grow_under_other_numbers_of_ranks() {
    let place = Place::quick();
    let data = place.path("digits");
    write_digits(&data, 0);
    let (whole, grown) = (place.path("whole.run"), place.path("grown.run"));
    succeed(&mut with(&data, sweep(&whole, SMALL)));
    let first = "--hidden 8 --networks 5 --epochs 3 --index 0 --index-hidden 0";
    let steps =
        [(3, first), (1, "--networks 17 --hidden 3"), (2, "--networks 40 --index 20 --index-hidden 5")];
    for (count, flags) in steps {
        succeed(&mut ranks(count, &with(&data, sweep(&grown, flags))));
    }
    assert_eq!(hash(&grown), hash(&whole));
}

#[test]
fn networks_survive_a_killed_rank_and_a_stopped_one() {
    let place = Place::quick();
    let whole = place.path("whole.run");
    succeed(&mut sweep(&whole, LONG));
    for (rank, signal, count, next) in [(1, "-KILL", 3, 2), (1, "-TERM", 2, 3), (0, "-INT", 2, 1)] {
        let run = place.path(&format!("{rank}{signal}.run"));
        let mut long = sweep(&run, LONG);
        long.env("HSPIN_ISA", "scalar");
        let output = disturbed(&mut ranks(count, &long), &|| units(&run), &strike(rank, &run, signal));
        assert_ne!(output.status.code(), Some(0), "{}", errors(&output));
        let stored = units(&run);
        assert!((2..24).contains(&stored), "{stored} of 24 units");
        let left = json(&mut about("verify", &run, "--json"));
        assert_eq!((&left["ok"], &left["complete"]), (&true.into(), &false.into()), "{left}");
        succeed(&mut ranks(next, &sweep(&run, LONG)));
        assert_eq!(hash(&run), hash(&whole), "{signal} to rank {rank}");
    }
}

#[test]
fn a_rank_with_other_digits_is_refused_in_one_line() {
    let place = Place::quick();
    let [own, others] = [0, 1].map(|shift| {
        let folder = place.path(&format!("digits-{shift}"));
        write_digits(&folder, shift);
        folder
    });
    let nowhere = place.path("nowhere");
    let lines = [
        (&others, "hspin: rank 1: its digits (--data) are not those of the run"),
        (&nowhere, "hspin: rank 1: --data = "),
    ];
    for (other, told) in lines {
        let run = place.path("mixed.run");
        let command = with(other, sweep(&run, SMALL));
        let mut mixed = ranks(1, &with(&own, sweep(&run, SMALL)));
        mixed.args([":", "-n", "1"]).arg(command.get_program()).args(command.get_args());
        let output = mixed.output().unwrap();
        let text = errors(&output);
        assert_eq!(output.status.code(), Some(3), "{text}");
        let said: Vec<&str> = text.lines().filter(|line| line.starts_with("hspin: ")).collect();
        assert!(said.len() == 1 && said[0].starts_with(told), "{text}");
    }
}
