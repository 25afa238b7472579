//! What is left of a plan.

use super::interface::Study;
use super::interface::Units;
use super::listed::Listed;

/// The plan without what is stored, by key.
///
/// A unit of which more is planned than is stored is not done: it is redone and replaced as a whole, with the same bits for
/// what it had.
pub fn todo<S: Study>(spec: &S::Spec, done: &Units<S>) -> Vec<S::Listed> {
    let is_open = |place: usize, planned: &S::Listed| {
        let open = done.get(&planned.key()).is_none_or(|stored| !S::covers(spec, &stored.listed, planned));
        let left = sabotage!("unit-dropped", open, open && (done.is_empty() || place % 3 != 1));
        let _ = place;
        sabotage!("unit-done-twice", left, true)
    };
    S::plan(spec)
        .enumerate()
        .filter(|(place, planned)| is_open(*place, planned))
        .map(|(_, unit)| unit)
        .collect()
}
