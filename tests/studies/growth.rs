//! A run may grow; nothing else of it may change.

use crate::harness::{Place, succeed};
use crate::list::LIST;

#[test]
fn a_run_that_grew_is_the_run_that_was_asked_for_at_once() {
    for entry in &LIST {
        let place = Place::quick();
        let run = place.path("grown.run");
        succeed(&mut entry.sweep(&run, entry.small));
        assert_ne!(entry.hash(&run), entry.whole().hash, "{}", entry.command);
        succeed(&mut entry.sweep(&run, entry.whole));
        assert_eq!(entry.hash(&run), entry.whole().hash, "{}", entry.command);
    }
}

#[test]
fn another_spec_is_refused_and_leaves_the_run_as_it_is() {
    for entry in &LIST {
        let place = Place::quick();
        let run = entry.copy_to(&place, "a.run");
        let output = entry.sweep(&run, &format!("{} {}", entry.whole, entry.other)).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{}", entry.command);
        assert!(std::fs::read(&run).unwrap() == entry.whole().bytes, "{}", entry.command);
    }
}
