//! A run of networks at a glance.

use crate::analysis::networks::{NetworksSummary, SizeSummary};
use crate::cli::shared::progress::duration;
use crate::cli::shared::table::TextTable;
use crate::report::words::networks::{number, protocol};
use crate::studies::networks::NetworksStore;

/// The summary as a person reads it.
pub fn render(store: &NetworksStore, summary: &NetworksSummary) -> String {
    let spec = store.spec();
    let path = store.path().display();
    let state = state(summary);
    let (train, test) = (spec.digits.train.count, spec.digits.test.count);
    let mut table = TextTable::new([
        "n₁",
        "networks",
        "train loss",
        "± sd",
        "test loss",
        "± sd",
        "train error",
        "test error",
        "index/N",
        "‖∇L‖",
        "processor time",
    ]);
    for size in &summary.sizes {
        table.row([
            size.hidden.to_string(),
            progress(size, spec.networks),
            number(size.train_loss.mean, 5),
            number(size.train_loss.sd, 5),
            number(size.test_loss.mean, 4),
            number(size.test_loss.sd, 4),
            share(size.train_error),
            share(size.test_error),
            index(size),
            number(size.gradient_norm.mean, 4),
            duration(size.seconds.total_s()),
        ]);
    }
    let mut text = format!(
        "{path}: {state}\n100 → n₁ → 10 networks, seed {}, {}, {train} digits to train and {test} to test\n\n{}",
        spec.seed,
        protocol(&spec.protocol),
        table.text()
    );
    text.push_str(
        "Losses are mean cross-entropies in nats; sd is over networks. ‖∇L‖ is of the train loss, its mean; 0 at a \
         critical point.\n",
    );
    if summary.sizes.iter().any(|size| size.indexed > 0) {
        text.push_str(
            "index/N is the share of eigenvalues of the Hessian below −0.001, its mean over so many, where training \
             stopped.\n",
        );
    }
    let lost: u64 = summary.sizes.iter().map(|size| size.non_finite).sum();
    if lost > 0 {
        text.push_str(&format!("Without finite weights: {lost} networks, left out of means.\n"));
    }
    text
}

fn state(summary: &NetworksSummary) -> String {
    match summary.complete {
        true => "complete".to_owned(),
        false => format!(
            "{} of {} units done, the same networks sweep resumes",
            summary.units_done, summary.units_planned
        ),
    }
}

fn progress(size: &SizeSummary, planned: u32) -> String {
    if size.networks == u64::from(planned) {
        size.networks.to_string()
    } else {
        format!("{} of {planned}", size.networks)
    }
}

fn share(error: Option<f64>) -> String {
    error.map_or("–".to_owned(), |error| format!("{:.2} %", 100.0 * error))
}

fn index(size: &SizeSummary) -> String {
    match size.index_fraction.mean {
        Some(mean) => format!("{mean:.4} ({})", size.indexed),
        None => "–".to_owned(),
    }
}
