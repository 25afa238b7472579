//! Energies and gradients of many points, several to one pass over what defines the landscape.

use crate::hamiltonian::{Contraction, Isa, Landscape};
use crate::numeric::dense::{dot, norm};
use crate::numeric::lanes::{PointLanes, Real};

/// Energy and Riemannian gradient at a point.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Slope {
    /// L, extensive.
    pub energy: f64,
    /// g = ∇L − (w·∇L/Λ) w, in the coordinates of the space around the sphere.
    pub gradient: Vec<f64>,
}

impl Slope {
    /// ‖g‖/√Λ.
    pub fn norm(&self) -> f64 {
        norm(&self.gradient) / (self.gradient.len() as f64).sqrt()
    }
}

/// A landscape, and what its points are evaluated with.
#[derive(Debug)]
pub struct Field<'a, L> {
    /// The landscape.
    pub landscape: &'a L,
    /// The instruction set, which changes no bit.
    pub isa: Isa,
}

impl<L> Clone for Field<'_, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for Field<'_, L> {}

impl<L: Landscape> Field<'_, L> {
    /// Energies and gradients; what is not finite stays so.
    pub fn slopes<'p>(&self, points: impl Iterator<Item = &'p [f64]>) -> Vec<Slope> {
        let dim = self.landscape.dim();
        let mut space = Contraction::new(dim);
        let mut block = PointLanes::<f64>::new(dim);
        let mut found = Vec::new();
        let mut points = points.peekable();
        while let Some(point) = points.next() {
            block.push(point);
            if block.active < <f64 as Real>::LANES && points.peek().is_some() {
                continue;
            }
            self.landscape.contract_exact(self.isa, &block, &mut space);
            for lane in 0..block.active {
                let w = block.lane(lane);
                let mut gradient: Vec<f64> = space.gradient.iter().map(|row| row.as_ref()[lane]).collect();
                let along = dot(&w, &gradient) / dim as f64;
                gradient.iter_mut().zip(&w).for_each(|(g, w)| *g -= along * w);
                found.push(Slope { energy: space.energy.as_ref()[lane], gradient });
            }
            block.active = 0;
        }
        found
    }

    /// Stable rate of gradient steps: 0.8 of the limit 1/(2√(H(H−1))) at the threshold of a random tensor of the degree H.
    pub fn rate(&self) -> f64 {
        let degree = self.landscape.degree().max(2) as f64;
        0.8 / (2.0 * (degree * (degree - 1.0)).sqrt()) / self.landscape.deviation()
    }
}
