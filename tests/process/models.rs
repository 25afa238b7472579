//! Runs on mixtures, with other laws, with spikes, and from given points.

use std::fs;
use std::path::Path;

use hspin::numeric::npy::{Wanted, read};

use crate::couplings::npy;
use crate::harness::{Place, about, complaint, hspin, json, succeed, sweep};

fn hash(run: &Path) -> String {
    let found = json(&mut about("verify", run, "--json"));
    assert_eq!((&found["ok"], &found["complete"]), (&true.into(), &true.into()), "{found}");
    found["content_hash"].as_str().unwrap().to_owned()
}

/// Rows of a CSV file, by column.
fn rows(path: &Path) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn number(row: &std::collections::BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

#[test]
fn one_order_of_variance_1_is_the_pure_run_to_the_bit() {
    let place = Place::quick();
    let (pure, mixed) = (place.path("pure.run"), place.path("mixed.run"));
    succeed(&mut sweep(&pure, "--dims 8,12 --starts 40"));
    succeed(&mut sweep(&mixed, "--mixture 3:1 --law gaussian --dims 8,12 --starts 40"));
    assert_eq!(hash(&pure), hash(&mixed));
    // Either command goes on with either run.
    succeed(&mut sweep(&mixed, "--spins 3 --dims 8,12 --starts 60"));
}

/// Halving every coupling halves every energy to the bit and moves no point, whatever the method is.
#[test]
fn a_quarter_of_the_variance_halves_energies_and_moves_nothing() {
    for protocol in ["sgd", "gd", "fast", "saddle", "anneal --sweeps 40"] {
        let place = Place::quick();
        let flags = format!("--dims 10 --starts 20 --protocol {protocol}");
        let [whole, half] = [("whole", ""), ("half", "--mixture 3:0.25")].map(|(name, model)| {
            let run = place.path(&format!("{name}.run"));
            succeed(&mut sweep(&run, &format!("{flags} {model}")));
            let out = place.path(name);
            succeed(about("export", &run, "").arg("--out").arg(&out));
            rows(&out.join("records.csv"))
        });
        for (whole, half) in whole.iter().zip(&half) {
            let [u, v] = [whole, half].map(|row| number(row, "energy_per_spin"));
            assert!((v - 0.5 * u).abs() < 1e-12, "{protocol}: {u} {v}");
            assert_eq!((&whole["steps"], &whole["index"]), (&half["steps"], &half["index"]), "{protocol}");
            assert!((number(half, "radial_slope") - 3.0 * v).abs() < 1e-12, "{protocol}");
        }
    }
}

/// An order below or above, a field and a spike that vanish leave every start and every descent where it is without them: what
/// is left of the difference falls as √v, or as λ, down to rounding.
#[test]
fn descents_on_a_part_that_vanishes_tend_to_those_without_it() {
    for (protocol, pure) in
        [("sgd", "--mixture 3:1"), ("gd", "--mixture 2:0.5,3:0.5"), ("anneal --sweeps 40", "--mixture 3:1")]
    {
        let place = Place::quick();
        let of = |name: &str, model: &str| {
            let (run, out) = (place.path(&format!("{name}.run")), place.path(name));
            succeed(&mut sweep(&run, &format!("--dims 10 --starts 20 --protocol {protocol} {model}")));
            succeed(about("export", &run, "").arg("--out").arg(&out));
            rows(&out.join("records.csv"))
        };
        let whole = of("whole", pure);
        let furthest = |rows: &[std::collections::BTreeMap<String, String>]| {
            let differ = whole.iter().zip(rows).map(|(whole, other)| {
                let [u, v] = [whole, other].map(|row| number(row, "energy_per_spin"));
                (u - v).abs()
            });
            differ.fold(0.0, f64::max)
        };
        for (name, part) in
            [("lower", ",1:V"), ("higher", ",4:V"), ("highest", ",6:V"), ("spike", " --spike V:4")]
        {
            let with = |small: &str| {
                furthest(&of(&format!("{name}-{small}"), &format!("{pure}{part}").replace('V', small)))
            };
            let [large, small, least] = ["1e-8", "1e-12", "1e-30"].map(with);
            // √v falls by 100, λ by 10⁴; the starts of other streams end at other minima, 0.01 and more away.
            assert!(
                large < 1e-3 && large > 30.0 * small && least < 1e-13,
                "{protocol} {name}: {large} {small} {least}"
            );
        }
    }
}

#[test]
fn a_field_alone_has_one_minimum_that_every_start_reaches() {
    let place = Place::quick();
    let run = place.path("field.run");
    let shown = json(&mut sweep(&run, "--mixture 1:1 --dims 30 --starts 50 --json"));
    assert_eq!(
        (&shown["dims"][0]["converged"], &shown["dims"][0]["distinct"]),
        (&50.into(), &1.into()),
        "{shown}"
    );
    // u = −|h|/√Λ, to rounding.
    succeed(about("export", &run, "--dim 30 --instance 0 --couplings").arg("--out").arg(place.path("out")));
    let field = read(&place.path("out").join("couplings.npy"), Wanted::Order).unwrap();
    let length = field.values.iter().map(|h| h * h).sum::<f64>().sqrt();
    let energy = shown["dims"][0]["min"].as_f64().unwrap();
    assert!((energy + length / 30f64.sqrt()).abs() < 1e-13, "{energy}");
    succeed(&mut about("verify", &run, "--deep --all"));
    let found = json(&mut hspin("census --mixture 1:1 --dim 9 --json"));
    let by_index: Vec<u64> = serde_json::from_value(found["instances"][0]["by_index"].clone()).unwrap();
    assert_eq!((by_index[0], by_index[8], by_index.iter().sum::<u64>()), (1, 1, 2), "{found}");
    assert_eq!(found["instances"][0]["certified"], true);
}

/// Energies, radial slopes and overlaps of the records, from the arrays that are exported.
#[test]
fn exported_couplings_and_the_hidden_vector_give_the_records() {
    let place = Place::quick();
    let (run, out) = (place.path("a.run"), place.path("out"));
    let model = "--mixture 1:0.2,2:0.3,3:0.5 --law uniform --spike 1.5:2";
    succeed(&mut sweep(&run, &format!("{model} --dims 7 --starts 25 --instances 2")));
    let wanted = "--dim 7 --instance 1 --couplings --points --spike";
    succeed(about("export", &run, wanted).arg("--out").arg(&out));
    let arrays: Vec<Vec<f64>> = (1..=3)
        .map(|p| read(&out.join(format!("couplings-{p}.npy")), Wanted::Order).unwrap().values)
        .collect();
    let vector = read(&out.join("spike.npy"), Wanted::Order).unwrap().values;
    let points = read(&out.join("points.npy"), Wanted::Points).unwrap().values;
    assert!((vector.iter().map(|v| v * v).sum::<f64>() - 7.0).abs() < 1e-12);
    for (row, w) in rows(&out.join("records.csv")).iter().zip(points.chunks(7)) {
        let m = w.iter().zip(&vector).map(|(w, v)| w * v).sum::<f64>() / 7.0;
        let (mut energy, mut slope) = (-1.5 * 7.0 * m * m, 2.0 * -1.5 * 7.0 * m * m);
        for (order, array) in (1i32..).zip(&arrays) {
            let of_order: f64 = array
                .iter()
                .enumerate()
                .map(|(place, a)| {
                    a * (0..order as u32).map(|k| w[place / 7usize.pow(k) % 7]).product::<f64>()
                })
                .sum();
            let of_order = of_order * 7f64.powf(-0.5 * f64::from(order - 1));
            energy += of_order;
            slope += f64::from(order) * of_order;
        }
        assert!((number(row, "energy") - energy).abs() < 1e-12 * 7.0, "{row:?} {energy}");
        assert!((number(row, "radial_slope") - slope / 7.0).abs() < 1e-12, "{row:?}");
        // Of an even spike the sign says nothing.
        assert!((number(row, "spike_overlap") - m.abs()).abs() < 1e-12, "{row:?}");
    }
    succeed(&mut about("verify", &run, "--deep --all"));
}

#[test]
fn a_strong_spike_is_found_by_every_start_and_by_the_census() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, "--spike 20 --dims 20 --starts 20 --start-overlap 0.3"));
    succeed(about("export", &run, "").arg("--out").arg(place.path("out")));
    for row in rows(&place.path("out").join("records.csv")) {
        assert!(number(&row, "spike_overlap") > 0.99 && row["outcome"] == "converged", "{row:?}");
    }
    let found = json(&mut hspin("census --spike 20 --dim 6 --instances 3 --json"));
    for instance in found["instances"].as_array().unwrap() {
        assert_eq!(instance["certified"], true, "{instance}");
        // The minimum at the spike, far below all others.
        let lowest = instance["energies_per_spin"][0][0].as_f64().unwrap();
        assert!(lowest < -18.0, "{instance}");
    }
    // Above the couplings' order: fewer solutions than paths, all found. A highest order next to 0: no proof, in words.
    let above = succeed(&mut hspin("census --spins 3 --spike 1:4 --dim 4 --instances 3"));
    assert!(above.contains("Certified: 3 instances of 3.") && above.contains("all 44 complex"), "{above}");
    let next_to_none = succeed(&mut hspin("census --mixture 2:0.5,3:1e-30 --dim 4"));
    for part in ["8 of 30 classes proved", "solution at infinity", "Σ(−1)^k C_k = 0 as of a complete list"]
    {
        assert!(next_to_none.contains(part), "{next_to_none}");
    }
    // Exact means are of surfaces without a spike.
    assert!(found["expected_by_index"].as_array().unwrap().iter().all(serde_json::Value::is_null), "{found}");
}

#[test]
fn starts_begin_at_given_points_which_are_part_of_the_run() {
    let place = Place::quick();
    let (first, second) = (place.path("first.run"), place.path("second.run"));
    succeed(&mut sweep(&first, "--dims 9 --starts 25 --protocol gd"));
    let out = place.path("out");
    succeed(about("export", &first, "--dim 9 --instance 0 --points").arg("--out").arg(&out));
    let ends = out.join("points.npy");
    // From the ends of descents there is nowhere to go.
    let again = |run: &Path| {
        let mut command = sweep(run, "--protocol gd --starts-from");
        command.arg(&ends);
        command
    };
    succeed(&mut again(&second));
    succeed(about("export", &second, "").arg("--out").arg(place.path("again")));
    let both = [&out, &place.path("again")].map(|out| rows(&out.join("records.csv")));
    assert_eq!((both[0].len(), both[1].len()), (25, 25));
    for (first, second) in both[0].iter().zip(&both[1]) {
        assert!((number(first, "energy") - number(second, "energy")).abs() < 1e-9 && second["steps"] == "0");
    }
    succeed(about("verify", &second, "--deep --all --starts-from").arg(&ends));
    let without = complaint(&about("verify", &second, "--deep").output().unwrap(), 3);
    assert!(without.contains("--starts-from"), "{without}");
    let resumed = complaint(&sweep(&second, "--protocol gd").output().unwrap(), 3);
    assert!(resumed.contains("--starts-from"), "{resumed}");
    let more = complaint(&again(&place.path("b.run")).arg("--starts").arg("26").output().unwrap(), 2);
    assert!(more.contains("at most 25"), "{more}");
    // Points that are not on the sphere, and another shape.
    for (name, shape, values, part) in [
        ("off.npy", vec![1, 2], vec![1.0, 1.1], "row 0"),
        ("flat.npy", vec![4], vec![1.0; 4], "of shape (n, N)"),
    ] {
        let file = place.path(name);
        fs::write(&file, npy("<f8", false, &shape, &values)).unwrap();
        let mut command = sweep(&place.path("c.run"), "--starts-from");
        let error = complaint(&command.arg(&file).output().unwrap(), 2);
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn what_a_model_cannot_be_is_refused_in_one_line_that_names_what_is_allowed() {
    let place = Place::quick();
    let run = place.path("a.run");
    for (flags, part) in [
        ("--mixture 3", "an order and its variance"),
        ("--mixture 3:-1", "a variance from"),
        ("--mixture 3:0", "a variance from"),
        ("--mixture 3:nan", "an order and its variance"),
        ("--mixture 0:1", "orders from 1 to 16"),
        ("--mixture 17:1,2:1", "orders from 1 to 16"),
        ("--mixture 2:.5,2:.5", "each order once"),
        ("--mixture 2:.5,3:.5 --spins 3", "nothing beside a mixture"),
        ("--mixture 16:1,2:1 --dims 3000", "fewer than 2^53 couplings"),
        ("--spike -1", "a finite number above 0"),
        ("--spike nan", "a strength λ above 0"),
        ("--spike 1:0", "1 to 100"),
        ("--spike 1:x", "the order r"),
        ("--law cauchy", "gaussian"),
        ("--law sign --spins 7", "gaussian at orders above 6"),
        ("--start-overlap .5", "nothing without a spike"),
        ("--spike 1 --start-overlap 1.5", "from -1 to 1"),
        ("--mixture 2:.5,3:.5 --device cuda", "cpu for mixtures"),
    ] {
        let error = complaint(&sweep(&run, flags).output().unwrap(), 2);
        assert!(error.contains(part), "{flags}: {error}");
        assert!(!run.exists(), "{flags}");
    }
    succeed(&mut sweep(&run, "--mixture 2:.5,3:.5 --dims 6 --starts 20"));
    for (flags, part) in [
        ("--mixture 2:.4,3:.6", "mixture: the run has 2:0.5,3:0.5, asked for 2:0.4,3:0.6"),
        ("--spins 3", "mixture: the run has 2:0.5,3:0.5"),
        ("--law sign", "law: the run has gaussian"),
        ("--spike 1", "spike: the run has none"),
    ] {
        let error = complaint(&sweep(&run, flags).output().unwrap(), 3);
        assert!(error.contains(part), "{flags}: {error}");
    }
    // Figures of the pure model do not show a mixture.
    let mut figure = hspin("figure hessian-spectrum --run");
    let error = complaint(&figure.arg(&run).arg("--out").arg(place.path("f")).output().unwrap(), 2);
    assert!(error.contains("hessian-spectrum shows"), "{error}");
}

/// Descents at a size where starts find every minimum: of another law, and of an array in any unit.
#[test]
fn another_law_and_an_own_array_stand_beside_the_gaussian_model_without_a_verdict() {
    let place = Place::quick();
    let of = |name: &str, flags: &str, file: Option<&std::path::Path>| {
        let run = place.path(&format!("{name}.run"));
        let mut command = sweep(&run, flags);
        if let Some(file) = file {
            command.arg("--couplings").arg(file);
        }
        succeed(&mut command);
        let text = succeed(&mut about("bands", &run, ""));
        assert!(text.contains("no verdict") && text.contains("minima found on a surface"), "{text}");
        let found = json(&mut about("bands", &run, "--json"));
        assert_eq!(found["verdict"], "untested", "{found}");
        found["dims"][0]["model"].clone()
    };
    let sign = of("sign", "--dims 8 --starts 60 --instances 20 --law sign", None);
    let rows = sign["gaussian"].as_array().unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row["quantity"].as_str().unwrap()).collect();
    assert_eq!(names, ["minima", "energy_of_minima", "lowest"]);
    for row in rows {
        let [observed, gaussian, difference, error] =
            ["observed", "gaussian", "difference", "standard_error"].map(|key| row[key].as_f64().unwrap());
        assert!((observed - gaussian - difference).abs() < 1e-12 && error > 0.0, "{row}");
    }
    assert!(rows[1]["difference"].as_f64().unwrap().abs() < 0.2, "{rows:?}");

    // One Gaussian surface as an array of one's own, in two units.
    let run = place.path("gaussian.run");
    succeed(&mut sweep(&run, "--dims 8 --starts 1"));
    succeed(about("export", &run, "--dim 8 --instance 0 --couplings").arg("--out").arg(place.path("out")));
    let couplings = place.path("out").join("couplings.npy");
    let array = read(&couplings, Wanted::Order).unwrap();
    let bytes = std::fs::read(&couplings).unwrap();
    let values: Vec<u8> = array.values.iter().flat_map(|x| (4.0 * x).to_le_bytes()).collect();
    let scaled = place.path("scaled.npy");
    let head = &bytes[..bytes.len() - values.len()];
    std::fs::write(&scaled, [head, &values].concat()).unwrap();
    let [one, four] =
        [("one", &couplings), ("four", &scaled)].map(|(name, file)| of(name, "--starts 60", Some(file)));
    assert_eq!(4.0 * one["scale"].as_f64().unwrap(), four["scale"].as_f64().unwrap());
    assert_eq!(one["gaussian"], four["gaussian"]);
    assert!(one["gaussian"][0]["standard_error"].is_null(), "{one}");
}
