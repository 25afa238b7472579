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

/// Number of complex critical points of an energy of degree `below` with a spike of a higher order r added, a multiple of
/// (v·w)^r; `None` beyond u64.
///
/// 2 ((r−1) K + 1), where 2K is the number of points of the energy on a sphere of one dimension less. On the curve of all
/// points that are critical on their slice v·w = m, where ∇L = λ w + a v, a point is critical on the sphere where
/// f = a + c r m^{r−1} is 0. A function on a curve has as many zeros as poles. Each slice holds 2K points, so m has 2K poles,
/// all at infinity, where a is at most of the size m^{below − 1}: there f has 2K (r−1) poles. At ±v, which the curve goes
/// through once each, a has one pole each.
pub fn spiked_class_count(below: usize, order: usize, dim: usize) -> Option<u64> {
    class_count(below, dim - 1)?.checked_mul(order as u64 - 1)?.checked_add(1)?.checked_mul(2)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_of_the_highest_order_changes_no_number_and_one_above_it_adds_few() {
        for degree in 2..7 {
            for dim in 2..6 {
                let mixed = mixed_class_count(degree, dim).unwrap();
                assert_eq!(spiked_class_count(degree, degree, dim), Some(mixed));
                let above = spiked_class_count(degree, degree + 1, dim).unwrap();
                assert!(mixed < above && above <= mixed_class_count(degree + 1, dim).unwrap());
            }
        }
        // On the circle a polynomial of degree r in e^{iφ} has 2r critical points; a field has its 2 ends.
        assert!((2..9).all(|r| spiked_class_count(1, r, 2) == Some(2 * r as u64)));
        assert!((2..9).all(|r| spiked_class_count(3, 3.max(r), 2) == Some(2 * r.max(3) as u64)));
        assert_eq!(spiked_class_count(40, 41, 40), None);
    }
}
