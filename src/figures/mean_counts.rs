//! Exact mean numbers of critical points below an energy, all and by index; Figure 1 of Choromanska et al. (2015).
//!
//! The paper shows them on linear axes, where each exponential hides the one below it. Here logarithms stand above,
//! and below them what a linear axis can show: each index's share, and where saddles of index 1 outnumber minima.

use super::axes::{AxisRange, Lines, PlotPanel, superscript, threshold_guides};
use super::drawing::{Drawing, Rect};
use super::figure::{Figure, Source};
use super::style::{self, CURVE_WIDTH, HAIR_WIDTH, INK, SOFT_INK, Stroke};
use crate::analysis::{CountCurves, MeanCountCurves};

const WIDTH: f64 = 1060.0;
const HEIGHT: f64 = 806.0;
const ROWS: [[f64; 2]; 2] = [[56.0, 352.0], [446.0, 742.0]];
const COLUMNS: [[f64; 2]; 2] = [[62.0, 446.0], [532.0, 916.0]];
const LEGEND_LEFT: f64 = 936.0;
const X_LABEL: &str = "L = Λu  (energy)";

/// The paper draws mean numbers up to here.
const MAX_INDEX: u32 = 5;

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "mean-counts",
    title: "exact mean numbers of critical points below an energy, all and by index (Figure 1)",
    shows: "theory of one order alone",
    source: Source::Theory(|inputs| Ok(draw(&MeanCountCurves::new(inputs.spins, inputs.dim, MAX_INDEX)?))),
};

/// Draws, on logarithmic axes, all energies and the thresholds' neighbourhood; below them, on linear ones, the shares
/// of the indices and the numbers where index 1 overtakes.
pub fn draw(table: &MeanCountCurves) -> Drawing {
    let title = format!(
        "Mean numbers of critical points of the spherical spin glass, H = {}, Λ = {}",
        table.spins, table.dim
    );
    let mut drawing = Drawing::new(WIDTH, HEIGHT, title);
    draw_overview(&mut drawing, table);
    draw_zoom(&mut drawing, table);
    draw_shares(&mut drawing, table);
    draw_numbers(&mut drawing, table);
    draw_legend(&mut drawing, table);
    drawing
}

fn draw_overview(drawing: &mut Drawing, table: &MeanCountCurves) {
    let (mut overview, zoom) =
        (log_panel([0, 0], &table.overview, table), log_panel([1, 0], &table.zoom, table));
    // Room on the left, where next to nothing is, for the box and the guides.
    overview.x.low -= 0.03 * overview.x.width();
    overview.draw_power_scales(drawing);
    draw_curves(drawing, &overview, &table.overview, table);
    let (top_left, bottom_right) =
        (overview.at(zoom.x.low, zoom.y.high), overview.at(zoom.x.high, zoom.y.low));
    let region = Rect {
        left: top_left.x,
        top: top_left.y.max(overview.frame.top),
        right: bottom_right.x.min(overview.frame.right),
        bottom: bottom_right.y.min(overview.frame.bottom),
    };
    drawing.outline(region, Stroke::full(INK, HAIR_WIDTH));
    overview.draw_frame(drawing, X_LABEL, "mean number below L");
}

fn draw_zoom(drawing: &mut Drawing, table: &MeanCountCurves) {
    let panel = log_panel([1, 0], &table.zoom, table);
    panel.draw_power_scales(drawing);
    draw_curves(drawing, &panel, &table.zoom, table);
    for (index, &energy) in table.ones.iter().enumerate() {
        if let Some(energy) = energy {
            drawing.dot(panel.at(energy, 0.0), 3.4, style::curve(index).color);
        }
    }
    panel.draw_frame(drawing, X_LABEL, "mean number below L, box enlarged");
}

fn draw_shares(drawing: &mut Drawing, table: &MeanCountCurves) {
    let curves = CountCurves { by_index: table.layers.shares(), ..table.layers.clone() };
    let panel = PlotPanel { frame: frame([0, 1]), x: range(&curves), y: AxisRange::new(0.0, 1.04) };
    panel.draw_scales(drawing);
    draw_guides(drawing, &panel, table);
    draw_indices(drawing, &panel, &curves);
    panel.draw_frame(drawing, X_LABEL, "share of index k among all below L");
}

fn draw_numbers(drawing: &mut Drawing, table: &MeanCountCurves) {
    let power = table.overtaking.top().floor() as i32;
    // Up to a thousand, numbers stand as they are.
    let power = if power < 3 { 0 } else { power };
    let curves = table.overtaking.in_units(power);
    let panel =
        PlotPanel { frame: frame([1, 1]), x: range(&curves), y: AxisRange::new(0.0, 1.04 * curves.top()) };
    panel.draw_scales(drawing);
    draw_guides(drawing, &panel, table);
    panel.draw_curve(drawing, &curves.energies, &curves.total, total_stroke());
    draw_indices(drawing, &panel, &curves);
    let unit = if power == 0 { String::new() } else { format!(" / 10{}", superscript(power)) };
    panel.draw_frame(drawing, X_LABEL, &format!("mean number below L{unit}"));
}

fn frame([column, row]: [usize; 2]) -> Rect {
    let ([left, right], [top, bottom]) = (COLUMNS[column], ROWS[row]);
    Rect { left, top, right, bottom }
}

fn range(curves: &CountCurves) -> AxisRange {
    let ends = (curves.energies.first(), curves.energies.last());
    AxisRange::new(ends.0.copied().unwrap_or(0.0), ends.1.copied().unwrap_or(0.0))
}

/// A panel of logarithms that shows all of the total from the least mean number on.
fn log_panel(place: [usize; 2], curves: &CountCurves, table: &MeanCountCurves) -> PlotPanel {
    let margin = 0.04 * (curves.top() - table.least);
    PlotPanel { frame: frame(place), x: range(curves), y: AxisRange::new(table.least, curves.top() + margin) }
}

/// Curves of logarithms, with a line at the mean number 1.
fn draw_curves(drawing: &mut Drawing, panel: &PlotPanel, curves: &CountCurves, table: &MeanCountCurves) {
    let one = vec![panel.at(panel.x.low, 0.0), panel.at(panel.x.high, 0.0)];
    drawing.line(one, Stroke::full(SOFT_INK, HAIR_WIDTH));
    draw_guides(drawing, panel, table);
    // The total is a broad line with k = 0 inside it where they coincide.
    panel.draw_curve(drawing, &curves.energies, &curves.total, total_stroke());
    draw_indices(drawing, panel, curves);
}

/// Low indices lie on top. What cannot be had is not drawn.
fn draw_indices(drawing: &mut Drawing, panel: &PlotPanel, curves: &CountCurves) {
    for (index, ys) in curves.by_index.iter().enumerate().rev() {
        let mut start = 0;
        for run in ys.chunk_by(|from, to| from.is_some() == to.is_some()) {
            let known: Vec<f64> = run.iter().copied().flatten().collect();
            panel.draw_curve(drawing, &curves.energies[start..], &known, style::curve(index));
            start += run.len();
        }
    }
}

fn draw_guides(drawing: &mut Drawing, panel: &PlotPanel, table: &MeanCountCurves) {
    let size = f64::from(table.dim);
    let guides = threshold_guides(table.e_0, table.e_inf).into_iter().map(|guide| guide.scaled(size));
    panel.draw_guides(drawing, &guides.collect::<Vec<_>>());
}

fn total_stroke() -> Stroke {
    Stroke::full(INK, 2.0 * CURVE_WIDTH)
}

fn draw_legend(drawing: &mut Drawing, table: &MeanCountCurves) {
    let mut lines = Lines { drawing, left: LEGEND_LEFT, y: ROWS[0][0] + 12.0 };
    lines.text(&format!("H = {}", table.spins), INK, 22.0);
    lines.text(&format!("Λ = {}", table.dim), INK, 26.0);
    lines.stroke(total_stroke(), "all", 24.0);
    for index in 0..table.zoom.by_index.len() {
        lines.stroke(style::curve(index), &format!("k = {index}"), 24.0);
    }
    lines.y += 2.0;
    lines.dot(3.4, SOFT_INK, "mean = 1", 32.0);
    lines.notes(["exact at this Λ;", "±w count as two;", "dashed: limits", "as Λ → ∞"], 20.0);
}
