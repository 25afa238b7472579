//! Points spread evenly along arcs of great circles.

use crate::sphere::{overlap, retract};

/// Angles between neighbours.
pub fn arcs(points: &[Vec<f64>]) -> Vec<f64> {
    points.windows(2).map(|pair| angle(&pair[0], &pair[1])).collect()
}

/// The angle between two points of the sphere, to full relative accuracy where it is small.
fn angle(a: &[f64], b: &[f64]) -> f64 {
    let chord = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>() / a.len() as f64;
    2.0 * libm::asin((0.5 * chord.sqrt()).min(1.0))
}

/// So many points, evenly spread by arc length on a path of arcs of great circles, its ends among them.
pub fn spread(path: &[Vec<f64>], count: usize) -> Vec<Vec<f64>> {
    let arcs = arcs(path);
    let whole: f64 = arcs.iter().sum();
    let (mut piece, mut passed) = (0, 0.0);
    let mut points = Vec::with_capacity(count);
    points.push(path[0].clone());
    for k in 1..count - 1 {
        let wanted = whole * k as f64 / (count - 1) as f64;
        while piece + 1 < arcs.len() && passed + arcs[piece] < wanted {
            passed += arcs[piece];
            piece += 1;
        }
        let share = if arcs[piece] > 0.0 { ((wanted - passed) / arcs[piece]).clamp(0.0, 1.0) } else { 0.0 };
        points.push(between(&path[piece], &path[piece + 1], share));
    }
    points.push(path[path.len() - 1].clone());
    points
}

/// The point at a share of the arc from one point to another.
fn between(a: &[f64], b: &[f64], share: f64) -> Vec<f64> {
    let whole = libm::acos(overlap(a, b).clamp(-1.0, 1.0));
    let sin = libm::sin(whole);
    let [from, to] = if sin.abs() > 1e-9 {
        [libm::sin((1.0 - share) * whole) / sin, libm::sin(share * whole) / sin]
    } else {
        [1.0 - share, share]
    };
    let mut point: Vec<f64> = a.iter().zip(b).map(|(a, b)| from * a + to * b).collect();
    retract(&mut point);
    point
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Role, stream};
    use crate::sphere::random_point;

    #[test]
    fn images_are_spread_evenly_by_arc_length() {
        let mut rng = stream(3, Role::Probe, &[1]);
        let path: Vec<Vec<f64>> = (0..6).map(|_| random_point(&mut rng, 9)).collect();
        let whole: f64 = arcs(&path).iter().sum();
        // On a path of one piece they are at equal angles; on a fine one nearly so, whatever its pieces.
        for angle in arcs(&spread(&path[..2], 9)) {
            assert!((angle - arcs(&path[..2])[0] / 8.0).abs() < 1e-12);
        }
        let fine = arcs(&spread(&path, 1001));
        assert!(fine.iter().all(|&angle| angle < 1.0001 * whole / 1000.0), "{whole}");
        assert_eq!(spread(&path, 17)[16], path[5]);
    }
}
