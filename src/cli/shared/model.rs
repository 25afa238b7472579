//! Flags that say what random surfaces are drawn from.

use super::values::{self, Allowed};
use crate::hamiltonian::Law;
use crate::studies::surfaces::{ModelRequest, SpikeRequest};

/// Flags that say what random surfaces are drawn from.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ModelFlags {
    /// Orders with their variances in place of one order, ξ(q) = Σ V q^P; order 1 is a random field
    #[arg(long, value_name = "P:V,…", value_delimiter = ',', value_parser = order, allow_hyphen_values = true)]
    pub mixture: Option<Vec<(u32, f64)>>,
    /// Law of the independent entries of the couplings, mean 0 and variance 1 [default: gaussian]
    #[arg(long, value_enum)]
    pub law: Option<Law>,
    /// Add −λΛ(w·v/Λ)^r with a hidden vector v; r is the highest order unless given
    #[arg(long, value_name = "λ[:r]", value_parser = spike, allow_hyphen_values = true)]
    pub spike: Option<SpikeRequest>,
}

impl ModelFlags {
    /// What is asked for.
    pub fn request(&self) -> ModelRequest {
        let Self { mixture, law, spike } = self.clone();
        ModelRequest { spins: None, mixture, law, spike }
    }
}

/// An order with its variance, `P:V`.
fn order(text: &str) -> Allowed<(u32, f64)> {
    let parsed = text
        .split_once(':')
        .and_then(|(order, variance)| Some((order.trim().parse().ok()?, values::number(variance).ok()?)));
    parsed.ok_or_else(|| "an order and its variance, such as 2:0.5 in 2:0.5,3:0.5".to_owned())
}

/// A spike, `λ` or `λ:r`.
fn spike(text: &str) -> Allowed<SpikeRequest> {
    let (strength, order) = match text.split_once(':') {
        Some((strength, order)) => (strength, Some(order)),
        None => (text, None),
    };
    let allowed = || "a strength λ above 0, or λ:r with the order r from 1 to 100".to_owned();
    let order = order.map(|order| order.trim().parse().map_err(|_| allowed())).transpose()?;
    Ok(SpikeRequest { strength: values::number(strength).map_err(|_| allowed())?, order })
}
