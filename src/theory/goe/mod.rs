//! Eigenvalues of a GOE matrix at finite size: how many lie below a point, and where the k-th lies.

mod counting;
mod generating;
mod half_line;
mod node;
mod panels;
