//! The phase table of runs with spikes of several strengths.

use itertools::Itertools;

use crate::analysis::bands::Mean;
use crate::analysis::{SpikePhase, SpikePhases};
use crate::cli::shared::table::{TextTable, number};
use crate::numeric::text::written;
use crate::report::words::bands::CHOSEN_STARTS;
use crate::report::words::model::thresholds_of;

/// One table for each Λ, and what its columns mean.
pub fn render(found: &SpikePhases) -> String {
    let SpikePhases { model, order, starts_from, .. } = found;
    let starts = starts_from.as_ref().map(|from| format!("; starts {}", from.beginning_in_full()));
    let starts = starts.unwrap_or_default();
    let m = if found.signed { "m" } else { "|m|" };
    let mut parts =
        vec![format!("{model} with a spike of order r = {order}: overlap {m} where descents end{starts}\n")];
    if !found.complete {
        parts.push("Not all runs are complete: the numbers are of what is stored.\n".to_owned());
    }
    for (dim, phases) in &found.phases.iter().chunk_by(|phase| phase.dim) {
        parts.push(format!("Λ = {dim}\n{}", table(m, phases)));
    }
    parts.push(notes(found, m));
    parts.join("\n")
}

fn table<'a>(m: &str, phases: impl Iterator<Item = &'a SpikePhase>) -> String {
    let error = "± s.e.";
    let mut table = TextTable::new([
        "λ",
        "surfaces",
        "ends",
        &format!("mean {m}"),
        error,
        &format!("{m} of lowest"),
        error,
        "lowest in good",
        error,
        "ends in good",
        error,
        "m*",
        "u*",
    ]);
    for SpikePhase { check, .. } in phases {
        let both = |mean: Option<Mean>| {
            let mean = mean.filter(|mean| mean.observed.is_finite());
            let error = mean.and_then(|mean| mean.standard_error);
            [number(mean.map(|mean| mean.observed), 4), number(error, 4)]
        };
        let [ends, ends_error] = both(Some(check.mean_overlap));
        let [lowest, lowest_error] = both(Some(check.lowest_overlap));
        let [lowest_met, lowest_met_error] = both(check.lowest_met);
        let [met, met_error] = both(check.met);
        table.row([
            written(check.strength),
            check.surfaces.to_string(),
            check.ends.to_string(),
            ends,
            ends_error,
            lowest,
            lowest_error,
            lowest_met,
            lowest_met_error,
            met,
            met_error,
            number(check.overlap, 4),
            number(check.energy, 4),
        ]);
    }
    table.text()
}

fn notes(found: &SpikePhases, m: &str) -> String {
    let mut text = format!("Thresholds: {}\n", thresholds_of(found.lambda_s, found.lambda_ml));
    if found.lambda_s.is_some() {
        text.push_str(&format!(
            "m* and u* are overlap and energy per spin of the good minimum as Λ → ∞. An end counts as one in the good minimum \
             if {m} > m*/2.\nWhere all surfaces agree, a share has an s.e. of 0, however few they are.\n"
        ));
    }
    if found.starts_from.is_some() {
        text.push_str(&format!("{}\n", CHOSEN_STARTS));
    }
    text.push_str(
        "Ends are of starts that converged; the lowest is that of a surface's starts, not of all its minima. s.e. is over \
         surfaces.\n",
    );
    text
}
