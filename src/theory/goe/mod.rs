//! Eigenvalues of a GOE matrix at finite size: how many lie below a point, and where the k-th lies.
//!
//! Matrices of size Λ with E M_ij² = (1 + δ_ij)/(2Λ) and eigenvalues λ; here y = √Λ λ throughout, so that the
//! eigenvalues have the joint density Π_{i<j} |y_i − y_j| Π e^{−y_i²/2} and the bulk ends at ±√(2Λ).

mod counting;
mod density;
mod far;
mod generating;
mod half_line;
mod node;
mod panels;
mod polynomials;
mod table;
mod tilted;
mod weight;
mod weighted;

pub use counting::LogEstimate;
pub use density::Cells;
pub use panels::Intervals;
pub use table::DensityTable;
pub use tilted::{OutOfReach, Tilted};
pub use weight::{Factor, Normal};
pub use weighted::Weighted;
