//! How a start ended. Not converging is a result, not an error.

use serde::{Deserialize, Serialize};

named! {
    /// How a start ended.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Outcome {
        /// ‖g‖/√Λ ≤ 1e-10: a critical point in double precision.
        Converged = "converged",
        /// The polish, or the saddle search, used up its iterations.
        MaxSteps = "max_steps",
        /// No step lowered the energy (in a saddle search: ‖g‖²) any more, though the gradient is above the tolerance.
        Stalled = "stalled",
        /// NaN or infinity appeared.
        NonFinite = "non_finite",
    }
}
