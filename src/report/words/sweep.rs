//! A run on surfaces, in words.

use super::number::{counted, number};
use crate::analysis::{DimSummary, ErrorOver, LimitEnergies, RunSummary, UnitCount};
use crate::descent::Outcome;
use crate::studies::surfaces::{Couplings, Preset, Spec, SurfaceStore};

/// What the unit of the energies of several arrays is, and what it is not.
const SEVERAL_ORDERS: &str = "s² is the sum of Σ A² / C(Λ+p−1, p) over the orders p, with the entries A of each. No energy of \
                              the theory is known for these couplings.\n";

/// Where a run is, how far it is, and what it is on.
pub fn heading(store: &SurfaceStore, summary: &RunSummary) -> String {
    format!("{}: {}\n{}\n", store.path().display(), state(summary), about(store, summary))
}

/// What a run is on, and how its starts descend.
pub fn about(store: &SurfaceStore, summary: &RunSummary) -> String {
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
    let descent = descent(spec);
    let model = spec.surfaces_in_words();
    if spec.is_census() {
        return format!("{model}, Λ = {}, {couplings}, {surfaces}, {descent}", spec.dim());
    }
    format!("{model}, {couplings}, {surfaces} per size, {starts}, {descent}")
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

/// The scale of the user's own tensor, if it is known, to be said after what it is the scale of.
pub fn scale(scale: Option<f64>) -> String {
    match scale {
        Some(s) if (1e-4..1e6).contains(&s) => format!(" of scale s = {s:.6}"),
        Some(s) => format!(" of scale s = {s:.6e}"),
        None => String::new(),
    }
}

/// What the columns of a sweep mean, and the energies of Λ → ∞ to hold them against.
pub fn notes(store: &SurfaceStore, summary: &RunSummary) -> String {
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
pub fn lost(summary: &RunSummary) -> Option<String> {
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
