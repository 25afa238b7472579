//! Values of `hspin networks` on the command line.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::cli::shared::values::{Allowed, within};
use crate::studies::networks::{NetworksMethod, limits};

/// n₁.
pub fn hidden(text: &str) -> Allowed<u32> {
    within(text, limits::HIDDEN)
}

/// Networks per size.
pub fn networks(text: &str) -> Allowed<u32> {
    within(text, limits::NETWORKS)
}

/// Networks of a size with an index.
pub fn index(text: &str) -> Allowed<u32> {
    within(text, limits::INDEX)
}

/// Largest n₁ with indices.
pub fn index_hidden(text: &str) -> Allowed<u32> {
    within(text, limits::INDEX_HIDDEN)
}

/// Epochs or sweeps.
pub fn epochs(text: &str) -> Allowed<u32> {
    within(text, limits::EPOCHS)
}

/// Examples of a mini-batch.
pub fn batch(text: &str) -> Allowed<u32> {
    within(text, limits::BATCH)
}

/// Digits to train on.
pub fn digits(text: &str) -> Allowed<u32> {
    within(text, limits::DIGITS)
}

/// A learning rate, a temperature, a share or a factor; their bounds are the spec's.
pub fn number(text: &str) -> Allowed<f64> {
    let value = text.trim().parse().ok().filter(|value: &f64| value.is_finite());
    value.ok_or_else(|| "a finite number".to_owned())
}

impl ValueEnum for NetworksMethod {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Sgd, Self::Anneal]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Self::Sgd => "sgd",
            Self::Anneal => "anneal",
        }))
    }
}
