//! How a command is carried out.

use super::env::Settings;
use super::memory::available_bytes;
use crate::descent::Carrier;
use crate::error::Result;
use crate::hamiltonian::Isa;
use crate::run::Means;

/// Starts that a worker descends at once: one block of lanes.
const DEFAULT_BATCH: usize = 48;

/// Threads as asked, or as many as there are cores; the rest from the environment.
///
/// # Errors
/// [`crate::Error::BadInput`] for a variable that is not allowed.
pub fn means(threads: Option<u32>) -> Result<Means> {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let settings = Settings::read()?;
    let carrier = Carrier {
        isa: settings.isa.unwrap_or_else(Isa::best),
        batch: settings.batch.map_or(DEFAULT_BATCH, |batch| batch as usize),
    };
    let threads = threads.map_or_else(cores, |n| n as usize);
    let (memory, commits) = (available_bytes(), settings.commits.unwrap_or_default());
    Ok(Means { threads, carrier, memory, shard: 1, commits })
}
