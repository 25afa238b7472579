//! What hspin wrote into a folder: a hidden file lists the names with the SHA-256 of what was written under each. A file
//! that is not in the list, or not as it was written, is somebody's.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::held::{is_at, open_held};
use super::part::TemporaryFile;
use super::place::{cannot_create, folder_of, put};
use crate::error::{Error, Result};
use crate::numeric::hex::hex;

const NAME: &str = ".hspin-files.json";
const ABOUT: &str = "files that hspin wrote into this folder, with the SHA-256 of their last versions; only these are overwritten";
/// Most bytes of a list that are read: some hundred thousand names.
const MOST_BYTES: u64 = 64 << 20;
/// Versions of a file that are listed: a process may die between listing the new one and renaming it.
const VERSIONS: usize = 2;

/// Names, and the hashes of their last versions, the newest first.
type Files = BTreeMap<String, Vec<String>>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    hspin: String,
    files: Files,
}

/// The list of a folder, held until dropped.
pub struct Manifest {
    path: PathBuf,
    files: Files,
    /// Locked, and for nothing else.
    file: File,
}

/// Makes sure, before work is spent on them, that files can be written: whatever is there must have been written by
/// hspin, or, with `force`, is from now on taken for written by it.
///
/// # Errors
/// [`Error::Refused`] naming the first that is not ours, or not a file; [`Error::Io`].
pub fn claim(paths: &[PathBuf], force: bool) -> Result<()> {
    if !force {
        return paths.iter().try_for_each(|path| refuse_foreign(path));
    }
    for path in paths {
        if refuse_other_kinds(path)? && !is_listed(&read(folder_of(path))?, path)? {
            let sum = sha256_of(path)?;
            Manifest::lock(path)?.record(path, sum)?;
        }
    }
    Ok(())
}

/// Refuses a path where something is that hspin did not write.
///
/// # Errors
/// [`Error::Refused`]; [`Error::Io`].
pub fn refuse_foreign(path: &Path) -> Result<()> {
    if !refuse_other_kinds(path)? || is_listed(&read(folder_of(path))?, path)? {
        return Ok(());
    }
    Err(foreign(path))
}

fn foreign(path: &Path) -> Error {
    Error::Refused(format!(
        "{} was not written by hspin, or was changed since: move it away, or give --force to overwrite it",
        path.display()
    ))
}

/// Whether a file is there; anything else is refused.
fn refuse_other_kinds(path: &Path) -> Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_file() => Ok(true),
        Ok(meta) => {
            let kind = match meta.file_type() {
                kind if kind.is_symlink() => "a symbolic link",
                kind if kind.is_dir() => "a folder",
                _ => "not a regular file",
            };
            Err(Error::Refused(format!("cannot write {}: it is {kind}; move it away", path.display())))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(cannot_create(path, error)),
    }
}

fn is_listed(files: &Files, path: &Path) -> Result<bool> {
    match files.get(&name_of(path)) {
        Some(versions) => sha256_of(path).map(|sum| versions.contains(&sum)),
        None => Ok(false),
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// SHA-256, hexadecimal, of a file.
pub fn sha256_of(path: &Path) -> Result<String> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::PermissionDenied => cannot_create(path, error),
        _ => Error::io(format!("reading {}", path.display()), error),
    };
    let mut file = File::open(path).map_err(failed)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = file.read(&mut buffer).map_err(failed)?;
        match buffer.get(..read).filter(|bytes| !bytes.is_empty()) {
            Some(bytes) => hash.update(bytes),
            None => return Ok(hex(&hash.finalize())),
        }
    }
}

/// The list of a folder as it is now; empty where there is none.
fn read(folder: &Path) -> Result<Files> {
    let path = folder.join(NAME);
    match fs::symlink_metadata(&path) {
        Err(_) => return Ok(Files::new()),
        Ok(meta) if !meta.is_file() => return Err(not_ours(&path)),
        Ok(_) => {}
    }
    match File::open(&path) {
        Ok(file) => parse(&path, &file),
        // Another process may just have removed it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Files::new()),
        Err(error) => Err(cannot_create(&path, error)),
    }
}

fn parse(path: &Path, file: &File) -> Result<Files> {
    let mut text = Vec::new();
    let read = file.take(MOST_BYTES).read_to_end(&mut text);
    read.map_err(|error| Error::io(format!("reading {}", path.display()), error))?;
    if text.is_empty() {
        // Just made, by a process that has not written it yet or died before it did.
        return Ok(Files::new());
    }
    serde_json::from_slice(&text).map(|list: List| list.files).map_err(|_| not_ours(path))
}

fn not_ours(path: &Path) -> Error {
    let path = path.display();
    Error::Refused(format!("{path} is not the list of files that hspin keeps under this name: move it away"))
}

impl Drop for Manifest {
    fn drop(&mut self) {
        // Made for a file that could not be written after all.
        let is_empty = self.file.metadata().is_ok_and(|meta| meta.len() == 0);
        if is_empty && is_at(&self.file, &self.path).unwrap_or(false) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Manifest {
    /// Waits for the list of the folder of this file.
    ///
    /// # Errors
    /// [`Error::Refused`] where there is one that is not ours or that cannot be written; [`Error::Io`].
    pub fn lock(target: &Path) -> Result<Self> {
        let path = folder_of(target).join(NAME);
        let failed = |error| cannot_create(&path, error);
        loop {
            if fs::symlink_metadata(&path).is_ok_and(|meta| !meta.is_file()) {
                return Err(not_ours(&path));
            }
            let file = open_held(&path).map_err(failed)?;
            // Where files cannot be locked, two processes at once may forget each other's files, but overwrite none.
            let _ = file.lock();
            // Whoever writes the list puts a new file in its place.
            if is_at(&file, &path).map_err(failed)? {
                let files = parse(&path, &file)?;
                return Ok(Self { path, files, file });
            }
        }
    }

    /// As the function of this name, by the list that is held.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Io`].
    pub fn refuse_foreign(&self, path: &Path) -> Result<()> {
        match refuse_other_kinds(path)? && !is_listed(&self.files, path)? {
            true => Err(foreign(path)),
            false => Ok(()),
        }
    }

    /// Lists a version of a file.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Refused`].
    pub fn record(&mut self, path: &Path, sum: String) -> Result<()> {
        let versions = self.files.entry(name_of(path)).or_default();
        versions.retain(|known| *known != sum);
        versions.insert(0, sum);
        versions.truncate(VERSIONS);
        let list = List { hspin: ABOUT.to_owned(), files: self.files.clone() };
        let text =
            serde_json::to_string_pretty(&list).map_err(|error| Error::Internal(format!("JSON: {error}")))?;
        let mut part = TemporaryFile::create(&self.path, fs::symlink_metadata(&self.path).ok().as_ref())?;
        part.fill(&self.path, |file| put(file, &self.path, format!("{text}\n").as_bytes()))?;
        // The new list is locked, too: who waits for it finds the file that was listed.
        self.file = part.file().try_clone().map_err(|error| cannot_create(&self.path, error))?;
        part.publish(&self.path)
    }
}
