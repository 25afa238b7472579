//! Nothing that was damaged becomes a number, whoever reads it; readers and a writer at once see whole states.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use rusqlite::Connection;

use crate::harness::{Place, about, complaint, errors, hspin, json, refused, succeed, sweep, under_way};

/// A kind of run: what makes it, a table with rows of its records, verbs that read it.
struct Kind {
    name: &'static str,
    make: fn(&Path) -> Command,
    damage: &'static [&'static str],
    readers: &'static [&'static str],
}

fn flags(verb: &str, run: &Path) -> Command {
    let mut command = hspin(verb);
    command.arg("--out").arg(run);
    command
}

const ALTERED: [&str; 5] = [
    "DELETE FROM records WHERE start = 3",
    "UPDATE records SET energy_per_spin = energy_per_spin - 0.5 WHERE start = 3",
    "UPDATE records SET \"index\" = 1 WHERE start = 3",
    "INSERT INTO records SELECT spins, dim, instance, start + 9000, energy, energy_per_spin,
        descent_energy_per_spin, gradient_norm, \"index\", min_eigenvalue, undecided, steps, polish_overlap, outcome
        FROM records WHERE start = 3",
    "UPDATE points SET point = zeroblob(length(point)) WHERE start = 3",
];

const KINDS: [Kind; 5] = [
    Kind {
        name: "sweep",
        make: |run| flags("sweep --dims 5,6 --starts 25 --instances 2", run),
        damage: &ALTERED,
        readers: &[
            "show @",
            "export @ --out out",
            "bands @",
            "report @ --out out.html",
            "figure energy-histogram --format svg --out out --run @",
            "figure hessian-spectrum --format svg --out out --run @",
        ],
    },
    Kind {
        name: "saddle",
        make: |run| flags("sweep --protocol saddle --dims 5 --starts 25", run),
        damage: &ALTERED,
        readers: &["show @", "export @ --out out", "bands @", "report @ --out out.html", "figure index-vs-energy --out out --run @"],
    },
    Kind {
        name: "anneal",
        make: |run| flags("sweep --protocol anneal --sweeps 20 --dims 5 --starts 25 --trace", run),
        damage: &["DELETE FROM traces WHERE start = 3", ALTERED[1]],
        readers: &["show @", "export @ --out out", "bands @", "report @ --out out.html"],
    },
    Kind {
        name: "census",
        make: |run| flags("census --dim 4 --instances 2", run),
        damage: &["DELETE FROM records WHERE start = 0", ALTERED[1], "UPDATE censuses SET certified = 1 - certified"],
        readers: &["show @", "export @ --out out", "bands @", "report @ --out out.html", "figure census-bands --out out --run @"],
    },
    Kind {
        name: "networks",
        make: |run| flags("networks sweep --hidden 3 --networks 20 --epochs 1 --digits 50 --index 0", run),
        damage: &[
            "DELETE FROM networks WHERE network = 3",
            "UPDATE networks SET test_loss = test_loss / 2 WHERE network = 3",
            "INSERT INTO networks SELECT hidden, 9000, train_loss, test_loss, train_errors, test_errors, gradient_norm,
                \"index\", outcome FROM networks WHERE network = 3",
        ],
        readers: &["show @", "export @ --out out", "networks report @", "figure all --out out --run @"],
    },
];

#[test]
fn damaged_records_become_no_number_whoever_reads_them() {
    let place = Place::quick();
    let run = place.path("a.run");
    for kind in &KINDS {
        let whole = place.path(kind.name);
        succeed(&mut (kind.make)(&whole));
        for damage in kind.damage {
            fs::copy(&whole, &run).unwrap();
            assert!(Connection::open(&run).unwrap().execute(damage, []).unwrap() > 0, "{damage}");
            let mut commands: Vec<Command> = kind
                .readers
                .iter()
                .map(|words| {
                    let mut command = hspin("");
                    let path = run.to_str().unwrap();
                    command.args(words.split(' ').map(|word| if word == "@" { path } else { word }));
                    command.current_dir(place.folder());
                    command
                })
                .collect();
            if !damage.starts_with("INSERT") {
                commands.push((kind.make)(&run));
            }
            for mut command in commands {
                let line = refused(&mut command, 4);
                assert!(line.contains("--repair"), "{damage}: {line}");
            }
            assert!(!place.path("out").exists() || fs::read_dir(place.path("out")).unwrap().count() == 0);
        }
    }
}

/// What a table has beyond the plan, or without a record, is damage to whoever opens the run, and at the end of work.
#[test]
fn rows_that_no_unit_accounts_for_are_damage_to_every_command() {
    let place = Place::quick();
    let (run, out) = (place.path("a.run"), place.path("out"));
    let copied = |table: &str, change: &str| {
        let columns = match table {
            "points" => "dim, instance, start, point",
            "traces" => "dim, instance, start, step, energy_per_spin, gradient_norm",
            _ => {
                "spins, dim, instance, start, energy, energy_per_spin, descent_energy_per_spin, gradient_norm, \"index\",
                min_eigenvalue, undecided, steps, polish_overlap, outcome"
            }
        };
        let column = change.split(' ').next().unwrap();
        let values: Vec<_> =
            columns.split(", ").map(|name| if name.trim() == column { change } else { name }).collect();
        format!("INSERT INTO {table} ({columns}) SELECT {} FROM {table} WHERE start < 3", values.join(", "))
    };
    for kind in KINDS.iter().filter(|kind| ["sweep", "anneal", "census"].contains(&kind.name)) {
        let whole = place.path(kind.name);
        succeed(&mut (kind.make)(&whole));
        let mut tables = vec!["records", "points"];
        tables.extend((kind.name == "anneal").then_some("traces"));
        for table in tables {
            for change in ["instance + 77", "start + 5000", "dim + 1000"] {
                fs::copy(&whole, &run).unwrap();
                let damage = copied(table, change);
                let added = Connection::open(&run).unwrap().execute(&damage, []).unwrap();
                assert!(added > 0, "{damage}");
                let verdict = about("verify", &run, "").output().unwrap();
                assert_eq!(verdict.status.code(), Some(4), "{} {damage}", kind.name);
                let mut commands = vec![
                    about("show", &run, ""),
                    about("bands", &run, ""),
                    about("figure all --format svg --run", &run, "--out"),
                    about("export", &run, "--out"),
                    (kind.make)(&run),
                ];
                for command in &mut commands[2..4] {
                    command.arg(&out);
                }
                for command in &mut commands {
                    let line = refused(command, 4);
                    assert!(line.contains("--repair"), "{} {damage}: {line}", kind.name);
                }
            }
        }
    }
    let drawn = fs::read_dir(&out).map_or(0, Iterator::count);
    assert_eq!(drawn, 0, "no figure of a damaged run is drawn");
}

#[test]
fn a_run_that_is_altered_while_it_is_made_does_not_end_well() {
    let place = Place::new();
    let run = place.path("a.run");
    let child = under_way(&run, "--dims 60 --starts 600 --threads 1", 2);
    // Units end in any order.
    let sql = "UPDATE records SET energy_per_spin = -1.9 WHERE start = (SELECT min(start) FROM records)";
    let conn = Connection::open(&run).unwrap();
    conn.busy_timeout(Duration::from_secs(30)).unwrap();
    assert_eq!(conn.execute(sql, []).unwrap(), 1);
    let altered = "SELECT start / 20 FROM records WHERE energy_per_spin = -1.9";
    let block: u32 = conn.query_row(altered, [], |row| row.get(0)).unwrap();
    drop(conn);
    let line = complaint(&child.wait_with_output().unwrap(), 4);
    assert!(line.contains(&format!("block {block} was changed")), "{line}");
}

#[test]
fn a_writer_waits_for_a_reader_and_says_so_and_an_export_meanwhile_is_of_one_state() {
    let place = Place::new();
    let run = place.path("a.run");
    let child = under_way(&run, "--dims 60 --starts 1500 --trace --threads 1", 2);
    let out = place.path("out");
    let column = |name: &str, at: usize| {
        let text = fs::read_to_string(out.join(name)).unwrap();
        let starts = text.lines().skip(1).map(|line| line.split(',').nth(at).unwrap().to_owned());
        starts.collect::<std::collections::BTreeSet<_>>()
    };
    for _ in 0..3 {
        succeed(about("export", &run, "--out").arg(&out));
        let starts = column("records.csv", 3);
        assert!(starts.len() % 20 == 0 && starts == column("traces.csv", 2), "{}", starts.len());
    }
    let conn = Connection::open(&run).unwrap();
    conn.execute_batch("BEGIN").unwrap();
    let _: i64 = conn.query_row("SELECT count(*) FROM units", [], |row| row.get(0)).unwrap();
    sleep(Duration::from_millis(4500));
    drop(conn);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    assert!(errors(&output).contains("waiting for another program that uses the run"), "{}", errors(&output));
    assert_eq!(json(&mut about("verify", &run, "--json"))["complete"], true);
}

#[test]
fn a_write_ahead_log_of_another_program_is_noticed_and_told() {
    let place = Place::new();
    let run = place.path("a.run");
    let child = under_way(&run, "--dims 60 --starts 600 --threads 1", 2);
    let conn = Connection::open(&run).unwrap();
    conn.busy_timeout(Duration::from_secs(30)).unwrap();
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    let line = complaint(&child.wait_with_output().unwrap(), 3);
    assert!(line.contains("was given a write-ahead log by another program"), "{line}");
    for mut command in [about("show", &run, ""), sweep(&run, "")] {
        assert!(refused(&mut command, 3).contains("write-ahead log by another program"));
    }
    conn.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).unwrap();
    drop(conn);
    assert_eq!(json(&mut about("verify", &run, "--json"))["ok"], true);
}

/// Files of every kind without their ends: what is there is kept, and so is the damaged file.
#[test]
fn a_file_without_its_end_keeps_its_whole_units_and_stays_beside_the_repaired_one() {
    let place = Place::quick();
    for (name, make) in [
        ("sweep", "sweep --dims 30 --starts 400"),
        ("census", "census --dim 5 --instances 12"),
        ("networks", "networks sweep --hidden 3 --networks 800 --epochs 1 --digits 20 --index 0"),
    ] {
        let (whole, run) = (place.path(name), place.path(&format!("{name}.run")));
        succeed(&mut flags(make, &whole));
        let bytes = fs::read(&whole).unwrap();
        let told = json(&mut about("verify", &whole, "--json"));
        let (planned, content) = (told["units"].as_u64().unwrap(), told["content_hash"].clone());
        // Rows are taken from the pages that are there, also where the pages above them are not. A census stored all
        // records before any point: the first half of its file has no points.
        let half = bytes.len() / 2;
        let least = |share: f64| (share * planned as f64) as u64;
        for (cut, least) in [
            (4096, least(0.7)),
            (3 * 4096, least(0.4)),
            (1000, least(0.7)),
            (half / 2, least(0.2)),
            (half, if name == "census" { 0 } else { least(0.1) }),
        ] {
            fs::write(&run, &bytes[..bytes.len() - cut]).unwrap();
            fs::set_permissions(&run, fs::Permissions::from_mode(0o600)).unwrap();
            let line = refused(&mut about("show", &run, ""), 4);
            assert!(line.contains("--repair"), "{name} {cut}: {line}");
            let told = json(&mut about("verify", &run, "--repair --json"));
            let kept = told["repaired"]["kept"].as_u64().unwrap();
            println!("{name}, {cut} of {} bytes short: {kept} of {planned} units kept", bytes.len());
            assert!(
                kept >= least && kept <= planned && (kept < planned || cut != half),
                "{name} {cut}: {kept}"
            );
            let original = told["repaired"]["original"].as_str().unwrap();
            assert_eq!(fs::read(original).unwrap(), bytes[..bytes.len() - cut]);
            for path in [&run, Path::new(original)] {
                assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o7777, 0o600);
            }
            succeed(&mut flags(make, &run));
            assert_eq!(json(&mut about("verify", &run, "--json"))["content_hash"], content, "{name} {cut}");
        }
        let kept: Vec<_> =
            place.names().into_iter().filter(|at| at.starts_with(&format!("{name}.run."))).collect();
        assert!(kept.len() >= 3 && kept.contains(&format!("{name}.run.damaged-2")), "{kept:?}");
    }
}
