//! A study of one's own on the engine: energies of random points. Runs resume, grow, are checked, mended, exported, merged and
//! shared by MPI ranks as those of `hspin` are.

mod energies;
mod spec;

use std::io::stdout;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use energies::Energies;
use hspin::study::command::{Command, Estimate};
use hspin::study::export::{TableFormat, table};
use hspin::study::{Event, JobLaunch, Observer, Resources, Sampling, Stop, Store, merge};
use hspin::{Error, Result};
use spec::Request;

/// Energies at random points of random surfaces.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Begin a run, or go on with it
    Sweep {
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        request: Request,
        #[arg(long)]
        threads: Option<u32>,
        /// Say what it would take, and write nothing
        #[arg(long)]
        dry_run: bool,
        #[arg(long)]
        json: bool,
    },
    /// Mean and variance of the energy per spin, by size
    Show { run: PathBuf },
    /// All content as text
    Dump { run: PathBuf },
    /// Check a run
    Verify {
        run: PathBuf,
        /// Compute all of it again
        #[arg(long)]
        deep: bool,
        /// Drop damaged units
        #[arg(long)]
        repair: bool,
        #[arg(long)]
        json: bool,
    },
    /// Write all points as a table
    Export {
        run: PathBuf,
        #[arg(long)]
        out: PathBuf,
        #[arg(long, value_enum, default_value = "csv")]
        format: TableFormat,
    },
    /// Put runs of one seed together
    Merge {
        runs: Vec<PathBuf>,
        #[arg(long)]
        out: PathBuf,
    },
}

/// Tells when a size is done.
struct Progress;

impl Observer for Progress {
    fn event(&self, event: Event) {
        if let Event::Finished { size } = event {
            eprintln!("dim {size}: done");
        }
    }
}

fn main() -> ExitCode {
    match run(Cli::parse().verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("toy_study: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(verb: Verb) -> Result<()> {
    let variables = |name: &str| std::env::var_os(name);
    let (launch, stop) = (JobLaunch::of(&variables), Stop::default());
    let command = |run, threads| {
        let resources = Resources::here(threads, &variables)?;
        Ok(Command::<Energies> { run, given: &(), resources, launch, observer: &Progress, stop: &stop })
    };
    match verb {
        Verb::Sweep { out, request, threads, dry_run, json } => {
            let command = command(&out, threads)?;
            if !dry_run {
                return command.carry_out(|stored| request.spec(stored))?.as_ref().map_or(Ok(()), show);
            }
            let Some(estimate) = command.estimate(|stored| request.spec(stored))? else { return Ok(()) };
            let Estimate { memory_bytes, disk_bytes, seconds, .. } = estimate;
            let text = || format!("{memory_bytes} bytes of memory, {disk_bytes} of disk, {seconds:.1} s");
            say(&estimate, json, text)
        }
        Verb::Show { run } => show(&Store::open_read(&run)?),
        Verb::Dump { run } => Store::<Energies>::open_read(&run)?.dump(&mut stdout().lock()),
        Verb::Verify { run, deep, repair, json } => {
            let all = Sampling { seed: 0, all: true };
            let found = command(&run, None)?.check(repair, deep.then_some(&all))?;
            say(&found, json, || format!("{:#?}", found.verdict))?;
            found.outcome(&run)
        }
        Verb::Export { run, out, format } => {
            let path = table(&Store::<Energies>::open_read(&run)?, &out, format, false)?;
            println!("{}", path.display());
            Ok(())
        }
        Verb::Merge { runs, out } => {
            println!("{} units", merge::<Energies>(&runs, &out)?.done().len());
            Ok(())
        }
    }
}

/// Prints a result as one JSON document or as text.
fn say(result: &impl serde::Serialize, json: bool, text: impl FnOnce() -> String) -> Result<()> {
    let document =
        || serde_json::to_string_pretty(result).map_err(|error| Error::Internal(error.to_string()));
    println!("{}", if json { document()? } else { text() });
    Ok(())
}

/// Prints mean and variance of the energy per spin of each size, beside what theory has: 0 and 1/Λ.
fn show(store: &Store<Energies>) -> Result<()> {
    for &dim in &store.spec().dims {
        let mut energies = Vec::new();
        for unit in store.units() {
            let rows = unit?.rows.into_iter().filter(|row| row.dim == dim);
            energies.extend(rows.map(|row| row.energy_per_spin));
        }
        let count = energies.len() as f64;
        let mean = energies.iter().sum::<f64>() / count;
        let variance = energies.iter().map(|u| (u - mean).powi(2)).sum::<f64>() / count;
        let expected = 1.0 / f64::from(dim);
        println!("dim {dim}: {count} points, mean {mean:.4} (0), variance {variance:.5} ({expected:.5})");
    }
    Ok(())
}
