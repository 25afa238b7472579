//! Tables of networks.

use crate::analysis::networks::{ComparedSize, NetworksSummary, Report};
use crate::report::section::Ids;
use crate::report::table::{Cell, Table};
use crate::report::words::networks::interval;

/// One row per size.
pub fn sizes(ids: Ids, summary: &NetworksSummary) -> Table {
    let mut table = Table::new(
        ids.of("sizes-table"),
        "networks by size",
        &[
            ("n₁", "hidden units"),
            ("networks", "networks stored"),
            ("lost", "networks without finite weights, left out of means"),
            ("N", "weights of a network"),
            ("train loss", "mean over networks, nats"),
            ("± sd", "of the train loss"),
            ("test loss", "mean over networks, nats"),
            ("± sd of it", "of the test loss"),
            ("train error", "share of the digits trained on that are taken for others"),
            ("test error", "share of the digits tested on that are taken for others"),
            ("index/N", "share of negative eigenvalues"),
            ("of networks", "networks with an index"),
            ("‖∇L‖", "norm of the gradient of the train loss, mean"),
        ],
    );
    for size in &summary.sizes {
        table.row(
            size.hidden.to_string(),
            vec![
                Cell::count(size.hidden.into()).keyed("hidden"),
                Cell::count(size.networks).keyed("networks"),
                Cell::count(size.non_finite).keyed("non_finite"),
                Cell::count(size.parameters).keyed("parameters"),
                Cell::number(size.train_loss.mean, 5).keyed("train_loss.mean"),
                Cell::number(size.train_loss.sd, 5).keyed("train_loss.sd"),
                Cell::number(size.test_loss.mean, 4).keyed("test_loss.mean"),
                Cell::number(size.test_loss.sd, 4).keyed("test_loss.sd"),
                Cell::percent(size.train_error, 2).keyed("train_error"),
                Cell::percent(size.test_error, 2).keyed("test_error"),
                Cell::number(size.index_fraction.mean, 4).keyed("index_fraction.mean"),
                Cell::count(size.indexed).keyed("indexed"),
                Cell::number(size.gradient_norm.mean, 4).keyed("gradient_norm.mean"),
            ],
        );
    }
    table
}

/// How test losses are spread.
pub fn spread(ids: Ids, report: &Report) -> Table {
    let mut table = Table::new(
        ids.of("spread-table"),
        "test losses by size, nats",
        &[
            ("n₁", "hidden units"),
            ("mean", ""),
            ("± s.e.", "of the mean"),
            ("sd", "over networks"),
            ("± s.e. of sd", ""),
            ("least", ""),
            ("lower quartile", ""),
            ("median", ""),
            ("upper quartile", ""),
            ("greatest", ""),
            ("test accuracy", "mean"),
        ],
    );
    for (size, losses) in report.sizes.iter().filter_map(|size| Some((size, size.losses?))) {
        let test = losses.test;
        let mut cells = vec![
            Cell::count(size.hidden.into()),
            Cell::number(Some(test.mean.value), 5),
            Cell::number(test.mean.standard_error, 5),
            Cell::number(test.deviation.map(|sd| sd.value), 5),
            Cell::number(test.deviation.and_then(|sd| sd.standard_error), 5),
            Cell::number(Some(test.least), 4),
        ];
        cells.extend(test.quartiles.map(|quartile| Cell::number(Some(quartile), 4)));
        cells.push(Cell::number(Some(test.greatest), 4));
        cells.push(Cell::percent(Some(losses.test_accuracy.value), 2));
        table.row(size.hidden.to_string(), cells);
    }
    table
}

/// The paper's Table 1.
pub fn table_1(ids: Ids, report: &Report) -> Table {
    let mut table = Table::new(
        ids.of("table-1"),
        "Table 1 of the paper: correlation of train and test loss",
        &[
            ("n₁", "hidden units"),
            ("networks", ""),
            ("correlation", "of this run"),
            ("low", "lower end of the 95 % interval"),
            ("high", "upper end of the 95 % interval"),
            ("paper", "correlation in the paper"),
        ],
    );
    for row in &report.table_1 {
        table.row(
            row.hidden.to_string(),
            vec![
                Cell::count(row.hidden.into()).keyed("hidden"),
                Cell::count(row.networks).keyed("networks"),
                Cell::number(row.correlation.map(|c| c.value), 4).keyed("correlation.value"),
                Cell::number(row.correlation.map(|c| c.low), 4).keyed("correlation.low"),
                Cell::number(row.correlation.map(|c| c.high), 4).keyed("correlation.high"),
                Cell::number(row.paper, 4).keyed("paper"),
            ],
        );
    }
    table
}

/// Descent and annealing on the same digits.
pub fn annealing(ids: Ids, report: &Report) -> Table {
    let digits = report.compared_on.map_or(0, |[train, _]| train);
    let mut table = Table::new(
        ids.of("annealing-table"),
        format!("descent and annealing, both on {digits} digits, on test digits"),
        &[
            ("n₁", "hidden units"),
            ("networks", "by descent"),
            ("annealed", "networks by annealing"),
            ("loss", "by descent"),
            ("annealed loss", ""),
            ("annealing − descent", "of the loss, with its 95 % interval"),
            ("accuracy", "by descent"),
            ("annealed accuracy", ""),
            ("descent − annealing", "of the accuracy, with its 95 % interval"),
        ],
    );
    for size in &report.annealing {
        let ComparedSize { hidden, networks, test_loss, test_accuracy, .. } = size;
        table.row(
            hidden.to_string(),
            vec![
                Cell::count((*hidden).into()),
                Cell::count(networks[0]),
                Cell::count(networks[1]),
                Cell::number(Some(test_loss[0].value), 4),
                Cell::number(Some(test_loss[1].value), 4),
                lead(size.loss_lead, 1.0, ""),
                Cell::percent(Some(test_accuracy[0].value), 2),
                Cell::percent(Some(test_accuracy[1].value), 2),
                lead(size.accuracy_lead, 100.0, " %"),
            ],
        );
    }
    table
}

fn lead(lead: Option<[f64; 3]>, scale: f64, unit: &str) -> Cell {
    let Some([value, low, high]) = lead else { return Cell::text("–") };
    let shown = Cell::number(Some(scale * value), 4);
    shown.followed_by(&format!(" {}{unit}", interval(scale * low, scale * high, 4)))
}
