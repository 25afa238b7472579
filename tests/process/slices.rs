//! Slices through stored points.

use std::fs;

use serde_json::Value;

use crate::harness::{Place, about, hspin, succeed, sweep};

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn slice(run: &std::path::Path, flags: &str) -> Value {
    serde_json::from_str(&succeed(&mut about("slice", run, &format!("{flags} --json")))).unwrap()
}

#[test]
fn a_profile_between_two_minima_has_their_stored_energies_and_slopes_of_zero() {
    let place = Place::new();
    for (name, model) in [("pure", "--spins 3"), ("mixture", "--mixture 2:.4,4:.6"), ("spike", "--spike 1.5")]
    {
        let run = place.path(&format!("{name}.run"));
        succeed(&mut sweep(&run, &format!("{model} --dims 20 --starts 40 --protocol gd")));
        let starts = "--dim 20 --start 0 --along start:1 --points 3";
        let whole = slice(&run, starts);
        let angle = whole["marks"][1]["at"][0].as_f64().unwrap();
        assert!(angle > 0.1, "{name}: both starts ended together");
        // With this extent the last angle is that of the other minimum.
        let found = slice(&run, &format!("{starts} --extent {angle}"));
        let (energies, slopes) = (numbers(&found["energies_per_spin"]), numbers(&found["slopes"]));
        for (mark, at) in [(0, 1), (1, 2)] {
            let stored = found["marks"][mark]["energy_per_spin"].as_f64().unwrap();
            assert!((energies[at] - stored).abs() < 1e-12, "{name}: {} {stored}", energies[at]);
            assert!(slopes[at].abs() < 1e-9, "{name}: slope {}", slopes[at]);
            assert!(numbers(&found["curvatures"])[at] > 0.0);
        }
        // The antipodal side of the middle is no critical point.
        assert!(slopes[0].abs() > 1e-3);
    }
}

#[test]
fn a_plane_has_the_eigenvalues_as_curvatures_and_its_profiles_inside() {
    let place = Place::new();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, "--dims 15 --starts 10"));
    let flags = "--dim 15 --points 5 --extent 0.002";
    let plane = slice(&run, &format!("{flags} --along eigenvector:0,eigenvector:3"));
    let energies = numbers(&plane["energies_per_spin"]);
    assert_eq!(energies.len(), 25);
    let records = place.path("records");
    succeed(&mut about("export", &run, &format!("--out {}", records.display())));
    let lines = fs::read_to_string(records.join("records.csv")).unwrap();
    let column = |name: &str| lines.lines().next().unwrap().split(',').position(|head| head == name).unwrap();
    let start = plane["start"].as_u64().unwrap() as usize;
    let lowest: f64 = lines
        .lines()
        .nth(start + 1)
        .unwrap()
        .split(',')
        .nth(column("min_eigenvalue"))
        .unwrap()
        .parse()
        .unwrap();
    // d²u/dφ² along a unit eigenvector is its eigenvalue: a geodesic of angle φ has length φ√Λ, and u = L/Λ.
    let step: f64 = 0.001;
    let curvature = (energies[7] - 2.0 * energies[12] + energies[17]) / step.powi(2);
    assert!((curvature - lowest).abs() < 1e-3 * lowest, "{curvature} {lowest}");
    let across = (energies[11] - 2.0 * energies[12] + energies[13]) / step.powi(2);
    assert!(across > 1.1 * lowest, "another eigenvalue: {across} {lowest}");
    let profile = slice(&run, &format!("{flags} --along eigenvector:3"));
    for (at, u) in numbers(&profile["energies_per_spin"]).iter().enumerate() {
        assert!((u - energies[10 + at]).abs() < 1e-13);
    }
}

#[test]
fn files_are_written_whole_and_not_over_those_of_others() {
    let place = Place::new();
    let (run, out) = (place.path("a.run"), place.path("figures"));
    succeed(&mut sweep(&run, "--dims 10 --starts 5"));
    let flags = format!("--dim 10 --points 9 --out {}", out.display());
    succeed(&mut about("slice", &run, &flags));
    let table = fs::read_to_string(out.join("slice.csv")).unwrap();
    assert_eq!((table.lines().next(), table.lines().count()), (Some("a,b,energy_per_spin"), 82));
    assert!(out.join("slice.svg").is_file() && out.join("slice.png").is_file());
    succeed(&mut about("slice", &run, &flags));
    fs::write(out.join("slice.csv"), "mine").unwrap();
    let refused = about("slice", &run, &flags).output().unwrap();
    assert_eq!(refused.status.code(), Some(3), "{refused:?}");
    assert_eq!(fs::read_to_string(out.join("slice.csv")).unwrap(), "mine");
    succeed(&mut about("slice", &run, &format!("{flags} --force")));
}

#[test]
fn what_is_not_there_is_said_in_one_line() {
    let place = Place::new();
    let (run, bare) = (place.path("a.run"), place.path("bare.run"));
    succeed(&mut sweep(&run, "--dims 10 --starts 5"));
    succeed(&mut sweep(&bare, "--dims 10 --starts 5 --no-points"));
    let said = |run: &std::path::Path, flags: &str| {
        let output = about("slice", run, &format!("{flags} --json")).output().unwrap();
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!(line.trim_end().lines().count(), 1, "{line}");
        (output.status.code().unwrap(), line)
    };
    for (flags, code, word) in [
        ("--dim 11", 2, "[10]"),
        ("--dim 10 --instance 1", 2, "instance = 1"),
        ("--dim 10 --start 5", 2, "start = 5"),
        ("--dim 10 --along start:0 --start 0", 2, "direction"),
        ("--dim 10 --along eigenvector:9", 2, "below Λ − 1 = 9"),
        ("--dim 10 --along uphill:1", 2, "eigenvector:K, start:J or random:N"),
        ("--dim 10 --along random:1,random:2,random:3", 2, "one or two"),
        ("--dim 10 --along random:1,random:1", 2, "second direction"),
        ("--dim 10 --extent 0", 2, "--extent = 0"),
        ("--dim 10 --extent 4", 2, "at most π"),
        ("--dim 10 --points 2", 2, "3"),
    ] {
        let (found, line) = said(&run, flags);
        assert!(found == code && line.contains(word), "{flags}: {found} {line}");
    }
    let (code, line) = said(&bare, "--dim 10");
    assert!(code == 3 && line.contains("points that were kept"), "{line}");
    let missing = hspin("slice").args(["nothing.run", "--dim", "10", "--json"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(2));
}
