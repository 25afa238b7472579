//! Gradient, Hessian–vector product, Hessian and index of networks on the 5,000 bundled digits, one thread:
//! `cargo bench --bench curvature`. Networks are trained first, so that units are active as often as in use: for 20 epochs,
//! or as many as stand behind `-- EPOCHS`, on sizes n₁ that may follow.

mod common;

use std::ops::ControlFlow;
use std::time::Instant;

use common::{Cell, Table, number};
use hspin::networks::curvature::{
    Probe, Sample, Weights, ZERO, gradient, hessian, hessian_products, spectrum_ends,
};
use hspin::networks::data::bundled;
use hspin::networks::{GroupKey, Shape, TrainingProtocol, train};
use hspin::numeric::isa::Isa;
use hspin::numeric::lanczos::Until;

const EPOCHS: u32 = 20;
const SIZES: [usize; 6] = [10, 25, 50, 100, 250, 500];
/// Beyond this all eigenvalues take too long.
const LARGEST_SPECTRUM: usize = 25;
/// Beyond this a Hessian is applied, not made.
const LARGEST_HESSIAN: usize = 100;

fn main() {
    let numbers: Vec<u32> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let epochs = numbers.first().copied().unwrap_or(EPOCHS);
    let sizes = numbers.iter().skip(1).map(|&n| n as usize).collect::<Vec<usize>>();
    let sizes = if sizes.is_empty() { SIZES.to_vec() } else { sizes };
    let set = bundled().expect("bundled digits");
    let sample = Sample::of(&set.train);
    let what = format!("Curvature on {} digits after {epochs} epochs, one thread", set.train.count());
    let columns = [
        "n1",
        "N",
        "gradient ms",
        "H v ms",
        "Hessian s",
        "inertia s",
        "index",
        "spectrum s",
        "ends s",
        "lowest",
        "highest",
    ];
    let mut table = Table::new("curvature", &what, &columns);
    for hidden in sizes {
        let shape = Shape::digits(hidden);
        let protocol = TrainingProtocol { epochs, ..TrainingProtocol::DEFAULT };
        let key = GroupKey { seed: 1, shape, group: 0 };
        let networks = train(Isa::best(), &protocol, &key, &set.train, &mut |_| ControlFlow::Continue(()));
        table.row(measured(&Weights::of(&networks.expect("not stopped")[0]), &sample));
    }
    table.finish();
}

fn measured(weights: &Weights, sample: &Sample) -> [Cell; 11] {
    let shape = weights.shape();
    let (slope, gradient_time) = timed(|| gradient(weights, sample).gradient);
    let direction = [Weights::new(&shape, &slope)];
    let (_, product_time) = timed(|| hessian_products(weights, sample, &direction));
    let (mut hessian_time, mut inertia_time, mut index, mut spectrum_time) = (none(), none(), none(), none());
    if shape.hidden <= LARGEST_HESSIAN {
        let (whole, seconds) = timed(|| hessian(weights, sample));
        hessian_time = number(seconds, 2);
        if shape.hidden <= LARGEST_SPECTRUM {
            spectrum_time = number(timed(|| whole.eigenvalues().expect("finite")).1, 2);
        }
        let (negative, seconds) = timed(|| whole.count_below(-ZERO).expect("finite"));
        (index, inertia_time) = (negative.into(), number(seconds, 2));
    }
    let until = Until { steps: 200, tolerance: 1e-3 };
    let probe = Probe { seed: 1, network: 0, direction: 0 };
    let (ends, ends_time) = timed(|| spectrum_ends(weights, sample, &probe, &until).expect("finite"));
    [
        shape.hidden.into(),
        shape.parameters().into(),
        number(1e3 * gradient_time, 1),
        number(1e3 * product_time, 1),
        hessian_time,
        inertia_time,
        index,
        spectrum_time,
        number(ends_time, 2),
        number(ends.lowest, 4),
        number(ends.highest, 4),
    ]
}

/// The cell of what is not measured.
fn none() -> Cell {
    "–".into()
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begin = Instant::now();
    let result = work();
    (result, begin.elapsed().as_secs_f64())
}
