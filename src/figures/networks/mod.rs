//! Figures of trained networks; numbers are those of Choromanska et al. (2015).

mod annealing;
mod boxes;
mod grid;
mod index;
mod losses;
mod moments;
mod train_test;

use super::drawing::{Align, Drawing, point};
use super::style::{INK, TICK_SIZE};
use crate::analysis::EnergyHistogram;
use crate::analysis::Units;
use crate::analysis::networks::{AnnealingTable, IndexTable, LossBoxes, LossMoments, LossTable, TrainTest};

/// Names of all figures of networks.
pub const NAMES: [&str; 9] = [
    "network-losses",
    "network-losses-unscaled",
    "glass-and-networks",
    "network-index",
    "network-index-vs-loss",
    "network-annealing",
    "network-train-test",
    "network-box-plots",
    "network-mean-variance",
];

/// A figure of networks.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkFigure {
    /// What it shows.
    pub table: NetworkTable,
    /// How much there is of the runs behind it.
    pub units: Vec<Units>,
}

/// A table that a figure shows.
#[derive(Debug, Clone, PartialEq)]
pub enum NetworkTable {
    /// Scaled test losses by n₁ (3 right).
    Losses(LossTable),
    /// Test losses by n₁ as they are (8 bottom).
    UnscaledLosses(LossTable),
    /// Energies per spin of the glass beside scaled losses of networks (3).
    GlassAndNetworks(EnergyHistogram, LossTable),
    /// Histograms of the normalised index by n₁ (5).
    Index(IndexTable),
    /// Normalised index against train loss by n₁ (4).
    IndexVsLoss(IndexTable),
    /// Test losses by descent and by annealing (6).
    Annealing(AnnealingTable),
    /// Test against train loss by n₁ (7).
    TrainTest(TrainTest),
    /// Box plots of test losses by n₁, and enlarged (9).
    BoxPlots(LossBoxes),
    /// Mean and variance of the test loss against n₁ (10).
    MeanVariance(LossMoments),
}

impl NetworkFigure {
    /// Its name, one of [`NAMES`].
    pub fn name(&self) -> &'static str {
        self.table.name()
    }

    /// The drawing, which says so where a run behind it is not finished.
    pub fn draw(&self) -> Drawing {
        let mut drawing = self.table.draw();
        let left = self.units.iter().filter(|units| !units.are_complete());
        let parts: Vec<String> =
            left.map(|units| format!("{} of {} units done", units.done, units.planned)).collect();
        if !parts.is_empty() {
            let corner = point(drawing.width - 10.0, drawing.height - 10.0);
            let note = format!("unfinished run: {}", parts.join(", "));
            drawing.text(&note, corner, Align::Right, TICK_SIZE, INK);
        }
        drawing
    }
}

impl NetworkTable {
    /// Its name, one of [`NAMES`].
    pub fn name(&self) -> &'static str {
        match self {
            Self::Losses(_) => NAMES[0],
            Self::UnscaledLosses(_) => NAMES[1],
            Self::GlassAndNetworks(..) => NAMES[2],
            Self::Index(_) => NAMES[3],
            Self::IndexVsLoss(_) => NAMES[4],
            Self::Annealing(_) => NAMES[5],
            Self::TrainTest(_) => NAMES[6],
            Self::BoxPlots(_) => NAMES[7],
            Self::MeanVariance(_) => NAMES[8],
        }
    }

    /// The drawing.
    pub fn draw(&self) -> Drawing {
        match self {
            Self::Losses(table) | Self::UnscaledLosses(table) => losses::draw(table),
            Self::GlassAndNetworks(glass, table) => losses::draw_beside(glass, table),
            Self::Index(table) => index::draw_histograms(table),
            Self::IndexVsLoss(table) => index::draw_against_loss(table),
            Self::Annealing(table) => annealing::draw(table),
            Self::TrainTest(table) => train_test::draw(table),
            Self::BoxPlots(table) => boxes::draw(table),
            Self::MeanVariance(table) => moments::draw(table),
        }
    }
}
