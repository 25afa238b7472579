//! The end of work, whatever brings it.

use crate::study::interface::{Intake, Study};

/// Threads that wait for more are let go whatever ends the other end.
pub(crate) struct EndOnDrop<'a, S: Study>(pub &'a dyn Intake<S>);

impl<S: Study> Drop for EndOnDrop<'_, S> {
    fn drop(&mut self) {
        self.0.end();
    }
}
