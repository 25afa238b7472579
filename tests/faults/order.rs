//! What a loss of power may leave: nothing is relied on before it was forced to the disk. A kill cannot show that, the
//! order of calls does.

use std::collections::BTreeSet;

use crate::family::Family;
use crate::jobs::{Bench, JOBS, is_folder};
use crate::shim::{CHANGES, Call, calls};

/// The first call that comes too early, in words.
fn too_early(calls: &[Call]) -> Option<String> {
    // Files with bytes that are not forced to the disk, and names that are not.
    let (mut bytes, mut names) = (BTreeSet::new(), BTreeSet::new());
    for (number, Call { kind, name }) in calls.iter().enumerate() {
        let name = name.as_str();
        let journal = format!("{name}-journal");
        let run = name.strip_suffix("-journal");
        let early = match kind {
            'w' if bytes.contains(journal.as_str()) || names.contains(journal.as_str()) => {
                Some("written while its journal may be lost")
            }
            'u' if run.is_some_and(|run| bytes.contains(run)) => Some("removed while the run may be lost"),
            // Of temporary files one at a time is written; it is the one that gets the name.
            'm' if bytes.iter().any(|name: &String| name.ends_with(".part")) => {
                Some("renamed before it was whole")
            }
            _ => None,
        };
        if let Some(early) = early {
            return Some(format!("call {number}, {kind} {name}: {early}"));
        }
        match kind {
            'w' | 't' if !name.ends_with(".lock") => drop(bytes.insert(name.to_owned())),
            'c' if run.is_some() => drop(names.insert(name.to_owned())),
            'm' | 'u' => {
                bytes.remove(name);
                names.insert(name.to_owned());
            }
            'f' if is_folder(name) => names.clear(),
            'f' => drop(bytes.remove(name)),
            _ => {}
        }
    }
    let at_the_end =
        bytes.iter().chain(&names).find(|name| ![".part", ".lock"].iter().any(|end| name.ends_with(end)));
    at_the_end.map(|name| format!("{name} may be lost after the end"))
}

#[test]
fn nothing_is_relied_on_before_it_was_forced_to_the_disk() {
    let mut family = Family::new("order of writes and syncs");
    for job in &JOBS {
        let bench = Bench::new(job);
        let place = bench.place();
        let calls = calls(&mut (job.command)(place.folder()), place.folder(), CHANGES);
        family.case(job.name, || assert_eq!(too_early(&calls), None));
    }
    family.end();
}

#[test]
fn an_order_that_is_not_safe_is_found() {
    let list = |text: &str| -> Vec<Call> {
        let call = |part: &str| Call { kind: part.chars().next().unwrap(), name: part[1..].to_owned() };
        text.split(' ').map(call).collect()
    };
    let safe = "ca-journal wa-journal fa-journal f. wa-journal fa-journal wa fa ua-journal f.";
    assert_eq!(too_early(&list(safe)), None);
    assert_eq!(too_early(&list("ca.part wa.part fa.part ma f.")), None);
    for (order, expected) in [
        ("ca-journal wa-journal fa-journal wa fa ua-journal f.", "written while its journal"),
        ("ca-journal f. wa-journal wa fa ua-journal f.", "written while its journal"),
        ("ca-journal wa-journal fa-journal f. wa ua-journal f.", "removed while the run"),
        ("ca-journal wa-journal fa-journal f. wa fa ua-journal", "a-journal may be lost"),
        ("ca.part wa.part ma f.", "renamed before it was whole"),
        ("ca.part wa.part fa.part ma", "a may be lost after the end"),
    ] {
        let found = too_early(&list(order)).unwrap_or_default();
        assert!(found.contains(expected), "{order}: {found}");
    }
}
