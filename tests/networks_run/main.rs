//! `hspin networks sweep` as a process: a run of networks is begun, killed, grown, misled and damaged, and is whole and the
//! same.
#![cfg(unix)]

#[path = "../common/channels.rs"]
mod channels;
mod damage;
mod digits;
mod former;
mod growth;
// Shared with tests/process, which needs more of it.
#[allow(dead_code)]
#[path = "../process/harness.rs"]
mod harness;
mod input;
mod outputs;
mod ranks;

use std::path::Path;
use std::process::Command;

use harness::hspin;
use hspin::studies::networks::NetworksStore;

/// `hspin networks sweep --out RUN` with more flags.
fn sweep(run: &Path, flags: &str) -> Command {
    let mut command = hspin("networks sweep --out");
    command.arg(run).args(flags.split_whitespace());
    command
}

/// The content of a run as ordered text.
#[track_caller]
fn dump(run: &Path) -> String {
    let mut bytes = Vec::new();
    NetworksStore::open_read(run).unwrap().dump(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Units that a run holds by now; none where there is no run yet.
fn units(run: &Path) -> usize {
    NetworksStore::open_read(run).map_or(0, |store| store.done().len())
}

/// Small networks of two sizes, some with an index.
const SMALL: &str = "--hidden 3,8 --networks 40 --epochs 3 --digits 300 --index 20 --index-hidden 5";
