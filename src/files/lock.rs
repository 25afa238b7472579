//! One worker at a time on a run.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use super::held::{is_at, open_held};
use super::place::{beside, cannot_create};
use crate::error::{Error, Result};

/// Most bytes of a lock file; a longer file is none of ours.
const MOST_BYTES: u64 = 512;
/// What a lock file of ours begins with. Release 0.1 wrote host and process number alone, and emptied the file.
const MARK: &str = "hspin lock: ";
/// Time between two looks at who holds a lock: much more than a holder takes to sign.
const SIGNING: Duration = Duration::from_millis(20);
/// Looks before the holder stays unknown.
const SIGNING_LOOKS: usize = 10;
/// How often a lock file may vanish while it is opened.
const ATTEMPTS: usize = 100;

/// The right to write a run, held until dropped; the lock file is removed then. The system lets go of it when the
/// process dies, however it dies, so a lock file that was left behind means nothing; its text is for messages only.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock `RUN.lock` beside a run.
    ///
    /// # Errors
    /// [`Error::Refused`] at once if another process holds it, saying which, if the place cannot be written, or if a
    /// file of this name is there that is not a lock of ours.
    pub fn take(run: &Path) -> Result<Self> {
        let path = beside(run, ".lock");
        for _ in 0..ATTEMPTS {
            let mut file = open(&path)?;
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
            // An earlier holder removes it as it ends.
            if is_at(&file, &path).map_err(|error| cannot_create(&path, error))? {
                let mut lock = Self { file, path };
                let signed = lock.sign(&signature());
                return signed
                    .map_err(|error| Error::io(format!("writing {}", lock.path.display()), error))
                    .map(|()| lock);
            }
        }
        Err(Error::Refused(format!("{} is being written by other processes", run.display())))
    }

    fn sign(&mut self, signature: &str) -> std::io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(signature.as_bytes())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Only a name and a message are left behind if this fails; the system frees the lock at the latest when the
        // file is closed. While it is held, nobody else removes the file.
        if is_at(&self.file, &self.path).unwrap_or(false) {
            let _ = fs::remove_file(&self.path).or_else(|_| self.file.set_len(0));
        }
        // Said aloud, because a process that was just forked from this one keeps a copy of the open file for a moment.
        let _ = self.file.unlock();
    }
}

/// Opens a lock file of ours, or makes one; what is anything else is left as it is.
fn open(path: &Path) -> Result<File> {
    if fs::symlink_metadata(path).is_ok_and(|meta| !meta.is_file()) {
        return Err(Error::Refused(format!("{} is not a regular file; move it away", path.display())));
    }
    let mut file = open_held(path).map_err(|error| cannot_create(path, error))?;
    let read = text(&mut file).map_err(|error| Error::io(format!("reading {}", path.display()), error))?;
    match read {
        Some(text) if is_beginning(&text) || holder(&text).is_some() => Ok(file),
        _ => Err(Error::Refused(format!(
            "{} is not a lock of hspin: move it away, or give the run another name",
            path.display()
        ))),
    }
}

fn signature() -> String {
    let host = sysinfo::System::host_name().unwrap_or_else(|_| "unknown".to_owned());
    format!("{MARK}process {} on {}\n", std::process::id(), host.split_whitespace().collect::<String>())
}

/// Who holds the lock. Between taking and signing it, the file is empty or has an earlier holder's name.
fn wait_for_holder(file: &mut File) -> Option<String> {
    (0..SIGNING_LOOKS).find_map(|_| {
        sleep(SIGNING);
        holder(&text(file).ok()??)
    })
}

/// All of a lock file's text; `None` where it is too long or no text.
fn text(file: &mut File) -> std::io::Result<Option<String>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8(bytes).ok().filter(|text| (text.len() as u64) < MOST_BYTES))
}

/// The process that signed a lock, as release 0.1 did or as we do; `None` where it is signed in no such way.
fn holder(text: &str) -> Option<String> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let (pid, host) = match text.strip_prefix(MARK) {
        Some(rest) => rest.strip_prefix("process ")?.split_once(" on ")?,
        None => text.split_once(' ').map(|(host, pid)| (pid, host))?,
    };
    let is_number = !pid.is_empty() && pid.bytes().all(|digit| digit.is_ascii_digit());
    let is_name = !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || c.is_control());
    (is_number && is_name).then(|| format!("process {pid} on {host}"))
}

/// Whether a text is the beginning of a signature of ours: its writer may have died on the way.
fn is_beginning(text: &str) -> bool {
    const PROCESS: &str = "process ";
    let Some(rest) = text.strip_prefix(MARK) else { return MARK.starts_with(text) };
    let Some(rest) = rest.strip_prefix(PROCESS) else { return PROCESS.starts_with(rest) };
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    after.is_empty() || (after.len() < rest.len() && " on ".starts_with(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_taker_is_told_who_holds_it_and_a_left_over_file_means_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("a.run");
        let path = folder.path().join("a.run.lock");
        for left_over in ["", "elsewhere 1\n", "elsewhere 1", "hspin lock: process 1 on elsewhere\n"] {
            fs::write(&path, left_over).unwrap();
            let held = Lock::take(&run).unwrap();
            let error = Lock::take(&run).unwrap_err();
            assert_eq!(error.exit_code(), 3);
            assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
            drop(held);
            assert!(!path.exists(), "{left_over}");
        }
        // Its writer may have died within any byte of it.
        let signature = signature();
        for end in 0..=signature.len() {
            let Some(beginning) = signature.get(..end) else { continue };
            fs::write(&path, beginning).unwrap();
            drop(Lock::take(&run).unwrap());
            assert!(!path.exists(), "{beginning}");
        }
        drop(Lock::take(&run).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_not_a_lock_of_ours_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("poetry");
        let path = folder.path().join("poetry.lock");
        let long = "x".repeat(9999);
        for text in [
            "# generated\n",
            "one two\n",
            "host 1\nmore\n",
            "hspin lock: none\n",
            "hspin lock: process on x",
            "hspin is",
            "\n",
            "\u{0}",
            &long,
        ] {
            fs::write(&path, text).unwrap();
            let error = Lock::take(&run).unwrap_err();
            assert_eq!(error.exit_code(), 3);
            assert!(error.to_string().contains("poetry.lock is not a lock of hspin"), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn one_at_a_time_holds_a_lock_however_often_its_file_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("a.run");
        let held = std::sync::atomic::AtomicUsize::new(0);
        let taken = std::sync::atomic::AtomicUsize::new(0);
        let order = std::sync::atomic::Ordering::SeqCst;
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        if let Ok(lock) = Lock::take_at_once(&run) {
                            assert_eq!(held.fetch_add(1, order), 0);
                            taken.fetch_add(1, order);
                            std::thread::yield_now();
                            held.fetch_sub(1, order);
                            drop(lock);
                        }
                    }
                });
            }
        });
        assert!(taken.load(order) > 4);
    }

    impl Lock {
        /// As [`Lock::take`], without asking who holds it: that takes a while.
        fn take_at_once(run: &Path) -> Result<Self> {
            let path = beside(run, ".lock");
            if let Ok(file) = open(&path)
                && matches!(file.try_lock(), Err(TryLockError::WouldBlock))
            {
                return Err(Error::Refused(String::new()));
            }
            Self::take(run)
        }
    }
}
