//! The contraction against the machine's own fused-multiply-add limit: `cargo bench --bench contraction`.
//!
//! Each row is a ratio to the limit measured in turns with it. Useful flops are the leading term 4Λ^H/H! per
//! gradient, (2/3)Λ³ at H = 3; the multiply–adds of the symmetric leaves, Σ m² (`leaf`), are a few per cent more at
//! small Λ, and are counted in a column of their own. The rows also go to `target/bench/contraction.json`.

use hspin::hamiltonian::{Isa, Layout};
use hspin::run::measure::{Case, Precision, contraction_rate};
use serde::Serialize;

#[derive(Serialize)]
struct Row {
    spins: usize,
    dim: usize,
    precision: &'static str,
    isa: &'static str,
    starts: usize,
    threads: usize,
    gflops: f64,
    fma_gflops: f64,
    fraction_of_fma: f64,
    leaf_fraction_of_fma: f64,
    ms_per_gradient: f64,
}

fn main() {
    println!("Contraction; best of 7 trials each; {}", machine());
    let mut rows = Vec::new();
    let best = Isa::best();
    for precision in Precision::ALL {
        table("Dimension and threads, H = 3", &mut rows, || {
            let dims = [25, 50, 100, 200, 300, 500].into_iter();
            dims.flat_map(|dim| [1, 2].map(|threads| case(3, dim, precision, best, threads, None))).collect()
        });
        table("Order", &mut rows, || {
            let sizes = [(2, 500), (4, 60), (4, 90), (4, 120), (5, 40), (6, 25)];
            sizes.map(|(spins, dim)| case(spins, dim, precision, best, 1, None)).to_vec()
        });
        table("Starts at once, H = 3", &mut rows, || {
            let dims = [25, 200].into_iter();
            let starts =
                |dim| [1, 7, 16, 33, 64].map(|starts| case(3, dim, precision, best, 1, Some(starts)));
            dims.flat_map(starts).collect()
        });
        table("Instruction set, H = 3", &mut rows, || {
            let sets = Isa::ALL.into_iter().filter(|isa| isa.is_available());
            sets.flat_map(|isa| [25, 200].map(|dim| case(3, dim, precision, isa, 1, None))).collect()
        });
    }
    save(&serde_json::json!({ "machine": machine(), "rows": rows }));
}

fn case(
    spins: usize,
    dim: usize,
    precision: Precision,
    isa: Isa,
    threads: usize,
    starts: Option<usize>,
) -> Case {
    Case { layout: Layout::new(spins, dim), precision, threads, starts, isa }
}

/// Measures and prints some cases.
fn table(title: &str, rows: &mut Vec<Row>, cases: impl FnOnce() -> Vec<Case>) {
    println!("\n{title}");
    println!(
        "{:>2} {:>4} {:>4} {:>7} {:>6} {:>7} {:>8} {:>9} {:>7} {:>7} {:>12}",
        "H", "Λ", "type", "isa", "starts", "threads", "GF/s", "FMA GF/s", "ratio", "leaf", "ms/gradient"
    );
    for case in cases() {
        let row = measured(&case);
        println!(
            "{:>2} {:>4} {:>4} {:>7} {:>6} {:>7} {:>8.1} {:>9.1} {:>6.1}% {:>6.1}% {:>12.5}",
            row.spins,
            row.dim,
            row.precision,
            row.isa,
            row.starts,
            row.threads,
            row.gflops,
            row.fma_gflops,
            100.0 * row.fraction_of_fma,
            100.0 * row.leaf_fraction_of_fma,
            row.ms_per_gradient
        );
        rows.push(row);
    }
}

fn measured(case: &Case) -> Row {
    let rate = contraction_rate(case);
    let Layout { spins, dim } = case.layout;
    let leading = (1..=spins).fold(4.0, |flops, j| flops * dim as f64 / j as f64);
    let leaves = 2.0 * case.layout.values().expect("sizes that fit memory") as f64;
    let full = if case.precision == Precision::F32 { 48 } else { 24 };
    Row {
        spins,
        dim,
        precision: case.precision.name(),
        isa: case.isa.name(),
        starts: case.starts.unwrap_or(full),
        threads: case.threads,
        gflops: rate.gflops,
        fma_gflops: rate.fma_gflops,
        fraction_of_fma: rate.fraction_of_fma(),
        leaf_fraction_of_fma: rate.fraction_of_fma() * leaves / leading,
        ms_per_gradient: rate.ms_per_gradient,
    }
}

/// Processor and cores.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {cores} cores", model.map_or("unknown processor", |(_, name)| name))
}

/// Writes the document beside what the build makes.
fn save(document: &serde_json::Value) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    let text = serde_json::to_string_pretty(document).expect("a document of numbers and text");
    let path = folder.join("contraction.json");
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, text))
        .expect("target/bench is writable");
}
