//! Energies per spin that descents reach, by size; Figures 3 (left) and 8 (top) of Choromanska et al. (2015).

use super::axes::{AxisRange, Guide, PlotPanel, guides_of};
use super::drawing::{Drawing, Rect};
use super::figure::{Figure, RunInputs, Source};
use super::histogram::{self, Legend, PanelPlace};
use crate::analysis::bands::SoughtPoints;
use crate::analysis::{EnergyHistogram, EnergySet, Histogram};

const WIDTH: f64 = 980.0;
const HEIGHT: f64 = 550.0;
const PLACE: PanelPlace =
    PanelPlace { frame: Rect { left: 62.0, top: 56.0, right: 800.0, bottom: 486.0 }, legend_left: 820.0 };

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "energy-histogram",
    title: "energies per spin at which starts end, by size (Figure 3 left)",
    shows: "a sweep: where its starts end",
    source: Source::Glass(
        RunInputs {
            kinds: &[SoughtPoints::Descent, SoughtPoints::Saddle],
            random: false,
            points: false,
            traces: false,
            dim: None,
        },
        |inputs| Ok(draw(inputs.histogram()?)),
    ),
};

/// Draws all sizes over one another, smallest first, with a legend on the right.
pub fn draw(table: &EnergyHistogram) -> Drawing {
    let title = format!("Energies per spin reached by descent, {}", model(table));
    let mut drawing = Drawing::new(WIDTH, HEIGHT, title);
    draw_at(&mut drawing, table, PLACE);
    drawing
}

/// The same somewhere on a page.
pub fn draw_at(drawing: &mut Drawing, table: &EnergyHistogram, place: PanelPlace) {
    let densities = table.densities();
    let panel = PlotPanel { frame: place.frame, ..panel(table, &densities) };
    panel.draw_scales(drawing);
    histogram::draw_densities(drawing, &panel, &densities);
    panel.draw_guides(drawing, &guides(table));
    let [below, beside] = match table.scale {
        Some(_) => ["u/s  (energy per spin in units of the tensor's scale)", "probability density of u/s"],
        None => ["u = L/Λ  (energy per spin)", "probability density of u"],
    };
    panel.draw_frame(drawing, below, beside);
    let rows = table.sets.iter().map(|set| (format!("Λ = {}", set.dim), count(set))).collect();
    let heading = model(table);
    let legend = Legend { heading, columns: ["size", "starts"], rows, notes: notes(table) };
    legend.draw(drawing, place);
}

/// What the surfaces are drawn from.
fn model(table: &EnergyHistogram) -> String {
    table.model.clone().unwrap_or_else(|| format!("H = {}", table.spins))
}

/// At −E_0 and −E_∞, of a mixture −E_th, as far as they are known.
fn guides(table: &EnergyHistogram) -> Vec<Guide> {
    let threshold = if table.e_alg.is_some() { "−E_{th}" } else { "−E_{∞}" };
    let lines = [(table.e_0, "−E_{0}"), (table.e_inf, threshold)];
    let known: Vec<(f64, &str)> = lines.into_iter().filter_map(|(e, name)| Some((-e?, name))).collect();
    guides_of(&known)
}

/// As wide as the histograms and both thresholds need.
fn panel(table: &EnergyHistogram, densities: &[Option<Histogram>]) -> PlotPanel {
    let all = || densities.iter().flatten();
    let ends = [table.e_0, table.e_inf].into_iter().flatten().map(|e| -e).collect::<Vec<_>>();
    let ends = || ends.iter().copied();
    let low = all().map(|density| density.low).chain(ends()).fold(f64::INFINITY, f64::min);
    let high = all().map(Histogram::high).chain(ends()).fold(f64::NEG_INFINITY, f64::max);
    let margin = 0.025 * (high - low).max(0.01 * table.unit());
    PlotPanel {
        frame: PLACE.frame,
        x: AxisRange::new(low - margin, high + margin),
        y: histogram::heights(all()),
    }
}

/// Starts, or how many of them are shown.
fn count(set: &EnergySet) -> String {
    let shown = shown(set);
    if shown == set.starts { shown.to_string() } else { format!("{shown}/{}", set.starts) }
}

fn shown(set: &EnergySet) -> u64 {
    set.energies_per_spin.iter().filter(|u| u.is_finite()).count() as u64
}

fn notes(table: &EnergyHistogram) -> Vec<String> {
    let surfaces = match (table.instances, table.sets.len()) {
        (1, 0 | 1) => "one surface".to_owned(),
        (1, _) => "one surface per size".to_owned(),
        (n, 0 | 1) => format!("{n} surfaces"),
        (n, _) => format!("{n} surfaces per size"),
    };
    let mut notes = vec![surfaces];
    if !guides(table).is_empty() {
        notes.push("dashed: limits Λ → ∞".to_owned());
    }
    if table.sets.iter().all(|set| shown(set) == 0) {
        notes.push("no energy to show".to_owned());
    }
    notes
}
