//! The census of mixtures against dense arrays, scans, random searches, exact means and what holds of every mixture.

mod counts;
mod field;
mod limits;
mod means;
mod sample;
