//! Digits from a folder of the user's own.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::networks::data::{DigitFile, DigitSet, IdxFile};

/// Largest file that is read: the largest of MNIST has 47 MB.
const LARGEST: u64 = 1 << 30;

/// Reads the four IDX files of a folder, each plain or with `.gz` behind its name; the plain one where both are there.
///
/// # Errors
/// Bad input where a file is missing or not what it should be; [`Error::Io`] where one cannot be read.
pub fn read_digits(folder: &Path) -> Result<DigitSet> {
    let [train_images, train_labels, test_images, test_labels] =
        DigitFile::ALL.map(|part| read_part(folder, part));
    let files = [train_images?, train_labels?, test_images?, test_labels?];
    DigitSet::read(&files.each_ref().map(|(name, content)| IdxFile { name, content }))
}

/// The name and the content of the file of one part.
fn read_part(folder: &Path, part: DigitFile) -> Result<(String, Vec<u8>)> {
    let path = find(folder, part)?;
    let name = path.display().to_string();
    let failed = |error| Error::io(format!("reading {name}"), error);
    let size = fs::metadata(&path).map_err(failed)?.len();
    if size > LARGEST {
        let allowed = format!("a file of at most {LARGEST} bytes");
        return Err(Error::bad_input(name, format!("{size} bytes"), allowed));
    }
    let content = fs::read(&path).map_err(failed)?;
    Ok((name, content))
}

fn find(folder: &Path, part: DigitFile) -> Result<PathBuf> {
    let name = part.name();
    let candidates = [folder.join(name), folder.join(format!("{name}.gz"))];
    candidates.into_iter().find(|path| path.is_file()).ok_or_else(|| {
        let files = DigitFile::ALL.map(DigitFile::name).join(", ");
        let allowed = format!("a folder with {files}, each plain or .gz ({name} is missing)");
        Error::bad_input("--data", folder.display(), allowed)
    })
}
