//! What tests of runs on mixtures, other laws and spikes say, in words.

use super::number::{number, short};
use crate::analysis::bands::{JointTest, ModelCheck, ModelTests, SpikeCheck};
use crate::numeric::text::written;

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
