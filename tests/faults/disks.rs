//! Places that are full or cannot be written: loud, nothing by half, and the same command ends well once they can.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::family::Family;
use crate::harness::{Place, SmallDisk, about, dump, hspin, skip, succeed, sweep, units};
use crate::jobs::loud;

const FLAGS: &str = "--dims 5,30 --starts 200";

fn is_full(line: &str) {
    assert!(line.contains("full") || line.contains("No space"), "{line}");
}

#[test]
fn a_sweep_onto_a_disk_that_fills_up_fails_loudly_and_resumes_when_there_is_space() {
    let place = Place::quick();
    let whole = place.path("whole.run");
    succeed(&mut sweep(&whole, FLAGS));
    let (expected, planned) = (dump(&whole), units(&whole));
    let size = fs::metadata(&whole).unwrap().len();
    let mut family = Family::new("disks that fill up, 20 sizes");
    let mut partial = 0;
    for step in 0..20_u64 {
        // From no room for a lock file's text to all but the last pages.
        let room = 4096 + step * (size - 4096) / 20;
        let Some(disk) = SmallDisk::new(&format!("{}k", room / 1024)) else { return };
        family.case(&format!("{room} bytes"), || {
            let run = disk.path("a.run");
            is_full(&loud(&sweep(&run, FLAGS).output().unwrap(), &[5]));
            let stored = units(&run);
            assert!(stored < planned);
            partial += usize::from(stored > 0);
            loud(&sweep(&run, FLAGS).output().unwrap(), &[5]);
            assert!(units(&run) >= stored, "units were lost");
            disk.resize("8m");
            succeed(&mut sweep(&run, FLAGS));
            assert!(dump(&run) == expected, "the content differs");
            assert_eq!(disk.names(), ["a.run"]);
        });
    }
    println!("{partial} of 20 disks filled up between two units");
    assert!(partial >= 5);
    family.end();
}

#[test]
fn exports_figures_and_reproduce_on_a_full_disk_leave_nothing() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, "--dims 12 --starts 40 --trace"));
    let census = place.path("census.run");
    succeed(hspin("census --dim 5 --out").arg(&census));
    let Some(disk) = SmallDisk::new("64k") else { return };
    disk.fill();
    let out = disk.path("");
    let mut family = Family::new("exports and figures onto a full disk");
    let commands = [
        about("export", &run, ""),
        about("export", &run, "--format parquet"),
        about("export", &run, "--dim 12 --instance 0 --points --couplings"),
        about("export", &census, ""),
        hspin("figure complexity"),
        about("figure energy-histogram --run", &run, "--format svg"),
        about("figure energy-histogram --run", &run, "--format png"),
        about("figure census-bands --run", &census, ""),
    ];
    for mut command in commands {
        family.case(&format!("{command:?}"), || {
            is_full(&loud(&command.arg("--out").arg(&out).output().unwrap(), &[5]));
            assert_eq!(disk.names(), ["filler"]);
        });
    }
    family.case("reproduce", || {
        let output = hspin("reproduce --quick --out").arg(&out).output().unwrap();
        is_full(&loud(&output, &[5]));
        let names = disk.names();
        assert!(names.iter().all(|name| name == "filler" || name == "quick.run.lock"), "{names:?}");
    });
    family.end();
}

/// Files that do not fit by a few bytes: of a table nothing is there, or all of it.
#[test]
fn an_export_that_just_does_not_fit_leaves_nothing() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, "--dims 12 --starts 400 --trace"));
    let out = place.path("out");
    succeed(about("export", &run, "--out").arg(&out));
    let whole: Vec<_> = ["records.csv", "traces.csv"].map(|name| fs::read(out.join(name)).unwrap()).into();
    let total: u64 = whole.iter().map(|bytes| bytes.len() as u64).sum();
    let mut family = Family::new("exports onto disks that fill up");
    for step in 1..=8 {
        let room = step * total / 9 / 1024;
        let Some(disk) = SmallDisk::new(&format!("{room}k")) else { return };
        family.case(&format!("{room} kB"), || {
            let output = about("export", &run, "--out").arg(disk.path("")).output().unwrap();
            is_full(&loud(&output, &[5]));
            let names: Vec<_> = disk.names().into_iter().filter(|name| name != ".hspin-files.json").collect();
            for name in &names {
                let at = ["records.csv", "traces.csv"].iter().position(|known| known == name);
                let at = at.unwrap_or_else(|| panic!("{name} was left"));
                assert!(fs::read(disk.path(name)).unwrap() == whole[at], "{name} is there by half");
            }
            assert!(names.len() < 2);
            // The list of what was written there is whole, and goes with the files.
            let list = fs::read_to_string(disk.path(".hspin-files.json"));
            assert_eq!(list.is_ok(), !names.is_empty());
            assert!(list.is_err() || names.iter().all(|name| list.as_ref().unwrap().contains(&**name)));
        });
    }
    family.end();
}

#[test]
fn standard_output_onto_a_full_device_is_loud_and_the_run_is_whole() {
    let place = Place::quick();
    let run = place.path("a.run");
    let mut family = Family::new("standard output onto a full device");
    let onto = |mut command: Command| {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = command.stdout(full).stderr(Stdio::piped()).output().unwrap();
        let line = loud(&output, &[5]);
        assert!(line.contains("standard output"), "{line}");
    };
    family.case("sweep", || onto(sweep(&run, "--dims 5 --starts 25")));
    family.case("the run", || assert_eq!(units(&run), 2));
    let out = place.path("out");
    let mut figure = hspin("figure complexity --out");
    figure.arg(&out);
    let commands = [
        sweep(&run, "--json"),
        sweep(&run, "--dry-run"),
        about("show", &run, ""),
        about("show", &run, "--json"),
        about("verify", &run, ""),
        about("verify", &run, "--json"),
        figure,
        hspin("census --dim 4"),
        hspin("census --dim 4 --json"),
        hspin("theory thresholds --spins 3"),
        hspin("theory thresholds --spins 3 --json"),
        hspin("theory complexity --spins 3 --energy -1.6"),
        hspin("theory mean-count --spins 3 --dim 6 --json"),
        hspin("completions bash"),
        hspin("man"),
        hspin("--help"),
        hspin("--version"),
    ];
    for command in commands {
        family.case(&format!("{command:?}"), || onto(command));
    }
    family.end();
}

/// Changes how a small disk is mounted.
fn remount(disk: &SmallDisk, option: &str) {
    let mut command = Command::new("mount");
    let status = command.args(["-o", &format!("remount,{option}")]).arg(disk.path("")).status();
    assert!(status.unwrap().success(), "remount {option}");
}

#[test]
fn a_place_that_becomes_read_only_is_refused_and_still_read() {
    let Some(disk) = SmallDisk::new("8m") else { return };
    let (run, new, out) = (disk.path("a.run"), disk.path("new.run"), disk.path("out"));
    succeed(&mut sweep(&run, "--dims 5 --starts 45"));
    let before = dump(&run);
    remount(&disk, "ro");
    let mut family = Family::new("read-only places");
    let refused = |mut command: Command| {
        let line = loud(&command.output().unwrap(), &[3]);
        assert!(line.contains("written") || line.contains("cannot write"), "{line}");
    };
    family.case("a new run", || refused(sweep(&new, "--dims 5 --starts 5")));
    family.case("a run to grow", || refused(sweep(&run, "--dims 5 --starts 65")));
    family.case("a complete run", || refused(sweep(&run, "")));
    let census = || {
        let mut command = hspin("census --dim 4 --out");
        command.arg(&new);
        command
    };
    family.case("a census", || refused(census()));
    let onto = |verb: &str, run: Option<&Path>| {
        let mut command = hspin(verb);
        command.args(run).arg("--out").arg(&out);
        command
    };
    family.case("an export", || refused(onto("export", Some(&run))));
    family.case("a figure", || refused(onto("figure complexity", None)));
    family.case("reproduce", || refused(onto("reproduce --quick", None)));
    family.case("show", || drop(succeed(&mut about("show", &run, "--json"))));
    family.case("verify", || drop(succeed(&mut about("verify", &run, "--json"))));
    family.case("dump", || assert!(dump(&run) == before));
    remount(&disk, "rw");
    family.case("writable again", || drop(succeed(&mut sweep(&run, "--dims 5 --starts 65"))));
    assert_eq!(disk.names(), ["a.run"]);
    family.end();
}

#[test]
fn a_place_that_becomes_read_only_under_a_sweep_stops_it_and_it_resumes() {
    const FLAGS: &str = "--dims 40 --starts 200 --instances 2";
    let place = Place::quick();
    let whole = place.path("whole.run");
    succeed(&mut sweep(&whole, FLAGS));
    let expected = dump(&whole);
    let mut family = Family::new("files that may not be changed any more");
    for stored in [1, 4, 9] {
        family.case(&format!("after {stored} units"), || {
            let run = place.path(&format!("{stored}.run"));
            let child = crate::harness::under_way(&run, FLAGS, stored);
            if !immutable(&place, true) {
                skip("files cannot be made immutable");
                drop(child.wait_with_output());
                return;
            }
            let output = child.wait_with_output().unwrap();
            assert!(immutable(&place, false));
            loud(&output, &[3, 5]);
            assert!(units(&run) >= stored);
            succeed(&mut sweep(&run, FLAGS));
            assert!(dump(&run) == expected);
        });
    }
    family.end();
}

/// Lets nobody, root included, add to or remove from the folder.
fn immutable(place: &Place, on: bool) -> bool {
    let change = if on { "+i" } else { "-i" };
    Command::new("chattr")
        .arg(change)
        .arg(place.folder())
        .output()
        .is_ok_and(|output| output.status.success())
}
