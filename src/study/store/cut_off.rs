//! Files that end too early.

use std::io::Read;
use std::path::Path;

use super::handle::{self, cannot_read};
use crate::error::{Error, Result};

/// An error that tells of a file without its end that this is what it is.
pub fn or_cut_off(path: &Path) -> impl Fn(Error) -> Error + '_ {
    move |error| match (&error, missing_bytes(path)) {
        (Error::Damaged(_), Ok(missing)) if missing > 0 => {
            let path = path.display();
            Error::Damaged(format!(
                "{path} ends {missing} bytes too early, as after a copy that was broken off; hspin verify {path} \
                 --repair keeps the units that are whole"
            ))
        }
        _ => error,
    }
}

/// Bytes that the first page says there are, and are not; 0 where it does not say.
pub fn missing_bytes(path: &Path) -> Result<u64> {
    let failed = |error| cannot_read(path, error);
    let file = handle::open(path).map_err(failed)?;
    let mut header = [0; 100];
    if file.bytes().read_exact(&mut header).is_err() {
        return Ok(0);
    }
    let number = |at: usize| {
        let bytes = header.get(at..at + 4).and_then(|b| b.try_into().ok());
        bytes.map_or(0, u32::from_be_bytes)
    };
    let page_size = match u64::from(number(16) >> 16) {
        1 => 65_536,
        size => size,
    };
    // SQLite believes the number of pages where it was written with the last change.
    let pages = if number(24) == number(92) { number(28) } else { 0 };
    Ok((u64::from(pages) * page_size).saturating_sub(file.metadata().map_err(failed)?.len()))
}
