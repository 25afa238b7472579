//! hspin's side of the comparison with other programs: networks trained on the bundled digits, and the digits themselves.
//!
//! hspin_training FOLDER: writes digits.npy, labels.npy into FOLDER, prints "ready", then answers each line of standard
//! input, `HIDDEN NETWORKS EPOCHS THREADS`, with the seconds it took and the mean train loss of each network, as JSON.

use std::io::BufRead;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use hspin::networks::curvature::{Sample, Weights, loss};
use hspin::networks::data::{Digits, PIXELS, bundled, input};
use hspin::networks::{GROUP, GroupKey, Network, Shape, TrainingProtocol, train};
use hspin::numeric::isa::Isa;
use hspin::numeric::npy;

fn main() {
    let folder = std::env::args().nth(1).expect("hspin_training FOLDER");
    let digits = bundled().expect("bundled digits").train;
    let count = digits.count();
    let pixels = (0..count).flat_map(|at| digits.pixels(at).iter().map(|&pixel| f64::from(input(pixel))));
    write(Path::new(&folder).join("digits.npy").as_path(), &[count as u64, PIXELS as u64], pixels.collect());
    let labels = digits.labels().iter().map(|&label| f64::from(label)).collect();
    write(Path::new(&folder).join("labels.npy").as_path(), &[count as u64], labels);
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("text");
        let numbers: Vec<usize> =
            line.split_whitespace().map(|word| word.parse().expect("a number")).collect();
        let [hidden, networks, epochs, threads] = numbers[..] else { panic!("four numbers, not {line}") };
        let begin = Instant::now();
        let trained = trained(&digits, hidden, networks.div_ceil(GROUP), epochs as u32, threads);
        let seconds = begin.elapsed().as_secs_f64();
        let sample = Sample::of(&digits);
        let losses: Vec<f64> =
            trained.iter().map(|network| loss(&Weights::of(network), &sample).mean).collect();
        println!("{}", serde_json::json!({ "seconds": seconds, "losses": losses }));
    }
}

/// Groups dealt out to threads.
fn trained(digits: &Digits, hidden: usize, groups: usize, epochs: u32, threads: usize) -> Vec<Network> {
    let protocol = TrainingProtocol { epochs, ..TrainingProtocol::DEFAULT };
    let of_group = |group: usize| {
        let key = GroupKey { seed: 1, shape: Shape::digits(hidden), group: group as u64 };
        train(Isa::best(), &protocol, &key, digits, &mut |_| ControlFlow::Continue(())).expect("not stopped")
    };
    std::thread::scope(|scope| {
        let of_thread = |thread: usize| {
            scope
                .spawn(move || (thread..groups).step_by(threads).flat_map(of_group).collect::<Vec<Network>>())
        };
        let workers: Vec<_> = (0..threads).map(of_thread).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker ends")).collect()
    })
}

fn write(path: &Path, shape: &[u64], values: Vec<f64>) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).expect("a folder to write to"));
    npy::write(&mut file, shape, values).expect("as many values as the shape says");
}
