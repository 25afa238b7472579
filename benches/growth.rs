//! Cost of a gradient and memory of a tensor against Λ, H = 2 … 6: `cargo bench --bench growth`; with
//! `HSPIN_BENCH_LARGE=1` also H = 3 at Λ = 1500 (4.5 GB).
//!
//! One thread, single precision. Exponents are slopes of least squares on logarithms over the larger sizes of each
//! order; as Λ → ∞ all tend to H. The count of operations (two for each stored value) is exact, so its slope says
//! what the time should follow at these sizes.

mod common;

use common::{Cell, Table, number, share};
use hspin::hamiltonian::{Isa, Layout};
use hspin::measure::{Case, Precision, contraction_rate};

/// Orders with their dimensions; those from the second on are fitted.
const SIZES: [(usize, &[usize]); 5] = [
    (2, &[100, 300, 1000, 2000, 3000]),
    (3, &[50, 100, 200, 400, 700, 1000]),
    (4, &[25, 50, 80, 120, 170]),
    (5, &[15, 25, 40, 60, 80]),
    (6, &[12, 20, 30, 40, 50]),
];
const LARGEST: usize = 1500;

/// Logarithms of what one size costs.
struct Cost {
    dim: f64,
    time: f64,
    operations: f64,
}

/// Peak memory in bytes since the last call of [`forget_peak`], as Linux counts it.
fn peak_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(1024.0 * line.trim().trim_end_matches(" kB").parse::<f64>().ok()?)
}

fn forget_peak() {
    // Where this fails, the peak is that of the largest size so far.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Slope of a least-squares line.
fn slope(points: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let n = points.clone().count() as f64;
    let (x, y) = points.clone().fold((0.0, 0.0), |(x, y), (a, b)| (x + a / n, y + b / n));
    let (above, below) = points
        .fold((0.0, 0.0), |(above, below), (a, b)| (above + (a - x) * (b - y), below + (a - x) * (a - x)));
    above / below
}

fn measure(layout: Layout, table: &mut Table) -> Cost {
    let values = layout.values().expect("few enough") as f64;
    let case = Case { layout, precision: Precision::F32, threads: 1, starts: None, isa: Isa::best() };
    forget_peak();
    let rate = contraction_rate(&case).expect("threads");
    let peak = peak_bytes();
    let flops = 2e-6 * values / rate.ms_per_gradient;
    table.row([
        layout.spins.into(),
        layout.dim.into(),
        number(rate.ms_per_gradient, 5),
        number(flops, 1),
        share(flops / rate.fma_gflops),
        number(4e-6 * values, 1),
        peak.map_or_else(|| Cell::from("unknown"), |bytes| number(1e-6 * bytes, 1)),
    ]);
    Cost { dim: (layout.dim as f64).ln(), time: rate.ms_per_gradient.ln(), operations: values.ln() }
}

fn main() {
    let columns = ["H", "Λ", "ms/gradient", "GF/s", "leaves, of FMA", "tensor MB", "peak MB"];
    let mut table =
        Table::new("growth", "Growth of cost and memory, f32, 1 thread, all operations", &columns);
    let large = std::env::var_os("HSPIN_BENCH_LARGE").is_some();
    let mut slopes = Vec::new();
    for (spins, dims) in SIZES {
        let last = (large && spins == 3).then_some(LARGEST);
        let dims: Vec<usize> = dims.iter().copied().chain(last).collect();
        let costs: Vec<Cost> = dims.iter().map(|&dim| measure(Layout::new(spins, dim), &mut table)).collect();
        let fitted = &costs[1..];
        let time = slope(fitted.iter().map(|cost| (cost.dim, cost.time)));
        let operations = slope(fitted.iter().map(|cost| (cost.dim, cost.operations)));
        slopes.push((spins, dims[1], dims[dims.len() - 1], time, operations));
    }
    table.finish();
    let columns = ["H", "from Λ", "to Λ", "time ~ Λ^", "operations, memory ~ Λ^", "as Λ → ∞"];
    let mut table = Table::new("growth-exponents", "Exponents fitted over those sizes", &columns);
    for (spins, first, last, time, operations) in slopes {
        table.row([
            spins.into(),
            first.into(),
            last.into(),
            number(time, 2),
            number(operations, 2),
            spins.into(),
        ]);
    }
    table.finish();
}
