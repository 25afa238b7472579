//! The census of mixtures against dense arrays, scans, random searches, exact means and what holds of every mixture.

mod counts;
mod expansion;
mod field;
mod limits;
mod means;
mod sample;
