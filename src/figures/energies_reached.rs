//! Energies that descents reach as Λ grows, by method or by the law of the couplings.

use super::axes::{AxisRange, Lines, PlotPanel};
use super::drawing::{Align, Drawing, Rect, point};
use super::figure::{Figure, Source};
use super::labels::{number, spread};
use super::style::{self, GUIDE, HAIR_WIDTH, INK, SOFT_INK, Stroke, TICK_SIZE};
use crate::analysis::{EnergiesReached, ReachedPoint, ReachedSeries, SeriesBy};

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 520.0;
/// How much wider the page is where the legend says how starts begin.
const DETAIL: f64 = 60.0;
const FRAME: Rect = Rect { left: 74.0, top: 56.0, right: 640.0, bottom: 456.0 };
const LEGEND_LEFT: f64 = 664.0;
/// Corners of a leader from a line to its name, to the right of the frame.
const LEADER: [f64; 3] = [1.0, 8.0, 10.0];
/// Half of what the ends of an error bar are wide.
const CAP: f64 = 3.5;
/// Pixels between runs at one Λ, so that error bars do not hide each other.
const APART: f64 = 5.0;

/// By method: where does descent end on a mixture?
pub const BY_PROTOCOL: Figure = Figure {
    name: "energies-by-protocol",
    title: "energies that descents reach as Λ grows, by method, against E_th, E_alg and E_0",
    shows: "one or several runs of descents on one model (--run, repeated)",
    source: Source::Several(|runs| Ok(draw(&EnergiesReached::of_runs(runs, SeriesBy::Protocol)?))),
};

/// By law: are energies those of Gaussian couplings?
pub const BY_LAW: Figure = Figure {
    name: "energies-by-law",
    title: "energies that descents reach as Λ grows, by the law of the couplings (universality)",
    shows: "several runs of descents that differ in the law of the couplings (--run, repeated)",
    source: Source::Several(|runs| Ok(draw(&EnergiesReached::of_runs(runs, SeriesBy::Law)?))),
};

/// Draws means over surfaces with their standard errors; below each the lowest energy of a surface.
pub fn draw(table: &EnergiesReached) -> Drawing {
    let what = match table.by {
        SeriesBy::Protocol => "by method",
        SeriesBy::Law => "by law of the couplings",
    };
    let height = HEIGHT.max(legend_bottom(table));
    let wider = if table.series.iter().any(|series| series.detail.is_some()) { DETAIL } else { 0.0 };
    let mut drawing =
        Drawing::new(WIDTH + wider, height, format!("Energies reached, {}, {what}", table.model));
    let panel = panel(table);
    panel.draw_scales(&mut drawing);
    draw_limits(&mut drawing, &panel, table);
    let middle = 0.5 * (table.series.len() as f64 - 1.0);
    for (place, series) in table.series.iter().enumerate() {
        draw_series(&mut drawing, &panel, series, place, APART * (place as f64 - middle));
    }
    panel.draw_frame(&mut drawing, "1/Λ", "energy per spin u = L/Λ");
    legend(&mut drawing, table);
    drawing
}

/// A line at each limit, and its name beside the frame: where lines are close together, a leader goes from each to its name.
fn draw_limits(drawing: &mut Drawing, panel: &PlotPanel, table: &EnergiesReached) {
    let limits = limits(table);
    let heights: Vec<f64> = limits.iter().map(|(energy, _)| panel.at(panel.x.high, -energy).y).collect();
    let places = spread(&heights, 1.5 * TICK_SIZE, [FRAME.top, FRAME.bottom]);
    let leader = Stroke::full(SOFT_INK, HAIR_WIDTH);
    for (((energy, name), from), to) in limits.into_iter().zip(heights).zip(places) {
        let line = [panel.x.low, panel.x.high].map(|x| panel.at(x, -energy));
        drawing.line(line.to_vec(), GUIDE);
        let corners = [(LEADER[0], from), (LEADER[1], to), (LEADER[2], to)];
        drawing.line(corners.map(|(right, y)| point(FRAME.right + right, y)).to_vec(), leader);
        let corner = point(FRAME.right + LEADER[2] + 6.0, to + 4.0);
        drawing.text(name, corner, Align::Left, TICK_SIZE, SOFT_INK);
    }
}

/// The limits, from the top of the page to its bottom.
fn limits(table: &EnergiesReached) -> Vec<(f64, &'static str)> {
    let limits = &table.limits;
    let threshold = if limits.e_alg.is_some() { "−E_{th}" } else { "−E_{∞}" };
    let all = [(limits.e_inf, threshold), (limits.e_alg, "−E_{alg}"), (limits.e_0, "−E_{0}")];
    let mut known: Vec<(f64, &str)> =
        all.into_iter().filter_map(|(energy, name)| Some((energy?, name))).collect();
    known.sort_by(|a, b| a.0.total_cmp(&b.0));
    known
}

fn panel(table: &EnergiesReached) -> PlotPanel {
    let points = || table.series.iter().flat_map(|series| &series.points);
    let ends = points().flat_map(|point| [point.mean, point.lowest]).flat_map(|mean| {
        let error = mean.standard_error.unwrap_or(0.0);
        [mean.observed - error, mean.observed + error]
    });
    let all: Vec<f64> =
        ends.chain(limits(table).iter().map(|(energy, _)| -energy)).filter(|u| u.is_finite()).collect();
    let low = all.iter().copied().fold(f64::INFINITY, f64::min).min(-0.1);
    let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max).max(low);
    let room = 0.06 * (high - low).max(1e-3);
    let widest = points().map(|point| 1.0 / f64::from(point.dim)).fold(0.0, f64::max);
    PlotPanel {
        frame: FRAME,
        x: AxisRange::new(0.0, 1.08 * widest.max(1e-6)),
        y: AxisRange::new(low - room, high + room),
    }
}

fn draw_series(drawing: &mut Drawing, panel: &PlotPanel, series: &ReachedSeries, place: usize, aside: f64) {
    let stroke = style::curve(place);
    let at = |point: &ReachedPoint, u: f64| {
        let mut at = panel.at(1.0 / f64::from(point.dim), u);
        at.x += aside;
        at
    };
    let corners = series.points.iter().filter(|point| point.mean.observed.is_finite());
    drawing.line(corners.map(|point| at(point, point.mean.observed)).collect(), stroke);
    let full = Stroke::full(stroke.color, HAIR_WIDTH);
    for reached in series.points.iter().filter(|point| point.mean.observed.is_finite()) {
        for (mean, radius) in [(reached.mean, 3.4), (reached.lowest, 0.0)] {
            let center = at(reached, mean.observed);
            if radius > 0.0 {
                drawing.dot(center, radius, stroke.color);
            } else {
                // The lowest: an open lozenge.
                let corners = [(0.0, -4.2), (4.2, 0.0), (0.0, 4.2), (-4.2, 0.0), (0.0, -4.2)];
                let outline = corners.map(|(x, y)| point(center.x + x, center.y + y));
                drawing.line(outline.to_vec(), full);
            }
            let Some(error) = mean.standard_error else { continue };
            let ends = [-error, error].map(|shift| at(reached, mean.observed + shift));
            drawing.line(ends.to_vec(), full);
            for end in ends {
                drawing.line(vec![point(end.x - CAP, end.y), point(end.x + CAP, end.y)], full);
            }
        }
    }
}

/// How far down the page the legend reaches.
fn legend_bottom(table: &EnergiesReached) -> f64 {
    let series = table.series.iter().map(|series| if series.detail.is_some() { 60.0 } else { 42.0 });
    FRAME.top + 150.0 + series.sum::<f64>() + 19.0 * limits(table).len() as f64
}

fn legend(drawing: &mut Drawing, table: &EnergiesReached) {
    let mut lines = Lines { drawing, left: LEGEND_LEFT + 40.0, y: FRAME.top + 12.0 };
    lines.text(&table.model, INK, 26.0);
    for (place, series) in table.series.iter().enumerate() {
        let most = series.points.iter().map(|point| point.surfaces).max().unwrap_or(0);
        lines.stroke(style::curve(place), &series.label, 18.0);
        if let Some(detail) = &series.detail {
            lines.text(detail, SOFT_INK, 18.0);
        }
        lines.text(&format!("{most} {}", if most == 1 { "surface" } else { "surfaces" }), SOFT_INK, 24.0);
    }
    lines.y += 6.0;
    lines.notes(
        [
            "dots: mean over starts",
            "lozenges: the lowest of a",
            "surface's starts",
            "bars: ±1 standard error",
            "over surfaces",
        ],
        19.0,
    );
    lines.y += 6.0;
    for (energy, name) in limits(table) {
        lines.text(&format!("{name} = {}", number(-energy, 4)), SOFT_INK, 19.0);
    }
}
