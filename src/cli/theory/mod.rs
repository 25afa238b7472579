//! `hspin theory`: numbers that follow from the model alone.

mod mean_count;

use clap::Subcommand;
use serde::Serialize;

use super::shared::{output, values};
use crate::Result;
use crate::theory::{Complexity, Thresholds};

/// Numbers that follow from the model alone
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin theory thresholds --spins 3 --max-index 10")]
pub struct Args {
    #[command(subcommand)]
    command: TheoryCommand,
}

#[derive(Debug, Subcommand)]
enum TheoryCommand {
    Thresholds(ThresholdsArgs),
    Complexity(ComplexityArgs),
    MeanCount(mean_count::Args),
}

/// Threshold energies E_∞ and E_0, E_1, …, per spin, as Λ → ∞
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin theory thresholds --spins 3 --max-index 10")]
pub struct ThresholdsArgs {
    /// Order H, from 2 to 1000000
    #[arg(long, value_name = "H", value_parser = values::within(values::THEORY_SPINS), allow_negative_numbers = true)]
    spins: u32,
    /// Highest index k, at most 1000
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = values::within(values::INDEX), allow_negative_numbers = true)]
    max_index: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Complexity Θ_H(u) and Θ_{k,H}(u), per spin, at given energies per spin
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin theory complexity --spins 3 --energy -1.66,-1.64,-1.6")]
pub struct ComplexityArgs {
    /// Order H, from 2 to 1000000
    #[arg(long, value_name = "H", value_parser = values::within(values::THEORY_SPINS), allow_negative_numbers = true)]
    spins: u32,
    /// Energies per spin, comma-separated
    #[arg(long, value_name = "U1,U2,…", required = true, value_delimiter = ',', allow_hyphen_values = true)]
    energy: Vec<String>,
    /// Highest index k, at most 1000
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = values::within(values::INDEX), allow_negative_numbers = true)]
    max_index: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Those of [`text`].
pub fn run(args: &Args) -> Result<()> {
    output::print(&text(args)?)
}

/// What `hspin theory …` prints on standard output.
///
/// # Errors
/// Bad input.
pub fn text(args: &Args) -> Result<String> {
    match &args.command {
        TheoryCommand::Thresholds(args) => thresholds(args),
        TheoryCommand::Complexity(args) => complexity(args),
        TheoryCommand::MeanCount(args) => mean_count::text(args),
    }
}

#[derive(Serialize)]
struct ThresholdsJson {
    spins: u32,
    e_inf: f64,
    e: Vec<f64>,
}

fn thresholds(args: &ThresholdsArgs) -> Result<String> {
    let thresholds = Thresholds::new(args.spins)?;
    let e_inf = thresholds.e_inf();
    let e = thresholds.up_to(args.max_index)?;
    if args.json {
        return output::json(&ThresholdsJson { spins: args.spins, e_inf, e });
    }
    let mut rows = vec![row(["k", "E_k", "E_k − E_∞"])];
    for (index, e) in (0..).zip(&e) {
        rows.push(vec![index.to_string(), format!("{e:.15}"), format!("{:.9e}", thresholds.gap(index)?)]);
    }
    rows.push(vec!["∞".to_owned(), format!("{e_inf:.15}"), "0".to_owned()]);
    let title = format!("H = {}: thresholds, energies per spin, Λ → ∞", args.spins);
    Ok(table(&title, &rows))
}

#[derive(Serialize)]
struct ComplexityJson {
    spins: u32,
    values: Vec<ComplexityValue>,
}

/// What is not finite becomes `null` in JSON.
#[derive(Serialize)]
struct ComplexityValue {
    energy: f64,
    total: f64,
    by_index: Vec<f64>,
}

fn complexity(args: &ComplexityArgs) -> Result<String> {
    let complexity = Complexity::new(args.spins)?;
    let energies: Vec<f64> = args.energy.iter().map(|text| values::energy(text)).collect::<Result<_>>()?;
    let values = energies
        .into_iter()
        .map(|energy| ComplexityValue {
            energy,
            total: complexity.total(energy),
            by_index: (0..=args.max_index).map(|index| complexity.by_index(index, energy)).collect(),
        })
        .collect();
    let values = ComplexityJson { spins: args.spins, values };
    if args.json {
        return output::json(&values);
    }
    let mut header = row(["u", "Θ_H(u)"]);
    header.extend((0..=args.max_index).map(|index| format!("Θ_{{{index},H}}(u)")));
    let mut rows = vec![header];
    for value in &values.values {
        let numbers = [value.energy, value.total].into_iter().chain(value.by_index.iter().copied());
        rows.push(numbers.map(number).collect());
    }
    let title = format!("H = {}: complexity per spin below the energy per spin u, Λ → ∞", args.spins);
    Ok(table(&title, &rows))
}

/// Nine decimals, or as many digits in scientific form where those would show too few or too many.
fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-3..1e6).contains(&size) { format!("{value:.9}") } else { format!("{value:.9e}") }
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

/// A title and right-aligned columns, two spaces apart.
fn table(title: &str, rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = format!("{title}\n");
    for row in rows {
        for (cell, width) in row.iter().zip(&widths) {
            text.push_str(&format!("  {cell:>width$}"));
        }
        text.push('\n');
    }
    text
}
