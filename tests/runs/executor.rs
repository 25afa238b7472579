//! Surfaces overlap where there is room for two, and only there; what comes out is the same.

use std::sync::{Condvar, Mutex};
use std::time::Duration;

use hspin::studies::surfaces::{Request, Spec, SurfaceStore, Surfaces};
use hspin::study::{Event, Observer, Resources, Stop, verify};

use crate::carry_out::carry_out;

/// Holds up the first size to begin until a second begins, or for so long.
struct Witness {
    begun: Mutex<Vec<u32>>,
    changed: Condvar,
    patience: Duration,
    /// Sizes that had begun when the first went on.
    seen: Mutex<Vec<u32>>,
}

impl Witness {
    fn new(patience: Duration) -> Self {
        Self { begun: Mutex::default(), changed: Condvar::new(), patience, seen: Mutex::default() }
    }
}

impl Observer for Witness {
    fn event(&self, event: Event) {
        let Event::Started { size, .. } = event else { return };
        let mut begun = self.begun.lock().unwrap();
        begun.push(size);
        self.changed.notify_all();
        if begun.len() == 1 {
            let waiting = self.changed.wait_timeout_while(begun, self.patience, |begun| begun.len() < 2);
            *self.seen.lock().unwrap() = waiting.unwrap().0.clone();
        }
    }
}

fn resources(threads: usize, memory: u64) -> Resources {
    Resources { memory, ..Resources::of_threads(threads) }
}

/// Content of a run of some small surfaces, and the sizes that had begun before the first went on.
fn run(resources: Resources, patience: Duration) -> (String, Vec<u32>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.run");
    let request =
        Request { dims: Some(vec![5, 8]), starts: Some(30), instances: Some(3), ..Request::default() };
    let mut store = SurfaceStore::create(&path, &Spec::new(&request).unwrap()).unwrap();
    let witness = Witness::new(patience);
    carry_out(&mut store, &resources, &witness, &Stop::default()).unwrap();
    drop(store);
    let found = verify::<Surfaces>(&path).unwrap();
    assert!(found.ok && found.complete);
    let seen = witness.seen.lock().unwrap().clone();
    (found.content_hash, seen)
}

#[test]
fn two_threads_are_on_two_surfaces_at_once_where_memory_has_room_for_both() {
    let request =
        Request { instances: Some(1), dims: Some(vec![5, 8]), starts: Some(30), ..Request::default() };
    let folder = tempfile::tempdir().unwrap();
    let mut store =
        SurfaceStore::create(&folder.path().join("a.run"), &Spec::new(&request).unwrap()).unwrap();
    let witness = Witness::new(Duration::from_secs(60));
    carry_out(&mut store, &resources(2, u64::MAX), &witness, &Stop::default()).unwrap();
    assert_eq!(*witness.seen.lock().unwrap(), [8, 5], "the largest first, and the next beside it");
}

#[test]
fn without_room_or_threads_for_two_one_surface_is_done_after_the_other_with_the_same_bits() {
    let (expected, _) = run(resources(2, u64::MAX), Duration::ZERO);
    let patience = Duration::from_millis(300);
    for (threads, memory) in [(2, 0), (1, u64::MAX)] {
        let (found, seen) = run(resources(threads, memory), patience);
        assert_eq!(seen, [8], "{threads} threads, {memory} bytes");
        assert_eq!(found, expected);
    }
    for threads in [3, 8] {
        assert_eq!(run(resources(threads, u64::MAX), Duration::ZERO).0, expected, "{threads} threads");
    }
}
