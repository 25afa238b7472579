//! Overlap with the hidden vector against the strength of the spike.

use super::axes::{AxisRange, Guide, Lines, PlotPanel};
use super::drawing::{Align, Drawing, Rect, point};
use super::figure::{Figure, Source};
use super::labels::number;
use super::style::{self, CURVE_WIDTH, INK, SOFT_INK, Stroke};
use crate::analysis::bands::Mean;
use crate::analysis::{OverlapPoint, SpikeOverlaps};

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 700.0;
/// How much wider the page is where the legend says how starts begin.
const STARTS: f64 = 40.0;
/// Without a theory of the good minimum there is no panel below.
const HEIGHT_OF_ONE: f64 = 420.0;
const ABOVE: Rect = Rect { left: 66.0, top: 60.0, right: 660.0, bottom: 350.0 };
const BELOW: Rect = Rect { left: 66.0, top: 424.0, right: 660.0, bottom: 636.0 };
const LEGEND_LEFT: f64 = 684.0;
const CAP: f64 = 3.5;

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "spike-overlap",
    title: "overlap of the lowest minimum with the spike, and share of starts that meet it, against λ",
    shows: "one or several runs that differ in the strength of the spike (--run, repeated)",
    source: Source::Several(|runs| Ok(draw(&SpikeOverlaps::of_runs(runs)?))),
};

/// Draws overlaps above and shares of starts below.
pub fn draw(table: &SpikeOverlaps) -> Drawing {
    let title = format!("Overlap with the spike, {}, r = {}", table.model, table.order);
    let points = || table.sizes.iter().flat_map(|(_, points)| points);
    let has_shares = points().any(|point| point.met.is_some());
    let height = if has_shares { HEIGHT } else { HEIGHT_OF_ONE };
    let mut drawing = Drawing::new(WIDTH + if table.starts.is_some() { STARTS } else { 0.0 }, height, title);
    let strengths = || points().map(|point| point.strength);
    let guides = [table.lambda_s, table.lambda_ml].into_iter().flatten();
    let ends = || strengths().chain(guides.clone());
    let (low, high) = (ends().fold(f64::INFINITY, f64::min), ends().fold(0.0, f64::max));
    let room = 0.06 * (high - low).max(0.1);
    let x = AxisRange::new((low - room).max(0.0), high + room);
    let above = PlotPanel { frame: ABOVE, x, y: AxisRange::new(0.0, 1.04) };
    let below = has_shares.then_some(PlotPanel { frame: BELOW, ..above });
    for panel in [Some(&above), below.as_ref()].into_iter().flatten() {
        panel.draw_scales(&mut drawing);
    }
    let [xs, ys] = &table.curve;
    let inside = xs.iter().zip(ys).filter(|(strength, _)| x.contains(**strength));
    let (xs, ys): (Vec<f64>, Vec<f64>) = inside.unzip();
    above.draw_curve(&mut drawing, &xs, &ys, theory());
    for (place, (_, points)) in table.sizes.iter().enumerate() {
        let stroke = size_stroke(place, table.sizes.len());
        series(&mut drawing, &above, points, stroke, |point| Some(point.lowest));
        if let Some(below) = &below {
            series(&mut drawing, below, points, stroke, |point| point.met);
        }
    }
    above.draw_guides(&mut drawing, &named_guides(table, true));
    let [lowest, strength] = ["|m| of the lowest point of a surface", "λ  (strength of the spike)"];
    if let Some(below) = &below {
        below.draw_guides(&mut drawing, &named_guides(table, false));
        above.draw_outline(&mut drawing, lowest);
        below.draw_frame(
            &mut drawing,
            strength,
            "share of starts that end above half of the overlap m* of the good minimum",
        );
    } else {
        above.draw_frame(&mut drawing, strength, lowest);
    }
    legend(&mut drawing, table);
    drawing
}

fn theory() -> Stroke {
    Stroke::full(INK, CURVE_WIDTH)
}

fn size_stroke(place: usize, sizes: usize) -> Stroke {
    Stroke::full(style::ramp(place + 1, sizes + 2), CURVE_WIDTH)
}

fn named_guides(table: &SpikeOverlaps, named: bool) -> Vec<Guide> {
    let guide = |at: f64, label: &str, align| Guide {
        at,
        label: if named { label.to_owned() } else { String::new() },
        align,
    };
    if let (Some(at), true) = (table.lambda_s, table.lambda_s == table.lambda_ml) {
        return vec![guide(at, "λ_{s} = λ_{ML}", Align::Center)];
    }
    let first = table.lambda_s.map(|at| guide(at, "λ_{s}", Align::Right));
    first.into_iter().chain(table.lambda_ml.map(|at| guide(at, "λ_{ML}", Align::Left))).collect()
}

fn series(
    drawing: &mut Drawing,
    panel: &PlotPanel,
    points: &[OverlapPoint],
    stroke: Stroke,
    of: impl Fn(&OverlapPoint) -> Option<Mean>,
) {
    let known: Vec<(f64, Mean)> = points
        .iter()
        .filter_map(|point| Some((point.strength, of(point)?)))
        .filter(|(_, mean)| mean.observed.is_finite())
        .collect();
    drawing.line(known.iter().map(|(x, mean)| panel.at(*x, mean.observed)).collect(), stroke);
    for (x, mean) in known {
        drawing.dot(panel.at(x, mean.observed), 3.2, stroke.color);
        let Some(error) = mean.standard_error else { continue };
        let ends = [-error, error].map(|shift| {
            let value = (mean.observed + shift).clamp(panel.y.low, panel.y.high);
            panel.at(x, value)
        });
        drawing.line(ends.to_vec(), stroke);
        for end in ends {
            drawing.line(vec![point(end.x - CAP, end.y), point(end.x + CAP, end.y)], stroke);
        }
    }
}

fn legend(drawing: &mut Drawing, table: &SpikeOverlaps) {
    let mut lines = Lines { drawing, left: LEGEND_LEFT, y: ABOVE.top + 12.0 };
    lines.text(
        &format!("{}, r = {}", table.model, table.order),
        INK,
        if table.starts.is_some() { 19.0 } else { 26.0 },
    );
    if let Some(starts) = &table.starts {
        lines.text(starts, SOFT_INK, 26.0);
    }
    for (place, (dim, points)) in table.sizes.iter().enumerate() {
        let most = points.iter().map(|point| point.surfaces).max().unwrap_or(0);
        lines.stroke(size_stroke(place, table.sizes.len()), &format!("Λ = {dim}"), 18.0);
        lines.text(&format!("{most} {}", if most == 1 { "surface" } else { "surfaces" }), SOFT_INK, 24.0);
    }
    if !table.curve[0].is_empty() {
        lines.stroke(theory(), "good minimum, Λ → ∞", 26.0);
    }
    for (name, value) in [("λ_{s}", table.lambda_s), ("λ_{ML}", table.lambda_ml)] {
        if let Some(value) = value {
            lines.text(&format!("{name} = {}", number(value, 4)), SOFT_INK, 19.0);
        }
    }
    lines.y += 8.0;
    lines.notes(
        [
            "bars: ±1 standard error",
            "over surfaces; the lowest",
            "of the starts that were",
            "made, not of all minima",
        ],
        19.0,
    );
}
