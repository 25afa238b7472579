//! The normalised index of solutions by n₁: histograms (Figure 5), and against the train loss (Figure 4).

use super::grid::{self, Grid};
use crate::analysis::Histogram;
use crate::analysis::bands::statistics;
use crate::analysis::networks::{CRITICAL, INDEX_RANGE, IndexSet, IndexTable, PointCloud};
use crate::figures::axes::{AxisRange, PlotPanel};
use crate::figures::drawing::Drawing;
use crate::figures::figure::{Beside, Figure, Source};
use crate::figures::histogram;
use crate::figures::style::{self, Color, GUIDE, Stroke};

const X_LABEL: &str = "normalised index";

/// Its entry in the list of figures.
pub const HISTOGRAMS: Figure = Figure {
    name: "network-index",
    title: "histograms of the normalised index by n₁ (Figure 5)",
    shows: "networks whose index was computed",
    source: Source::Networks(Beside::Nothing, |inputs| {
        IndexTable::new(&inputs.samples).map(|table| draw_histograms(&table))
    }),
};

/// Its entry in the list of figures.
pub const AGAINST_LOSS: Figure = Figure {
    name: "network-index-vs-loss",
    title: "normalised index against train loss by n₁ (Figure 4)",
    shows: "networks whose index was computed",
    source: Source::Networks(Beside::Nothing, |inputs| {
        IndexTable::new(&inputs.samples).map(|table| draw_against_loss(&table))
    }),
};

/// One histogram for each size, on one scale of the index.
pub fn draw_histograms(table: &IndexTable) -> Drawing {
    let grid = Grid::new(table.sets.len());
    let mut drawing = grid.page("Normalised index of solutions by size");
    let densities = || table.sets.iter().map(|set| &set.density);
    let low = densities().map(|density| density.low).fold(0.0, f64::min);
    let high = densities().map(Histogram::high).fold(0.01, f64::max);
    let x = AxisRange::new(low, high + 0.03 * (high - low));
    for (i, IndexSet { cloud: set, density }) in table.sets.iter().enumerate() {
        let panel = PlotPanel { frame: grid.frame(i), x, y: histogram::heights([density].into_iter()) };
        panel.draw_scales(&mut drawing);
        for run in density.runs() {
            let steps = histogram::steps(&panel, density, run);
            drawing.area(steps.clone(), color(table, i), 2.0 * histogram::FILL_OPACITY);
            drawing.line(steps, Stroke::full(color(table, i), style::CURVE_WIDTH));
        }
        let mean = statistics::mean(&column(set, 1));
        let at = [panel.y.low, panel.y.high].map(|y| panel.at(mean, y));
        drawing.line(at.to_vec(), GUIDE);
        let note = format!("mean {mean:.4}");
        grid::draw_frame(&mut drawing, &panel, X_LABEL, [&name(set), &note]);
    }
    let mut notes = vec!["probability density of the".into(), "share of eigenvalues of the".into()];
    notes.extend(["Hessian of the train loss".into(), "below −0.001".into(), String::new()]);
    notes.push("dashed: mean".into());
    finish(&mut drawing, &grid, table, notes);
    drawing
}

/// One cloud for each size.
pub fn draw_against_loss(table: &IndexTable) -> Drawing {
    let grid = Grid::new(table.sets.len());
    let mut drawing = grid.page("Normalised index of solutions against train loss");
    for (i, IndexSet { cloud: set, .. }) in table.sets.iter().enumerate() {
        let [x, y] = [0, 1].map(|at| grid::span_of(column(set, at).into_iter()));
        let panel = PlotPanel { frame: grid.frame(i), x, y };
        panel.draw_scales(&mut drawing);
        for [loss, index] in grid::shown(&set.points) {
            drawing.dot(panel.at(loss, index), 2.0, color(table, i));
        }
        let note = format!("{} networks", set.points.len());
        grid::draw_frame(&mut drawing, &panel, "train loss, nats", [&name(set), &note]);
    }
    let mut notes = vec!["normalised index: share of".into(), "eigenvalues of the Hessian of".into()];
    notes.push("the train loss below −0.001".into());
    finish(&mut drawing, &grid, table, notes);
    drawing
}

fn finish(drawing: &mut Drawing, grid: &Grid, table: &IndexTable, mut notes: Vec<String>) {
    notes.push(String::new());
    notes.push(format!("“of order 0.01”: {} to {}", INDEX_RANGE[0], INDEX_RANGE[1]));
    if let Some([least, greatest]) = table.gradient_norms {
        let ends = format!("{} to {}", short(least), short(greatest));
        notes.extend(["gradient norm where it was".into(), format!("taken: {ends}")]);
        if greatest > CRITICAL {
            notes.push("not critical points".into());
        }
    }
    notes.retain(|note| !note.is_empty());
    grid.draw_notes(drawing, grid.notes_top(), &notes);
}

/// Two digits.
fn short(norm: f64) -> String {
    let text = if (1e-3..1e3).contains(&norm) { format!("{norm:.3}") } else { format!("{norm:.1e}") };
    text.replace('-', "−")
}

fn name(set: &PointCloud) -> String {
    format!("n₁ = {}", set.hidden)
}

fn column(set: &PointCloud, at: usize) -> Vec<f64> {
    set.points.iter().map(|point| point[at]).collect()
}

fn color(table: &IndexTable, i: usize) -> Color {
    style::ramp(i + 1, table.sets.len() + 2)
}
