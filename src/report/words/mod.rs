//! What results say, in words: the command line and the page have the same sentences.

pub mod bands;
pub mod minima;
pub mod model;
pub mod networks;
pub mod number;
pub mod sweep;
