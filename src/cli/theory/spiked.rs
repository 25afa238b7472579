//! `hspin theory spiked`: when a planted direction can be found.

use serde::Serialize;

use super::text::{row, table};
use crate::Result;
use crate::cli::shared::{output, values};
use crate::numeric::text::written;
use crate::theory::Spiked;

/// Thresholds of a planted spike, and the minimum that it makes, as Λ → ∞
///
/// The energy is that of the pure model of order H less λΛ m^r, m the overlap with the planted direction. From λ_s on there
/// is a good minimum, of positive overlap; from λ_ML on it is the ground state.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin theory spiked --spins 3 --strength 1.3")]
pub struct Args {
    /// Order H, from 2 to 1000000
    #[arg(long, value_name = "H", value_parser = values::within(values::THEORY_SPINS), allow_negative_numbers = true)]
    spins: u32,
    /// Strength λ
    #[arg(long, value_name = "λ", value_parser = values::strength, allow_negative_numbers = true)]
    strength: f64,
    /// Order r of the spike, if it is not H
    #[arg(long, value_name = "r", value_parser = values::within(values::SPIKE_ORDER), allow_negative_numbers = true)]
    order: Option<u32>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Json {
    spins: u32,
    order: u32,
    strength: f64,
    overlap: Option<f64>,
    energy: Option<f64>,
    lambda_s: f64,
    lambda_ml: Option<f64>,
}

/// What the command prints on standard output.
///
/// # Errors
/// Internal only.
pub fn text(args: &Args) -> Result<String> {
    let order = args.order.unwrap_or(args.spins);
    let spiked = Spiked::of_order(args.spins, args.strength, order)?;
    let good = spiked.good_minimum();
    let found = Json {
        spins: args.spins,
        order,
        strength: args.strength,
        overlap: good.map(|good| good.overlap),
        energy: good.map(|good| good.energy),
        lambda_s: spiked.lambda_s(),
        lambda_ml: spiked.lambda_ml()?,
    };
    if args.json {
        return output::json(&found);
    }
    let mut rows = vec![row(["λ", "overlap", "u*", "λ_s", "λ_ML"])];
    let number = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), |x| format!("{x:.12}"));
    let rest = [found.overlap, found.energy, Some(found.lambda_s), found.lambda_ml];
    rows.push([written(args.strength)].into_iter().chain(rest.map(number)).collect());
    let title = format!(
        "H = {}, spike −λΛ m^{order}: good minimum from λ_s on, ground state from λ_ML on, Λ → ∞",
        args.spins
    );
    let note = if order < args.spins {
        "λ_ML is known for r ≥ H: at r < H the ground state moves towards the direction long before λ_s.\n"
    } else {
        ""
    };
    Ok(table(&title, &rows) + note)
}
