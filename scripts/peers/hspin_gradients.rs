//! hspin's side of `scripts/peers/gradient.py`: gradients at the starts of a sweep, timed or written on request.
//!
//! `hspin_gradients DIM STARTS FOLDER` (H = 3, seed 1, surface 0) writes `FOLDER/starts.npy`, prints `ready` and obeys
//! lines of standard input, each answered by a line: `write f32|f64` writes `FOLDER/gradient-f32.npy` (∂L/∂w, shape
//! (starts, dim)) and `energy-f32.npy`; `time f32|f64 THREADS SECONDS` answers with the milliseconds of wall time per
//! start of an energy with its gradient.

use std::io::BufRead;
use std::path::Path;
use std::time::Instant;

use hspin::hamiltonian::kernel::{Kernel, Stored};
use hspin::hamiltonian::{Contraction, Isa, Layout, Surface, SurfaceKey, SymmetricTensor, contract};
use hspin::numeric::lanes::PointLanes;
use hspin::numeric::npy;
use hspin::rng::{Role, stream};
use hspin::sphere::random_point;

const SPINS: usize = 3;
const SEED: u64 = 1;

/// Points in blocks of lanes, and a space for each thread's results.
struct Points<T: Kernel> {
    dim: usize,
    blocks: Vec<PointLanes<T>>,
}

impl<T: Kernel + Stored<T>> Points<T> {
    fn new(starts: &[Vec<f64>]) -> Self {
        let dim = starts[0].len();
        let block = |points: &[Vec<f64>]| {
            let mut block = PointLanes::new(dim);
            for point in points {
                block.push(&point.iter().map(|&x| T::from_f64(x)).collect::<Vec<_>>());
            }
            block
        };
        Self { dim, blocks: starts.chunks(T::LANES).map(block).collect() }
    }

    fn write<A: Stored<T>>(&self, tensor: &SymmetricTensor<A>, folder: &Path, name: &str) {
        let (mut energies, mut gradients) = (Vec::new(), Vec::new());
        let mut space = Contraction::new(self.dim);
        for block in &self.blocks {
            contract(Isa::best(), tensor, block, &mut space);
            for lane in 0..block.active {
                energies.push(space.energy.as_ref()[lane].to_f64());
                gradients.extend(space.gradient.iter().map(|row| row.as_ref()[lane].to_f64()));
            }
        }
        let starts = energies.len() as u64;
        write(&folder.join(format!("energy-{name}.npy")), &[starts], energies);
        write(&folder.join(format!("gradient-{name}.npy")), &[starts, self.dim as u64], gradients);
    }

    /// Milliseconds per start: all blocks, dealt evenly to threads, again and again for so many seconds.
    fn time<A: Stored<T>>(&self, tensor: &SymmetricTensor<A>, threads: usize, seconds: f64) -> f64 {
        let share = self.blocks.len().div_ceil(threads);
        let begin = Instant::now();
        let done: usize = std::thread::scope(|scope| {
            let workers: Vec<_> = self
                .blocks
                .chunks(share)
                .map(|blocks| {
                    scope.spawn(move || {
                        let mut space = Contraction::new(self.dim);
                        let mut done = 0;
                        while done == 0 || begin.elapsed().as_secs_f64() < seconds {
                            for block in blocks {
                                contract(Isa::best(), tensor, block, &mut space);
                                std::hint::black_box(&mut space);
                                done += block.active;
                            }
                        }
                        done
                    })
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().expect("a worker ends")).sum()
        });
        1e3 * begin.elapsed().as_secs_f64() / done as f64
    }
}

fn write(path: &Path, shape: &[u64], values: Vec<f64>) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).expect("a folder to write to"));
    npy::write(&mut file, shape, values).expect("as many values as the shape says");
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [dim, starts, folder] = words.as_slice() else {
        eprintln!("hspin_gradients DIM STARTS FOLDER");
        std::process::exit(2);
    };
    let (dim, starts): (usize, u64) = (dim.parse().expect("DIM"), starts.parse().expect("STARTS"));
    let folder = Path::new(folder);
    let key = SurfaceKey { seed: SEED, layout: Layout::new(SPINS, dim), instance: 0 };
    let surface = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
    let ids = |start| [SPINS as u64, dim as u64, 0, start];
    let starts: Vec<Vec<f64>> =
        (0..starts).map(|start| random_point(&mut stream(SEED, Role::Start, &ids(start)), dim)).collect();
    write(&folder.join("starts.npy"), &[starts.len() as u64, dim as u64], starts.concat());
    let (single, double) = (Points::<f32>::new(&starts), Points::<f64>::new(&starts));
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("text");
        let full = surface.full();
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["write", "f32"] => single.write(full, folder, "f32"),
            ["write", "f64"] => double.write(full, folder, "f64"),
            ["time", precision, threads, seconds] => {
                let (threads, seconds) =
                    (threads.parse().expect("THREADS"), seconds.parse().expect("SECONDS"));
                let ms = match *precision {
                    "f32" => single.time(full, threads, seconds),
                    _ => double.time(full, threads, seconds),
                };
                println!("{ms}");
                continue;
            }
            other => panic!("unknown request {other:?}"),
        }
        println!("written");
    }
}
