//! Mean numbers of critical points by index, found over exact.

use super::axes::{AxisRange, Lines, PlotPanel};
use super::drawing::{Align, Drawing, Rect, point};
use super::figure::{Figure, RunInputs, Source};
use super::style::{self, HAIR_WIDTH, INK, SOFT_INK, Stroke, TICK_SIZE};
use crate::analysis::MeanCountCheck;
use crate::analysis::bands::SoughtPoints;
use crate::analysis::bands::{JointTest, Mean};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 540.0;
const FRAME: Rect = Rect { left: 50.0, top: 56.0, right: 560.0, bottom: 476.0 };
const COLUMNS: [f64; 3] = [640.0, 716.0, 772.0];
const LEGEND_LEFT: f64 = 794.0;
/// Most indices that have room.
const MOST_ROWS: usize = 20;

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "mean-count-check",
    title: "mean numbers of critical points by index, found and exact",
    shows: "a census of the pure model with random couplings",
    source: Source::Glass(
        RunInputs { kinds: &[SoughtPoints::Census], random: true, points: false, traces: false, dim: None },
        |inputs| Ok(draw(&MeanCountCheck::new(&inputs.census()?)?)),
    ),
};

/// Draws a ratio with its error bar for each index, and the numbers beside it.
pub fn draw(table: &MeanCountCheck) -> Drawing {
    let title = format!("Mean numbers of critical points, H = {}, Λ = {}", table.spins, table.dim);
    let mut drawing = Drawing::new(WIDTH, HEIGHT, title);
    let means = &table.check.by_index[..table.check.by_index.len().min(MOST_ROWS)];
    let panel = PlotPanel { frame: FRAME, x: span(means), y: AxisRange::new(-0.6, means.len() as f64 - 0.4) };
    panel.draw_row_scales(&mut drawing, means.len());
    let one = [panel.y.low, panel.y.high].map(|y| panel.at(1.0, y));
    drawing.line(one.to_vec(), Stroke::full(SOFT_INK, 1.4 * HAIR_WIDTH));
    for (k, mean) in means.iter().enumerate() {
        draw_row(&mut drawing, &panel, k, mean);
    }
    panel.draw_frame(&mut drawing, "mean number found / exact", "index k");
    draw_notes(&mut drawing, table);
    drawing
}

/// Around 1, as wide as two standard errors of every ratio.
fn span(means: &[Mean]) -> AxisRange {
    let reach = means.iter().filter_map(Mean::ratio).map(|[ratio, error]| (ratio - 1.0).abs() + 2.2 * error);
    let widest = reach.fold(0.01, f64::max).min(1.0);
    AxisRange::new(1.0 - widest, 1.0 + widest)
}

fn draw_row(drawing: &mut Drawing, panel: &PlotPanel, k: usize, mean: &Mean) {
    let color = style::curve(0).color;
    let row = k as f64;
    if let Some([ratio, error]) = mean.ratio() {
        let inside = |x: f64| x.clamp(panel.x.low, panel.x.high);
        let bar = |size: f64| [-size, size].map(|e| panel.at(inside(ratio + e * error), row)).to_vec();
        drawing.line(bar(2.0), Stroke::full(color, 1.2));
        drawing.line(bar(1.0), Stroke::full(color, 3.2));
        if panel.x.contains(ratio) {
            drawing.dot(panel.at(ratio, row), 4.4, color);
        }
    }
    let y = panel.at(panel.x.low, row).y + 0.36 * TICK_SIZE;
    let text = |x: Option<f64>, decimals: usize| {
        x.filter(|x| x.is_finite()).map_or("–".to_owned(), |x| format!("{x:.decimals$}").replace('-', "−"))
    };
    let cells = [text(Some(mean.observed), 2), text(mean.expected, 2), text(mean.z, 1)];
    for (cell, right) in cells.iter().zip(COLUMNS) {
        drawing.text(cell, point(right, y), Align::Right, TICK_SIZE, INK);
    }
}

fn draw_notes(drawing: &mut Drawing, table: &MeanCountCheck) {
    for (heading, right) in ["found", "exact", "z"].into_iter().zip(COLUMNS) {
        drawing.text(heading, point(right, FRAME.top - 8.0), Align::Right, TICK_SIZE, SOFT_INK);
    }
    let check = &table.check;
    let surfaces =
        if check.surfaces == 1 { "1 surface".into() } else { format!("{} surfaces", check.surfaces) };
    let mut notes =
        vec![(format!("H = {}, Λ = {}", table.spins, table.dim), INK, 22.0), (surfaces, SOFT_INK, 19.0)];
    if check.left_out > 0 {
        notes.push((format!("{} left out", check.left_out), SOFT_INK, 19.0));
    }
    notes.push(("±w count as two".into(), SOFT_INK, 19.0));
    notes.push(("thick, thin: 1, 2 s.e.".into(), SOFT_INK, 19.0));
    notes.push(("over surfaces".into(), SOFT_INK, 19.0));
    if !table.spins.is_multiple_of(2) {
        notes.push(("odd H: k and Λ−1−k".into(), SOFT_INK, 19.0));
        notes.push(("are equal in number".into(), SOFT_INK, 19.0));
    }
    notes.push((" ".into(), SOFT_INK, 13.0));
    let tests = [
        ("numbers", check.tests.numbers),
        ("mean energies", check.tests.energies),
        ("spreads of energies", check.tests.spreads),
    ];
    notes.push(("joint tests, Hotelling".into(), INK, 22.0));
    for (name, test) in tests {
        if let Some(JointTest { numbers, t_squared, p, .. }) = test {
            notes.push((name.into(), INK, 17.0));
            notes.push((format!("T² = {t_squared:.1} of {numbers}"), SOFT_INK, 17.0));
            notes.push((probability(p), SOFT_INK, 26.0));
        }
    }
    let mut lines = Lines { drawing, left: LEGEND_LEFT, y: FRAME.top + 12.0 };
    notes.into_iter().for_each(|(text, color, step): (String, _, _)| lines.text(&text, color, step));
}

fn probability(p: f64) -> String {
    if p < 1e-4 { "p < 0.0001".to_owned() } else { format!("p = {p:.*}", if p < 0.01 { 4 } else { 2 }) }
}
