//! Test losses by descent and by annealing, by n₁; Figure 6.

use super::grid::{self, Grid};
use crate::analysis::Histogram;
use crate::analysis::networks::AnnealingTable;
use crate::figures::axes::{AxisRange, PlotPanel};
use crate::figures::drawing::{Align, Drawing, point};
use crate::figures::figure::{Beside, Figure, Source};
use crate::figures::histogram;
use crate::figures::style::{self, INK, Stroke, TICK_SIZE};

const NAMES: [&str; 2] = ["descent", "annealing"];
const X_LABEL: &str = "test loss, nats";

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "network-annealing",
    title: "test losses by descent and by annealing (Figure 6)",
    shows: "annealed networks beside others: name their run by --annealed",
    source: Source::Networks(Beside::Annealed, |inputs| {
        let [descent, annealed] = inputs.compared.as_ref()?;
        Some(draw(&AnnealingTable::new(descent, annealed)))
    }),
};

/// One panel for each size, two histograms in each.
pub fn draw(table: &AnnealingTable) -> Drawing {
    let grid = Grid::new(table.sets.len());
    let mut drawing = grid.page("Test losses by descent and by annealing");
    if table.sets.is_empty() {
        grid.draw_empty(&mut drawing, X_LABEL);
    }
    for (i, (hidden, losses)) in table.sets.iter().enumerate() {
        let densities: Vec<Histogram> =
            losses.iter().filter_map(|losses| Histogram::of(losses, 1e-3)).collect();
        let panel = panel(&grid, i, &densities);
        panel.draw_scales(&mut drawing);
        for (which, density) in densities.iter().enumerate() {
            for run in density.runs() {
                let steps = histogram::steps(&panel, density, run);
                drawing.area(steps.clone(), style::curve(which).color, histogram::FILL_OPACITY);
                drawing.line(steps, Stroke::full(style::curve(which).color, style::CURVE_WIDTH));
            }
        }
        let counts = format!("{} and {} networks", losses[0].len(), losses[1].len());
        grid::draw_frame(&mut drawing, &panel, X_LABEL, [&format!("n₁ = {hidden}"), &counts]);
    }
    let mut y = grid.notes_top();
    for (which, name) in NAMES.into_iter().enumerate() {
        histogram::swatch(&mut drawing, point(grid.notes_left(), y), TICK_SIZE, style::curve(which).color);
        drawing.text(name, point(grid.notes_left() + 26.0, y), Align::Left, TICK_SIZE, INK);
        y += 23.0;
    }
    let mut notes = vec!["probability densities".to_owned()];
    notes.extend(["annealed weights are".to_owned(), "−1, 0 or 1 times a scale".to_owned()]);
    if table.sets.is_empty() {
        notes.push("no size has both".to_owned());
    }
    grid.draw_notes(&mut drawing, y + 8.0, &notes);
    drawing
}

fn panel(grid: &Grid, i: usize, densities: &[Histogram]) -> PlotPanel {
    let low = densities.iter().map(|density| density.low).fold(f64::INFINITY, f64::min);
    let high = densities.iter().map(Histogram::high).fold(f64::NEG_INFINITY, f64::max);
    let margin = 0.03 * (high - low);
    PlotPanel {
        frame: grid.frame(i),
        x: AxisRange::new(low - margin, high + margin),
        y: histogram::heights(densities.iter()),
    }
}
