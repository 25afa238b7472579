//! What a piece of work allocates: a counting allocator for Rust's part, SQLite's own count for the rest.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Counts the bytes that each thread holds.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    HELD.set(HELD.get() + bytes);
    PEAK.set(PEAK.get().max(HELD.get()));
}

// SAFETY: every call is passed on to the system's allocator as it came; counting touches no memory of it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's layout.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller's pointer and layout.
        unsafe { System.dealloc(at, layout) }
    }
}

/// Most bytes that this thread held at once during `work`, beyond what it held before.
pub fn most_held<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.get();
    PEAK.set(before);
    let result = work();
    (result, (PEAK.get() - before) as usize)
}

/// Most bytes that SQLite held at once in all threads since it was last asked.
pub fn most_held_by_sqlite() -> usize {
    // SAFETY: a call without pointers that only reads and resets a counter of SQLite's.
    let bytes = unsafe { rusqlite::ffi::sqlite3_memory_highwater(1) };
    bytes as usize
}

#[test]
fn what_is_held_is_counted() {
    let (_, most) = most_held(|| drop(vec![1_u8; 3 << 20]));
    assert!((3 << 20..4 << 20).contains(&most), "{most}");
    most_held_by_sqlite();
    let conn = rusqlite::Connection::open_in_memory().unwrap();
    conn.query_row("SELECT length(randomblob(3000000))", [], |row| row.get::<_, i64>(0)).unwrap();
    assert!(most_held_by_sqlite() > 3_000_000);
}
