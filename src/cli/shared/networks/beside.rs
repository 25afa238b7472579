//! Runs that a run of networks is compared with.

use std::path::{Path, PathBuf};

use crate::analysis::networks::NetworkRuns;

/// Runs to compare a run of networks with.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ComparedRuns {
    /// Run of annealed networks to set beside RUN, a run of networks by sgd
    #[arg(long, value_name = "RUN")]
    pub annealed: Option<PathBuf>,
    /// Run by sgd on the digits of the annealed run, where RUN has others
    #[arg(long, value_name = "RUN", requires = "annealed")]
    pub beside: Option<PathBuf>,
}

impl ComparedRuns {
    /// They and the run itself.
    pub fn to<'a>(&'a self, run: &'a Path) -> NetworkRuns<'a> {
        NetworkRuns { descent: run, annealed: self.annealed.as_deref(), beside: self.beside.as_deref() }
    }
}
