//! Whole = killed + resumed.

use crate::harness::{Place, start, succeed, wait_until};
use crate::list::LIST;

#[test]
fn a_run_that_is_killed_and_resumed_is_the_whole_run() {
    for entry in &LIST {
        let place = Place::quick();
        let (whole, run) = (place.path("whole.run"), place.path("killed.run"));
        succeed(&mut entry.sweep(&whole, entry.long));
        let all = (entry.inside.units)(&whole);
        let mut partial = 0;
        for stored in [0, 1, all / 3, all / 2, all * 3 / 4] {
            let mut command = entry.sweep(&run, entry.long);
            command.args(["--threads", "1"]).env("HSPIN_COMMIT", "unit");
            let mut child = start(&mut command);
            wait_until("units are stored", || {
                (entry.inside.units)(&run) >= stored || child.try_wait().unwrap().is_some()
            });
            child.kill().unwrap();
            child.wait().unwrap();
            let left = (entry.inside.units)(&run);
            assert!(left >= stored, "{}: {left} of {stored} units are left", entry.command);
            partial += usize::from(0 < left && left < all);
        }
        println!("{}: {partial} of 5 kills met the work", entry.command);
        assert!(partial > 1, "{}: no kill met the work", entry.command);
        succeed(&mut entry.sweep(&run, entry.long));
        assert_eq!(entry.hash(&run), entry.hash(&whole), "{}", entry.command);
    }
}

#[test]
fn the_same_command_on_a_complete_run_changes_nothing() {
    for entry in &LIST {
        let place = Place::quick();
        let run = entry.copy_to(&place, "a.run");
        succeed(&mut entry.sweep(&run, entry.whole));
        assert!(std::fs::read(&run).unwrap() == entry.whole().bytes, "{}", entry.command);
    }
}
