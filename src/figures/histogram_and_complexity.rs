//! Energies that a run reached, over complexities: histograms above; below, on the same axis, the limits Θ_H and Θ_{k,H}
//! with the exact mean numbers at the run's own Λ.

use super::axes::{AxisRange, Lines, PlotPanel, threshold_guides};
use super::drawing::{Drawing, Point, Rect, point};
use super::figure::{Figure, RunInputs, Source};
use super::histogram::{FILL_OPACITY, heights, steps, swatch};
use super::style::{self, CURVE_WIDTH, Color, HAIR_WIDTH, INK, SOFT_INK, Stroke, TICK_SIZE};
use crate::analysis::bands::SoughtPoints;
use crate::analysis::{ExactCurves, HistogramAndComplexity, Reached};

const WIDTH: f64 = 1080.0;
const COLUMN: [f64; 2] = [70.0, 800.0];
const LEGEND_LEFT: f64 = 820.0;
const TOP: f64 = 56.0;
const UPPER: f64 = 290.0;
const LOWER: f64 = 310.0;
/// Between two panels: labels of ticks, of the axis and of guides.
const GAP: f64 = 84.0;
/// Below the last: labels of ticks and of the axis.
const FOOT: f64 = 66.0;
/// Rows of a legend; of more sizes some are named.
const MOST_ROWS: usize = 8;
const LINE: f64 = 21.0;
/// Limits are broad and light, so that exact curves can lie on them.
const LIMIT_WIDTH: f64 = 5.5;
const LIGHTER: f64 = 0.6;

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "histogram-and-complexity",
    title: "energies that are reached, above complexities and exact mean numbers",
    shows: "a sweep, a census or saddle searches, of the pure model with random couplings",
    source: Source::Glass(
        RunInputs {
            kinds: &[SoughtPoints::Descent, SoughtPoints::Census, SoughtPoints::Saddle],
            random: true,
            points: false,
            traces: false,
            dim: None,
        },
        |inputs| Ok(draw(&HistogramAndComplexity::of_run(&inputs.store()?)?)),
    ),
};

/// Draws histograms on top and a panel of complexities for each Λ that has exact curves.
pub fn draw(table: &HistogramAndComplexity) -> Drawing {
    let title = format!("Energies reached and complexity, H = {}", table.spins);
    let lowers = table.exact.len().max(1) as f64;
    let height = TOP + UPPER + lowers * (GAP + LOWER) + FOOT;
    let mut drawing = Drawing::new(WIDTH, height, title);
    let [low, high] = table.range();
    let x = AxisRange::new(low, high);
    let upper = Rect { left: COLUMN[0], top: TOP, right: COLUMN[1], bottom: TOP + UPPER };
    draw_histograms(&mut drawing, table, upper, x);
    draw_upper_legend(&mut drawing, table);
    let mut top = TOP + UPPER + GAP;
    let each: Vec<Option<&ExactCurves>> =
        if table.exact.is_empty() { vec![None] } else { table.exact.iter().map(Some).collect() };
    for (i, exact) in each.iter().enumerate() {
        let frame = Rect { top, bottom: top + LOWER, ..upper };
        let panel = PlotPanel { frame, x, y: rates(table, *exact) };
        draw_rates(&mut drawing, table, *exact, &panel);
        if i + 1 == each.len() {
            panel.draw_x_label(&mut drawing, "u = L/Λ  (energy per spin)");
        }
        top += LOWER + GAP;
    }
    draw_lower_legend(&mut drawing, table);
    drawing
}

fn color(table: &HistogramAndComplexity, i: usize) -> Color {
    match table.kind {
        SoughtPoints::Census => style::curve(i).color,
        _ => style::ramp(i, table.reached.len()),
    }
}

fn draw_histograms(drawing: &mut Drawing, table: &HistogramAndComplexity, frame: Rect, x: AxisRange) {
    let densities = || table.reached.iter().filter_map(|set| set.density.as_ref());
    let tops = table.reached.iter().filter_map(|set| {
        let density = set.density.as_ref()?;
        density.heights.iter().zip(&set.errors).map(|(height, error)| height + error).reduce(f64::max)
    });
    let most = tops.fold(heights(densities()).high, |most, top| most.max(1.03 * top));
    let panel = PlotPanel { frame, x, y: AxisRange::new(0.0, most) };
    panel.draw_scales(drawing);
    for pass in [draw_area, draw_outline] {
        for (i, set) in table.reached.iter().enumerate() {
            pass(drawing, &panel, set, color(table, i));
        }
    }
    draw_thresholds(drawing, table, &panel);
    let what = match table.kind {
        SoughtPoints::Census => "mean number on a surface, per unit of u",
        _ => "probability density of u",
    };
    panel.draw_outline(drawing, what);
}

/// The bins that lie in the panel, in pieces without gaps.
fn shown_runs(panel: &PlotPanel, set: &Reached) -> Vec<Vec<Point>> {
    let Some(density) = &set.density else { return Vec::new() };
    let inside = |i: &usize| density.edge(i + 1) > panel.x.low && density.edge(*i) < panel.x.high;
    let within = |p: Point| point(p.x.clamp(panel.frame.left, panel.frame.right), p.y);
    let runs = density.runs().into_iter().filter_map(|run| {
        let (first, last) = (run.clone().find(inside)?, run.rev().find(inside)?);
        Some(steps(panel, density, first..last + 1).into_iter().map(within).collect())
    });
    runs.collect()
}

fn draw_area(drawing: &mut Drawing, panel: &PlotPanel, set: &Reached, color: Color) {
    for corners in shown_runs(panel, set) {
        drawing.area(corners, color, FILL_OPACITY);
    }
}

fn draw_outline(drawing: &mut Drawing, panel: &PlotPanel, set: &Reached, color: Color) {
    for corners in shown_runs(panel, set) {
        drawing.line(corners, Stroke::full(color, CURVE_WIDTH));
    }
    let Some(density) = &set.density else { return };
    for (i, (height, error)) in density.heights.iter().zip(&set.errors).enumerate() {
        let middle = 0.5 * (density.edge(i) + density.edge(i + 1));
        if *error > 0.0 && panel.x.contains(middle) {
            let ends = [(height - error).max(0.0), height + error];
            drawing.line(ends.map(|end| panel.at(middle, end)).to_vec(), Stroke::full(color, HAIR_WIDTH));
        }
    }
}

/// −E_0 and −E_∞ with their names, the others between them as hair lines.
fn draw_thresholds(drawing: &mut Drawing, table: &HistogramAndComplexity, panel: &PlotPanel) {
    for &e in table.e.iter().skip(1).filter(|&&e| e > table.e_inf) {
        let ends = [panel.y.low, panel.y.high].map(|y| panel.at(-e, y));
        drawing.line(ends.to_vec(), Stroke::full(SOFT_INK, 0.4 * HAIR_WIDTH));
    }
    panel.draw_guides(drawing, &threshold_guides(table.e[0], table.e_inf));
}

/// Where low indices are drawn apart: of descents up to the highest index that is drawn, else up to all critical points.
fn rates(table: &HistogramAndComplexity, exact: Option<&ExactCurves>) -> AxisRange {
    let highest = |values: &[f64]| values.iter().copied().fold(f64::MIN, f64::max);
    let limits = &table.limits;
    let by_index = exact.into_iter().flat_map(|exact| exact.by_index.iter().flatten().flatten().copied());
    let by_index = by_index.chain(limits.by_index.iter().map(|ys| highest(ys))).fold(f64::MIN, f64::max);
    let total = exact.map_or(f64::MIN, |exact| highest(&exact.total)).max(highest(&limits.total));
    let top = if table.kind == SoughtPoints::Descent { 1.12 * by_index } else { 1.05 * total.max(by_index) };
    let top = if top > 0.0 { top } else { 0.05 };
    AxisRange::new(if table.kind == SoughtPoints::Descent { -0.8 * top } else { -0.4 * top }, top)
}

fn draw_rates(
    drawing: &mut Drawing,
    table: &HistogramAndComplexity,
    exact: Option<&ExactCurves>,
    panel: &PlotPanel,
) {
    panel.draw_scales(drawing);
    let zero = [panel.x.low, panel.x.high].map(|u| panel.at(u, 0.0));
    drawing.line(zero.to_vec(), Stroke::full(SOFT_INK, HAIR_WIDTH));
    draw_thresholds(drawing, table, panel);
    let limits = &table.limits;
    panel.draw_curve(drawing, &limits.energies, &limits.total, limit_stroke(INK));
    let below_edge = limits.energies.partition_point(|&u| u <= -table.e_inf);
    for (k, ys) in limits.by_index.iter().enumerate().rev() {
        // On the plateau k = 0 stands for all.
        let end = if k == 0 { ys.len() } else { below_edge };
        let stroke = limit_stroke(style::curve(k).color);
        panel.draw_curve(drawing, &limits.energies[..end], &ys[..end], stroke);
    }
    if let Some(exact) = exact {
        draw_exact(drawing, exact, panel);
    }
    let size = exact.map_or(String::new(), |exact| format!(" at Λ = {} and Λ → ∞", exact.dim));
    panel.draw_outline(drawing, &format!("(1/Λ) ln of the mean number below u{size}"));
}

fn draw_exact(drawing: &mut Drawing, exact: &ExactCurves, panel: &PlotPanel) {
    // Logarithms of nothing lie below every panel.
    let cut = |y: f64| y.max(panel.y.low - panel.y.width());
    let total: Vec<f64> = exact.total.iter().map(|&y| cut(y)).collect();
    panel.draw_curve(drawing, &exact.energies, &total, Stroke::full(INK, CURVE_WIDTH));
    for (k, ys) in exact.by_index.iter().enumerate().rev() {
        let mut start = 0;
        for run in ys.chunk_by(|from, to| from.is_some() == to.is_some()) {
            let known: Vec<f64> = run.iter().copied().flatten().map(cut).collect();
            panel.draw_curve(drawing, &exact.energies[start..], &known, style::curve(k));
            start += run.len();
        }
    }
    for (k, points) in exact.found.iter().enumerate() {
        let color = style::curve(k).color;
        for &[u, y, low, high] in points.iter().filter(|[_, y, ..]| panel.y.contains(*y)) {
            let bar = [low, high].map(|end| panel.at(u, end.clamp(panel.y.low, panel.y.high)));
            drawing.line(bar.to_vec(), Stroke::full(color, 1.2));
            drawing.dot(panel.at(u, y), 3.2, color);
        }
    }
}

fn limit_stroke(color: Color) -> Stroke {
    let lighter = color.0.map(|c| (f64::from(c) + LIGHTER * (255.0 - f64::from(c))).round() as u8);
    Stroke::full(Color(lighter), LIMIT_WIDTH)
}

fn draw_upper_legend(drawing: &mut Drawing, table: &HistogramAndComplexity) {
    let mut lines = Lines { drawing, left: LEGEND_LEFT, y: TOP + 10.0 };
    let what = match table.kind {
        SoughtPoints::Census => "all critical points",
        SoughtPoints::Descent => "where descents end",
        SoughtPoints::Saddle => "saddle searches",
    };
    lines.text(&format!("H = {}: {what}", table.spins), INK, LINE);
    let unfinished = table.units.done < table.units.planned;
    if unfinished {
        lines.text(&format!("unfinished: {} of {} units", table.units.done, table.units.planned), INK, LINE);
    }
    let sets = table.reached.len();
    let named: Vec<usize> = if sets <= MOST_ROWS {
        (0..sets).collect()
    } else {
        (0..MOST_ROWS).map(|i| i * (sets - 1) / (MOST_ROWS - 1)).collect()
    };
    for &i in &named {
        let set = &table.reached[i];
        let shown =
            if set.shown == set.all { set.all.to_string() } else { format!("{} of {}", set.shown, set.all) };
        let name = match table.kind {
            SoughtPoints::Census => format!("k = {}: {shown} points", set.number),
            SoughtPoints::Saddle => format!("Λ = {}: {shown} searches", set.number),
            SoughtPoints::Descent => format!("Λ = {}: {shown} starts", set.number),
        };
        let color = color(table, i);
        lines.entry(&name, LINE, |drawing, at| swatch(drawing, point(at.x + 6.0, at.y), TICK_SIZE, color));
    }
    if named.len() < sets {
        lines.text(&format!("and {} sizes between", sets - named.len()), SOFT_INK, LINE);
    }
    lines.notes(upper_notes(table), LINE);
}

fn upper_notes(table: &HistogramAndComplexity) -> Vec<String> {
    let begun = || table.reached.iter().map(|set| set.surfaces).filter(|&surfaces| surfaces > 0);
    let (least, most) = (begun().min().unwrap_or(0), begun().max().unwrap_or(0));
    let mut notes = Vec::new();
    if table.reached.iter().all(|set| set.density.is_none()) {
        return vec!["no energy to show".to_owned()];
    }
    let each = if table.kind != SoughtPoints::Census && begun().count() > 1 { " per size" } else { "" };
    match (most, table.kind) {
        (0 | 1, SoughtPoints::Census) => notes.push("one surface".to_owned()),
        (0 | 1, _) => {
            notes.push(format!("one surface{each}; bars: 1 s.e."));
            notes.push("over starts, given this surface".to_owned());
        }
        (n, _) => {
            let surfaces = if least < n { format!("{least} to {n}") } else { n.to_string() };
            notes.push(format!("{surfaces} surfaces{each};"));
            notes.push("bars: 1 s.e. over surfaces".to_owned());
        }
    }
    if table.kind == SoughtPoints::Saddle {
        notes.push("spread by design".to_owned());
    }
    notes
}

fn draw_lower_legend(drawing: &mut Drawing, table: &HistogramAndComplexity) {
    let mut lines = Lines { drawing, left: LEGEND_LEFT, y: TOP + UPPER + GAP + 10.0 };
    let exact = table.exact.first();
    if exact.is_some() {
        lines.text("exact at this Λ:", SOFT_INK, LINE);
        lines.stroke(Stroke::full(INK, CURVE_WIDTH), "all", LINE);
        for k in 0..table.exact.iter().map(|exact| exact.by_index.len()).max().unwrap_or(0) {
            lines.stroke(style::curve(k), &format!("index k = {k}"), LINE);
        }
    }
    let census = exact.is_some_and(|exact| !exact.found.is_empty());
    if census {
        lines.dot(3.2, SOFT_INK, "found, ± 1 s.e.", LINE);
    }
    lines.stroke(limit_stroke(INK), "limits Θ_{H}(u), Θ_{k,H}(u)", LINE);
    lines.notes(["(the same colours, broad)", "numbers count w and −w both"], LINE);
    if table.e[0] > table.e_inf {
        lines.notes(["vertical, as Λ → ∞: −E_{0}, −E_{1},", "… −E_{5}, −E_{∞} from left to right"], LINE);
    }
}
