//! What a run keeps beside its units, read from it.

use std::path::Path;

use super::attachments::{are_kept, changed, parts, problems};
use super::connect::connect_to_read;
use super::fault::sql;
use super::open::Store;
use super::schema;
use crate::error::{Error, Result};
use crate::study::attachment::Attachment;
use crate::study::interface::Study;

/// Whether a run keeps attachments, without opening all of it.
///
/// # Errors
/// As [`Store::open_read`], as far as that looks.
pub fn keeps<S: Study>(path: &Path) -> Result<bool> {
    schema::check_study::<S>(path)?;
    are_kept(&connect_to_read::<S>(path)?).map_err(sql(format!("reading {}", path.display())))
}

impl<S: Study> Store<S> {
    /// Whether it keeps what its spec names as [attachments](Study::attachments).
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Io`].
    pub fn keeps(&self) -> Result<bool> {
        are_kept(&self.conn).map_err(sql(self.what("reading")))
    }

    /// The bytes of an attachment, held against their checksum.
    ///
    /// # Errors
    /// [`Error::Damaged`] where they are not what was written; [`Error::Io`].
    pub fn attachment(&self, wanted: &Attachment) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = parts(&self.conn, wanted, |_, part| {
            bytes.extend_from_slice(part);
            Ok(())
        });
        match read.map_err(sql(self.what("reading")))? {
            Some(_) => Ok(bytes),
            None => Err(self.not_as_written(&changed(&wanted.name))),
        }
    }

    /// Whether what it keeps is what was written.
    ///
    /// # Errors
    /// [`Error::Damaged`] saying what is not; [`Error::Io`].
    pub(super) fn check_attachments(&self) -> Result<()> {
        let found = problems(&self.conn, &S::attachments(&self.spec))?;
        found.first().map_or(Ok(()), |problem| Err(self.not_as_written(problem)))
    }

    fn not_as_written(&self, problem: &str) -> Error {
        let path = self.path.display();
        Error::Damaged(format!(
            "{path}: {problem}; hspin verify {path} --repair drops the attachments and keeps the units, which then need the \
             files that they were made with"
        ))
    }
}
