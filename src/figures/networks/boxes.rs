//! Box plots of test losses by n₁, and the larger sizes enlarged; Figure 9.

use super::grid::span_of;
use crate::analysis::networks::{LossBox, LossBoxes};
use crate::figures::axes::{AxisRange, Lines, PlotPanel};
use crate::figures::drawing::{Drawing, Rect};
use crate::figures::figure::{Beside, Figure, Source};
use crate::figures::style::{self, Color, INK, Stroke, TICK_SIZE};

const WIDTH: f64 = 1120.0;
const HEIGHT: f64 = 500.0;
const ALL: Rect = Rect { left: 62.0, top: 56.0, right: 480.0, bottom: 436.0 };
const LARGER: Rect = Rect { left: 552.0, top: 56.0, right: 920.0, bottom: 436.0 };
const LEGEND_LEFT: f64 = 938.0;
/// Half the width of a box, in sizes.
const HALF: f64 = 0.27;

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "network-box-plots",
    title: "box plots of test losses by n₁ (Figure 9)",
    shows: "trained networks",
    source: Source::Networks(Beside::Nothing, |inputs| Some(draw(&LossBoxes::new(&inputs.samples)))),
};

/// All sizes on the left, the larger half on the right.
pub fn draw(table: &LossBoxes) -> Drawing {
    let mut drawing = Drawing::new(WIDTH, HEIGHT, "Box plots of test losses by size");
    let sizes = table.boxes.len();
    let left_out = sizes / 2;
    for (frame, from) in [(ALL, 0), (LARGER, left_out)] {
        let boxes = &table.boxes[from..];
        let values = boxes.iter().flat_map(|b| b.whiskers.into_iter().chain(b.outliers.iter().copied()));
        let x = AxisRange::new(-0.6, boxes.len().max(1) as f64 - 0.4);
        let panel = PlotPanel { frame, x, y: span_of(values) };
        let name = |(i, b): (usize, &LossBox)| (i as f64, b.hidden.to_string());
        panel.draw_marked_scales(&mut drawing, &boxes.iter().enumerate().map(name).collect::<Vec<_>>());
        for (i, one) in boxes.iter().enumerate() {
            draw_box(&mut drawing, &panel, i as f64, one, style::ramp(from + i + 1, sizes + 2));
        }
        let heading = if from == 0 { "L  (test loss, nats)" } else { "the larger sizes enlarged" };
        panel.draw_frame(&mut drawing, "n₁  (hidden units)", heading);
    }
    draw_legend(&mut drawing, table);
    drawing
}

fn draw_box(drawing: &mut Drawing, panel: &PlotPanel, at: f64, one: &LossBox, color: Color) {
    let stroke = Stroke::full(color, style::CURVE_WIDTH);
    let [lower, median, upper] = one.quartiles;
    let (top_left, bottom_right) = (panel.at(at - HALF, upper), panel.at(at + HALF, lower));
    let frame = Rect { left: top_left.x, top: top_left.y, right: bottom_right.x, bottom: bottom_right.y };
    drawing.rect(frame, color, 0.25);
    drawing.outline(frame, stroke);
    drawing.line(vec![panel.at(at - HALF, median), panel.at(at + HALF, median)], Stroke::full(INK, 2.2));
    for (whisker, quartile) in one.whiskers.into_iter().zip([lower, upper]) {
        drawing.line(vec![panel.at(at, quartile), panel.at(at, whisker)], stroke);
        let half = 0.5 * HALF;
        drawing.line(vec![panel.at(at - half, whisker), panel.at(at + half, whisker)], stroke);
    }
    for &outlier in &one.outliers {
        drawing.dot(panel.at(at, outlier), 1.8, color);
    }
}

fn draw_legend(drawing: &mut Drawing, table: &LossBoxes) {
    let mut notes =
        vec!["box: quartiles", "black: median", "whiskers: last loss within", "1.5 times the box’s height"];
    notes.push("dots: losses beyond");
    if table.boxes.is_empty() {
        notes.push("no network to show");
    }
    Lines { drawing, left: LEGEND_LEFT, y: ALL.top + TICK_SIZE }.notes(notes, 19.0);
}
