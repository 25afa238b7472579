//! The contraction against the machine's own fused-multiply-add limit: `cargo bench --bench contraction`.

mod common;

use common::{Table, number, share};
use hspin::hamiltonian::{Isa, Layout};
use hspin::run::measure::{Case, Precision, contraction_rate};

fn main() {
    let isa = Isa::best();
    let what = "Contraction, H = 3, useful flops 2/3 Λ³ per gradient, best of 7 trials each";
    let columns = ["Λ", "type", "threads", "GF/s", "FMA GF/s", "ratio", "ms/gradient"];
    let mut table = Table::new("contraction", what, &columns);
    for precision in Precision::ALL {
        for dim in [25, 50, 100, 200, 300, 500] {
            for threads in [1, 2] {
                let case = Case { layout: Layout::new(3, dim), precision, threads, isa };
                let rate = contraction_rate(&case);
                table.row([
                    dim.into(),
                    precision.name().into(),
                    threads.into(),
                    number(rate.gflops, 1),
                    number(rate.fma_gflops, 1),
                    share(rate.fraction_of_fma()),
                    number(rate.ms_per_gradient, 4),
                ]);
            }
        }
    }
    table.finish();
}
