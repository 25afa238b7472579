//! How many critical points a surface may have, over the complex numbers.

use crate::{Error, Result};

/// Most classes of an instance.
pub const MOST_CLASSES: u64 = 10_000_000;

/// Number of complex classes; `None` beyond u64.
pub fn class_count(spins: usize, dim: usize) -> Option<u64> {
    // 1 + (H−1) + … + (H−1)^{Λ−1}
    (0..dim).try_fold(0u64, |sum, _| sum.checked_mul(spins as u64 - 1)?.checked_add(1))
}

/// Number of complex critical points of a mixture of orders up to `degree`; `None` beyond u64.
///
/// 2((d−1)^Λ − 1)/(d−2), 2Λ at d = 2; a field alone has two, its highest and its lowest point.
pub fn mixed_class_count(degree: usize, dim: usize) -> Option<u64> {
    // At d = 1: 2 (1 + 0 + … + 0).
    class_count(degree, dim)?.checked_mul(2)
}

/// Number of complex classes, where a census takes it on.
///
/// # Errors
/// [`Error::BadInput`] with their number if there are more than [`MOST_CLASSES`].
pub fn admitted_class_count(spins: usize, dim: usize) -> Result<u64> {
    admitted(class_count(spins, dim), dim)
}

/// Number of complex critical points of a mixture, where a census takes it on.
///
/// # Errors
/// As [`admitted_class_count`].
pub fn admitted_mixed_class_count(degree: usize, dim: usize) -> Result<u64> {
    admitted(mixed_class_count(degree, dim), dim)
}

fn admitted(count: Option<u64>, dim: usize) -> Result<u64> {
    let count = match count {
        Some(count) if count <= MOST_CLASSES => return Ok(count),
        Some(count) => count.to_string(),
        None => "more than 2^64".to_owned(),
    };
    let allowed = format!("a census follows at most {MOST_CLASSES} paths, this one has {count}");
    Err(Error::bad_input("dim", dim, allowed))
}
