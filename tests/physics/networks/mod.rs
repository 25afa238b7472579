//! Networks: digits, the map to the glass, training, curvature, annealing.

mod anneal;
mod curvature;
mod data;
mod kernel;
mod map;
mod training;
