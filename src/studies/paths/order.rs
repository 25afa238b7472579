//! In which order pairs of minima are taken.

use crate::geometry::Pair;
use crate::numeric::dense::dot;

/// Pairs of a run that asks for no number, if there are so many.
pub const DEFAULT_PAIRS: u32 = 45;

/// All pairs of minima (rows of length `dim`, by energy), nearest and lowest first: by the sum of two ranks, that of the
/// angle between the two (on an even landscape, to the nearer of ±w) and that of the energy of the higher one; then by the
/// lower minimum.
pub fn all_pairs(is_even: bool, dim: usize, points: &[f64]) -> Vec<Pair> {
    let minima: Vec<&[f64]> = points.chunks_exact(dim.max(1)).collect();
    let mut pairs: Vec<(Pair, f64)> = Vec::new();
    for (b, point) in minima.iter().enumerate() {
        // By energy of the higher one already.
        pairs.extend(minima.iter().take(b).enumerate().map(|(a, other)| {
            let overlap = dot(point, other);
            (Pair { a, b }, if is_even { overlap.abs() } else { overlap })
        }));
    }
    let mut nearest: Vec<usize> = (0..pairs.len()).collect();
    let overlap = |at: usize| pairs.get(at).map_or(0.0, |(_, overlap)| *overlap);
    nearest.sort_by(|&a, &b| overlap(b).total_cmp(&overlap(a)).then(a.cmp(&b)));
    let mut ranked: Vec<(usize, usize)> =
        nearest.into_iter().enumerate().map(|(rank, at)| (rank + at, at)).collect();
    ranked.sort_unstable();
    ranked.into_iter().filter_map(|(_, at)| pairs.get(at)).map(|(pair, _)| *pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_and_low_pairs_come_first() {
        let points = [1.0, 0.0, -0.5, 0.866, 0.9, 0.436];
        let pair = |a, b| Pair { a, b };
        // Ranks by angle and by energy: 0 + 1, 2 + 0, 1 + 2.
        assert_eq!(all_pairs(false, 2, &points), [pair(0, 2), pair(0, 1), pair(1, 2)]);
        // Where ±w are one point, the second pair is nearer: 1 + 0, 0 + 1, 2 + 2; between equals the lower comes first.
        assert_eq!(all_pairs(true, 2, &points), [pair(0, 1), pair(0, 2), pair(1, 2)]);
    }
}
