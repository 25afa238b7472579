//! Energies at which starts end, by size, with the exact law of all minima.

use super::loaded::Loaded;
use crate::analysis::bands::SoughtPoints;
use crate::analysis::{EnergyHistogram, ExactDensity, Histogram};
use crate::error::Result;
use crate::figures::style;
use crate::report::chart::{Chart, GuideLine, Kind, Series, figure};
use crate::report::html::Html;
use crate::report::section::{Ids, Section};

const NAME: &str = "energy-histogram";
const COMPLEXITY: &str = "histogram-and-complexity";

/// The section.
///
/// # Errors
/// Those of the store and of theory.
pub fn section(ids: Ids, run: &Loaded) -> Result<Option<Section>> {
    let Some(drawing) = run.drawn(NAME)? else { return Ok(None) };
    let table = run.inputs().histogram()?;
    let note = match run.stored.kind {
        SoughtPoints::Descent => {
            "The exact law counts every minimum once; a descent ends at a minimum with the probability of its basin. They are \
             two laws, and differ."
        }
        _ => "Energies of these searches are chosen, and do not show how many points there are.",
    };
    let mut parts = vec![chart(run, table)?.html(&ids.of("energies-chart"), note, &[drawing])?];
    if let Some(drawing) = run.drawn(COMPLEXITY)? {
        let title = "Energies that are reached, above complexities and exact mean numbers";
        parts.push(figure(&ids.of("complexity-figure"), title, &drawing));
    }
    Ok(Section::new("energies", "Energies", Html::all(parts)))
}

fn chart(run: &Loaded, table: &EnergyHistogram) -> Result<Chart> {
    let mut series = Vec::new();
    let sizes = table.sets.len();
    for (i, (set, density)) in table.sets.iter().zip(table.densities()).enumerate() {
        let Some(density) = density else { continue };
        let label = format!("Λ = {}, {} starts", set.dim, set.energies_per_spin.len());
        series.push(steps(&label, style::ramp(i, sizes), &density).of_choice(i, true));
        if run.stored.kind == SoughtPoints::Descent
            && let Some(law) = ExactDensity::of_run(run.store.spec(), set.dim, 0, range(table, &density))?
        {
            let label = format!("all minima at Λ = {}, exact", set.dim);
            let exact = Series::new(label, Kind::Line, style::WARNING, &law.energies, &law.as_law());
            series.push(exact.dashed().of_choice(i, false));
        }
    }
    let unit = if table.scale.is_some() {
        "u/s (energy per spin in units of the scale)"
    } else {
        "u = L/Λ (energy per spin)"
    };
    Ok(Chart {
        title: "Energies per spin at which starts end.".to_owned(),
        choose: "Size",
        choices: run.sizes(),
        x: unit.to_owned(),
        x_log: false,
        y: "probability density".to_owned(),
        y_log: false,
        guides: guides(table),
        series,
    })
}

/// Bins as steps.
pub fn steps(label: &str, color: style::Color, density: &Histogram) -> Series {
    let x: Vec<f64> = (0..=density.heights.len()).map(|i| density.edge(i)).collect();
    let mut y = density.heights.clone();
    y.push(0.0);
    Series::new(label, Kind::Steps, color, &x, &y)
}

fn guides(table: &EnergyHistogram) -> Vec<GuideLine> {
    let threshold = if table.model.is_none() { "−E_∞" } else { "−E_th" };
    let lines = [(table.e_0, "−E_0"), (table.e_inf, threshold)].into_iter();
    let guide =
        |(e, label): (Option<f64>, &str)| Some(GuideLine { at: -e?, label: label.to_owned(), across: false });
    lines.filter_map(guide).collect()
}

/// Where the exact law is drawn: beyond the histogram and both lines of Λ → ∞.
fn range(table: &EnergyHistogram, density: &Histogram) -> [f64; 2] {
    let lines = [table.e_0, table.e_inf].into_iter().flatten().map(|e| -e);
    let low = lines.clone().fold(density.low, f64::min);
    let high = lines.fold(density.high(), f64::max);
    let margin = 0.25 * (high - low);
    [low - margin, high + margin]
}
