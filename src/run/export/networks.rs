//! The columns of a network, named once for every format.

use super::table::{Column, count, float, text};
use crate::run::networks::NetworkRecord;

/// All columns, in order.
pub(super) const COLUMNS: [Column<NetworkRecord>; 9] = [
    count("hidden", |network| Some(network.hidden as u64)),
    count("network", |network| Some(network.network as u64)),
    float("train_loss", |network| network.train_loss),
    float("test_loss", |network| network.test_loss),
    count("train_errors", |network| Some(network.train_errors as u64)),
    count("test_errors", |network| Some(network.test_errors as u64)),
    float("gradient_norm", |network| network.gradient_norm),
    count("index", |network| network.index.map(u64::from)),
    text("outcome", |network| network.outcome.name()),
];
