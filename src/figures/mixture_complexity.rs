//! Complexity of a mixture over energy and radial slope, with the lines of marginality.

use super::axes::{AxisRange, Guide, Lines, PlotPanel, guides_of};
use super::drawing::{Align, Drawing, Point, Rect, point};
use super::figure::{Figure, Source};
use super::labels::number;
use super::style::{self, CURVE_WIDTH, GUIDE, INK, SOFT_INK, Stroke, TICK_SIZE};
use crate::analysis::ComplexityMap;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 560.0;
const FRAME: Rect = Rect { left: 66.0, top: 60.0, right: 620.0, bottom: 496.0 };
const LEGEND_LEFT: f64 = 644.0;
/// Levels of Σ above 0, as shares of the highest.
const LEVELS: [f64; 4] = [0.2, 0.4, 0.6, 0.8];

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "mixture-complexity",
    title: "complexity of a mixture over energy and radial slope, Λ → ∞",
    shows: "theory of a mixture of at least two orders (--mixture, or a run on one)",
    source: Source::Mixture(draw),
};

/// Draws contours of Σ(u, r), the ridge, and the lines at which Hessians become marginal.
pub fn draw(map: &ComplexityMap) -> Drawing {
    let mut drawing = Drawing::new(WIDTH, HEIGHT, format!("Complexity of the mixture {}", map.model));
    let (first, last) = (map.energies[0], map.energies[map.energies.len() - 1]);
    let (low, high) = (map.slopes[0], map.slopes[map.slopes.len() - 1]);
    let panel = PlotPanel { frame: FRAME, x: AxisRange::new(first, last), y: AxisRange::new(low, high) };
    panel.draw_scales(&mut drawing);
    for line in [-map.marginal, map.marginal] {
        drawing.line(vec![panel.at(first, line), panel.at(last, line)], GUIDE);
    }
    let label = panel.at(last, map.marginal);
    drawing.text("r = 2√ξ″", point(label.x - 6.0, label.y - 6.0), Align::Right, TICK_SIZE, SOFT_INK);
    let label = panel.at(last, -map.marginal);
    drawing.text("r = −2√ξ″", point(label.x - 6.0, label.y + 16.0), Align::Right, TICK_SIZE, SOFT_INK);
    let highest = map.values.iter().copied().fold(0.0, f64::max);
    for (place, share) in LEVELS.into_iter().enumerate() {
        contour(&mut drawing, &panel, map, share * highest, level_stroke(place));
    }
    contour(&mut drawing, &panel, map, 0.0, zero_stroke());
    panel.draw_curve(&mut drawing, &map.ridge[0], &map.ridge[1], ridge_stroke());
    panel.draw_guides(&mut drawing, &guides(map));
    panel.draw_frame(&mut drawing, "u = L/Λ  (energy per spin)", "r = w·∇L/Λ  (radial slope)");
    legend(&mut drawing, map, highest);
    drawing
}

fn guides(map: &ComplexityMap) -> Vec<Guide> {
    let lines = [(Some(map.e_0), "−E_{0}"), (map.e_th, "−E_{th}")];
    let known: Vec<(f64, &str)> = lines.into_iter().filter_map(|(e, name)| Some((-e?, name))).collect();
    guides_of(&known)
}

fn level_stroke(place: usize) -> Stroke {
    Stroke::full(style::ramp(place, LEVELS.len() + 1), CURVE_WIDTH)
}

fn zero_stroke() -> Stroke {
    Stroke::full(INK, 1.4 * CURVE_WIDTH)
}

fn ridge_stroke() -> Stroke {
    Stroke { color: SOFT_INK, width: CURVE_WIDTH, dash: &[2.5, 2.5] }
}

/// A contour by marching squares: in each cell a line between the edges at which the level is passed.
fn contour(drawing: &mut Drawing, panel: &PlotPanel, map: &ComplexityMap, level: f64, stroke: Stroke) {
    let columns = map.energies.len();
    let value = |row: usize, column: usize| map.values[row * columns + column] - level;
    let corner = |row: usize, column: usize| point(map.energies[column], map.slopes[row]);
    for row in 0..map.slopes.len() - 1 {
        for column in 0..columns - 1 {
            let around = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)];
            let mut passed: Vec<Point> = Vec::new();
            for side in 0..4 {
                let (from, to) = (around[side], around[(side + 1) % 4]);
                let (a, b) = (value(from.0, from.1), value(to.0, to.1));
                if (a >= 0.0) != (b >= 0.0) && a.is_finite() && b.is_finite() {
                    let (p, q) = (corner(from.0, from.1), corner(to.0, to.1));
                    let part = a / (a - b);
                    passed.push(panel.at(p.x + part * (q.x - p.x), p.y + part * (q.y - p.y)));
                }
            }
            for pair in passed.chunks_exact(2) {
                drawing.line(pair.to_vec(), stroke);
            }
        }
    }
}

fn legend(drawing: &mut Drawing, map: &ComplexityMap, highest: f64) {
    let mut lines = Lines { drawing, left: LEGEND_LEFT, y: FRAME.top + 12.0 };
    lines.text(&format!("ξ: {}", map.model), INK, 28.0);
    lines.stroke(zero_stroke(), "Σ(u, r) = 0", 22.0);
    for (place, share) in LEVELS.into_iter().enumerate() {
        lines.stroke(level_stroke(place), &format!("Σ = {:.3}", share * highest), 22.0);
    }
    lines.stroke(ridge_stroke(), "most points at u", 30.0);
    lines.notes(["below r = −2√ξ″: minima", "above r = 2√ξ″: maxima"], 19.0);
    lines.y += 10.0;
    let energies = [("E_{0}", Some(map.e_0)), ("E_{alg}", Some(map.e_alg)), ("E_{th}", map.e_th)];
    for (name, energy) in energies {
        if let Some(energy) = energy {
            lines.text(&format!("{name} = {}", number(energy, 5)), SOFT_INK, 19.0);
        }
    }
}
