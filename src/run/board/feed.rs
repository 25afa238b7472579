//! More work for a board whose threads are at it already: leases from rank 0.

use super::{Board, Planned, REGISTER};
use crate::hamiltonian::{Layout, SurfaceKey};
use crate::run::ranks::{Intake, Lease};

impl Intake for Board<'_> {
    /// More starts; of a surface that is at hand, on it as it is.
    fn feed(&self, lease: &Lease) {
        let SurfaceKey { seed, layout, .. } = self.job.key;
        let layout = Layout::new(layout.spins, lease.dim as usize);
        let key = SurfaceKey { seed, layout, instance: u64::from(lease.instance) };
        let planned = Planned { key, starts: lease.starts.clone() };
        let mut state = self.lock();
        match state.entries.iter_mut().find(|entry| entry.site.job.key == key) {
            Some(entry) => {
                entry.waiting += planned.count();
                entry.left += planned.count();
                entry.starts.0.extend(planned.starts);
            }
            None => {
                state.pending_work += planned.work();
                match state.pending.iter_mut().find(|waiting| waiting.key == key) {
                    Some(waiting) => waiting.starts.extend(planned.starts),
                    None => state.pending.push_back(planned),
                }
            }
        }
        self.changed.notify_all();
    }

    fn close(&self) {
        self.lock().is_open = false;
        self.changed.notify_all();
    }

    fn end(&self) {
        Board::end(self);
    }

    fn is_hungry(&self) -> bool {
        let state = self.lock();
        let at_hand: usize = state.entries.iter().map(|entry| entry.waiting).sum();
        let to_come: usize = state.pending.iter().map(Planned::count).sum();
        at_hand + to_come < REGISTER * self.threads
    }
}
