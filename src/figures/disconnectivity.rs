//! The disconnectivity tree of a surface, and the number of components of {u ≤ c}.

use super::axes::{AxisRange, Lines, PlotPanel};
use super::drawing::{Align, Drawing, Rect, point};
use super::figure::{Figure, Source};
use super::style::{self, CURVE_WIDTH, GUIDE, INK, SOFT_INK, Stroke, TICK_SIZE};
use crate::analysis::{MinimaTree, TreeLine};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 600.0;
const TREE: Rect = Rect { left: 62.0, top: 64.0, right: 610.0, bottom: 512.0 };
const COUNTS: Rect = Rect { left: 716.0, top: 64.0, right: 934.0, bottom: 512.0 };
/// Most leaves that have room for their numbers.
const MOST_NAMED: usize = 24;

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "disconnectivity",
    title: "tree of minima by the passes that join them, and number of components below an energy",
    shows: "a run of paths",
    source: Source::Paths(draw),
};

/// Draws the tree, with barriers of pairs beside it, and the count.
pub fn draw(table: &MinimaTree) -> Drawing {
    let kind = if table.exact { "exact" } else { "upper bounds, from bands" };
    let title = format!("Minima and passes, H = {}, Λ = {} ({kind})", table.spins, table.dim);
    let mut drawing = Drawing::new(WIDTH, HEIGHT, title);
    let margin = 0.06 * (table.span[1] - table.span[0]);
    let y = AxisRange::new(table.span[0] - margin, table.span[1] + margin);
    let leaves = table.leaves.len();
    let tree = PlotPanel { frame: TREE, x: AxisRange::new(-0.7, leaves as f64 - 0.3), y };
    // The numbers of minima stand at their leaves.
    tree.draw_marked_scales(&mut drawing, &[]);
    for line in &table.lines {
        draw_threshold(&mut drawing, &tree, line);
    }
    let stroke = Stroke::full(INK, CURVE_WIDTH);
    for &[[x0, y0], [x1, y1]] in &table.branches {
        drawing.line(vec![tree.at(x0, y0), tree.at(x1, y1)], stroke);
    }
    for leaf in &table.leaves {
        let at = tree.at(leaf.place, leaf.energy);
        drawing.dot(at, 3.2, style::ramp(3, 5));
        if leaves <= MOST_NAMED {
            let below = point(at.x, at.y + 6.0 + TICK_SIZE);
            drawing.text(&leaf.minimum.to_string(), below, Align::Center, TICK_SIZE, SOFT_INK);
        }
    }
    tree.draw_outline(&mut drawing, "u = L/Λ  (energy per spin)");
    draw_counts(&mut drawing, table, y);
    draw_notes(&mut drawing, table);
    drawing
}

fn draw_threshold(drawing: &mut Drawing, tree: &PlotPanel, line: &TreeLine) {
    if !tree.y.contains(line.energy) {
        return;
    }
    let (left, right) = (tree.at(tree.x.low, line.energy), tree.at(tree.x.high, line.energy));
    drawing.line(vec![left, point(right.x + 4.0, right.y)], GUIDE);
    drawing.text(&line.label, point(right.x + 7.0, right.y + 4.0), Align::Left, TICK_SIZE, INK);
}

fn draw_counts(drawing: &mut Drawing, table: &MinimaTree, y: AxisRange) {
    let most = table.counts.iter().map(|count| count[1]).fold(1.0, f64::max);
    let counts = PlotPanel { frame: COUNTS, x: AxisRange::new(0.0, 1.08 * most + 0.4), y };
    counts.draw_scales(drawing);
    let mut steps = vec![counts.at(0.0, y.low)];
    let mut last = 0.0;
    for &[energy, count] in &table.counts {
        steps.push(counts.at(last, energy));
        steps.push(counts.at(count, energy));
        last = count;
    }
    steps.push(counts.at(last, y.high));
    drawing.line(steps, style::curve(0));
    counts.draw_outline(drawing, "");
    counts.draw_x_label(drawing, "components of {u ≤ c}");
}

fn draw_notes(drawing: &mut Drawing, table: &MinimaTree) {
    let mut lines = Lines { drawing, left: TREE.left, y: TREE.bottom + 26.0 };
    let leaves = match table.leaves.len() <= MOST_NAMED {
        true => {
            "leaves: minima with their numbers; they are joined at the energy of the lowest pass between them"
        }
        false => "leaves: minima; they are joined at the energy of the lowest pass between them",
    };
    let bound = match table.exact {
        true => "exact: every pass of a certified census",
        false => "from bands: the true passes may be lower, and minima that no band met are missing",
    };
    let surface = format!("H = {}, Λ = {}; {bound}", table.spins, table.dim);
    lines.notes([leaves, &surface], 19.0);
}
