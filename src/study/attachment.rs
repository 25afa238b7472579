//! What a run may keep beside its units: bytes that its spec knows by their checksum alone.

/// Bytes that a run of some spec may keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, another one for each of a run.
    pub name: String,
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
    /// Their number.
    pub bytes: u64,
}

/// Bytes that a new run is to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The name of the [`Attachment`].
    pub name: String,
    /// What is kept.
    pub bytes: Vec<u8>,
}
