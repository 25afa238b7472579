//! Threads that a system may refuse (`ulimit -u`, limits of control groups), and the end of work, whatever brings it.

use std::thread::{Builder, Scope, ScopedJoinHandle};

use crate::study::interface::{Intake, Study};
use crate::{Error, Result};

/// Starts a thread of a scope.
///
/// # Errors
/// [`Error::Refused`] if the system gives none.
pub(crate) fn start<'scope, 'env, T: Send + 'scope>(
    scope: &'scope Scope<'scope, 'env>,
    name: &str,
    job: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>> {
    let started = Builder::new().name(name.to_owned()).spawn_scoped(scope, job);
    started.map_err(|error| Error::Refused(format!("cannot start another thread: {error}")))
}

/// Threads that wait for more are let go whatever ends the other end.
pub(crate) struct EndOnDrop<'a, S: Study>(pub &'a dyn Intake<S>);

impl<S: Study> Drop for EndOnDrop<'_, S> {
    fn drop(&mut self) {
        self.0.end();
    }
}
