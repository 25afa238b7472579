//! Indices of small integer matrices against their exact inertia.
//!
//! The characteristic polynomial of a symmetric matrix has only real roots, so that by Descartes' rule it has exactly as
//! many positive ones as its coefficients change sign, and as many zeros as it ends in zero coefficients. All in integers.
//!
//! Reference: Faddeev, Faddeeva (1963), Computational Methods of Linear Algebra, §47 (the coefficients).

use hspin::critical::Spectrum;
use hspin::numeric::symmetric::Symmetric;
use hspin::rng::{Role, stream};
use rand::RngExt;

use crate::common::inertia::inertia;
use crate::tally::Tally;

type Rows = Vec<Vec<i128>>;

/// Numbers of negative, zero and positive eigenvalues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Inertia {
    negative: usize,
    zero: usize,
    positive: usize,
}

/// Coefficients of det(λ − A), that of λⁿ first: M ← A (M + c), c = −tr M/k, a division without rest.
fn characteristic(a: &Rows) -> Vec<i128> {
    let n = a.len();
    let mut coefficients = vec![1];
    let mut m = vec![vec![0; n]; n];
    for k in 1..=n {
        let last = coefficients[k - 1];
        (0..n).for_each(|i| m[i][i] += last);
        m = (0..n).map(|i| (0..n).map(|j| (0..n).map(|l| a[i][l] * m[l][j]).sum()).collect()).collect();
        let trace: i128 = (0..n).map(|i| m[i][i]).sum();
        assert_eq!(trace % k as i128, 0);
        coefficients.push(-trace / k as i128);
    }
    coefficients
}

fn sign_changes(coefficients: impl Iterator<Item = i128>) -> usize {
    let signs: Vec<i128> = coefficients.map(i128::signum).filter(|&sign| sign != 0).collect();
    signs.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

fn exact(a: &Rows) -> Inertia {
    let coefficients = characteristic(a);
    let zero = coefficients.iter().rev().take_while(|&&c| c == 0).count();
    let positive = sign_changes(coefficients.iter().copied());
    // Of −A: every second coefficient changes its sign.
    let negative = sign_changes((0..).zip(&coefficients).map(|(k, &c)| if k % 2 == 0 { c } else { -c }));
    assert_eq!(negative + zero + positive, a.len(), "a root that is not real");
    Inertia { negative, zero, positive }
}

/// A − t.
fn shifted(a: &Rows, t: i128) -> Rows {
    let entry = |i: usize, j: usize| a[i][j] - if i == j { t } else { 0 };
    (0..a.len()).map(|i| (0..a.len()).map(|j| entry(i, j)).collect()).collect()
}

/// Matrix `number` of n rows: entries in −9…9, all of them free; or rows and columns of a smaller one repeated, which
/// makes it singular; or few entries that are not 0.
fn matrix(n: usize, number: u64) -> Rows {
    let mut rng = stream(67, Role::Probe, &[n as u64, number]);
    let free: Vec<Vec<i128>> = (0..n).map(|_| (0..n).map(|_| rng.random_range(-9..=9)).collect()).collect();
    let from: Vec<usize> = match number % 3 {
        0 => (0..n).collect(),
        _ => (0..n).map(|_| rng.random_range(0..n)).collect(),
    };
    let dense = number % 3 != 2;
    let kept: Vec<bool> = (0..n).map(|_| dense || rng.random()).collect();
    let entry = |i: usize, j: usize| {
        let (i, j) = (from[i.max(j)], from[i.min(j)]);
        if kept[i] || kept[j] { free[i.max(j)][i.min(j)] } else { 0 }
    };
    (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
}

/// What the library says of A − t, and what a second road without it says, against the exact numbers.
fn agrees(a: &Rows, t: i128, exact: Inertia) -> bool {
    let Inertia { negative, zero, positive } = exact;
    let moved = shifted(a, t);
    let spectrum = Spectrum::of(&Symmetric::from_lower(a.len(), |i, j| moved[i][j] as f64), 0.0).unwrap();
    let below = Symmetric::from_lower(a.len(), |i, j| a[i][j] as f64).count_below(t as f64).unwrap();
    let (less, more) = inertia(a.len(), |i, j| moved[i][j] as f64);
    // A factorisation may count a zero eigenvalue on either side.
    spectrum.index as usize == negative
        && spectrum.undecided as usize == zero
        && (negative..=negative + zero).contains(&below)
        && (zero > 0 || (less, more) == (negative, positive))
}

#[test]
fn indices_are_exact_for_integer_matrices() {
    let mut tally = Tally::new("conformance, exact inertia of integer matrices");
    let mut singular = 0;
    for n in 1..=8 {
        for number in 0..3000 {
            let a = matrix(n, number);
            for t in [0, -5, 3] {
                let exact = exact(&shifted(&a, t));
                singular += u64::from(exact.zero > 0);
                tally.check(agrees(&a, t, exact), || format!("{a:?} − {t}: {exact:?}"));
                // What is wrong must not pass.
                let wrong = Inertia { negative: exact.negative + 1, ..exact };
                assert!(exact.zero > 0 || !agrees(&a, t, wrong), "{a:?} − {t}");
            }
        }
    }
    println!("{singular} of them singular");
    assert!(singular > 10_000, "{singular}");
    tally.end();
}

#[test]
fn the_exact_count_is_right_where_the_answer_is_known() {
    let diagonal = |values: &[i128]| -> Rows {
        let entry = |i: usize, j: usize| if i == j { values[i] } else { 0 };
        (0..values.len()).map(|i| (0..values.len()).map(|j| entry(i, j)).collect()).collect()
    };
    let of = |negative, zero, positive| Inertia { negative, zero, positive };
    assert_eq!(characteristic(&diagonal(&[2, 3, -1])), [1, -4, 1, 6]);
    assert_eq!(exact(&diagonal(&[-3, 0, 5, 0, -9, -1])), of(3, 2, 1));
    // Saddles without a diagonal: eigenvalues ±1; ±√2 and 0.
    assert_eq!(exact(&vec![vec![0, 1], vec![1, 0]]), of(1, 0, 1));
    assert_eq!(exact(&vec![vec![0, 1, 0], vec![1, 0, 1], vec![0, 1, 0]]), of(1, 1, 1));
    // The Laplacian of a ring of eight: one zero, the rest positive.
    let ring = |i: usize, j: usize| match (i + 8 - j) % 8 {
        0 => 2,
        1 | 7 => -1,
        _ => 0,
    };
    assert_eq!(exact(&(0..8).map(|i| (0..8).map(|j| ring(i, j)).collect()).collect()), of(0, 1, 7));
    assert_eq!(exact(&vec![vec![9; 8]; 8]), of(0, 7, 1));
}
