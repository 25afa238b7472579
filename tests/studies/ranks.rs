//! Many ranks write the run of one process.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::scope;

use hspin::study::cluster::{RankInputs, dismiss, lead, serve};
use hspin::study::{Job, Resources, Stop, Store};

use crate::channels::Channels;
use crate::harness::{Place, succeed};
use crate::list::{Known, LIST};

/// Computes a run of the same spec by so many ranks of one thread each, which talk over channels; units that came from others
/// than the first.
pub fn by_ranks<S: Known>(like: &Path, out: &Path, ranks: usize) -> u64 {
    let spec = Store::<S>::open_read(like).unwrap().spec().clone();
    let mut store = Store::<S>::create(out, &spec).unwrap();
    let given = S::given();
    let given = S::narrowed(&spec, &given).unwrap_or(given);
    let resources = Resources { memory: 1 << 30, ..Resources::of_threads(1) };
    let mut posts = Channels::between(ranks).into_iter();
    let first = posts.next().unwrap();
    let stop = Stop::default();
    let (given, resources) = (&given, &resources);
    let job = Job::<S> { spec: &spec, given, resources, observer: &(), stop: &stop };
    scope(|threads| {
        for post in posts {
            threads.spawn(move || {
                serve::<S>(&post, Ok(RankInputs { given, resources: *resources }), &Stop::default()).unwrap();
            });
        }
        let traffic = lead(&first, &mut store, &job).unwrap();
        dismiss(&first);
        traffic.units
    })
}

#[test]
fn any_number_of_ranks_writes_the_run_of_one() {
    for entry in &LIST {
        let place = Place::quick();
        let whole = entry.copy_to(&place, "whole.run");
        let mut shared = 0;
        for ranks in [2, 4] {
            let run = place.path(&format!("{ranks}.run"));
            shared += (entry.inside.by_ranks)(&whole, &run, ranks);
            assert_eq!(entry.hash(&run), entry.whole().hash, "{}: {ranks} ranks", entry.command);
        }
        assert!(shared > 0, "{}: no rank helped the first", entry.command);
    }
}

#[test]
#[cfg_attr(not(feature = "mpi"), ignore = "needs the feature mpi and mpirun")]
fn two_processes_of_mpi_write_the_run_of_one() {
    for entry in &LIST {
        let place = Place::quick();
        let run = place.path("a.run");
        for flags in [entry.small, entry.whole] {
            let alone = entry.sweep(&run, flags);
            let mut together = Command::new("mpirun");
            together.args(["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", "2"]);
            together.arg(alone.get_program()).args(alone.get_args()).args(["--threads", "1"]);
            succeed(together.stdin(Stdio::null()));
        }
        assert_eq!(entry.hash(&run), entry.whole().hash, "{}", entry.command);
    }
}
