//! The contraction against the machine's own fused-multiply-add limit: `cargo bench --bench contraction`.

use hspin::hamiltonian::{Isa, Layout};
use hspin::run::measure::{Case, Precision, contraction_rate};

fn main() {
    let isa = Isa::best();
    println!("Contraction, H = 3, {}, useful flops 2/3 Λ³ per gradient, best of 7 trials each", isa.name());
    println!(
        "{:>5} {:>4} {:>8} {:>12} {:>12} {:>7} {:>14}",
        "Λ", "type", "threads", "GF/s", "FMA GF/s", "ratio", "ms/gradient"
    );
    for precision in Precision::ALL {
        for dim in [25, 50, 100, 200, 300, 500] {
            for threads in [1, 2] {
                let case = Case { layout: Layout::new(3, dim), precision, threads, isa };
                let rate = contraction_rate(&case);
                println!(
                    "{dim:>5} {:>4} {threads:>8} {:>12.1} {:>12.1} {:>6.1}% {:>14.4}",
                    precision.name(),
                    rate.gflops,
                    rate.fma_gflops,
                    100.0 * rate.fraction_of_fma(),
                    rate.ms_per_gradient,
                );
            }
        }
    }
}
