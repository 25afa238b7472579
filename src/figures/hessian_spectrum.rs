//! Spectra of the Hessian at minima, over the shifted semicircle.

use super::axes::{AxisRange, Lines, PlotPanel};
use super::drawing::{Drawing, Point, Rect, point};
use super::figure::{Figure, RunInputs, Source};
use super::style::{self, Color, GUIDE, INK, SOFT_INK, Stroke, TICK_SIZE};
use crate::analysis::bands::SoughtPoints;
use crate::analysis::{HessianSpectrum, Histogram, SpectrumSet};

const WIDTH: f64 = 1120.0;
const HEIGHT: f64 = 500.0;
const TOP: f64 = 56.0;
const BOTTOM: f64 = 436.0;
const WHOLE: Rect = Rect { left: 62.0, top: TOP, right: 480.0, bottom: BOTTOM };
const EDGE: Rect = Rect { left: 552.0, top: TOP, right: 890.0, bottom: BOTTOM };
const LEGEND_LEFT: f64 = 908.0;
const X_LABEL: &str = "eigenvalue of the Hessian";
/// Share of the whole width that the edge shows.
const ENLARGED: f64 = 0.14;

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "hessian-spectrum",
    title: "spectra of the Hessian at minima, beside the shifted semicircle",
    shows: "descents on the pure model with random couplings that kept their points",
    source: Source::Glass(
        RunInputs { kinds: &[SoughtPoints::Descent], random: true, points: true, traces: false, dim: None },
        |inputs| Ok(draw(&HessianSpectrum::of_run(&inputs.store()?)?)),
    ),
};

/// Draws whole spectra on the left, and their lower edge at 0 on the right.
pub fn draw(table: &HessianSpectrum) -> Drawing {
    let title = format!("Spectra of the Hessian at minima, H = {}", table.spins);
    let mut drawing = Drawing::new(WIDTH, HEIGHT, title);
    let (whole, edge) = panels(table);
    for (bins, panel) in [whole, edge].into_iter().enumerate() {
        panel.draw_scales(&mut drawing);
        let zero = [panel.y.low, panel.y.high].map(|y| panel.at(0.0, y));
        for (i, set) in table.sets.iter().enumerate() {
            histogram(&mut drawing, &panel, &set.histograms[bins], color(table, i));
        }
        for (i, set) in table.sets.iter().enumerate() {
            semicircle(&mut drawing, &panel, set, stroke(table, i));
        }
        drawing.line(zero.to_vec(), GUIDE);
    }
    whole.draw_frame(&mut drawing, X_LABEL, "density of eigenvalues");
    edge.draw_frame(&mut drawing, X_LABEL, "the lower edge enlarged");
    draw_legend(&mut drawing, table);
    drawing
}

fn panels(table: &HessianSpectrum) -> (PlotPanel, PlotPanel) {
    let ends = |set: &SpectrumSet| {
        let [xs, ys] = &set.semicircles;
        let mut carried = xs.iter().zip(ys).filter(|(_, y)| **y > 0.0).map(|(x, _)| *x);
        let low = carried.next().unwrap_or(0.0).min(set.histograms[0].low);
        (low, carried.next_back().unwrap_or(1.0).max(set.histograms[0].high()))
    };
    let (low, high) =
        table.sets.iter().map(ends).fold((0.0f64, 1.0f64), |(low, high), (a, b)| (low.min(a), high.max(b)));
    let margin = 0.03 * (high - low);
    let curves = table.sets.iter().flat_map(|set| set.semicircles[1].iter().copied());
    let peak = curves.chain(table.sets.iter().map(|set| set.histograms[0].peak())).fold(0.0, f64::max);
    let top = if peak > 0.0 { 1.06 * peak } else { 1.0 };
    let whole = PlotPanel {
        frame: WHOLE,
        x: AxisRange::new(low - margin, high + margin),
        y: AxisRange::new(0.0, top),
    };
    let width = ENLARGED * whole.x.width();
    // A semicircle's density near its edge is (4/π) √(share of the width) of its peak, about.
    let edge_top = top * (ENLARGED * 4.0).sqrt().min(1.0);
    let edge = PlotPanel {
        frame: EDGE,
        x: AxisRange::new((-0.3 * width).min(low - 0.1 * width), 0.7 * width),
        y: AxisRange::new(0.0, edge_top),
    };
    (whole, edge)
}

fn color(table: &HessianSpectrum, i: usize) -> Color {
    style::ramp(i + 1, table.sets.len() + 2)
}

/// Of the semicircles: one set alone needs no colour.
fn stroke(table: &HessianSpectrum, i: usize) -> Stroke {
    Stroke::full(if table.sets.len() == 1 { INK } else { color(table, i) }, style::CURVE_WIDTH)
}

/// Bars, cut at the panel.
fn histogram(drawing: &mut Drawing, panel: &PlotPanel, density: &Histogram, color: Color) {
    let mut outline: Vec<Point> = Vec::new();
    for (i, &height) in density.heights.iter().enumerate() {
        let (left, right) = (density.edge(i).max(panel.x.low), density.edge(i + 1).min(panel.x.high));
        if right > left {
            let top = height.min(panel.y.high);
            outline.extend([panel.at(left, top), panel.at(right, top)]);
        }
    }
    let (Some(&first), Some(&last)) = (outline.first(), outline.last()) else { return };
    let foot = panel.at(panel.x.low, 0.0).y;
    let mut area = vec![point(first.x, foot)];
    area.append(&mut outline);
    area.push(point(last.x, foot));
    drawing.area(area, color, 0.38);
}

fn semicircle(drawing: &mut Drawing, panel: &PlotPanel, set: &SpectrumSet, stroke: Stroke) {
    let [xs, ys] = &set.semicircles;
    let inside = xs.iter().zip(ys).filter(|(x, _)| panel.x.contains(**x));
    let (xs, ys): (Vec<f64>, Vec<f64>) = inside.unzip();
    panel.draw_curve(drawing, &xs, &ys, stroke);
}

fn draw_legend(drawing: &mut Drawing, table: &HessianSpectrum) {
    let mut lines = Lines { drawing, left: LEGEND_LEFT, y: TOP + 12.0 };
    lines.text(&format!("H = {}", table.spins), INK, 28.0);
    for (i, set) in table.sets.iter().enumerate() {
        lines.entry(&format!("Λ = {}", set.dim), 19.0, |drawing, Point { x: left, y: bottom }| {
            let swatch = Rect { left, top: bottom - 0.8 * TICK_SIZE, right: left + 30.0, bottom };
            drawing.rect(swatch, color(table, i), 0.38);
        });
        let minima = if set.minima == 1 { "minimum" } else { "minima" };
        let mean = format!("mean u = {:.4}", set.mean_energy).replace('-', "−");
        lines.notes([format!("{} {minima}", set.minima), mean], 18.0);
        lines.text(&format!("smallest: {:.4}", set.smallest).replace('-', "−"), SOFT_INK, 28.0);
    }
    if table.sets.is_empty() {
        lines.text("no minimum to show", SOFT_INK, 28.0);
    }
    lines.stroke(Stroke::full(INK, style::CURVE_WIDTH), "semicircle of Λ → ∞", 19.0);
    lines.notes(["on −Hu ± 2√(H(H−1)), mean", "over the minima's u: below 0"], 19.0);
    lines.text("where u > −E_{∞}", SOFT_INK, 28.0);
    lines.text("dashed: eigenvalue 0", SOFT_INK, 19.0);
}
