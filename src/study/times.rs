//! Processor time of units, where a study has nothing to say but how much.

use super::columns::{Seconds, columns};

columns! {
    /// Processor time spent on the units of one size.
    #[derive(Debug, Clone, PartialEq)]
    pub struct SizeTimes in "times" {
        /// The size that units count under.
        pub size: u32, "";
        /// Processor time spent on them.
        pub spent_s: Seconds, "s";
    }
    key [size]
    digest own [size, spent_s]
}
