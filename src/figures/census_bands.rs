//! Energies of all critical points by index, exact densities behind, and the lines of Λ → ∞.

use super::axes::{AxisRange, Lines, PlotPanel, threshold_guides};
use super::drawing::{Align, Drawing, Point, Rect, point};
use super::figure::{Figure, RunInputs, Source};
use super::style::{self, Color, HAIR_WIDTH, INK, SOFT_INK, Stroke, TICK_SIZE};
use crate::analysis::bands::SoughtPoints;
use crate::analysis::{CensusBands, EnergySet, Histogram, IndexEnergies, NumbersBelow};

const WIDTH: f64 = 1240.0;
const HEIGHT: f64 = 590.0;
const TOP: f64 = 64.0;
const BOTTOM: f64 = 526.0;
const RIDGES: Rect = Rect { left: 50.0, top: TOP, right: 500.0, bottom: BOTTOM };
const NUMBERS_RIGHT: f64 = 618.0;
const BELOW: Rect = Rect { left: 704.0, top: TOP, right: 1044.0, bottom: BOTTOM };
const LEGEND_LEFT: f64 = 1064.0;
const X_LABEL: &str = "u = L/Λ  (energy per spin)";
/// Height of the tallest ridge, in rows.
const TALLEST: f64 = 0.9;

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "census-bands",
    title: "energies of all critical points by index, over exact densities",
    shows: "a census of the pure model with random couplings",
    source: Source::Glass(
        RunInputs { kinds: &[SoughtPoints::Census], random: true, points: false, traces: false, dim: None },
        |inputs| Ok(draw(&CensusBands::new(&inputs.census()?)?)),
    ),
};

/// Draws histograms by index with exact densities on the left, numbers below an energy near the lines on the right.
pub fn draw(table: &CensusBands) -> Drawing {
    let title = format!("All critical points by index, H = {}, Λ = {}", table.spins, table.dim);
    let mut drawing = Drawing::new(WIDTH, HEIGHT, title);
    // The indices that both panels show have colours.
    let color = |k: usize| if k < table.below.len() { style::curve(k).color } else { SOFT_INK };
    let colors: Vec<Color> = (0..table.indices.len()).map(color).collect();
    draw_ridges(&mut drawing, table, &colors);
    draw_below(&mut drawing, table, &colors);
    draw_legend(&mut drawing, table, &colors);
    drawing
}

fn draw_ridges(drawing: &mut Drawing, table: &CensusBands, colors: &[Color]) {
    let rows = table.indices.len();
    let panel =
        PlotPanel { frame: RIDGES, x: ridge_span(table), y: AxisRange::new(-0.12, rows as f64 + 0.08) };
    panel.draw_row_scales(drawing, rows);
    let histograms: Vec<Option<Histogram>> =
        table.indices.iter().map(|row| histogram(row, 0.01 * table.e_inf)).collect();
    let exact = |row: &IndexEnergies| row.density.as_ref().map_or(0.0, |[_, ys]| highest(ys));
    let peak = table.indices.iter().map(exact).fold(0.0, f64::max);
    let found = histograms.iter().flatten().map(Histogram::peak).fold(0.0, f64::max);
    let scale = TALLEST / peak.max(if peak > 0.0 { 0.0 } else { found }).max(f64::MIN_POSITIVE);
    // Upper rows first, so that no ridge hides the foot of the one below.
    for (k, row) in table.indices.iter().enumerate().rev() {
        let base = k as f64;
        let at = |u: f64, height: f64| panel.at(u, (base + scale * height).min(panel.y.high));
        if let Some(density) = &histograms[k] {
            for run in density.runs() {
                let mut steps = vec![at(density.edge(run.start), 0.0)];
                for i in run.clone() {
                    steps.push(at(density.edge(i), density.heights[i]));
                    steps.push(at(density.edge(i + 1), density.heights[i]));
                }
                steps.push(at(density.edge(run.end), 0.0));
                drawing.area(steps, colors[k], 0.45);
            }
        }
        if let Some([us, ys]) = &row.density {
            let curve: Vec<Point> = us.iter().zip(ys).map(|(&u, &y)| at(u, y)).collect();
            drawing.line(curve, Stroke::full(INK, 1.2));
        }
        numbers(drawing, table, row, panel.at(panel.x.low, base).y);
    }
    panel.draw_guides(drawing, &threshold_guides(table.e[0], table.e_inf));
    panel.draw_frame(drawing, X_LABEL, "index k, and density of u");
    let heading = point(NUMBERS_RIGHT, TOP - 8.0);
    drawing.text("mean number", point(heading.x, TOP - 26.0), Align::Right, TICK_SIZE, SOFT_INK);
    drawing.text("found / exact", heading, Align::Right, TICK_SIZE, SOFT_INK);
}

/// As wide as the densities and histograms.
fn ridge_span(table: &CensusBands) -> AxisRange {
    let curves = table.indices.iter().filter_map(|row| row.density.as_ref()).flat_map(|[us, _]| us.iter());
    let found = table.indices.iter().flat_map(|row| row.energies.iter());
    let (low, high) =
        curves.chain(found).fold((-table.e[0], -table.e_inf), |(low, high), &u| (low.min(u), high.max(u)));
    let margin = 0.02 * (high - low).max(0.1);
    AxisRange::new(low - margin, high + margin)
}

fn histogram(row: &IndexEnergies, fallback: f64) -> Option<Histogram> {
    let set = EnergySet { dim: 0, starts: 0, energies_per_spin: row.energies.clone() };
    set.density(fallback)
}

fn highest(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}

/// Mean number found and exact, beside a row.
fn numbers(drawing: &mut Drawing, table: &CensusBands, row: &IndexEnergies, base: f64) {
    let found = row.energies.len() as f64 / table.surfaces.max(1) as f64;
    let exact = row.expected.map_or("–".to_owned(), |exact| format!("{exact:.2}"));
    let at = point(NUMBERS_RIGHT, base - 2.0);
    drawing.text(&format!("{found:.2} / {exact}"), at, Align::Right, TICK_SIZE, INK);
}

fn draw_below(drawing: &mut Drawing, table: &CensusBands, colors: &[Color]) {
    let panel = below_panel(table);
    panel.draw_power_scales(drawing);
    let bottom = |u: f64| panel.at(u, panel.y.low);
    for &e in &table.e {
        let line = vec![bottom(-e), panel.at(-e, panel.y.high)];
        drawing.line(line, Stroke::full(SOFT_INK, 0.5 * HAIR_WIDTH));
    }
    panel.draw_guides(drawing, &threshold_guides(table.e[0], table.e_inf));
    for (numbers, &color) in table.below.iter().zip(colors) {
        if let Some([us, means]) = &numbers.exact {
            let logs: Vec<f64> = means.iter().map(|mean| mean.max(f64::MIN_POSITIVE).log10()).collect();
            panel.draw_curve(drawing, us, &logs, Stroke::full(color, style::CURVE_WIDTH));
        }
        observed(drawing, &panel, numbers, color);
    }
    panel.draw_frame(drawing, X_LABEL, "mean number on a surface below u");
}

/// Means with error bars.
fn observed(drawing: &mut Drawing, panel: &PlotPanel, numbers: &NumbersBelow, color: Color) {
    for &[u, mean, error] in numbers.observed.iter().filter(|[u, ..]| panel.x.contains(*u)) {
        let ends = [mean - error, mean + error].map(|end| end.max(f64::MIN_POSITIVE).log10());
        let bar = ends.map(|end| panel.at(u, end.clamp(panel.y.low, panel.y.high)));
        drawing.line(bar.to_vec(), Stroke::full(color, 1.2));
        if panel.y.contains(mean.log10()) {
            drawing.dot(panel.at(u, mean.log10()), 3.2, color);
        }
    }
}

fn below_panel(table: &CensusBands) -> PlotPanel {
    let curves = || table.below.iter().filter_map(|numbers| numbers.exact.as_ref());
    let x = curves().next().and_then(|[us, _]| Some(AxisRange::new(*us.first()?, *us.last()?)));
    let top = curves().map(|[_, means]| highest(means)).fold(1.0, f64::max);
    // Below one point on all surfaces there is nothing to see.
    let least = 0.5 / table.surfaces.max(1) as f64;
    PlotPanel {
        frame: BELOW,
        x: x.unwrap_or(AxisRange::new(-table.e[0] - 0.4, -table.e_inf + 0.4)),
        y: AxisRange::new(least.log10(), top.log10() + 0.15),
    }
}

fn draw_legend(drawing: &mut Drawing, table: &CensusBands, colors: &[Color]) {
    let mut lines = Lines { drawing, left: LEGEND_LEFT, y: TOP + 12.0 };
    lines.text(&format!("H = {}, Λ = {}", table.spins, table.dim), INK, 22.0);
    let surfaces =
        if table.surfaces == 1 { "1 surface".into() } else { format!("{} surfaces", table.surfaces) };
    lines.text(&surfaces, SOFT_INK, 30.0);
    lines.notes(["±w count as two", "lines: exact at this Λ", "areas, dots: found"], 22.0);
    lines.text("bars: 1 s.e. over", SOFT_INK, 17.0);
    lines.text("surfaces", SOFT_INK, 30.0);
    for (k, &color) in colors.iter().enumerate().take(table.below.len()) {
        let middle = point(LEGEND_LEFT + 15.0, lines.y - 0.36 * TICK_SIZE);
        lines.drawing.dot(middle, 3.2, color);
        lines.stroke(Stroke::full(color, style::CURVE_WIDTH), &format!("k = {k}"), 24.0);
    }
    lines.y += 8.0;
    lines.notes(["vertical: limits Λ → ∞"], 19.0);
    if table.e[0] > table.e_inf {
        lines.notes(["−E_{0}, −E_{1}, … −E_{5}, −E_{∞}", "from left to right"], 19.0);
    }
}
