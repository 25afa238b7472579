//! Histograms of several sizes over one another, and the legend beside them.

use std::ops::Range;

use super::axes::{AxisRange, PlotPanel};
use super::drawing::{Align, Drawing, Point, Rect, point, text_width};
use super::style::{self, Color, INK, SOFT_INK, Stroke, TICK_SIZE};
use crate::analysis::Histogram;

/// Row height of a legend that has room, and the least that can be read.
const ROW: f64 = 23.0;
const LEAST_ROW: f64 = 15.5;
/// Of the areas under histograms.
pub const FILL_OPACITY: f64 = 0.16;

/// A panel and its legend on a page.
#[derive(Debug, Clone, Copy)]
pub struct PanelPlace {
    /// Frame of the panel.
    pub frame: Rect,
    /// Left edge of the legend.
    pub legend_left: f64,
}

/// Room for the highest bin.
pub fn heights<'a>(densities: impl Iterator<Item = &'a Histogram>) -> AxisRange {
    let peak = densities.map(Histogram::peak).fold(0.0, f64::max);
    AxisRange::new(0.0, if peak > 0.0 { 1.05 * peak } else { 1.0 })
}

/// Sizes in the colours of the ramp: all areas, then all outlines.
pub fn draw_densities(drawing: &mut Drawing, panel: &PlotPanel, densities: &[Option<Histogram>]) {
    let colored = |i: usize| densities[i].as_ref().map(|density| (density, style::ramp(i, densities.len())));
    for (density, color) in (0..densities.len()).filter_map(colored) {
        for run in density.runs() {
            drawing.area(steps(panel, density, run), color, FILL_OPACITY);
        }
    }
    for (density, color) in (0..densities.len()).filter_map(colored) {
        for run in density.runs() {
            drawing.line(steps(panel, density, run), Stroke::full(color, style::CURVE_WIDTH));
        }
    }
}

/// The steps over a run of bins, from the axis up and back to it.
pub fn steps(panel: &PlotPanel, density: &Histogram, run: Range<usize>) -> Vec<Point> {
    let mut points = vec![panel.at(density.edge(run.start), 0.0)];
    for i in run.clone() {
        points.push(panel.at(density.edge(i), density.heights[i]));
        points.push(panel.at(density.edge(i + 1), density.heights[i]));
    }
    points.push(panel.at(density.edge(run.end), 0.0));
    points
}

/// Which of `n` entries a legend with room for `most` names: the first, the last and some evenly between them. Colours are
/// a ramp, so that the others lie between those that are named.
pub fn named(n: usize, most: usize) -> Vec<usize> {
    if n <= most {
        return (0..n).collect();
    }
    let last = most.max(2) - 1;
    (0..=last).map(|i| (i * (n - 1) + last / 2) / last).collect()
}

/// Sizes with their counts, and notes.
pub struct Legend {
    /// First line.
    pub heading: String,
    /// What the rows show.
    pub columns: [&'static str; 2],
    /// A size and a count each.
    pub rows: Vec<(String, String)>,
    /// Lines below.
    pub notes: Vec<String>,
}

impl Legend {
    /// Draws it; with many rows they shrink, and with more than can be read only some are named.
    pub fn draw(&self, drawing: &mut Drawing, place: PanelPlace) {
        let left = place.legend_left;
        let others = self.notes.len().max(3) + 4;
        let most = (place.frame.height() / LEAST_ROW) as usize;
        let named = named(self.rows.len(), most.saturating_sub(others).max(2));
        let lines = named.len() + others - usize::from(named.len() == self.rows.len());
        let row = ROW.min(place.frame.height() / lines as f64);
        let size = TICK_SIZE.min(0.8 * row);
        let mut y = place.frame.top + size;
        drawing.text(&self.heading, point(left, y), Align::Left, size, INK);
        y += row;
        let counts_right = left + self.counts_right(size);
        drawing.text(self.columns[0], point(left + 26.0, y), Align::Left, size, SOFT_INK);
        drawing.text(self.columns[1], point(counts_right, y), Align::Right, size, SOFT_INK);
        for (i, (name, count)) in named.iter().map(|&i| (i, &self.rows[i])) {
            y += row;
            swatch(drawing, point(left, y), size, style::ramp(i, self.rows.len()));
            drawing.text(name, point(left + 26.0, y), Align::Left, size, INK);
            drawing.text(count, point(counts_right, y), Align::Right, size, INK);
        }
        y += 0.5 * row;
        let left_out = self.rows.len() - named.len();
        let left_out = (left_out > 0).then(|| format!("{left_out} more between them"));
        for note in left_out.iter().chain(&self.notes) {
            y += row;
            drawing.text(note, point(left, y), Align::Left, size, SOFT_INK);
        }
    }

    /// Right edge of the column of counts: as near as the sizes allow.
    fn counts_right(&self, size: f64) -> f64 {
        let widest = |column: usize, of: fn(&(String, String)) -> &String| {
            let heading = text_width(self.columns[column], size);
            self.rows.iter().map(|row| text_width(of(row), size)).fold(heading, f64::max)
        };
        26.0 + widest(0, |row| &row.0) + 12.0 + widest(1, |row| &row.1)
    }
}

/// A small histogram's colour, its foot on a baseline.
pub fn swatch(drawing: &mut Drawing, at: Point, size: f64, color: Color) {
    let frame = Rect { left: at.x, top: at.y - 0.8 * size, right: at.x + 18.0, bottom: at.y + 0.05 * size };
    drawing.rect(frame, color, 2.0 * FILL_OPACITY);
    let corners = [(frame.left, frame.bottom), (frame.left, frame.top), (frame.right, frame.top)];
    let mut outline: Vec<Point> = corners.into_iter().map(|(x, y)| point(x, y)).collect();
    outline.push(point(frame.right, frame.bottom));
    drawing.line(outline, Stroke::full(color, style::CURVE_WIDTH));
}
