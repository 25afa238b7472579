//! Signs of eigenvalues without eigenvalues.

/// Inertia (negative, positive) of a symmetric n × n matrix by Sylvester's law, from P A Pᵀ = L D Lᵀ with blocks of one
/// and two rows and complete pivoting. Shares nothing with the library's eigenvalues.
///
/// Reference: Bunch, Parlett (1971), Direct methods for solving symmetric indefinite systems, SIAM J. Numer. Anal. 8.
pub fn inertia(n: usize, entry: impl Fn(usize, usize) -> f64) -> (usize, usize) {
    let mut a: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect();
    let mut left: Vec<usize> = (0..n).collect();
    let (mut negative, mut positive) = (0, 0);
    while let Some(&first) = left.first() {
        let pairs = left.iter().flat_map(|&i| left.iter().map(move |&j| (i, j)));
        let larger = |a: &[Vec<f64>], x: (usize, usize), y: (usize, usize)| {
            if a[y.0][y.1].abs() > a[x.0][x.1].abs() { y } else { x }
        };
        let diagonal = left.iter().map(|&i| (i, i)).fold((first, first), |x, y| larger(&a, x, y)).0;
        let (p, q) = pairs.fold((first, first), |x, y| larger(&a, x, y));
        let pivots =
            if a[diagonal][diagonal].abs() >= 0.64 * a[p][q].abs() { vec![diagonal] } else { vec![p, q] };
        left.retain(|i| !pivots.contains(i));
        if let [r] = pivots[..] {
            let d = a[r][r];
            if d < 0.0 {
                negative += 1
            } else {
                positive += 1
            }
            for &i in &left {
                let factor = a[i][r] / d;
                left.iter().for_each(|&j| a[i][j] -= factor * a[r][j]);
            }
        } else {
            // The pivot's off-diagonal entry dominates: its eigenvalues differ in sign.
            (negative, positive) = (negative + 1, positive + 1);
            let (d, e, f) = (a[p][p], a[p][q], a[q][q]);
            let determinant = d * f - e * e;
            for &i in &left {
                let (x, y) = (a[i][p], a[i][q]);
                let (s, t) = ((f * x - e * y) / determinant, (d * y - e * x) / determinant);
                left.iter().for_each(|&j| a[i][j] -= s * a[p][j] + t * a[q][j]);
            }
        }
    }
    (negative, positive)
}
