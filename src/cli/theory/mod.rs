//! `hspin theory`: numbers that follow from the model alone.

mod dynamics;
mod mean_count;
mod mixture;
mod model;
mod spiked;
mod text;
mod two_point;

use clap::Subcommand;
use serde::Serialize;

use super::shared::{output, values};
use crate::Result;
use crate::theory::{Complexity, Thresholds};
use model::ModelArgs;
use text::{number, row, table};

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
    Spiked(spiked::Args),
    Dynamics(dynamics::Args),
    TwoPoint(two_point::Args),
}

/// Threshold energies E_∞ and E_0, E_1, …, per spin, as Λ → ∞
///
/// Of a mixture: the ground state E_0 with its phase, E_th where typical critical points become marginal, E_alg that Hessian
/// descent reaches, the range E_∞^− to E_∞^+ of marginal minima, and the zeros e_k of the annealed complexities.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  hspin theory thresholds --spins 3 --max-index 10\n  hspin theory thresholds --mixture 3:0.5,4:0.5"
)]
pub struct ThresholdsArgs {
    #[command(flatten)]
    model: ModelArgs,
    /// Highest index k, at most 1000
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = values::within(values::INDEX), allow_negative_numbers = true)]
    max_index: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Complexity Θ_H(u) and Θ_{k,H}(u), per spin, at given energies per spin
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  hspin theory complexity --spins 3 --energy -1.66,-1.64,-1.6\n  hspin theory complexity --mixture 3:0.5,4:0.5 --energy -1.7,-1.6"
)]
pub struct ComplexityArgs {
    #[command(flatten)]
    model: ModelArgs,
    /// Energies per spin, such as -1.7,-1.6 or -1.7:-1.5:0.01 (start:stop:step)
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
/// Those of [`text()`].
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
        TheoryCommand::Spiked(args) => spiked::text(args),
        TheoryCommand::Dynamics(args) => dynamics::text(args),
        TheoryCommand::TwoPoint(args) => two_point::text(args),
    }
}

#[derive(Serialize)]
struct ThresholdsJson {
    spins: u32,
    e_inf: f64,
    e: Vec<f64>,
}

fn thresholds(args: &ThresholdsArgs) -> Result<String> {
    let Some(spins) = args.model.spins else {
        return mixture::thresholds(&args.model, args.max_index, args.json);
    };
    let thresholds = Thresholds::new(spins)?;
    let e_inf = thresholds.e_inf();
    let e = thresholds.up_to(args.max_index)?;
    if args.json {
        return output::json(&ThresholdsJson { spins, e_inf, e });
    }
    let mut rows = vec![row(["k", "E_k", "E_k − E_∞"])];
    for (index, e) in (0..).zip(&e) {
        rows.push(vec![index.to_string(), format!("{e:.15}"), format!("{:.9e}", thresholds.gap(index)?)]);
    }
    rows.push(vec!["∞".to_owned(), format!("{e_inf:.15}"), "0".to_owned()]);
    let title = format!("H = {spins}: thresholds, energies per spin, Λ → ∞");
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
    let energies: Vec<f64> = values::all(&args.energy, values::energies)?;
    let Some(spins) = args.model.spins else {
        return mixture::complexity(&args.model, &energies, args.max_index, args.json);
    };
    let complexity = Complexity::new(spins)?;
    let values = energies
        .into_iter()
        .map(|energy| ComplexityValue {
            energy,
            total: complexity.total(energy),
            by_index: (0..=args.max_index).map(|index| complexity.by_index(index, energy)).collect(),
        })
        .collect();
    let values = ComplexityJson { spins, values };
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
    let title = format!("H = {spins}: complexity per spin below the energy per spin u, Λ → ∞");
    Ok(table(&title, &rows))
}
