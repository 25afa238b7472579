//! Paths, folders and names of files.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Endings of files that hspin and SQLite keep beside a run, so that no run can have such a name.
const RESERVED: [&str; 5] = [".lock", ".part", "-journal", "-wal", "-shm"];

/// Renames a file and forces the change of the folder to the disk.
///
/// # Errors
/// [`Error::Io`].
pub(crate) fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|error| Error::io(format!("writing {}", to.display()), error))?;
    sync_folder(to)
}

/// Removes a left-over file; that it is not there is fine.
///
/// # Errors
/// [`Error::Refused`] where the folder cannot be written, otherwise [`Error::Io`].
pub fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot_create(path, error)),
        _ => Ok(()),
    }
}

/// Refuses a name for a new run that hspin or SQLite would give to a file beside another run.
///
/// # Errors
/// [`Error::BadInput`].
pub(crate) fn refuse_reserved(run: &Path) -> Result<()> {
    let name = run.file_name().unwrap_or_default().to_string_lossy();
    match RESERVED.iter().find(|ending| name.ends_with(*ending)) {
        None => Ok(()),
        Some(ending) => {
            let allowed =
                format!("a name that does not end in {ending}, as files beside a run do; try {name}.run");
            Err(Error::bad_input("out", run.display(), allowed))
        }
    }
}

/// Creates a folder and those above it.
///
/// # Errors
/// [`Error::Refused`] where it cannot be, otherwise [`Error::Io`].
pub fn create_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|error| cannot_create(path, error))
}

/// The path with `suffix` appended to its last component.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The folder that a file is in.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The error of a file that could not be created: a place that does not admit it is refused, the rest is I/O.
pub fn cannot_create(path: &Path, error: io::Error) -> Error {
    use io::ErrorKind::{
        AlreadyExists, InvalidFilename, IsADirectory, NotADirectory, NotFound, PermissionDenied,
        ReadOnlyFilesystem,
    };
    match error.kind() {
        NotFound | PermissionDenied | ReadOnlyFilesystem | NotADirectory | IsADirectory | AlreadyExists
        | InvalidFilename => Error::Refused(format!("cannot write {}: {error}", path.display())),
        _ => Error::io(format!("writing {}", path.display()), error),
    }
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> Result<()> {
    let folder = folder_of(path);
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| Error::io(format!("writing {}", folder.display()), error))
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> Result<()> {
    Ok(())
}

/// Writes text, with the path in the error.
///
/// # Errors
/// [`Error::Io`].
pub fn put(out: &mut impl Write, path: &Path, bytes: &[u8]) -> Result<()> {
    out.write_all(bytes).map_err(|error| Error::io(format!("writing {}", path.display()), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_beside_runs_are_refused() {
        for name in ["x.lock", "a/y.part", "y-journal", "y-wal", "y-shm"] {
            assert_eq!(refuse_reserved(Path::new(name)).unwrap_err().exit_code(), 2, "{name}");
        }
        for name in ["x", "lock", "part.run", "a.part/x", "journal"] {
            assert!(refuse_reserved(Path::new(name)).is_ok(), "{name}");
        }
    }
}
