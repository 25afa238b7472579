//! A sweep from end to end, by phase, on one thread and on two: `cargo bench --bench sweep`.
//!
//! Thread seconds of each phase, the share of all threads' time that they fill, and what a second thread gains; also
//! in `target/bench/sweep.json`.

use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use hspin::hamiltonian::{Isa, Layout};
use hspin::studies::surfaces::{Given, Request, Spec, SurfaceStore, Timings};
use hspin::study::{Event, Job, Observer, Resources, Stop, execute};

/// What is swept; a name, sizes, starts and surfaces.
const CASES: [(&str, &[u32], u32, u32); 4] = [
    ("paper, scaled down", &[25, 50, 100, 200], 300, 1),
    ("one large surface", &[300], 64, 1),
    ("many surfaces", &[25], 20, 200),
    ("many tiny surfaces", &[8], 10, 2000),
];
const THREADS: [usize; 2] = [1, 2];

/// Seconds of commits.
#[derive(Default)]
struct Commits(Mutex<f64>);

impl Observer for Commits {
    fn event(&self, event: Event) {
        if let Event::Committed { seconds } = event {
            *self.0.lock().expect("no thread panics") += seconds;
        }
    }
}

#[derive(serde::Serialize)]
struct Row {
    case: &'static str,
    threads: usize,
    wall_s: f64,
    spent: Timings,
    store_s: f64,
    /// Share of all threads' time spent in phases other than the store, which has a thread of its own.
    utilisation: f64,
    /// Normals drawn, in 10⁶ per second of one thread.
    draw_rate: f64,
}

fn measure(case: usize, threads: usize) -> Row {
    let (name, dims, starts, instances) = CASES[case];
    let request = Request {
        dims: Some(dims.to_vec()),
        starts: Some(starts),
        instances: Some(instances),
        ..Request::default()
    };
    let spec = Spec::new(&request).expect("a spec that is allowed");
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let mut store = SurfaceStore::create(&folder.path().join("bench.run"), &spec).expect("a new run");
    let resources = Resources::of_threads(threads);
    let commits = Commits::default();
    let begin = Instant::now();
    let (given, stop, spec_now) = (Given::default(), Stop::default(), spec.clone());
    let job = Job { spec: &spec_now, given: &given, resources: &resources, observer: &commits, stop: &stop };
    execute(&mut store, &job).expect("a run without troubles");
    let wall_s = begin.elapsed().as_secs_f64();
    let mut spent = Timings::default();
    store.times().expect("stored times").iter().for_each(|surface| spent += surface.spent());
    let tensors = 1 + spec.descent.map_or(0, |descent| u64::from(descent.method().samples()));
    let couplings: u64 =
        dims.iter().filter_map(|&dim| Layout::new(spec.spins as usize, dim as usize).couplings()).sum();
    let drawn = (tensors * couplings * u64::from(instances)) as f64;
    Row {
        case: name,
        threads,
        wall_s,
        spent,
        store_s: *commits.0.lock().expect("no thread panics"),
        utilisation: spent.total_s() / (wall_s * threads as f64),
        draw_rate: drawn / spent.draw_s / 1e6,
    }
}

fn main() {
    println!("Sweep from end to end, H = 3, {}; thread seconds by phase", Isa::best().name());
    println!(
        "{:<20} {:>7} {:>7} {:>7} {:>8} {:>7} {:>7} {:>7} {:>6} {:>7} {:>11}",
        "case",
        "threads",
        "wall",
        "draw",
        "descent",
        "polish",
        "index",
        "store",
        "busy",
        "speedup",
        "Mnormals/s"
    );
    let mut rows: Vec<Row> = Vec::new();
    for case in 0..CASES.len() {
        let mut alone = 0.0;
        for threads in THREADS {
            let row = measure(case, threads);
            if threads == 1 {
                alone = row.wall_s;
            }
            println!(
                "{:<20} {:>7} {:>7.2} {:>7.2} {:>8.2} {:>7.2} {:>7.2} {:>7.2} {:>5.0}% {:>7.2} {:>11.1}",
                row.case,
                threads,
                row.wall_s,
                row.spent.draw_s,
                row.spent.descent_s,
                row.spent.polish_s,
                row.spent.index_s,
                row.store_s,
                100.0 * row.utilisation,
                alone / row.wall_s,
                row.draw_rate,
            );
            rows.push(row);
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    std::fs::create_dir_all(&folder).expect("a folder for results");
    let text = serde_json::to_string_pretty(&rows).expect("rows are numbers");
    std::fs::write(folder.join("sweep.json"), text).expect("a place for results");
    println!("also in target/bench/sweep.json");
}
