//! Many ranks write the run of one process.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::scope;

use hspin::hamiltonian::Isa;
use hspin::study::cluster::{Post, RankInputs, dismiss, lead, serve};
use hspin::study::{Commits, Job, Resources, Stop, Store};

use crate::harness::{Place, succeed};
use crate::list::{Known, LIST};

/// A rank's end of channels between all of them.
struct Channels {
    rank: usize,
    to: Vec<Sender<(usize, Vec<u8>)>>,
    from: Receiver<(usize, Vec<u8>)>,
}

impl Post for Channels {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.to.len()
    }

    fn send(&self, to: usize, message: &[u8]) {
        // The other may have left.
        let _ = self.to[to].send((self.rank, message.to_vec()));
    }

    fn receive(&self) -> Option<(usize, Vec<u8>)> {
        self.from.try_recv().ok()
    }
}

/// Computes a run of the same spec by so many ranks of one thread each, which talk over channels; units that came from others
/// than the first.
pub fn by_ranks<S: Known>(like: &Path, out: &Path, ranks: usize) -> u64 {
    let spec = Store::<S>::open_read(like).unwrap().spec().clone();
    let mut store = Store::<S>::create(out, &spec).unwrap();
    let given = S::given();
    let given = S::narrowed(&spec, &given).unwrap_or(given);
    let commits = Commits::Grouped;
    let resources = Resources { threads: 1, isa: Isa::best(), batch: 48, memory: 1 << 30, shard: 1, commits };
    let (to, from): (Vec<_>, Vec<_>) = (0..ranks).map(|_| channel()).unzip();
    let mut posts = from.into_iter().enumerate().map(|(rank, from)| Channels { rank, to: to.clone(), from });
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
