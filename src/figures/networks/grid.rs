//! Small panels in rows, one for each size, with notes on the right.

use crate::analysis::networks::scaling::Scaling;
use crate::figures::axes::{AxisRange, Lines, PlotPanel};
use crate::figures::drawing::{Align, Drawing, Rect, point};
use crate::figures::style::{HAIR_WIDTH, INK, LABEL_SIZE, SOFT_INK, Stroke, TICK_SIZE};

const COLUMNS: usize = 3;
const WIDTH: f64 = 262.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 72.0;
const TOP: f64 = 44.0;
const GAP_X: f64 = 80.0;
const GAP_Y: f64 = 94.0;
const BOTTOM: f64 = 62.0;
const NOTES_GAP: f64 = 24.0;
/// Room for notes.
const NOTES: f64 = 196.0;
/// Dots of one panel that are drawn; more would only blacken it.
const MOST_DOTS: usize = 2000;

/// Where the panels lie.
pub struct Grid {
    columns: usize,
    rows: usize,
}

impl Grid {
    /// Room for so many panels, at least one.
    pub fn new(panels: usize) -> Self {
        let panels = panels.max(1);
        Self { columns: panels.min(COLUMNS), rows: panels.div_ceil(COLUMNS) }
    }

    /// An empty page of the right size.
    pub fn page(&self, title: &str) -> Drawing {
        let height = TOP + self.rows as f64 * (HEIGHT + GAP_Y) - GAP_Y + BOTTOM;
        Drawing::new(self.notes_left() + NOTES, height, title)
    }

    /// The i-th frame.
    pub fn frame(&self, i: usize) -> Rect {
        let (column, row) = ((i % COLUMNS) as f64, (i / COLUMNS) as f64);
        let (left, top) = (LEFT + column * (WIDTH + GAP_X), TOP + row * (HEIGHT + GAP_Y));
        Rect { left, top, right: left + WIDTH, bottom: top + HEIGHT }
    }

    /// Left edge of the notes.
    pub fn notes_left(&self) -> f64 {
        LEFT + self.columns as f64 * (WIDTH + GAP_X) - GAP_X + NOTES_GAP
    }

    /// Lines on the right, from a place down.
    pub fn draw_notes(&self, drawing: &mut Drawing, top: f64, notes: &[String]) {
        Lines { drawing, left: self.notes_left(), y: top }.notes(notes, 19.0);
    }

    /// An empty panel, where there is nothing to show.
    pub fn draw_empty(&self, drawing: &mut Drawing, x_label: &str) {
        let panel =
            PlotPanel { frame: self.frame(0), x: AxisRange::new(0.0, 1.0), y: AxisRange::new(0.0, 1.0) };
        panel.draw_scales(drawing);
        draw_frame(drawing, &panel, x_label, ["", ""]);
    }

    /// Where the first note stands.
    pub fn notes_top(&self) -> f64 {
        TOP + TICK_SIZE
    }
}

/// Frame, name of the axis below, a heading above on the left and one on the right.
pub fn draw_frame(drawing: &mut Drawing, panel: &PlotPanel, x_label: &str, headings: [&str; 2]) {
    let Rect { left, top, right, bottom } = panel.frame;
    drawing.outline(panel.frame, Stroke::full(SOFT_INK, HAIR_WIDTH));
    let middle = point(0.5 * (left + right), bottom + TICK_SIZE + 26.0);
    drawing.text(x_label, middle, Align::Center, TICK_SIZE, INK);
    drawing.text(headings[0], point(left, top - 9.0), Align::Left, LABEL_SIZE, INK);
    if !headings[1].is_empty() {
        drawing.text(headings[1], point(right, top - 9.0), Align::Right, TICK_SIZE, SOFT_INK);
    }
}

/// All values with a margin; 0…1 of nothing.
pub fn span_of(values: impl Iterator<Item = f64>) -> AxisRange {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
    if low > high {
        return AxisRange::new(0.0, 1.0);
    }
    // Equal values get a width whose ticks have few digits.
    let range = high - low;
    let margin = if range > 1e-3 * high.abs() { 0.05 * range } else { (0.05 * high.abs()).max(5e-3) };
    AxisRange::new(low - margin, high + margin)
}

/// α and β of a law with their errors, where these are known.
pub fn exponents(law: &Scaling) -> [String; 2] {
    [("α", law.alpha, law.alpha_error), ("β", law.beta, law.beta_error)].map(|(name, value, error)| {
        let error = error.map_or(String::new(), |error| format!(" ± {error:.3}"));
        format!("{name} = {value:.3}{error}").replace('-', "−")
    })
}

/// Evenly chosen where there are too many.
pub fn shown(points: &[[f64; 2]]) -> impl Iterator<Item = [f64; 2]> + '_ {
    points.iter().copied().step_by(points.len().div_ceil(MOST_DOTS).max(1))
}
