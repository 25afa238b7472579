//! Runs on mixtures, other laws and spikes, in words and numbers.

use super::tables::{by_band, by_index, short};
use crate::analysis::bands::{Difference, JointTest, Mean, ModelCheck, ModelTests, Quantity, SpikeCheck};
use crate::cli::shared::table::{TextTable, number};
use crate::numeric::text::written;

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
    let u = if check.scale.is_some() { "u/s" } else { "u" };
    let mut table = TextTable::new(["energies per spin", u, "± s.e."]);
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
    let mut row = |name: &str, mean: Option<Mean>, theory: Option<f64>| {
        let Some(mean) = mean else { return };
        let theory = theory.map_or("–".to_owned(), |theory| number(Some(theory), 4));
        table.row([name.to_owned(), number(Some(mean.observed), 4), number(mean.standard_error, 4), theory]);
    };
    let sign = if check.order.is_multiple_of(2) { ", |m|" } else { "" };
    row(&format!("mean over points{sign}"), Some(check.mean_overlap), None);
    row("lowest point of a surface, |m|", Some(check.overlap_of_lowest), check.overlap);
    row("share of points above half of Λ → ∞", check.met, None);
    row("share of lowest points above it", check.lowest_met, None);
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
    format!("λ = {}: {}", written(check.strength), thresholds_of(check.lambda_s, check.lambda_ml))
}

/// What is known of the thresholds of a spike.
pub fn thresholds_of(lambda_s: Option<f64>, lambda_ml: Option<f64>) -> String {
    let [at_s, at_ml] = [lambda_s, lambda_ml].map(|x| number(x, 4));
    match lambda_s {
        Some(_) if lambda_ml.is_none() => format!(
            "as Λ → ∞ a good minimum exists from λ_s = {at_s} on. The spike's order is below that of the couplings: the ground \
             state moves towards the spike at smaller λ, and no threshold is known here."
        ),
        Some(_) => format!(
            "as Λ → ∞ a good minimum exists from λ_s = {at_s} on, and is the ground state from λ_ML = {at_ml} on."
        ),
        None => "of a spike in a mixture no threshold is known here.".to_owned(),
    }
}
