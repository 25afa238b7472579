//! What tests of processes share: places to work in, the binary, the content of a run, small file systems.

use hspin::studies::surfaces::SurfaceStore;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A folder of one test, gone with it.
pub struct Place {
    folder: TempDir,
}

impl Place {
    /// On the disk of temporary files, where a commit takes as long as it does.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// In memory where there is such a place: for tests of many runs that are not about the disk.
    pub fn quick() -> Self {
        let memory = tempfile::tempdir_in("/dev/shm");
        Self { folder: memory.unwrap_or_else(|_| tempfile::tempdir().unwrap()) }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Names of all that is in it, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// The binary with arguments separated by blanks, in a clean environment.
pub fn hspin(args: &str) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("hspin"));
    command.args(args.split_whitespace());
    for name in ["HSPIN_BATCH", "HSPIN_ISA", "HSPIN_COMMIT"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// `hspin sweep --out RUN` with more flags.
pub fn sweep(run: &Path, flags: &str) -> Command {
    let mut command = hspin("sweep --out");
    command.arg(run).args(flags.split_whitespace());
    command
}

/// The command with its signals heard, even where these tests are told to ignore them: under nohup, in the background of
/// a script.
pub fn hearing(command: &Command) -> Command {
    let mut heard = Command::new("env");
    heard
        .arg("--default-signal=HUP,INT,TERM,USR1,USR2,XCPU")
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => heard.env(name, value),
            None => heard.env_remove(name),
        };
    }
    heard.stdin(Stdio::null());
    heard
}

/// A verb about a run: `hspin VERB RUN` with more flags.
pub fn about(verb: &str, run: &Path, flags: &str) -> Command {
    let mut command = hspin(verb);
    command.arg(run).args(flags.split_whitespace());
    command
}

/// Runs to the end, which must be success; returns standard output.
#[track_caller]
pub fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{command:?}: {}", errors(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs to the end and parses the one document on standard output.
#[track_caller]
pub fn json(command: &mut Command) -> serde_json::Value {
    serde_json::from_str(&succeed(command)).unwrap()
}

pub fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The one line that an ending other than success consists of, beside progress; nothing may have panicked.
#[track_caller]
pub fn complaint(output: &Output, code: i32) -> String {
    let text = errors(output);
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(!text.contains("panicked"), "{text}");
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("Λ = ")).collect();
    assert_eq!(lines.len(), 1, "{text}");
    assert!(lines[0].starts_with("hspin: "), "{text}");
    lines[0].to_owned()
}

#[track_caller]
pub fn refused(command: &mut Command, code: i32) -> String {
    let output = command.output().unwrap();
    assert!(output.stdout.is_empty(), "{command:?}");
    complaint(&output, code)
}

/// The content of a run as ordered text.
#[track_caller]
pub fn dump(run: &Path) -> String {
    let mut bytes = Vec::new();
    SurfaceStore::open_read(run).unwrap().dump(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Units that a run holds by now; none where there is no run yet.
pub fn units(run: &Path) -> usize {
    SurfaceStore::open_read(run).map_or(0, |store| store.done().len())
}

/// Starts a sweep and returns once it has stored so many units.
#[track_caller]
pub fn under_way(run: &Path, flags: &str, stored: usize) -> Child {
    let mut child = start(&mut sweep(run, flags));
    wait_until("units are stored", || units(run) >= stored || child.try_wait().unwrap().is_some());
    assert!(child.try_wait().unwrap().is_none(), "the sweep ended before it could be disturbed");
    child
}

/// Starts a process that says nothing to the terminal; its standard error can be read at its end.
pub fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(60), "waited too long until {what}");
        sleep(Duration::from_millis(2));
    }
}

/// Says that a part cannot be tried here; where nothing may be skipped, that is a failure.
#[track_caller]
pub fn skip(what: &str) {
    assert!(std::env::var_os("HSPIN_NO_SKIP").is_none(), "cannot be tried here: {what}");
    println!("skipped: {what}");
}

/// Sends a signal by name.
pub fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(status.unwrap().success(), "{name}");
}

/// A file system in memory of a fixed size, mounted in a folder until dropped.
pub struct SmallDisk {
    place: Place,
}

impl SmallDisk {
    /// `None`, with the reason printed, where nothing can be mounted.
    pub fn new(size: &str) -> Option<Self> {
        let place = Place::new();
        let options = format!("size={size}");
        let output =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(place.folder()).output();
        let reason = match output {
            Ok(output) if output.status.success() => return Some(Self { place }),
            Ok(output) => errors(&output),
            Err(error) => error.to_string(),
        };
        skip(&format!("a small file system cannot be mounted: {}", reason.trim()));
        None
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.place.path(name)
    }

    pub fn names(&self) -> Vec<String> {
        self.place.names()
    }

    /// Leaves no free byte.
    pub fn fill(&self) {
        let mut file = File::create(self.path("filler")).unwrap();
        let full = std::io::copy(&mut std::io::repeat(1), &mut file).unwrap_err();
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    }

    pub fn resize(&self, size: &str) {
        let options = format!("remount,size={size}");
        let status = Command::new("mount").args(["-o", &options]).arg(self.place.folder()).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A panic here would hide the test's own.
        let _ = Command::new("umount").arg(self.place.folder()).status();
    }
}
