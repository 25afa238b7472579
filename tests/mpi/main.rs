//! One run by several processes is the run of one. Needs `mpirun`; ranks outnumber cores here.
#![allow(missing_docs)]

#[path = "../networks_run/digits.rs"]
mod digits;
#[allow(dead_code)]
#[path = "../process/harness.rs"]
mod harness;
mod networks;
mod shard;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use harness::{Place, about, dump, errors, hearing, hspin, start, succeed, sweep, units, wait_until};

const SWEEP: &str = "--dims 10,25,40 --starts 110 --instances 2 --seed 3 --trace";
/// Long enough to be disturbed.
const LONG: &str = "--dims 30,50 --starts 300 --seed 11 --trace";

/// The same command by so many ranks.
fn ranks(count: usize, command: &Command) -> Command {
    let mut together = Command::new("mpirun");
    together.args(["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", &count.to_string()]);
    together.arg(command.get_program()).args(command.get_args()).stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => together.env(name, value),
            None => together.env_remove(name),
        };
    }
    hearing(&together)
}

fn slowly(run: &Path) -> Command {
    let mut command = sweep(run, LONG);
    command.args(["--threads", "1"]).env("HSPIN_ISA", "scalar");
    command
}

/// The process that is this rank of the job that writes `run`.
fn process_of(rank: usize, run: &Path) -> Option<String> {
    let wanted = format!("OMPI_COMM_WORLD_RANK={rank}");
    let is_it = |process: &Path| {
        let has = |file: &str, text: &str| {
            let bytes = fs::read(process.join(file)).unwrap_or_default();
            bytes.split(|&byte| byte == 0).any(|part| part == text.as_bytes())
        };
        has("environ", &wanted) && has("cmdline", &run.to_string_lossy())
    };
    let processes = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
    let found = processes
        .filter(|process| is_it(process))
        .find_map(|process| process.file_name().map(|name| name.to_string_lossy().into_owned()));
    found.filter(|name| name.parse::<u32>().is_ok())
}

/// Sends a signal to one rank of the job that writes `run`.
fn strike(rank: usize, run: &Path, signal: &str) -> impl Fn(&Child) {
    let (run, signal) = (run.to_owned(), signal.to_owned());
    move |_| send(&signal, &process_of(rank, &run).expect("the job runs"))
}

fn send(signal: &str, process: &str) {
    assert!(Command::new("kill").args([signal, process]).status().unwrap().success());
}

/// Starts a job, disturbs it once something is stored, and waits for the end.
fn disturbed(job: &mut Command, stored: &dyn Fn() -> usize, disturb: &dyn Fn(&Child)) -> Output {
    let mut job = start(job);
    wait_until("units are stored", || stored() >= 2 || job.try_wait().unwrap().is_some());
    disturb(&job);
    let begin = Instant::now();
    let output = job.wait_with_output().unwrap();
    assert!(begin.elapsed() < Duration::from_secs(20), "the job hangs");
    output
}

fn whole(place: &Place) -> String {
    let run = place.path("whole.run");
    succeed(&mut sweep(&run, LONG));
    dump(&run)
}

#[test]
fn one_two_three_and_five_ranks_with_any_threads_write_the_run_of_one_process() {
    let place = Place::quick();
    let alone = place.path("alone.run");
    succeed(sweep(&alone, SWEEP).args(["--threads", "2"]));
    for (count, threads) in [(1, "2"), (2, "1"), (2, "3"), (3, "1"), (5, "2")] {
        let run = place.path(&format!("{count}-{threads}.run"));
        let said = succeed(&mut ranks(count, sweep(&run, SWEEP).args(["--threads", threads])));
        assert_eq!(dump(&run), dump(&alone), "{count} ranks of {threads} threads");
        assert_eq!(said.matches(": complete").count(), 1, "{said}");
    }
}

#[test]
fn a_census_and_a_saddle_search_are_shared_too() {
    let place = Place::quick();
    for flags in ["census --spins 3 --dim 7 --instances 9", "sweep --dims 12 --starts 90 --protocol saddle"] {
        let [alone, together] = ["alone", "together"]
            .map(|name| place.path(&format!("{}-{name}.run", flags.split(' ').next().unwrap())));
        succeed(hspin(flags).arg("--out").arg(&alone));
        succeed(&mut ranks(3, hspin(flags).arg("--out").arg(&together)));
        assert_eq!(dump(&together), dump(&alone), "{flags}");
    }
}

#[test]
fn messages_are_few() {
    let place = Place::quick();
    let output = ranks(3, &sweep(&place.path("a.run"), "--dims 30 --starts 2000")).output().unwrap();
    let text = errors(&output);
    let line = text.lines().find(|line| line.starts_with("3 ranks: ")).unwrap_or_else(|| panic!("{text}"));
    let number = |before: &str| {
        let words: Vec<&str> = line.split([' ', ',']).filter(|word| !word.is_empty()).collect();
        let at = words.iter().position(|&word| word == before).unwrap();
        words[at - 1].parse::<usize>().unwrap()
    };
    let (units, messages) = (number("units"), number("messages"));
    println!("{line}");
    assert!(units > 0 && messages <= 2 * units + 20, "{line}");
}

#[test]
fn a_killed_rank_ends_the_job_and_another_number_of_ranks_finishes_it() {
    let place = Place::quick();
    let expected = whole(&place);
    for (killed, count, next) in [(1, 3, 2), (0, 2, 3)] {
        let run = place.path(&format!("killed-{killed}.run"));
        let job = &mut ranks(count, &slowly(&run));
        let output = disturbed(job, &|| units(&run), &strike(killed, &run, "-KILL"));
        assert_ne!(output.status.code(), Some(0), "{}", errors(&output));
        let stored = units(&run);
        assert!((2..30).contains(&stored), "{stored} of 30 units");
        succeed(&mut about("verify", &run, "--deep"));
        succeed(&mut ranks(next, &sweep(&run, LONG)));
        assert!(dump(&run) == expected, "rank {killed} of {count} killed, {next} ranks finish");
    }
}

#[test]
fn a_signal_to_any_rank_stops_all_and_the_run_can_be_finished() {
    let place = Place::quick();
    let expected = whole(&place);
    for (rank, signal, code) in [(0, "-INT", 130), (1, "-TERM", 143)] {
        let run = place.path(&format!("stopped{signal}.run"));
        let job = &mut ranks(2, &slowly(&run));
        let output = disturbed(job, &|| units(&run), &strike(rank, &run, signal));
        assert_eq!(output.status.code(), Some(code), "{}", errors(&output));
        assert!(units(&run) < 30);
        succeed(&mut sweep(&run, LONG));
        assert!(dump(&run) == expected, "{signal} to rank {rank}");
    }
}

#[test]
fn ctrl_c_to_mpirun_leaves_nobody_behind_and_the_run_can_be_finished() {
    let place = Place::quick();
    let expected = whole(&place);
    let run = place.path("a.run");
    let interrupt = |job: &Child| send("-INT", &job.id().to_string());
    let output = disturbed(&mut ranks(2, &slowly(&run)), &|| units(&run), &interrupt);
    assert_ne!(output.status.code(), Some(0), "{}", errors(&output));
    // mpirun kills ranks that take their time, and may be gone a moment before them.
    wait_until("all ranks are gone", || (0..2).all(|rank| process_of(rank, &run).is_none()));
    let stored = units(&run);
    assert!((2..30).contains(&stored), "{stored} of 30 units");
    succeed(&mut about("verify", &run, ""));
    succeed(&mut ranks(3, &sweep(&run, LONG)));
    assert!(dump(&run) == expected);
}

#[test]
fn what_is_stored_can_be_looked_at_while_ranks_work() {
    let place = Place::quick();
    let run = place.path("a.run");
    let mut job = start(&mut ranks(2, &slowly(&run)));
    wait_until("units are stored", || units(&run) >= 2 || job.try_wait().unwrap().is_some());
    let shown = harness::json(&mut about("show", &run, "--json"));
    assert!(job.try_wait().unwrap().is_none(), "the job ended before it was looked at");
    assert!(shown["units"]["done"].as_u64().unwrap() >= 2, "{shown}");
    let process = process_of(0, &run).unwrap();
    assert!(Command::new("kill").args(["-TERM", &process]).status().unwrap().success());
    assert!(!job.wait().unwrap().success());
}

#[test]
fn every_rank_reads_the_couplings_and_one_with_others_is_refused() {
    let place = Place::quick();
    let runs = ["a", "b"].map(|seed| {
        let run = place.path(&format!("{seed}.run"));
        let number = if seed == "a" { "1" } else { "2" };
        succeed(sweep(&run, "--dims 12 --starts 20").args(["--seed", number]));
        let out = place.path(seed);
        let export = "--dim 12 --instance 0 --couplings --out";
        succeed(about("export", &run, export).arg(&out));
        out.join("couplings.npy")
    });
    let own = |run: &str, couplings: &Path| {
        let mut command = sweep(&place.path(run), "--starts 90");
        command.arg("--couplings").arg(couplings);
        command
    };
    succeed(&mut own("alone.run", &runs[0]));
    succeed(&mut ranks(3, &own("together.run", &runs[0])));
    assert_eq!(dump(&place.path("together.run")), dump(&place.path("alone.run")));
    let other = own("mixed.run", &runs[1]);
    let mut mixed = ranks(1, &own("mixed.run", &runs[0]));
    mixed.args([":", "-n", "1"]).arg(other.get_program()).args(other.get_args());
    let output = mixed.output().unwrap();
    let text = errors(&output);
    assert_eq!(output.status.code(), Some(3), "{text}");
    let told = "hspin: rank 1: its couplings file is not that of the run";
    // What mpirun has to say may follow on the same line.
    let lines = text.lines().filter(|line| line.starts_with("hspin: "));
    assert_eq!(lines.map(|line| line.trim_end_matches('-')).collect::<Vec<_>>(), [told]);
}

#[test]
fn what_is_not_shared_is_refused_once() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, "--dims 5 --starts 20"));
    let output = ranks(3, &about("show", &run, "")).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
    assert_eq!(
        errors(&output)
            .matches("only sweep, census, sample, paths and networks sweep share their work")
            .count(),
        1
    );
    let dry = succeed(&mut ranks(2, &sweep(&place.path("b.run"), "--dims 5 --starts 20 --dry-run")));
    assert_eq!(dry.lines().count(), 3, "{dry}");
}
