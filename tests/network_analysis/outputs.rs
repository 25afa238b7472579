use std::fs;

use hspin::analysis::networks::Comparison;
use hspin::cli::networks::outputs::Networks;
use hspin::cli::networks::report;
use hspin::figures::Format;
use hspin::figures::networks::NAMES;
use hspin::run::networks::Training;

use crate::invented::{CONTEXT, like_the_paper, sweep};

fn networks() -> Networks {
    let mut descent = sweep(1, 160, like_the_paper);
    descent[5].outcome = Training::NonFinite;
    descent[5].test_loss = f64::NAN;
    let annealed = sweep(2, 32, like_the_paper);
    let comparison = Comparison { descent: descent.clone(), annealed, digits: CONTEXT.digits };
    Networks { descent, context: CONTEXT, comparison: Some(comparison) }
}

#[test]
fn every_figure_and_table_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let written = networks().write_all(None, dir.path(), &[Format::Svg]).unwrap();
    let names: Vec<String> =
        written.iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    for name in NAMES.into_iter().filter(|&name| name != "glass-and-networks") {
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
    let few = Networks { descent: networks().descent[..10].to_vec(), comparison: None, ..networks() };
    assert!(report::text(&few.report()).contains("Nothing to test"));
}
