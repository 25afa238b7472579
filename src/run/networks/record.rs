//! What one network leaves behind.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

use serde::{Deserialize, Serialize};

/// How the training of a network ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Training {
    /// It went through all its epochs, or sweeps.
    Finished,
    /// A weight became NaN or infinite; losses are not known.
    NonFinite,
}

impl Training {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Finished, Self::NonFinite];

    /// Name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::NonFinite => "non_finite",
        }
    }

    /// The ending of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|training| training.name() == name)
    }
}

/// One trained network, 100 → n₁ → 10. Losses are means over digits of the cross-entropy, in nats.
///
/// A float that is not known is NaN here, NULL in the store, empty in CSV and `null` in JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkRecord {
    /// n₁.
    pub hidden: u32,
    /// Number of the network among those of its size.
    pub network: u32,
    /// Loss on the digits it was trained on.
    pub train_loss: f64,
    /// Loss on the digits kept for testing.
    pub test_loss: f64,
    /// Digits of the training set that it takes for another.
    pub train_errors: u32,
    /// Digits of the test set that it takes for another.
    pub test_errors: u32,
    /// ‖∇L‖ on the training set, over the weights.
    pub gradient_norm: f64,
    /// Eigenvalues of the Hessian of the training loss below −0.001; `None` where it was not asked for.
    pub index: Option<u32>,
    /// How its training ended.
    pub outcome: Training,
}

impl NetworkRecord {
    /// Its floats.
    pub(super) fn floats(&self) -> [f64; 3] {
        [self.train_loss, self.test_loss, self.gradient_norm]
    }

    /// Whether all of two records is the same to the bit.
    pub fn same_bits(&self, other: &Self) -> bool {
        let counts = |r: &Self| (r.hidden, r.network, r.train_errors, r.test_errors, r.index, r.outcome);
        counts(self) == counts(other) && self.floats().map(f64::to_bits) == other.floats().map(f64::to_bits)
    }

    /// The record as a store gives it back: what is not finite is the one NaN, and there is one zero.
    #[must_use]
    pub(super) fn canonical(&self) -> Self {
        let known = |x: f64| if x.is_finite() { x + 0.0 } else { f64::NAN };
        Self {
            train_loss: known(self.train_loss),
            test_loss: known(self.test_loss),
            gradient_norm: known(self.gradient_norm),
            ..self.clone()
        }
    }
}
