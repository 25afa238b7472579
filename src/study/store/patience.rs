//! Waiting for other programs that hold a run: without limit, and not in silence. Days of work do not end because
//! someone reads slowly.

use std::cell::Cell;
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A wait that is worth a word: a commit of another process takes less.
const SILENCE: Duration = Duration::from_secs(2);
/// Longest time between two looks.
const NAP: Duration = Duration::from_millis(50);
const WORDS: &str = "waiting for another program that uses the run; this continues when it has finished";

static TELL: OnceLock<fn(&str)> = OnceLock::new();

/// From now on, whoever waits for another program for more than two seconds says so here, once each time.
pub fn tell_of_waiting(tell: fn(&str)) {
    // The first is kept.
    let _ = TELL.set(tell);
}

thread_local! {
    /// When this thread's wait began; nothing once it was told of.
    static SINCE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// What SQLite calls where a file is busy: whether to look again after so many looks.
pub fn wait(looks: i32) -> bool {
    if looks == 0 {
        SINCE.set(Some(Instant::now()));
    }
    sleep(NAP.min(Duration::from_millis(1 << looks.clamp(0, 10))));
    if SINCE.get().is_some_and(|since| since.elapsed() > SILENCE) {
        SINCE.set(None);
        TELL.get().inspect(|tell| tell(WORDS));
    }
    true
}
