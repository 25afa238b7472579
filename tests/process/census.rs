//! A census from the command line: to the screen, to a run that is grown and checked, of one's own
//! tensor; and what is refused.

use hspin::studies::surfaces::{StartResult, SurfaceStore, UnitKey, UnitResult};
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::couplings::npy;
use crate::harness::{Place, about, complaint, dump, hspin, json, refused, succeed, sweep};

/// `hspin census --out RUN` with more flags.
fn census(run: &Path, flags: &str) -> Command {
    let mut command = hspin("census --out");
    command.arg(run).args(flags.split_whitespace());
    command
}

/// `hspin census --couplings FILE` with more flags.
fn census_of(file: &Path, flags: &str) -> Command {
    let mut command = hspin("census --couplings");
    command.arg(file).args(flags.split_whitespace());
    command
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn a_document_says_how_many_points_there_are_and_how_sure_that_is() {
    let found = json(&mut hspin("census --spins 3 --dim 6 --instances 12 --json"));
    assert_eq!((found["spins"].as_u64(), found["dim"].as_u64()), (Some(3), Some(6)));
    let instances = found["instances"].as_array().unwrap();
    assert_eq!(instances.len(), 12);
    for (number, one) in instances.iter().enumerate() {
        assert_eq!(one["instance"], number as u64);
        assert_eq!((&one["complex"], &one["expected_complex"]), (&63.into(), &63.into()));
        assert_eq!((&one["morse_sum"], &one["certified"]), (&0.into(), &true.into()));
        let counts = numbers(&one["by_index"]);
        assert_eq!(counts.iter().sum::<f64>(), one["real"].as_f64().unwrap());
        for (energies, count) in one["energies_per_spin"].as_array().unwrap().iter().zip(&counts) {
            assert_eq!(energies.as_array().unwrap().len() as f64, *count);
            assert!(numbers(energies).is_sorted());
        }
    }
    for key in ["mean_by_index", "expected_by_index", "z_by_index", "standard_error_by_index"] {
        assert_eq!(numbers(&found[key]).len(), 6, "{key}");
    }
    assert!(numbers(&found["z_by_index"]).iter().all(|z| z.abs() < 4.0), "{found}");
    assert!(found["total"]["z"].as_f64().unwrap().abs() < 4.0);
    assert!(found.get("eigenvalues").is_none());
    let one = json(&mut hspin("census --spins 3 --dim 6 --json"));
    assert!(one["z_by_index"].as_array().unwrap().iter().all(Value::is_null));
    assert_eq!(one["instances"][0], instances[0]);
}

#[test]
fn a_table_says_what_is_proved() {
    let text = succeed(&mut hspin("census --spins 4 --dim 4 --instances 3"));
    assert!(text.contains("Critical points, H = 4, Λ = 4, 3 instances, seed 1"), "{text}");
    assert!(text.contains("Certified: 3 instances of 3."), "{text}");
    assert!(text.contains("all 40 complex eigenvectors"), "{text}");
}

#[test]
fn threads_and_a_store_change_no_bit() {
    let place = Place::quick();
    let cases =
        ["--spins 3 --dim 8 --instances 5 --json", "--spins 4 --dim 6 --json", "--spins 2 --dim 9 --json"];
    for (number, flags) in cases.into_iter().enumerate() {
        let printed = json(&mut hspin(&format!("census {flags} --threads 1")));
        let mut dumps = Vec::new();
        for threads in [1, 2, 5] {
            let run = place.path(&format!("{threads}-{number}.run"));
            assert!(json(&mut census(&run, &format!("{flags} --threads {threads}"))) == printed, "{flags}");
            dumps.push(dump(&run));
        }
        assert!(dumps.windows(2).all(|pair| pair[0] == pair[1]), "{flags}");
    }
}

#[test]
fn instances_may_grow_and_nothing_else() {
    let place = Place::quick();
    let (whole, run) = (place.path("whole.run"), place.path("a.run"));
    succeed(&mut census(&whole, "--spins 3 --dim 5 --instances 7 --seed 4"));
    succeed(&mut census(&run, "--dim 5 --seed 4"));
    succeed(&mut census(&run, "--instances 3"));
    succeed(&mut census(&run, "--spins 3 --dim 5 --instances 7 --seed 4"));
    assert!(dump(&run) == dump(&whole));
    let (before, other) = (fs::read(&run).unwrap(), place.path("sweep.run"));
    succeed(&mut census(&run, ""));
    succeed(&mut sweep(&other, "--dims 5 --starts 5"));
    let swept = fs::read(&other).unwrap();
    for (mut command, part) in [
        (census(&run, "--spins 4"), "spins: the run has 3, asked for 4; only instances may grow"),
        (census(&run, "--dim 6"), "dim: the run has 5, asked for 6"),
        (census(&run, "--seed 5"), "seed: the run has 4, asked for 5"),
        (census(&run, "--instances 6"), "instances: the run has 7, asked for 6"),
        (sweep(&run, ""), "the run is a census: hspin census goes on with it"),
        (sweep(&run, "--protocol gd"), "the run is a census"),
        (census(&other, "--dim 5"), "the run is a sweep (protocol sgd): hspin sweep goes on with it"),
    ] {
        let line = refused(&mut command, 3);
        assert!(line.contains(part), "{line}");
    }
    assert!(fs::read(&run).unwrap() == before && fs::read(&other).unwrap() == swept);
    // Release 0.1 knows formats up to 3 and refuses these; censuses have a table more than sweeps.
    assert_eq!([&swept, &before].map(|bytes| bytes[60..64].to_vec()), [vec![0, 0, 0, 4], vec![0, 0, 0, 5]]);
}

#[test]
fn a_stored_census_is_shown_verified_and_exported() {
    let place = Place::quick();
    let (run, out) = (place.path("a.run"), place.path("out"));
    let printed = json(&mut census(&run, "--spins 3 --dim 6 --instances 3 --json"));
    let total: u64 =
        printed["instances"].as_array().unwrap().iter().map(|one| one["real"].as_u64().unwrap()).sum();
    let shown = json(&mut about("show", &run, "--json"));
    assert_eq!((&shown["protocol"], &shown["complete"]), (&"census".into(), &true.into()));
    let dim = &shown["dims"][0];
    assert_eq!([&dim["starts"], &dim["converged"], &dim["distinct"]], [total; 3].map(Value::from).each_ref());
    let text = succeed(&mut about("show", &run, ""));
    assert!(text.contains("a.run: complete") && text.contains("Certified: 3 instances of 3."), "{text}");
    let found = json(&mut about("verify", &run, "--deep --json"));
    assert!(found["ok"] == true && found["complete"] == true, "{found}");
    assert_eq!((&found["deep"]["tried"], &found["deep"]["censuses"]), (&18.into(), &1.into()));
    for format in ["csv", "parquet"] {
        succeed(about("export", &run, &format!("--format {format} --out")).arg(&out));
    }
    let lines = |name: &str| fs::read_to_string(out.join(name)).unwrap().lines().count();
    assert_eq!((lines("records.csv") as u64, lines("censuses.csv")), (total + 1, 4));
    succeed(about("export", &run, "--dim 6 --instance 2 --couplings --points --out").arg(&out));
    let rows = lines("records.csv") as u64 - 1;
    assert_eq!(rows, printed["instances"][2]["real"].as_u64().unwrap());
    let points = npyz::NpyFile::new(fs::File::open(out.join("points.npy")).unwrap()).unwrap();
    assert_eq!(points.shape(), [rows, 6]);
    // The exported couplings have the points of the surface they came from.
    let own = json(&mut census_of(&out.join("couplings.npy"), "--json"));
    let energies = |one: &Value| -> Vec<f64> {
        one["energies_per_spin"].as_array().unwrap().iter().flat_map(numbers).collect()
    };
    let (a, b) = (energies(&own["instances"][0]), energies(&printed["instances"][2]));
    assert!(a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-12));
    let line = refused(hspin("figure energy-histogram --run").arg(&run).arg("--out").arg(&out), 2);
    assert!(line.contains("figure energy-histogram shows a sweep: where its starts end"), "{line}");
    succeed(hspin("figure all --run").arg(&run).arg("--out").arg(&out));
}

#[test]
fn changed_facts_are_damage_and_a_consistent_lie_is_found_by_another_census() {
    let place = Place::quick();
    let run = place.path("a.run");
    let flags = "--spins 3 --dim 6 --instances 3";
    succeed(&mut census(&run, flags));
    let expected = dump(&run);
    for statement in [
        "UPDATE censuses SET complex = 62 WHERE instance = 1",
        "UPDATE censuses SET certified = 0 WHERE instance = 1",
        "DELETE FROM censuses WHERE instance = 1",
        "UPDATE censuses SET instance = 9 WHERE instance = 1",
        "UPDATE records SET \"index\" = 1 WHERE instance = 1 AND start = 0",
        "DELETE FROM records WHERE instance = 1 AND start = 30",
        "DELETE FROM points WHERE instance = 1 AND start = 30",
    ] {
        assert!(Connection::open(&run).unwrap().execute(statement, []).unwrap() > 0);
        let damaged = about("verify", &run, "--json").output().unwrap();
        complaint(&damaged, 4);
        let found: Value = serde_json::from_slice(&damaged.stdout).unwrap();
        assert_eq!(found["damaged"][0]["instance"], 1, "{statement}: {found}");
        succeed(&mut about("verify", &run, "--repair"));
        succeed(&mut census(&run, flags));
        assert!(dump(&run) == expected, "{statement}");
    }
    assert!(Connection::open(&run).unwrap().execute("DROP TABLE censuses", []).is_ok());
    complaint(&about("verify", &run, "").output().unwrap(), 4);
    succeed(&mut about("verify", &run, "--repair"));
    succeed(&mut census(&run, flags));
    assert!(dump(&run) == expected);
    forget_a_pair(&run);
    assert_eq!(json(&mut about("verify", &run, "--json"))["ok"], true);
    let line = complaint(&about("verify", &run, "--deep --all").output().unwrap(), 4);
    assert!(line.contains("are not reproduced"), "{line}");
}

/// Stores the first surface again without the two points in the middle, as if it had no more.
fn forget_a_pair(run: &Path) {
    let mut store = SurfaceStore::open(run).unwrap();
    let (records, points) = (store.surface_records(6, 0).unwrap(), store.points(6, 0).unwrap());
    let mut facts = store.census_facts().unwrap()[0];
    let middle = records.len() / 2;
    let kept = records.iter().enumerate().filter(|(at, _)| !(middle - 1..=middle).contains(at));
    let starts: Vec<StartResult> = (0..)
        .zip(kept)
        .map(|(start, (_, record))| StartResult {
            point: points.of(record.start).to_vec(),
            record: hspin::studies::surfaces::Record { start, ..record.clone() },
            trace: Vec::new(),
            slopes: None,
        })
        .collect();
    facts.real = starts.len() as u64;
    let key = UnitKey { spins: 3, dim: 6, instance: 0, block: 0 };
    store.write_unit(&UnitResult { key, starts, census: Some(facts) }).unwrap();
}

#[derive(serde::Deserialize)]
struct Published {
    name: String,
    order: usize,
    dim: usize,
    printed: Vec<f64>,
    entries: BTreeMap<String, f64>,
    eigenvalues: Vec<f64>,
}

impl Published {
    /// The dense array as a file.
    fn file(&self) -> Vec<u8> {
        let cells = 0..self.dim.pow(self.order as u32);
        let entry = |cell: usize| {
            let digits = (0..self.order as u32).map(|axis| cell / self.dim.pow(axis) % self.dim);
            let mut key: Vec<String> = digits.map(|digit| (digit + 1).to_string()).collect();
            key.sort();
            self.entries[&key.concat()]
        };
        npy("<f8", false, &vec![self.dim as u64; self.order], &cells.map(entry).collect::<Vec<_>>())
    }
}

#[test]
fn tensors_in_print_have_their_printed_eigenvalues() {
    let place = Place::quick();
    let file = place.path("x.npy");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tensor_eigenvalues.json");
    let all: Vec<Published> = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for tensor in &all {
        fs::write(&file, tensor.file()).unwrap();
        let found = json(&mut census_of(&file, "--json"));
        assert_eq!(found["instances"][0]["certified"], true, "{}", tensor.name);
        assert!(found["z_by_index"].as_array().unwrap().iter().all(Value::is_null));
        let values = numbers(&found["eigenvalues"]);
        for (expected, digits) in [(&tensor.eigenvalues, 1e-10), (&tensor.printed, 5.1e-5)] {
            let near = values.iter().zip(expected).all(|(a, b)| (a - b).abs() < digits);
            let known = expected.is_empty() || values.len() == expected.len();
            assert!(near && known, "{}: {values:?}", tensor.name);
        }
    }
    assert!(succeed(&mut census_of(&file, "")).contains("Real eigenvalues"));
    // Stored, they need the file again.
    let run = place.path("a.run");
    succeed(census(&run, "--couplings").arg(&file));
    let before = dump(&run);
    assert!(refused(&mut census(&run, ""), 3).contains("give them again (--couplings)"));
    succeed(census(&run, "--couplings").arg(&file));
    assert!(dump(&run) == before);
    let without = about("verify", &run, "--deep").output().unwrap();
    assert!(complaint(&without, 3).contains("couplings of your own"));
    assert!(String::from_utf8_lossy(&without.stdout).starts_with("intact: 1 whole unit\n"));
    succeed(about("verify", &run, "--deep --couplings").arg(&file));
    fs::write(&file, all[0].file()).unwrap();
    assert!(refused(census(&run, "--couplings").arg(&file), 3).contains("couplings: the run has a file of"));
}

#[test]
fn singular_tensors_are_reported_and_are_no_error() {
    let place = Place::quick();
    let file = place.path("x.npy");
    let cube = |entry: &dyn Fn(usize, usize, usize) -> f64| {
        let cells = (0..216).map(|cell| entry(cell / 36, cell / 6 % 6, cell % 6));
        npy("<f8", false, &[6, 6, 6], &cells.collect::<Vec<_>>())
    };
    let identity: Vec<f64> = (0..16).map(|cell| f64::from(u8::from(cell % 5 == 0))).collect();
    for (name, bytes, complex, values) in [
        ("rank one", cube(&|i, j, k| ((i + 1) * (j + 1) * (k + 1)) as f64), 1, vec![91f64.powf(1.5)]),
        ("all alike", cube(&|_, _, _| 1.0), 1, vec![6f64.powf(1.5)]),
        ("identity", npy("<f8", false, &[4, 4], &identity), 0, vec![]),
    ] {
        fs::write(&file, bytes).unwrap();
        let found = json(&mut census_of(&file, "--json"));
        let one = &found["instances"][0];
        assert_eq!((&one["certified"], &one["complex"]), (&false.into(), &complex.into()), "{name}");
        assert!(one["singular"].as_u64().unwrap() > 0, "{name}");
        let found = numbers(&found["eigenvalues"]);
        assert_eq!(found.len(), values.len(), "{name}");
        assert!(found.iter().zip(&values).all(|(a, b)| (a / b - 1.0).abs() < 1e-12), "{name}");
        let text = succeed(&mut census_of(&file, ""));
        assert!(text.contains("Certified: 0 instances of 1.") && text.contains("Not certified"), "{text}");
        assert!(text.contains("multiple eigenvectors or families of them"), "{text}");
    }
}

#[test]
fn what_no_census_can_be_taken_of_is_refused_in_one_line() {
    let place = Place::quick();
    let (run, file) = (place.path("a.run"), place.path("x.npy"));
    let four = [1.0, 2.0, 2.0, 1.0];
    for (bytes, part) in [
        (npy("<f8", false, &[2, 2], &[1.0, 2.0, 3.0, 1.0]), "symmetric"),
        (npy("<f8", false, &[2, 3], &[0.0; 6]), "its shape is (2, 3"),
        (npy("<f8", false, &[1], &four[..1]), "its shape is (1,)"),
        (npy("<f8", false, &[2; 17], &[]), "its shape is (2, 2"),
        (npy("<f8", false, &[2, 2], &[1.0, f64::NAN, f64::NAN, 1.0]), "value 1 is NaN"),
        (npy("<c16", false, &[2, 2], &[0.0; 8]), "its type is '<c16', complex128"),
        (npy("|O", true, &[2, 2], &four), "its type is '|O', object"),
        (npy("<f8", false, &[2, 2], &[0.0; 4]), "couplings.scale = 0: above 0"),
        (b"1 2\n2 1\n".to_vec(), "not an npy file"),
    ] {
        fs::write(&file, bytes).unwrap();
        let line = refused(census(&run, "--couplings").arg(&file), 2);
        assert!(line.contains("couplings") && line.contains(part), "{line}");
    }
    fs::write(&file, npy("<f8", false, &[2, 2], &four)).unwrap();
    for (flags, part) in [
        ("--spins 1 --dim 5", "'1' for '--spins <H>': a whole number from 2 to 16"),
        ("--spins 17 --dim 5", "'17' for '--spins <H>': a whole number from 2 to 16"),
        ("--dim 1", "'1' for '--dim <N>': a whole number from 2 to 65535"),
        ("--dim -3", "'-3' for '--dim <N>'"),
        ("--dim 5 --instances 0", "'0' for '--instances <M>'"),
        ("--spins 3", "dim = (missing): --dim N, or --couplings FILE.npy"),
        ("--spins 3 --dim 24", "dim = 24: a census follows at most 10000000 paths, this one has 16777215"),
        ("--spins 16 --dim 9", "this one has 2745954241"),
        ("--spins 4 --dim 99", "this one has more than 2^64"),
    ] {
        let line = refused(&mut census(&run, flags), 2);
        assert!(line.contains(part), "{line}");
    }
    for (flags, part) in [
        ("--spins 3", "spins = 3: 2, as the couplings have"),
        ("--dim 3", "dim = 3: 2, as the couplings have"),
        ("--instances 2", "instances = 2: 1 with couplings of your own"),
    ] {
        let line = refused(&mut census_of(&file, flags), 2);
        assert!(line.contains(part), "{line}");
    }
    let line = refused(&mut census(&file, "--dim 5"), 2);
    assert!(line.contains("not an hspin file"), "{line}");
    let line = refused(&mut hspin("census --spins 2 --dim 65535"), 3);
    assert!(line.contains("bytes of memory"), "{line}");
    assert!(place.names().iter().all(|name| name.starts_with("x.npy")), "{:?}", place.names());
}

#[test]
fn what_a_census_will_take_is_foretold() {
    let place = Place::quick();
    let run = place.path("a.run");
    let flags = "--spins 3 --dim 8 --instances 12";
    let foretold = json(&mut census(&run, &format!("{flags} --dry-run --json")));
    assert!(foretold["seconds"].as_f64().unwrap() > 0.0 && place.names().is_empty(), "{foretold}");
    succeed(&mut census(&run, flags));
    let size = fs::metadata(&run).unwrap().len() as f64;
    let disk = foretold["disk_bytes"].as_f64().unwrap();
    assert!((0.5..2.0).contains(&(disk / size)), "{disk} foretold, {size} taken");
    assert_eq!(json(&mut census(&run, "--dry-run --json"))["seconds"], 0.0);
}
