//! Few points: the contraction beside a plain read of the couplings that it streams.

use std::hint::black_box;

use super::spent::{Precision, Spent, useful_flops};
use crate::hamiltonian::kernel::Kernel;
use crate::hamiltonian::{
    Contraction, GroupedTensor, Isa, Layout, Recipe, SurfaceKey, Work, compiled_for, contract_grouped,
};
use crate::numeric::lanes::PointLanes;
use crate::rng::{Role, stream};
use crate::sphere::random_point;

/// What to measure: at order 3, on one thread.
#[derive(Debug, Clone, Copy)]
pub struct FewStarts {
    /// Λ.
    pub dim: usize,
    /// Type of points and arithmetic; couplings are f32 values.
    pub precision: Precision,
    /// Points of a pass.
    pub points: usize,
    /// Tensors that passes go through in turn, as the sample phase does.
    pub tensors: usize,
    /// Instruction set.
    pub isa: Isa,
}

/// Passes over couplings that are stored for few points, beside a plain read in turns with them.
#[derive(Debug, Clone, Copy)]
pub struct FewStartsRate {
    /// Bytes of all tensors.
    pub bytes: u64,
    /// Useful flops, (2/3)Λ³ per gradient, per processor second, in 10⁹.
    pub gflops: f64,
    /// Couplings read per processor second, in 10⁹ bytes.
    pub gigabytes: f64,
    /// A plain read of as many bytes, in the same unit.
    pub plain_gigabytes: f64,
    /// Median over the turns of the ratio of the two.
    pub fraction: f64,
}

/// Turns, and bytes that a turn reads at least.
const TURNS: usize = 15;
const BYTES: u64 = 64 << 20;
/// Values that are read between two turns of the loop.
const STRIDE: usize = 256;

/// Reads of so many bytes again and again, in 10⁹ bytes per processor second of one thread; the best of several turns.
///
/// # Panics
/// If the machine lacks the instruction set.
pub fn read_rate(isa: Isa, bytes: u64) -> f64 {
    let values = vec![1u32; (bytes / 4) as usize];
    let turns = (0..TURNS).map(|_| spent_on(bytes, || read(isa, &values)));
    turns.map(|spent| spent.giga_per_processor_s()).fold(0.0, f64::max)
}

/// The contraction at few points and a plain read, in turns.
///
/// # Panics
/// If the machine lacks the instruction set, or more points are asked for than a block has.
pub fn few_starts_rate(case: &FewStarts) -> FewStartsRate {
    match case.precision {
        Precision::F32 => measure::<f32>(case),
        Precision::F64 => measure::<f64>(case),
    }
}

fn measure<T: Kernel>(case: &FewStarts) -> FewStartsRate {
    let layout = Layout::new(3, case.dim);
    let tensors: Vec<_> = (0..case.tensors as u64).map(|instance| tensor(layout, instance)).collect();
    let bytes = tensors.iter().map(|tensor| tensor.bytes()).sum();
    let values = vec![1u32; (bytes / 4) as usize];
    let mut points = PointLanes::<T>::new(case.dim);
    for start in 0..case.points as u64 {
        let w = random_point(&mut stream(0, Role::Probe, &[start]), case.dim);
        points.push(&w.into_iter().map(T::from_f64).collect::<Vec<_>>());
    }
    let mut out = Contraction::new(case.dim);
    let mut pass =
        || tensors.iter().for_each(|tensor| contract_grouped(case.isa, tensor, &points, black_box(&mut out)));
    let mut turns: Vec<[Spent; 2]> = (0..TURNS)
        .map(|_| [spent_on(bytes, &mut pass), spent_on(bytes, || read(case.isa, &values))])
        .collect();
    let fraction = |[few, plain]: &[Spent; 2]| few.giga_per_processor_s() / plain.giga_per_processor_s();
    turns.sort_by(|a, b| fraction(a).total_cmp(&fraction(b)));
    let [few, plain] = turns[TURNS / 2];
    let flops_per_byte = useful_flops(layout) * (case.points * case.tensors) as f64 / bytes as f64;
    FewStartsRate {
        bytes,
        gflops: flops_per_byte * few.giga_per_processor_s(),
        gigabytes: few.giga_per_processor_s(),
        plain_gigabytes: plain.giga_per_processor_s(),
        fraction: few.giga_per_processor_s() / plain.giga_per_processor_s(),
    }
}

fn tensor(layout: Layout, instance: u64) -> std::sync::Arc<GroupedTensor> {
    let key = SurfaceKey { seed: 0, layout, instance };
    let surface = Recipe::random(key, 0).for_few_points().carry_out(&|n, job| (0..n).map(job).collect());
    surface.grouped().clone()
}

/// Work that goes through so many bytes, as often as makes up a turn; the first time is not counted. Bytes take the place
/// of flops.
fn spent_on(bytes: u64, mut work: impl FnMut()) -> Spent {
    work();
    let repeats = BYTES.div_ceil(bytes.max(1));
    let mut spent = Spent::default();
    spent.time(|| {
        (0..repeats).for_each(|_| work());
        (repeats * bytes) as f64
    });
    spent
}

/// Reads all values.
fn read(isa: Isa, values: &[u32]) {
    black_box(compiled_for(isa, Read(black_box(values))));
}

/// Values that are folded to a few, with nothing else to do than to load.
struct Read<'a>(&'a [u32]);

impl Work for Read<'_> {
    type Output = [u32; STRIDE];

    #[inline(always)]
    fn carry_out(self) -> [u32; STRIDE] {
        let mut folded = [0; STRIDE];
        for line in self.0.as_chunks::<STRIDE>().0 {
            for (all, value) in folded.iter_mut().zip(line) {
                *all ^= value;
            }
        }
        folded
    }
}
