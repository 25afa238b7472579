//! The map from a network to its glass, and the path sum it rests on.

use assert_cmd::Command;
use hspin::networks::map::{GlassMap, LARGEST_LAYER, MOST_LAYERS};
use hspin::networks::paths::ReluNetwork;
use hspin::rng::{Role, stream};
use rand::RngExt;
use serde_json::Value;

fn hspin(args: &[&str]) -> std::process::Output {
    Command::cargo_bin("hspin").unwrap().args(["networks", "map"]).args(args).output().unwrap()
}

fn json(layers: &str) -> Value {
    let output = hspin(&["--layers", layers, "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_small_network_is_counted_by_hand() {
    let map = GlassMap::new(&[4, 3, 2, 1]).unwrap();
    assert_eq!((map.spins(), map.paths(), map.parameters()), (3, Some(24), 12 + 6 + 2));
    assert!((map.dim() - 24f64.cbrt()).abs() < 1e-15);
}

#[test]
fn theorem_3_1_holds_for_every_shape() {
    let mut random = stream(1, Role::Probe, &[31]);
    for _ in 0..2000 {
        let hidden = random.random_range(1..12);
        let mut layers: Vec<u64> = (0..=hidden).map(|_| 1u64 << random.random_range(0..40)).collect();
        layers.push(1);
        let bounds = GlassMap::new(&layers).unwrap().log_bounds();
        let slack = 1e-9 * bounds.most.abs().max(1.0);
        assert!(bounds.most + slack >= bounds.parameters, "{layers:?} {bounds:?}");
        assert!(bounds.parameters + slack >= bounds.least, "{layers:?} {bounds:?}");
        assert!(bounds.least + slack >= bounds.dim, "{layers:?} {bounds:?}");
    }
    // The second is an equality where all products n_i n_{i+1} agree.
    let even = GlassMap::new(&[1, 1, 1, 1]).unwrap().log_bounds();
    assert!((even.parameters - even.least).abs() < 1e-12);
}

#[test]
fn the_largest_network_has_numbers_too() {
    let mut layers = vec![LARGEST_LAYER; MOST_LAYERS];
    layers[MOST_LAYERS - 1] = 1;
    let map = GlassMap::new(&layers).unwrap();
    assert_eq!(map.paths(), None);
    assert_eq!(map.parameters(), 999 * u128::from(LARGEST_LAYER).pow(2) + u128::from(LARGEST_LAYER));
    let expected = 1000.0 * (LARGEST_LAYER as f64).ln();
    assert!((map.log_paths() / expected - 1.0).abs() < 1e-12);
    assert!((map.dim() / LARGEST_LAYER as f64 - 1.0).abs() < 1e-10);
}

/// A network of small whole numbers: sums in any order are exact.
fn network(layers: &[usize], number: u64) -> (ReluNetwork, Vec<f64>) {
    let mut random = stream(2, Role::Probe, &[number]);
    let mut whole = move || f64::from(random.random_range(-3..=3i32));
    let weights = layers
        .windows(2)
        .map(|pair| (0..pair[1]).map(|_| (0..pair[0]).map(|_| whole()).collect()).collect::<Vec<Vec<f64>>>());
    let weights: Vec<_> = weights.collect();
    (ReluNetwork::new(weights), (0..layers[0]).map(|_| whole()).collect())
}

#[test]
fn the_output_is_the_sum_over_active_paths() {
    let mut nonzero = 0;
    for (number, layers) in [&[5, 4, 1][..], &[3, 4, 5, 1], &[2, 3, 2, 3, 1], &[6, 1], &[4, 2, 2, 2, 2, 1]]
        .into_iter()
        .cycle()
        .take(100)
        .enumerate()
    {
        let (network, inputs) = network(layers, number as u64);
        let output = network.output(&inputs);
        assert_eq!(network.path_sum(&inputs), output, "{layers:?}");
        nonzero += usize::from(output != 0.0);
    }
    assert!(nonzero > 60, "{nonzero} outputs of 100 are not zero");
}

#[test]
fn one_hidden_layer_has_no_band_and_says_so() {
    let map = json("100,50,1");
    assert_eq!((&map["spins"], &map["paths"], &map["parameters"]), (&2.into(), &5000.into(), &5050.into()));
    let root_two = std::f64::consts::SQRT_2;
    assert_eq!((map["e_0"].as_f64(), map["e_inf"].as_f64()), (Some(root_two), Some(root_two)));
    assert_eq!(map["critical_points"].as_f64(), Some(2.0 * 5000f64.sqrt()));
    assert_eq!(map["has_band"], false);
    let text = String::from_utf8(hspin(&["--layers", "100,50,1"]).stdout).unwrap();
    assert!(text.contains("Λ = Ψ^(1/H) = 70.710678"), "{text}");
    assert!(text.contains("2Λ = 141.421356 critical points"), "{text}");
    assert!(text.contains("There is no band."), "{text}");
}

#[test]
fn two_hidden_layers_have_a_band() {
    let map = json("100,50,50,1");
    assert_eq!((map["spins"].as_u64(), map["paths"].as_u64()), (Some(3), Some(250_000)));
    assert!((map["e_0"].as_f64().unwrap() - 1.656_998_363_527_473).abs() < 1e-12);
    assert!((map["e_inf"].as_f64().unwrap() - (8.0f64 / 3.0).sqrt()).abs() < 1e-15);
    assert!((map["dim"].as_f64().unwrap() - 250_000f64.cbrt()).abs() < 1e-10);
    assert_eq!((&map["critical_points"], &map["has_band"]), (&Value::Null, &true.into()));
    let huge = json(&format!("{},1", vec!["1000000000000000"; 40].join(",")));
    assert_eq!((&huge["paths"], &huge["parameters"]), (&Value::Null, &Value::Null));
    assert!((huge["log_paths"].as_f64().unwrap() - 40.0 * 1e15f64.ln()).abs() < 1e-9);
}

#[test]
fn layers_that_are_not_allowed_are_named_with_what_is() {
    for (layers, expected) in [
        ("100,1", "--layers = 100,1: 3 to 1001 layers: inputs, at least one hidden layer, one output"),
        ("100,0,1", "--layers = 100,0,1: layers of 1 to 1000000000000000 units"),
        ("100,50,10", "a last layer of 1: the map is that of a network with one output"),
        ("100,x,1", "--layers = x: a comma-separated list of whole numbers"),
        ("100,-5,1", "--layers = -5: a comma-separated list of whole numbers"),
        ("100,,1", "--layers = : a comma-separated list of whole numbers"),
        ("99999999999999999999999,2,1", "a comma-separated list of whole numbers"),
    ] {
        let output = hspin(&["--layers", layers]);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(expected) && text.lines().count() == 1, "{text}");
    }
}
