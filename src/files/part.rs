//! Temporary files: each has a name of its own, and is removed by who made it, or after its death.

use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use super::held::is_at;
use super::place::{cannot_create, folder_of, rename};
use crate::error::{Error, Result};

const START: &str = ".hspin-";
const END: &str = ".part";
/// Hexadecimal digits between them.
const DIGITS: usize = 16;
/// Names that are tried: two of 2⁶⁴ are not the same by chance.
const ATTEMPTS: usize = 8;

/// A temporary file in the folder of what it becomes. It is locked while its maker lives, and removed when dropped.
#[derive(Debug)]
pub struct TemporaryFile {
    path: PathBuf,
    file: File,
}

impl TemporaryFile {
    /// Makes an empty one, with mode and owner of the file whose place it takes, if there is one.
    ///
    /// # Errors
    /// [`Error::Refused`] or [`Error::Io`] where the folder of `target` cannot be written.
    pub fn create(target: &Path, like: Option<&Metadata>) -> Result<Self> {
        let folder = folder_of(target);
        remove_left_over(folder);
        let failed = |error| cannot_create(target, error);
        for _ in 0..ATTEMPTS {
            let path = folder.join(format!("{START}{:016x}{END}", random()));
            let file = match create_new(&path, like) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                file => file.map_err(failed)?,
            };
            // Where files cannot be locked, nobody removes what seems left over either.
            let _ = file.lock();
            // Another process may have taken it for a dead one's, and removed it, before it was locked.
            if is_at(&file, &path).map_err(failed)? {
                let part = Self { path, file };
                part.set_owner(like);
                return Ok(part);
            }
        }
        Err(failed(io::ErrorKind::AlreadyExists.into()))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its bytes.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Writes all of it and forces it to the disk; `target` is named in errors.
    ///
    /// # Errors
    /// Those of `write`; [`Error::Io`].
    pub fn fill(
        &mut self,
        target: &Path,
        write: impl FnOnce(&mut BufWriter<File>) -> Result<()>,
    ) -> Result<()> {
        let failed = |error| Error::io(format!("writing {}", target.display()), error);
        let mut file = BufWriter::new(self.file.try_clone().map_err(failed)?);
        write(&mut file)?;
        let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(failed)
    }

    /// Renames it into its place.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn publish(self, target: &Path) -> Result<()> {
        rename(&self.path, target)
    }

    #[cfg(unix)]
    fn set_owner(&self, like: Option<&Metadata>) {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
        let Some(like) = like else { return };
        let ours = self.file.metadata().ok();
        if ours.is_some_and(|ours| (ours.uid(), ours.gid()) != (like.uid(), like.gid())) {
            // Only root may give a file away; for others it stays theirs.
            let _ = fchown(&self.file, Some(like.uid()), Some(like.gid()));
        }
        // Changing owners clears bits, and the process's mask has taken some.
        let _ = self.file.set_permissions(fs::Permissions::from_mode(like.mode() & 0o7777));
    }

    #[cfg(not(unix))]
    fn set_owner(&self, _: Option<&Metadata>) {}
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        // It is not there any more where it was renamed. What cannot be removed now is removed by the next.
        if is_at(&self.file, &self.path).unwrap_or(false) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn create_new(path: &Path, like: Option<&Metadata>) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    if like.is_some() {
        // Nobody else reads it before it has the mode that it is to have.
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = like;
    options.open(path)
}

/// Different in every process and at every call.
fn random() -> u64 {
    let mut hash = RandomState::new().build_hasher();
    hash.write_u32(std::process::id());
    hash.finish()
}

/// Removes what writers that died have left in a folder: files with names of ours that nobody has locked.
fn remove_left_over(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && entry.file_name().to_str().is_some_and(is_ours) {
            remove_if_dead(&entry.path());
        }
    }
}

fn is_ours(name: &str) -> bool {
    let digits = name.strip_prefix(START).and_then(|rest| rest.strip_suffix(END));
    digits.is_some_and(|digits| {
        digits.len() == DIGITS && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn remove_if_dead(path: &Path) {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NOFOLLOW);
    let Ok(file) = options.open(path) else { return };
    match file.try_lock() {
        Ok(()) if is_at(&file, path).unwrap_or(false) => drop(fs::remove_file(path)),
        Ok(()) | Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
    }
}

/// Sabotage `half-file-named`.
#[cfg(feature = "sabotage")]
pub fn write_in_place(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    let mut file = BufWriter::new(File::create(path).map_err(|error| cannot_create(path, error))?);
    let written = write(&mut file);
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}
