//! Couplings stored for few points give the bits of those stored for many.

use hspin::hamiltonian::{
    Contraction, Isa, Landscape, Law, Layout, Model, Orders, Recipe, Surface, SurfaceKey, Which,
};
use hspin::numeric::lanes::{PointLanes, Real};
use hspin::studies::surfaces::SurfaceStore;

use crate::common::{point, serial};
use crate::harness::{Place, hspin, succeed};

/// Sample tensors of each surface.
const SAMPLES: usize = 2;

const SWEEPS: [&str; 5] = [
    "--dims 5,17,24,40",
    "--dims 9,21 --protocol gd --trace",
    "--dims 12 --protocol saddle",
    "--dims 10,19 --mixture 2:0.3,3:0.5,4:0.2 --law exponential",
    "--dims 16 --law sign --spike 1.5",
];

fn dims() -> impl Iterator<Item = usize> {
    (1..=70).chain([100, 200])
}

fn recipe<'a>(dim: usize) -> Recipe<'a> {
    Recipe::random(SurfaceKey { seed: 11, layout: Layout::new(3, dim), instance: dim as u64 }, SAMPLES)
}

/// The same surface, stored for many points and for few.
fn both<'a>(recipe: impl Fn() -> Recipe<'a>) -> [Surface; 2] {
    [recipe(), recipe().for_few_points()].map(|recipe| recipe.carry_out(&serial))
}

fn points<T: Real>(dim: usize, count: usize) -> PointLanes<T> {
    let mut block = PointLanes::new(dim);
    for number in 0..count as u64 {
        let point: Vec<T> = point(dim, number).into_iter().map(T::from_f64).collect();
        block.push(&point);
    }
    block
}

/// Bits of energies, slopes and gradients at the active lanes.
fn bits<T: Real>(active: usize, contract: impl FnOnce(&mut Contraction<T>), dim: usize) -> Vec<u64> {
    let mut out = Contraction::new(dim);
    contract(&mut out);
    let rows = [&out.energy, &out.radial_slope].into_iter().chain(&out.gradient);
    rows.flat_map(|row| row.as_ref()[..active].iter().map(|x| x.to_f64().to_bits())).collect()
}

/// How many of the numbers at some points differ, and of how many.
fn differing([many, few]: &[Surface; 2], isa: Isa, count: usize) -> [usize; 2] {
    let dim = many.dim();
    let (single, double) = (points::<f32>(dim, count), points::<f64>(dim, count));
    let mut differ = [0, 0];
    let mut compare = |a: Vec<u64>, b: Vec<u64>| {
        assert_eq!(a.len(), b.len());
        differ[0] += a.iter().zip(&b).filter(|(a, b)| a != b).count();
        differ[1] += a.len();
    };
    for which in [Which::Full, Which::Sample(0), Which::Sample(1)] {
        let of = |surface: &Surface, isa| bits(count, |out| surface.contract(isa, which, &single, out), dim);
        compare(of(many, Isa::best()), of(few, isa));
    }
    let of = |surface: &Surface, isa| bits(count, |out| surface.contract_exact(isa, &double, out), dim);
    compare(of(many, Isa::best()), of(few, isa));
    differ
}

fn available() -> impl Iterator<Item = Isa> {
    Isa::ALL.into_iter().filter(|isa| isa.is_available())
}

#[test]
fn energies_and_gradients_have_the_bits_of_many_points() {
    for dim in dims() {
        let surfaces = both(|| recipe(dim));
        for isa in available() {
            let counts = if dim > 70 && isa == Isa::Scalar { 1..=2 } else { 1..=16 };
            for count in counts {
                let [differ, all] = differing(&surfaces, isa, count);
                assert_eq!(differ, 0, "of {all}: Λ = {dim}, {count} points, {}", isa.name());
            }
        }
    }
}

#[test]
fn hessians_have_the_bits_of_many_points() {
    for dim in dims().filter(|dim| dim % 7 < 3 || *dim > 60) {
        let [many, few] = both(|| recipe(dim));
        let w: Vec<Vec<f64>> = (0..16).map(|number| point(dim, number)).collect();
        for (isa, count) in available().flat_map(|isa| [1, 2, 3, 5, 16].map(|count| (isa, count))) {
            if isa == Isa::Scalar && (dim > 70 || count > 3) {
                continue;
            }
            let w: Vec<&[f64]> = w[..count].iter().map(Vec::as_slice).collect();
            let [a, b] =
                [(&many, Isa::best()), (&few, isa)].map(|(surface, isa)| surface.hessians_exact(isa, &w));
            for (a, b) in a.iter().zip(&b) {
                for (i, j) in (0..dim).flat_map(|i| (0..=i).map(move |j| (i, j))) {
                    let [a, b] = [a, b].map(|hessian| hessian.at(i, j).to_bits());
                    assert_eq!(a, b, "({i}, {j}): Λ = {dim}, {count} points, {}", isa.name());
                }
            }
        }
    }
}

#[test]
fn mixtures_with_an_order_3_have_the_bits_of_many_points() {
    let orders = Orders::new(&[(2, 0.3), (3, 0.5), (4, 0.2)]).unwrap();
    let model = Model { orders, law: Law::Exponential, spike: None };
    for dim in [5, 17, 24] {
        let key = SurfaceKey { seed: 3, layout: Layout::new(4, dim), instance: 0 };
        let surfaces = both(|| Recipe::of_model(key, &model, SAMPLES));
        for isa in available() {
            assert_eq!(differing(&surfaces, isa, 3)[0], 0, "Λ = {dim}, {}", isa.name());
        }
    }
}

#[test]
fn couplings_stored_for_few_points_are_the_same_couplings() {
    for dim in [1, 8, 21, 33] {
        let [many, few] = both(|| recipe(dim));
        let coefficients = |surface: &Surface| {
            let mut found = Vec::new();
            surface.for_each_coefficient(|indices, c| found.push((indices.to_vec(), c.to_bits())));
            found
        };
        assert_eq!(coefficients(&many), coefficients(&few), "Λ = {dim}");
        assert_eq!(many.to_dense(), few.to_dense());
    }
}

/// Eight starts a surface are few and nine are not: what is recorded of the first eight is the same.
#[test]
fn starts_have_the_same_records_among_few_and_among_many() {
    let place = Place::quick();
    for (number, flags) in SWEEPS.into_iter().enumerate() {
        let records = [8, 9].map(|starts| {
            let run = place.path(&format!("{number}-{starts}.run"));
            let flags = format!("sweep {flags} --instances 2 --starts {starts}");
            succeed(hspin(&flags).arg("--out").arg(&run).args(["--threads", "2"]));
            let records = SurfaceStore::open_read(&run).unwrap().records(None).unwrap();
            let mut told: Vec<String> = records
                .iter()
                .filter(|record| record.start < 8)
                .map(|record| format!("{record:?}"))
                .collect();
            told.sort();
            told
        });
        assert!(records[0].len().is_multiple_of(16) && !records[0].is_empty());
        assert_eq!(records[0], records[1], "{flags}");
    }
}

/// Another surface differs in nearly all numbers: the comparison can fail.
#[test]
fn another_surface_has_other_bits() {
    let [many, _] = both(|| recipe(20));
    let other = Recipe::random(SurfaceKey { seed: 12, layout: Layout::new(3, 20), instance: 20 }, SAMPLES);
    let [differ, all] = differing(&[many, other.for_few_points().carry_out(&serial)], Isa::best(), 2);
    assert!(10 * differ > 9 * all, "{differ} of {all}");
}
