//! INT, TERM, HUP, USR1, USR2, XCPU at random moments: a clean end in two seconds, and the same command goes on.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use hspin::rng::{Role, stream};
use hspin::studies::surfaces::Surfaces;
use hspin::study::verify;
use rand::RngExt;

use crate::family::Family;
use crate::harness::{
    Place, about, dump, errors, hearing, hspin, signal, start, succeed, sweep, units, wait_until,
};

/// A run of about half a second.
const FLAGS: &str = "--dims 40,80 --starts 380 --trace";
/// Time enough for a clean end, of 99 of 100.
const CLEAN_END: Duration = Duration::from_secs(2);
const SIGNALS: [(&str, i32); 6] =
    [("INT", 2), ("TERM", 15), ("HUP", 1), ("USR1", 10), ("USR2", 12), ("XCPU", 24)];

/// What the signals met.
#[derive(Debug, Default)]
struct Met {
    took: Vec<Duration>,
    /// Ended by the system's own way, before the program could listen.
    at_start_up: usize,
    /// Came after the last unit.
    too_late: usize,
    partial: usize,
}

impl Met {
    /// The time that all but one in a hundred stay within.
    fn p99(&mut self) -> Duration {
        self.took.sort();
        self.took[(self.took.len() * 99).div_ceil(100) - 1]
    }
}

struct Scene {
    place: Place,
    length: Duration,
    expected: String,
    planned: usize,
}

/// Starts end few at a time, so that units are stored all along.
fn in_small_batches(run: &Path) -> Command {
    let mut command = sweep(run, FLAGS);
    command.env("HSPIN_BATCH", "16");
    command
}

impl Scene {
    fn new() -> Self {
        let place = Place::new();
        let whole = place.path("whole.run");
        let begin = Instant::now();
        succeed(&mut in_small_batches(&whole));
        let length = begin.elapsed();
        Self { length, expected: dump(&whole), planned: units(&whole), place }
    }

    /// `pause` is the time to a second signal, if there is one.
    fn one(&self, run: &Path, number: u64, pause: Option<Duration>, met: &mut Met) {
        let mut rng = stream(31, Role::Probe, &[number]);
        let (name, code) = SIGNALS[number as usize % SIGNALS.len()];
        let moment: f64 = rng.random();
        // Units one by one, so that there is something between none and all.
        let child = start(&mut hearing(in_small_batches(run).env("HSPIN_COMMIT", "unit")));
        sleep(self.length.mul_f64(0.8 * moment));
        let begin = Instant::now();
        signal(&child, name);
        if let Some(pause) = pause {
            sleep(pause);
            signal(&child, name);
        }
        let output = child.wait_with_output().unwrap();
        met.took.push(begin.elapsed());
        let (text, stored) = (errors(&output), units(run));
        match (output.status.code(), output.status.signal()) {
            (Some(0), _) => {
                met.too_late += 1;
                assert_eq!(stored, self.planned, "exit 0 with data missing: {text}");
            }
            (None, Some(ending)) if ending == code => met.at_start_up += 1,
            (Some(ending), _) => {
                assert_eq!(ending, 128 + code, "{name}: {text}");
                // A second signal leaves no time for a last line.
                let last = text.lines().last().unwrap_or_default();
                let expected = format!("hspin: stopped by signal {code}; the same command resumes");
                assert!(pause.is_some() || last == expected, "{name}: {text}");
            }
            other => panic!("{name}: {other:?} {text}"),
        }
        met.partial += usize::from(0 < stored && stored < self.planned);
        if run.exists() {
            assert!(verify::<Surfaces>(run).unwrap().ok);
        }
        succeed(&mut sweep(run, FLAGS));
        assert!(dump(run) == self.expected, "{name}: the content differs");
        std::fs::remove_file(run).unwrap();
    }
}

fn signals_at_random_moments(number: u64, long: bool) {
    let name = if long { "signals at random moments" } else { "signals at random moments, a sample" };
    let (scene, mut met, mut family) = (Scene::new(), Met::default(), Family::new(name));
    for case in 0..number {
        let run = scene.place.path("a.run");
        let pause = (case % 4 == 3).then(|| Duration::from_millis(case % 20));
        family.case(&format!("signal {case}"), || scene.one(&run, case, pause, &mut met));
    }
    let p99 = met.p99();
    println!("{name}: 99 % end within {p99:?}; {met:?}");
    assert!(p99 <= CLEAN_END, "{p99:?}");
    assert!(5 * met.partial >= number as usize, "the moments miss the run: {met:?}");
    family.end();
}

#[test]
fn a_signal_at_a_random_moment_ends_cleanly_and_the_same_command_resumes() {
    signals_at_random_moments(20, false);
}

#[test]
#[ignore = "long: a hundred signals"]
fn a_hundred_signals_at_random_moments_end_cleanly_and_the_same_command_resumes() {
    signals_at_random_moments(100, true);
}

#[test]
fn a_signal_is_heard_while_large_couplings_are_drawn_and_a_second_one_ends_at_once() {
    let place = Place::new();
    // Drawing these takes seconds.
    let large = "--spins 4 --dims 120 --samples 8 --starts 40";
    for (signals, patience) in [(1, CLEAN_END), (2, CLEAN_END / 4)] {
        let run = place.path(&format!("{signals}.run"));
        let child = start(&mut hearing(&sweep(&run, large)));
        wait_until("the run is there", || run.exists());
        sleep(Duration::from_millis(100));
        let begin = Instant::now();
        for _ in 0..signals {
            signal(&child, "INT");
            sleep(Duration::from_millis(20));
        }
        let output = child.wait_with_output().unwrap();
        let took = begin.elapsed();
        assert_eq!(output.status.code(), Some(130));
        assert!(took < patience, "{signals} signals: {took:?}");
        assert_eq!(units(&run), 0);
    }
}

/// How a command ends that gets a signal once two more units are stored. On a busy machine the signal may come after the
/// last unit: then the run is put back as it was and the command started anew.
fn stopped_on_the_way(run: &Path, command: impl Fn() -> Command, name: &str) -> Option<i32> {
    let before = std::fs::read(run).ok();
    let stored = units(run);
    for _ in 0..30 {
        let mut child = start(&mut command());
        wait_until("units are stored", || units(run) >= stored + 2 || child.try_wait().unwrap().is_some());
        if child.try_wait().unwrap().is_none() {
            signal(&child, name);
        }
        let code = child.wait_with_output().unwrap().status.code();
        if code != Some(0) {
            return code;
        }
        match &before {
            Some(bytes) => std::fs::write(run, bytes).unwrap(),
            None => std::fs::remove_file(run).unwrap(),
        }
    }
    panic!("it always ends before the signal comes");
}

#[test]
fn a_census_that_is_stopped_keeps_its_surfaces_and_resumes() {
    const CENSUS: &str = "census --spins 3 --dim 9 --instances 40 --threads 1 --out";
    let place = Place::new();
    let (whole, run) = (place.path("whole.run"), place.path("a.run"));
    let census = |run: &Path| {
        let mut command = hspin(CENSUS);
        command.arg(run);
        command
    };
    succeed(&mut census(&whole));
    for (name, code) in SIGNALS {
        let ended = stopped_on_the_way(&run, || hearing(&census(&run)), name);
        assert_eq!(ended, Some(128 + code), "{name}");
        let stored = units(&run);
        assert!((2..40).contains(&stored), "{name}: {stored} of 40");
        let shown = succeed(&mut about("show", &run, ""));
        assert!(shown.contains("of 40 units done, the same census resumes"), "{shown}");
    }
    succeed(&mut census(&run));
    assert!(dump(&run) == dump(&whole));
}

#[test]
fn under_nohup_a_hang_up_is_ignored() {
    let place = Place::new();
    let run = place.path("a.run");
    let mut nohup = Command::new("nohup");
    let plain = sweep(&run, "--dims 30 --starts 200");
    nohup.arg(plain.get_program()).args(plain.get_args()).stdin(Stdio::null());
    let child = start(&mut nohup);
    wait_until("units are stored", || units(&run) >= 1);
    signal(&child, "HUP");
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(units(&run), 10);
}

#[test]
fn what_a_shell_told_it_to_ignore_is_ignored() {
    let place = Place::new();
    for name in ["INT", "USR1", "XCPU"] {
        let run = place.path(name);
        // As a script does for a command in the background.
        let mut shell = Command::new("bash");
        shell.args(["-c", &format!("trap '' {name}; exec \"$0\" \"$@\"")]);
        let plain = hearing(&sweep(&run, "--dims 30 --starts 200"));
        let program = plain.get_args().nth(1).unwrap();
        shell.arg(program).args(plain.get_args().skip(2)).stdin(Stdio::null());
        let child = start(&mut shell);
        wait_until("units are stored", || units(&run) >= 1);
        signal(&child, name);
        assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0), "{name}");
        assert_eq!(units(&run), 10);
    }
}
