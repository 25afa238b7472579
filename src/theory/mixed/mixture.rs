//! The covariance of a mixture of orders, and the Gaussian laws that follow from it.
//!
//! | formulas | here |
//! |---|---|
//! | v_p | shares of variance |
//! | ξ(q) = Σ v_p q^p | [`Mixture::xi`] |
//! | ξ′(q), ξ″(q), … | [`Mixture::derivative`] |
//! | u = L/Λ | energy per spin |
//! | r = w·∇L/Λ | radial slope |

use std::fmt;
use std::str::FromStr;

use crate::numeric::text::written;
use crate::{Error, Result};

/// Highest order of a mixture.
const HIGHEST: u32 = 100;
/// Least and largest share of variance: squares of both are numbers of f64.
const SHARES: [f64; 2] = [1e-100, 1e100];
/// What is accepted, in the words of every error.
const ALLOWED: &str = "a list P:V,P:V,… of distinct whole orders P from 1 to 100 with shares of variance V from 1e-100 to 1e100";

/// A mixture of pure models: independent energies with covariance `E[L(w)L(w′)] = Λ ξ(w·w′/Λ)`, `ξ(q) = Σ_p v_p q^p`.
///
/// L = Σ_p √v_p L_p with independent pure L_p. Order 1 is a random field.
///
/// # Reference
/// Auffinger, Ben Arous (2013), equations 1.1 to 1.3.
///
/// ```
/// let mixture: hspin::theory::Mixture = "2:0.5,4:0.5".parse()?;
/// assert_eq!([0, 1, 2].map(|n| mixture.derivative(n, 1.0)), [1.0, 3.0, 7.0]);
/// # Ok::<(), hspin::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    /// Orders, rising, each with its share.
    shares: Vec<(u32, f64)>,
}

impl Mixture {
    /// From orders and their shares of variance, in any sequence.
    ///
    /// # Errors
    /// Bad input unless there is an order, orders are distinct and from 1 to 100, and shares from 1e-100 to 1e100.
    pub fn new(shares: &[(u32, f64)]) -> Result<Self> {
        let error = |value: String, allowed: String| Err(Error::bad_input("mixture", value, allowed));
        let mut shares = shares.to_vec();
        shares.sort_by_key(|share| share.0);
        for &(order, share) in &shares {
            if !(1..=HIGHEST).contains(&order) || !(SHARES[0]..=SHARES[1]).contains(&share) {
                return error(format!("{order}:{share}"), ALLOWED.to_owned());
            }
        }
        if let Some(pair) = shares.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return error(format!("{}:{}", pair[1].0, pair[1].1), format!("{ALLOWED}; here one is repeated"));
        }
        if shares.is_empty() {
            return error(String::new(), ALLOWED.to_owned());
        }
        Ok(Self { shares })
    }

    /// The pure model of one order H ≥ 2, which may be higher than those of a mixture: ξ(q) = q^H.
    ///
    /// # Errors
    /// Bad input if H < 2.
    pub fn pure(spins: u32) -> Result<Self> {
        crate::theory::spins::check_spins(spins)?;
        Ok(Self { shares: vec![(spins, 1.0)] })
    }

    /// Orders, rising, each with its share of variance.
    pub fn shares(&self) -> &[(u32, f64)] {
        &self.shares
    }

    /// The order and its share, if there is no other.
    pub fn single(&self) -> Option<(u32, f64)> {
        match self.shares[..] {
            [single] => Some(single),
            _ => None,
        }
    }

    /// v_1, the variance of the random field; 0 without one.
    pub fn field(&self) -> f64 {
        self.shares.first().filter(|share| share.0 == 1).map_or(0.0, |share| share.1)
    }

    /// ξ(q).
    pub fn xi(&self, q: f64) -> f64 {
        self.derivative(0, q)
    }

    /// The n-th derivative of ξ at q: `Σ v_p p(p−1)…(p−n+1) q^{p−n}`.
    pub fn derivative(&self, n: u32, q: f64) -> f64 {
        let term = |&(p, v): &(u32, f64)| {
            let falling: f64 = (0..n).map(|i| f64::from(p) - f64::from(i)).product();
            v * falling * q.powi((p - n) as i32)
        };
        // The empty sum is 0, not −0.
        self.shares.iter().filter(|share| share.0 >= n).map(term).fold(0.0, |sum, term| sum + term)
    }

    /// `ξ(1) − ξ(q)` for q in [0, 1], to full relative accuracy.
    pub(super) fn missing(&self, q: f64) -> f64 {
        let log = q.ln();
        self.shares.iter().map(|&(p, v)| -v * (f64::from(p) * log).exp_m1()).sum()
    }

    /// ξ, ξ′ and ξ″ at 1, with the laws of energy and radial slope.
    pub(super) fn at_one(&self) -> AtOne {
        let weighted = |weight: fn(f64) -> f64| -> f64 {
            self.shares.iter().map(|&(p, v)| v * weight(f64::from(p))).sum()
        };
        let squares = weighted(|p| p * p);
        let pairs = self.shares.iter().enumerate().flat_map(|(i, one)| {
            self.shares[i + 1..].iter().map(move |other| one.1 * other.1 * f64::from(other.0 - one.0).powi(2))
        });
        AtOne {
            xi: [weighted(|_| 1.0), weighted(|p| p), weighted(|p| p * (p - 1.0))],
            squares,
            excess: weighted(|p| p * (p - 2.0)),
            given: pairs.sum::<f64>() / squares,
        }
    }

    /// The same mixture with ξ(1) = 1, and √ξ(1): energies are in units of it.
    pub(super) fn normalised(&self) -> (Self, f64) {
        let variance = self.xi(1.0);
        // A single order exactly, not by a quotient.
        let shares = match self.single() {
            Some((order, _)) => vec![(order, 1.0)],
            None => self.shares.iter().map(|&(order, share)| (order, share / variance)).collect(),
        };
        (Self { shares }, variance.sqrt())
    }
}

/// Values at q = 1, and what they say of energy and radial slope at one point, times Λ:
/// Var r = ξ′ + ξ″, E[u | r] = ξ′ r/(ξ′ + ξ″), Var[u | r] = ξ − ξ′²/(ξ′ + ξ″).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtOne {
    /// ξ, ξ′, ξ″.
    pub xi: [f64; 3],
    /// ξ′ + ξ″ = Σ p² v_p.
    pub squares: f64,
    /// ξ″ − ξ′ = Σ p(p−2) v_p.
    pub excess: f64,
    /// ξ − ξ′²/(ξ′ + ξ″) = `Σ_{p<q} (q−p)² v_p v_q / Σ p² v_p`: no difference of large numbers.
    pub given: f64,
}

impl AtOne {
    /// ξ′/(ξ′ + ξ″), the slope of E[u | r].
    pub fn slope(&self) -> f64 {
        self.xi[1] / self.squares
    }
}

impl FromStr for Mixture {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bad = || Error::bad_input("mixture", text, ALLOWED);
        let share = |part: &str| {
            let (order, share) = part.split_once(':')?;
            Some((order.trim().parse().ok()?, share.trim().parse().ok()?))
        };
        let shares: Option<Vec<(u32, f64)>> = text.split(',').map(share).collect();
        Self::new(&shares.ok_or_else(bad)?)
    }
}

impl fmt::Display for Mixture {
    /// As a formula: `0.5 q^3 + 0.5 q^4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (order, share)) in self.shares.iter().enumerate() {
            let plus = if i == 0 { "" } else { " + " };
            let share = if *share == 1.0 { String::new() } else { format!("{} ", written(*share)) };
            let power = if *order == 1 { "q".to_owned() } else { format!("q^{order}") };
            write!(f, "{plus}{share}{power}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_polynomial() {
        let mixture = Mixture::new(&[(4, 0.25), (1, 0.5), (3, 2.0)]).unwrap();
        let q = 0.7_f64;
        assert_eq!(mixture.shares()[0], (1, 0.5));
        let expected = [
            0.5 * q + 2.0 * q.powi(3) + 0.25 * q.powi(4),
            0.5 + 6.0 * q * q + q.powi(3),
            12.0 * q + 3.0 * q * q,
            12.0 + 6.0 * q,
            6.0,
            0.0,
        ];
        for (n, expected) in (0..).zip(expected) {
            assert!((mixture.derivative(n, q) - expected).abs() < 1e-15, "{n}");
        }
        assert!((mixture.missing(q) - (2.75 - expected[0])).abs() < 1e-15);
        assert_eq!(mixture.missing(0.0), 2.75);
        assert_eq!((mixture.field(), mixture.to_string().as_str()), (0.5, "0.5 q + 2 q^3 + 0.25 q^4"));
    }

    #[test]
    fn what_depends_on_differences_keeps_its_digits() {
        let at_one = Mixture::new(&[(3, 0.5), (4, 0.5)]).unwrap().at_one();
        assert_eq!((at_one.xi, at_one.squares, at_one.excess), ([1.0, 3.5, 9.0], 12.5, 5.5));
        assert!((at_one.given - (1.0 - 3.5 * 3.5 / 12.5)).abs() < 1e-16);
        let near_pure = Mixture::new(&[(3, 1.0), (4, 1e-30)]).unwrap().at_one();
        assert!((near_pure.given / (1e-30 / 9.0) - 1.0).abs() < 1e-14);
        assert_eq!(Mixture::pure(7).unwrap().at_one().given, 0.0);
    }

    #[test]
    fn what_is_no_mixture_is_refused_with_what_is() {
        let bad = [
            "", "3", "3:", "3:0", "3:-1", "0:1", "101:1", "3:nan", "3:inf", "3:1,3:1", "3:1,", "2.5:1",
            "3:1;4:1",
        ];
        for text in bad {
            let error = text.parse::<Mixture>().unwrap_err();
            assert_eq!(error.exit_code(), 2, "{text}");
            assert!(error.to_string().contains("whole orders P from 1 to 100"), "{error}");
        }
        assert!("3:.5,3:.5".parse::<Mixture>().unwrap_err().to_string().contains("repeated"));
        assert_eq!("4:.5, 3:5e-1".parse::<Mixture>().unwrap().shares(), [(3, 0.5), (4, 0.5)]);
    }
}
