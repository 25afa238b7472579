//! More work for a scheduler whose threads are at work already.

use std::collections::BTreeMap;

use super::{Planned, REGISTER, Scheduler};
use crate::hamiltonian::{Layout, SurfaceKey};
use crate::studies::surfaces::study::Surfaces;
use crate::studies::surfaces::unit::StartsUnit;
use crate::study::Intake;
use crate::study::Listed;

impl Intake<Surfaces> for Scheduler<'_> {
    /// More starts, those on the largest surfaces first: where the last starts leave threads idle, surfaces are small. Starts
    /// on a surface that is being worked on join the others there.
    fn feed(&self, units: &[StartsUnit]) {
        let SurfaceKey { seed, layout, .. } = self.job.key;
        let mut surfaces: Vec<&[StartsUnit]> = units.chunk_by(StartsUnit::shares_surface).collect();
        surfaces.sort_by_key(|units| std::cmp::Reverse(units.first().map(|unit| unit.dim)));
        let mut state = self.lock();
        let mut waiting: BTreeMap<(usize, u64), usize> = BTreeMap::new();
        for (at, planned) in state.pending.iter().enumerate() {
            waiting.insert((planned.key.layout.dim, planned.key.instance), at);
        }
        for units in surfaces {
            let Some(first) = units.first() else { continue };
            let layout = Layout { dim: first.dim as usize, ..layout };
            let key = SurfaceKey { seed, layout, instance: u64::from(first.instance) };
            let starts = units.iter().map(|unit| {
                let begin = unit.key().starts(u32::MAX).start;
                begin..begin + unit.starts
            });
            let planned = Planned { key, starts: starts.collect() };
            match state.entries.iter_mut().find(|entry| entry.surface.job.key == key) {
                Some(entry) => {
                    entry.waiting += planned.count();
                    entry.left += planned.count();
                    entry.starts.0.extend(planned.starts);
                }
                None => {
                    state.pending_work += planned.work();
                    let place = waiting.get(&(layout.dim, key.instance)).copied();
                    match place.and_then(|at| state.pending.get_mut(at)) {
                        Some(known) => known.starts.extend(planned.starts),
                        None => state.pending.push_back(planned),
                    }
                }
            }
        }
        drop(state);
        self.changed.notify_all();
    }

    fn close(&self) {
        self.lock().is_open = false;
        self.changed.notify_all();
    }

    fn end(&self) {
        Scheduler::end(self);
    }

    fn wants_units(&self) -> bool {
        let state = self.lock();
        let open: usize = state.entries.iter().map(|entry| entry.waiting).sum();
        let to_come: usize = state.pending.iter().map(Planned::count).sum();
        open + to_come < REGISTER * self.threads
    }
}
