//! Says that work on a size begins, when it does.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::study::events::{Event, Observer};
use crate::study::interface::Study;

/// Passes events on; before the first one of a size it says that work on it begins.
pub(crate) struct Announcing<'a> {
    observer: &'a dyn Observer,
    /// What is to be said, by size.
    beginnings: Mutex<BTreeMap<u32, Event>>,
}

impl<'a> Announcing<'a> {
    /// For what is left of a run: items that are stored and need nothing more count as done.
    pub fn new<S: Study>(observer: &'a dyn Observer, spec: &S::Spec, left: &[S::Listed]) -> Self {
        let mut items: BTreeMap<u32, [u64; 2]> = BTreeMap::new();
        for unit in left {
            let (size, missing) = S::progress(spec, unit);
            items.entry(size).or_default()[1] += missing;
        }
        for unit in S::plan(spec) {
            let (size, planned) = S::progress(spec, &unit);
            items.entry(size).and_modify(|[all, _]| *all += planned);
        }
        let started = |(size, [planned, missing]): (u32, [u64; 2])| {
            (size, Event::Started { size, planned, done: planned.saturating_sub(missing) })
        };
        Self { observer, beginnings: Mutex::new(items.into_iter().map(started).collect()) }
    }
}

impl Observer for Announcing<'_> {
    fn event(&self, event: Event) {
        if let Event::Advanced { size, .. } | Event::Stored { size, .. } = event {
            let beginning = self.beginnings.lock().unwrap_or_else(PoisonError::into_inner).remove(&size);
            beginning.into_iter().for_each(|beginning| self.observer.event(beginning));
        }
        self.observer.event(event);
    }
}
