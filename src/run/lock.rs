//! One worker at a time on a run.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use super::files;
use crate::error::{Error, Result};

/// Most bytes of a lock file that are read for a message.
const MESSAGE_BYTES: u64 = 256;
/// Time between two looks at who holds a lock: much more than a holder takes to sign.
const SIGNING: Duration = Duration::from_millis(20);
/// Looks before the holder stays unknown.
const SIGNING_LOOKS: usize = 10;

/// The right to write a run, held until dropped. The system lets go of it when the process dies, however it dies, so a
/// lock file that was left behind means nothing; its text is for messages only.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock `RUN.lock` beside a run.
    ///
    /// # Errors
    /// [`Error::Refused`] at once if another process holds it, saying which, or if the place cannot be written.
    pub fn take(run: &Path) -> Result<Self> {
        let path = files::beside(run, ".lock");
        if fs::symlink_metadata(&path).is_ok_and(|meta| !meta.is_file()) {
            return Err(Error::Refused(format!("{} is not a regular file; remove it", path.display())));
        }
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = file.map_err(|error| files::cannot_create(&path, error))?;
        let signature = signature();
        match sabotage!("lock-not-taken", file.try_lock(), Ok(())) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = wait_for_holder(&mut file).unwrap_or_else(|| "another process".to_owned());
                return Err(Error::Refused(format!("{} is being written by {holder}", run.display())));
            }
            Err(TryLockError::Error(error)) => {
                return Err(Error::io(format!("locking {}", path.display()), error));
            }
        }
        let mut lock = Self { file };
        lock.sign(&signature).map_err(|error| Error::io(format!("writing {}", path.display()), error))?;
        Ok(lock)
    }

    fn sign(&mut self, signature: &str) -> std::io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(signature.as_bytes())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Only the message is lost if this fails; the system frees the lock at the latest when the file is closed.
        let _ = self.file.set_len(0);
        // Said aloud, because a process that was just forked from this one keeps a copy of the open file for a moment.
        let _ = self.file.unlock();
    }
}

fn signature() -> String {
    let host = sysinfo::System::host_name().unwrap_or_else(|_| "unknown".to_owned());
    format!("{host} {}\n", std::process::id())
}

/// Who holds the lock. Between taking and signing it, the file is empty or has an earlier holder's name.
fn wait_for_holder(file: &mut File) -> Option<String> {
    (0..SIGNING_LOOKS).find_map(|_| {
        sleep(SIGNING);
        holder(file)
    })
}

fn holder(file: &mut File) -> Option<String> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(MESSAGE_BYTES).read_to_string(&mut text).ok()?;
    let (host, pid) = text.trim().split_once(' ')?;
    Some(format!("process {pid} on {host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_taker_is_told_who_holds_it_and_a_left_over_file_means_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("a.run");
        std::fs::write(folder.path().join("a.run.lock"), "elsewhere 1\n").unwrap();
        let held = Lock::take(&run).unwrap();
        let error = Lock::take(&run).unwrap_err();
        assert_eq!(error.exit_code(), 3);
        assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
        drop(held);
        Lock::take(&run).unwrap();
    }
}
