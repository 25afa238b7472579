//! Mean and variance of the test loss against n₁; Figure 10.

use super::grid::{exponents, span_of};
use crate::analysis::networks::{Estimated, LossMoments};
use crate::figures::axes::{Lines, PlotPanel, superscript};
use crate::figures::drawing::{Drawing, Rect};
use crate::figures::figure::{Beside, Figure, Source};
use crate::figures::style::{self, INK, SOFT_INK, Stroke, TICK_SIZE};

const WIDTH: f64 = 1120.0;
const HEIGHT: f64 = 500.0;
const MEANS: Rect = Rect { left: 62.0, top: 56.0, right: 450.0, bottom: 436.0 };
const VARIANCES: Rect = Rect { left: 522.0, top: 56.0, right: 910.0, bottom: 436.0 };
const LEGEND_LEFT: f64 = 928.0;
const X_LABEL: &str = "n₁  (hidden units)";
/// Segments of the law's curve.
const STEPS: usize = 200;

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "network-mean-variance",
    title: "mean and variance of the test loss against n₁ (Figure 10)",
    shows: "trained networks",
    source: Source::Networks(Beside::Nothing, |inputs| {
        Some(draw(&LossMoments::new(&inputs.samples, inputs.report.scaling)))
    }),
};

/// The mean with its law on the left, the variance on the right.
pub fn draw(table: &LossMoments) -> Drawing {
    let mut drawing = Drawing::new(WIDTH, HEIGHT, "Mean and variance of the test loss against size");
    let means: Vec<(u32, Estimated)> = table.points.iter().map(|&(hidden, mean, _)| (hidden, mean)).collect();
    let variances: Vec<(u32, Estimated)> =
        table.points.iter().filter_map(|&(hidden, _, variance)| Some((hidden, variance?))).collect();
    let panel = panel(MEANS, &means);
    draw_scales(&mut drawing, &panel, &means);
    draw_law(&mut drawing, &panel, table);
    draw_points(&mut drawing, &panel, &means);
    panel.draw_frame(&mut drawing, X_LABEL, "mean test loss, nats");
    let (variances, power) = in_powers(variances);
    let panel = self::panel(VARIANCES, &variances);
    draw_scales(&mut drawing, &panel, &variances);
    draw_points(&mut drawing, &panel, &variances);
    let label = format!("variance of the test loss, 10{} nats²", superscript(power));
    panel.draw_frame(&mut drawing, X_LABEL, &label);
    draw_legend(&mut drawing, table);
    drawing
}

/// Values divided by a power of ten, so that ticks are short.
fn in_powers(mut points: Vec<(u32, Estimated)>) -> (Vec<(u32, Estimated)>, i32) {
    let most = points.iter().map(|(_, e)| e.value).fold(0.0, f64::max);
    let power = if most > 0.0 { most.log10().floor() as i32 } else { 0 };
    for (_, estimated) in &mut points {
        estimated.value /= 10f64.powi(power);
        estimated.standard_error = estimated.standard_error.map(|error| error / 10f64.powi(power));
    }
    (points, power)
}

fn place(hidden: u32) -> f64 {
    f64::from(hidden).ln()
}

fn panel(frame: Rect, points: &[(u32, Estimated)]) -> PlotPanel {
    let ends = points.iter().flat_map(|(_, e)| {
        let error = e.standard_error.unwrap_or(0.0);
        [e.value - error, e.value + error]
    });
    let mut x = span_of(points.iter().map(|&(hidden, _)| place(hidden)));
    (x.low, x.high) = (x.low - 0.1, x.high + 0.1);
    PlotPanel { frame, x, y: span_of(ends) }
}

fn draw_scales(drawing: &mut Drawing, panel: &PlotPanel, points: &[(u32, Estimated)]) {
    let marks: Vec<(f64, String)> = points.iter().map(|&(n, _)| (place(n), n.to_string())).collect();
    panel.draw_marked_scales(drawing, &marks);
}

fn draw_points(drawing: &mut Drawing, panel: &PlotPanel, points: &[(u32, Estimated)]) {
    let color = style::curve(0).color;
    for (hidden, Estimated { value, standard_error, .. }) in points {
        let x = place(*hidden);
        if let Some(error) = standard_error {
            let ends = [value - error, value + error].map(|y| panel.at(x, y));
            drawing.line(ends.to_vec(), Stroke::full(color, style::CURVE_WIDTH));
        }
        drawing.dot(panel.at(x, *value), 4.0, color);
    }
}

fn draw_law(drawing: &mut Drawing, panel: &PlotPanel, table: &LossMoments) {
    let Some(law) = table.scaling else { return };
    let at = |i: usize| panel.x.low + panel.x.width() * i as f64 / STEPS as f64;
    let xs: Vec<f64> = (0..=STEPS).map(at).collect();
    let ys: Vec<f64> =
        xs.iter().map(|x| (law.log_constant + law.alpha * (law.beta * x).exp()).exp()).collect();
    panel.draw_curve(drawing, &xs, &ys, Stroke::full(INK, style::CURVE_WIDTH));
}

fn draw_legend(drawing: &mut Drawing, table: &LossMoments) {
    let mut lines = Lines { drawing, left: LEGEND_LEFT, y: MEANS.top + TICK_SIZE };
    lines.notes(["bars: ± standard error"], 19.0);
    if table.points.is_empty() {
        lines.notes(["no network to show"], 19.0);
    }
    if let Some(law) = table.scaling {
        lines.notes(exponents(&law), 19.0);
        lines.text(&format!("χ² = {:.2} of {} degrees", law.chi_squared, law.degrees), SOFT_INK, 28.0);
        lines.stroke(Stroke::full(INK, style::CURVE_WIDTH), "C exp(α n₁^β)", 0.0);
    }
}
