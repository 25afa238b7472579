//! Energy against steps, at steps spaced like a logarithm.

/// A point of a start's path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TracePoint {
    /// Steps taken, sample and full phase together.
    pub step: u64,
    /// u = L/Λ on the whole surface, from single-precision couplings and points.
    pub energy_per_spin: f64,
    /// ‖g‖/√Λ on the whole surface.
    pub gradient_norm: f64,
}

/// Whether a step is on the grid 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, … (each a quarter more than the last).
pub fn is_traced(step: u64) -> bool {
    let mut grid = 0;
    while grid < step {
        grid = (grid + 1).max(grid + grid / 4);
    }
    grid == step
}
