//! What a command asks of the law of random surfaces: orders, law of the couplings, spike.

use itertools::Itertools;
use serde::Deserialize;

use super::bounds::SPINS;
use crate::error::{Error, Result, check_range};
use crate::hamiltonian::{Law, Model, Orders, Spike};
use crate::numeric::text::written;
use crate::study::spec::Growth;

/// Largest strength of a spike of a new run. The gradient of a spike has rounding errors that grow with its strength: at 1e6
/// most descents do not reach the norm at which they count as converged.
const MOST_STRENGTH: f64 = 1e5;

/// Orders with their variances, the law of couplings and a planted spike, as far as they are asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModelRequest {
    /// H, of the pure model.
    pub spins: Option<u32>,
    /// Orders with their variances.
    pub mixture: Option<Vec<(u32, f64)>>,
    /// Law of the couplings.
    pub law: Option<Law>,
    /// A planted spike.
    pub spike: Option<SpikeRequest>,
}

/// A planted spike that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpikeRequest {
    /// λ.
    pub strength: f64,
    /// r; the highest order of the couplings unless given.
    pub order: Option<u32>,
}

impl SpikeRequest {
    /// As the command line takes it.
    fn text(&self) -> String {
        let order = self.order.map(|order| format!(":{order}")).unwrap_or_default();
        format!("{}{order}", written(self.strength))
    }
}

impl ModelRequest {
    /// The highest order of a new run, and its model; `None` for the pure Gaussian model. H is 3 unless asked for.
    ///
    /// # Errors
    /// [`Error::BadInput`] for `spins` beside a mixture; for what a model cannot be.
    pub fn decide(&self) -> Result<(u32, Option<Model>)> {
        let orders = match (&self.mixture, self.spins) {
            (Some(_), Some(spins)) => {
                return Err(Error::bad_input(
                    "spins",
                    spins,
                    "nothing beside a mixture, which has its orders",
                ));
            }
            (Some(shares), None) => Orders::new(shares)?,
            (None, spins) => {
                let spins = spins.unwrap_or(3);
                check_range("spins", spins, SPINS)?;
                Orders::pure(spins as usize)
            }
        };
        let highest = orders.highest() as u32;
        let model = Model {
            orders,
            law: self.law.unwrap_or_default(),
            spike: self
                .spike
                .map(|SpikeRequest { strength, order }| Spike { strength, order: order.unwrap_or(highest) }),
        };
        if let Some(Spike { strength, .. }) =
            model.spike.filter(|spike| spike.strength.is_finite() && spike.strength > MOST_STRENGTH)
        {
            let allowed = format!(
                "a strength up to {MOST_STRENGTH:e}, beyond which rounding hides where gradients vanish"
            );
            return Err(Error::bad_input("spike", written(strength), allowed));
        }
        model.check()?;
        // A field alone is no pure model of release 0.1.
        let is_pure = model.as_pure().is_some_and(|spins| spins >= SPINS[0] as usize);
        Ok((highest, (!is_pure).then_some(model)))
    }

    /// The same where couplings of the user's own may have an order already.
    ///
    /// # Errors
    /// [`Error::BadInput`] for another order than they have, and for anything else that is asked for beside them.
    pub fn decide_beside(&self, own: Option<u32>) -> Result<(u32, Option<Model>)> {
        let Some(own) = own else { return self.decide() };
        if self.mixture.is_some() || self.law.is_some() || self.spike.is_some() {
            let asked = [
                self.mixture.as_ref().map(|shares| ("mixture", shares_text(shares))),
                self.law.map(|law| ("law", law.name().to_owned())),
                self.spike.map(|spike| ("spike", spike.text())),
            ];
            let asked: Vec<(&str, String)> = asked.into_iter().flatten().collect();
            return Err(Error::bad_input(
                asked.iter().map(|(key, _)| key).join(" and "),
                asked.iter().map(|(_, value)| value).join(" and "),
                "nothing beside couplings of your own, which are not random",
            ));
        }
        Ok((self.spins.unwrap_or(own), None))
    }

    /// Refuses another model than the run's.
    ///
    /// # Errors
    /// [`Error::Refused`] naming the part that differs; [`Error::BadInput`] for what a model cannot be.
    pub fn same(&self, growth: Growth, stored: &Model) -> Result<()> {
        if let Some(shares) = &self.mixture {
            growth.same(
                "mixture",
                mixture_text(&stored.orders),
                Some(mixture_text(&Orders::new(shares)?)),
            )?;
        }
        if let (Some(spins), None) = (self.spins, &self.mixture) {
            match stored.orders.as_pure() {
                Some(pure) => growth.same("spins", pure as u32, Some(spins))?,
                None => {
                    growth.same("mixture", mixture_text(&stored.orders), Some(format!("spins {spins}")))?;
                }
            }
        }
        growth.same("law", stored.law.name(), self.law.map(Law::name))?;
        let highest = stored.orders.highest() as u32;
        let asked =
            self.spike.map(|spike| Spike { strength: spike.strength, order: spike.order.unwrap_or(highest) });
        match asked {
            Some(asked) => growth.same("spike", spike_text(stored.spike), Some(spike_text(Some(asked)))),
            None => Ok(()),
        }
    }
}

/// Orders, law and spike in a few words.
pub fn model_text(model: &Model) -> String {
    let Model { orders, law, spike } = model;
    let mut words = vec![match orders.as_pure() {
        Some(spins) if spins > 1 => format!("H = {spins}"),
        _ => format!("mixture {}", mixture_text(orders)),
    }];
    words.extend((*law != Law::Gaussian).then(|| format!("law {}", law.name())));
    words.extend(spike.map(|spike| format!("spike {}", spike_text(Some(spike)))));
    words.join(", ")
}

/// Orders with their variances as the command line takes them, `2:0.5,3:0.5`.
pub fn mixture_text(orders: &Orders) -> String {
    orders.shares().map(|(order, variance)| format!("{order}:{}", written(variance))).join(",")
}

/// The same of what is asked for.
fn shares_text(shares: &[(u32, f64)]) -> String {
    shares.iter().map(|(order, variance)| format!("{order}:{}", written(*variance))).join(",")
}

/// A spike as the command line takes it, `1.2:3`.
pub fn spike_text(spike: Option<Spike>) -> String {
    spike.map_or("none".into(), |Spike { strength, order }| format!("{}:{order}", written(strength)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROWTH: Growth = Growth("only instances may grow");

    #[test]
    fn one_order_of_variance_1_is_the_pure_model() {
        let asked =
            |shares: &[(u32, f64)]| ModelRequest { mixture: Some(shares.to_vec()), ..Default::default() };
        assert_eq!(asked(&[(3, 1.0)]).decide().unwrap(), (3, None));
        assert_eq!(ModelRequest::default().decide().unwrap(), (3, None));
        assert!(matches!(asked(&[(1, 1.0)]).decide().unwrap(), (1, Some(_))));
        let (highest, model) = asked(&[(4, 0.5), (2, 0.5)]).decide().unwrap();
        assert_eq!((highest, mixture_text(&model.unwrap().orders)), (4, "2:0.5,4:0.5".to_owned()));
        let both = ModelRequest { spins: Some(3), ..asked(&[(2, 1.0)]) };
        assert!(both.decide().unwrap_err().to_string().starts_with("spins = 3: nothing beside a mixture"));
    }

    #[test]
    fn what_is_asked_for_beside_couplings_of_ones_own_is_quoted() {
        let asked = ModelRequest {
            mixture: Some(vec![(2, 0.5), (3, 1e-20)]),
            law: Some(Law::Sign),
            spike: Some(SpikeRequest { strength: 1.0, order: Some(2) }),
            ..ModelRequest::default()
        };
        let line = asked.decide_beside(Some(3)).unwrap_err().to_string();
        assert!(
            line.starts_with("mixture and law and spike = 2:0.5,3:1e-20 and sign and 1:2: nothing beside"),
            "{line}"
        );
        let spiked = ModelRequest { mixture: None, law: None, ..asked };
        let line = spiked.decide_beside(Some(3)).unwrap_err().to_string();
        assert!(line.starts_with("spike = 1:2: nothing beside"), "{line}");
    }

    #[test]
    fn a_spike_at_which_descents_stall_is_refused_and_its_strength_is_quoted_in_short() {
        for strength in [1e6, 1e308] {
            let spike = Some(SpikeRequest { strength, order: None });
            let line = ModelRequest { spike, ..ModelRequest::default() }.decide().unwrap_err().to_string();
            assert!(line.contains("a strength up to 1e5") && line.len() < 120, "{line}");
        }
        let text = spike_text(Some(Spike { strength: 1e-320, order: 3 }));
        assert_eq!(text, "1e-320:3");
    }

    #[test]
    fn another_model_than_the_run_has_is_refused_by_the_part_that_differs() {
        let spiked = ModelRequest {
            spike: Some(SpikeRequest { strength: 1.5, order: None }),
            ..ModelRequest::default()
        };
        let stored = spiked.decide().unwrap().1.unwrap();
        assert!(
            spiked.same(GROWTH, &stored).is_ok() && ModelRequest::default().same(GROWTH, &stored).is_ok()
        );
        for (other, part) in [
            (
                ModelRequest {
                    spike: Some(SpikeRequest { strength: 1.5, order: Some(2) }),
                    ..spiked.clone()
                },
                "spike: the run has 1.5:3, asked for 1.5:2",
            ),
            (ModelRequest { law: Some(Law::Sign), ..spiked.clone() }, "law: the run has gaussian"),
            (ModelRequest { spins: Some(4), ..spiked.clone() }, "spins: the run has 3, asked for 4"),
            (
                ModelRequest { mixture: Some(vec![(3, 0.5)]), ..spiked },
                "mixture: the run has 3:1, asked for 3:0.5",
            ),
        ] {
            let error = other.same(GROWTH, &stored).unwrap_err();
            assert!(error.exit_code() == 3 && error.to_string().starts_with(part), "{error}");
        }
    }
}
