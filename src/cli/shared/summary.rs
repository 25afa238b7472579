//! The summary of a sweep as a person reads it.

use super::progress::duration;
use super::table::{TextTable, counted, number};
use crate::analysis::{DimSummary, ErrorOver, LimitEnergies, RunSummary, UnitCount};
use crate::descent::Outcome;
use crate::studies::surfaces::{Couplings, Preset, Spec, SurfaceStore};

/// What the unit of the energies of several arrays is, and what it is not.
const SEVERAL_ORDERS: &str = "s² is the sum of Σ A² / C(Λ+p−1, p) over the orders p, with the entries A of each. No energy of \
                              the theory is known for these couplings.\n";
/// Indices that get a number of their own.
const INDICES: usize = 4;

/// The summary as a person reads it.
pub fn render(store: &SurfaceStore, summary: &RunSummary) -> String {
    let mut parts = vec![heading(store, summary), energies(summary)];
    parts.extend(energies_over_scale(summary));
    parts.extend(spike_overlaps(summary));
    parts.extend(radial_slopes(summary));
    parts.push(notes(store, summary));
    parts.extend(lost(summary));
    parts.extend(over_surfaces(summary));
    parts.extend(times(summary));
    parts.join("\n")
}

fn heading(store: &SurfaceStore, summary: &RunSummary) -> String {
    let spec = store.spec();
    let RunSummary { seed, instances, starts, .. } = summary;
    let surfaces = counted(u64::from(*instances), "surface", "surfaces");
    let beginning = summary.starts_from.as_ref().map(|from| format!(" {}", from.beginning_in_full()));
    let starts =
        format!("{} each{}", counted(u64::from(*starts), "start", "starts"), beginning.unwrap_or_default());
    let couplings = match spec.couplings {
        Couplings::Random => format!("seed {seed}"),
        Couplings::File { .. } | Couplings::Orders { .. } => {
            let kept = if summary.keeps_couplings { " (kept in the run)" } else { "" };
            format!("couplings of your own{kept}{}, seed {seed}", scale(spec.couplings.scale()))
        }
    };
    let state = state(summary);
    let path = store.path().display();
    let descent = descent(spec);
    let model = spec.surfaces_in_words();
    format!("{path}: {state}\n{model}, {couplings}, {surfaces} per size, {starts}, {descent}\n")
}

/// How much of a run is there.
pub fn state(summary: &RunSummary) -> String {
    let UnitCount { done, planned } = summary.units;
    let verb = if summary.protocol == "census" { "census" } else { "sweep" };
    match summary.complete {
        true => "complete".to_owned(),
        false => format!("{done} of {} done, the same {verb} resumes", counted(planned, "unit", "units")),
    }
}

fn descent(spec: &Spec) -> String {
    let Some(descent) = &spec.descent else { return "census".to_owned() };
    // paper and quick share a descent; the first that matches names it.
    let of_preset = |preset: &Preset| {
        let order = spec.model.map_or(spec.spins, |model| model.orders.dominant() as u32);
        let pure = preset.descent(order.max(2), spec.rules);
        spec.model.map_or(pure, |model| pure.for_model(&model))
    };
    let named = Preset::ALL.into_iter().find(|preset| of_preset(preset) == *descent);
    let name = named.map(|preset| format!(" ({})", preset.name())).unwrap_or_default();
    descent.method().describe(&format!("{}{name}", descent.name().name()), &|x| number(Some(x), 4))
}

fn energies(summary: &RunSummary) -> String {
    let is_mixture = summary.dims.iter().any(|dim| dim.thresholds.e_alg.is_some());
    let threshold = if is_mixture { "E_th" } else { "E_∞" };
    let below = format!("{} < −{threshold}", if summary.scale.is_some() { "u/s" } else { "u" });
    let mut table = TextTable::new([
        "Λ",
        "starts",
        "converged",
        "mean u",
        "± s.e.",
        "sd",
        "min u",
        "distinct",
        &below,
        "index",
    ]);
    for dim in &summary.dims {
        table.row([
            dim.dim.to_string(),
            progress(dim),
            dim.converged.to_string(),
            number(dim.mean, 4),
            number(dim.standard_error, 4),
            number(dim.sd, 4),
            number(dim.min, 4),
            dim.distinct.map_or("–".to_owned(), |n| n.to_string()),
            dim.below_e_inf.map_or("–".to_owned(), |share| format!("{:.1} %", 100.0 * share)),
            indices(dim),
        ]);
    }
    table.text()
}

/// The energies of the user's own tensor in units of its scale.
fn energies_over_scale(summary: &RunSummary) -> Option<String> {
    let mut table = TextTable::new(["Λ", "mean u/s", "± s.e.", "sd", "min u/s", "max u/s"]);
    for dim in &summary.dims {
        let over = dim.over_scale?;
        table.row([
            dim.dim.to_string(),
            number(over.mean_over_s, 4),
            number(over.standard_error_over_s, 4),
            number(over.sd_over_s, 4),
            number(over.min_over_s, 4),
            number(over.max_over_s, 4),
        ]);
    }
    Some(table.text())
}

/// Overlaps with the hidden vector of a spike.
fn spike_overlaps(summary: &RunSummary) -> Option<String> {
    let (_, order) = summary.spike?;
    let m = if order.is_multiple_of(2) { "|m|" } else { "m" };
    let mut table = TextTable::new([
        "Λ",
        &format!("mean {m}"),
        "± s.e.",
        &format!("max {m}"),
        &format!("{m} at min u  (overlap with the spike)"),
    ]);
    for dim in &summary.dims {
        let overlap = dim.slopes.spike_overlap?;
        table.row([
            dim.dim.to_string(),
            number(overlap.mean, 4),
            number(overlap.standard_error, 4),
            number(overlap.max, 4),
            number(overlap.at_min, 4),
        ]);
    }
    Some(table.text())
}

/// Radial slopes, where they are no multiple of the energy.
fn radial_slopes(summary: &RunSummary) -> Option<String> {
    let mut table = TextTable::new(["Λ", "mean r", "± s.e.  (radial slope r = w·∇L/Λ)"]);
    for dim in &summary.dims {
        let slope = dim.slopes.radial_slope?;
        table.row([dim.dim.to_string(), number(slope.mean, 4), number(slope.standard_error, 4)]);
    }
    Some(table.text())
}

/// The scale of the user's own tensor, if it is known, to be said after what it is the scale of.
pub fn scale(scale: Option<f64>) -> String {
    match scale {
        Some(s) if (1e-4..1e6).contains(&s) => format!(" of scale s = {s:.6}"),
        Some(s) => format!(" of scale s = {s:.6e}"),
        None => String::new(),
    }
}

fn progress(dim: &DimSummary) -> String {
    if dim.starts == dim.planned {
        dim.starts.to_string()
    } else {
        format!("{} of {}", dim.starts, dim.planned)
    }
}

fn indices(dim: &DimSummary) -> String {
    let mut parts: Vec<String> =
        dim.index_counts.iter().take(INDICES).map(|(index, count)| format!("{index}: {count}")).collect();
    let more: u64 = dim.index_counts.values().skip(INDICES).sum();
    if more > 0 {
        parts.push(format!("higher: {more}"));
    }
    if dim.undecided > 0 {
        parts.push(format!("undecided: {}", dim.undecided));
    }
    parts.join("  ")
}

fn notes(store: &SurfaceStore, summary: &RunSummary) -> String {
    let mut text = "u = L/Λ is the energy per spin, over converged starts. ".to_owned();
    let is_own = store.spec().couplings != Couplings::Random;
    let thresholds = summary.dims.first().map(|dim| dim.thresholds);
    if is_own && summary.scale.is_none() {
        text.push_str("The scale of the couplings is not stored: no energy of the theory compares with u.\n");
    } else if let Some(LimitEnergies { e_0, e_inf, e_alg, phase }) = thresholds {
        if is_own {
            text.push_str(match summary.orders {
                None => {
                    "u/s, with s² = Σ A² / C(Λ+H−1, H) over the entries A, compares with random couplings. "
                }
                Some(_) => SEVERAL_ORDERS,
            });
        }
        let phase = phase.map(|phase| format!(", phase {phase}")).unwrap_or_default();
        let threshold = if e_alg.is_some() { "E_th" } else { "E_∞" };
        let lines = [
            e_0.map(|e| format!("−E_0 = {} (ground state{phase})", number(Some(-e), 4))),
            e_alg.map(|e| format!("−E_alg = {} (Hessian descent)", number(Some(-e), 4))),
            e_inf.map(|e| format!("−{threshold} = {} (threshold)", number(Some(-e), 4))),
        ];
        let lines: Vec<String> = lines.into_iter().flatten().collect();
        if !lines.is_empty() {
            text.push_str(&format!("As Λ → ∞: {}.\n", lines.join(", ")));
        }
    }
    if store.spec().is_even() && summary.dims.iter().any(|dim| dim.distinct.is_some()) {
        text.push_str(
            "distinct counts w and −w as one point: the energy is even, so that they have the same energy and index.\n",
        );
    }
    text.push_str(if summary.dims.iter().any(|dim| dim.error_over == ErrorOver::Instances) {
        "s.e. is over surfaces.\n"
    } else {
        "s.e. is over starts on this surface; the mean differs from surface to surface.\n"
    });
    text
}

/// Starts that did not converge, if any.
fn lost(summary: &RunSummary) -> Option<String> {
    let others = Outcome::ALL.into_iter().filter(|outcome| *outcome != Outcome::Converged);
    let counts: Vec<String> = others
        .filter_map(|outcome| {
            let count: u64 = summary.dims.iter().filter_map(|dim| dim.outcomes.get(outcome.name())).sum();
            (count > 0).then(|| format!("{} {count}", outcome.name()))
        })
        .collect();
    (!counts.is_empty()).then(|| format!("Not converged: {}.\n{}", counts.join(", "), doubts(summary)))
}

/// Means that the starts that did not converge could move.
fn doubts(summary: &RunSummary) -> String {
    let doubtful = summary.dims.iter().filter(|dim| dim.unconverged.unconverged_could_move_mean);
    let line = |dim: &DimSummary| match dim.unconverged.unconverged_mean_shift {
        Some(shift) => format!(
            "At Λ = {} they could move the mean by up to {}, more than its error: the mean is over converged starts only.\n",
            dim.dim,
            number(Some(shift), 4)
        ),
        None => format!("At Λ = {} no start converged.\n", dim.dim),
    };
    doubtful.map(line).collect()
}

fn times(summary: &RunSummary) -> Option<String> {
    let total: f64 = summary.dims.iter().map(|dim| dim.seconds.total_s()).sum();
    if total <= 0.0 {
        return None;
    }
    let mut table = TextTable::new(["Λ", "draw", "descent", "polish", "index", "total processor time"]);
    for dim in &summary.dims {
        let spent = dim.seconds;
        let [draw, descent, polish, index, all] =
            [spent.draw_s, spent.descent_s, spent.polish_s, spent.index_s, spent.total_s()].map(duration);
        table.row([dim.dim.to_string(), draw, descent, polish, index, all]);
    }
    Some(format!("{}{} in all\n", table.text(), duration(total)))
}

/// Means over surfaces with both scatters; `None` of a run that has one surface per size.
pub fn over_surfaces(summary: &RunSummary) -> Option<String> {
    let several = |dim: &&DimSummary| dim.error_over == ErrorOver::Instances;
    let dims: Vec<&DimSummary> = summary.dims.iter().filter(several).collect();
    if dims.is_empty() {
        return None;
    }
    let headings = ["Λ", "surfaces", "mean u", "± s.e.", "sd between surfaces", "sd on one surface"];
    let mut table = TextTable::new(headings);
    for dim in dims {
        table.row([
            dim.dim.to_string(),
            dim.instances.to_string(),
            number(dim.mean, 4),
            number(dim.standard_error, 4),
            number(dim.sd_between, 4),
            // The last column is aligned to the left.
            format!("{:>17}", number(dim.sd_within, 4)),
        ]);
    }
    let starts = summary.starts;
    let notes = "\"Between\" is of the mean over all starts of a surface: the scatter that few starts add is taken out.";
    Some(format!("Over surfaces, {starts} starts each:\n{}{notes}\n", table.text()))
}
