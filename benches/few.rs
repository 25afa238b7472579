//! Few starts on each of many surfaces, H = 3, one thread: `cargo bench --bench few`, or one part of it by `-- reads` or
//! `-- sweeps`.
//!
//! Reads: couplings of few points stream through the contraction, beside a plain read of as many bytes, in turns; medians
//! of ratios. Sweeps: processor time of a start where each surface has one, by phase, beside that of a start where one
//! surface has many, in turns; medians.

mod common;

use std::time::Instant;

use common::{Table, median, number, share};
use hspin::hamiltonian::Isa;
use hspin::measure::{FewStarts, Precision, few_starts_rate, read_rate};
use hspin::studies::surfaces::{Given, Request, Spec, SurfaceStore, Timings};
use hspin::study::{Job, Resources, Stop, execute};

/// KiB that are read: they lie in the first cache, the second, the third, and in memory.
const LEVELS: [u64; 5] = [24, 512, 4 << 10, 16 << 10, 512 << 10];
const DIMS: [usize; 6] = [25, 50, 100, 200, 300, 500];
/// Λ, surfaces with one start, starts on one surface.
const SWEEPS: [(u32, u32, u32); 4] = [(25, 1000, 2000), (50, 400, 1000), (100, 100, 300), (200, 16, 96)];
const TURNS: usize = 5;

fn reads() {
    let mut table = Table::new("few-levels", "A plain read, one thread", &["KiB", "GB/s"]);
    for kib in LEVELS {
        table.row([kib.into(), number(read_rate(Isa::best(), kib << 10), 1)]);
    }
    table.finish();
    let columns = ["Λ", "type", "points", "tensors", "MiB", "GF/s", "GB/s", "plain read, GB/s", "of it"];
    let mut table = Table::new("few-reads", "The contraction at few points, one thread", &columns);
    for (dim, precision) in DIMS.into_iter().flat_map(|dim| Precision::ALL.map(|precision| (dim, precision)))
    {
        for (points, tensors) in [(1, 1), (1, 2), (4, 1)] {
            let rate = few_starts_rate(&FewStarts { dim, precision, points, tensors, isa: Isa::best() });
            table.row([
                dim.into(),
                precision.name().into(),
                points.into(),
                tensors.into(),
                number(rate.bytes as f64 / f64::from(1u32 << 20), 2),
                number(rate.gflops, 1),
                number(rate.gigabytes, 1),
                number(rate.plain_gigabytes, 1),
                share(rate.fraction),
            ]);
        }
    }
    table.finish();
}

/// Microseconds of a start.
struct Spent {
    /// Processor time of draw, descent, polish and index.
    phases: [f64; 4],
    /// Of the whole process, by its own clock.
    process: f64,
    /// By the clock on the wall.
    wall: f64,
}

impl Spent {
    fn total(&self) -> f64 {
        self.phases.iter().sum()
    }
}

fn sweep((dim, instances, starts): (u32, u32, u32), threads: usize) -> Spent {
    let request = Request {
        dims: Some(vec![dim]),
        starts: Some(starts),
        instances: Some(instances),
        ..Request::default()
    };
    let spec = Spec::new(&request).expect("a spec that is allowed");
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let mut store = SurfaceStore::create(&folder.path().join("bench.run"), &spec).expect("a new run");
    let (given, stop, resources) = (Given::default(), Stop::default(), Resources::of_threads(threads));
    let job = Job { spec: &spec, given: &given, resources: &resources, observer: &(), stop: &stop };
    let (begin, processor) = (Instant::now(), processor_s());
    execute(&mut store, &job).expect("a run without troubles");
    let (wall, processor) = (begin.elapsed().as_secs_f64(), processor_s() - processor);
    let mut spent = Timings::default();
    store.times().expect("stored times").iter().for_each(|surface| spent += surface.spent());
    let each = 1e6 / (f64::from(starts) * f64::from(instances));
    let phases = [spent.draw_s, spent.descent_s, spent.polish_s, spent.index_s];
    Spent { phases: phases.map(|seconds| each * seconds), process: each * processor, wall: each * wall }
}

/// Processor seconds of this process.
fn processor_s() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64
}

fn sweeps() {
    let columns = [
        "Λ",
        "starts × surfaces",
        "draw",
        "descent",
        "polish",
        "index",
        "phases",
        "process",
        "phases of many",
        "process of many",
    ];
    let what = "Processor time of a start in µs, one thread: one start a surface, and many";
    let mut table = Table::new("few-sweeps", what, &columns);
    for (dim, instances, starts) in SWEEPS {
        let turns: Vec<_> =
            (0..TURNS).map(|_| [(instances, 1), (1, starts)].map(|(n, m)| sweep((dim, n, m), 1))).collect();
        for (case, (instances, starts)) in [(instances, 1), (1, starts)].into_iter().enumerate() {
            let of =
                |what: &dyn Fn(&Spent) -> f64| median(turns.iter().map(|turn| what(&turn[case])).collect());
            let ratio = |what: &dyn Fn(&Spent) -> f64| {
                median(turns.iter().map(|turn| what(&turn[case]) / what(&turn[1])).collect())
            };
            table.row([
                dim.into(),
                format!("{starts} × {instances}").into(),
                number(of(&|spent| spent.phases[0]), 1),
                number(of(&|spent| spent.phases[1]), 1),
                number(of(&|spent| spent.phases[2]), 1),
                number(of(&|spent| spent.phases[3]), 1),
                number(of(&Spent::total), 1),
                number(of(&|spent| spent.process), 1),
                number(ratio(&Spent::total), 2),
                number(ratio(&|spent| spent.process), 2),
            ]);
        }
    }
    table.finish();
}

fn threads() {
    let columns = ["Λ", "1 thread, µs", "2 threads, µs", "speedup", "processor time"];
    let what = "1000 surfaces with one start each: wall time of a start, best of the turns";
    let mut table = Table::new("few-threads", what, &columns);
    for dim in [50, 100] {
        let turns: Vec<_> =
            (0..TURNS).map(|_| [1, 2].map(|threads| sweep((dim, 1000, 1), threads))).collect();
        let best = |case: usize, what: &dyn Fn(&Spent) -> f64| {
            turns.iter().map(|turn| what(&turn[case])).fold(f64::INFINITY, f64::min)
        };
        let [one, two] = [0, 1].map(|case| best(case, &|spent| spent.wall));
        let processor = best(1, &Spent::total) / best(0, &Spent::total);
        table.row([dim.into(), number(one, 0), number(two, 0), number(one / two, 2), number(processor, 2)]);
    }
    table.finish();
}

fn main() {
    let part = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let wants = |name: &str| part.as_deref().is_none_or(|part| part == name);
    if wants("reads") {
        reads();
    }
    if wants("sweeps") {
        sweeps();
    }
    if wants("threads") {
        threads();
    }
}
