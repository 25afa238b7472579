//! Filled level lines and the scale that explains their colours.

use super::contour::{Grid, Place};
use super::drawing::{Align, Drawing, Point, Rect, point};
use super::style::{self, Color, HAIR_WIDTH, INK, SOFT_INK, Stroke, TICK_SIZE};

/// Number of level lines.
const LEVELS: usize = 13;
const LINE: Stroke = Stroke::full(SOFT_INK, 0.5);

/// Levels between the lowest and the highest value, evenly spaced.
pub struct Levels {
    range: [f64; 2],
    levels: Vec<f64>,
}

impl Levels {
    /// Levels of these values.
    pub fn of<'a>(values: impl IntoIterator<Item = &'a f64>) -> Self {
        let finite = values.into_iter().filter(|u| u.is_finite());
        let range =
            finite.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &u| [low.min(u), high.max(u)]);
        let [low, high] = range;
        let level = |i: usize| low + (high - low) * i as f64 / (LEVELS + 1) as f64;
        Self { range, levels: (1..=LEVELS).map(level).collect() }
    }

    /// Colour of the values above so many levels: low values are dark.
    pub fn fill(levels_below: usize) -> Color {
        let Color(full) = style::ramp(LEVELS - levels_below, LEVELS + 1);
        // Paler than the ramp, so that marks and lines stand out.
        Color(full.map(|c| (0.62 * f64::from(c) + 0.38 * 255.0).round() as u8))
    }

    /// Fills what is above each level on a background, and draws the lines but where they run along an edge.
    pub fn draw(
        &self,
        drawing: &mut Drawing,
        grid: &Grid,
        background: Vec<Point>,
        on_page: impl Fn(&Place) -> Point,
        is_edge: impl Fn(&Place) -> bool,
    ) {
        drawing.area(background, Self::fill(0), 1.0);
        for (place, &level) in self.levels.iter().enumerate() {
            let region: Vec<Point> = grid.region(level).iter().map(&on_page).collect();
            if !region.is_empty() {
                drawing.area(region, Self::fill(place + 1), 1.0);
            }
        }
        for &level in &self.levels {
            for ring in grid.rings(level) {
                let closed: Vec<Place> = ring.iter().chain(ring.first()).copied().collect();
                for part in closed.split(&is_edge) {
                    drawing.line(part.iter().map(&on_page).collect(), LINE);
                }
            }
        }
    }

    /// The scale of colours, with its name above.
    pub fn draw_scale(&self, drawing: &mut Drawing, frame: Rect, name: &str, decimals: usize) {
        let [low, high] = self.range;
        let y_of = |u: f64| frame.bottom - (u - low) / (high - low) * frame.height();
        let edges: Vec<f64> = [low].iter().chain(&self.levels).chain([&high]).copied().collect();
        for (place, pair) in edges.windows(2).enumerate() {
            let rect = Rect { top: y_of(pair[1]), bottom: y_of(pair[0]), ..frame };
            drawing.rect(rect, Self::fill(place), 1.0);
        }
        drawing.outline(frame, Stroke::full(INK, HAIR_WIDTH));
        for &u in edges.iter().step_by(2) {
            let label = format!("{u:.decimals$}").replace('-', "−");
            drawing.text(&label, point(frame.right + 8.0, y_of(u) + 4.0), Align::Left, TICK_SIZE, INK);
        }
        drawing.text(name, point(frame.left, frame.top - 14.0), Align::Left, TICK_SIZE, INK);
    }

    /// A colour in the middle of the scale.
    pub fn middle() -> Color {
        Self::fill(LEVELS / 2)
    }
}
