//! Thresholds and complexity of a mixture.

use serde::Serialize;

use super::model::{ModelArgs, ModelJson};
use super::text::{number, row, table};
use crate::Result;
use crate::cli::shared::output;
use crate::cli::shared::table::TextTable;
use crate::theory::{MixtureComplexity, MixtureThresholds, Phase};

#[derive(Serialize)]
struct ThresholdsJson {
    #[serde(flatten)]
    model: ModelJson,
    xi: [f64; 3],
    phase: &'static str,
    e: Vec<Option<f64>>,
    e_0: f64,
    e_0_error: f64,
    /// Intervals of overlaps of near ground states, beside 1.
    overlaps: Vec<[f64; 2]>,
    e_inf: Option<f64>,
    e_th: Option<f64>,
    e_alg: f64,
    e_plus: Option<f64>,
    e_minus: Option<f64>,
}

/// What `hspin theory thresholds --mixture …` prints.
///
/// # Errors
/// Internal only.
pub fn thresholds(model: &ModelArgs, max_index: u32, json: bool) -> Result<String> {
    let mixture = model.as_mixture()?;
    let MixtureThresholds { ground, e_th, e_alg, e_inf } = MixtureThresholds::new(&mixture)?;
    let complexity = MixtureComplexity::new(&mixture)?;
    let e = (0..=max_index).map(|index| complexity.zero(index)).collect::<Result<Vec<_>>>()?;
    let found = ThresholdsJson {
        model: model.json(),
        xi: [0, 1, 2].map(|n| mixture.derivative(n, 1.0)),
        phase: ground.phase.name(),
        e,
        e_0: ground.energy,
        e_0_error: ground.error,
        overlaps: ground.overlaps.clone(),
        e_inf: e_inf.map(|ends| ends[0]).filter(|_| mixture.single().is_some()),
        e_th,
        e_alg,
        e_plus: e_inf.map(|ends| ends[1]),
        e_minus: e_inf.map(|ends| ends[0]),
    };
    if json {
        return output::json(&found);
    }
    let mut table = TextTable::new(["", "energy", "what it is"]);
    let mut line = |name: &str, value: Option<f64>, what: &str| {
        // What decimals would hide has an exponent.
        let text = |e: f64| if e == 0.0 || e.abs() > 1e-4 { format!("{e:.12}") } else { format!("{e:.12e}") };
        let value = value.map_or_else(|| "–".to_owned(), |e| text(e).replace('-', "−"));
        table.row([name.to_owned(), value, what.to_owned()]);
    };
    line(
        "E_0",
        Some(ground.energy),
        &format!("ground state ± {:.0e}, phase {}", ground.error, in_words(ground.phase)),
    );
    line("E_alg", Some(e_alg), "reached by Hessian descent");
    line("E_th", e_th, "typical critical points become marginal");
    line("E_∞^+", found.e_plus, "lowest marginal minima");
    line("E_∞^−", found.e_minus, "highest marginal minima");
    for (index, e) in (0..).zip(&found.e) {
        line(&format!("e_{index}"), *e, &format!("zero of the annealed Θ_{index}"));
    }
    let title = format!("{}: thresholds, energies per spin with their sign changed, Λ → ∞", model.title());
    Ok(format!("{title}\n{}", table.text()))
}

fn in_words(phase: Phase) -> &'static str {
    match phase {
        Phase::Symmetric => "rs (replica symmetric)",
        Phase::OneStep => "1rsb (one step of replica symmetry breaking, confirmed)",
        Phase::Full => "full-rsb (full replica symmetry breaking)",
        Phase::Other => "other (minimised numerically)",
    }
}

#[derive(Serialize)]
struct ComplexityJson {
    #[serde(flatten)]
    model: ModelJson,
    values: Vec<ComplexityValue>,
}

/// What is not finite becomes `null` in JSON.
#[derive(Serialize)]
struct ComplexityValue {
    energy: f64,
    /// Near the energy, not below it.
    at: f64,
    total: f64,
    by_index: Vec<f64>,
}

/// What `hspin theory complexity --mixture …` prints.
///
/// # Errors
/// Internal only.
pub fn complexity(model: &ModelArgs, energies: &[f64], max_index: u32, json: bool) -> Result<String> {
    let complexity = MixtureComplexity::new(&model.as_mixture()?)?;
    let value = |&energy: &f64| ComplexityValue {
        energy,
        at: complexity.at(energy),
        total: complexity.total(energy),
        by_index: (0..=max_index).map(|index| complexity.by_index(index, energy)).collect(),
    };
    let values = ComplexityJson { model: model.json(), values: energies.iter().map(value).collect() };
    if json {
        return output::json(&values);
    }
    let mut header = row(["u", "Σ(u)", "Θ(u)"]);
    header.extend((0..=max_index).map(|index| format!("Θ_{index}(u)")));
    let mut rows = vec![header];
    for value in &values.values {
        let numbers = [value.energy, value.at, value.total].into_iter().chain(value.by_index.iter().copied());
        rows.push(numbers.map(number).collect());
    }
    let title =
        format!("{}: complexity per spin at (Σ) and below (Θ) the energy per spin u, Λ → ∞", model.title());
    Ok(table(&title, &rows))
}
