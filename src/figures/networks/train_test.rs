//! Test against train loss by n₁, with the correlation; Figure 7.

use super::grid::{self, Grid};
use crate::analysis::networks::TrainTest;
use crate::figures::axes::PlotPanel;
use crate::figures::drawing::Drawing;
use crate::figures::figure::{Beside, Figure, Source};
use crate::figures::style;

const X_LABEL: &str = "train loss, nats";

/// Its entry in the list of figures.
pub const FIGURE: Figure = Figure {
    name: "network-train-test",
    title: "test against train loss by n₁ (Figure 7, Table 1)",
    shows: "trained networks",
    source: Source::Networks(Beside::Nothing, |inputs| Some(draw(&TrainTest::new(&inputs.samples)))),
};

/// One cloud for each size, each on scales of its own.
pub fn draw(table: &TrainTest) -> Drawing {
    let grid = Grid::new(table.sets.len());
    let mut drawing = grid.page("Test against train loss of networks");
    if table.sets.is_empty() {
        grid.draw_empty(&mut drawing, X_LABEL);
    }
    for (i, (set, correlation)) in table.sets.iter().enumerate() {
        let [x, y] = [0, 1].map(|at| grid::span_of(set.points.iter().map(|point| point[at])));
        let panel = PlotPanel { frame: grid.frame(i), x, y };
        panel.draw_scales(&mut drawing);
        for [train, test] in grid::shown(&set.points) {
            drawing.dot(panel.at(train, test), 2.0, style::ramp(i + 1, table.sets.len() + 2));
        }
        let note = correlation.map_or(String::new(), |r| format!("r = {r:.3}").replace('-', "−"));
        grid::draw_frame(&mut drawing, &panel, X_LABEL, [&format!("n₁ = {}", set.hidden), &note]);
    }
    let mut notes = vec!["test loss, nats, upwards".to_owned()];
    notes.extend(["r: Pearson’s correlation".to_owned(), "scales differ by panel".to_owned()]);
    if table.sets.is_empty() {
        notes.push("no network to show".to_owned());
    }
    grid.draw_notes(&mut drawing, grid.notes_top(), &notes);
    drawing
}
