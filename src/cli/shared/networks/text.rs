//! The report on networks as text, and Table 1.

use crate::analysis::networks::{Estimated, Report, TableRow};
use crate::cli::shared::table::TextTable;
use crate::report::words::networks::{self as words, interval, number};

/// Sizes, Table 1, the fit, annealing, the claims.
pub fn text(report: &Report) -> String {
    let [train, test] = report.digits;
    let mut parts = vec![
        words::unfinished(report)
            + &format!(
                "Networks 100 → n₁ → 10, trained on {train} digits and tested on {test}. Losses in nats.\n"
            ),
        sizes(report),
        table_1_text(report),
        words::fit(report),
    ];
    if !report.annealing.is_empty() {
        parts.push(annealing(report));
    }
    parts.push(words::claims(report));
    parts.push(words::differences(report));
    parts.join("\n")
}

fn sizes(report: &Report) -> String {
    let mut table = TextTable::new([
        "n₁",
        "networks",
        "lost",
        "train loss",
        "test loss",
        "± s.e.",
        "sd",
        "± s.e.",
        "least",
        "quartiles",
        "greatest",
        "test accuracy",
        "index/N",
        "of networks",
        "‖∇L‖",
    ]);
    for size in &report.sizes {
        let (test, losses) = (size.losses.map(|losses| losses.test), size.losses);
        let deviation = test.and_then(|test| test.deviation);
        let index = size.normalised_index.map(|index| index.mean);
        table.row([
            size.hidden.to_string(),
            size.networks.to_string(),
            size.lost.to_string(),
            number(losses.map(|losses| losses.train.mean.value), 5),
            number(test.map(|test| test.mean.value), 5),
            number(test.and_then(|test| test.mean.standard_error), 5),
            number(deviation.map(|deviation| deviation.value), 5),
            number(deviation.and_then(|deviation| deviation.standard_error), 5),
            number(test.map(|test| test.least), 4),
            test.map_or("–".to_owned(), |test| test.quartiles.map(|q| number(Some(q), 4)).join(" ")),
            number(test.map(|test| test.greatest), 4),
            percent(losses.map(|losses| losses.test_accuracy)),
            index.map_or("–".to_owned(), |index| with_error(index, 5)),
            size.indices.to_string(),
            number(size.gradient_norm.map(|norm| norm.mean.value), 4),
        ]);
    }
    table.text()
        + "‖∇L‖ is of the train loss where training stopped, its mean over networks; 0 at a critical point.\n"
}

/// Table 1 as text.
pub fn table_1_text(report: &Report) -> String {
    let mut table =
        TextTable::new(["n₁", "networks", "correlation of train and test loss", "95 % interval", "paper"]);
    for TableRow { hidden, networks, correlation, paper } in &report.table_1 {
        table.row([
            hidden.to_string(),
            networks.to_string(),
            number(correlation.map(|c| c.value), 4),
            correlation.map_or("–".to_owned(), |c| interval(c.low, c.high, 4)),
            number(*paper, 4),
        ]);
    }
    table.text()
}

/// Table 1 as CSV: one line a size; what is not known is empty.
pub fn table_1_csv(report: &Report) -> String {
    let mut text = "hidden,networks,correlation,low_95,high_95,paper\n".to_owned();
    for TableRow { hidden, networks, correlation, paper } in &report.table_1 {
        let known = |x: Option<f64>| x.map_or(String::new(), |x| x.to_string());
        let [value, low, high] = [
            known(correlation.map(|c| c.value)),
            known(correlation.map(|c| c.low)),
            known(correlation.map(|c| c.high)),
        ];
        text.push_str(&format!("{hidden},{networks},{value},{low},{high},{}\n", known(*paper)));
    }
    text
}

fn annealing(report: &Report) -> String {
    let mut table = TextTable::new([
        "n₁",
        "networks",
        "annealed",
        "loss",
        "annealed",
        "annealing − descent, 95 %",
        "accuracy",
        "annealed",
        "descent − annealing, 95 %",
    ]);
    for size in &report.annealing {
        let lead = |lead: Option<[f64; 3]>, decimals: usize, scale: f64| {
            lead.map_or("–".to_owned(), |[value, low, high]| {
                let value = number(Some(scale * value), decimals);
                format!("{value} {}", interval(scale * low, scale * high, decimals))
            })
        };
        table.row([
            size.hidden.to_string(),
            size.networks[0].to_string(),
            size.networks[1].to_string(),
            number(Some(size.test_loss[0].value), 4),
            number(Some(size.test_loss[1].value), 4),
            lead(size.loss_lead, 4, 1.0),
            percent(Some(size.test_accuracy[0])),
            percent(Some(size.test_accuracy[1])),
            format!("{} %", lead(size.accuracy_lead, 2, 100.0)),
        ]);
    }
    let digits = report.compared_on.map_or(0, |[train, _]| train);
    format!("Descent and annealing, both on {digits} digits, on test digits:\n{}", table.text())
}

fn percent(share: Option<Estimated>) -> String {
    share.map_or("–".to_owned(), |share| format!("{:.2} %", 100.0 * share.value))
}

fn with_error(estimated: Estimated, decimals: usize) -> String {
    let error =
        estimated.standard_error.map_or(String::new(), |e| format!(" ± {}", number(Some(e), decimals)));
    format!("{}{error}", number(Some(estimated.value), decimals))
}
