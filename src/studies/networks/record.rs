//! What one network leaves behind.

use serde::{Deserialize, Serialize};

use crate::study::columns::columns;

named! {
    /// How the training of a network ended.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Training {
        /// It went through all its epochs, or sweeps.
        Finished = "finished",
        /// A weight became NaN or infinite; losses are not known.
        NonFinite = "non_finite",
    }
}

columns! {
    /// One trained network, 100 → n₁ → 10. Losses are means over digits of the cross-entropy, in nats.
    ///
    /// A float that is not known is NaN here, NULL in the store, empty in CSV and `null` in JSON.
    #[derive(Debug, Clone, PartialEq)]
    pub struct NetworkRecord in "networks" {
        /// n₁.
        pub hidden: u32, "";
        /// Number of the network among those of its size.
        pub network: u32, "";
        /// Loss on the digits it was trained on.
        pub train_loss: f64, "nats";
        /// Loss on the digits kept for testing.
        pub test_loss: f64, "nats";
        /// Digits of the training set that it takes for another.
        pub train_errors: u32, "digits";
        /// Digits of the test set that it takes for another.
        pub test_errors: u32, "digits";
        /// ‖∇L‖ on the training set, over the weights.
        pub gradient_norm: f64, "nats";
        /// Eigenvalues of the Hessian of the training loss below −0.001; unknown where it was not asked for.
        pub index: Option<u32>, "";
        /// How its training ended: `finished` or `non_finite`.
        pub outcome: Training, "";
    }
    key [hidden, network]
    digest own [
        hidden, network, train_errors, test_errors, train_loss, test_loss, gradient_norm, index, outcome
    ]
}
