//! What a run of paths keeps of its source.

use super::given::PathsGiven;
use super::kind::PathsStore;
use crate::error::{Error, Result};

/// What a run keeps.
///
/// # Errors
/// [`Error::Refused`] where it keeps nothing; [`Error::Damaged`] where that is not what was written.
pub fn kept_by(store: &PathsStore) -> Result<PathsGiven> {
    if !store.keeps()? {
        let path = store.path().display();
        return Err(Error::Refused(format!("{path} does not keep the minima of its source")));
    }
    let spec = store.spec();
    let read = |at: usize| -> Result<Vec<f64>> {
        let attachments = spec.attachments();
        let Some(wanted) = attachments.get(at) else { return Ok(Vec::new()) };
        let bytes = store.attachment(wanted)?;
        Ok(bytes.as_chunks::<8>().0.iter().map(|&number| f64::from_le_bytes(number)).collect())
    };
    let (minima, saddles) = (read(0)?, read(1)?);
    let (mut numbers, mut energies, mut points) = (Vec::new(), Vec::new(), Vec::new());
    for row in minima.chunks(spec.surface.dim as usize + 2) {
        if let [number, energy, point @ ..] = row {
            numbers.push(*number as u32);
            energies.push(*energy);
            points.extend(point);
        }
    }
    Ok(PathsGiven::new(numbers, energies, points, saddles))
}
