//! The network half of `hspin reproduce --networks`.

use std::path::Path;

use super::outputs::Networks;
use super::report;
use super::sweep::Sweep;
use crate::Result;
use crate::analysis::energy_histogram_from_run;
use crate::figures::Format;
use crate::networks::data::bundled;
use crate::run::Means;
use crate::run::networks::{NetworksMethod, NetworksRequest};

/// What is trained and annealed.
struct Plan {
    /// The paper's sizes, and 10, of which it shows indices and box plots.
    hidden: &'static [u32],
    networks: u32,
    epochs: Option<u32>,
    /// Two groups of sixteen at least: one alone has no error.
    index: u32,
    index_hidden: u32,
    annealed_hidden: &'static [u32],
    annealed: u32,
    sweeps: Option<u32>,
    /// Digits that both descend and anneal on.
    digits: Option<u32>,
}

/// The paper has 1000 networks of each size.
const PAPER: Plan = Plan {
    hidden: &[10, 25, 50, 100, 250, 500],
    networks: 200,
    epochs: None,
    index: 32,
    index_hidden: 100,
    annealed_hidden: &[10, 25],
    annealed: 16,
    sweeps: None,
    digits: None,
};

/// A first look: fewer of everything, so that no verdict rests on it.
const QUICK: Plan = Plan {
    hidden: &[10, 15, 25, 50],
    networks: 48,
    epochs: Some(20),
    index: 32,
    index_hidden: 10,
    annealed_hidden: &[10],
    annealed: 8,
    sweeps: Some(5),
    digits: Some(1000),
};

/// Trains, anneals, draws and reports into a folder, beside the glass of `glass`; returns what it found as text.
///
/// # Errors
/// Whatever ends a sweep or cannot be written; what was stored before stays.
pub fn run(out: &Path, quick: bool, glass: &Path, means: &Means) -> Result<String> {
    let (plan, [descended, annealed]) = if quick {
        (&QUICK, ["quick-networks.run", "quick-annealed.run"])
    } else {
        (&PAPER, ["networks.run", "annealed.run"])
    };
    let [descended, annealed] = [descended, annealed].map(|name| out.join(name));
    let sweep = |run: &Path, request| {
        let sweep =
            Sweep { run: run.to_owned(), request, set: bundled()?, digits: plan.digits, means: *means };
        // The store is closed: figures open the runs themselves.
        sweep.carry_out().map(drop)
    };
    sweep(&descended, plan.descent())?;
    sweep(&annealed, plan.annealing())?;
    let networks = Networks::load(&descended, Some(&annealed))?;
    networks.write_all(Some(energy_histogram_from_run(glass)?), out, &Format::ALL)?;
    Ok(report::text(&networks.report()))
}

impl Plan {
    fn descent(&self) -> NetworksRequest {
        NetworksRequest {
            hidden: Some(self.hidden.to_vec()),
            networks: Some(self.networks),
            method: Some(NetworksMethod::Sgd),
            epochs: self.epochs,
            index: Some(self.index),
            index_hidden: Some(self.index_hidden),
            ..NetworksRequest::default()
        }
    }

    fn annealing(&self) -> NetworksRequest {
        NetworksRequest {
            hidden: Some(self.annealed_hidden.to_vec()),
            networks: Some(self.annealed),
            method: Some(NetworksMethod::Anneal),
            sweeps: self.sweeps,
            ..NetworksRequest::default()
        }
    }
}
