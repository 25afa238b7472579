use std::fs;

use hspin::analysis::UnitCount;
use hspin::analysis::networks::NetworksData;
use hspin::cli::shared::networks::outputs::write_all;
use hspin::cli::shared::networks::text as report;
use hspin::figures::{self, FigureFormat};
use hspin::studies::networks::Training;

use super::invented::{CONTEXT, Truth, compared, like_the_paper, sweep};

fn networks() -> NetworksData {
    let mut descent = sweep(1, 160, like_the_paper);
    descent[5].outcome = Training::NonFinite;
    descent[5].test_loss = f64::NAN;
    let annealed = sweep(2, 32, like_the_paper);
    let comparison = compared(descent.clone(), annealed);
    NetworksData { descent, context: CONTEXT, comparison: Some(comparison) }
}

#[test]
fn every_figure_and_table_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let written = write_all(&networks().inputs(None), dir.path(), &[FigureFormat::Svg]).unwrap();
    let names: Vec<String> =
        written.iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    for name in figures::of_networks().map(|figure| figure.name).filter(|&name| name != "glass-and-networks")
    {
        assert!(names.iter().any(|found| found == name), "{name} not in {names:?}");
    }
    let table = fs::read_to_string(dir.path().join("table-1.csv")).unwrap();
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 7);
    assert!(rows.iter().all(|row| row.len() == 6));
    assert_eq!((rows[2][0], rows[2][5]), ("25", "0.7616"));
    assert_eq!((rows[1][0], rows[1][1], rows[1][5]), ("10", "159", ""));
    let json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(dir.path().join("networks.json")).unwrap()).unwrap();
    assert_eq!(json["sizes"][0]["lost"], 1);
    assert_eq!(json["claims"][1]["claim"], "correlation_falls");
    assert!(json["claims"][2]["tests"][0]["p_for"].is_f64());
}

#[test]
fn the_text_says_every_verdict_and_what_it_means() {
    let text = report::text(&networks().report());
    for line in [
        "Networks 100 → n₁ → 10, trained on 5000 digits and tested on 1000. Losses in nats.",
        "- The correlation of train and test loss falls with n₁: agrees.",
        "- Descent does at least as well as annealing (test loss and test accuracy, every size): undecided.",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} not in\n{text}");
    }
    assert!(text.contains("Of a hundred runs at the border of a claim, at most one is said to agree"));
    let few = NetworksData { descent: networks().descent[..10].to_vec(), comparison: None, ..networks() };
    assert!(report::text(&few.report()).contains("Nothing to test"));
}

#[test]
fn an_index_away_from_critical_points_is_told_with_its_gradient_and_epochs() {
    let stopped = |n: f64| Truth { gradient: 0.18, ..like_the_paper(n) };
    let networks = NetworksData { descent: sweep(1, 160, stopped), context: CONTEXT, comparison: None };
    let report = networks.report();
    let text = report::text(&report);
    for part in [
        "every size): not a critical point: no verdict.",
        "after 200 epochs",
        "at ‖∇L‖ from 0.1800 to 0.1800",
    ] {
        assert!(text.contains(part), "{part} not in\n{text}");
    }
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["claims"][2]["verdict"], "not_critical");
    assert_eq!(json["claims"][2]["tests"][0]["gradient_norm"], serde_json::json!([0.18, 0.18]));
    assert_eq!(json["sizes"][0]["gradient_norm"]["greatest"], 0.18);
}

#[test]
fn an_unfinished_run_is_called_so_and_a_diverged_loss_is_short() {
    let mut networks = networks();
    assert_eq!(serde_json::to_value(networks.report()).unwrap()["complete"], true);
    networks.context.units = UnitCount { done: 5, planned: 60 };
    networks.comparison.as_mut().unwrap().units[1] = UnitCount { done: 1, planned: 12 };
    networks.descent[7].train_loss = 1e308;
    networks.descent[7].test_loss = 1e308;
    let text = report::text(&networks.report());
    let said =
        "UNFINISHED (this run: 5 of 60 units done; the annealed networks: 1 of 12 units done); the same";
    assert!(text.starts_with(said), "{text}");
    let widest = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
    assert!(widest < Some(12), "{widest:?}");
    let json = serde_json::to_value(networks.report()).unwrap();
    assert_eq!((&json["complete"], &json["units"]["done"]), (&false.into(), &5.into()));
    assert_eq!(json["compared_units"][1]["planned"], 12);
}

#[test]
fn errors_are_over_networks_where_each_has_its_own_order() {
    let mut networks = networks();
    let shared = networks.report();
    networks.context.group = 1;
    let own = networks.report();
    assert_eq!((shared.sizes[1].groups, own.sizes[1].groups), (10, 160));
    assert!(report::text(&shared).contains("Errors are over groups of 16 networks that share the order"));
    assert!(report::text(&own).contains("in its own order: errors are over networks"));
}
