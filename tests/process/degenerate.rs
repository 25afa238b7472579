//! What is shown of points whose index is not certain, and of starts that do not converge.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::couplings::npy;
use crate::harness::{Place, about, json, succeed, sweep};

/// A run on the cubic form with these entries.
fn own(place: &Place, name: &str, dim: u64, flags: &str, entry: impl Fn([u64; 3]) -> f64) -> PathBuf {
    let cells = (0..dim.pow(3)).map(|place| [place / dim / dim, place / dim % dim, place % dim]);
    let (file, run) = (place.path(&format!("{name}.npy")), place.path(&format!("{name}.run")));
    fs::write(&file, npy("<f8", false, &[dim; 3], &cells.map(entry).collect::<Vec<_>>())).unwrap();
    succeed(sweep(&run, flags).arg("--couplings").arg(&file));
    run
}

fn first(shown: &Value) -> &Value {
    &shown["dims"][0]
}

/// y³ on the circle: a fifth of the starts comes down to the inflection.
#[test]
fn points_of_undecided_index_are_counted_beside_the_indices() {
    let place = Place::quick();
    let cube = |indices: [u64; 3]| if indices == [1, 1, 1] { 1.0 } else { 0.0 };
    let run = own(&place, "cube", 2, "--protocol gd --starts 200", cube);
    let shown = json(&mut about("show", &run, "--json"));
    let dim = first(&shown);
    let undecided = dim["undecided"].as_u64().unwrap();
    assert!(dim["converged"] == 200 && undecided > 20, "{dim}");
    assert_eq!(dim["index_counts"], serde_json::json!({ "0": 200 - undecided }), "{dim}");
    let text = succeed(&mut about("show", &run, ""));
    assert!(text.contains(&format!("0: {}  undecided: {undecided}", 200 - undecided)), "{text}");
}

#[test]
fn where_all_starts_converge_nothing_moves_the_mean() {
    let place = Place::quick();
    let run = place.path("random.run");
    succeed(&mut sweep(&run, "--dims 8 --starts 45 --protocol gd"));
    let shown = json(&mut about("show", &run, "--json"));
    let dim = first(&shown);
    assert!(dim["unconverged_could_move_mean"] == false && dim["unconverged_mean_shift"].is_null(), "{dim}");
    assert_eq!(dim["undecided"], 0, "{dim}");
    let found = json(&mut about("bands", &run, "--json"));
    let dim = first(&found);
    assert!(dim["unconverged_could_move_mean"] == false && dim["undecided"] == 0, "{dim}");
}
