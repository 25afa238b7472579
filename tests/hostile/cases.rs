//! Runs a law over many cases on two threads: no panic, no long wait, no more memory than the input is worth.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::memory::most_held;

/// A case takes a millisecond at most; on a busy machine it may have to wait.
const LONGEST: Duration = Duration::from_secs(5);
/// Bytes beyond the size of the input.
const ALLOWANCE: usize = 1 << 20;

/// Cases per reader: 200 000 unless the environment says otherwise.
pub fn asked() -> u64 {
    std::env::var("HSPIN_HOSTILE_CASES").map_or(200_000, |text| text.parse().unwrap())
}

/// `law(thread, case)` returns the input's size in bytes and panics where the law is broken.
#[track_caller]
pub fn hold(name: &str, cases: u64, law: impl Fn(u64, u64) -> usize + Sync) {
    let (next, failed) = (AtomicU64::new(0), AtomicU64::new(0));
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..2 {
            let (law, next, failed) = (&law, &next, &failed);
            scope.spawn(move || {
                loop {
                    let case = next.fetch_add(1, Relaxed);
                    if case >= cases || failed.load(Relaxed) >= 20 {
                        break;
                    }
                    if let Err(reason) = one(|| law(thread, case)) {
                        println!("{name}: case {case}: {reason}");
                        failed.fetch_add(1, Relaxed);
                    }
                }
            });
        }
    });
    let failed = failed.load(Relaxed);
    println!("trust: {name}: tried {cases}, failed {failed}");
    println!("{name}: {:.1} s", begin.elapsed().as_secs_f64());
    assert_eq!(failed, 0, "{name}");
}

fn one(law: impl FnOnce() -> usize) -> Result<(), String> {
    let begin = Instant::now();
    let (size, held) = most_held(|| catch_unwind(AssertUnwindSafe(law)));
    let size = size.map_err(|_| "panicked".to_owned())?;
    if begin.elapsed() > LONGEST {
        return Err(format!("took {:?}", begin.elapsed()));
    }
    if held > size + ALLOWANCE {
        return Err(format!("held {held} bytes for an input of {size}"));
    }
    Ok(())
}

#[test]
fn a_broken_law_is_seen() {
    let quiet = |law: fn() -> usize| one(law).unwrap_err();
    assert_eq!(quiet(|| panic!("on purpose")), "panicked");
    assert!(quiet(|| vec![1_u8; 2 << 20].len() - (2 << 20)).starts_with("held 2097152 bytes"));
}
