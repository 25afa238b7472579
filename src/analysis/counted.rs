//! What numbers of critical points count.

/// What every number of critical points counts.
pub const COUNTED: &str = "points on the sphere, w and −w both";
