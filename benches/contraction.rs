//! The contraction against the machine's own fused-multiply-add limit: `cargo bench --bench contraction`.
//!
//! "of FMA" is the share of a limit that is measured in turns with the contraction, a millisecond or a pass of the one, a
//! fifth of a millisecond of the other: the median of seven trials. "of burst" is the share of the best of seven bursts of
//! 5 ms with no contraction between them. Useful flops are the leading term 4Λ^H/H! per gradient, (2/3)Λ³ at
//! H = 3; the multiply–adds of the symmetric leaves, Σ m² (`leaves`), are a few per cent more at small Λ, and are counted
//! in a column of their own. `-- 200 500` measures only these Λ.

mod common;

use common::{Table, number, share};
use hspin::hamiltonian::{Isa, Layout};
use hspin::measure::{Case, Precision, contraction_rate, fma_rate};

/// Λ, order, starts and instruction sets that are measured in one precision.
fn cases(precision: Precision) -> Vec<Case> {
    let best = Isa::best();
    let case = |spins, dim, threads, starts, isa| Case {
        layout: Layout::new(spins, dim),
        precision,
        threads,
        starts,
        isa,
    };
    let mut cases = Vec::new();
    for dim in [25, 50, 100, 200, 300, 400, 500] {
        cases.extend([1, 2].map(|threads| case(3, dim, threads, None, best)));
    }
    let orders = [(2, 500), (4, 60), (4, 90), (4, 120), (5, 40), (6, 25)];
    cases.extend(orders.map(|(spins, dim)| case(spins, dim, 1, None, best)));
    for dim in [25, 200] {
        cases.extend([1, 7, 16, 33, 64].map(|starts| case(3, dim, 1, Some(starts), best)));
    }
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available() && *isa != best) {
        cases.extend([25, 200].map(|dim| case(3, dim, 1, None, isa)));
    }
    cases
}

fn measure(case: &Case, table: &mut Table) {
    let rate = contraction_rate(case).expect("threads");
    let Layout { spins, dim } = case.layout;
    let leading = (1..=spins).fold(4.0, |flops, j| flops * dim as f64 / j as f64);
    let leaves = 2.0 * case.layout.values().expect("sizes that fit memory") as f64;
    let full = if case.precision == Precision::F32 { 48 } else { 24 };
    table.row([
        spins.into(),
        dim.into(),
        case.precision.name().into(),
        case.isa.name().into(),
        case.starts.unwrap_or(full).into(),
        case.threads.into(),
        number(rate.gflops, 1),
        number(rate.fma_gflops, 1),
        share(rate.fraction_of_fma()),
        share(rate.fraction_of_fma() * leaves / leading),
        share(rate.gflops / fma_rate(case.precision, case.isa, case.threads).expect("threads")),
        number(rate.ms_per_gradient, 5),
    ]);
}

fn main() {
    let only: Vec<usize> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let columns = [
        "H",
        "Λ",
        "type",
        "isa",
        "starts",
        "threads",
        "GF/s",
        "FMA GF/s",
        "of FMA",
        "leaves",
        "of burst",
        "ms/gradient",
    ];
    let mut table =
        Table::new("contraction", "Contraction against the limit of fused multiply–adds", &columns);
    for precision in Precision::ALL {
        for case in cases(precision) {
            if only.is_empty() || only.contains(&case.layout.dim) {
                measure(&case, &mut table);
            }
        }
    }
    table.finish();
}
