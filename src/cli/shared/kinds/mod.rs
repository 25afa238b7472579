//! Kinds of runs, for the verbs that take any run. A new kind is one more entry of the list here.

mod export;
mod kind;
mod networks;
mod paths;
mod sampling;
mod surfaces;
mod verdicts;

use std::path::Path;

pub use export::Args as ExportArgs;
pub use kind::{Merged, RunKind};
pub use verdicts::Args as VerifyArgs;

use crate::error::Result;
use crate::study::store;

const KINDS: [&dyn RunKind; 4] =
    [&surfaces::SurfaceRunKind, &networks::NetworkRunKind, &sampling::SamplingRunKind, &paths::PathsRunKind];

/// The kind that a run is of. Runs of other programs' studies are taken for the first one, which refuses them by name.
///
/// # Errors
/// [`Error::BadInput`](crate::Error::BadInput) if it is missing or no run, [`Error::Refused`](crate::Error::Refused) for a
/// newer format.
pub fn kind_of(run: &Path) -> Result<&'static dyn RunKind> {
    let number = store::format_of(run)?;
    let [first, ..] = KINDS;
    let is_of = |kind: &&dyn RunKind| kind.formats().iter().any(|format| format.number == number);
    Ok(KINDS.into_iter().find(is_of).unwrap_or(first))
}
