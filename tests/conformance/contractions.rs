//! Energy, gradient and Hessian–vector products against exact sums (scripts/oracle/conformance.py).
//!
//! The law: |found − exact| ≤ 16 u Σ|terms|, u the unit of rounding (2⁻²⁴ or 2⁻⁵³), the terms those of the sum over
//! ordered multisets. The exact values are stored as the nearest double.

use std::collections::BTreeMap;

use hspin::critical::HessianOperator;
use hspin::hamiltonian::kernel::{Kernel, Stored};
use hspin::hamiltonian::{
    Contraction, Isa, Landscape, Layout, Surface, SurfaceKey, SymmetricTensor, contract,
};
use hspin::numeric::lanes::PointLanes;

use crate::common::{point, serial, surface};
use crate::tally::Tally;

/// Σ|terms| times this and the unit of rounding is the largest error allowed.
const FACTOR: f64 = 16.0;

/// Numbers without structure, as the script makes them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Formula {
    kind: String,
    /// Bits of couplings and of points.
    bits: [u32; 2],
}

fn scrambled(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

impl Formula {
    fn number(&self, role: u64, indices: &[usize], bits: u32) -> f64 {
        let state = indices.iter().fold(scrambled(role), |state, &i| {
            scrambled(state.wrapping_add(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(i as u64 + 1)))
        });
        let value = (state >> (64 - bits)) as i64;
        let value = if self.kind == "positive" { value } else { 2 * value - (1 << bits) };
        let halvings = bits as i32 + if self.kind == "graded" { (state & 7) as i32 } else { 0 };
        value as f64 * 2f64.powi(-halvings)
    }

    fn coupling(&self, indices: &[usize]) -> f64 {
        self.number(1, indices, self.bits[0])
    }

    fn vector(&self, role: u64, dim: usize) -> Vec<f64> {
        (0..dim).map(|i| self.number(role, &[i], self.bits[1])).collect()
    }
}

/// One surface and point with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Case {
    spins: usize,
    dim: usize,
    precision: String,
    formula: Formula,
}

impl Case {
    /// Its couplings in double precision.
    fn surface(&self) -> Surface {
        let layout = Layout::new(self.spins, self.dim);
        let couplings = SymmetricTensor::<f64>::from_coefficients(layout, |i| self.formula.coupling(i));
        Surface::given(&SurfaceKey { seed: 1, layout, instance: 0 }, &couplings, 0, &serial)
    }
}

#[derive(Debug)]
struct Known {
    quantity: String,
    index: usize,
    value: f64,
    terms: f64,
}

/// A C99 hexadecimal float in Python's form, `-0x1.8p+3`; exact.
fn hex_float(text: &str) -> f64 {
    let (sign, digits) = text.strip_prefix('-').map_or((1.0, text), |digits| (-1.0, digits));
    let (mantissa, exponent) = digits.strip_prefix("0x").unwrap().split_once('p').unwrap();
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let bits = u64::from_str_radix(&format!("{whole}{fraction}"), 16).unwrap();
    let exponent = exponent.parse::<i32>().unwrap() - 4 * fraction.len() as i32;
    sign * bits as f64 * 2f64.powi(exponent)
}

fn cases() -> BTreeMap<Case, Vec<Known>> {
    let mut cases: BTreeMap<Case, Vec<Known>> = BTreeMap::new();
    for line in include_str!("../data/contractions.csv").lines().skip(1) {
        let [spins, dim, precision, kind, quantity, index, value, terms] =
            line.split(',').collect::<Vec<_>>().try_into().unwrap();
        let bits = match precision {
            "single" => [24, 24],
            "mixed" => [24, 53],
            _ => [53, 53],
        };
        let case = Case {
            spins: spins.parse().unwrap(),
            dim: dim.parse().unwrap(),
            precision: precision.to_owned(),
            formula: Formula { kind: kind.to_owned(), bits },
        };
        cases.entry(case).or_default().push(Known {
            quantity: quantity.to_owned(),
            index: index.parse().unwrap(),
            value: hex_float(value),
            terms: terms.parse().unwrap(),
        });
    }
    cases
}

/// Errors seen, in units of u Σ|terms|.
struct Errors<'a> {
    tally: &'a mut Tally,
    worst: BTreeMap<String, f64>,
}

impl Errors<'_> {
    fn note(&mut self, case: &Case, known: &Known, isa: Isa, found: f64) {
        let unit = if case.precision == "single" { 2f64.powi(-24) } else { 2f64.powi(-53) };
        // The reference is rounded to a double.
        let error = (found - known.value).abs() / (unit * known.terms);
        let key = format!("{} {} {}", case.precision, case.formula.kind, known.quantity);
        let worst = self.worst.entry(key).or_insert(0.0);
        *worst = worst.max(error);
        self.tally.check(error <= FACTOR, || format!("{case:?} {known:?} {}: {error:.2} u", isa.name()));
    }

    fn contraction<T: Kernel, A: Stored<T>>(&mut self, case: &Case, known: &[Known]) {
        let layout = Layout::new(case.spins, case.dim);
        let couplings =
            SymmetricTensor::<A>::from_coefficients(layout, |i| A::from_f64(case.formula.coupling(i)));
        let w: Vec<T> = case.formula.vector(2, case.dim).into_iter().map(T::from_f64).collect();
        let mut block = PointLanes::<T>::new(case.dim);
        block.push(&w);
        let mut out = Contraction::new(case.dim);
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            contract(isa, &couplings, &block, &mut out);
            for known in known {
                let row = match known.quantity.as_str() {
                    "energy" => &out.energy,
                    "gradient" => &out.gradient[known.index],
                    _ => continue,
                };
                self.note(case, known, isa, row.as_ref()[0].to_f64());
            }
        }
    }

    fn hessian(&mut self, case: &Case, known: &[Known]) {
        let (w, v) = (case.formula.vector(2, case.dim), case.formula.vector(3, case.dim));
        let surface = case.surface();
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            let hessian = surface.hessians_exact(isa, &[&w]).remove(0);
            for known in known.iter().filter(|known| known.quantity == "hessian-vector") {
                let row: Vec<f64> = (0..case.dim).map(|j| hessian.at(known.index, j)).collect();
                self.note(case, known, isa, dot_exactly(&row, &v));
            }
        }
    }

    /// The Riemannian Hessian from differences of gradients.
    fn operator(&mut self, case: &Case, known: &[Known]) {
        let (w, v) = (case.formula.vector(2, case.dim), case.formula.vector(3, case.dim));
        let surface = case.surface();
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            let product = HessianOperator::at(&surface, isa, &w).times(&[&v]).remove(0);
            for known in known.iter().filter(|known| known.quantity == "riemannian") {
                self.note(case, known, isa, product[known.index]);
            }
        }
    }
}

/// Dot product with twice the digits, so that only the errors of the entries show.
///
/// Reference: Ogita, Rump, Oishi (2005), Accurate sum and dot product, SIAM J. Sci. Comput. 26, Algorithm 5.3.
fn dot_exactly(a: &[f64], b: &[f64]) -> f64 {
    let (mut sum, mut rest) = (0.0f64, 0.0f64);
    for (a, b) in a.iter().zip(b) {
        let product = a * b;
        let total = sum + product;
        let part = total - sum;
        rest += a.mul_add(*b, -product) + ((sum - (total - part)) + (product - part));
        sum = total;
    }
    sum + rest
}

fn try_cases(name: &'static str, chosen: impl Fn(&Case) -> bool) {
    let mut tally = Tally::new(name);
    let mut errors = Errors { tally: &mut tally, worst: BTreeMap::new() };
    for (case, known) in cases().iter().filter(|(case, _)| chosen(case)) {
        match case.precision.as_str() {
            "single" => errors.contraction::<f32, f32>(case, known),
            "mixed" => {
                errors.contraction::<f64, f32>(case, known);
                errors.hessian(case, known);
            }
            _ => {
                errors.contraction::<f64, f64>(case, known);
                errors.hessian(case, known);
                errors.operator(case, known);
            }
        }
    }
    for (key, worst) in &errors.worst {
        println!("largest error, {key}: {worst:.2} u Σ|terms|");
    }
    tally.end();
}

fn couplings(case: &Case) -> u64 {
    Layout::new(case.spins, case.dim).couplings().unwrap()
}

#[test]
fn energy_gradient_and_hessian_are_exact_to_16_roundings_of_the_terms() {
    try_cases("conformance, contractions to 10^5 couplings", |case| couplings(case) < 100_000);
}

#[test]
fn so_they_are_at_a_million_couplings() {
    try_cases("conformance, contractions of 10^6 couplings", |case| couplings(case) >= 100_000);
}

/// So what holds of given couplings holds of drawn ones.
#[test]
fn hessians_have_the_same_bits_from_couplings_in_single_and_in_double_precision() {
    for (spins, dim) in [(2, 33), (3, 41), (4, 17), (5, 8), (6, 7)] {
        let drawn = surface(spins, dim, 7, 0);
        let key = SurfaceKey { seed: 1, layout: drawn.layout(), instance: 0 };
        let given = Surface::given(&key, &drawn.full().rounded(), 0, &serial);
        let w = point(dim, 1);
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            let [a, b] = [&drawn, &given].map(|surface| surface.hessians_exact(isa, &[&w]).remove(0));
            let places = (0..dim).flat_map(|i| (0..dim).map(move |j| (i, j)));
            places.for_each(|(i, j)| assert_eq!(a.at(i, j).to_bits(), b.at(i, j).to_bits(), "H = {spins}"));
        }
    }
}

#[test]
fn the_bound_tells_a_wrong_digit() {
    let (case, known) =
        cases().into_iter().find(|(case, _)| case.precision == "double" && case.dim == 13).unwrap();
    let mut tally = Tally::new("control");
    let mut errors = Errors { tally: &mut tally, worst: BTreeMap::new() };
    for known in known.iter().filter(|known| known.value.abs() > 0.01 * known.terms) {
        errors.note(&case, known, Isa::Scalar, known.value * (1.0 + 1e-12));
    }
    assert!(tally.failed() > 0);
    assert_eq!([hex_float("0x1.8p+3"), hex_float("-0x1.0000000000001p-1")], [12.0, -0.5 - 2f64.powi(-53)]);
}
