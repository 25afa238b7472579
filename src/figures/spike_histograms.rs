//! Histograms of the overlap with the hidden vector at the ends of descents, one row for each strength of the spike.

use super::axes::{AxisRange, Lines, PlotPanel};
use super::drawing::{Drawing, Rect, point};
use super::figure::{Figure, Source};
use super::histogram::{FILL_OPACITY, steps, swatch};
use super::style::{self, CURVE_WIDTH, Color, GUIDE, INK, SOFT_INK, Stroke, TICK_SIZE};
use crate::analysis::{Histogram, OverlapRow, SpikeHistograms};

const WIDTH: f64 = 940.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 560.0;
const TOP: f64 = 56.0;
const BELOW: f64 = 60.0;
/// Height of the histograms of a row, and of what lies between rows.
const BARS: f64 = 62.0;
const GAP: f64 = 16.0;
/// Height that the marks of one size take at the top of a row.
const MARKS: f64 = 8.0;
const ROW_TEXT: f64 = 574.0;
const LEGEND_LEFT: f64 = 704.0;
/// Least height of the page: the legend's.
const LEGEND: f64 = 262.0;
const LEGEND_SIZE: f64 = 40.0;
/// What the line takes that says how starts begin.
const STARTS: f64 = 19.0;

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "spike-histograms",
    title: "histograms of the overlap with the spike at the ends of descents, by λ",
    shows: "one or several runs of descents that differ in the strength of the spike (--run, repeated)",
    source: Source::Several(|runs| Ok(draw(&SpikeHistograms::of_runs(runs)?))),
};

/// Draws a row for each strength, weakest first; on top of a row a mark for the lowest end of each surface.
pub fn draw(table: &SpikeHistograms) -> Drawing {
    let marks = MARKS * table.dims.len() as f64 + 2.0;
    let row = BARS + marks;
    let rows = table.rows.len() as f64;
    let starts = if table.starts.is_some() { STARTS } else { 0.0 };
    let legend_height = LEGEND + starts + LEGEND_SIZE * table.dims.len() as f64;
    let height = (TOP + rows * (row + GAP) - GAP + BELOW).max(legend_height);
    let title = format!("Overlaps with the spike where descents end, {}, r = {}", table.model, table.order);
    let mut drawing = Drawing::new(WIDTH, height, title);
    let x = range(table);
    for (place, overlaps) in table.rows.iter().enumerate() {
        let top = TOP + place as f64 * (row + GAP);
        let frame = Rect { left: LEFT, top, right: RIGHT, bottom: top + row };
        let peak = densities(overlaps).map(|(_, density)| density.peak()).fold(0.0, f64::max);
        let high = if peak > 0.0 { 1.08 * peak } else { 1.0 };
        let panel = PlotPanel { frame, x, y: AxisRange::new(0.0, high * row / BARS) };
        let is_last = place + 1 == table.rows.len();
        panel.draw_stacked_scales(&mut drawing, is_last);
        draw_row(&mut drawing, &panel, table, overlaps);
        let what = if table.is_signed { "m" } else { "|m|" };
        panel.draw_outline(&mut drawing, if place == 0 { "probability density" } else { "" });
        if is_last {
            panel.draw_x_label(&mut drawing, &format!("{what}  (overlap with the spike)"));
        }
        let mut lines = Lines { drawing: &mut drawing, left: ROW_TEXT, y: top + 0.5 * row - 2.0 };
        lines.text(&format!("λ = {}", overlaps.strength_text()), INK, 18.0);
        if table.has_theory {
            let good = overlaps.good.map_or("no m*".to_owned(), |m| format!("m* = {m:.4}"));
            lines.text(&good, SOFT_INK, 18.0);
        }
    }
    legend(&mut drawing, table);
    drawing
}

fn color(table: &SpikeHistograms, dim: u32) -> Color {
    let place = table.dims.iter().position(|&other| other == dim).unwrap_or(0);
    style::ramp(place + 1, table.dims.len() + 2)
}

/// Densities of one strength, each with its Λ.
fn densities(row: &OverlapRow) -> impl Iterator<Item = (u32, Histogram)> + '_ {
    row.sets.iter().filter_map(|set| Some((set.dim, set.density()?)))
}

/// As wide as all overlaps and the good minima, which are at most 1.
fn range(table: &SpikeHistograms) -> AxisRange {
    let all = || table.rows.iter().flat_map(densities).map(|(_, density)| density);
    let low = all().map(|density| density.low).fold(0.0, f64::min);
    let high = all().map(|density| density.high()).fold(1.0, f64::max);
    AxisRange::new(low - 0.02, high + 0.02)
}

fn draw_row(drawing: &mut Drawing, panel: &PlotPanel, table: &SpikeHistograms, row: &OverlapRow) {
    for (dim, density) in densities(row) {
        for run in density.runs() {
            drawing.area(steps(panel, &density, run), color(table, dim), FILL_OPACITY);
        }
    }
    for (dim, density) in densities(row) {
        for run in density.runs() {
            let stroke = Stroke::full(color(table, dim), CURVE_WIDTH);
            drawing.line(steps(panel, &density, run), stroke);
        }
    }
    if let Some(good) = row.good {
        drawing.line([0.0, panel.y.high].map(|y| panel.at(good, y)).to_vec(), GUIDE);
    }
    for set in &row.sets {
        let place = table.dims.iter().position(|&dim| dim == set.dim).unwrap_or(0);
        let top = panel.frame.top + 2.0 + MARKS * place as f64;
        for surface in set.surfaces.iter().filter(|surface| panel.x.contains(surface.lowest)) {
            let x = panel.at(surface.lowest, 0.0).x;
            let ends = [point(x, top), point(x, top + MARKS - 2.0)];
            drawing.line(ends.to_vec(), Stroke::full(color(table, set.dim), CURVE_WIDTH));
        }
    }
}

fn legend(drawing: &mut Drawing, table: &SpikeHistograms) {
    let mut lines = Lines { drawing, left: LEGEND_LEFT, y: TOP + 12.0 };
    lines.text(&format!("{}, r = {}", table.model, table.order), INK, 26.0);
    if let Some(starts) = &table.starts {
        lines.y -= 26.0 - STARTS;
        lines.text(starts, SOFT_INK, 26.0);
    }
    for &dim in &table.dims {
        let sets = table.rows.iter().flat_map(|row| &row.sets).filter(|set| set.dim == dim);
        let most = sets.map(|set| set.surfaces.len()).max().unwrap_or(0);
        let ink = color(table, dim);
        lines.entry(&format!("Λ = {dim}"), 18.0, |drawing, at| swatch(drawing, at, TICK_SIZE, ink));
        lines.text(&format!("{most} {}", if most == 1 { "surface" } else { "surfaces" }), SOFT_INK, 22.0);
    }
    lines.y += 4.0;
    lines.entry("lowest end of a surface", 22.0, |drawing, at| {
        for x in [5.0, 11.0, 19.0] {
            let ends = [point(at.x + x, at.y - 7.5), point(at.x + x, at.y - 1.5)];
            drawing.line(ends.to_vec(), Stroke::full(INK, CURVE_WIDTH));
        }
    });
    if table.has_theory {
        lines.stroke(GUIDE, "m*: good minimum,", 16.0);
        lines.entry("Λ → ∞", 26.0, |_, _| ());
    }
    lines.notes(
        [
            "histograms: ends of all",
            "starts that converged,",
            "of all surfaces; each",
            "row has its own scale",
        ],
        19.0,
    );
}
