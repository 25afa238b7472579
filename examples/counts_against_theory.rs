//! Exact mean numbers of critical points against all critical points of some surfaces, index by index.

use hspin::prelude::*;
use hspin::theory::MeanCounts;

const SPINS: u32 = 3;
const DIM: u32 = 6;
const SURFACES: u64 = 40;

/// Prints the means with their z-scores, |z| < 4 but once in 10 000 where theory is right.
pub fn main() -> Result<()> {
    let mut counts = vec![Vec::new(); DIM as usize];
    for seed in 0..SURFACES {
        let surface = Surface::random(SPINS as usize, DIM as usize, Seed(seed));
        let census = surface.census(Seed(seed))?;
        assert!(census.is_certified(), "seed {seed}: some critical points may be missing");
        for (of_index, count) in counts.iter_mut().zip(census.by_index()) {
            of_index.push(count as f64);
        }
    }
    let mut theory = MeanCounts::new(SPINS, DIM)?;
    println!("H = {SPINS}, Λ = {DIM}, {SURFACES} surfaces");
    println!("index   exact mean   found mean      z");
    for (index, counts) in (0..DIM).zip(&counts) {
        let Some(exact) = theory.by_index(index, &[f64::INFINITY])?[0] else { continue };
        let [mean, error] = mean_and_error(counts);
        let z = (mean - exact.value()) / error;
        println!("{index:>5} {:>12.4} {mean:>12.4} {z:>+6.2}", exact.value());
        assert!(z.abs() < 4.0, "theory and census disagree at index {index}");
    }
    Ok(())
}

/// Mean over independent surfaces, with its standard error.
fn mean_and_error(values: &[f64]) -> [f64; 2] {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    [mean, (variance / n).sqrt()]
}
