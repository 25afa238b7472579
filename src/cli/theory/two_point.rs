//! `hspin theory two-point`: critical points at an overlap from a critical point.

use serde::Serialize;

use super::text::{number, row, table};
use crate::Result;
use crate::cli::shared::{output, values};
use crate::theory::TwoPoint;

/// Complexity of critical points at given overlaps from a critical point of given energy, as Λ → ∞
///
/// The index of the second point is 0 or 1 below −E_∞: at large overlaps the direction to the first point may be unstable.
/// Above −E_∞ it grows with Λ: null in JSON and a dash in the table.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  hspin theory two-point --spins 3 --energy -1.65 --other -1.64,-1.633 --overlap 0:0.8:0.1"
)]
pub struct Args {
    /// Order H, from 2 to 1000000
    #[arg(long, value_name = "H", value_parser = values::within(values::THEORY_SPINS), allow_negative_numbers = true)]
    spins: u32,
    /// Energy per spin u_0 of the first point
    #[arg(long, value_name = "U0", value_parser = values::number, allow_negative_numbers = true)]
    energy: f64,
    /// Energies per spin of the second point, such as -1.65,-1.64 or -1.65:-1.6:0.01 (start:stop:step)
    #[arg(long, value_name = "U1,U2,…", required = true, value_delimiter = ',', allow_hyphen_values = true)]
    other: Vec<String>,
    /// Overlaps q between −1 and 1, such as 0,0.5 or 0:0.9:0.1 (start:stop:step)
    #[arg(long, value_name = "Q1,Q2,…", required = true, value_delimiter = ',', allow_hyphen_values = true)]
    overlap: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Json {
    spins: u32,
    energy: f64,
    values: Vec<Value>,
}

#[derive(Serialize)]
struct Value {
    other: f64,
    overlap: f64,
    complexity: f64,
    index: Option<u32>,
}

/// What the command prints on standard output.
///
/// # Errors
/// Bad input: an overlap that is not between −1 and 1.
pub fn text(args: &Args) -> Result<String> {
    let others = values::all(&args.other, |text| values::numbers("--other", text))?;
    let overlaps = values::all(&args.overlap, |text| values::numbers("--overlap", text))?;
    let pairs = TwoPoint::new(args.spins, args.energy)?;
    let value = |(other, overlap): (f64, f64)| -> Result<Value> {
        Ok(Value {
            other,
            overlap,
            complexity: pairs.complexity(other, overlap)?,
            index: pairs.index(other, overlap)?,
        })
    };
    let all = others.iter().flat_map(|&other| overlaps.iter().map(move |&overlap| (other, overlap)));
    let values = all.map(value).collect::<Result<Vec<_>>>()?;
    if args.json {
        return output::json(&Json { spins: args.spins, energy: args.energy, values });
    }
    let mut rows = vec![row(["u_1", "q", "Σ(u_1, q)", "index"])];
    for value in &values {
        let index = value.index.map_or_else(|| "–".to_owned(), |index| index.to_string());
        rows.push(vec![value.other.to_string(), value.overlap.to_string(), number(value.complexity), index]);
    }
    let title = format!(
        "H = {}: complexity of critical points at overlap q from one of energy {} per spin, Λ → ∞",
        args.spins, args.energy
    );
    Ok(table(&title, &rows))
}
