//! The library that is loaded before the C library and makes calls fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::harness::errors;

/// Every call that is watched, by its letter in `shim.c`.
pub const ALL: &str = "owfmtur";
/// Those that change something.
pub const CHANGES: &str = "owfmtu";

/// What is done to which call.
#[derive(Debug, Clone, Copy)]
pub struct Fault<'a> {
    /// Letters of the calls that count.
    pub kinds: &'a str,
    /// Which of them, from 1; 0 only counts.
    pub at: usize,
    pub mode: Mode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Fails once with this error.
    Once(i32),
    /// Fails with this error from then on.
    From(i32),
    /// Killed before the call.
    Before,
    /// Killed after the call.
    After,
    /// Killed after half of a write.
    Torn,
    /// Half of a write is written, as a system may do.
    Half,
}

impl Mode {
    fn words(self) -> (&'static str, i32) {
        match self {
            Self::Once(error) => ("once", error),
            Self::From(error) => ("from", error),
            Self::Before => ("before", 0),
            Self::After => ("after", 0),
            Self::Torn => ("torn", 0),
            Self::Half => ("half", 0),
        }
    }
}

/// One call as it was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub kind: char,
    /// Name below the folder; `.` is the folder itself.
    pub name: String,
}

/// Where the library is, compiled once for this process.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/shim.c");
        let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("shim-{}.so", std::process::id()));
        let mut compiler = Command::new("cc");
        compiler.args(["-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o"]).arg(&library).arg(source);
        let output = compiler.output().expect("a C compiler, as for SQLite");
        assert!(output.status.success(), "{}", errors(&output));
        library
    })
}

/// Lets the fault befall what the command does below `folder`.
pub fn beset(command: &mut Command, folder: &Path, fault: Fault) {
    let (mode, error) = fault.mode.words();
    command.env("LD_PRELOAD", library()).env("FAULT_UNDER", folder).env("FAULT_KINDS", fault.kinds);
    command.env("FAULT_AT", fault.at.to_string()).env("FAULT_MODE", mode);
    command.env("FAULT_ERRNO", error.to_string());
    // With one commit to a unit the calls of a job are many, and the same each time.
    command.env("HSPIN_COMMIT", "unit");
}

/// Runs a command undisturbed and lists its calls below `folder`.
pub fn calls(command: &mut Command, folder: &Path, kinds: &str) -> Vec<Call> {
    let log = tempfile::NamedTempFile::new().unwrap();
    beset(command, folder, Fault { kinds, at: 0, mode: Mode::Before });
    let output = command.env("FAULT_LOG", log.path()).output().unwrap();
    assert!(output.status.success(), "{}", errors(&output));
    let text = fs::read_to_string(log.path()).unwrap();
    let call = |line: &str| Call { kind: line.chars().next().unwrap(), name: line[2..].to_owned() };
    let calls: Vec<Call> = text.lines().map(call).collect();
    assert!(!calls.is_empty(), "{command:?}: no call was seen");
    calls
}
