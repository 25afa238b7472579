//! The user's own couplings beyond one symmetric tensor: arrays that are not symmetric, and several orders together.

use hspin::numeric::npy::{Wanted, read};
use hspin::studies::surfaces::SurfaceStore;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::couplings::npy;
use crate::harness::{Place, about, complaint, dump, hspin, json, refused, succeed, sweep};
use crate::scale::{dense, entry};

/// A file of an array of this order and dimension.
pub fn array(
    place: &Place,
    name: &str,
    [order, dim]: [usize; 2],
    entry: impl Fn(&[usize]) -> f64,
) -> PathBuf {
    let path = place.path(name);
    fs::write(&path, npy("<f8", false, &vec![dim as u64; order], &dense(order, dim, entry))).unwrap();
    path
}

/// Whole numbers without any symmetry, so that sums are exact.
fn asymmetric(indices: &[usize]) -> f64 {
    (indices.iter().fold(7_usize, |seed, i| (31 * seed + 17 * i + 5) % 1009) as f64) - 504.0
}

/// Their mean over all orders of three indices.
fn symmetric_part(indices: &[usize]) -> f64 {
    let [i, j, k] = indices else { panic!("{indices:?}") };
    let all = [[i, j, k], [i, k, j], [j, i, k], [j, k, i], [k, i, j], [k, j, i]];
    all.map(|order| asymmetric(&order.map(|&i| i))).iter().sum::<f64>() / 6.0
}

/// A command with several files to a flag.
fn with(mut command: Command, files: &[&Path]) -> Command {
    let names: Vec<_> = files.iter().map(|file| file.to_str().unwrap()).collect();
    command.arg(names.join(","));
    command
}

#[test]
fn an_array_that_is_not_symmetric_is_taken_by_its_symmetric_part_where_that_is_asked_for() {
    let place = Place::quick();
    let raw = array(&place, "raw.npy", [3, 5], asymmetric);
    let symmetric = array(&place, "symmetric.npy", [3, 5], symmetric_part);
    let run = place.path("a.run");
    let line = refused(sweep(&run, "--starts 20 --couplings").arg(&raw), 2);
    assert!(line.contains("must be symmetric") && line.contains("--symmetrize"), "{line}");
    let line = refused(&mut sweep(&run, "--starts 20 --symmetrize"), 2);
    assert!(line.contains("--couplings"), "{line}");
    assert!(!run.exists());
    succeed(sweep(&run, "--starts 20 --symmetrize --couplings").arg(&raw));
    // The same tensor written by the user is the same run: with and without the flag.
    let other = place.path("b.run");
    succeed(sweep(&other, "--starts 20 --symmetrize --couplings").arg(&symmetric));
    assert!(dump(&run) == dump(&other));
    succeed(sweep(&run, "--starts 45 --couplings").arg(&symmetric));
    succeed(sweep(&other, "--starts 45 --symmetrize --couplings").arg(&raw));
    assert!(dump(&run) == dump(&other));
    let found = json(about("verify", &run, "--deep --all --json --symmetrize --couplings").arg(&raw));
    assert_eq!((&found["ok"], &found["deep"]["tried"]), (&true.into(), &45.into()), "{found}");
    let census =
        |file: &Path, flags: &str| json(hspin(&format!("census --json {flags} --couplings")).arg(file));
    assert_eq!(census(&raw, "--symmetrize"), census(&symmetric, ""));
    let line = refused(hspin("census --couplings").arg(&raw), 2);
    assert!(line.contains("--symmetrize"), "{line}");
}

/// Files of orders 1, 2 and 3.
fn three_orders(place: &Place, dim: usize) -> [PathBuf; 3] {
    [1, 2, 3].map(|order| {
        array(place, &format!("{order}.npy"), [order, dim], |indices| entry(indices) * order as f64)
    })
}

#[test]
fn arrays_of_several_orders_are_one_energy() {
    let place = Place::quick();
    let [h, a, b] = three_orders(&place, 6);
    let (run, again) = (place.path("a.run"), place.path("b.run"));
    succeed(&mut with(sweep(&run, "--starts 25 --couplings"), &[&h, &a, &b]));
    // In any order, also with the flag once for each.
    succeed(
        sweep(&again, "--starts 25 --couplings")
            .arg(&b)
            .arg("--couplings")
            .arg(&h)
            .arg("--couplings")
            .arg(&a),
    );
    assert!(dump(&run) == dump(&again));
    let store = SurfaceStore::open_read(&run).unwrap();
    let points = store.points(6, 0).unwrap();
    let arrays = [1, 2, 3].map(|order| dense(order, 6, |indices| entry(indices) * order as f64));
    for record in store.records(None).unwrap() {
        let w = points.of(record.start);
        let energy_of = |order: usize| {
            let values = arrays[order - 1].iter().enumerate();
            let term = |(place, value): (usize, &f64)| {
                value * (0..order).map(|axis| w[place / 6_usize.pow(axis as u32) % 6]).product::<f64>()
            };
            values.map(term).sum::<f64>() / 6f64.powf((order as f64 - 1.0) / 2.0)
        };
        let expected: f64 = [1, 2, 3].map(energy_of).iter().sum();
        assert!((record.energy - expected).abs() < 1e-10, "{} {expected}", record.energy);
    }
    drop(store);
    let shown = json(&mut about("show", &run, "--json"));
    let scale = shown["scale"].as_f64().unwrap();
    let over = |key: &str| shown["dims"][0][key].as_f64().unwrap();
    assert!((over("mean") / scale - over("mean_over_s")).abs() < 1e-12, "{shown}");
    let text = succeed(&mut about("show", &run, ""));
    assert!(text.contains(&format!("scale s = {scale:.6}")) && text.contains("mean u/s"), "{text}");
    // What the surfaces are: no run of H = 3.
    assert_eq!(shown["orders"], serde_json::json!([1, 2, 3]));
    assert!(text.contains("\norders 1, 2, 3, couplings of your own") && !text.contains("H = 3"), "{text}");
    assert!(text.contains("sum of Σ A² / C(Λ+p−1, p) over the orders p"), "{text}");
    let out = place.path("figures");
    let mut all = about("figure all --format svg --run", &run, "");
    let output = all.arg("--out").arg(&out).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    for name in ["complexity", "mean-counts"] {
        assert!(!out.join(format!("{name}.svg")).exists(), "{name} is of H = 3 alone");
        assert!(said.contains(&format!("skipped {name}")), "{said}");
    }
    let histogram = fs::read_to_string(out.join("energy-histogram.svg")).unwrap();
    assert!(histogram.contains("orders 1, 2, 3") && !histogram.contains("H = 3"));
    assert!(!histogram.contains("dashed"), "there is no line of Λ → ∞ to explain");
    let census = succeed(&mut with(hspin("census --couplings"), &[&h, &a]));
    assert!(census.starts_with("Critical points, orders 1, 2, Λ = 6"), "{census}");
    let census = json(&mut with(hspin("census --json --couplings"), &[&h, &a]));
    assert_eq!((&census["orders"], &census["model"]), (&serde_json::json!([1, 2]), &"orders 1, 2".into()));
    // Of one tensor H says all of it.
    let pure = json(sweep(&place.path("pure.run"), "--starts 20 --json --couplings").arg(&b));
    assert!(pure.get("orders").is_none() && pure["spins"] == 3, "{pure}");
}

/// An array may be symmetric to 1e-12 only; what is exported of it is to the bit, as every exported array is.
#[test]
fn an_exported_array_is_symmetric_to_the_bit() {
    let place = Place::quick();
    let nearly = |indices: &[usize]| entry(indices) * (1.0 + 1e-15 * indices[0] as f64);
    let file = array(&place, "nearly.npy", [3, 5], nearly);
    let (run, out) = (place.path("a.run"), place.path("out"));
    succeed(sweep(&run, "--starts 20 --keep-couplings --couplings").arg(&file));
    succeed(about("export", &run, "--dim 5 --instance 0 --couplings --out").arg(&out));
    let exported = read(&out.join("couplings.npy"), Wanted::Order).unwrap().values;
    let at = |i: usize, j: usize, k: usize| exported[(i * 5 + j) * 5 + k].to_bits();
    let given = dense(3, 5, nearly);
    let mut differ = 0;
    for (i, j, k) in (0..125).map(|place| (place / 25, place / 5 % 5, place % 5)) {
        assert!(
            [at(i, k, j), at(j, i, k), at(j, k, i), at(k, i, j), at(k, j, i)]
                .iter()
                .all(|&bits| bits == at(i, j, k))
        );
        differ += usize::from(given[(i * 5 + j) * 5 + k].to_bits() != given[(k * 5 + j) * 5 + i].to_bits());
    }
    assert!(differ > 0, "the array that was given is symmetric to the bit already");
}

#[test]
fn a_run_on_several_orders_resumes_and_is_computed_again_with_all_of_its_files() {
    let place = Place::quick();
    let [h, a, b] = three_orders(&place, 6);
    let (run, whole) = (place.path("a.run"), place.path("whole.run"));
    succeed(&mut with(sweep(&whole, "--starts 45 --couplings"), &[&h, &a, &b]));
    succeed(&mut with(sweep(&run, "--starts 20 --couplings"), &[&h, &a, &b]));
    assert!(refused(&mut sweep(&run, "--starts 45"), 3).contains("--couplings"));
    let line = refused(&mut with(sweep(&run, "--starts 45 --couplings"), &[&a, &b]), 3);
    assert!(line.contains("couplings: the run has files of SHA-256"), "{line}");
    succeed(&mut with(sweep(&run, "--starts 45 --couplings"), &[&b, &h, &a]));
    assert!(dump(&run) == dump(&whole));
    let found = json(&mut with(about("verify", &run, "--deep --all --json --couplings"), &[&h, &a, &b]));
    assert_eq!((&found["ok"], &found["deep"]["rerun"]), (&true.into(), &45.into()), "{found}");
    let output = with(about("verify", &run, "--deep --couplings"), &[&h, &a]).output().unwrap();
    assert!(complaint(&output, 2).contains("this is another"));
}

#[test]
fn a_field_alone_has_its_two_critical_points() {
    let place = Place::quick();
    let h = array(&place, "h.npy", [1, 5], entry);
    let run = place.path("a.run");
    succeed(sweep(&run, "--starts 20 --protocol gd --couplings").arg(&h));
    let norm = dense(1, 5, entry).iter().map(|x| x * x).sum::<f64>().sqrt();
    for record in SurfaceStore::open_read(&run).unwrap().records(None).unwrap() {
        assert!((record.energy + norm * 5f64.sqrt()).abs() < 1e-9, "{}", record.energy);
    }
}

#[test]
fn arrays_that_do_not_belong_together_are_named_with_what_is_allowed() {
    let place = Place::quick();
    let [h, a, b] = three_orders(&place, 6);
    let other = array(&place, "other.npy", [2, 6], |_| 1.0);
    let small = array(&place, "small.npy", [4, 5], entry);
    let one = array(&place, "one.npy", [1, 1], |_| 1.0);
    let missing = place.path("missing.npy");
    let cases: [(&[&Path], &str); 6] = [
        (&[&a, &b, &other], "one array for each order; both have order 2"),
        (&[&h, &h], "one array for each order; both have order 1"),
        (&[&h, &a, &small], "arrays of one dimension N; the first has N = 6, the second N = 5"),
        (&[&a, &missing], "there is no such file"),
        (&[&one], "its shape is (1,)"),
        (&[&a, Path::new("")], "couplings"),
    ];
    for (files, part) in cases {
        let run = place.path("a.run");
        let line = refused(&mut with(sweep(&run, "--starts 20 --couplings"), files), 2);
        assert!(line.contains(part) && !run.exists(), "{line}");
        assert!(refused(&mut with(hspin("census --couplings"), files), 2).contains(part));
    }
}

#[test]
fn a_file_whose_name_has_a_comma_is_one_file() {
    let place = Place::quick();
    let file = array(&place, "a,b.npy", [2, 4], entry);
    succeed(sweep(&place.path("a.run"), "--starts 20 --couplings").arg(&file));
}

/// Every critical point of several orders, at least of those arrays that have no families of them.
#[test]
fn a_census_of_several_orders_is_certified_and_its_lowest_point_is_that_of_descents() {
    let place = Place::quick();
    let [h, a, b] = three_orders(&place, 4);
    for (files, expected) in
        [(&[&h as &Path] as &[&Path], 2), (&[&h, &a], 8), (&[&a, &b], 30), (&[&h, &a, &b], 30)]
    {
        let found = json(&mut with(hspin("census --json --couplings"), files));
        let census = &found["instances"][0];
        assert_eq!((&census["certified"], &census["complex"]), (&true.into(), &expected.into()), "{found}");
        let shown = json(&mut with(
            sweep(&place.path(&format!("{expected}-{}.run", files.len())), "--starts 60 --json --couplings"),
            files,
        ));
        let [lowest, reached] =
            [&census["energies_per_spin"][0][0], &shown["dims"][0]["min"]].map(|u| u.as_f64().unwrap());
        assert!((lowest - reached).abs() < 1e-9 * lowest.abs(), "{lowest} {reached}");
    }
}
