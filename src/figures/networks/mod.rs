//! Figures of trained networks; numbers are those of Choromanska et al. (2015).

pub mod annealing;
pub mod boxes;
mod grid;
pub mod index;
pub mod losses;
pub mod moments;
pub mod train_test;
