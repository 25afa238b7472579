//! What one network leaves behind.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

/// How the training of a network ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Training {
    /// It went through all its epochs, or sweeps.
    Finished,
    /// A weight became NaN or infinite; losses are not known.
    NonFinite,
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
