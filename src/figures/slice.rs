//! Slices through a point: a profile along one direction, filled level lines over two.

use super::axes::{AxisRange, PlotPanel};
use super::contour::{Grid, Place};
use super::drawing::{Align, Drawing, Point, Rect, point};
use super::level_lines::Levels;
use super::style::{self, INK, PAPER, TICK_SIZE};
use crate::analysis::{Slice, SliceMark};

const PROFILE: [f64; 2] = [720.0, 480.0];
const PROFILE_FRAME: Rect = Rect { left: 84.0, top: 84.0, right: 696.0, bottom: 420.0 };
const PLANE: [f64; 2] = [680.0, 620.0];
const PLANE_FRAME: Rect = Rect { left: 84.0, top: 90.0, right: 544.0, bottom: 550.0 };
const BAR: Rect = Rect { left: 570.0, top: 130.0, right: 588.0, bottom: 510.0 };
const DOT: f64 = 4.5;
/// Room for half a label beside a mark.
const MARGIN: f64 = 60.0;

/// Draws a slice in one or two directions.
pub fn draw(slice: &Slice) -> Drawing {
    let title = format!(
        "Slice of {}, Λ = {}, surface {}, through the end of start {}",
        slice.model, slice.dim, slice.instance, slice.start
    );
    let mut drawing = match slice.along.as_slice() {
        [_, _] => plane(slice, &title),
        _ => profile(slice, &title),
    };
    drawing.text(&title, point(20.0, 28.0), Align::Left, style::LABEL_SIZE, INK);
    drawing
}

/// What an axis is named.
fn axis(name: &str) -> String {
    format!("φ along {name}  (radians)")
}

fn profile(slice: &Slice, title: &str) -> Drawing {
    let mut drawing = Drawing::new(PROFILE[0], PROFILE[1], title);
    let energies = slice.energies_per_spin.iter().filter(|u| u.is_finite());
    let [low, high] =
        energies.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &u| [low.min(u), high.max(u)]);
    let room = 0.08 * (high - low);
    let panel = PlotPanel {
        frame: PROFILE_FRAME,
        x: AxisRange::new(slice.angles[0], slice.angles[slice.angles.len() - 1]),
        y: AxisRange::new(low - 2.0 * room, high + room),
    };
    panel.draw_scales(&mut drawing);
    panel.draw_curve(&mut drawing, &slice.angles, &slice.energies_per_spin, style::curve(0));
    for mark in &slice.marks {
        if let [at] = mark.at[..]
            && panel.x.contains(at)
        {
            draw_mark(&mut drawing, panel.at(at, mark.energy_per_spin), mark, panel.frame);
        }
    }
    let name = slice.along.first().map_or(String::new(), |name| axis(name));
    panel.draw_frame(&mut drawing, &name, "u = L/Λ  (energy per spin)");
    drawing
}

fn plane(slice: &Slice, title: &str) -> Drawing {
    let mut drawing = Drawing::new(PLANE[0], PLANE[1], title);
    let (n, extent) = (slice.angles.len(), slice.angles[slice.angles.len() - 1]);
    let span = AxisRange::new(-extent, extent);
    let panel = PlotPanel { frame: PLANE_FRAME, x: span, y: span };
    panel.draw_scales(&mut drawing);
    // The first direction runs to the right: it has the rows.
    let grid = Grid { values: &slice.energies_per_spin, columns: n, is_periodic: false };
    let angle = |at: f64| extent * (2.0 * at / (n - 1) as f64 - 1.0);
    let on_page = |&[row, column]: &Place| panel.at(angle(row), angle(column));
    let last = (n - 1) as f64;
    let is_edge = |place: &Place| place.iter().any(|&x| x < 1e-9 || x > last - 1e-9);
    let corners = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]];
    let square = corners.map(|[x, y]| panel.at(extent * x, extent * y)).to_vec();
    let levels = Levels::of(&slice.energies_per_spin);
    levels.draw(&mut drawing, &grid, square, on_page, is_edge);
    for mark in &slice.marks {
        if let [a, b] = mark.at[..]
            && panel.x.contains(a)
            && panel.y.contains(b)
        {
            draw_mark(&mut drawing, panel.at(a, b), mark, panel.frame);
        }
    }
    let names: Vec<String> = slice.along.iter().map(|name| axis(name)).collect();
    panel.draw_frame(&mut drawing, &names[0], &names[1]);
    levels.draw_scale(&mut drawing, BAR, "u = L/Λ", 3);
    drawing
}

fn draw_mark(drawing: &mut Drawing, at: Point, mark: &SliceMark, frame: Rect) {
    drawing.dot(at, DOT + 1.5, PAPER);
    drawing.dot(at, DOT, INK);
    let index = mark.index.map_or(String::new(), |index| format!(", index {index}"));
    let label = format!("start {}{index}", mark.start);
    let (x, align) = match at.x {
        x if x > frame.right - MARGIN => (x + DOT, Align::Right),
        x if x < frame.left + MARGIN => (x - DOT, Align::Left),
        x => (x, Align::Center),
    };
    // Below a minimum there is no curve.
    let y = if mark.index == Some(0) { at.y + 22.0 } else { at.y - 12.0 };
    drawing.text(&label, point(x, y), align, TICK_SIZE, INK);
}
