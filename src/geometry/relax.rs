//! Many bands at once.

use std::ops::ControlFlow;

use super::band::{Band, BandEnd};
use super::slopes::Field;
use crate::hamiltonian::Landscape;

/// Bands that are under way at a time: enough to fill lanes.
const AT_ONCE: usize = 16;

/// Relaxes bands to their ends, in their order, with the images of several side by side; `None` where `go_on` ended it, which is
/// asked before each step.
pub fn relax<L: Landscape>(
    field: &Field<L>,
    bands: Vec<Band>,
    go_on: &mut dyn FnMut() -> ControlFlow<()>,
) -> Option<Vec<BandEnd>> {
    let mut ends: Vec<Option<BandEnd>> = bands.iter().map(|_| None).collect();
    let mut waiting = bands.into_iter().enumerate();
    let mut under_way: Vec<(usize, Band)> = Vec::new();
    loop {
        under_way.extend(waiting.by_ref().take(AT_ONCE - under_way.len()));
        if under_way.is_empty() {
            return ends.into_iter().collect();
        }
        if go_on().is_break() {
            return None;
        }
        let images = under_way.iter().flat_map(|(_, band)| band.interior()).map(Vec::as_slice);
        let slopes = field.slopes(images);
        let mut rest = slopes.as_slice();
        under_way.retain_mut(|(place, band)| {
            let (own, others) = rest.split_at(band.interior().len());
            rest = others;
            let end = band.tell(own);
            let goes_on = end.is_none();
            if let Some(end) = end {
                ends[*place] = Some(end);
            }
            goes_on
        });
    }
}
