//! Networks: digits, the map to the glass, training, curvature, annealing.
#![allow(missing_docs)]

mod data;
mod map;
