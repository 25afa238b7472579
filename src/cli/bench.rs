//! `hspin bench`: how fast this machine is.

use itertools::iproduct;
use serde::Serialize;

use super::shared::env::resources;
use super::shared::estimate::BUSY;
use super::shared::output;
use super::shared::table::counted;
use crate::error::Result;
use crate::hamiltonian::{Isa, Layout};
use crate::measure::{Case, FewStarts, Precision, contraction_rate, few_starts_rate, fma_rate, read_rate};

/// Measure this machine: fused-multiply-add rate, read bandwidth, and the contraction as a share of them
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin bench --json")]
pub struct Args {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Orders and dimensions that are timed.
const CASES: [(usize, usize); 9] =
    [(3, 25), (3, 50), (3, 100), (3, 200), (3, 300), (3, 500), (2, 500), (4, 60), (4, 100)];

/// Dimensions that are timed with one start, at order 3.
const FEW_DIMS: [usize; 5] = [25, 50, 100, 200, 300];
/// KiB that plain reads go through: those of the first cache, the second, the third, and memory on most machines.
const READS: [u64; 4] = [24, 512, 8 << 10, 256 << 10];

#[derive(Serialize)]
struct Row {
    spins: usize,
    dim: usize,
    precision: &'static str,
    threads: usize,
    gflops: f64,
    fraction_of_fma: f64,
    ms_per_gradient: f64,
}

/// One start to a surface: couplings read, and a plain read of as many bytes; one thread, per processor second.
#[derive(Serialize)]
struct FewRow {
    spins: usize,
    dim: usize,
    precision: &'static str,
    bytes: u64,
    gflops: f64,
    read_gb_s: f64,
    plain_read_gb_s: f64,
    fraction_of_read: f64,
}

#[derive(Serialize)]
struct ReadRow {
    bytes: u64,
    gb_s: f64,
}

#[derive(Serialize)]
struct Report {
    isa: &'static str,
    /// Share of the time that the threads had a processor, over all measurements.
    processor_share: f64,
    fma_gflops: serde_json::Map<String, serde_json::Value>,
    contraction: Vec<Row>,
    reads: Vec<ReadRow>,
    few_starts: Vec<FewRow>,
}

/// Runs the command.
///
/// # Errors
/// Bad input in the environment; refused where the system gives no threads; a closed standard output.
pub fn run(args: &Args) -> Result<()> {
    let resources = resources(None)?;
    let isa = resources.isa;
    let threads: Vec<usize> = if resources.threads == 1 { vec![1] } else { vec![1, resources.threads] };
    let mut fma_gflops = serde_json::Map::new();
    let (mut contraction, mut shares) = (Vec::new(), Vec::new());
    for precision in Precision::ALL {
        let rates = threads.iter().map(|&n| Ok((n.to_string(), fma_rate(precision, isa, n)?.into())));
        fma_gflops.insert(precision.name().into(), serde_json::Value::Object(rates.collect::<Result<_>>()?));
        for ((spins, dim), &threads) in iproduct!(CASES, &threads) {
            let rate = contraction_rate(&Case {
                layout: Layout::new(spins, dim),
                precision,
                threads,
                starts: None,
                isa,
            })?;
            shares.push(rate.processor_share);
            contraction.push(Row {
                spins,
                dim,
                precision: precision.name(),
                threads,
                gflops: rate.gflops,
                fraction_of_fma: rate.fraction_of_fma(),
                ms_per_gradient: rate.ms_per_gradient,
            });
        }
    }
    let processor_share = shares.iter().sum::<f64>() / shares.len().max(1) as f64;
    let reads = READS.map(|kib| ReadRow { bytes: kib << 10, gb_s: read_rate(isa, kib << 10) }).into();
    let few_starts = iproduct!(Precision::ALL, FEW_DIMS).map(|(precision, dim)| few_row(dim, precision, isa));
    let few_starts = few_starts.collect();
    let report = Report { isa: isa.name(), processor_share, fma_gflops, contraction, reads, few_starts };
    if args.json { output::print_json(&report) } else { output::print(&render(&report)) }
}

fn few_row(dim: usize, precision: Precision, isa: Isa) -> FewRow {
    let rate = few_starts_rate(&FewStarts { dim, precision, points: 1, tensors: 1, isa });
    FewRow {
        spins: 3,
        dim,
        precision: precision.name(),
        bytes: rate.bytes,
        gflops: rate.gflops,
        read_gb_s: rate.gigabytes,
        plain_read_gb_s: rate.plain_gigabytes,
        fraction_of_read: rate.fraction,
    }
}

fn render(report: &Report) -> String {
    let mut text = format!(
        "Instruction set {}; useful flops only; “of FMA” is of bursts between contractions, slower than alone\n\n",
        report.isa
    );
    if report.processor_share < BUSY {
        text += &format!(
            "The machine is busy: threads had {:.0} % of a core each; idle, it is faster\n\n",
            100.0 * report.processor_share
        );
    }
    for (precision, rates) in &report.fma_gflops {
        for (threads, rate) in rates.as_object().into_iter().flatten() {
            let rate = rate.as_f64().unwrap_or(f64::NAN);
            let threads = counted(threads.parse().unwrap_or(0), "thread", "threads");
            text += &format!("fused multiply-add alone  {precision}  {threads:>10}  {rate:8.1} GF/s\n");
        }
    }
    text += &format!(
        "\n{:>2} {:>5} {:>5} {:>8} {:>10} {:>7} {:>13}\n",
        "H", "Λ", "type", "threads", "GF/s", "of FMA", "ms/gradient"
    );
    for row in &report.contraction {
        text += &format!(
            "{:>2} {:>5} {:>5} {:>8} {:>10.1} {:>6.1}% {:>13.5}\n",
            row.spins,
            row.dim,
            row.precision,
            row.threads,
            row.gflops,
            100.0 * row.fraction_of_fma,
            row.ms_per_gradient
        );
    }
    text + &render_few(report)
}

fn render_few(report: &Report) -> String {
    let mut text = "\nPlain reads again and again, one thread\n".to_owned();
    for row in &report.reads {
        text += &format!("{:>9} KiB {:8.1} GB/s\n", row.bytes >> 10, row.gb_s);
    }
    text += "\nOne start to a surface, one thread; “of read” is of a plain read of as many bytes, in turns\n";
    text += &format!(
        "{:>2} {:>5} {:>5} {:>9} {:>10} {:>8} {:>8}\n",
        "H", "Λ", "type", "KiB", "GF/s", "GB/s", "of read"
    );
    for row in &report.few_starts {
        text += &format!(
            "{:>2} {:>5} {:>5} {:>9} {:>10.1} {:>8.1} {:>7.1}%\n",
            row.spins,
            row.dim,
            row.precision,
            row.bytes >> 10,
            row.gflops,
            row.read_gb_s,
            100.0 * row.fraction_of_read
        );
    }
    text
}
