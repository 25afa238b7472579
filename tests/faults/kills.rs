//! `kill -9` at random moments, in chains, then the end: the same as if nothing had happened.

use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use hspin::rng::{Role, stream};
use hspin::studies::surfaces::Surfaces;
use hspin::study::verify;
use rand::RngExt;

use crate::family::Family;
use crate::harness::{Place, dump, hspin, start, succeed, sweep, units, wait_until};

/// A run to be killed: many small units, so that a kill falls as often into a commit as between two.
struct Victim {
    name: &'static str,
    command: fn(&Path) -> Command,
    /// Share of all kills, in sixths.
    sixths: usize,
}

const VICTIMS: [Victim; 3] = [
    Victim {
        name: "sweep",
        command: |run| sweep(run, "--dims 16,24 --starts 200 --instances 10 --trace"),
        sixths: 4,
    },
    Victim {
        name: "saddle search",
        command: |run| sweep(run, "--dims 12 --starts 60 --instances 20 --protocol saddle"),
        sixths: 1,
    },
    Victim {
        name: "census",
        command: |run| {
            let mut command = hspin("census --spins 3 --dim 7 --instances 40 --out");
            command.arg(run);
            command
        },
        sixths: 1,
    },
];

const LONGEST_CHAIN: usize = 5;

/// What the kills of a family met.
#[derive(Debug, Default)]
struct Met {
    kills: usize,
    /// The process was still there.
    hit: usize,
    /// There was no run yet.
    before_the_run: usize,
    /// Units were there before the process that was killed began.
    resumes: usize,
    /// Some but not all units were there after it.
    partial: usize,
}

/// When a process is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// So long after it was started.
    Early(Duration),
    /// So long after this share of four fifths of what is left was stored.
    Late(f64, Duration),
}

/// A tenth while starting, a fifth while resuming (or starting, where there is nothing to resume), the rest at work.
fn moment(rng: &mut impl RngExt) -> Moment {
    let (kind, pause): (f64, f64) = (rng.random(), rng.random());
    match kind {
        kind if kind < 0.1 => Moment::Early(Duration::from_secs_f64(0.005 * pause)),
        kind if kind < 0.3 => Moment::Early(Duration::from_secs_f64(0.02 * pause)),
        _ => Moment::Late(rng.random(), Duration::from_secs_f64(0.01 * pause)),
    }
}

/// A victim and how its run looks when nobody kills it.
struct Scene {
    victim: &'static Victim,
    place: Place,
    expected: String,
    planned: usize,
    size: u64,
}

/// Bytes of a file, 0 where there is none.
fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |meta| meta.len())
}

impl Scene {
    fn new(victim: &'static Victim) -> Self {
        let place = Place::new();
        let whole = place.path("whole.run");
        succeed(&mut (victim.command)(&whole));
        let (expected, planned) = (dump(&whole), units(&whole));
        Self { victim, size: size(&whole), place, expected, planned }
    }

    /// Kills a process that begins or resumes the run; what was stored stays.
    fn kill(&self, run: &Path, commits: &str, moment: Moment, met: &mut Met) {
        let before = units(run);
        let mut child = start((self.victim.command)(run).env("HSPIN_COMMIT", commits));
        match moment {
            Moment::Early(pause) => sleep(pause),
            Moment::Late(share, pause) => {
                // Its size tells how far it is. Looking into it would hold it up, between its many commits.
                let left = self.size.saturating_sub(size(run)) as f64;
                let wanted = size(run) + (0.8 * share * left) as u64;
                wait_until("it has grown", || size(run) >= wanted || child.try_wait().unwrap().is_some());
                sleep(pause);
            }
        }
        child.kill().unwrap();
        met.kills += 1;
        met.hit += usize::from(child.wait().unwrap().code().is_none());
        met.before_the_run += usize::from(!run.exists());
        met.resumes += usize::from(before > 0);
        let after = units(run);
        met.partial += usize::from(0 < after && after < self.planned);
        assert!(after >= before, "{before} units were stored, {after} are left");
        if run.exists() {
            let found = verify::<Surfaces>(run).unwrap();
            assert!(found.ok && found.units == after as u64, "{found:?}");
        }
    }

    fn ends_well(&self, run: &Path) {
        succeed(&mut (self.victim.command)(run));
        assert!(dump(run) == self.expected, "the content differs");
    }

    fn chains(&self, kills: usize, family: &mut Family) {
        let mut met = Met::default();
        for chain in 0.. {
            let mut rng = stream(7, Role::Probe, &[self.planned as u64, chain]);
            let links = rng.random_range(1..=LONGEST_CHAIN).min(kills - met.kills);
            if links == 0 {
                break;
            }
            let run = self.place.path(&format!("{chain}.run"));
            let commits = ["group", "unit"][chain as usize % 2];
            for link in 1..=links {
                family.case(&format!("{} chain {chain} kill {link}", self.victim.name), || {
                    self.kill(&run, commits, moment(&mut rng), &mut met);
                    if link == links {
                        self.ends_well(&run);
                    }
                });
            }
            std::fs::remove_file(&run).unwrap();
        }
        println!("{}: {met:?}", self.victim.name);
        assert!(
            2 * met.hit >= met.kills && 4 * met.partial >= met.kills,
            "the moments miss the run: {met:?}"
        );
        assert!(met.kills < 40 || 10 * met.resumes >= met.kills, "too few resumes: {met:?}");
    }
}

fn kill_at_random_moments(kills: usize, name: &'static str) {
    let mut family = Family::new(name);
    for victim in &VICTIMS {
        Scene::new(victim).chains(kills * victim.sixths / 6, &mut family);
    }
    family.end();
}

#[test]
fn sixty_kills_at_random_moments_lose_nothing() {
    kill_at_random_moments(60, "kill -9 at random moments, a sample");
}

#[test]
#[ignore = "long: a thousand kills"]
fn a_thousand_kills_at_random_moments_lose_nothing() {
    kill_at_random_moments(1002, "kill -9 at random moments");
}
