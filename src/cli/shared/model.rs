//! Flags that say what random surfaces are drawn from.

use super::values;
use crate::hamiltonian::Law;
use crate::studies::surfaces::{ModelRequest, SpikeRequest};

/// Flags that say what random surfaces are drawn from.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ModelFlags {
    /// Orders with their variances in place of one order, ξ(q) = Σ V q^P; order 1 is a random field
    #[arg(long, value_name = "P:V,…", value_delimiter = ',', value_parser = values::share, allow_hyphen_values = true)]
    pub mixture: Option<Vec<(u32, f64)>>,
    /// Law of the independent entries of the couplings, mean 0 and variance 1 [default: gaussian]
    #[arg(long, value_enum)]
    pub law: Option<Law>,
    /// Add −λΛ(w·v/Λ)^r with a hidden vector v; r is the highest order unless given
    #[arg(long, value_name = "λ[:r]", value_parser = values::spike, allow_hyphen_values = true)]
    pub spike: Option<SpikeRequest>,
}

impl ModelFlags {
    /// What is asked for.
    pub fn request(&self) -> ModelRequest {
        let Self { mixture, law, spike } = self.clone();
        ModelRequest { spins: None, mixture, law, spike }
    }
}
