//! The engine of runs: what is the same for every kind of study. No physics.

pub mod columns;
