//! A run's bytes, read beside SQLite.
//!
//! Closing any handle of a file ends all locks that the process has on it, those of SQLite, too. So there is one handle
//! of each file at a time, and it is closed after the last that needs it: a store that reads keeps it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use crate::error::Error;

/// An open file, shared by all of this process that read it.
#[derive(Debug, Clone)]
pub struct Handle(Arc<File>);

impl Handle {
    /// The file, from its first byte.
    pub fn bytes(&self) -> Bytes<'_> {
        Bytes { file: &self.0, at: 0 }
    }

    /// Its length and the like.
    pub fn metadata(&self) -> io::Result<std::fs::Metadata> {
        self.0.metadata()
    }
}

/// Reads a file from a place of its own.
pub struct Bytes<'a> {
    file: &'a File,
    at: u64,
}

impl Read for Bytes<'_> {
    #[cfg(unix)]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = std::os::unix::fs::FileExt::read_at(self.file, buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }

    #[cfg(not(unix))]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        use std::io::{Seek, SeekFrom};
        let mut file = self.file;
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// Opens a file for reading, or shares the handle that is open.
#[cfg(unix)]
pub fn open(path: &Path) -> io::Result<Handle> {
    use std::collections::BTreeMap;
    use std::os::unix::fs::MetadataExt;
    use std::sync::{Mutex, PoisonError, Weak};
    static OPEN: Mutex<BTreeMap<(u64, u64), Weak<File>>> = Mutex::new(BTreeMap::new());

    let id = |meta: &std::fs::Metadata| (meta.dev(), meta.ino());
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    open.retain(|_, file| file.strong_count() > 0);
    let known = open.get(&id(&std::fs::metadata(path)?)).and_then(Weak::upgrade);
    if let Some(file) = known {
        return Ok(Handle(file));
    }
    let file = Arc::new(File::open(path)?);
    open.insert(id(&file.metadata()?), Arc::downgrade(&file));
    Ok(Handle(file))
}

/// Opens a file for reading.
#[cfg(not(unix))]
pub fn open(path: &Path) -> io::Result<Handle> {
    File::open(path).map(|file| Handle(Arc::new(file)))
}

/// The error of a file that could not be read.
pub fn cannot_read(path: &Path, error: std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => {
            Error::Refused(format!("cannot read {}: {error}", path.display()))
        }
        _ => Error::io(format!("reading {}", path.display()), error),
    }
}
