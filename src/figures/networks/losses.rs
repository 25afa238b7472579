//! Test losses by n₁, scaled or not (Figures 3 right and 8 bottom), and beside the glass (Figure 3).

use super::grid::exponents;
use crate::analysis::networks::{LossSet, LossTable};
use crate::analysis::{EnergyHistogram, Histogram};
use crate::figures::axes::{AxisRange, PlotPanel};
use crate::figures::drawing::{Align, Drawing, Rect, point};
use crate::figures::energy_histogram;
use crate::figures::figure::{Beside, Figure, Source};
use crate::figures::histogram::{self, Legend, PanelPlace};
use crate::figures::style::{INK, LABEL_SIZE};

const WIDTH: f64 = 1010.0;
const HEIGHT: f64 = 550.0;
const PLACE: PanelPlace =
    PanelPlace { frame: Rect { left: 72.0, top: 56.0, right: 800.0, bottom: 486.0 }, legend_left: 820.0 };

const BESIDE_WIDTH: f64 = 1680.0;
const BESIDE_HEIGHT: f64 = 590.0;
const BESIDE: [PanelPlace; 2] = [
    PanelPlace { frame: Rect { left: 72.0, top: 96.0, right: 640.0, bottom: 526.0 }, legend_left: 656.0 },
    PanelPlace { frame: Rect { left: 892.0, top: 96.0, right: 1470.0, bottom: 526.0 }, legend_left: 1486.0 },
];

/// Its entry in the list of figures.
pub const SCALED: Figure = Figure {
    name: "network-losses",
    title: "test losses scaled by their fit, by n₁ (Figure 3 right)",
    shows: "scaled losses: it takes a fit, of four sizes of which errors are known",
    source: Source::Networks(Beside::Nothing, |inputs| {
        inputs.report.scaling?;
        Some(draw(&LossTable::new(&inputs.samples, inputs.report.scaling)))
    }),
};

/// Its entry in the list of figures.
pub const UNSCALED: Figure = Figure {
    name: "network-losses-unscaled",
    title: "test losses by n₁ (Figure 8 bottom)",
    shows: "trained networks",
    source: Source::Networks(Beside::Nothing, |inputs| Some(draw(&LossTable::new(&inputs.samples, None)))),
};

/// Its entry in the list of figures.
pub const BESIDE_GLASS: Figure = Figure {
    name: "glass-and-networks",
    title: "energies of a spin glass beside scaled test losses (Figure 3)",
    shows: "a spin glass beside networks: name its run by --glass",
    source: Source::Networks(Beside::Glass, |inputs| {
        let networks = LossTable::new(&inputs.samples, inputs.report.scaling);
        Some(draw_beside(inputs.glass.as_ref()?, &networks))
    }),
};

/// All sizes over one another, with a legend on the right.
pub fn draw(table: &LossTable) -> Drawing {
    let title =
        if table.scaling.is_some() { "Scaled test losses of networks" } else { "Test losses of networks" };
    let mut drawing = Drawing::new(WIDTH, HEIGHT, title);
    draw_at(&mut drawing, table, PLACE);
    drawing
}

/// The glass on the left, networks on the right.
pub fn draw_beside(glass: &EnergyHistogram, networks: &LossTable) -> Drawing {
    let mut drawing = Drawing::new(BESIDE_WIDTH, BESIDE_HEIGHT, "Spin glass and networks");
    for (place, heading) in BESIDE.iter().zip(["spin glass", "networks"]) {
        let at = point(place.frame.left, 36.0);
        drawing.text(heading, at, Align::Left, 1.3 * LABEL_SIZE, INK);
    }
    energy_histogram::draw_at(&mut drawing, glass, BESIDE[0]);
    draw_at(&mut drawing, networks, BESIDE[1]);
    drawing
}

fn draw_at(drawing: &mut Drawing, table: &LossTable, place: PanelPlace) {
    let densities: Vec<Option<Histogram>> = table.sets.iter().map(density).collect();
    let panel = panel(place.frame, &densities);
    panel.draw_scales(drawing);
    histogram::draw_densities(drawing, &panel, &densities);
    let (x_label, y_label) = match table.scaling {
        Some(_) => ("L / exp(α n₁^β)  (scaled test loss, nats)", "probability density of the scaled loss"),
        None => ("L  (test loss, nats)", "probability density of L"),
    };
    panel.draw_frame(drawing, x_label, y_label);
    let rows = table.sets.iter().map(|set| (format!("n₁ = {}", set.hidden), count(set))).collect();
    let heading = "100 → n₁ → 10".to_owned();
    Legend { heading, columns: ["size", "networks"], rows, notes: notes(table) }.draw(drawing, place);
}

/// Equal losses have no scale of their own: a hundredth of them is narrow, and wide enough to be seen.
fn density(set: &LossSet) -> Option<Histogram> {
    Histogram::of(&set.losses, set.losses.first().map_or(0.01, |loss| (0.01 * loss).abs().max(1e-6)))
}

fn panel(frame: Rect, densities: &[Option<Histogram>]) -> PlotPanel {
    let all = || densities.iter().flatten();
    let low = all().map(|density| density.low).fold(f64::INFINITY, f64::min);
    let high = all().map(Histogram::high).fold(f64::NEG_INFINITY, f64::max);
    let x = if low < high {
        let margin = 0.025 * (high - low);
        AxisRange::new(low - margin, high + margin)
    } else {
        AxisRange::new(0.0, 1.0)
    };
    PlotPanel { frame, x, y: histogram::heights(all()) }
}

/// Networks, or how many of them are shown.
fn count(set: &LossSet) -> String {
    let shown = set.losses.len() as u64;
    if shown == set.networks { shown.to_string() } else { format!("{shown}/{}", set.networks) }
}

fn notes(table: &LossTable) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(law) = table.scaling {
        notes.push("fitted to mean losses:".to_owned());
        notes.extend(exponents(&law));
    }
    if table.sets.iter().all(|set| set.losses.is_empty()) {
        notes.push("no loss to show".to_owned());
    }
    notes
}
