//! Digits from a folder of the user's own.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::networks::data::{DigitSet, IdxFile, Part};

/// Largest file that is read: the largest of MNIST has 47 MB.
const LARGEST: u64 = 1 << 30;

/// Reads the four IDX files of a folder, each plain or with `.gz` behind its name; the plain one where both are there.
///
/// # Errors
/// Bad input where a file is missing or not what it should be; [`Error::Io`] where one cannot be read.
pub fn read_digits(folder: &Path) -> Result<DigitSet> {
    let mut names = Vec::new();
    let mut contents = Vec::new();
    for part in Part::ALL {
        let path = find(folder, part)?;
        let name = path.display().to_string();
        let failed = |error| Error::io(format!("reading {name}"), error);
        let size = fs::metadata(&path).map_err(failed)?.len();
        if size > LARGEST {
            let allowed = format!("a file of at most {LARGEST} bytes");
            return Err(Error::bad_input(name, format!("{size} bytes"), allowed));
        }
        contents.push(fs::read(&path).map_err(failed)?);
        names.push(name);
    }
    DigitSet::read(&std::array::from_fn(|at| IdxFile { name: &names[at], content: &contents[at] }))
}

fn find(folder: &Path, part: Part) -> Result<PathBuf> {
    let name = part.file_name();
    let candidates = [folder.join(name), folder.join(format!("{name}.gz"))];
    candidates.into_iter().find(|path| path.is_file()).ok_or_else(|| {
        let files = Part::ALL.map(Part::file_name).join(", ");
        let allowed = format!("a folder with {files}, each plain or .gz ({name} is missing)");
        Error::bad_input("--data", folder.display(), allowed)
    })
}
