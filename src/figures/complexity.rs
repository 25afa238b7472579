//! Complexity of all critical points and of those of low index; Figure 2 of Choromanska et al. (2015).

use super::axes::{AxisRange, Lines, PlotPanel, threshold_guides};
use super::drawing::{Align, Drawing, Rect, point};
use super::figure::{Figure, Source};
use super::style::{self, CURVE_WIDTH, HAIR_WIDTH, INK, SOFT_INK, Stroke, TICK_SIZE};
use crate::analysis::{ComplexityCurves, CurveSet};

const WIDTH: f64 = 1060.0;
const HEIGHT: f64 = 460.0;
const TOP: f64 = 56.0;
const BOTTOM: f64 = 396.0;
const OVERVIEW: Rect = Rect { left: 62.0, top: TOP, right: 446.0, bottom: BOTTOM };
const ZOOM: Rect = Rect { left: 532.0, top: TOP, right: 916.0, bottom: BOTTOM };
const LEGEND_LEFT: f64 = 936.0;
const X_LABEL: &str = "u = L/Λ  (energy per spin)";

/// The paper draws Θ_{k,H} up to here.
const MAX_INDEX: u32 = 5;

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "complexity",
    title: "complexities of all critical points and of those of low index, Λ → ∞ (Figure 2)",
    shows: "theory of one order alone",
    source: Source::Theory(|inputs| Ok(draw(&ComplexityCurves::new(inputs.spins, MAX_INDEX)?))),
};

/// Draws the overview on the left, and on the right the thresholds' neighbourhood that it boxes.
pub fn draw(table: &ComplexityCurves) -> Drawing {
    let title = format!("Complexity of the spherical spin glass, H = {}", table.spins);
    let mut drawing = Drawing::new(WIDTH, HEIGHT, title);
    let overview = panel(OVERVIEW, &table.overview, -0.16);
    let zoom = panel(ZOOM, &table.zoom, -0.55);

    let (top_left, bottom_right) =
        (overview.at(zoom.x.low, zoom.y.high), overview.at(zoom.x.high, zoom.y.low));
    let region = Rect {
        left: top_left.x,
        top: top_left.y,
        right: bottom_right.x,
        bottom: bottom_right.y.min(OVERVIEW.bottom),
    };
    overview.draw_scales(&mut drawing);
    draw_panel(&mut drawing, &overview, &table.overview, table);
    drawing.outline(region, Stroke::full(INK, HAIR_WIDTH));
    zoom.draw_scales(&mut drawing);
    draw_panel(&mut drawing, &zoom, &table.zoom, table);
    for (index, &e) in table.e.iter().enumerate() {
        drawing.dot(zoom.at(-e, 0.0), 3.4, style::curve(index).color);
    }

    overview.draw_frame(&mut drawing, X_LABEL, "complexity Θ(u), per spin");
    zoom.draw_frame(&mut drawing, X_LABEL, "complexity Θ(u), box enlarged");
    let plateau = zoom.at(zoom.x.high, table.plateau);
    let below = point(plateau.x - 8.0, plateau.y + 1.4 * TICK_SIZE);
    drawing.text("every k", below, Align::Right, TICK_SIZE, SOFT_INK);
    draw_legend(&mut drawing, table);
    drawing
}

/// A panel that shows all of Θ_H, and the others down to `lowest` times the top.
fn panel(frame: Rect, curves: &CurveSet, lowest: f64) -> PlotPanel {
    let xs = &curves.energies;
    let (first, last) = (xs.first().copied().unwrap_or(-1.0), xs.last().copied().unwrap_or(0.0));
    let highest = curves.total.iter().copied().fold(0.0, f64::max);
    let deepest = curves.total.iter().copied().fold(0.0, f64::min);
    // At H = 2 nothing is positive: the curves hang down from 0.
    let y = if highest > 0.0 {
        AxisRange::new(lowest * highest, 1.06 * highest)
    } else {
        AxisRange::new(1.06 * deepest, -0.1 * deepest)
    };
    PlotPanel { frame, x: AxisRange::new(first, last), y }
}

fn draw_panel(drawing: &mut Drawing, panel: &PlotPanel, curves: &CurveSet, table: &ComplexityCurves) {
    let zero = vec![panel.at(panel.x.low, 0.0), panel.at(panel.x.high, 0.0)];
    drawing.line(zero, Stroke::full(SOFT_INK, HAIR_WIDTH));
    panel.draw_guides(drawing, &threshold_guides(table.e_0(), table.e_inf));
    let below_edge = curves.energies.partition_point(|&u| u <= -table.e_inf);
    // Θ_H is a broad line with Θ_0 inside it where they coincide; low indices lie on top.
    panel.draw_curve(drawing, &curves.energies, &curves.total, total_stroke());
    for (index, ys) in curves.by_index.iter().enumerate().rev() {
        // On the plateau the full line of k = 0 stands for all.
        let end = if index == 0 { ys.len() } else { below_edge };
        panel.draw_curve(drawing, &curves.energies[..end], &ys[..end], style::curve(index));
    }
}

fn total_stroke() -> Stroke {
    Stroke::full(INK, 2.0 * CURVE_WIDTH)
}

fn draw_legend(drawing: &mut Drawing, table: &ComplexityCurves) {
    let mut lines = Lines { drawing, left: LEGEND_LEFT, y: TOP + 12.0 };
    lines.text(&format!("H = {}", table.spins), INK, 26.0);
    lines.stroke(total_stroke(), "Θ_{H}(u)", 24.0);
    for index in 0..table.zoom.by_index.len() {
        lines.stroke(style::curve(index), &format!("Θ_{{{index},H}}(u)"), 24.0);
    }
    lines.y += 2.0;
    lines.dot(3.4, SOFT_INK, "u = −E_{k}", 0.0);
}
