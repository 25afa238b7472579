//! The unit of work and of storage: one surface at all temperatures.

use std::fmt;

use serde::Serialize;

use crate::study::Listed;
use crate::study::columns::{Within, columns};

/// Names one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SurfaceKey {
    /// Λ.
    pub dim: u32,
    /// Number of the surface.
    pub instance: u32,
}

impl fmt::Display for SurfaceKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dim, instance } = self;
        write!(out, "dim {dim} instance {instance}")
    }
}

columns! {
    /// A unit on the list.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct SurfaceUnit in "sampled_surfaces" {
        /// Λ.
        pub dim: u32, "";
        /// Number of the surface.
        pub instance: u32, "";
        /// Temperatures.
        pub temperatures: u32, "";
    }
    key [dim, instance]
    digest own [dim, instance, temperatures]
}

impl Listed for SurfaceUnit {
    type Key = SurfaceKey;

    fn key(&self) -> SurfaceKey {
        SurfaceKey { dim: self.dim, instance: self.instance }
    }
}

impl SurfaceUnit {
    /// Its rows, in any of the tables.
    pub fn within(&self) -> Within {
        Within { equal: vec![("dim", self.dim), ("instance", self.instance)], range: None }
    }
}
