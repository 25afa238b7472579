//! Index against energy of critical points, over the index fraction of the shifted semicircle.

use super::axes::{AxisRange, Guide, Lines, PlotPanel};
use super::drawing::{Align, Drawing, Rect, point};
use super::figure::{Figure, RunInputs, Source};
use super::histogram::named;
use super::style::{self, Color, INK, SOFT_INK, Stroke, TICK_SIZE};
use crate::analysis::bands::SoughtPoints;
use crate::analysis::{Cloud, IndexVsEnergy};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 740.0;
const FRACTIONS: Rect = Rect { left: 62.0, top: 56.0, right: 750.0, bottom: 420.0 };
const DEVIATIONS: Rect = Rect { left: 62.0, top: 500.0, right: 750.0, bottom: 676.0 };
const LEGEND_LEFT: f64 = 772.0;
/// Most clouds that the legend has room for.
const MOST_NAMED: usize = 7;
/// Dots of one cloud that are drawn; more would only blacken the page.
const MOST_DOTS: usize = 4000;

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "index-vs-energy",
    title: "index against energy of critical points, beside that of the semicircle",
    shows: "saddle searches or a census, of the pure model with random couplings",
    source: Source::Glass(
        RunInputs {
            kinds: &[SoughtPoints::Saddle, SoughtPoints::Census],
            random: true,
            points: false,
            traces: false,
            dim: None,
        },
        |inputs| {
            let (spins, samples) = inputs.samples()?;
            Ok(draw(&IndexVsEnergy::new(spins, &samples)?))
        },
    ),
};

/// Draws the cloud with α(u) above, and its deviation in eigenvalues below.
pub fn draw(table: &IndexVsEnergy) -> Drawing {
    let title = format!("Index against energy of critical points, H = {}", table.spins);
    let mut drawing = Drawing::new(WIDTH, HEIGHT, title);
    let x = span(table);
    let above = PlotPanel { frame: FRACTIONS, x, y: AxisRange::new(-0.03, 1.03) };
    let below = PlotPanel { frame: DEVIATIONS, x, y: deviation_span(table) };
    above.draw_scales(&mut drawing);
    below.draw_scales(&mut drawing);
    draw_bands(&mut drawing, &below, table);
    for (cloud, color) in colored(table) {
        for [u, fraction, deviation] in shown(cloud) {
            drawing.dot(above.at(u, fraction), 2.2, color);
            if below.y.contains(deviation) {
                drawing.dot(below.at(u, deviation), 1.9, color);
            }
        }
    }
    let [us, alpha] = inside(&table.curve, x);
    above.draw_curve(&mut drawing, &us, &alpha, curve());
    let zero = [x.low, x.high].map(|u| below.at(u, 0.0));
    drawing.line(zero.to_vec(), curve());
    let guide = |at: f64, label: &str| Guide { at, label: label.to_owned(), align: Align::Center };
    let e_inf = table.e_inf;
    above.draw_guides(&mut drawing, &[guide(-e_inf, "−E_{∞}"), guide(e_inf, "E_{∞}")]);
    below.draw_guides(&mut drawing, &[guide(-e_inf, ""), guide(e_inf, "")]);
    above.draw_frame(&mut drawing, "", "index k / (Λ − 1)");
    below.draw_frame(&mut drawing, "u = L/Λ  (energy per spin)", "k − (Λ − 1) α(u), eigenvalues");
    draw_legend(&mut drawing, table);
    drawing
}

fn curve() -> Stroke {
    Stroke::full(INK, style::CURVE_WIDTH)
}

fn colored(table: &IndexVsEnergy) -> impl Iterator<Item = (&Cloud, Color)> {
    let colors = table.clouds.len();
    table.clouds.iter().enumerate().map(move |(i, cloud)| (cloud, color(i, colors)))
}

/// The lightest end of the ramp is too light for single dots, the darkest is the curve's.
fn color(i: usize, n: usize) -> Color {
    style::ramp(i + 1, n + 3)
}

/// Evenly chosen where there are too many.
fn shown(cloud: &Cloud) -> impl Iterator<Item = [f64; 3]> + '_ {
    cloud.points.iter().copied().step_by(cloud.points.len().div_ceil(MOST_DOTS).max(1))
}

/// All energies and both thresholds.
fn span(table: &IndexVsEnergy) -> AxisRange {
    let us = || table.clouds.iter().flat_map(|cloud| cloud.points.iter().map(|point| point[0]));
    let low = us().fold(-table.e_inf, f64::min);
    let high = us().fold(table.e_inf, f64::max);
    let margin = 0.04 * (high - low);
    AxisRange::new(low - margin, high + margin)
}

fn deviation_span(table: &IndexVsEnergy) -> AxisRange {
    let all = table.clouds.iter().flat_map(|cloud| cloud.points.iter().map(|point| point[2].abs()));
    let widest = all.fold(2.0, f64::max).min(6.0) + 0.4;
    AxisRange::new(-widest, widest)
}

/// The scatter to expect, about 0.
fn draw_bands(drawing: &mut Drawing, panel: &PlotPanel, table: &IndexVsEnergy) {
    if let Some(scale) = table.clouds.iter().map(|cloud| cloud.scale).reduce(f64::max) {
        let (top_left, bottom_right) = (panel.at(panel.x.low, scale), panel.at(panel.x.high, -scale));
        let band = Rect { left: top_left.x, top: top_left.y, right: bottom_right.x, bottom: bottom_right.y };
        drawing.rect(band, SOFT_INK, 0.18);
    }
}

/// The part of a curve over a span.
fn inside([xs, ys]: &[Vec<f64>; 2], span: AxisRange) -> [Vec<f64>; 2] {
    let pairs = xs.iter().zip(ys).filter(|(x, _)| span.contains(**x));
    let (xs, ys): (Vec<f64>, Vec<f64>) = pairs.unzip();
    [xs, ys]
}

fn draw_legend(drawing: &mut Drawing, table: &IndexVsEnergy) {
    let mut lines = Lines { drawing, left: LEGEND_LEFT, y: FRACTIONS.top + 12.0 };
    lines.text(&format!("H = {}", table.spins), INK, 28.0);
    lines.stroke(curve(), "α(u), Λ → ∞", 28.0);
    let named = named(table.clouds.len(), MOST_NAMED);
    for (cloud, color) in named.iter().filter_map(|&i| colored(table).nth(i)) {
        lines.dot(3.6, color, &format!("Λ = {}", cloud.dim), 17.0);
        let points = cloud.points.len();
        let count = format!("{points} {}", if points == 1 { "point" } else { "points" });
        let at = point(LEGEND_LEFT + 38.0, lines.y);
        lines.drawing.text(&count, at, Align::Left, TICK_SIZE, SOFT_INK);
        lines.y += 25.0;
    }
    lines.y = DEVIATIONS.top + 12.0;
    lines.notes(["grey: ±√(ln Λ)/π,", "of random matrices"], 19.0);
    let known = table.clouds.iter().rev().take(4).rev().filter_map(|cloud| Some((cloud.dim, cloud.rms?)));
    lines.notes(known.map(|(dim, rms)| format!("rms at Λ = {dim}: {rms:.2}")), 19.0);
}
