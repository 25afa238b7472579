//! How a start ended. Not converging is a result, not an error.

use serde::{Deserialize, Serialize};

/// How a start ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// ‖g‖/√Λ ≤ 1e-10: a critical point in double precision.
    Converged,
    /// The polish, or the saddle search, used up its iterations.
    MaxSteps,
    /// No step lowered the energy (in a saddle search: ‖g‖²) any more, though the gradient is above the tolerance.
    Stalled,
    /// NaN or infinity appeared.
    NonFinite,
}

impl Outcome {
    /// All outcomes, in the order tables list them.
    pub const ALL: [Self; 4] = [Self::Converged, Self::MaxSteps, Self::Stalled, Self::NonFinite];

    /// Name in files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::MaxSteps => "max_steps",
            Self::Stalled => "stalled",
            Self::NonFinite => "non_finite",
        }
    }
}
