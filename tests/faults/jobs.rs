//! Things that the binary does with files, each a fraction of a second, with the content that must come of them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use hspin::studies::networks::NetworksStore;
use hspin::studies::paths::PathsStore;
use hspin::studies::sampling::SamplingStore;
use hspin::study::FORMATS;

use crate::harness::{Place, about, dump, errors, hspin, succeed, sweep};
use crate::shim::{Fault, Mode, beset, calls};

/// Two sizes, a partial last unit, traces.
pub const FLAGS: &str = "--dims 5,9 --starts 45 --trace --threads 1";
const CENSUS: &str = "--spins 3 --dim 5 --instances 3 --threads 1";
const SAMPLING: &str = "--dims 5 --temperatures 0.8,1.2 --sweeps 20 --instances 3 --threads 1";
const NETWORKS: &str = "--hidden 3 --networks 20 --epochs 1 --digits 100 --threads 1";
const PATHS: &str = "--dim 30 --instance 0 --pairs 20 --threads 1";
const SADDLE: &str = "--dims 6 --starts 45 --protocol saddle --threads 1";

/// One thing to do in a folder.
pub struct Job {
    pub name: &'static str,
    /// What lies in the folder before.
    pub prepare: fn(&Path),
    pub command: fn(&Path) -> Command,
    /// What must come of it, as text.
    pub content: fn(&Path) -> String,
}

/// Whether a name below the place of a job is that of a folder.
pub fn is_folder(name: &str) -> bool {
    [".", "out"].contains(&name)
}

fn run_of(folder: &Path) -> std::path::PathBuf {
    folder.join("a.run")
}

fn dump_of(folder: &Path) -> String {
    dump(&run_of(folder))
}

/// All files that were exported or drawn; none may be there by half.
fn files_of(folder: &Path) -> String {
    let mut text = String::new();
    let mut paths: Vec<_> =
        fs::read_dir(folder.join("out")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    // The list of what was written there is no content.
    for path in paths.into_iter().filter(|path| !path.ends_with(".hspin-files.json")) {
        let bytes = fs::read(&path).unwrap();
        text += &format!("{} {bytes:?}\n", path.file_name().unwrap().to_string_lossy());
    }
    text
}

fn nothing(_: &Path) {}

fn whole(folder: &Path) {
    succeed(&mut sweep(&run_of(folder), FLAGS));
}

/// A run of one size less, to be grown.
fn smaller(folder: &Path) {
    succeed(&mut sweep(&run_of(folder), "--dims 5 --starts 45 --trace --threads 1"));
}

/// A run whose writer was killed when the pages of a commit were written and not yet forced to the disk: the journal must
/// be played back.
fn torn(folder: &Path) {
    let elsewhere = Place::quick();
    let synced = calls(&mut sweeps(elsewhere.folder()), elsewhere.folder(), "f");
    let mut commits = (1..).zip(&synced).filter(|(_, call)| call.name == "a.run");
    let (at, _) = commits.nth(4).unwrap();
    let mut command = sweeps(folder);
    beset(&mut command, folder, Fault { kinds: "f", at, mode: Mode::Before });
    assert_eq!(command.output().unwrap().status.code(), None);
    let journal = fs::read(folder.join("a.run-journal")).unwrap();
    assert_ne!(journal[8..12], [0; 4], "the journal holds pages to play back");
}

/// A run with one damaged unit.
fn damaged(folder: &Path) {
    whole(folder);
    let conn = rusqlite::Connection::open(run_of(folder)).unwrap();
    let statement = "UPDATE records SET steps = steps + 1 WHERE dim = 5 AND start = 21";
    assert_eq!(conn.execute(statement, []).unwrap(), 1);
}

fn sweeps(folder: &Path) -> Command {
    sweep(&run_of(folder), FLAGS)
}

fn onto(mut command: Command, folder: &Path) -> Command {
    command.arg("--out").arg(folder.join("out"));
    command
}

/// All jobs.
pub const JOBS: [Job; 12] = [
    Job { name: "sweep", prepare: nothing, command: sweeps, content: dump_of },
    Job { name: "growth", prepare: smaller, command: sweeps, content: dump_of },
    Job { name: "recovery", prepare: torn, command: sweeps, content: dump_of },
    Job {
        name: "saddle search",
        prepare: nothing,
        command: |folder| sweep(&run_of(folder), SADDLE),
        content: dump_of,
    },
    Job {
        name: "census",
        prepare: nothing,
        command: |folder| {
            let mut command = hspin(&format!("census {CENSUS} --out"));
            command.arg(run_of(folder));
            command
        },
        content: dump_of,
    },
    Job {
        name: "paths",
        prepare: nothing,
        command: |folder| {
            let mut command = hspin("paths");
            // The source is read, and no part of the job's folder.
            command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/paths-source.run"));
            command.arg("--out").arg(run_of(folder)).args(PATHS.split_whitespace());
            command
        },
        content: |folder| {
            let mut bytes = Vec::new();
            PathsStore::open_read(&run_of(folder)).unwrap().dump(&mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        },
    },
    Job {
        name: "repair",
        prepare: damaged,
        command: |folder| about("verify", &run_of(folder), "--repair"),
        content: dump_of,
    },
    Job {
        name: "export",
        prepare: whole,
        command: |folder| {
            onto(about("export", &run_of(folder), "--dim 5 --instance 0 --points --couplings"), folder)
        },
        content: files_of,
    },
    Job {
        name: "parquet",
        prepare: whole,
        command: |folder| onto(about("export", &run_of(folder), "--format parquet"), folder),
        content: files_of,
    },
    Job {
        name: "networks",
        prepare: nothing,
        command: |folder| {
            let mut command = hspin(&format!("networks sweep {NETWORKS} --out"));
            command.arg(run_of(folder));
            command
        },
        content: |folder| {
            let mut bytes = Vec::new();
            NetworksStore::open_read(&run_of(folder)).unwrap().dump(&mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        },
    },
    Job {
        name: "sampling",
        prepare: nothing,
        command: |folder| {
            let mut command = hspin(&format!("sample {SAMPLING} --out"));
            command.arg(run_of(folder));
            command
        },
        content: |folder| {
            let mut bytes = Vec::new();
            SamplingStore::open_read(&run_of(folder)).unwrap().dump(&mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        },
    },
    Job {
        name: "figure",
        prepare: whole,
        command: |folder| onto(about("figure energy-histogram --run", &run_of(folder), ""), folder),
        content: files_of,
    },
];

/// A job prepared once, copied for each case.
pub struct Bench {
    pub job: &'static Job,
    stock: Place,
    expected: String,
}

impl Bench {
    pub fn new(job: &'static Job) -> Self {
        let (stock, done) = (Place::quick(), Place::quick());
        (job.prepare)(stock.folder());
        copy(stock.folder(), done.folder());
        succeed(&mut (job.command)(done.folder()));
        let expected = (job.content)(done.folder());
        assert!(expected.len() > 100, "{}", job.name);
        Self { job, stock, expected }
    }

    /// A folder where the job may begin.
    pub fn place(&self) -> Place {
        let place = Place::quick();
        copy(self.stock.folder(), place.folder());
        place
    }

    pub fn is_done(&self, place: &Place) -> bool {
        let content = || (self.job.content)(place.folder());
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(content))
            .is_ok_and(|text| text == self.expected)
    }

    /// What was exported or drawn before the fault is there whole, under its own name, or not at all.
    pub fn shows_nothing_by_half(&self, place: &Place) {
        if place.path("out").exists() {
            let shown = files_of(place.folder());
            let mut finished =
                shown.lines().filter(|line| !line.split(' ').next().unwrap().ends_with(".part"));
            assert!(finished.all(|line| self.expected.lines().any(|whole| whole == line)), "a file by half");
        }
    }

    /// Once the fault is gone, the same command ends well, with the same content and nothing beside it.
    pub fn ends_well(&self, place: &Place) {
        succeed(&mut (self.job.command)(place.folder()));
        assert!((self.job.content)(place.folder()) == self.expected, "the content differs");
        // A journal that was begun and never filled may stay until the next write; it must not matter.
        if place.path("a.run-journal").exists() {
            std::fs::remove_file(place.path("a.run-journal")).unwrap();
            assert!((self.job.content)(place.folder()) == self.expected, "the journal was needed");
        }
        let left = place.names();
        let known = |name: &String| ["a.run", "a.run.damaged", "out"].contains(&name.as_str());
        assert!(left.iter().all(known), "{left:?}");
    }
}

/// The one line that says why it failed, beside progress and what was finished before.
#[track_caller]
pub fn loud(output: &Output, codes: &[i32]) -> String {
    let text = errors(output);
    let code = output.status.code();
    assert!(code.is_some_and(|code| codes.contains(&code)), "exit {:?}: {text}", output.status);
    assert!(!text.contains("panicked") && !text.contains("internal error"), "{text}");
    let news =
        |line: &&str| line.starts_with("Λ = ") || line.starts_with("n₁ = ") || line.starts_with("wrote ");
    let lines: Vec<&str> = text.lines().filter(|line| !news(line)).collect();
    assert!(lines.len() == 1 && lines[0].starts_with("hspin: "), "{text}");
    lines[0].to_owned()
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// A study whose runs no job makes fails this.
#[test]
fn every_command_that_makes_runs_has_a_job() {
    let words = |job: &Job| {
        let command = (job.command)(Path::new("."));
        let args: Vec<_> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
        format!("hspin {}", args.join(" "))
    };
    let all: Vec<String> = JOBS.iter().filter(|job| !job.name.contains("repair")).map(words).collect();
    for format in FORMATS {
        let is_of = |words: &&String| words.starts_with(&format!("{} ", format.command));
        assert!(all.iter().any(|words| is_of(&words)), "{} has no job", format.command);
    }
}
