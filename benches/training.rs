//! Training as a share of the machine's fused-multiply-add limit, sixteen networks to a thread:
//! `cargo bench --bench training`. Behind `-- learn HIDDEN RATE DECAY BATCH`: what one group learns with that protocol.
//! Behind `-- anneal HIDDEN KEPT SWEEPS HOT COLD GAIN DIGITS`: where one annealing ends, and what descent makes of the same
//! digits. Behind `-- order`: what orders of their own cost. The products of one network alone by faer's GEMM stand beside the kernel.

mod common;

use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use common::{Cell, Table, number, share};
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, Par};
use hspin::hamiltonian::kernel::fma_burst;
use hspin::networks::anneal::{AnnealProtocol, ChainKey, anneal};
use hspin::networks::curvature::{Sample, Weights, loss};
use hspin::networks::data::{PIXELS, bundled, input};
use hspin::networks::kernel::{Batch, Workspace, step};
use hspin::networks::{
    ExampleOrder, GROUP, GroupKey, NetworkGroup, Shape, TrainingProtocol, train as train_networks,
};
use hspin::numeric::isa::Isa;

const SIZES: [usize; 5] = [25, 50, 100, 250, 500];
const TRIALS: usize = 5;

fn main() {
    let isa = Isa::best();
    let words: Vec<String> = std::env::args().collect();
    if let Some(at) = words.iter().position(|word| word == "learn") {
        return learn(isa, &words[at + 1..]);
    }
    let batch = TrainingProtocol::DEFAULT.batch;
    if words.iter().any(|word| word == "order") {
        return orders(isa);
    }
    if let Some(at) = words.iter().position(|word| word == "anneal") {
        return annealing(isa, &words[at + 1..]);
    }
    let what = format!(
        "Gradient descent of {GROUP} networks to a thread, mini-batches of {batch}, f32; useful flops only, best of \
         {TRIALS}; job: 200 networks, 200 epochs, 5000 digits"
    );
    let columns = ["n1", "threads", "GF/s", "FMA limit GF/s", "share", "GEMM GF/s, 1 thread", "job s"];
    let mut table = Table::new("training", &what, &columns);
    for threads in [1, 2] {
        for hidden in SIZES {
            table.row(measured(isa, hidden, batch, threads));
        }
    }
    table.finish();
}

/// Whole trainings of one group on the bundled digits, in turns: the digits in one order, and in one for each network.
fn orders(isa: Isa) {
    let what = format!(
        "One group of {GROUP} networks on 5000 digits, one thread: seconds of a pass in one order of the digits for all \
         and in one for each network, best of {} in turns",
        2 * TRIALS
    );
    let mut table = Table::new("training-order", &what, &["n1", "one order ms", "own orders ms", "ratio"]);
    let set = bundled().expect("bundled digits");
    for hidden in std::iter::once(10).chain(SIZES) {
        let key = GroupKey { seed: 1, shape: Shape::digits(hidden), group: 0 };
        let epochs = (400 / hidden).max(1) as u32;
        let mut best = [f64::INFINITY; 2];
        for _ in 0..2 * TRIALS {
            for (best, order) in best.iter_mut().zip([ExampleOrder::Shared, ExampleOrder::Own]) {
                let protocol = TrainingProtocol { epochs, order, ..TrainingProtocol::DEFAULT };
                let begin = Instant::now();
                let go_on = &mut |_| ControlFlow::Continue(());
                black_box(train_networks(isa, &protocol, &key, &set.train, go_on));
                *best = best.min(1e3 * begin.elapsed().as_secs_f64() / f64::from(epochs));
            }
        }
        let [shared, own] = best;
        table.row([hidden.into(), number(shared, 3), number(own, 3), number(own / shared, 3)]);
    }
    table.finish();
}

/// Losses and accuracies of sixteen networks on the bundled digits.
fn learn(isa: Isa, words: &[String]) {
    let number = |at: usize| words[at].parse::<f64>().expect("a number");
    let shape = Shape::digits(number(0) as usize);
    let protocol = TrainingProtocol {
        rate: number(1),
        decay: number(2),
        batch: number(3) as usize,
        ..TrainingProtocol::DEFAULT
    };
    let set = bundled().expect("bundled digits");
    let begin = Instant::now();
    let key = GroupKey { seed: 1, shape, group: 0 };
    let networks = train_networks(isa, &protocol, &key, &set.train, &mut |_| ControlFlow::Continue(()))
        .expect("not stopped");
    let seconds = begin.elapsed().as_secs_f64();
    let mut line = format!("n1 {} {protocol:?} {seconds:.1} s", shape.hidden);
    for (name, digits) in [("train", &set.train), ("test", &set.test)] {
        let sample = Sample::of(digits);
        let losses: Vec<_> = networks.iter().map(|network| loss(&Weights::of(network), &sample)).collect();
        let mean = |of: &dyn Fn(usize) -> f64| (0..GROUP).map(of).sum::<f64>() / GROUP as f64;
        let centre = mean(&|at| losses[at].mean);
        let spread = mean(&|at| (losses[at].mean - centre).powi(2)).sqrt();
        line += &format!("  {name} {centre:.4}±{spread:.4} acc {:.4}", mean(&|at| losses[at].accuracy));
    }
    println!("{line}");
}

fn measured(isa: Isa, hidden: usize, examples: usize, threads: usize) -> [Cell; 7] {
    let shape = Shape::digits(hidden);
    let once =
        TrainingProtocol { epochs: 1, ..TrainingProtocol::DEFAULT }.flops(&shape, examples) * GROUP as f64;
    let steps = (2e10 / once).ceil() as usize;
    let (mut best, mut limit) = (0.0f64, 0.0f64);
    for _ in 0..TRIALS {
        let elapsed = at_once(threads, || {
            let set = bundled().expect("bundled digits");
            let labels = set.train.labels()[..examples].to_vec();
            let batch = Batch::new(PIXELS, labels, |example, i| input(set.train.pixels(example)[i]));
            let mut group = NetworkGroup::new(&GroupKey { seed: 1, shape, group: 0 }.start());
            let mut space = Workspace::new(&shape, examples);
            move || (0..steps).for_each(|_| step(isa, &mut group, &batch, 1e-4, black_box(&mut space)))
        });
        best = best.max(once * (steps * threads) as f64 / elapsed.as_secs_f64() / 1e9);
        let rounds = 5_000_000;
        let elapsed = at_once(threads, || move || _ = black_box(fma_burst::<f32>(isa, rounds)));
        let flops = fma_burst::<f32>(isa, 1).0 * rounds;
        limit = limit.max((flops * threads as u64) as f64 / elapsed.as_secs_f64() / 1e9);
    }
    let job = 200.0 * TrainingProtocol::DEFAULT.flops(&shape, 5000) / best / 1e9;
    [
        hidden.into(),
        threads.into(),
        number(best, 1),
        number(limit, 1),
        share(best / limit),
        number(gemm(hidden, examples), 1),
        number(job, 0),
    ]
}

/// GF/s of the two large products of one network, B × 100 by 100 × n₁ and 100 × B by B × n₁, on one thread.
fn gemm(hidden: usize, examples: usize) -> f64 {
    let x = Mat::<f32>::from_fn(examples, PIXELS, |i, j| ((3 * i + j) % 7) as f32 - 3.0);
    let w = Mat::<f32>::from_fn(PIXELS, hidden, |i, j| ((i + 5 * j) % 11) as f32 - 5.0);
    let (mut z, mut g) = (Mat::<f32>::zeros(examples, hidden), Mat::<f32>::zeros(PIXELS, hidden));
    let each = 4.0 * (examples * PIXELS * hidden) as f64;
    let times = (4e9 / each).ceil() as usize;
    let trial = || {
        let begin = Instant::now();
        for _ in 0..times {
            matmul(&mut z, Accum::Replace, &x, &w, 1.0, Par::Seq);
            matmul(&mut g, Accum::Replace, x.transpose(), &z, 1.0, Par::Seq);
        }
        each * times as f64 / begin.elapsed().as_secs_f64() / 1e9
    };
    std::iter::repeat_with(trial).take(TRIALS).fold(0.0, f64::max)
}

/// One annealing and one group of descents on the first digits of the bundled ones.
fn annealing(isa: Isa, words: &[String]) {
    let number = |at: usize| words[at].parse::<f64>().expect("a number");
    let shape = Shape::digits(number(0) as usize);
    let protocol = AnnealProtocol {
        kept: number(1),
        sweeps: number(2) as u32,
        hot: number(3),
        cold: number(4),
        gain: number(5),
    };
    let set = bundled().expect("bundled digits");
    let digits = set.train.first(number(6) as usize);
    let begin = Instant::now();
    let key = ChainKey { seed: 1, shape, chain: 0 };
    let end = anneal(&protocol, &key, &digits, &mut |_| ControlFlow::Continue(())).expect("not stopped");
    let seconds = begin.elapsed().as_secs_f64();
    let (train, test) = (Sample::of(&digits), Sample::of(&set.test));
    let weights = end.network.to_weights();
    let (here, there) = (loss(&weights, &train), loss(&weights, &test));
    let step = (end.trace.len() / 8).max(1);
    let trace: Vec<String> = end.trace.iter().step_by(step).map(|loss| format!("{loss:.3}")).collect();
    println!("n1 {} {protocol:?} {} digits, {seconds:.1} s", shape.hidden, digits.count());
    println!("  annealed: train {here:.4?} test {there:.4?} accepted {} of {}", end.accepted, end.proposed);
    println!("  trace {}", trace.join(" "));
    let descent = GroupKey { seed: 1, shape, group: 0 };
    let networks =
        train_networks(
            isa,
            &TrainingProtocol::DEFAULT,
            &descent,
            &digits,
            &mut |_| ControlFlow::Continue(()),
        );
    let weights = Weights::of(&networks.expect("not stopped")[0]);
    println!("  descent: train {:.4?} test {:.4?}", loss(&weights, &train), loss(&weights, &test));
}

/// Prepares a job on each thread, then times all of them together.
fn at_once<J: FnMut()>(threads: usize, prepare: impl Fn() -> J + Sync) -> Duration {
    let ready = Barrier::new(threads);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut job = prepare();
                    ready.wait();
                    let begin = Instant::now();
                    job();
                    begin.elapsed()
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker")).max().expect("a thread")
    })
}
