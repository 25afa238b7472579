//! The network half of `hspin reproduce --networks`.

use std::path::Path;

use crate::Result;
use crate::analysis::EnergyHistogram;
use crate::analysis::networks::{NetworkRuns, NetworksData};
use crate::cli::shared::networks::outputs::write_all;
use crate::cli::shared::networks::sweep::NetworksSweep;
use crate::cli::shared::networks::text::text;
use crate::figures::FigureFormat;
use crate::networks::data::bundled;
use crate::studies::networks::{NetworksMethod, NetworksRequest};
use crate::study::Resources;

/// What is trained and annealed.
struct Plan {
    /// The paper's sizes, and 10, of which it shows indices and box plots.
    hidden: &'static [u32],
    networks: u32,
    epochs: Option<u32>,
    /// Enough for an error over networks.
    index: u32,
    index_hidden: u32,
    /// All digits that are bundled, or fewer.
    digits: Option<u32>,
    beside: Beside,
}

/// Descent and annealing on fewer digits: the paper anneals on a subset, too.
struct Beside {
    hidden: &'static [u32],
    descents: u32,
    annealed: u32,
    sweeps: Option<u32>,
    digits: u32,
}

/// The paper has 1000 networks of each size.
const PAPER: Plan = Plan {
    hidden: &[10, 25, 50, 100, 250, 500],
    networks: 200,
    epochs: None,
    index: 48,
    index_hidden: 100,
    digits: None,
    beside: Beside { hidden: &[10, 25, 50], descents: 192, annealed: 16, sweeps: None, digits: 1000 },
};

/// A first look: fewer of everything, so that no verdict rests on it.
const QUICK: Plan = Plan {
    hidden: &[10, 15, 25, 50],
    networks: 48,
    epochs: Some(20),
    index: 32,
    index_hidden: 10,
    digits: Some(1000),
    beside: Beside { hidden: &[10], descents: 48, annealed: 4, sweeps: Some(5), digits: 300 },
};

/// Where things are.
pub struct Places<'a> {
    /// Folder of the runs.
    pub runs: &'a Path,
    /// Folder of tables and figures.
    pub outputs: &'a Path,
    /// The run of the glass.
    pub glass: &'a Path,
}

/// Trains, anneals, draws and reports into a folder, beside a glass; returns its report as text.
///
/// # Errors
/// Whatever ends a sweep or cannot be written; what was stored before stays.
pub fn run(places: &Places, quick: bool, resources: &Resources) -> Result<String> {
    let (plan, prefix) = if quick { (&QUICK, "quick-") } else { (&PAPER, "") };
    let [networks, descended, annealed] =
        ["networks", "subset", "annealed"].map(|name| places.runs.join(format!("{prefix}{name}.run")));
    let sweep = |run: &Path, request, digits| {
        let sweep =
            NetworksSweep { run: run.to_owned(), request, set: bundled()?, digits, resources: *resources };
        // The store is closed: figures open the runs themselves.
        sweep.carry_out(None).map(drop)
    };
    let digits = Some(plan.beside.digits);
    sweep(&networks, plan.descent(), plan.digits)?;
    sweep(&descended, plan.descent_beside(), digits)?;
    sweep(&annealed, plan.annealing(), digits)?;
    let runs = NetworkRuns { descent: &networks, annealed: Some(&annealed), beside: Some(&descended) };
    let inputs = NetworksData::load(runs)?.inputs(Some(EnergyHistogram::at(places.glass)?));
    write_all(&inputs, places.outputs, &FigureFormat::ALL)?;
    Ok(text(&inputs.report))
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

    fn descent_beside(&self) -> NetworksRequest {
        NetworksRequest {
            hidden: Some(self.beside.hidden.to_vec()),
            networks: Some(self.beside.descents),
            index: Some(0),
            ..self.descent()
        }
    }

    fn annealing(&self) -> NetworksRequest {
        NetworksRequest {
            hidden: Some(self.beside.hidden.to_vec()),
            networks: Some(self.beside.annealed),
            method: Some(NetworksMethod::Anneal),
            sweeps: self.beside.sweeps,
            ..NetworksRequest::default()
        }
    }
}
