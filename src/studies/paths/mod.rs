//! The study of paths: passes between the minima of one surface of a sweep or a census, in units of eight pairs.

mod given;
mod kept;
mod kind;
mod order;
mod rows;
mod source;
mod spec;
mod unit;

pub use given::PathsGiven;
pub use kept::kept_by;
pub use kind::{Paths, PathsStore};
pub use order::{DEFAULT_PAIRS, all_pairs};
pub use rows::{MergeRow, PassRow, PathRow};
pub use source::{PathsSource, SourceAsked};
pub use spec::{BLOCK, IMAGES_ALLOWED, MOST_MINIMA, PathsSpec, SourceSurface};
pub use unit::{PathsBlock, PathsBlockKey, PathsUnit};
