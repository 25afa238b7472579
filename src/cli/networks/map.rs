//! `hspin networks map`: the spin glass that a network is mapped to.

use itertools::Itertools;
use serde::Serialize;

use crate::Result;
use crate::cli::shared::{output, values};
use crate::networks::map::GlassMap;
use crate::theory::Thresholds;

/// The spin glass that a ReLU network of given layers is mapped to: order, dimension, bounds, threshold energies
///
/// A model of the network with one output and no biases, under the paper's assumptions (independent paths, redundant
/// weights on a sphere). Numbers that JSON cannot hold exactly are null; their logarithms are given.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin networks map --layers 100,50,50,1 --json")]
pub struct Args {
    /// Units of each layer, comma-separated: inputs, hidden layers, 1 output
    #[arg(
        long,
        value_name = "N0,N1,…,1",
        required = true,
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    layers: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Json {
    layers: Vec<u64>,
    spins: u32,
    paths: Option<u64>,
    log_paths: f64,
    dim: Option<f64>,
    log_dim: f64,
    parameters: Option<u64>,
    log_parameters: f64,
    log_bounds: BoundsJson,
    e_0: f64,
    e_inf: f64,
    /// The number of critical points of the glass, where it is the same for every one: at H = 2.
    critical_points: Option<f64>,
    has_band: bool,
}

/// Natural logarithms of the terms of Theorem 3.1 beside N.
#[derive(Serialize)]
struct BoundsJson {
    most: f64,
    least: f64,
}

/// What `hspin networks map` prints on standard output.
///
/// # Errors
/// Bad input.
pub fn text(args: &Args) -> Result<String> {
    let layers = values::all(&args.layers, values::layers)?;
    let map = GlassMap::new(&layers)?;
    let thresholds = Thresholds::new(map.spins())?;
    let (e_0, e_inf) = (thresholds.e(0)?, thresholds.e_inf());
    if args.json { output::json(&json(&map, e_0, e_inf)) } else { Ok(table(&map, e_0, e_inf)) }
}

/// Largest whole number that every reader of JSON takes exactly.
const LARGEST_EXACT: u64 = 1 << 53;

fn exact(value: u128) -> Option<u64> {
    u64::try_from(value).ok().filter(|&value| value <= LARGEST_EXACT)
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

fn json(map: &GlassMap, e_0: f64, e_inf: f64) -> Json {
    let bounds = map.log_bounds();
    let is_matrix = map.spins() == 2;
    Json {
        layers: map.layers().to_vec(),
        spins: map.spins(),
        paths: map.paths().and_then(exact),
        log_paths: map.log_paths(),
        dim: finite(map.dim()),
        log_dim: bounds.dim,
        parameters: exact(map.parameters()),
        log_parameters: bounds.parameters,
        log_bounds: BoundsJson { most: bounds.most, least: bounds.least },
        e_0,
        e_inf,
        critical_points: is_matrix.then(|| 2.0 * map.dim()),
        has_band: !is_matrix,
    }
}

fn table(map: &GlassMap, e_0: f64, e_inf: f64) -> String {
    let bounds = map.log_bounds();
    let paths = map.paths().map_or_else(|| power_of_ten(map.log_paths()), whole);
    let layers = map.layers().iter().join(", ");
    let mut text = format!(
        "Network with layers {layers}\n\
         H = {} layers of weights: the order of the glass\n\
         Ψ = {paths} paths\n\
         Λ = Ψ^(1/H) = {}: the dimension of the glass, in general no whole number\n\
         N = {} weights; Ψ²H = {} ≥ N ≥ Ψ^(2/H) H/d^(1/H) = {} ≥ Λ\n\
         E_0 = {e_0:.9}, E_∞ = {e_inf:.9} per spin, Λ → ∞\n",
        map.spins(),
        number(bounds.dim),
        whole(map.parameters()),
        number(bounds.most),
        number(bounds.least),
    );
    if map.spins() == 2 {
        text += &format!(
            "One hidden layer is H = 2: E_k = E_∞ = √2 for every k and 2Λ = {} critical points, the eigenvectors \
             of a random matrix. There is no band.\n",
            number(bounds.dim + std::f64::consts::LN_2)
        );
    } else {
        text += &format!(
            "Band of critical points of low index: energies from −ΛE_0 = −{} to −ΛE_∞ = −{}\n",
            number(bounds.dim + e_0.ln()),
            number(bounds.dim + e_inf.ln())
        );
    }
    text
}

/// e^log with six decimals, or as a power of ten where that would be long.
fn number(log: f64) -> String {
    if log < LONG.ln() { format!("{:.6}", log.exp()) } else { power_of_ten(log) }
}

/// A number with so many digits before the point is written as a power of ten.
const LONG: f64 = 1e6;
/// Whole numbers up to here are written out.
const LONGEST: u128 = 1_000_000_000_000_000;

fn whole(value: u128) -> String {
    if value < LONGEST { value.to_string() } else { power_of_ten((value as f64).ln()) }
}

/// e^log, also where no float holds it.
fn power_of_ten(log: f64) -> String {
    let tens = log / std::f64::consts::LN_10;
    let mantissa = format!("{:.6}", 10f64.powf(tens - tens.floor()));
    // What rounds up to ten is one of the next power.
    if mantissa.starts_with("10") {
        return format!("1.000000e{}", tens.floor() + 1.0);
    }
    format!("{mantissa}e{}", tens.floor())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_digit_before_the_point_where_they_are_long() {
        assert_eq!(number(1e9f64.ln()), "1.000000e9");
        assert_eq!(number(189_812_534f64.ln()), "1.898125e8");
        assert_eq!(number(500f64.ln()), "500.000000");
        // Just below and above powers that no float holds.
        for tens in [400.0f64, 400.0 - 1e-13] {
            assert_eq!(power_of_ten(tens * std::f64::consts::LN_10), "1.000000e400");
        }
        assert_eq!(whole(250_000), "250000");
        assert_eq!(whole(10u128.pow(30)), "1.000000e30");
    }
}
