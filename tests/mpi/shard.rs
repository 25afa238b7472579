//! Groups of processes that hold surfaces together.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::harness::{Place, about, dump, errors, refused, start, succeed, sweep, units, wait_until};
use super::{LONG, SWEEP, disturbed, ranks, slowly, strike, whole};

#[test]
fn groups_of_any_size_write_the_run_of_one_process() {
    let place = Place::quick();
    let alone = place.path("alone.run");
    succeed(sweep(&alone, SWEEP).args(["--threads", "2"]));
    for (count, group, threads) in [(2, "2", "1"), (4, "2", "2"), (3, "3", "1")] {
        let run = place.path(&format!("{count}-{group}.run"));
        let flags = ["--shard", group, "--threads", threads];
        succeed(&mut ranks(count, sweep(&run, SWEEP).args(flags)));
        assert_eq!(dump(&run), dump(&alone), "{count} ranks in groups of {group}, {threads} threads each");
    }
}

#[test]
fn orders_four_and_saddle_searches_keep_their_bits_too() {
    let place = Place::quick();
    for (name, flags) in
        [("four", "--dims 14 --spins 4 --starts 60"), ("saddle", "--dims 12 --starts 40 --protocol saddle")]
    {
        let [alone, together] = ["alone", "together"].map(|how| place.path(&format!("{name}-{how}.run")));
        succeed(&mut sweep(&alone, flags));
        succeed(&mut ranks(2, sweep(&together, flags).args(["--shard", "2", "--threads", "2"])));
        assert_eq!(dump(&together), dump(&alone), "{flags}");
    }
}

#[test]
fn own_couplings_are_read_by_every_process_of_a_group() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(sweep(&run, "--dims 12 --starts 20").args(["--seed", "1"]));
    let out = place.path("a");
    succeed(about("export", &run, "--dim 12 --instance 0 --couplings --out").arg(&out));
    let own = |name: &str, flags: &str| {
        let mut command = sweep(&place.path(name), flags);
        command.arg("--couplings").arg(out.join("couplings.npy"));
        command
    };
    succeed(&mut own("alone.run", "--starts 50"));
    succeed(&mut ranks(2, &own("together.run", "--starts 50 --shard 2 --threads 1")));
    assert_eq!(dump(&place.path("together.run")), dump(&place.path("alone.run")));
}

#[test]
fn a_death_or_a_signal_in_a_group_ends_the_job_and_others_finish_it() {
    let place = Place::quick();
    let expected = whole(&place);
    let groups = |count: usize, group: &str, run: &Path| {
        ranks(count, sweep(run, LONG).args(["--shard", group, "--threads", "1"]))
    };
    // Of two groups of two, 1 and 3 hold chunks for 0 and 2.
    for (rank, signal, code) in [(1, "-KILL", None), (0, "-KILL", None), (3, "-TERM", Some(143))] {
        let run = place.path(&format!("{rank}{signal}.run"));
        let job = &mut ranks(4, slowly(&run).args(["--shard", "2"]));
        let output = disturbed(job, &|| units(&run), &strike(rank, &run, signal));
        let ended = output.status.code();
        assert!(ended != Some(0) && code.is_none_or(|code| ended == Some(code)), "{}", errors(&output));
        let stored = units(&run);
        assert!((2..30).contains(&stored), "{stored} of 30 units");
        match rank {
            0 => succeed(&mut groups(3, "3", &run)),
            _ => succeed(&mut sweep(&run, LONG)),
        };
        assert!(dump(&run) == expected, "{signal} to rank {rank}");
    }
}

#[test]
fn groups_that_cannot_be_are_refused_in_one_line() {
    let place = Place::quick();
    let of = |flags: &str| sweep(&place.path("a.run"), &format!("--dims 9 --starts 20 {flags}"));
    let alone = refused(&mut of("--shard 2"), 2);
    assert_eq!(
        alone,
        "hspin: shard = 2: 1 for one process: a larger number needs several processes (mpirun)"
    );
    for bad in ["0", "17", "-1", "two"] {
        let told = refused(&mut of(&format!("--shard {bad}")), 2);
        assert!(told.contains("--shard") && told.contains("a whole number from 1 to 16"), "{told}");
    }
    let told = |flags: &str, count: usize| {
        let output = ranks(count, &of(flags)).output().unwrap();
        let text = errors(&output);
        // What mpirun has to say may follow on the same line.
        let lines = text.lines().filter(|line| line.starts_with("hspin: "));
        let lines: Vec<&str> = lines.map(|line| line.trim_end_matches('-')).collect();
        assert_eq!(lines.len(), 1, "{text}");
        assert!(output.stdout.is_empty() && output.status.code() == Some(2), "{text}");
        lines[0].to_owned()
    };
    assert_eq!(told("--shard 2", 3), "hspin: shard = 2: a divisor of the number of processes, 3");
    assert_eq!(told("--shard 2 --device cuda", 2), "hspin: shard = 2: 1 with device cuda");
    let census = refused(&mut super::hspin("census --dim 5 --shard 2"), 2);
    assert!(census.contains("--shard"), "{census}");
    assert!(!place.path("a.run").exists());
}

#[test]
fn a_dry_run_says_what_each_process_needs_and_how_many_would_do() {
    let place = Place::quick();
    let of =
        |flags: &str| sweep(&place.path("a.run"), &format!("--dims 400 --starts 20 --threads 1 {flags}"));
    let memory = |text: &str| text.lines().next().unwrap().to_owned();
    let needed = |command: &mut Command| {
        super::harness::json(command.arg("--json"))["memory_bytes"].as_u64().unwrap() as f64
    };
    let one = needed(&mut of("--dry-run"));
    let two = needed(&mut of("--dry-run --shard 2"));
    let values = 400.0 * 401.0 * 801.0 / 6.0;
    // Three tensors of f32, of which nine sixteenths stay where most is.
    assert!(((one - two) / (12.0 * values * 7.0 / 16.0) - 1.0).abs() < 0.1, "{one} {two}");
    assert!(memory(&succeed(&mut of("--dry-run --shard 2"))).ends_with("for each process of a group of 2"));
    let said = succeed(&mut ranks(2, &of("--dry-run --shard 2")));
    assert!(memory(&said).ends_with("for each process of a group of 2"), "{said}");
}

#[test]
fn a_group_that_waits_takes_no_core() {
    let place = Place::quick();
    let run = place.path("a.run");
    let mut job = start(&mut ranks(2, slowly(&run).args(["--shard", "2"])));
    wait_until("units are stored", || units(&run) >= 2 || job.try_wait().unwrap().is_some());
    let leader = super::process_of(0, &run).expect("the job runs");
    let member = super::process_of(1, &run).expect("the job runs");
    let signal = |name: &str, process: &str| {
        assert!(Command::new("kill").args([name, process]).status().unwrap().success());
    };
    let ticks = |process: &str| -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    signal("-STOP", &leader);
    std::thread::sleep(Duration::from_millis(300));
    let before = ticks(&member);
    std::thread::sleep(Duration::from_millis(1000));
    let spent = ticks(&member) - before;
    signal("-CONT", &leader);
    signal("-TERM", &leader);
    assert!(!job.wait().unwrap().success());
    assert!(spent <= 25, "{spent} % of a core while there is nothing to do");
}
