//! Energy, specific heat and overlaps of a run of sampling.

use super::axes::{AxisRange, Guide, Lines, PlotPanel};
use super::drawing::{Align, Drawing, Rect, point};
use super::figure::{Figure, Source};
use super::style::{self, CURVE_WIDTH, INK, PAPER, SOFT_INK, Stroke};
use crate::analysis::{EnergyVsTemperature, TemperatureSummary};

const WIDTH: f64 = 1180.0;
const HEIGHT: f64 = 720.0;
const ENERGY: Rect = Rect { left: 70.0, top: 74.0, right: 500.0, bottom: 350.0 };
const HEAT: Rect = Rect { left: 70.0, top: 424.0, right: 500.0, bottom: 656.0 };
const OVERLAP: Rect = Rect { left: 570.0, top: 74.0, right: 970.0, bottom: 656.0 };
const LEGEND_LEFT: f64 = 994.0;
const CAP: f64 = 3.5;
const DOT: f64 = 3.4;

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "energy-vs-temperature",
    title: "mean energy, specific heat and overlaps against temperature",
    shows: "a run of hspin sample",
    source: Source::Sampling(draw),
};

/// Draws energies over −ξ(1)/T and specific heats on the left, densities of overlaps on the right.
pub fn draw(table: &EnergyVsTemperature) -> Drawing {
    let title = format!("Equilibrium at temperature T, {}", table.model);
    let mut drawing = Drawing::new(WIDTH, HEIGHT, title);
    let rows = || table.sizes.iter().flat_map(|(_, rows)| rows);
    let x = spread(rows().map(|row| row.temperature), 0.05);
    let energies = rows().flat_map(|row| [row.mean - row.std_error, row.mean + row.std_error]);
    let energy = PlotPanel { frame: ENERGY, x, y: spread(energies, 0.08) };
    let heats = spread(rows().map(|row| row.specific_heat).chain([0.0]), 0.08);
    let heat = PlotPanel { frame: HEAT, x, y: AxisRange::new(0.0, heats.high) };
    for panel in [&energy, &heat] {
        panel.draw_scales(&mut drawing);
    }
    let [xs, ys] = &table.annealed;
    energy.draw_curve(&mut drawing, xs, ys, theory());
    let heats: Vec<f64> = xs.iter().zip(ys).map(|(t, u)| -u / t).collect();
    heat.draw_curve(&mut drawing, xs, &heats, theory());
    for (place, (_, rows)) in table.sizes.iter().enumerate() {
        let stroke = size_stroke(place, table.sizes.len());
        series(&mut drawing, &energy, rows, stroke, |row| [row.mean, row.std_error]);
        series(&mut drawing, &heat, rows, stroke, |row| [row.specific_heat, 0.0]);
    }
    energy.draw_guides(&mut drawing, &guides(table, true));
    heat.draw_guides(&mut drawing, &guides(table, false));
    energy.draw_outline(&mut drawing, "mean u = L/Λ");
    heat.draw_frame(&mut drawing, "T", "C  (specific heat per spin)");
    draw_overlaps(&mut drawing, table);
    legend(&mut drawing, table);
    drawing
}

/// The interval of what is known, with room at both ends.
fn spread(values: impl Iterator<Item = f64>, room: f64) -> AxisRange {
    let known = values.filter(|x| x.is_finite());
    let (low, high) =
        known.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    if low > high {
        return AxisRange::new(0.0, 1.0);
    }
    let width = (high - low).max(1e-3);
    AxisRange::new(low - room * width, high + room * width)
}

fn theory() -> Stroke {
    Stroke::full(INK, CURVE_WIDTH)
}

fn size_stroke(place: usize, sizes: usize) -> Stroke {
    Stroke::full(style::ramp(place + 1, sizes + 2), CURVE_WIDTH)
}

fn guides(table: &EnergyVsTemperature, named: bool) -> Vec<Guide> {
    let Some([dynamical, below]) = table.transitions else { return Vec::new() };
    let guide = |at: f64, label: &str, align| {
        let label = if named { label.to_owned() } else { String::new() };
        Guide { at, label, align }
    };
    if dynamical - below < 1e-3 {
        return vec![guide(dynamical, "T_{d} = T_{s}", Align::Center)];
    }
    vec![guide(below, "T_{s}", Align::Right), guide(dynamical, "T_{d}", Align::Left)]
}

/// Dots with error bars; hollow where chains have not mixed.
fn series(
    drawing: &mut Drawing,
    panel: &PlotPanel,
    rows: &[TemperatureSummary],
    stroke: Stroke,
    of: impl Fn(&TemperatureSummary) -> [f64; 2],
) {
    for row in rows {
        let [value, error] = of(row);
        if !value.is_finite() {
            continue;
        }
        let ends = [value - error, value + error]
            .map(|y| panel.at(row.temperature, y.clamp(panel.y.low, panel.y.high)));
        if error > 0.0 {
            drawing.line(ends.to_vec(), stroke);
            for end in ends {
                drawing.line(vec![point(end.x - CAP, end.y), point(end.x + CAP, end.y)], stroke);
            }
        }
        let at = panel.at(row.temperature, value);
        drawing.dot(at, DOT, stroke.color);
        if !row.mixed {
            drawing.dot(at, DOT - 1.4, PAPER);
        }
    }
}

fn draw_overlaps(drawing: &mut Drawing, table: &EnergyVsTemperature) {
    let heights = || table.overlaps.iter().flat_map(|(_, [_, heights])| heights.iter().copied());
    let y = AxisRange::new(0.0, 1.06 * heights().fold(0.0, f64::max));
    let panel = PlotPanel { frame: OVERLAP, x: AxisRange::new(-1.0, 1.0), y };
    panel.draw_scales(drawing);
    // Warm ones first, so that cold ones lie on top.
    for (place, (_, [xs, ys])) in table.overlaps.iter().enumerate().rev() {
        panel.draw_curve(drawing, xs, ys, temperature_stroke(place));
    }
    let dim = table.sizes.last().map_or(0, |(dim, _)| *dim);
    panel.draw_frame(drawing, "q  (overlap of two sets of replicas)", &format!("density of q, Λ = {dim}"));
}

fn temperature_stroke(place: usize) -> Stroke {
    style::curve(place)
}

fn legend(drawing: &mut Drawing, table: &EnergyVsTemperature) {
    let mut lines = Lines { drawing, left: LEGEND_LEFT, y: ENERGY.top + 12.0 };
    for (place, (dim, rows)) in table.sizes.iter().enumerate() {
        let most = rows.iter().map(|row| row.instances).max().unwrap_or(0);
        lines.dot(DOT, size_stroke(place, table.sizes.len()).color, &format!("Λ = {dim}"), 18.0);
        lines.text(&format!("{most} {}", if most == 1 { "surface" } else { "surfaces" }), SOFT_INK, 24.0);
    }
    if !table.annealed[0].is_empty() {
        lines.stroke(theory(), "Λ → ∞, T > T_{s}", 18.0);
        lines.notes(["−ξ(1)/T; ξ(1)/T²"], 24.0);
    }
    if let Some([dynamical, below]) = table.transitions {
        lines.text(&format!("T_{{d}} = {dynamical:.4}"), SOFT_INK, 18.0);
        lines.text(&format!("T_{{s}} = {below:.4}"), SOFT_INK, 24.0);
    }
    let over = if table.instances > 1 { "over surfaces" } else { "given this surface" };
    lines.notes(["bars: ±1 standard error", over], 18.0);
    if table.sizes.iter().any(|(_, rows)| rows.iter().any(|row| !row.mixed)) {
        lines.notes(["hollow: chains have", "not mixed"], 18.0);
    }
    lines.y += 14.0;
    for (place, (temperature, _)) in table.overlaps.iter().enumerate() {
        lines.stroke(temperature_stroke(place), &format!("T = {temperature}"), 18.0);
    }
}
