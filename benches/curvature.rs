//! Gradient, Hessian–vector product, Hessian and index of networks on the 5,000 bundled digits, one thread:
//! `cargo bench --bench curvature`. Networks are trained first, so that units are active as often as in use: for 20 epochs,
//! or as many as stand behind `-- EPOCHS`, on sizes n₁ that may follow.

use std::ops::ControlFlow;
use std::time::Instant;

use hspin::networks::curvature::{
    Probe, Sample, Weights, ZERO, gradient, hessian, hessian_products, spectrum_ends,
};
use hspin::networks::data::bundled;
use hspin::networks::{GroupKey, Protocol, Shape, train};
use hspin::numeric::isa::Isa;
use hspin::numeric::lanczos::Until;

const EPOCHS: u32 = 20;
const SIZES: [usize; 6] = [10, 25, 50, 100, 250, 500];
/// Beyond this a Hessian is applied, not made.
const LARGEST: usize = 100;

fn main() {
    let numbers: Vec<u32> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let epochs = numbers.first().copied().unwrap_or(EPOCHS);
    let sizes = numbers.iter().skip(1).map(|&n| n as usize).collect::<Vec<usize>>();
    let sizes = if sizes.is_empty() { SIZES.to_vec() } else { sizes };
    let set = bundled().expect("bundled digits");
    let sample = Sample::of(&set.train);
    println!("| n1 | N | gradient ms | H v ms | Hessian s | inertia s | spectrum s | index | normalised |");
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for hidden in sizes {
        let shape = Shape::digits(hidden);
        let protocol = Protocol { epochs, ..Protocol::DEFAULT };
        let key = GroupKey { seed: 1, shape, group: 0 };
        let networks = train(Isa::best(), &protocol, &key, &set.train, &mut |_| ControlFlow::Continue(()));
        let weights = Weights::of(&networks.expect("not stopped")[0]);
        let (slope, gradient_time) = timed(|| gradient(&weights, &sample).gradient);
        let direction = [Weights::new(&shape, &slope)];
        let (_, product_time) = timed(|| hessian_products(&weights, &sample, &direction));
        if hidden > LARGEST {
            let until = Until { steps: 200, tolerance: 1e-3 };
            let probe = Probe { seed: 1, network: 0, direction: 0 };
            let (ends, seconds) = timed(|| spectrum_ends(&weights, &sample, &probe, &until).expect("finite"));
            println!(
                "| {hidden} | {} | {:.1} | {:.1} | ends by Lanczos {seconds:.2} s: {ends:.4?} |",
                shape.parameters(),
                1e3 * gradient_time,
                1e3 * product_time
            );
            continue;
        }
        let (whole, hessian_time) = timed(|| hessian(&weights, &sample));
        let spectrum = (hidden <= 25).then(|| timed(|| whole.eigenvalues().expect("finite").len()).1);
        let (index, inertia_time) = timed(|| whole.count_below(-ZERO).expect("finite"));
        println!(
            "| {hidden} | {} | {:.1} | {:.1} | {hessian_time:.2} | {inertia_time:.2} | {} | {index} | {:.4} |",
            shape.parameters(),
            1e3 * gradient_time,
            1e3 * product_time,
            spectrum.map_or("–".to_owned(), |seconds| format!("{seconds:.2}")),
            index as f64 / shape.parameters() as f64
        );
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begin = Instant::now();
    let result = work();
    (result, begin.elapsed().as_secs_f64())
}
