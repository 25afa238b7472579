//! Energy and gradient against steps.

use super::loaded::Loaded;
use crate::analysis::{DescentTraces, TraceSet};
use crate::error::Result;
use crate::figures::style;
use crate::report::chart::{Chart, GuideLine, Kind, Series};
use crate::report::html::Html;
use crate::report::section::{Ids, Section};

const NAME: &str = "energy-against-steps";

/// The section; none of a run that kept no histories.
///
/// # Errors
/// Those of the store.
pub fn section(ids: Ids, run: &Loaded) -> Result<Option<Section>> {
    let Some(drawing) = run.drawn(NAME)? else { return Ok(None) };
    let table = DescentTraces::of_run(&run.store)?;
    let note = "Lines are medians over starts, bands hold from a tenth to nine tenths of them; a start that has ended counts with \
                what it ended at. Steps are counted from 1.";
    let energy = chart(run, &table, |set, i| &set.energy[i]);
    let gradient = Chart {
        title: "Gradient against steps.".to_owned(),
        y: "‖g‖/√Λ".to_owned(),
        y_log: true,
        guides: Vec::new(),
        ..chart(run, &table, |set, i| &set.gradient[i])
    };
    Ok(Section::new(
        "traces",
        "E(t)",
        Html::all([
            energy.html(&ids.of("traces-chart"), note, &[drawing])?,
            gradient.html(
                &ids.of("gradients-chart"),
                "On paper it is the lower panel of the figure before.",
                &[],
            )?,
        ]),
    ))
}

fn chart<'a>(
    run: &Loaded,
    table: &'a DescentTraces,
    values: impl Fn(&'a TraceSet, usize) -> &'a Vec<f64>,
) -> Chart {
    let mut series = Vec::new();
    for (i, set) in table.sets.iter().enumerate() {
        // The first has no place on a logarithmic axis.
        let later = |values: &[f64]| values.get(1..).unwrap_or_default().to_vec();
        let steps: Vec<f64> = set.steps.iter().map(|&step| step as f64).collect();
        let [low, middle, high] = [0, 1, 2].map(|k| later(values(set, k)));
        let (steps, color) = (later(&steps), style::ramp(i, table.sets.len()));
        let choice = run.summary.dims.iter().position(|dim| dim.dim == set.dim).unwrap_or(i);
        let label = |what: &str| format!("Λ = {}, {what}", set.dim);
        let band = Series::new(label("10 % to 90 %"), Kind::Band, color, &steps, &low).up_to(&high);
        series.push(band.of_choice(choice, false));
        series.push(Series::new(label("median"), Kind::Line, color, &steps, &middle).of_choice(choice, true));
    }
    let lines = [(table.e_0, "−E_0"), (table.e_inf, "−E_∞")].into_iter();
    let guide =
        |(e, label): (Option<f64>, &str)| Some(GuideLine { at: -e?, label: label.to_owned(), across: true });
    Chart {
        title: "Energy against steps.".to_owned(),
        choose: "Size",
        choices: run.sizes(),
        x: "steps taken".to_owned(),
        x_log: true,
        y: if table.scale.is_some() { "u/s" } else { "u = L/Λ" }.to_owned(),
        y_log: false,
        guides: lines.filter_map(guide).collect(),
        series,
    }
}
