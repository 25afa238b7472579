//! Paths that are no run: refused within a second, in the memory that a refusal takes, with nothing written.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::{FileExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Place, complaint, succeed, sweep};

const SOON: Duration = Duration::from_secs(1);
const TERABYTE: u64 = 1 << 40;

/// Verbs that take a run; `@` stands for its path.
const VERBS: [&str; 14] = [
    "show @",
    "show @ --json",
    "verify @",
    "verify @ --repair",
    "verify @ --deep",
    "export @ --out new",
    "export @ --out new --format parquet",
    "export @ --out new --dim 5 --instance 0 --points --couplings",
    "figure all --out new --run @",
    "figure hessian-spectrum --out new --run @",
    "bands @",
    "report @ --out new",
    "sweep --dims 5 --starts 3 --out @",
    "census --dim 3 --out @",
];

pub fn verb(verb: &str, path: &Path, folder: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("hspin"));
    let words = verb.split_whitespace();
    command.args(words.map(|word| if word == "@" { path.as_os_str() } else { word.as_ref() }));
    command.env_remove("HSPIN_BATCH").env_remove("HSPIN_ISA").current_dir(folder).stdin(Stdio::null());
    command
}

/// Everything in a folder: kind, length and time of change, by name.
fn listing(folder: &Path) -> BTreeMap<PathBuf, String> {
    let look = |path: &Path| {
        let meta = fs::symlink_metadata(path).unwrap();
        format!("{:?} {} {:?}", meta.file_type(), meta.len(), meta.modified().unwrap())
    };
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), look(&path)))
        .collect()
}

struct Refusal {
    path: PathBuf,
    code: i32,
    part: &'static str,
}

fn sparse(path: &Path, start: &[u8]) {
    let file = File::create(path).unwrap();
    file.set_len(TERABYTE).unwrap();
    file.write_all_at(start, 0).unwrap();
}

fn impostors(place: &Place) -> Vec<Refusal> {
    let at = |name: &str| place.path(name);
    let run = at("real.run");
    succeed(&mut sweep(&run, "--dims 5 --starts 3 --threads 1"));
    let header = fs::read(&run).unwrap()[..100].to_vec();
    symlink("nowhere", at("dangling")).unwrap();
    symlink(&run, at("link")).unwrap();
    symlink("loop", at("loop")).unwrap();
    fs::create_dir(at("folder")).unwrap();
    assert!(Command::new("mkfifo").arg(at("fifo")).status().unwrap().success());
    drop(UnixListener::bind(at("socket")).unwrap());
    fs::write(at("empty"), "").unwrap();
    fs::write(at("byte"), "S").unwrap();
    fs::write(at("header"), &header).unwrap();
    fs::write(at("text"), "spins = 3\n".repeat(100_000)).unwrap();
    sparse(&at("sparse"), b"");
    sparse(&at("sparse-header"), &header);
    rusqlite::Connection::open(at("other")).unwrap().execute("CREATE TABLE spec (id)", []).unwrap();
    let marked = "PRAGMA application_id = 0x4853504E; PRAGMA user_version = 1; CREATE TABLE spec (id)";
    rusqlite::Connection::open(at("marked")).unwrap().execute_batch(marked).unwrap();
    let refusal = |name: &str, code, part| Refusal { path: at(name), code, part };
    let device = |name: &str| Refusal { path: name.into(), code: 2, part: "not a regular file" };
    vec![
        refusal("dangling", 2, "a symbolic link"),
        refusal("link", 2, "a symbolic link"),
        refusal("loop", 2, "a symbolic link"),
        refusal("folder", 2, "a directory"),
        refusal("fifo", 2, "not a regular file"),
        refusal("socket", 2, "not a regular file"),
        refusal("empty", 2, "it is empty"),
        refusal("byte", 2, "it begins as another kind of file does"),
        refusal("header", 4, ""),
        refusal("text", 2, "it begins as another kind of file does"),
        refusal("sparse", 2, "it begins as another kind of file does"),
        refusal("sparse-header", 4, ""),
        refusal("other", 2, "it begins as another kind of file does"),
        refusal("marked", 4, "its tables are not those of a run"),
        device("/dev/null"),
        device("/dev/zero"),
        device("/dev/full"),
        device("/dev/urandom"),
        Refusal { path: "/proc/self/mem".into(), code: 5, part: "reading /proc/self/mem" },
        Refusal { path: "/dev".into(), code: 2, part: "a directory" },
    ]
}

#[test]
fn impostors_are_refused_at_once_by_every_verb_and_nothing_is_written() {
    let place = Place::quick();
    let impostors = impostors(&place);
    let before = listing(place.folder());
    let mut slowest = Duration::ZERO;
    for Refusal { path, code, part } in &impostors {
        for words in VERBS {
            let begin = Instant::now();
            let output = verb(words, path, place.folder()).output().unwrap();
            let took = begin.elapsed();
            let line = complaint(&output, *code);
            assert!(line.contains(part) && output.stdout.is_empty(), "{words} {}: {line}", path.display());
            assert!(took < SOON, "{words} {}: {took:?}", path.display());
            slowest = slowest.max(took);
            assert_locks_only(&before, &listing(place.folder()), words);
        }
    }
    println!("slowest refusal: {slowest:?}");
    println!("trust: hostile-paths: tried {}, failed 0", impostors.len() * VERBS.len());
}

/// A lock is taken before a file with our header is opened for writing; it is all that may appear.
#[track_caller]
fn assert_locks_only(before: &BTreeMap<PathBuf, String>, after: &BTreeMap<PathBuf, String>, words: &str) {
    for (path, state) in after {
        let name = path.to_string_lossy();
        let lock =
            name.ends_with(".lock") && ["header", "sparse-header", "marked"].iter().any(|n| name.contains(n));
        assert!(lock || before.get(path) == Some(state), "{words} changed {name}");
    }
    assert!(before.keys().all(|path| after.contains_key(path)), "{words} removed something");
}

/// Runs a verb with so much address space.
pub fn within(bytes: u64, words: &str, path: &Path, folder: &Path) -> std::process::Output {
    let inner = verb(words, path, folder);
    let mut command = Command::new("bash");
    command.args(["-c", &format!("ulimit -v {} && exec \"$@\"", bytes.div_ceil(1024)), "limited"]);
    command.arg(inner.get_program()).args(inner.get_args());
    command.env_remove("HSPIN_BATCH").env_remove("HSPIN_ISA").current_dir(folder).stdin(Stdio::null());
    command.output().unwrap()
}

/// What a refusal needs at least, to 64 KiB: the program, its libraries, its stack.
pub fn least_memory(words: &str, path: &Path, code: i32, folder: &Path) -> u64 {
    let enough = |bytes| within(bytes, words, path, folder).status.code() == Some(code);
    let (mut low, mut high) = (1 << 20, 1 << 30);
    assert!(enough(high) && !enough(low));
    while high - low > 64 << 10 {
        let middle = (low + high) / 2;
        if enough(middle) { high = middle } else { low = middle }
    }
    high
}

#[test]
fn a_refusal_takes_no_more_memory_than_that_of_an_empty_file() {
    let place = Place::quick();
    let impostors = impostors(&place);
    let high = least_memory("show @", &place.path("empty"), 2, place.folder());
    for Refusal { path, code, part } in &impostors {
        let allowed = if path.ends_with("text") { 1_000_000 } else { 4096 };
        for words in ["show @", "verify @", "export @ --out new"] {
            let output = within(high + allowed + (1 << 20), words, path, place.folder());
            let line = complaint(&output, *code);
            assert!(line.contains(part), "{words} {}: {line}", path.display());
        }
    }
    println!("a refusal takes {} KiB of addresses", high >> 10);
    println!("trust: hostile-paths-memory: tried {}, failed 0", 3 * impostors.len());
}

#[test]
fn a_run_with_a_terabyte_of_nothing_behind_it_is_read_at_once() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, "--dims 5 --starts 3 --threads 1"));
    let plain = succeed(&mut verb("show @ --json", &run, place.folder()));
    fs::OpenOptions::new().write(true).open(&run).unwrap().set_len(TERABYTE).unwrap();
    let begin = Instant::now();
    let shown = succeed(&mut verb("show @ --json", &run, place.folder()));
    assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
    assert_eq!(shown, plain);
}
