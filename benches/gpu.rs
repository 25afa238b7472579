//! A GPU against its own library, and the paper's sweep on it: `cargo bench --features cuda --bench gpu`.
//!
//! Rates are flops of single precision per second, host time between two waits for the device.

mod common;

use std::collections::BTreeMap;
use std::time::Instant;

use common::{Table, number, share};
use cudarc::cublas::{CudaBlas, Gemm, GemmConfig, sys::cublasOperation_t};
use hspin::descent::DeviceClass;
use hspin::descent::cuda::{self, Cuda};
use hspin::descent::device::{Device, DeviceTensor};
use hspin::hamiltonian::{Layout, Surface, SurfaceKey};
use hspin::rng::{Role, stream};
use hspin::sphere::random_point;
use hspin::studies::surfaces::{Given, Request, Spec, SurfaceStore, Timings};
use hspin::study::{Event, Job, Observer, Resources, Stop, execute};

const DIMS: [usize; 6] = [100, 200, 300, 500, 700, 1000];
const BATCHES: [usize; 3] = [256, 1024, 4096];
/// Side of the matrices whose product gives the device's rate.
const GEMM: usize = 8192;
/// Seconds that a measurement takes at least.
const ENOUGH: f64 = 0.5;

/// Seconds of one call, when the device has done it, from as many as take long enough.
fn seconds(device: &Cuda, mut work: impl FnMut()) -> f64 {
    let wait = || device.stream().synchronize().expect("the device answers");
    work();
    wait();
    let mut calls = 1;
    loop {
        let begin = Instant::now();
        (0..calls).for_each(|_| work());
        wait();
        let spent = begin.elapsed().as_secs_f64();
        if spent >= ENOUGH {
            return spent / f64::from(calls);
        }
        calls *= 2;
    }
}

/// Flops per second of the device's own product of two square matrices in single precision (TF32 is off by default).
fn gemm_rate(device: &Cuda) -> f64 {
    let stream = device.stream();
    let blas = CudaBlas::new(stream.clone()).expect("cuBLAS");
    let matrix = || stream.clone_htod(&vec![0.5f32; GEMM * GEMM]).expect("memory");
    let (a, b, mut c) = (matrix(), matrix(), matrix());
    let side = GEMM as i32;
    let plain = cublasOperation_t::CUBLAS_OP_N;
    let config = GemmConfig {
        transa: plain,
        transb: plain,
        m: side,
        n: side,
        k: side,
        alpha: 1.0f32,
        lda: side,
        ldb: side,
        beta: 0.0,
        ldc: side,
    };
    // SAFETY: three matrices of side × side values.
    let spent = seconds(device, || unsafe { blas.gemm(config, &a, &b, &mut c).expect("a product") });
    2.0 * (GEMM as f64).powi(3) / spent
}

fn gradients(device: &Cuda, gemm: f64) {
    let what = format!("gradients on {}, cuBLAS sgemm {:.1} TF/s", device.name(), gemm / 1e12);
    let mut table = Table::new(
        "gpu-gradients",
        &what,
        &["H", "Λ", "starts", "ms", "TF/s", "of sgemm", "leaves of sgemm"],
    );
    for dim in DIMS {
        let key = SurfaceKey { seed: 1, layout: Layout::new(3, dim), instance: 0 };
        let surface = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
        let tensor = DeviceTensor::upload(device, surface.full()).expect("room on the device");
        for batch in BATCHES {
            let points: Vec<Vec<f32>> = (0..batch as u64)
                .map(|number| {
                    let w = random_point(&mut stream(1, Role::Start, &[3, dim as u64, 0, number]), dim);
                    w.into_iter().map(|x| x as f32).collect()
                })
                .collect();
            let columns = tensor.columns(device, batch).expect("room on the device");
            tensor.put(device, &columns, &points).expect("a launch");
            let spent = seconds(device, || tensor.gradients(device, &columns, batch).expect("a launch"));
            // Useful flops are the leading term; leaves, what the symmetric leaves really need.
            let useful = 2.0 / 3.0 * (dim as f64).powi(3) * batch as f64 / spent;
            let leaves = 2.0 * key.layout.values().expect("a small layout") as f64 * batch as f64 / spent;
            table.row([
                3.into(),
                dim.into(),
                batch.into(),
                number(1e3 * spent, 3),
                number(useful / 1e12, 2),
                share(useful / gemm),
                share(leaves / gemm),
            ]);
        }
        // The last values are used: a launch that failed would be seen here.
        device.download(&tensor.columns(device, 1).expect("room").points).expect("the device answers");
    }
    table.finish();
}

struct Quiet;

impl Observer for Quiet {
    fn event(&self, _: Event) {}
}

fn paper_sweep(device: &Cuda) {
    let request = Request { device: Some(DeviceClass::Cuda), ..Request::default() };
    let spec = Spec::new(&request).expect("a spec that is allowed");
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let mut store = SurfaceStore::create(&folder.path().join("bench.run"), &spec).expect("a new run");
    let resources = Resources {
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        ..Resources::of_threads(1)
    };
    let begin = Instant::now();
    let (given, stop) = (Given::default(), Stop::default());
    let job = Job { spec: &spec, given: &given, resources: &resources, observer: &Quiet, stop: &stop };
    execute(&mut store, &job).expect("a run without troubles");
    let wall = begin.elapsed().as_secs_f64();
    let mut spent = BTreeMap::new();
    for surface in store.times().expect("stored times") {
        *spent.entry(surface.dim).or_insert_with(Timings::default) += surface.spent();
    }
    let what = format!(
        "the paper's sweep on {}, {} threads beside it, {wall:.1} s in all",
        device.name(),
        resources.threads
    );
    let columns = ["Λ", "descent s", "draw thread s", "polish thread s", "index thread s"];
    let mut table = Table::new("gpu-sweep", &what, &columns);
    let mut descent_s = 0.0;
    for (dim, spent) in spent {
        let Timings { draw_s, polish_s, index_s, .. } = spent;
        descent_s += spent.descent_s;
        table.row([
            dim.into(),
            number(spent.descent_s, 2),
            number(draw_s, 2),
            number(polish_s, 2),
            number(index_s, 2),
        ]);
    }
    table.finish();
    println!("descents of all sizes: {descent_s:.1} s");
}

fn main() {
    match cuda::open() {
        Ok(device) => {
            let gemm = gemm_rate(device);
            gradients(device, gemm);
            paper_sweep(device);
        }
        Err(reason) => println!("nothing measured: {reason}"),
    }
}
