//! Filled level lines and the scale that explains their colours.

use super::contour::{Grid, Place};
use super::drawing::{Align, Drawing, Point, Rect, point};
use super::style::{self, Color, HAIR_WIDTH, INK, SOFT_INK, Stroke, TICK_SIZE};

/// Number of level lines.
const LEVELS: usize = 13;
/// Rings of a smaller area, in square pixels, are not filled.
const LEAST_AREA: f64 = 1e-3;
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

    /// Fills a background and what is above each level, and draws the lines but where they run along an edge.
    ///
    /// Rings of level lines lie inside each other or apart, so that all are filled by falling area: with the colour above
    /// their level where higher values are inside, else with that below.
    pub fn draw(
        &self,
        drawing: &mut Drawing,
        grid: &Grid,
        background: Vec<Point>,
        on_page: impl Fn(&Place) -> Point,
        is_edge: impl Fn(&Place) -> bool,
    ) {
        drawing.area(background, Self::fill(0), 1.0);
        let corner = [[1.0, 0.0], [1.0, 1.0], [2.0, 0.0]].map(|place| on_page(&place));
        let sense = area(&corner).signum();
        let of_level = |(place, &level): (usize, &f64)| {
            let rings: Vec<(usize, Vec<Place>)> =
                grid.rings(level).into_iter().map(|ring| (place, ring)).collect();
            rings
        };
        let rings: Vec<(usize, Vec<Place>)> = self.levels.iter().enumerate().flat_map(of_level).collect();
        let mut fills: Vec<(f64, usize, Vec<Point>)> = rings
            .iter()
            .map(|(place, ring)| (*place, ring.iter().map(&on_page).collect::<Vec<Point>>()))
            .map(|(place, points)| (sense * area(&points), place, points))
            .filter(|(area, ..)| area.abs() > LEAST_AREA)
            .collect();
        fills.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
        for (area, place, points) in fills {
            drawing.area(points, Self::fill(if area > 0.0 { place + 1 } else { place }), 1.0);
        }
        for (_, ring) in &rings {
            let closed: Vec<Place> = ring.iter().chain(ring.first()).copied().collect();
            for part in closed.split(&is_edge) {
                drawing.line(part.iter().map(&on_page).collect(), LINE);
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

/// Signed area of a closed line.
fn area(line: &[Point]) -> f64 {
    let corners = line.iter().zip(line.iter().cycle().skip(1));
    0.5 * corners.map(|(a, b)| a.x * b.y - b.x * a.y).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::drawing::Mark;

    /// Colour of the last filled area that covers a place.
    fn color_at(drawing: &Drawing, x: f64, y: f64) -> Option<Color> {
        let covers = |points: &[Point]| {
            let edges = points.iter().zip(points.iter().cycle().skip(1));
            let crossed = edges
                .filter(|(a, b)| (a.y > y) != (b.y > y) && x < a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x));
            crossed.count() % 2 == 1
        };
        let areas = drawing.marks.iter().rev().filter_map(|mark| match mark {
            Mark::Area { points, color, .. } if covers(points) => Some(*color),
            _ => None,
        });
        areas.into_iter().next()
    }

    #[test]
    fn every_place_has_the_colour_of_its_value() {
        let n = 161;
        let value = |x: f64, y: f64| (3.0 * x).sin() * (4.0 * y + x).cos() + 0.4 * x * y;
        let at = |i: usize| 4.0 * i as f64 / (n - 1) as f64 - 2.0;
        let values: Vec<f64> = (0..n * n).map(|place| value(at(place % n), at(place / n))).collect();
        let levels = Levels::of(&values);
        for flip in [1.0, -1.0] {
            let on_page = |&[row, column]: &Place| point(column, flip * row);
            let last = (n - 1) as f64;
            let corners = [[0.0, 0.0], [0.0, last], [last, last], [last, 0.0]];
            let mut drawing = Drawing::new(1.0, 1.0, "");
            let grid = Grid { values: &values, columns: n, is_periodic: false };
            let background = corners.map(|place| on_page(&place)).to_vec();
            levels.draw(&mut drawing, &grid, background, on_page, |_| false);
            let mut tried = 0;
            for (row, column) in itertools::iproduct!((1..320).step_by(7), (1..320).step_by(7)) {
                let [x, y] = [column, row].map(|i| 0.5 * f64::from(i));
                let u = value(4.0 * x / last - 2.0, 4.0 * y / last - 2.0);
                let below = levels.levels.iter().filter(|level| u >= **level).count();
                // Beside a line interpolation decides.
                if levels.levels.iter().any(|level| (u - level).abs() < 0.01) {
                    continue;
                }
                assert_eq!(color_at(&drawing, x, flip * y), Some(Levels::fill(below)), "{x} {y}");
                tried += 1;
            }
            assert!(tried > 1500, "{tried}");
        }
    }
}
