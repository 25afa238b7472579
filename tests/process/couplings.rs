//! Sweeps on the user's own tensor.

use hspin::studies::surfaces::SurfaceStore;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{Place, about, complaint, dump, hspin, json, refused, succeed, sweep};
use crate::scale::dense;

/// An npy file of version 1.
pub fn npy(descr: &str, fortran: bool, shape: &[u64], values: &[f64]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let axes: String = shape.iter().map(|side| format!("{side}, ")).collect();
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({axes}), }}");
    text += &" ".repeat((64 - (text.len() + 11) % 64) % 64);
    text += "\n";
    let mut bytes = b"\x93NUMPY\x01\0".to_vec();
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.into_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

/// A run on random couplings, and those couplings as a file.
fn exported(place: &Place, name: &str, flags: &str) -> (PathBuf, PathBuf) {
    let (run, out) = (place.path(&format!("{name}.run")), place.path(name));
    succeed(&mut sweep(&run, flags));
    succeed(about("export", &run, "--dim 8 --instance 0 --couplings --out").arg(&out));
    (run, out.join("couplings.npy"))
}

fn energies(run: &Path) -> Vec<f64> {
    SurfaceStore::open_read(run).unwrap().records(None).unwrap().iter().map(|record| record.energy).collect()
}

#[test]
fn exported_couplings_fed_back_give_the_energies_of_the_run_they_came_from() {
    let place = Place::quick();
    for spins in 2..=5 {
        let flags = format!("--spins {spins} --dims 8 --starts 45 --protocol gd --seed 3");
        let (random, file) = exported(&place, &format!("random{spins}"), &flags);
        let own = place.path(&format!("own{spins}.run"));
        succeed(sweep(&own, "--starts 45 --protocol gd --seed 3 --couplings").arg(&file));
        let (expected, found) = (energies(&random), energies(&own));
        assert_eq!((expected.len(), found.len()), (45, 45));
        for (start, (a, b)) in expected.iter().zip(&found).enumerate() {
            assert!((a - b).abs() < 1e-9, "H = {spins}, start {start}: {a} and {b}");
        }
    }
}

#[test]
fn a_run_on_own_couplings_resumes_with_them_and_not_without() {
    let place = Place::quick();
    let (_, file) = exported(&place, "one", "--dims 8 --starts 1");
    let (_, other) = exported(&place, "other", "--dims 8 --starts 1 --seed 2");
    let (run, whole) = (place.path("own.run"), place.path("whole.run"));
    succeed(sweep(&whole, "--starts 45 --couplings").arg(&file));
    succeed(sweep(&run, "--starts 25 --couplings").arg(&file));
    let before = fs::read(&run).unwrap();
    let line = refused(&mut sweep(&run, "--starts 45"), 3);
    assert!(line.contains("--couplings"), "{line}");
    let line = refused(sweep(&run, "--starts 45 --couplings").arg(&other), 3);
    assert!(line.contains("couplings: the run has a file of SHA-256"), "{line}");
    let line = refused(sweep(&run, "--dims 9 --couplings").arg(&file), 2);
    assert!(line.contains("dims = [8, 9]: 8, as the couplings have"), "{line}");
    let line = refused(sweep(&place.path("one.run"), "--couplings").arg(&file), 3);
    assert!(line.contains("couplings: the run has random"), "{line}");
    assert!(fs::read(&run).unwrap() == before);
    succeed(sweep(&run, "--starts 45 --couplings").arg(&file));
    assert!(dump(&run) == dump(&whole));
    assert_eq!(json(&mut about("verify", &run, "--json"))["complete"], true);
    // What checksums tell is told without them.
    let without = about("verify", &run, "--deep").output().unwrap();
    assert!(complaint(&without, 3).contains("couplings of your own"));
    let text = String::from_utf8(without.stdout).unwrap();
    assert!(text.contains("intact: 3 whole units") && text.contains("not recomputed: "), "{text}");
    assert!(refused_with(&mut deep(&run, &other)).contains("this is another"));
    let found = json(deep(&run, &file).args(["--all", "--json"]));
    assert_eq!((&found["deep"]["tried"], &found["deep"]["rerun"]), (&45.into(), &45.into()), "{found}");
    let random = place.path("one.run");
    assert!(refused_with(&mut deep(&random, &file)).contains("is on random couplings"));
}

fn deep(run: &Path, file: &Path) -> Command {
    let mut command = about("verify", run, "--deep --couplings");
    command.arg(file);
    command
}

fn refused_with(command: &mut Command) -> String {
    complaint(&command.output().unwrap(), 2)
}

/// The same numbers, written as others write them, are the same tensor: a run goes on with any of them.
#[test]
fn a_run_goes_on_with_the_same_tensor_in_another_format() {
    let place = Place::quick();
    let entry =
        |indices: &[usize]| (indices.iter().map(|i| 7 * i + 11).product::<usize>() % 199) as f64 - 99.0;
    let values = dense(3, 4, entry);
    let run = place.path("a.run");
    type Bytes = fn(f64) -> Vec<u8>;
    let formats: [(&str, bool, Bytes); 7] = [
        ("<f8", false, |x| x.to_le_bytes().to_vec()),
        ("<f8", true, |x| x.to_le_bytes().to_vec()),
        (">f8", false, |x| x.to_be_bytes().to_vec()),
        ("<f4", false, |x| (x as f32).to_le_bytes().to_vec()),
        ("<i8", false, |x| (x as i64).to_le_bytes().to_vec()),
        (">i2", true, |x| (x as i16).to_be_bytes().to_vec()),
        ("|i1", false, |x| (x as i8).to_le_bytes().to_vec()),
    ];
    let mut hashes = Vec::new();
    for (number, (descr, fortran, bytes)) in formats.into_iter().enumerate() {
        let file = place.path("x.npy");
        let header = npy(descr, fortran, &[4; 3], &[]);
        fs::write(&file, [header, values.iter().flat_map(|&x| bytes(x)).collect()].concat()).unwrap();
        let starts = format!("--starts {} --json --couplings", 3 + number);
        hashes.push(json(sweep(&run, &starts).arg(&file))["content_hash"].clone());
        let census = json(hspin("census --json --couplings").arg(&file));
        assert_eq!(census["instances"][0]["certified"], true, "{descr}");
    }
    let whole = place.path("whole.run");
    let file = place.path("x.npy");
    assert_eq!(json(sweep(&whole, "--starts 9 --json --couplings").arg(&file))["content_hash"], hashes[6]);
}

#[test]
fn a_tensor_that_is_not_allowed_is_named_with_its_fault_and_leaves_no_run() {
    let place = Place::quick();
    let (run, file) = (place.path("a.run"), place.path("x.npy"));
    let four = [1.0, 2.0, 2.0, 1.0];
    let good = npy("<f8", false, &[2, 2], &four);
    let eight = |at: usize, value: f64| {
        let mut values = [1.0; 8];
        values[at] = value;
        npy("<f8", false, &[2, 2, 2], &values)
    };
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("asymmetric matrix", npy("<f8", false, &[2, 2], &[1.0, 2.0, 3.0, 1.0]), "symmetric"),
        ("asymmetric tensor", eight(1, 2.0), "symmetric"),
        ("NaN", npy("<f8", false, &[2, 2], &[1.0, f64::NAN, f64::NAN, 1.0]), "value 1 is NaN"),
        ("infinite", eight(7, f64::INFINITY), "value 7 is inf"),
        ("float32", npy("<f4", false, &[2, 2], &four), "does not match its 32 bytes"),
        ("complex", npy("<c16", false, &[2, 2], &[0.0; 8]), "its type is '<c16', complex128"),
        ("objects", npy("|O", false, &[2, 2], &four), "its type is '|O', object"),
        ("truncated", good[..good.len() - 1].to_vec(), "does not match its 31 bytes"),
        ("too long", [&good[..], &[0]].concat(), "does not match its 33 bytes"),
        ("half a header", good[..40].to_vec(), "ends too early"),
        ("not square", npy("<f8", false, &[2, 3], &[0.0; 6]), "its shape is (2, 3"),
        ("one number", npy("<f8", false, &[1], &four[..1]), "its shape is (1,)"),
        ("one by one", npy("<f8", false, &[1, 1], &four[..1]), "its shape is (1, 1"),
        ("empty shape", npy("<f8", false, &[0, 0], &[]), "its shape is (0, 0"),
        ("seventeen axes", npy("<f8", false, &[2; 17], &[]), "its shape is (2, 2"),
        ("overflow", npy("<f8", false, &[4_000_000_000; 16], &[]), "does not match its 0 bytes"),
        ("empty", Vec::new(), "ends too early"),
        ("text", b"1 2\n2 1\n".to_vec(), "not an npy file"),
    ];
    for (name, bytes, part) in cases {
        fs::write(&file, bytes).unwrap();
        let line = refused(sweep(&run, "--couplings").arg(&file), 2);
        assert!(line.contains("couplings = ") && line.contains(part), "{name}: {line}");
        assert_eq!(place.names(), ["x.npy"], "{name}");
    }
    fs::write(&file, good).unwrap();
    for (flags, part) in [
        ("--spins 3", "spins = 3: 2, as the couplings have"),
        ("--dims 3", "dims = [3]: 2, as the couplings have"),
        ("--instances 2", "instances = 2: 1 with couplings of your own"),
    ] {
        let line = refused(sweep(&run, flags).arg("--couplings").arg(&file), 2);
        assert!(line.contains(part), "{flags}: {line}");
        assert_eq!(place.names(), ["x.npy"], "{flags}");
    }
}
