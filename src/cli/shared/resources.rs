//! How a command is carried out.

use super::env::Settings;
use super::memory::available_bytes;
use crate::error::Result;
use crate::numeric::isa::Isa;
use crate::study::Resources;

/// Starts that a worker descends at once: one block of lanes.
const DEFAULT_BATCH: usize = 48;

/// Threads as asked, or as many as there are cores; the rest from the environment.
///
/// # Errors
/// [`crate::Error::BadInput`] for a variable that is not allowed.
pub fn resources(threads: Option<u32>) -> Result<Resources> {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let settings = Settings::read()?;
    let (isa, batch) = (settings.isa.unwrap_or_else(Isa::best), settings.batch);
    let batch = batch.map_or(DEFAULT_BATCH, |batch| batch as usize);
    let threads = threads.map_or_else(cores, |n| n as usize);
    let (memory, commits) = (available_bytes(), settings.commits.unwrap_or_default());
    Ok(Resources { threads, isa, batch, memory, shard: 1, commits })
}
