//! Long work on a thread of its own, while Python's thread shows progress and hears Ctrl-C.

use std::collections::BTreeMap;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use hspin::Error;
use hspin::cli::Caller;
use hspin::study::{Event, Observer, Stop};
use pyo3::prelude::*;

use crate::errors::raised;

/// Time between two looks at signals and progress.
const LOOK: Duration = Duration::from_millis(50);
/// How long work may take to end after Ctrl-C; what does not look at the stop, such as a large draw, ends by itself later.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Number of Ctrl-C.
const SIGINT: i32 = 2;
/// Bytes of the stack, as a main thread has.
const STACK: usize = 8 << 20;

/// How far one size is.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    planned: u64,
    done: u64,
    stored: u64,
    advanced: f64,
}

/// Keeps what the progress is.
#[derive(Debug, Default)]
struct Watch(Mutex<BTreeMap<u32, Size>>);

impl Observer for Watch {
    fn event(&self, event: Event) {
        let mut sizes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Started { size, planned, done } => {
                sizes.insert(size, Size { planned, done, ..Size::default() });
            }
            Event::Stored { size, items } => sizes.entry(size).or_default().stored += items,
            Event::Advanced { size, items } => sizes.entry(size).or_default().advanced += items,
            Event::Committed { .. } | Event::Finished { .. } => {}
        }
    }
}

impl Watch {
    /// Size, items planned, items done.
    fn report(&self) -> Vec<(u32, u64, f64)> {
        let sizes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let items = |size: &Size| {
            let made = size.advanced.max(size.stored as f64);
            (size.done as f64 + made).min(size.planned as f64)
        };
        sizes.iter().map(|(&number, size)| (number, size.planned, items(size))).collect()
    }
}

/// Carries out short work at once; a bug is an exception, and the interpreter goes on.
pub fn at_once<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    let done = py.detach(|| std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)));
    done.map_err(|_| raised(py, &Error::Internal("please report it".into())))
}

/// Carries out some work on a thread of its own; `progress`, if it is not None, is called with a list of (size, items planned,
/// items done). Ctrl-C, and an exception of `progress`, ask the work to stop.
pub fn attend<T: Send + 'static>(
    py: Python<'_>,
    progress: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce(Caller) -> T + Send + 'static,
) -> PyResult<T> {
    let (watch, stop) = (Arc::new(Watch::default()), Stop::default());
    let caller = Caller::new(watch.clone(), stop.clone());
    let (send, receive) = channel();
    let receive = Mutex::new(receive);
    let working = Builder::new().name("hspin".into()).stack_size(STACK).spawn(move || {
        // Nobody may be there to take it.
        let _ = send.send(work(caller));
    });
    if let Err(error) = working {
        return Err(raised(py, &Error::Refused(format!("cannot start a thread: {error}"))));
    }
    let mut interrupted: Option<(PyErr, Instant)> = None;
    loop {
        let received = py.detach(|| {
            let receive = receive.lock().unwrap_or_else(PoisonError::into_inner);
            receive.recv_timeout(LOOK)
        });
        match (received, &interrupted) {
            (Ok(done), None) => {
                show(progress, &watch)?;
                return Ok(done);
            }
            (Err(RecvTimeoutError::Disconnected), None) => {
                return Err(raised(py, &Error::Internal("a thread ended without a result".into())));
            }
            (Err(RecvTimeoutError::Timeout), None) => {
                if let Err(error) = py.check_signals().and_then(|()| show(progress, &watch)) {
                    stop.request(SIGINT);
                    interrupted = Some((error, Instant::now()));
                }
            }
            (Err(RecvTimeoutError::Timeout), Some((_, since))) if since.elapsed() < PATIENCE => {}
            (_, Some(_)) => break,
        }
    }
    match interrupted {
        Some((error, _)) => Err(error),
        None => Err(raised(py, &Error::Internal("an interruption without a reason".into()))),
    }
}

fn show(progress: Option<&Bound<'_, PyAny>>, watch: &Watch) -> PyResult<()> {
    match progress {
        Some(progress) => progress.call1((watch.report(),)).map(drop),
        None => Ok(()),
    }
}
