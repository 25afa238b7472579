//! Which model a theory command is about.

use serde::Serialize;

use crate::Result;
use crate::cli::shared::values;
use crate::theory::Mixture;

/// One order, or several.
#[derive(Debug, clap::Args)]
pub struct ModelArgs {
    /// Order H, from 2 to 1000000
    #[arg(
        long,
        value_name = "H",
        value_parser = values::within(values::THEORY_SPINS),
        allow_negative_numbers = true,
        required_unless_present = "mixture",
        conflicts_with = "mixture"
    )]
    pub spins: Option<u32>,
    /// Orders P and their shares of variance V in place of --spins: covariance ξ(q) = Σ V q^P, P from 1 (a random field) to 100
    #[arg(long, value_name = "P:V,P:V,…", value_parser = values::mixture, allow_hyphen_values = true)]
    pub mixture: Option<Mixture>,
}

/// The model's keys in JSON: those of the one that was asked for.
#[derive(Debug, Serialize)]
pub struct ModelJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    spins: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mixture: Option<Vec<(u32, f64)>>,
}

impl ModelArgs {
    /// The model as a mixture, which a single order is too.
    ///
    /// # Errors
    /// None that the command line has not found before.
    pub fn as_mixture(&self) -> Result<Mixture> {
        match (&self.mixture, self.spins) {
            (Some(mixture), _) => Ok(mixture.clone()),
            (None, spins) => Mixture::pure(spins.unwrap_or_default()),
        }
    }

    /// What titles of tables say.
    pub fn title(&self) -> String {
        match (&self.mixture, self.spins) {
            (Some(mixture), _) => format!("ξ(q) = {mixture}"),
            (None, spins) => format!("H = {}", spins.unwrap_or_default()),
        }
    }

    /// The model's keys.
    pub fn json(&self) -> ModelJson {
        ModelJson {
            spins: self.spins,
            mixture: self.mixture.as_ref().map(|mixture| mixture.shares().to_vec()),
        }
    }
}
