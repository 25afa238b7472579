//! The generating function of the number of eigenvalues below a point, as a small matrix.
//!
//! With z = 1 − ξ, ζ = z² and N(s) the number of eigenvalues below s of a GOE matrix of size Λ (y = √Λ λ):
//!
//! `E z^{N(s)} = P(ζ) [1 + ((1−z) t/2) c(ζ)]`, `P(ζ)² = det(1 − (1−ζ) T)`, `c(ζ) = eᵀ (1 − (1−ζ) T)^{−1} a`,
//! `T = G + g eᵀ − ½ a φᵀ`, `g = √(Λ/2) (I_Λ − ½ a_Λ a)`,
//!
//! e the last unit vector, φ, a, G, I_Λ as in `half_line`, `t = √(Λ/2) ∫φ_Λ` for even Λ and `−2/∫φ_{Λ−1}` for odd.
//! So P = Σ_i P(N ∈ {2i, 2i+1}) ζⁱ and −(t/2) P c = Σ_i P(N = 2i+1) ζⁱ.
//!
//! G has a low numerical rank: G = C Cᵀ with r columns, and T = U Vᵀ with U = (−½a, g, C), V = (φ, e, C) becomes the
//! matrix Vᵀ U of size r + 2, then a Hessenberg matrix, whose determinant is a polynomial in 1 − ζ: r³/3 operations for its
//! coefficients, r at each ζ.
//!
//! # Reference
//! de Bruijn (1955) for the Pfaffian; Mehta (2004), *Random Matrices*, chapters 7 and 20; Bornemann (2010), *On the
//! numerical evaluation of distributions in random matrix theory*, for determinants of finite rank.

use super::half_line::HalfLine;
use super::polynomials::Polynomials;
use crate::numeric::precise::{Big, Precise, PreciseMatrix, dot};

/// The generating function at one s, twice: from a Hessenberg matrix H similar to T, and from the same with its entries
/// moved by rounding. What differs between the two is noise.
#[derive(Debug, Clone)]
pub struct Generating<T> {
    twins: [Polynomials<T>; 2],
    /// log₂ of σ, the unit of all entries.
    unit_log2: f64,
}

impl<T: Precise> Generating<T> {
    /// The generating function of N(s), s ≤ 0, with the precision of `unit`.
    pub fn new(unit: &T, size: usize, s: f64) -> Self {
        let half_line = HalfLine::new(unit, size, s);
        let factor = Factor::new(&half_line);
        let (matrix, last_row) = factor.small_matrix(&half_line);
        let (hessenberg, row) = to_hessenberg(matrix, last_row);
        // c carries one factor σ more than T: a = −2 U e_0.
        let weight = half_trace(unit, size).times(&half_line.scale).times(&unit.of(2.0));
        let area = half_line.scale.times(&half_line.scale);
        let weights: Vec<T> = row.iter().map(|x| x.times(&weight)).collect();
        let entry = |i: usize, j: usize| hessenberg.at(i, j).times(&area);
        let twin = |moved: bool| {
            let matrix = PreciseMatrix::square(hessenberg.size(), |i, j| match moved {
                true => nudged(&entry(i, j), i, j),
                false => entry(i, j),
            });
            Polynomials::new(unit, &matrix, &weights)
        };
        Self { twins: [twin(false), twin(true)], unit_log2: half_line.scale.log2() }
    }

    /// Size of the matrix; P has at most half as many zeros.
    pub fn size(&self) -> usize {
        self.twins[0].size()
    }

    /// log₂ of the unit of the matrix's entries; its square may leave the range of exponents.
    pub fn unit_log2(&self) -> f64 {
        self.unit_log2
    }

    /// The function and its twin.
    pub fn twins(&self) -> &[Polynomials<T>; 2] {
        &self.twins
    }
}

/// x with its last bits moved up or down, as if by chance.
fn nudged<T: Precise>(x: &T, i: usize, j: usize) -> T {
    let hash = ((i * 64 + j) as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    let size = x.of(hash as f64 / f64::from(1 << 23) - 1.0);
    x.plus(&x.times(&size).times_power_of_two(NUDGE - x.bits() as i64))
}

/// t/2.
fn half_trace<T: Precise>(unit: &T, size: usize) -> T {
    let one = Big::new(1.0, unit.bits() + 64);
    let of = |x: usize| one.of(x as f64);
    // ∫φ_0 = √2 π^{1/4}, ∫φ_{n+2} = √((n+1)/(n+2)) ∫φ_n.
    let even = size - size % 2;
    let product = |first: usize| (first..=even).step_by(2).fold(of(1), |product, n| product.times(&of(n)));
    let ratio = product(1).over(&product(2)).sqrt();
    let integral = of(2).sqrt().times(&one.pi().sqrt().sqrt()).times(&ratio);
    let half = match size % 2 {
        0 => of(size).over(&of(2)).sqrt().times(&integral).over(&of(2)),
        _ => one.over(&integral).negated(),
    };
    unit.of_big(&half)
}

/// Bits at the end of an entry of H that its twin has moved.
const NUDGE: i64 = 2;
/// Bits at the end of the entries of G that hold rounding.
const GUARD: f64 = 12.0;

/// G = C Cᵀ on the functions that matter, in units of σ².
struct Factor<T> {
    /// Indices n of the rows of C.
    functions: Vec<usize>,
    /// Columns of C, each as long as `functions`.
    columns: Vec<Vec<T>>,
}

impl<T: Precise> Factor<T> {
    /// Cholesky with complete pivoting, until the rest is rounding.
    fn new(half_line: &HalfLine<T>) -> Self {
        let bits = half_line.scale.bits() as f64;
        let logs: Vec<f64> = half_line.norms[..half_line.size].iter().map(Precise::log2).collect();
        let floor = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max) - bits + GUARD;
        // φ_{Λ−1} stays in any case: it stands in T by itself.
        let functions: Vec<usize> = (0..half_line.size)
            .filter(|&n| n + 1 == half_line.size || logs[n] > floor - 2.0 * GUARD)
            .collect();
        let mut rest: Vec<T> = functions.iter().map(|&n| half_line.norms[n].clone()).collect();
        let mut structure = Displacement::new(half_line, &functions);
        let mut columns: Vec<Vec<T>> = Vec::new();
        while columns.len() < functions.len() {
            let log = |x: &T| if x.is_positive() { x.log2() } else { f64::NEG_INFINITY };
            let logs = rest.iter().map(log).enumerate();
            let Some((pivot, log)) = logs.max_by(|a, b| a.1.total_cmp(&b.1)) else { break };
            if log <= floor {
                break;
            }
            let root = rest[pivot].sqrt();
            let column = structure.column(pivot, &root);
            for (rest, entry) in rest.iter_mut().zip(&column) {
                rest.subtract_product(entry, entry);
            }
            rest[pivot] = rest[pivot].of(0.0);
            structure.eliminate(pivot, &column, &root);
            columns.push(column);
        }
        Self { functions, columns }
    }

    /// Vᵀ U in units of σ², and its row that belongs to e.
    fn small_matrix(&self, half_line: &HalfLine<T>) -> (PreciseMatrix<T>, Vec<T>) {
        let zero = half_line.scale.of(0.0);
        let pick = |from: &[T]| -> Vec<T> { self.functions.iter().map(|&n| from[n].clone()).collect() };
        let (values, a) = (pick(&half_line.values), pick(&half_line.integrals));
        let half = zero.of(0.5);
        let minus_half_a: Vec<T> = a.iter().map(|x| x.times(&half).negated()).collect();
        let root = zero.of(0.5 * half_line.size as f64).sqrt();
        let half_last = half_line.integrals[half_line.size].times(&half);
        let g: Vec<T> = pick(&half_line.nested)
            .iter()
            .zip(&a)
            .map(|(nested, a)| nested.minus(&half_last.times(a)).times(&root))
            .collect();
        let mut last = vec![zero.clone(); self.functions.len()];
        if let Some(entry) = last.last_mut() {
            *entry = zero.of(1.0);
        }
        let left = |i: usize| match i {
            0 => &values,
            1 => &last,
            _ => &self.columns[i - 2],
        };
        let right = |j: usize| match j {
            0 => &minus_half_a,
            1 => &g,
            _ => &self.columns[j - 2],
        };
        let end = self.functions.len() - 1;
        let entry = |i: usize, j: usize| match i {
            1 => right(j)[end].clone(),
            _ => dot(&zero, left(i), right(j)),
        };
        let mut matrix = PreciseMatrix::square(self.columns.len() + 2, |i, j| match i > j && j > 1 {
            true => zero.clone(),
            false => entry(i, j),
        });
        // CᵀC is symmetric.
        matrix.mirror_upper(2);
        let row = matrix.row(1).to_vec();
        (matrix, row)
    }
}

/// What is left of G after some pivots, outside its diagonal: `S_mn = (x_m y_n − y_m x_n)/(2(n−m))`, at first with
/// x_m = √(2m) φ_{m−1} and y = φ (the Wronskian, see [`HalfLine::overlap`]).
///
/// Elimination keeps this form: with the column c of pivot p, S − c cᵀ/S_pp has x − c x_p/S_pp and y − c y_p/S_pp.
///
/// # Reference
/// Gohberg, Kailath, Olshevsky (1995), *Fast Gaussian elimination with partial pivoting for matrices with displacement
/// structure*.
struct Displacement<'a, T> {
    functions: &'a [usize],
    x: Vec<T>,
    y: Vec<T>,
    /// 1/(2d) for d = 0, 1, … (0 at d = 0).
    inverses: Vec<T>,
}

impl<'a, T: Precise> Displacement<'a, T> {
    fn new(half_line: &HalfLine<T>, functions: &'a [usize]) -> Self {
        let one = half_line.scale.of(1.0);
        let span = functions.last().zip(functions.first()).map_or(0, |(last, first)| last - first);
        let inverse = |d: usize| if d == 0 { one.of(0.0) } else { one.over(&one.of(2.0 * d as f64)) };
        Self {
            functions,
            x: functions.iter().map(|&n| half_line.lowered(n)).collect(),
            y: functions.iter().map(|&n| half_line.values[n].clone()).collect(),
            inverses: (0..=span).map(inverse).collect(),
        }
    }

    /// The column of a pivot over its root, `S_mp/√S_pp`.
    fn column(&self, pivot: usize, root: &T) -> Vec<T> {
        let (x, y, at) = (&self.x[pivot], &self.y[pivot], self.functions[pivot]);
        let entry = |row: usize| {
            let mut difference = self.x[row].times(y);
            difference.subtract_product(&self.y[row], x);
            let n = self.functions[row];
            let quotient = difference.times(&self.inverses[n.abs_diff(at)]);
            if at > n { quotient } else { quotient.negated() }
        };
        let inverse = root.of(1.0).over(root);
        (0..self.functions.len())
            .map(|row| if row == pivot { root.clone() } else { entry(row).times(&inverse) })
            .collect()
    }

    fn eliminate(&mut self, pivot: usize, column: &[T], root: &T) {
        for side in [&mut self.x, &mut self.y] {
            let share = side[pivot].over(root);
            for (value, entry) in side.iter_mut().zip(column) {
                value.subtract_product(entry, &share);
            }
            side[pivot] = root.of(0.0);
        }
    }
}

/// Similar Hessenberg matrix by elimination, and a row vector carried along; the first unit vector stays what it is.
///
/// # Reference
/// Golub, Van Loan (2013), *Matrix Computations*, §7.4.
fn to_hessenberg<T: Precise>(mut matrix: PreciseMatrix<T>, mut row: Vec<T>) -> (PreciseMatrix<T>, Vec<T>) {
    let size = matrix.size();
    for k in 1..size.saturating_sub(1) {
        let largest = |&i: &usize| matrix.at(i, k - 1).log2();
        let pivot = (k..size).max_by(|a, b| largest(a).total_cmp(&largest(b))).unwrap_or(k);
        if largest(&pivot) == f64::NEG_INFINITY {
            continue;
        }
        matrix.exchange(k, pivot);
        row.swap(k, pivot);
        let inverse = matrix.at(k, k - 1).of(1.0).over(matrix.at(k, k - 1));
        for i in k + 1..size {
            let factor = matrix.at(i, k - 1).times(&inverse);
            matrix.subtract_row(i, &factor, k);
            matrix.add_column(k, &factor, i);
            let carried = row[i].clone();
            row[k].add_product(&factor, &carried);
        }
    }
    (matrix, row)
}
