//! More work for a scheduler whose threads are at work already: leases from rank 0.

use super::{Planned, REGISTER, Scheduler};
use crate::hamiltonian::{Layout, SurfaceKey};
use crate::run::ranks::{Intake, Lease};

impl Intake for Scheduler<'_> {
    /// More starts; of a surface that is in memory, on it as it is.
    fn feed(&self, lease: &Lease) {
        let SurfaceKey { seed, layout, .. } = self.job.key;
        let layout = Layout::new(layout.spins, lease.dim as usize);
        let key = SurfaceKey { seed, layout, instance: u64::from(lease.instance) };
        let planned = Planned { key, starts: lease.starts.clone() };
        let mut state = self.lock();
        match state.entries.iter_mut().find(|entry| entry.surface.job.key == key) {
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
        Scheduler::end(self);
    }

    fn is_hungry(&self) -> bool {
        let state = self.lock();
        let in_memory: usize = state.entries.iter().map(|entry| entry.waiting).sum();
        let to_come: usize = state.pending.iter().map(Planned::count).sum();
        in_memory + to_come < REGISTER * self.threads
    }
}
