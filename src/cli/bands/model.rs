//! Runs on mixtures, other laws and spikes, in words and numbers.

use super::tables::{by_band, by_index, short};
use crate::analysis::bands::{Difference, JointTest, Mean, ModelCheck, ModelTests, Quantity, SpikeCheck};
use crate::cli::shared::table::{TextTable, number};

/// Numbers by index and energy of a census, energies reached, and the overlap with a spike.
pub fn tables(check: &ModelCheck) -> String {
    let mut parts = Vec::new();
    if let Some(numbers) = check.numbers.as_ref().filter(|_| check.surfaces > 0) {
        parts.push(by_index(&numbers.by_index));
        parts.push(by_band(&numbers.bands));
    }
    parts.push(energies(check));
    parts.extend(check.gaussian.as_deref().map(|rows| gaussian(rows, check.numbers.is_some())));
    parts.extend(check.spike.as_ref().map(spike));
    parts.join("\n")
}

fn energies(check: &ModelCheck) -> String {
    let mut table = TextTable::new(["energies per spin", "u", "± s.e."]);
    let mut row = |name: &str, mean: &Mean| {
        table.row([name.to_owned(), number(Some(mean.observed), 5), number(mean.standard_error, 5)]);
    };
    if check.numbers.is_none() {
        row("mean over starts", &check.reached.mean);
    }
    row("lowest of a surface", &check.reached.lowest);
    let limits = [
        (if check.spike.is_some() { "−E_0 as Λ → ∞, no spike" } else { "−E_0 as Λ → ∞" }, check.limits.e_0),
        ("−E_alg", check.limits.e_alg),
        (if check.limits.e_alg.is_some() { "−E_th" } else { "−E_∞" }, check.limits.e_inf),
    ];
    for (name, energy) in limits {
        if let Some(energy) = energy {
            table.row([name.to_owned(), number(Some(-energy), 5), "–".to_owned()]);
        }
    }
    table.text()
}

/// Beside Gaussian couplings.
fn gaussian(rows: &[Difference], is_census: bool) -> String {
    let mut table = TextTable::new(["no verdict", "this run", "Gaussian", "difference", "± s.e."]);
    for row in rows {
        let name = match row.quantity {
            Quantity::Minima if is_census => "minima on a surface",
            Quantity::Minima => "minima found on a surface",
            Quantity::EnergyOfMinima => "mean energy of these minima",
            Quantity::Lowest => "lowest energy, Gaussian as Λ → ∞",
        };
        let [observed, gaussian, difference] =
            [row.observed, row.gaussian, row.difference].map(|x| number(Some(x), 4));
        table.row([name.to_owned(), observed, gaussian, difference, number(row.standard_error, 4)]);
    }
    let missing = if is_census { "" } else { " Minima that no start found are missing in the first row." };
    format!("{}Gaussian numbers are exact at this Λ but where it is said.{missing}\n", table.text())
}

fn spike(check: &SpikeCheck) -> String {
    let mut table = TextTable::new(["overlap with the spike", "m", "± s.e.", "Λ → ∞"]);
    table.row([
        "lowest point of a surface".to_owned(),
        number(Some(check.overlap_of_lowest.observed), 4),
        number(check.overlap_of_lowest.standard_error, 4),
        number(check.overlap, 4),
    ]);
    if let Some(met) = check.met {
        table.row([
            "share of points above half".to_owned(),
            number(Some(met.observed), 4),
            number(met.standard_error, 4),
            "–".to_owned(),
        ]);
    }
    table.text()
}

/// What the tests say.
pub fn findings(check: &ModelCheck) -> Vec<String> {
    let mut found: Vec<String> = check.spike.iter().map(thresholds).collect();
    let Some(numbers) = check.numbers.as_ref().filter(|_| check.surfaces > 0) else { return found };
    let ModelTests {
        numbers: by_index,
        energies,
        slopes,
        energies_given_slopes,
        spreads_given_slopes,
        bands_p,
        ..
    } = numbers.tests;
    let joint = |name: &str, test: Option<JointTest>| {
        test.map(|JointTest { numbers, t_squared, p, .. }| {
            format!("{name}: T² = {} for {numbers} independent numbers, p = {}.", short(t_squared), short(p))
        })
    };
    found.extend(joint("Numbers by index", by_index));
    found.extend(joint("Mean energies by index", energies));
    found.extend(joint("Mean radial slopes by index", slopes));
    found.extend(joint("Energies given radial slopes", energies_given_slopes));
    found.extend(joint("Spreads of energies given radial slopes", spreads_given_slopes));
    found.extend(bands_p.map(|p| {
        format!(
            "Largest deviation of a number by index and band, corrected for multiple tests: p = {}.",
            short(p)
        )
    }));
    found
}

fn thresholds(check: &SpikeCheck) -> String {
    let [lambda_s, lambda_ml] = [check.lambda_s, check.lambda_ml].map(|x| number(x, 4));
    match check.lambda_s {
        Some(_) if check.lambda_ml.is_none() => format!(
            "λ = {}: as Λ → ∞ a good minimum exists from λ_s = {lambda_s} on. The spike's order is below that of the couplings: \
             the ground state moves towards the spike at smaller λ, and no threshold is known here.",
            check.strength
        ),
        Some(_) => format!(
            "λ = {}: as Λ → ∞ a good minimum exists from λ_s = {lambda_s} on, and is the ground state from λ_ML = \
             {lambda_ml} on.",
            check.strength
        ),
        None => format!("λ = {}: of a spike in a mixture no threshold is known here.", check.strength),
    }
}
