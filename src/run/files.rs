//! Files that are either whole or not there.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Writes a file so that its name never shows half of it: under a temporary name first, forced to the disk, then
/// renamed over whatever was there.
///
/// # Errors
/// Whatever `write` returns, and [`Error::Io`] or [`Error::Refused`] where the place cannot be written; the temporary
/// file is removed.
pub fn write_whole(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    let part = sabotage!("half-file-named", beside(path, ".part"), path.to_owned());
    let whole = write_part(&part, write).and_then(|()| rename(&part, path));
    if whole.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&part);
    }
    whole
}

fn write_part(part: &Path, write: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    let what = || format!("writing {}", part.display());
    remove_if_there(part)?;
    let file = OpenOptions::new().write(true).create_new(true).open(part);
    let mut file = BufWriter::new(file.map_err(|error| cannot_create(part, error))?);
    write(&mut file)?;
    let file = file.into_inner().map_err(|error| Error::io(what(), error.into_error()))?;
    file.sync_all().map_err(|error| Error::io(what(), error))
}

/// Renames a finished file into its place and forces the change of the folder to the disk.
///
/// # Errors
/// [`Error::Io`].
pub fn rename(from: &Path, to: &Path) -> Result<()> {
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
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
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
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        write_whole(&path, |out| put(out, &path, b"old")).unwrap();
        let failed = write_whole(&path, |out| {
            put(out, &path, b"half")?;
            Err(Error::Internal("no".into()))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
