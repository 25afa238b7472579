//! All studies, and how the program of each is asked for a small run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use hspin::networks::data::bundled;
use hspin::studies::networks::{Networks, Samples};
use hspin::studies::paths::{Paths, PathsGiven, PathsSource};
use hspin::studies::sampling::ExactSampling;
use hspin::studies::surfaces::{Given, Surfaces};
use hspin::study::{FORMATS, Store, Study, Unit};

use crate::energies::Energies;
use crate::harness::{Place, hspin, json, succeed};

/// A kind of run and the program that makes it.
pub struct Entry {
    /// The command, as [`FORMATS`] has it.
    pub command: &'static str,
    /// The type that is the [`Study`].
    pub study: &'static str,
    program: fn() -> Command,
    /// Arguments that begin a run or go on with it; its path follows.
    begin: &'static str,
    /// A run with several units on each of which something depends; and one that may grow to it.
    pub whole: &'static str,
    pub small: &'static str,
    /// A run that takes about a second of a thread, in many units.
    pub long: &'static str,
    /// A change of the whole run that is another run.
    pub other: &'static str,
    /// `verify` with these computes all of a run again.
    pub deep: &'static str,
    /// Name and number of rows of its table, where that is known ahead.
    pub table: &'static str,
    pub rows: Option<usize>,
    /// Its store, from inside.
    pub inside: Inside,
}

/// What is done to a run from inside.
pub struct Inside {
    /// Units that it holds; none where there is no run.
    pub units: fn(&Path) -> usize,
    /// Rows of its main table.
    pub rows: fn(&Path) -> usize,
    /// Makes a run of every other unit of a run, beginning with this one.
    pub part: fn(&Path, &Path, usize),
    /// Changes a number of a row, and writes the unit with a right checksum.
    pub forge: fn(&Path),
    /// Computes the run of this spec by so many ranks of a thread each; units that came from others than the first.
    pub by_ranks: fn(&Path, &Path, usize) -> u64,
}

/// What tests know of a study that the engine does not.
pub trait Known: Study {
    fn given() -> Self::Given;
    fn change(unit: &mut Self::Unit);
}

impl Known for Surfaces {
    fn given() -> Given {
        Given::default()
    }

    fn change(unit: &mut Self::Unit) {
        unit.starts[0].record.energy *= 1.0 + 1e-6;
    }
}

impl Known for Networks {
    fn given() -> Samples {
        Samples::new(bundled().unwrap())
    }

    fn change(unit: &mut Self::Unit) {
        unit.rows[0].test_loss *= 1.0 + f64::EPSILON;
    }
}

impl Known for ExactSampling {
    fn given() {}

    fn change(unit: &mut Self::Unit) {
        unit.rows[0].energy_per_spin *= 1.0 + f64::EPSILON;
    }
}

impl Known for Paths {
    fn given() -> PathsGiven {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/paths-source.run");
        PathsSource::of(&Store::open_read(&source).unwrap(), 30, 0).unwrap().given()
    }

    fn change(unit: &mut Self::Unit) {
        unit.rows[0].great_circle *= 1.0 + f64::EPSILON;
    }
}

impl Known for Energies {
    fn given() {}

    fn change(unit: &mut Self::Unit) {
        unit.rows[0].gradient_norm *= 1.0 + f64::EPSILON;
    }
}

impl Inside {
    const fn of<S: Known>() -> Self {
        Self {
            units: |run| Store::<S>::open_read(run).map_or(0, |store| store.done().len()),
            rows: |run| {
                let store = Store::<S>::open_read(run).unwrap();
                store.units().map(|unit| unit.unwrap().values().len()).sum()
            },
            part: |whole, out, first| {
                let whole = Store::<S>::open_read(whole).unwrap();
                let some = whole.units().skip(first).step_by(2);
                let some: Vec<S::Unit> = some.collect::<Result<_, _>>().unwrap();
                assert!(!some.is_empty());
                Store::<S>::create(out, whole.spec()).unwrap().write(&some, &[]).unwrap();
            },
            forge: |run| {
                let mut store = Store::<S>::open(run).unwrap();
                let (key, _) = store.done().pop_last().unwrap();
                let mut unit = store.unit(&key).unwrap().unwrap();
                S::change(&mut unit);
                store.write(&[unit], &[]).unwrap();
            },
            by_ranks: crate::ranks::by_ranks::<S>,
        }
    }
}

/// Every study.
pub static LIST: [Entry; 9] = [
    Entry {
        command: "hspin sweep",
        study: "Surfaces",
        program: || hspin(""),
        begin: "sweep --out",
        whole: "--dims 5,8 --starts 70 --instances 3",
        small: "--dims 8 --starts 25 --instances 2",
        long: "--dims 8,10 --starts 150 --instances 8",
        other: "--seed 2",
        deep: "--deep --all",
        table: "records",
        rows: Some(420),
        inside: Inside::of::<Surfaces>(),
    },
    Entry {
        command: "hspin census",
        study: "Surfaces",
        program: || hspin(""),
        begin: "census --spins 3 --dim 6 --out",
        whole: "--instances 8",
        small: "--instances 3",
        long: "--instances 50",
        other: "--seed 2",
        deep: "--deep --all",
        table: "records",
        rows: None,
        inside: Inside::of::<Surfaces>(),
    },
    Entry {
        command: "hspin networks sweep",
        study: "Networks",
        program: || hspin(""),
        begin: "networks sweep --epochs 1 --digits 100 --out",
        whole: "--hidden 3,6 --networks 40 --index 3 --index-hidden 3",
        small: "--hidden 6 --networks 20 --index 2 --index-hidden 3",
        long: "--hidden 3,6 --networks 1000 --index 20 --index-hidden 3",
        other: "--seed 2",
        deep: "--deep --all",
        table: "networks",
        rows: Some(80),
        inside: Inside::of::<Networks>(),
    },
    Entry {
        command: "toy_study sweep",
        study: "Energies",
        program: || Command::new(toy_study()),
        begin: "sweep --out",
        whole: "--dims 10,20 --instances 3 --points 130",
        small: "--dims 20 --instances 1 --points 60",
        long: "--dims 40 --instances 20 --points 400",
        other: "--seed 2",
        deep: "--deep",
        table: "points",
        rows: Some(780),
        inside: Inside::of::<Energies>(),
    },
    Entry {
        command: "hspin sweep",
        study: "Surfaces",
        program: || hspin(""),
        begin: "sweep --mixture 1:0.2,3:0.8 --law sign --spike 1.5:2 --out",
        whole: "--dims 5,8 --starts 70 --instances 3",
        small: "--dims 8 --starts 25 --instances 2",
        long: "--dims 8,10 --starts 150 --instances 8",
        other: "--seed 2",
        deep: "--deep --all",
        table: "records",
        rows: Some(420),
        inside: Inside::of::<Surfaces>(),
    },
    Entry {
        command: "hspin sweep",
        study: "Surfaces",
        program: || hspin(""),
        begin: "sweep --protocol fast --trace --out",
        whole: "--dims 5,8 --starts 70 --instances 3",
        small: "--dims 8 --starts 25 --instances 2",
        long: "--dims 8,10 --starts 150 --instances 8",
        other: "--seed 2",
        deep: "--deep --all",
        table: "records",
        rows: Some(420),
        inside: Inside::of::<Surfaces>(),
    },
    Entry {
        command: "hspin census",
        study: "Surfaces",
        program: || hspin(""),
        begin: "census --mixture 2:0.5,3:0.5 --dim 5 --out",
        whole: "--instances 8",
        small: "--instances 3",
        long: "--instances 50",
        other: "--seed 2",
        deep: "--deep --all",
        table: "records",
        rows: None,
        inside: Inside::of::<Surfaces>(),
    },
    Entry {
        command: "hspin sample",
        study: "ExactSampling",
        program: || hspin(""),
        begin: "sample --spins 3 --temperatures 0.7,0.9,1.2 --sweeps 60 --out",
        whole: "--dims 5,8 --instances 6",
        small: "--dims 8 --instances 3",
        long: "--dims 8,10 --instances 60",
        other: "--seed 2",
        deep: "--deep --all",
        table: "temperatures",
        rows: Some(36),
        inside: Inside::of::<ExactSampling>(),
    },
    Entry {
        command: "hspin paths",
        study: "Paths",
        program: || hspin(""),
        begin: "paths tests/data/paths-source.run --dim 30 --instance 0 --out",
        whole: "--pairs 45",
        small: "--pairs 12",
        long: "--pairs 120",
        other: "--images 9",
        deep: "--deep --all",
        table: "paths",
        rows: Some(45),
        inside: Inside::of::<Paths>(),
    },
];

/// The whole run of an entry: its file and the hash of its content.
pub struct Whole {
    pub bytes: Vec<u8>,
    pub hash: String,
}

impl Entry {
    /// The program with arguments separated by blanks.
    pub fn run(&self, args: &str) -> Command {
        let mut command = (self.program)();
        command.args(args.split_whitespace());
        command
    }

    /// The command that begins a run, or goes on with it.
    pub fn sweep(&self, run: &Path, flags: &str) -> Command {
        let mut command = self.run(self.begin);
        command.arg(run).args(flags.split_whitespace());
        command
    }

    /// A verb about a run.
    pub fn about(&self, verb: &str, run: &Path, flags: &str) -> Command {
        let mut command = self.run(verb);
        command.arg(run).args(flags.split_whitespace());
        command
    }

    /// The hash of the content of a run, which is intact and complete.
    #[track_caller]
    pub fn hash(&self, run: &Path) -> String {
        let found = json(&mut self.about("verify", run, "--json"));
        assert_eq!((&found["ok"], &found["complete"]), (&true.into(), &true.into()), "{found}");
        found["content_hash"].as_str().unwrap().to_owned()
    }

    /// The whole run, made once.
    pub fn whole(&self) -> &'static Whole {
        static WHOLES: [OnceLock<Whole>; LIST.len()] = [const { OnceLock::new() }; LIST.len()];
        let at =
            LIST.iter().position(|entry| (entry.command, entry.begin) == (self.command, self.begin)).unwrap();
        WHOLES[at].get_or_init(|| {
            let place = Place::quick();
            let run = place.path("whole.run");
            succeed(&mut self.sweep(&run, self.whole));
            Whole { bytes: fs::read(&run).unwrap(), hash: self.hash(&run) }
        })
    }

    /// The whole run in a place.
    pub fn copy_to(&self, place: &Place, name: &str) -> PathBuf {
        let run = place.path(name);
        fs::write(&run, &self.whole().bytes).unwrap();
        run
    }
}

/// The program of the example, built anew where it is missing or older than the library's.
fn toy_study() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let hspin = Path::new(env!("CARGO_BIN_EXE_hspin"));
        let program = hspin.with_file_name("examples").join("toy_study");
        let made = |path: &Path| fs::metadata(path).and_then(|meta| meta.modified()).ok();
        if made(&program) < made(hspin) {
            let features = if cfg!(feature = "mpi") { "cli,mpi" } else { "cli" };
            let mut build = Command::new(env!("CARGO"));
            build.current_dir(env!("CARGO_MANIFEST_DIR"));
            build.args(["build", "--release", "--locked", "--example", "toy_study", "--features", features]);
            succeed(&mut build);
        }
        program
    })
}

#[test]
fn every_command_that_makes_runs_is_on_the_list() {
    let listed: BTreeSet<&str> = LIST.iter().map(|entry| entry.command).collect();
    let begun: BTreeSet<(&str, &str)> = LIST.iter().map(|entry| (entry.command, entry.begin)).collect();
    assert_eq!(begun.len(), LIST.len());
    for format in FORMATS {
        assert!(listed.contains(format.command), "{} is missing", format.command);
    }
}

#[test]
fn every_study_in_the_sources_and_examples_is_on_the_list() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found: BTreeSet<String> =
        ["src/studies", "examples"].iter().flat_map(|folder| studies_in(&root.join(folder))).collect();
    let listed: BTreeSet<String> = LIST.iter().map(|entry| entry.study.to_owned()).collect();
    assert_eq!(found, listed);
}

/// Types of which a file says that they are a study.
fn studies_in(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(studies_in(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let lines = text.lines().filter_map(|line| line.trim().strip_prefix("impl Study for "));
            found.extend(lines.map(|rest| rest.trim_end_matches(" {").to_owned()));
        }
    }
    found
}
