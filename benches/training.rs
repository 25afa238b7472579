//! Training as a share of the machine's fused-multiply-add limit, sixteen networks to a thread:
//! `cargo bench --bench training`. Behind `-- learn HIDDEN RATE DECAY BATCH`: what one group learns with that protocol.

use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use hspin::hamiltonian::kernel::fma_burst;
use hspin::networks::curvature::{Sample, Weights, loss};
use hspin::networks::data::{PIXELS, bundled, input};
use hspin::networks::kernel::{Batch, Workspace, step};
use hspin::networks::{GROUP, Group, GroupKey, Protocol, Shape, train};
use hspin::numeric::isa::Isa;

const SIZES: [usize; 5] = [25, 50, 100, 250, 500];
const TRIALS: usize = 5;

fn main() {
    let isa = Isa::best();
    let words: Vec<String> = std::env::args().collect();
    if let Some(at) = words.iter().position(|word| word == "learn") {
        return learn(isa, &words[at + 1..]);
    }
    let batch = Protocol::DEFAULT.batch;
    println!("{}, mini-batches of {batch}, f32; useful flops only, best of {TRIALS}\n", isa.name());
    println!("| n1 | threads | GF/s | FMA limit GF/s | share | 200 networks, 200 epochs, 5000 digits: s |");
    println!("|---:|---:|---:|---:|---:|---:|");
    for threads in [1, 2] {
        let mut total = 0.0;
        for hidden in SIZES {
            let seconds = report(isa, hidden, batch, threads);
            total += seconds;
        }
        println!("| all | {threads} | | | | {total:.0} |");
    }
}

/// Losses and accuracies of sixteen networks on the bundled digits.
fn learn(isa: Isa, words: &[String]) {
    let number = |at: usize| words[at].parse::<f64>().expect("a number");
    let shape = Shape::digits(number(0) as usize);
    let protocol =
        Protocol { rate: number(1), decay: number(2), batch: number(3) as usize, ..Protocol::DEFAULT };
    let set = bundled().expect("bundled digits");
    let begin = Instant::now();
    let key = GroupKey { seed: 1, shape, group: 0 };
    let networks =
        train(isa, &protocol, &key, &set.train, &mut |_| ControlFlow::Continue(())).expect("not stopped");
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

fn report(isa: Isa, hidden: usize, examples: usize, threads: usize) -> f64 {
    let shape = Shape::digits(hidden);
    let once = Protocol { epochs: 1, ..Protocol::DEFAULT }.flops(&shape, examples) * GROUP as f64;
    let steps = (2e10 / once).ceil() as usize;
    let (mut best, mut limit) = (0.0f64, 0.0f64);
    for _ in 0..TRIALS {
        let elapsed = at_once(threads, || {
            let set = bundled().expect("bundled digits");
            let labels = set.train.labels()[..examples].to_vec();
            let batch = Batch::new(PIXELS, labels, |example, i| input(set.train.pixels(example)[i]));
            let mut group = Group::new(&GroupKey { seed: 1, shape, group: 0 }.start());
            let mut space = Workspace::new(&shape, examples);
            move || (0..steps).for_each(|_| step(isa, &mut group, &batch, 1e-4, black_box(&mut space)))
        });
        best = best.max(once * (steps * threads) as f64 / elapsed.as_secs_f64() / 1e9);
        let rounds = 5_000_000;
        let elapsed = at_once(threads, || move || _ = black_box(fma_burst::<f32>(isa, rounds)));
        let flops = fma_burst::<f32>(isa, 1).0 * rounds;
        limit = limit.max((flops * threads as u64) as f64 / elapsed.as_secs_f64() / 1e9);
    }
    let seconds = 200.0 * Protocol::DEFAULT.flops(&shape, 5000) / best / 1e9;
    println!(
        "| {hidden} | {threads} | {best:.1} | {limit:.1} | {:.1} % | {seconds:.0} |",
        100.0 * best / limit
    );
    seconds
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
