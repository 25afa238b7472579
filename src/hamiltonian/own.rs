//! The user's own couplings: tensors of one or several orders.

use super::layout::Layout;
use super::plain_sums::{Sums, plain_sums, root_mean_square};
use super::tensor::SymmetricTensor;
use crate::error::{Error, Result};

/// Couplings of one or several orders, `L(w) = Σ_p Λ^{−(p−1)/2} Σ A_p[i_1, …, i_p] w_{i_1}⋯w_{i_p}`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OwnCouplings {
    /// Order 1, Λ numbers.
    field: Option<Vec<f64>>,
    /// Orders from 2, ascending, of one dimension.
    tensors: Vec<SymmetricTensor<f64>>,
}

impl From<SymmetricTensor<f64>> for OwnCouplings {
    fn from(tensor: SymmetricTensor<f64>) -> Self {
        Self { field: None, tensors: vec![tensor] }
    }
}

impl OwnCouplings {
    /// Couplings of several orders together.
    ///
    /// # Errors
    /// [`Error::BadInput`] under the key `couplings` if there are none, dimensions differ, or an order is given twice.
    pub fn new(field: Option<Vec<f64>>, mut tensors: Vec<SymmetricTensor<f64>>) -> Result<Self> {
        let wrong = |value: String, allowed: &str| Err(Error::bad_input("couplings", value, allowed));
        tensors.sort_by_key(|tensor| tensor.layout().spins);
        let fields = field.iter().map(|field| (1, field.len()));
        let orders: Vec<(usize, usize)> =
            fields.chain(tensors.iter().map(|tensor| (tensor.layout().spins, tensor.layout().dim))).collect();
        let Some(&(_, dim)) = orders.last() else { return wrong("(none)".into(), "at least one array") };
        if let Some(&(order, other)) = orders.iter().find(|&&(_, other)| other != dim) {
            let value =
                format!("dimension {other} at order {order}, {dim} at order {}", orders[orders.len() - 1].0);
            return wrong(value, "arrays of one dimension");
        }
        if let Some(pair) = orders.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return wrong(format!("two arrays of order {}", pair[0].0), "one array for each order");
        }
        Ok(Self { field, tensors })
    }

    /// Order 1, if it is there.
    pub fn field(&self) -> Option<&[f64]> {
        self.field.as_deref()
    }

    /// Tensors of orders from 2, ascending.
    pub fn tensors(&self) -> &[SymmetricTensor<f64>] {
        &self.tensors
    }

    /// Energies and gradients monomial by monomial, at no more than [`PLAIN_LANES`](super::PLAIN_LANES) points.
    pub fn plain_sums(&self, points: &[&[f64]]) -> Vec<Sums> {
        let mut sums = vec![Sums::zero(self.layout().dim); points.len()];
        let mut add = |parts: Vec<Sums>| sums.iter_mut().zip(parts).for_each(|(sum, part)| sum.add(&part));
        if let Some(field) = &self.field {
            add(points.iter().map(|point| Sums::of_field(field, point)).collect());
        }
        self.tensors.iter().for_each(|tensor| add(plain_sums(tensor, points)));
        sums
    }

    /// The highest order, and the dimension.
    pub fn layout(&self) -> Layout {
        match (self.tensors.last(), &self.field) {
            (Some(tensor), _) => tensor.layout(),
            (None, field) => Layout { spins: 1, dim: field.as_ref().map_or(0, Vec::len) },
        }
    }

    /// Orders with their scales s_p, ascending.
    pub fn scales(&self) -> Vec<(usize, f64)> {
        let field = self.field.iter().map(|field| (1, root_mean_square_of(field)));
        field.chain(self.tensors.iter().map(|tensor| (tensor.layout().spins, tensor.scale()))).collect()
    }

    /// Scale s of all orders together, s² = Σ s_p²: `L/s` compares with the mixture of variances s_p²/s².
    pub fn scale(&self) -> f64 {
        let scales = self.scales();
        let largest = scales.iter().fold(0.0f64, |top, &(_, scale)| top.max(scale));
        if largest == 0.0 || largest.is_infinite() || scales.len() == 1 {
            return largest;
        }
        largest * scales.iter().map(|(_, scale)| (scale / largest).powi(2)).sum::<f64>().sqrt()
    }
}

fn root_mean_square_of(values: &[f64]) -> f64 {
    root_mean_square(values.iter().copied())
}
