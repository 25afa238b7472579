//! Energy and gradient of descents against steps, by size.

use super::axes::{AxisRange, Lines, PlotPanel};
use super::drawing::{Drawing, Rect};
use super::figure::{Figure, RunInputs, Source};
use super::style::{self, CURVE_WIDTH, INK, Stroke};
use crate::analysis::bands::SoughtPoints;
use crate::analysis::{DescentTraces, TraceSet};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 806.0;
const ENERGY: Rect = Rect { left: 74.0, top: 56.0, right: 760.0, bottom: 380.0 };
const GRADIENT: Rect = Rect { left: 74.0, top: 466.0, right: 760.0, bottom: 740.0 };
const LEGEND_LEFT: f64 = 782.0;
/// Gradients below this, as a logarithm, are those of a minimum to single precision.
const LEAST: f64 = -8.0;
const OPACITY: f64 = 0.16;

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "energy-against-steps",
    title: "energy and gradient of descents against steps",
    shows: "a sweep that kept histories (--trace)",
    source: Source::Glass(
        RunInputs {
            kinds: &[SoughtPoints::Descent, SoughtPoints::Saddle],
            random: false,
            points: false,
            traces: true,
            dim: None,
        },
        |inputs| Ok(draw(&DescentTraces::of_run(&inputs.store()?)?)),
    ),
};

/// Medians over starts, with bands from a tenth to nine tenths of them; steps and gradients on logarithmic axes.
pub fn draw(table: &DescentTraces) -> Drawing {
    let mut drawing = Drawing::new(WIDTH, HEIGHT, format!("Energy against steps, {}", table.model));
    let most = table.sets.iter().filter_map(|set| set.steps.last()).max().copied().unwrap_or(1);
    let x = AxisRange::new(0.0, place(most).max(1.0));
    let panel = PlotPanel { frame: ENERGY, x, y: energies(table) };
    let marks = marks(x);
    panel.draw_marked_scales(&mut drawing, &marks);
    draw_sets(&mut drawing, &panel, table, |set, i| set.energy[i].clone());
    draw_limits(&mut drawing, &panel, table);
    let label = if table.scale.is_some() { "u/s" } else { "u = L/Λ  (energy per spin)" };
    panel.draw_outline(&mut drawing, label);
    let logs = |set: &TraceSet, i: usize| -> Vec<f64> {
        set.gradient[i].iter().map(|norm| norm.max(1e-300).log10().max(LEAST)).collect()
    };
    let all = || table.sets.iter().flat_map(|set| (0..3).flat_map(|i| logs(set, i)));
    let (low, high) = all().fold((0.0f64, 0.0f64), |(low, high), y| (low.min(y), high.max(y)));
    let panel = PlotPanel { frame: GRADIENT, x, y: AxisRange::new(low - 0.1, high + 0.1) };
    panel.draw_marked_scales(&mut drawing, &marks);
    draw_sets(&mut drawing, &panel, table, logs);
    panel.draw_frame(&mut drawing, "steps taken", "log₁₀ ‖g‖/√Λ");
    draw_legend(&mut drawing, table);
    drawing
}

/// Steps on their axis: the first is at 0.
fn place(step: u64) -> f64 {
    (step as f64 + 1.0).log10()
}

fn marks(x: AxisRange) -> Vec<(f64, String)> {
    let steps = [0, 1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000, 1_000_000];
    let inside = steps.into_iter().filter(|&step| x.contains(place(step)));
    inside.map(|step| (place(step), step.to_string())).collect()
}

fn energies(table: &DescentTraces) -> AxisRange {
    let limits = [table.e_0, table.e_inf].into_iter().flatten().map(|e| -e);
    let all = table.sets.iter().flat_map(|set| set.energy.iter().flatten().copied()).chain(limits);
    let (low, high) =
        all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), u| (low.min(u), high.max(u)));
    let (low, high) = if low <= high { (low, high) } else { (-1.0, 0.0) };
    let margin = 0.04 * (high - low).max(1e-6 * low.abs().max(1e-300));
    AxisRange::new(low - margin, high + margin)
}

fn draw_sets(
    drawing: &mut Drawing,
    panel: &PlotPanel,
    table: &DescentTraces,
    values: impl Fn(&TraceSet, usize) -> Vec<f64>,
) {
    for (i, set) in table.sets.iter().enumerate() {
        let color = style::ramp(i, table.sets.len());
        let xs: Vec<f64> = set.steps.iter().map(|&step| place(step)).collect();
        let corners = |ys: Vec<f64>| xs.iter().zip(ys).map(|(&x, y)| panel.at(x, y)).collect::<Vec<_>>();
        let mut area = corners(values(set, 0));
        area.extend(corners(values(set, 2)).into_iter().rev());
        drawing.area(area, color, OPACITY);
    }
    for (i, set) in table.sets.iter().enumerate() {
        let xs: Vec<f64> = set.steps.iter().map(|&step| place(step)).collect();
        let stroke = Stroke::full(style::ramp(i, table.sets.len()), CURVE_WIDTH);
        drawing.line(xs.iter().zip(values(set, 1)).map(|(&x, y)| panel.at(x, y)).collect(), stroke);
    }
}

/// Lines of Λ → ∞, across.
fn draw_limits(drawing: &mut Drawing, panel: &PlotPanel, table: &DescentTraces) {
    for line in [table.e_0, table.e_inf].into_iter().flatten() {
        let ends = [panel.x.low, panel.x.high].map(|x| panel.at(x, -line));
        drawing.line(ends.to_vec(), style::GUIDE);
    }
}

fn draw_legend(drawing: &mut Drawing, table: &DescentTraces) {
    let mut lines = Lines { drawing, left: LEGEND_LEFT, y: ENERGY.top + 12.0 };
    lines.text(&table.model, INK, 24.0);
    for (i, set) in table.sets.iter().enumerate() {
        let stroke = Stroke::full(style::ramp(i, table.sets.len()), CURVE_WIDTH);
        lines.stroke(stroke, &format!("Λ = {}: {}", set.dim, set.starts), 21.0);
    }
    lines.notes(["Λ: number of starts", "line: median", "band: 10 % to 90 %", "of the starts"], 19.0);
    if table.e_0.or(table.e_inf).is_some() {
        let names: Vec<&str> =
            [table.e_0.map(|_| "−E_{0}"), table.e_inf.map(|_| "−E_{∞}")].into_iter().flatten().collect();
        lines.notes([format!("dashed: {}", names.join(", ")), "as Λ → ∞".to_owned()], 19.0);
    }
}
