//! From points near saddles to passes: the saddle, and where both its sides lead.

use super::slide::slide;
use super::slopes::Field;
use crate::critical::{Judge, Judged, SaddleSearch};
use crate::descent::{Descended, EVALUATE_LANES, Evaluated, Outcome, Polished, evaluate};
use crate::hamiltonian::Landscape;
use crate::numeric::dense::dot;
use crate::numeric::symmetric::Cholesky;
use crate::sphere::retract;

/// First steps away from a saddle, as an angle: at most this, and at most this share of the angle within which the unstable
/// eigenvalue keeps its sign, whatever the landscape.
const AWAY: [f64; 2] = [0.05, 0.25];

/// A saddle of index 1, certified, and what lies on both its sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Pass {
    /// The saddle, |w|² = Λ.
    pub point: Vec<f64>,
    /// L there.
    pub energy: f64,
    /// ‖g‖/√Λ.
    pub gradient_norm: f64,
    /// The negative eigenvalue of the Riemannian Hessian.
    pub eigenvalue: f64,
    /// Where descents end that begin against the direction given, and along it.
    pub sides: [Side; 2],
}

/// What a descent from one side of a saddle ends at.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// A minimum, |w|² = Λ.
    pub minimum: Vec<f64>,
    /// L there.
    pub energy: f64,
}

/// A saddle without its sides.
struct Saddle {
    end: Evaluated,
    eigenvalue: f64,
    /// Points on both sides of it.
    beside: [Vec<f64>; 2],
}

/// Searches a saddle of index 1 from each point, up along the lowest eigenvector and down along all others, then descends on
/// both sides. The direction (a tangent vector) says which side comes first. `None` where the search finds no critical point,
/// its index is not 1 or not certain, or a descent ends at no minimum that is certain.
///
/// # Panics
/// If points and directions are not of the landscape's dimension.
pub fn passes<L: Landscape>(field: &Field<L>, places: &[(Vec<f64>, Vec<f64>)]) -> Vec<Option<Pass>> {
    let judge = Judge::new(field.landscape, field.isa);
    let ends = searched(field, places.iter().map(|(point, _)| point));
    let saddles: Vec<Option<Saddle>> = ends
        .into_iter()
        .zip(places)
        .map(|(end, (_, direction))| Saddle::of(field, &judge, end?, direction))
        .collect();
    let starts: Vec<Vec<f64>> = saddles.iter().flatten().flat_map(|saddle| saddle.beside.clone()).collect();
    let mut ends = slide(field, &starts).into_iter();
    let mut factor = Cholesky::default();
    let mut pass = |saddle: Saddle| {
        let [left, right] = [ends.next()?, ends.next()?].map(|slid| side(&judge, slid?, &mut factor));
        let Saddle { end, eigenvalue, .. } = saddle;
        let sides = [left?, right?];
        let Evaluated { point, energy, gradient_norm, .. } = end;
        Some(Pass { point, energy, gradient_norm, eigenvalue, sides })
    };
    saddles.into_iter().map(|saddle| pass(saddle?)).collect()
}

/// Where searches for saddles of index 1 end, several to one pass over the landscape.
fn searched<'p, L: Landscape>(
    field: &Field<L>,
    points: impl Iterator<Item = &'p Vec<f64>>,
) -> Vec<Option<Evaluated>> {
    let deviation = field.landscape.deviation();
    let begin = |(id, point): (usize, &Vec<f64>)| {
        let begun = Descended { id: id as u64, point: point.clone(), ..Descended::default() };
        (id, SaddleSearch::new(begun, deviation, false).of_index(1))
    };
    let mut searches: Vec<(usize, SaddleSearch)> = points.enumerate().map(begin).collect();
    let mut ends: Vec<Option<Evaluated>> = searches.iter().map(|_| None).collect();
    while !searches.is_empty() {
        let mut left = Vec::new();
        for mut group in chunks_of(searches, EVALUATE_LANES) {
            let trials: Vec<&[f64]> = group.iter().map(|(_, search)| search.trial()).collect();
            let found = evaluate(field.landscape, field.isa, &trials);
            for ((id, search), found) in group.iter_mut().zip(found) {
                if let Some(Polished { end, outcome, .. }) = search.tell(found) {
                    ends[*id] = end.filter(|_| outcome == Outcome::Converged);
                    *id = usize::MAX;
                }
            }
            left.extend(group.into_iter().filter(|(id, _)| *id != usize::MAX));
        }
        searches = left;
    }
    ends
}

fn chunks_of<T>(all: Vec<T>, size: usize) -> Vec<Vec<T>> {
    let mut all = all.into_iter();
    let next = || Some(all.by_ref().take(size).collect::<Vec<T>>()).filter(|chunk| !chunk.is_empty());
    std::iter::from_fn(next).collect()
}

impl Saddle {
    /// A critical point, if it is a saddle of index 1 beyond doubt.
    fn of<L: Landscape>(
        field: &Field<L>,
        judge: &Judge<L>,
        end: Evaluated,
        direction: &[f64],
    ) -> Option<Self> {
        let Judged { end, spectrum } = judge.critical(end, None);
        let spectrum = spectrum.filter(|spectrum| spectrum.index == 1 && spectrum.undecided == 0)?;
        let eigen = end.hessian.eigen().ok()?;
        let unit: Vec<f64> = (0..eigen.values.len()).map(|i| f64::from(u8::from(i == 0))).collect();
        let unstable = end.basis.ambient(&eigen.combine(&unit));
        let sign = if dot(&unstable, direction) < 0.0 { -1.0 } else { 1.0 };
        let eigenvalue = spectrum.min_eigenvalue;
        let angle = away(field, eigenvalue, end.radial_slope.abs().max(end.hessian.largest_row_sum()));
        let length = (end.point.len() as f64).sqrt() * angle * sign;
        let beside = [-length, length].map(|length| {
            let mut point: Vec<f64> = end.point.iter().zip(&unstable).map(|(w, e)| w + length * e).collect();
            retract(&mut point);
            point
        });
        Some(Self { end, eigenvalue, beside })
    }
}

/// The angle of the first step away from a saddle. The Hessian turns by at most M per angle, with M the larger of the degree
/// squared times its size and [`turn`](crate::hamiltonian::HessianBounds::turn), so up to |λ|/M the energy falls.
fn away<L: Landscape>(field: &Field<L>, eigenvalue: f64, size: f64) -> f64 {
    let bounds = field.landscape.hessian_bounds();
    let degree = field.landscape.degree() as f64;
    let turn = bounds.turn.max(degree * degree * size.max(bounds.size));
    AWAY[0].min(AWAY[1] * eigenvalue.abs() / turn)
}

/// The minimum that a descent ended at, if it is one beyond doubt.
fn side<L: Landscape>(judge: &Judge<L>, slid: Polished, factor: &mut Cholesky) -> Option<Side> {
    let Judged { end, spectrum } = judge.critical(slid.end?, Some(factor));
    spectrum.filter(|spectrum| spectrum.index == 0 && spectrum.undecided == 0)?;
    Some(Side { minimum: end.point, energy: end.energy })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_hold_everything_in_order() {
        assert_eq!(chunks_of((0..5).collect(), 2), [vec![0, 1], vec![2, 3], vec![4]]);
    }
}
