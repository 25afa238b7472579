//! Energies per spin that descents reach, by size; Figures 3 (left) and 8 (top) of Choromanska et al. (2015).

use std::ops::Range;

use super::axes::{Panel, Span, threshold_guides};
use super::drawing::{Align, Drawing, Point, Rect, point, text_width};
use super::style::{self, Color, INK, SOFT_INK, Stroke, TICK_SIZE};
use crate::analysis::{Density, EnergyHistogram, EnergySet};

const WIDTH: f64 = 980.0;
const HEIGHT: f64 = 550.0;
const FRAME: Rect = Rect { left: 62.0, top: 56.0, right: 800.0, bottom: 486.0 };
const LEGEND_LEFT: f64 = 820.0;
/// Row height of a legend that has room.
const ROW: f64 = 23.0;
const FILL_OPACITY: f64 = 0.16;

/// Draws all sizes over one another, smallest first, with a legend on the right.
pub fn draw(table: &EnergyHistogram) -> Drawing {
    let title = format!("Energies per spin reached by descent, H = {}", table.spins);
    let mut drawing = Drawing::new(WIDTH, HEIGHT, title);
    let densities = table.densities();
    let panel = panel(table, &densities);
    panel.draw_scales(&mut drawing);
    let colored = |i: usize| densities[i].as_ref().map(|density| (density, style::ramp(i, densities.len())));
    for (density, color) in (0..densities.len()).filter_map(colored) {
        for run in density.runs() {
            drawing.area(steps(&panel, density, run), color, FILL_OPACITY);
        }
    }
    for (density, color) in (0..densities.len()).filter_map(colored) {
        for run in density.runs() {
            drawing.line(steps(&panel, density, run), Stroke::full(color, style::CURVE_WIDTH));
        }
    }
    panel.draw_guides(&mut drawing, &threshold_guides(table.e_0, table.e_inf));
    panel.draw_frame(&mut drawing, "u = L/Λ  (energy per spin)", "probability density of u");
    draw_legend(&mut drawing, table);
    drawing
}

/// As wide as the histograms and both thresholds need.
fn panel(table: &EnergyHistogram, densities: &[Option<Density>]) -> Panel {
    let all = || densities.iter().flatten();
    let low = all().map(|density| density.low).fold(-table.e_0, f64::min);
    let high = all().map(Density::high).fold(-table.e_inf, f64::max);
    let margin = 0.025 * (high - low).max(0.01 * table.e_inf);
    let peak = all().map(Density::peak).fold(0.0, f64::max);
    Panel {
        frame: FRAME,
        x: Span::new(low - margin, high + margin),
        y: Span::new(0.0, if peak > 0.0 { 1.05 * peak } else { 1.0 }),
    }
}

/// The steps over a run of bins, from the axis up and back to it.
fn steps(panel: &Panel, density: &Density, run: Range<usize>) -> Vec<Point> {
    let mut points = vec![panel.at(density.edge(run.start), 0.0)];
    for i in run.clone() {
        points.push(panel.at(density.edge(i), density.heights[i]));
        points.push(panel.at(density.edge(i + 1), density.heights[i]));
    }
    points.push(panel.at(density.edge(run.end), 0.0));
    points
}

fn draw_legend(drawing: &mut Drawing, table: &EnergyHistogram) {
    let lines = table.sets.len() + 6;
    let row = ROW.min(FRAME.height() / lines as f64);
    let size = TICK_SIZE.min(0.8 * row);
    let mut y = FRAME.top + size;
    drawing.text(&format!("H = {}", table.spins), point(LEGEND_LEFT, y), Align::Left, size, INK);
    y += row;
    let counts_right = counts_right(table, size);
    drawing.text("size", point(LEGEND_LEFT + 26.0, y), Align::Left, size, SOFT_INK);
    drawing.text("starts", point(counts_right, y), Align::Right, size, SOFT_INK);
    for (i, set) in table.sets.iter().enumerate() {
        y += row;
        swatch(drawing, y, size, style::ramp(i, table.sets.len()));
        drawing.text(&format!("Λ = {}", set.dim), point(LEGEND_LEFT + 26.0, y), Align::Left, size, INK);
        drawing.text(&count(set), point(counts_right, y), Align::Right, size, INK);
    }
    y += 0.5 * row;
    for note in notes(table) {
        y += row;
        drawing.text(&note, point(LEGEND_LEFT, y), Align::Left, size, SOFT_INK);
    }
}

fn swatch(drawing: &mut Drawing, baseline: f64, size: f64, color: Color) {
    let frame = Rect {
        left: LEGEND_LEFT,
        top: baseline - 0.8 * size,
        right: LEGEND_LEFT + 18.0,
        bottom: baseline + 0.05 * size,
    };
    drawing.rect(frame, color, 2.0 * FILL_OPACITY);
    let corners = [(frame.left, frame.bottom), (frame.left, frame.top), (frame.right, frame.top)];
    let mut outline: Vec<Point> = corners.into_iter().map(|(x, y)| point(x, y)).collect();
    outline.push(point(frame.right, frame.bottom));
    drawing.line(outline, Stroke::full(color, style::CURVE_WIDTH));
}

/// Right edge of the column of counts: as near as the sizes allow.
fn counts_right(table: &EnergyHistogram, size: f64) -> f64 {
    let widest = |texts: &mut dyn Iterator<Item = String>| {
        texts.map(|text| text_width(&text, size)).fold(text_width("starts", size), f64::max)
    };
    let sizes = widest(&mut table.sets.iter().map(|set| format!("Λ = {}", set.dim)));
    let counts = widest(&mut table.sets.iter().map(count));
    LEGEND_LEFT + 26.0 + sizes + 12.0 + counts
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
    let mut notes = vec![surfaces, "dashed: limits Λ → ∞".to_owned()];
    if table.sets.iter().all(|set| shown(set) == 0) {
        notes.push("no energy to show".to_owned());
    }
    notes
}
