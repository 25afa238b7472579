//! Runs on mixtures, other laws and spikes, in words and numbers.

use super::tables::{by_band, by_index};
use crate::analysis::bands::{Difference, Mean, ModelCheck, Quantity, SpikeCheck};
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
