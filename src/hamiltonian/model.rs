//! What a random surface is drawn from: the orders of its energy, the law of its couplings, a planted vector.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, check_positive, check_range};
use crate::numeric::text::written;

/// Highest order of a surface that is simulated.
pub const MOST_ORDER: u32 = 16;
/// Highest order whose couplings may have another law than the Gaussian: an entry off the diagonals is the sum of up to H!
/// numbers.
pub const MOST_ORDER_OF_LAWS: u32 = 6;
/// Least and largest variance of an order: beyond, couplings would leave the range of single precision.
const VARIANCES: [f64; 2] = [1e-30, 1e30];
/// Largest strength of a spike.
const MOST_STRENGTH: f64 = 1e6;
/// Highest order of a spike.
const MOST_SPIKE_ORDER: u32 = 100;

/// Orders p with their shares v_p of the variance: `ξ(q) = Σ_p v_p q^p`.
///
/// L has mean 0 and the covariance `E[L(w) L(w′)] = Λ ξ(w·w′/Λ)`: it is the sum of independent energies `√v_p L_p` of one
/// order each. Order 1 is a random field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Orders {
    /// v_p at place p − 1; 0 where there is no such order.
    variances: [f64; MOST_ORDER as usize],
}

impl Orders {
    /// One order with variance 1: ξ(q) = q^H.
    ///
    /// # Panics
    /// If `spins` is not from 1 to [`MOST_ORDER`].
    #[track_caller]
    pub fn pure(spins: usize) -> Self {
        let mut variances = [0.0; MOST_ORDER as usize];
        variances[spins - 1] = 1.0;
        Self { variances }
    }

    /// Orders and variances, each order once.
    ///
    /// # Errors
    /// [`Error::BadInput`] under the key `mixture` for an order that is not from 1 to [`MOST_ORDER`] or given twice, for a
    /// variance that is not a number above 0 or leaves the range of single precision, and for none at all.
    pub fn new(shares: &[(u32, f64)]) -> Result<Self> {
        let mut variances = [0.0; MOST_ORDER as usize];
        for &(order, variance) in shares {
            let wrong = |allowed: String| {
                Error::bad_input("mixture", format!("{order}:{}", written(variance)), allowed)
            };
            if !(1..=MOST_ORDER).contains(&order) {
                return Err(wrong(format!("orders from 1 to {MOST_ORDER} where surfaces are simulated")));
            }
            if !(VARIANCES[0]..=VARIANCES[1]).contains(&variance) {
                return Err(wrong("a variance from 1e-30 to 1e30 for each order".into()));
            }
            let place = &mut variances[order as usize - 1];
            if *place != 0.0 {
                return Err(wrong("each order once".into()));
            }
            *place = variance;
        }
        if shares.is_empty() {
            return Err(Error::bad_input(
                "mixture",
                "(empty)",
                "orders with their variances, such as 2:0.5,3:0.5",
            ));
        }
        Ok(Self { variances })
    }

    /// Orders with their variances, ascending.
    pub fn shares(&self) -> impl Iterator<Item = (usize, f64)> + use<> {
        (1..).zip(self.variances).filter(|&(_, variance)| variance > 0.0)
    }

    /// The highest order.
    pub fn highest(&self) -> usize {
        self.shares().last().map_or(0, |(order, _)| order)
    }

    /// The order of the largest variance; of equal ones the highest.
    ///
    /// Starts and the constants of descents are named by it, so that another order, a field or a spike whose variance or
    /// strength tends to 0 leaves both what they are without it.
    pub fn dominant(&self) -> usize {
        dominant(self.shares()).unwrap_or(0)
    }

    /// The order, if there is one alone and its variance is 1.
    pub fn as_pure(&self) -> Option<usize> {
        let highest = self.highest();
        (highest > 0 && *self == Self::pure(highest)).then_some(highest)
    }

    /// ξ, ξ′ and ξ″ at q = 1.
    pub fn at_one(&self) -> [f64; 3] {
        self.shares().fold([0.0; 3], |[value, slope, second], (order, variance)| {
            let p = order as f64;
            [value + variance, slope + variance * p, second + variance * p * (p - 1.0)]
        })
    }
}

/// The order of the largest of these numbers, one for each order, orders ascending; of equal ones the highest.
pub(super) fn dominant(shares: impl Iterator<Item = (usize, f64)>) -> Option<usize> {
    shares.max_by(|(_, one), (_, other)| one.total_cmp(other)).map(|(order, _)| order)
}

named! {
    /// Law of the independent entries of the array that couplings are the symmetric part of; mean 0 and variance 1.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Law {
        /// Normal.
        #[default]
        Gaussian = "gaussian",
        /// −1 or 1.
        Sign = "sign",
        /// Uniform between −√3 and √3.
        Uniform = "uniform",
        /// Exponential, less its mean: it has a skewness.
        Exponential = "exponential",
    }
}

/// A planted spike: `−λ Λ (w·v/Λ)^r` is added to the energy, with a hidden vector v on the sphere.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spike {
    /// λ.
    pub strength: f64,
    /// r.
    pub order: u32,
}

/// All that the law of a random surface consists of, beside its dimension.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "WrittenModel", try_from = "WrittenModel")]
pub struct Model {
    /// Orders with their variances.
    pub orders: Orders,
    /// Law of the couplings.
    pub law: Law,
    /// A planted spike, if there is one.
    pub spike: Option<Spike>,
}

/// A model as specs have it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenModel {
    mixture: Vec<(u32, f64)>,
    law: Law,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spike: Option<Spike>,
}

impl From<Model> for WrittenModel {
    fn from(Model { orders, law, spike }: Model) -> Self {
        let mixture = orders.shares().map(|(order, variance)| (order as u32, variance)).collect();
        Self { mixture, law, spike }
    }
}

impl TryFrom<WrittenModel> for Model {
    type Error = Error;

    fn try_from(WrittenModel { mixture, law, spike }: WrittenModel) -> Result<Self> {
        Ok(Self { orders: Orders::new(&mixture)?, law, spike })
    }
}

impl Model {
    /// The model of one order H with Gaussian couplings.
    ///
    /// # Panics
    /// If `spins` is not from 1 to [`MOST_ORDER`].
    #[track_caller]
    pub fn pure(spins: usize) -> Self {
        Self { orders: Orders::pure(spins), law: Law::Gaussian, spike: None }
    }

    /// The order of a pure Gaussian model without a spike.
    pub fn as_pure(&self) -> Option<usize> {
        self.orders.as_pure().filter(|_| self.law == Law::Gaussian && self.spike.is_none())
    }

    /// Whether the energy is even, so that w and −w are one critical point.
    pub fn is_even(&self) -> bool {
        let spike_is_even = self.spike.is_none_or(|spike| spike.order.is_multiple_of(2));
        self.orders.shares().all(|(order, _)| order.is_multiple_of(2)) && spike_is_even
    }

    /// Degree of the energy as a polynomial.
    pub fn degree(&self) -> usize {
        self.orders.highest().max(self.spike.map_or(0, |spike| spike.order as usize))
    }

    /// What the rates of a descent at the [dominant](Orders::dominant) order, at least 2, are multiplied with for this model: they follow the largest curvature that a
    /// descent meets, `2√ξ″` from the Hessian's bulk and as much from the radial slope, and `λ r` from a spike.
    pub fn rate_factor(&self) -> f64 {
        let [value, slope, second] = self.orders.at_one();
        let h = self.orders.dominant().max(2) as f64;
        // A field alone has no bulk: its curvature is the radial slope.
        let curvature = second.sqrt().max(0.5 * slope.sqrt()) / value.sqrt();
        let spiked = self.spike.map_or(0.0, |spike| 0.25 * spike.strength * f64::from(spike.order));
        (h * (h - 1.0)).sqrt() / (curvature + spiked / value.sqrt())
    }

    /// The energy per spin, in units of √ξ, where the bulk of the Hessian's spectrum reaches 0 at typical critical points:
    /// `E_th = (ξ″ ξ − ξ′ ξ + ξ′²)/(ξ′ √ξ″ √ξ)`, E_∞ = 2√((H−1)/H) of one order; √(ξ′/ξ) where ξ″ = 0.
    pub fn threshold(&self) -> f64 {
        let [value, slope, second] = self.orders.at_one();
        let [slope, second] = [slope / value, second / value];
        if second > 0.0 { (second - slope + slope * slope) / (slope * second.sqrt()) } else { slope.sqrt() }
    }

    /// Refuses what cannot be simulated.
    ///
    /// # Errors
    /// [`Error::BadInput`] that names `law` or `spike`.
    pub fn check(&self) -> Result<()> {
        if self.law != Law::Gaussian && self.orders.highest() > MOST_ORDER_OF_LAWS as usize {
            let allowed = format!("gaussian at orders above {MOST_ORDER_OF_LAWS}");
            return Err(Error::bad_input("law", self.law.name(), allowed));
        }
        let Some(Spike { strength, order }) = self.spike else { return Ok(()) };
        check_range("spike order", order, [1, MOST_SPIKE_ORDER])?;
        check_positive("spike", strength)?;
        if strength <= MOST_STRENGTH {
            return Ok(());
        }
        Err(Error::bad_input("spike", strength, format!("a strength up to {MOST_STRENGTH:e}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mixture_knows_its_covariance_and_refuses_what_it_cannot_be() {
        let orders = Orders::new(&[(4, 0.25), (2, 0.5)]).unwrap();
        assert_eq!(orders.shares().collect::<Vec<_>>(), [(2, 0.5), (4, 0.25)]);
        assert_eq!(orders.at_one(), [0.75, 2.0, 4.0]);
        assert_eq!((orders.highest(), orders.dominant(), orders.as_pure()), (4, 2, None));
        let dominant = |shares: &[(u32, f64)]| Orders::new(shares).unwrap().dominant();
        assert_eq!(dominant(&[(1, 0.3), (2, 0.5), (3, 0.5), (4, 1e-30)]), 3);
        assert_eq!([1, 2, 3].map(|order| dominant(&[(order, 1.0), (5, 1e-30)])), [1, 2, 3]);
        assert_eq!(Orders::new(&[(3, 1.0)]).unwrap().as_pure(), Some(3));
        assert_eq!(Orders::new(&[(3, 0.5)]).unwrap().as_pure(), None);
        for (shares, part) in [
            (&[(0, 1.0)][..], "mixture = 0:1: orders from 1 to 16"),
            (&[(17, 1.0)], "mixture = 17:1: orders from 1 to 16"),
            (&[(3, 0.0)], "mixture = 3:0: a variance from"),
            (&[(3, -1.0)], "mixture = 3:-1: a variance from"),
            (&[(3, f64::NAN)], "mixture = 3:NaN: a variance from"),
            (&[(3, 1.0), (3, 1.0)], "mixture = 3:1: each order once"),
            (&[], "mixture = (empty)"),
        ] {
            let error = Orders::new(shares).unwrap_err().to_string();
            assert!(error.starts_with(part), "{error}");
        }
    }

    #[test]
    fn one_order_has_the_rates_and_the_threshold_of_the_pure_model() {
        for spins in 2..=16 {
            let (model, h) = (Model::pure(spins), spins as f64);
            assert!((model.rate_factor() - 1.0).abs() < 1e-15);
            assert!((model.threshold() - 2.0 * ((h - 1.0) / h).sqrt()).abs() < 1e-14);
            // Whatever its variance is: rates are in units of √ξ.
            let louder = Model { orders: Orders::new(&[(spins as u32, 9.0)]).unwrap(), ..model };
            assert!((louder.rate_factor() - 1.0).abs() < 1e-14);
            assert!((louder.threshold() - model.threshold()).abs() < 1e-14);
        }
    }

    #[test]
    fn spikes_and_laws_that_cannot_be_simulated_are_refused() {
        let spiked = |strength, order| Model { spike: Some(Spike { strength, order }), ..Model::pure(3) };
        assert!(spiked(1.2, 3).check().is_ok() && !spiked(1.2, 2).is_even() && spiked(1.0, 5).degree() == 5);
        for model in [spiked(-1.0, 3), spiked(f64::NAN, 3), spiked(0.0, 3), spiked(1.0, 0), spiked(1e9, 3)] {
            assert_eq!(model.check().unwrap_err().exit_code(), 2, "{model:?}");
        }
        let law = |spins| Model { law: Law::Sign, ..Model::pure(spins) };
        assert!(law(6).check().is_ok() && law(7).check().is_err());
    }
}
