//! What the surfaces of a run are: orders, tensors, degree, parity.

use itertools::Itertools;

use super::couplings::Couplings;
use super::model::model_text;
use super::spec::Spec;
use crate::critical::census::{admitted_class_count, admitted_mixed_class_count};
use crate::error::Result;
use crate::hamiltonian::{Layout, Model, Spike, SurfaceKey};

impl Spec {
    /// The law of its random surfaces.
    pub fn model(&self) -> Model {
        self.model.unwrap_or_else(|| Model::pure(self.spins as usize))
    }

    /// Whether records have [`Slopes`](super::record::Slopes) beside them: in all runs that release 0.1 could not have had, of
    /// mixtures, laws, spikes, several orders of one's own, and starts from given points.
    pub fn has_slopes(&self) -> bool {
        self.model.is_some()
            || self.starts_from.is_some()
            || matches!(self.couplings, Couplings::Orders { .. })
    }

    /// What the surfaces are, in a few words: `H = 3`, a mixture with its law and its spike, or orders of one's own.
    pub fn surfaces_in_words(&self) -> String {
        self.model_in_words().unwrap_or_else(|| format!("H = {}", self.spins))
    }

    /// The same; none where the order H says all of it.
    pub fn model_in_words(&self) -> Option<String> {
        match self.own_orders().as_deref() {
            Some([order]) => Some(format!("order {order}")),
            Some(orders) => Some(format!("orders {}", orders.iter().join(", "))),
            None => self.model.as_ref().map(model_text),
        }
    }

    /// Orders of the user's own arrays, ascending, unless they are one tensor of order H > 1.
    pub fn own_orders(&self) -> Option<Vec<usize>> {
        matches!(self.couplings, Couplings::Orders { .. }).then(|| self.orders())
    }

    /// Orders of the couplings, ascending.
    pub fn orders(&self) -> Vec<usize> {
        match &self.couplings {
            Couplings::Orders { arrays, .. } => arrays.iter().map(|array| array.shape.len()).collect(),
            Couplings::Random | Couplings::File { .. } => {
                self.model().orders.shares().map(|(order, _)| order).collect()
            }
        }
    }

    /// Layouts of the tensors on a surface of this dimension, orders ascending.
    pub fn layouts(&self, dim: u32) -> Vec<Layout> {
        self.orders()
            .into_iter()
            .filter(|&order| order > 1)
            .map(|spins| Layout::new(spins, dim as usize))
            .collect()
    }

    /// Stored values of all tensors of a surface; `None` beyond u64.
    pub fn values(&self, dim: u32) -> Option<u64> {
        self.layouts(dim).iter().try_fold(0u64, |sum, layout| sum.checked_add(layout.values()?))
    }

    /// Whether energies are even, so that w and −w are one critical point.
    pub fn is_even(&self) -> bool {
        match &self.couplings {
            Couplings::Orders { arrays, .. } => {
                arrays.iter().all(|array| array.shape.len().is_multiple_of(2))
            }
            Couplings::Random | Couplings::File { .. } => self.model().is_even(),
        }
    }

    /// Degree of the energy as a polynomial.
    pub fn degree(&self) -> usize {
        (self.spins as usize).max(self.model().degree())
    }

    /// Whether the energy is of one order alone, a spike's too.
    pub fn is_homogeneous(&self) -> bool {
        match &self.couplings {
            Couplings::Orders { arrays, .. } => arrays.len() == 1,
            Couplings::Random | Couplings::File { .. } => {
                let model = self.model();
                let fits = |spike: Spike| spike.order == self.spins;
                model.orders.shares().count() == 1 && model.spike.is_none_or(fits)
            }
        }
    }

    /// Number of paths that a census follows on each surface; at degree 2 of points that it works out otherwise.
    ///
    /// # Errors
    /// [`Error::BadInput`](crate::Error::BadInput) with their number if they are too many.
    pub fn census_paths(&self) -> Result<u64> {
        let (degree, dim) = (self.degree(), self.dim() as usize);
        if self.is_homogeneous() && degree > 1 {
            return admitted_class_count(degree, dim);
        }
        admitted_mixed_class_count(degree, dim)
    }

    /// The key of a surface.
    pub fn surface_key(&self, dim: u32, instance: u32) -> SurfaceKey {
        let layout = Layout { spins: self.spins as usize, dim: dim as usize };
        SurfaceKey { seed: self.seed, layout, instance: u64::from(instance) }
    }
}
