//! Checksums of rows.

use sha2::{Digest, Sha256};

use super::Row;

/// Gives a row to a checksum.
pub fn feed<R: Row>(hash: &mut Sha256, row: &R) {
    row.digest(&mut |bytes| hash.update(bytes));
}
