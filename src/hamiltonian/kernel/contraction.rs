//! What a contraction gives, the space it is worked out in, and which chunks it sums.

use std::ops::Range;

use crate::hamiltonian::layout::{Layout, PANEL_ROWS};
use crate::numeric::lanes::Real;

/// Columns of a panel that the scratch space has room for at least.
const SCRATCH_COLUMNS: usize = 16;

/// Elements that its aligned part may begin after.
const SCRATCH_SLACK: usize = 16;

/// The part of the space that begins at a cache line.
pub(super) fn aligned<T>(space: &mut [T]) -> &mut [T] {
    let skip = space.as_ptr().align_offset(64).min(space.len());
    &mut space[skip..]
}

/// Energies, Euclidean gradients and radial slopes of a block of points; also the space they are worked out in.
#[derive(Debug, Clone)]
pub struct Contraction<T: Real> {
    /// Energy L of each lane.
    pub energy: T::Row,
    /// ∂L/∂w_i of each lane; shape (dim, lanes).
    pub gradient: Vec<T::Row>,
    /// w·∇L/Λ of each lane.
    pub radial_slope: T::Row,
    /// Gradient of the chunk at work.
    pub(super) partial: Vec<T::Row>,
    /// One panel in the type of the points.
    pub(super) scratch: Vec<T>,
    /// Space that groups of leaves are worked out in, once it was needed.
    pub(super) grouped: Vec<T>,
    /// Space for a second term of a sum, once it was needed.
    second: Option<Box<Self>>,
}

impl<T: Real> Contraction<T> {
    /// Space for points of dimension `dim`.
    pub fn new(dim: usize) -> Self {
        Self {
            energy: T::ZEROS,
            gradient: vec![T::ZEROS; dim],
            radial_slope: T::ZEROS,
            partial: vec![T::ZEROS; dim],
            scratch: vec![T::default(); SCRATCH_SLACK + PANEL_ROWS * (dim + SCRATCH_COLUMNS)],
            grouped: Vec::new(),
            second: None,
        }
    }

    /// Space for another term of a sum; to be [given back](Self::keep_second).
    pub(in crate::hamiltonian) fn second(&mut self) -> Box<Self> {
        self.second.take().unwrap_or_else(|| Box::new(Self::new(self.gradient.len())))
    }

    pub(in crate::hamiltonian) fn keep_second(&mut self, second: Box<Self>) {
        self.second = Some(second);
    }

    /// Adds energies, gradients and radial slopes of another term.
    pub(in crate::hamiltonian) fn add(&mut self, term: &Self) {
        let add = |sums: &mut T::Row, terms: &T::Row| {
            sums.as_mut().iter_mut().zip(terms.as_ref()).for_each(|(sum, &term)| *sum += term);
        };
        add(&mut self.energy, &term.energy);
        add(&mut self.radial_slope, &term.radial_slope);
        self.gradient.iter_mut().zip(&term.gradient).for_each(|(sum, term)| add(sum, term));
    }

    /// Radial slopes of the first lanes from their energies, by Euler's identity w·∇L = H L.
    pub(in crate::hamiltonian) fn set_radial_slopes(&mut self, layout: Layout, lanes: usize) {
        let (spins, dim) = (T::from_f64(layout.spins as f64), T::from_f64(layout.dim as f64));
        for (slope, &energy) in self.radial_slope.as_mut().iter_mut().zip(self.energy.as_ref()).take(lanes) {
            *slope = (spins * energy).over(dim);
        }
    }
}

/// Which chunks are summed, and what the sums are multiplied with at the end.
#[derive(Debug, Clone)]
pub struct Sum<T> {
    /// Chunks that the tensor holds.
    pub chunks: Range<usize>,
    /// Factor; 1 leaves the bits of the sums.
    pub scale: T,
}
