//! Levels of p-values, how many surfaces a mean takes, and what numbers count.

/// p-values below this are a disagreement: of a thousand runs on which theory holds, one gives it.
pub const DISAGREES: f64 = 1e-3;

/// p-values from this on are an agreement.
pub const AGREES: f64 = 0.05;

/// Surfaces that a mean over surfaces should be taken over at least.
pub const FEW_SURFACES: u64 = 20;

/// What every number of critical points counts.
pub const COUNTED: &str = "points on the sphere, w and −w both";
