//! Ctrl-C and its kin: the first asks for a clean end, the second ends at once.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::study::Stop;

/// How long a clean end may take. Drawing large couplings, a commit that waits for a reader, a figure: none of them
/// looks at the stop.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Lets INT, TERM, HUP, USR1, USR2 and XCPU ask `stop` for an end; where that takes too long, or after a second one, the
/// process leaves at once with 128 + its number. What is stored stays whole either way. Batch systems announce the end of
/// a job's time by USR1, USR2 or XCPU. What was ignored when the process began stays ignored: by a hang-up under `nohup`,
/// by Ctrl-C in the background of a script.
///
/// # Errors
/// [`Error::Io`] where handlers cannot be installed, [`Error::Refused`] where the system gives no thread for them.
#[cfg(unix)]
pub fn install(stop: &Stop) -> Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU};

    let all = [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU];
    let ignored = ignored();
    let wanted = all.into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let failed = |error| Error::io("installing signal handlers", error);
    let mut signals = signal_hook::iterator::Signals::new(wanted).map_err(failed)?;
    let stop = stop.clone();
    let wait = move || {
        for signal in signals.forever() {
            if stop.requested().is_some() {
                signal_hook::low_level::exit(128 + signal);
            }
            stop.request(signal);
            super::output::log("stopping after the work under way; a second signal stops at once");
            let leave = move || {
                std::thread::sleep(PATIENCE);
                super::output::log(&format!("hspin: {}", Error::Interrupted(signal)));
                signal_hook::low_level::exit(128 + signal);
            };
            // Without this thread the end only comes later.
            let _ = std::thread::Builder::new().name("patience".into()).spawn(leave);
        }
    };
    let refused = |error| Error::Refused(format!("cannot start a thread for signals: {error}"));
    std::thread::Builder::new().name("signals".into()).spawn(wait).map_err(refused)?;
    Ok(())
}

/// Makes a write beyond the limit on file sizes (`ulimit -f`) fail like any other, where the system's way is to kill the
/// process without a word.
#[cfg(unix)]
pub fn survive_size_limits() {
    let noted = std::sync::Arc::default();
    // Without a handler the system's way it is.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, noted);
}

/// Elsewhere there is no such signal.
#[cfg(not(unix))]
pub fn survive_size_limits() {}

/// The signals that this process ignores by order of its parent: bit n − 1 for signal n.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// Signals are not handled here: an interrupted run is resumed all the same.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn install(_: &Stop) -> Result<()> {
    Ok(())
}
