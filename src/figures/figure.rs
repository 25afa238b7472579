//! A figure: its name, what it shows, and how it is drawn from that.

use serde::Serialize;

use super::drawing::{Align, Drawing, point};
use super::style::{INK, TICK_SIZE};
use crate::Result;
use crate::analysis::bands::SoughtPoints;
use crate::analysis::networks::NetworksInputs;
use crate::analysis::{
    ComplexityMap, EnergyVsTemperature, GlassInputs, MinimaTree, SeveralRuns, StoredRun, UnitCount,
};

/// A figure that can be drawn.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// Its name on the command line, and its file's name without extension.
    pub name: &'static str,
    /// What is drawn; numbers of figures are those of Choromanska et al. (2015).
    pub title: &'static str,
    /// Of which run it is, in a few words that end the sentence “it shows …”.
    pub shows: &'static str,
    /// What it needs, and how it is drawn from that.
    pub source: Source,
}

/// What a figure needs, and how it is loaded and drawn.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// Theory, at the order and the size of a run where there is one.
    Theory(fn(&GlassInputs) -> Result<Drawing>),
    /// Theory of a mixture of at least two orders: of the command line, or of the run.
    Mixture(fn(&ComplexityMap) -> Drawing),
    /// Several runs of the spin glass side by side.
    Several(fn(&SeveralRuns) -> Result<Drawing>),
    /// A run of the spin glass.
    Glass(RunInputs, fn(&GlassInputs) -> Result<Drawing>),
    /// A run of sampling at temperature.
    Sampling(fn(&EnergyVsTemperature) -> Drawing),
    /// A run of paths between minima.
    Paths(fn(&MinimaTree) -> Drawing),
    /// A run of networks, alone or beside another run; none where that run has nothing to show.
    Networks(Beside, fn(&NetworksInputs) -> Option<Drawing>),
}

/// Runs of the spin glass that a figure shows.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct RunInputs {
    /// What they looked for.
    pub kinds: &'static [SoughtPoints],
    /// Only those on the pure Gaussian model, which the exact theory of these figures speaks of.
    pub random: bool,
    /// Only those that kept their points.
    pub points: bool,
    /// Only those that kept the histories of their starts.
    pub traces: bool,
    /// Only those on random couplings, of any model, that have this size Λ: their surface is drawn again.
    pub dim: Option<u32>,
}

/// A run that a figure of networks shows beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Beside {
    /// None.
    Nothing,
    /// Of annealed networks.
    Annealed,
    /// Of a spin glass.
    Glass,
}

impl Figure {
    /// Whether it shows networks.
    pub fn is_of_networks(&self) -> bool {
        matches!(self.source, Source::Networks(..))
    }

    /// Whether it shows a run of sampling at temperature.
    pub fn is_of_sampling(&self) -> bool {
        matches!(self.source, Source::Sampling(_))
    }

    /// Whether it shows a run of paths.
    pub fn is_of_paths(&self) -> bool {
        matches!(self.source, Source::Paths(_))
    }

    /// Whether it shows a run of the spin glass, and not theory alone.
    pub fn is_of_run(&self) -> bool {
        matches!(self.source, Source::Glass(..) | Source::Several(_))
    }

    /// Whether it shows a run of the spin glass beside networks.
    pub fn shows_glass(&self) -> bool {
        matches!(self.source, Source::Networks(Beside::Glass, _))
    }

    /// Whether it shows several runs side by side.
    pub fn is_of_several(&self) -> bool {
        matches!(self.source, Source::Several(_))
    }

    /// Whether a run of the spin glass is one that it shows.
    pub fn fits(&self, run: &StoredRun) -> bool {
        match self.source {
            Source::Theory(_) => !run.has_model,
            Source::Mixture(_) => run.mixture.is_some(),
            Source::Glass(RunInputs { kinds, random, points, traces, dim }, _) => {
                kinds.contains(&run.kind)
                    && (run.is_pure || !random)
                    && (run.has_points || !points)
                    && (run.has_traces || !traces)
                    && dim.is_none_or(|dim| run.is_random && run.dims.contains(&dim))
            }
            Source::Several(_) | Source::Sampling(_) | Source::Paths(_) | Source::Networks(..) => false,
        }
    }

    /// The drawing of theory or of a run of the spin glass; none where there is no run that it shows.
    ///
    /// # Errors
    /// Those of the store and of theory.
    pub fn draw_glass(&self, inputs: &GlassInputs) -> Result<Option<Drawing>> {
        match self.source {
            Source::Theory(draw) if inputs.is_of_one_order() => draw(inputs).map(Some),
            Source::Mixture(draw) => Ok(inputs.complexity_map()?.as_ref().map(draw)),
            Source::Glass(_, draw) if inputs.run().is_some_and(|run| self.fits(run)) => {
                draw(inputs).map(Some)
            }
            Source::Theory(_)
            | Source::Glass(..)
            | Source::Several(_)
            | Source::Sampling(_)
            | Source::Paths(_)
            | Source::Networks(..) => Ok(None),
        }
    }

    /// The drawing of several runs of the spin glass; none where it shows no such runs.
    ///
    /// # Errors
    /// Bad input for runs that do not belong together; those of the store and of theory.
    pub fn draw_several(&self, runs: &SeveralRuns) -> Result<Option<Drawing>> {
        match self.source {
            Source::Several(draw) => draw(runs).map(Some),
            _ => Ok(None),
        }
    }

    /// The drawing of a run of sampling, which says so where it is not finished; none where it shows something else.
    pub fn draw_sampling(&self, table: &EnergyVsTemperature) -> Option<Drawing> {
        let Source::Sampling(draw) = self.source else { return None };
        Some(with_progress(draw(table), std::slice::from_ref(&table.units)))
    }

    /// The drawing of a run of paths, which says so where that is not finished; none where it shows something else.
    pub fn draw_paths(&self, tree: &MinimaTree, units: &UnitCount) -> Option<Drawing> {
        let Source::Paths(draw) = self.source else { return None };
        Some(with_progress(draw(tree), std::slice::from_ref(units)))
    }

    /// The drawing of networks, which says so where a run behind it is not finished; none where they do not have what it
    /// shows.
    pub fn draw_networks(&self, inputs: &NetworksInputs) -> Option<Drawing> {
        let Source::Networks(beside, draw) = self.source else { return None };
        let units = match (beside, &inputs.report.compared_units) {
            (Beside::Annealed, Some(units)) => &units[..],
            _ => std::slice::from_ref(&inputs.report.units),
        };
        draw(inputs).map(|drawing| with_progress(drawing, units))
    }
}

fn with_progress(mut drawing: Drawing, units: &[UnitCount]) -> Drawing {
    let left = units.iter().filter(|units| !units.are_complete());
    let parts: Vec<String> =
        left.map(|units| format!("{} of {} units done", units.done, units.planned)).collect();
    if !parts.is_empty() {
        let corner = point(drawing.width - 10.0, drawing.height - 10.0);
        let note = format!("unfinished run: {}", parts.join(", "));
        drawing.text(&note, corner, Align::Right, TICK_SIZE, INK);
    }
    drawing
}
