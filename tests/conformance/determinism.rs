//! A run has one content hash, however, wherever and by whatever build it is carried out.

use std::path::Path;
use std::process::Command;

use hspin::hamiltonian::Isa;
use hspin::studies::surfaces::Surfaces;
use hspin::study::verify;

use crate::harness::{Place, hspin, succeed};
use crate::tally::Tally;

const THREADS: [u32; 5] = [1, 2, 3, 4, 8];
const BATCHES: [u32; 5] = [1, 7, 16, 33, 64];
const SPECS: [&str; 5] = [
    "sweep --spins 3 --dims 5,17 --starts 45 --instances 2",
    "sweep --spins 4 --dims 4,9 --starts 41 --protocol gd --trace",
    "sweep --spins 3 --dims 4,13 --starts 41 --protocol saddle --trace",
    "sweep --mixture 2:0.3,3:0.7 --dims 6,18 --starts 3 --instances 2",
    "census --spins 3 --dim 7 --instances 3",
];

/// How a run is carried out.
#[derive(Debug, Clone, Copy)]
struct Way {
    threads: u32,
    batch: u32,
    isa: Isa,
}

/// Every way this machine has.
fn all_ways() -> Vec<Way> {
    let isas = Isa::ALL.into_iter().filter(|isa| isa.is_available());
    let of_isa = |isa| THREADS.into_iter().flat_map(move |threads| of_threads(threads, isa));
    isas.flat_map(of_isa).collect()
}

fn of_threads(threads: u32, isa: Isa) -> impl Iterator<Item = Way> {
    BATCHES.into_iter().map(move |batch| Way { threads, batch, isa })
}

/// Ways that hold every pair of values of two of the three choices.
fn covering_ways() -> Vec<Way> {
    let isas: Vec<Isa> = Isa::ALL.into_iter().filter(|isa| isa.is_available()).collect();
    let pairs = (0..THREADS.len()).flat_map(|t| (0..BATCHES.len()).map(move |b| (t, b)));
    pairs
        .map(|(t, b)| Way { threads: THREADS[t], batch: BATCHES[b], isa: isas[(t + b) % isas.len()] })
        .collect()
}

/// A command that carries out a spec at `run`.
fn command(spec: &str, way: Way, run: &Path) -> Command {
    carried_out(hspin(spec), way, run)
}

fn carried_out(mut command: Command, way: Way, run: &Path) -> Command {
    command.arg("--out").arg(run).args(["--threads", &way.threads.to_string()]);
    command.env("HSPIN_BATCH", way.batch.to_string()).env("HSPIN_ISA", way.isa.name());
    command
}

/// The content hash of a whole run whose every checksum is right.
#[track_caller]
fn hash(run: &Path) -> String {
    let verdict = verify::<Surfaces>(run).unwrap();
    assert!(verdict.ok && verdict.complete && verdict.units > 0, "{verdict:?}");
    verdict.content_hash
}

const PLAIN: Way = Way { threads: 1, batch: 1, isa: Isa::Scalar };

fn try_ways(tally: &mut Tally, ways: &[Way]) {
    for spec in SPECS {
        let place = Place::quick();
        let reference = place.path("reference.run");
        succeed(&mut command(spec, PLAIN, &reference));
        let expected = hash(&reference);
        for (number, &way) in ways.iter().enumerate() {
            let run = place.path(&format!("{number}.run"));
            succeed(&mut command(spec, way, &run));
            let found = hash(&run);
            tally.check(found == expected, || format!("{spec}: {way:?} gives {found}, not {expected}"));
        }
        // What the hash must tell apart.
        let other = place.path("other.run");
        succeed(command(spec, PLAIN, &other).args(["--seed", "2"]));
        assert_ne!(hash(&other), expected, "{spec}: another seed has the same hash");
    }
}

#[test]
fn a_covering_sample_of_ways_gives_one_hash() {
    let ways = covering_ways();
    let mut tally = Tally::new("determinism, threads x batch x ISA, sample");
    try_ways(&mut tally, &ways);
    tally.end();
}

#[test]
#[ignore = "long: every way, 300 runs"]
fn every_way_gives_one_hash() {
    let mut tally = Tally::new("determinism, threads x batch x ISA, all");
    try_ways(&mut tally, &all_ways());
    tally.end();
}

#[test]
fn time_zone_language_folder_and_home_change_no_bit() {
    let mut tally = Tally::new("determinism, surroundings");
    let (here, elsewhere) = (Place::quick(), Place::quick());
    for (number, spec) in SPECS.into_iter().enumerate() {
        let reference = here.path(&format!("{number}.run"));
        succeed(&mut command(spec, PLAIN, &reference));
        let expected = hash(&reference);
        let settings: [(&str, &[(&str, &str)]); 5] = [
            ("time-zone", &[("TZ", "Asia/Kathmandu")]),
            ("language", &[("LC_ALL", "tr_TR.UTF-8"), ("LANG", "de_DE.UTF-8"), ("LC_NUMERIC", "de_DE")]),
            ("home", &[("HOME", "/nowhere"), ("USER", "nobody"), ("TMPDIR", "/nowhere")]),
            ("pools", &[("RAYON_NUM_THREADS", "3"), ("OMP_NUM_THREADS", "5"), ("RUST_BACKTRACE", "full")]),
            ("terminal", &[("COLUMNS", "20"), ("NO_COLOR", "1"), ("TERM", "dumb")]),
        ];
        for (name, variables) in settings {
            let run = elsewhere.path(&format!("{name}-{number}.run"));
            succeed(command(spec, PLAIN, &run).envs(variables.iter().copied()));
            tally.check(hash(&run) == expected, || format!("{spec}: {name}"));
        }
        // A relative path in another folder, and nothing in the environment at all.
        let run = elsewhere.path(&format!("bare-{number}.run"));
        let mut bare = hspin(spec);
        bare.env_clear().current_dir(elsewhere.folder());
        succeed(bare.args(["--out", &format!("bare-{number}.run"), "--threads", "2"]));
        tally.check(hash(&run) == expected, || format!("{spec}: bare"));
    }
    tally.end();
}

/// Builds hspin without optimisation in a folder of its own: minutes the first time.
#[test]
#[ignore = "long: builds all dependencies without optimisation"]
fn a_debug_build_gives_the_hash_of_the_release() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("debug-build");
    let mut build = Command::new(env!("CARGO"));
    // The compiler beside this cargo, whatever a dependency's folder would ask for; no symbols, to save time.
    build.env("RUSTC", Path::new(env!("CARGO")).with_file_name("rustc")).env("CARGO_PROFILE_DEV_DEBUG", "0");
    build.args(["build", "--locked", "--bin", "hspin", "--target-dir"]).arg(&folder);
    let built = build.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap();
    assert!(built.success());
    let binary = folder.join("debug/hspin");
    let mut tally = Tally::new("determinism, debug = release");
    for spec in SPECS {
        let place = Place::quick();
        let release = place.path("release.run");
        succeed(&mut command(spec, PLAIN, &release));
        let expected = hash(&release);
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            let run = place.path(&format!("{}.run", isa.name()));
            let mut debug = Command::new(&binary);
            debug.args(spec.split_whitespace());
            succeed(&mut carried_out(debug, Way { threads: 2, batch: 16, isa }, &run));
            tally.check(hash(&run) == expected, || format!("{spec}: debug, {}", isa.name()));
        }
    }
    tally.end();
}
