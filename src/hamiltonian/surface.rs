//! One energy surface, ready for descent: single precision on the way, double precision at the end.

use std::sync::Arc;

use super::field::Field;
use super::grouped::GroupedTensor;
use super::kernel::{Contraction, Isa, Kernel};
use super::landscape::{HessianBounds, Landscape};
use super::layout::{Layout, orderings};
use super::order::OrderTensors;
use super::orders::{RemoteChunks, Which};
use super::plain_sums::Sums;
use super::spike::PlantedSpike;
use super::tensor::SymmetricTensor;
use crate::numeric::lanes::PointLanes;
use crate::numeric::symmetric::Symmetric;

/// The couplings of one surface with the sample tensors of stochastic descent: all of them, or the share of one of several
/// processes that hold it together.
///
/// The energy is the sum of its orders, ascending, and of a planted spike:
/// `L(w) = Σ_p Λ^{−(p−1)/2} Σ A_p[i_1, …, i_p] w_{i_1}⋯w_{i_p} − λ Λ (w·v/Λ)^r`.
#[derive(Debug, Clone)]
pub struct Surface {
    /// The highest order, and the dimension.
    pub(super) layout: Layout,
    /// Orders from 2, ascending.
    pub(super) tensors: Vec<OrderTensors>,
    /// Order 1.
    pub(super) field: Option<Field>,
    pub(super) spike: Option<PlantedSpike>,
    /// See [`Landscape::stream_order`].
    pub(super) stream_order: usize,
    /// Number of sample parts.
    pub(super) samples: usize,
    /// √ξ for a random surface, 1 for a [normalised](Self::normalised) one; for couplings that were given as they are
    /// `√(Σ c²/Λ^H)` over the coefficients c.
    pub(super) deviation: f64,
    /// What the user's couplings were divided by.
    pub(super) scale: f64,
    /// Who holds the other chunks, if this is a leader's share.
    pub(super) others: Option<Arc<dyn RemoteChunks>>,
}

impl Surface {
    /// The highest order, and the dimension.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// What the user's couplings were divided by: energies, gradients and Hessians times this are those of the couplings.
    /// 1 unless the surface is [normalised](Self::normalised).
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// The planted spike, if there is one.
    pub fn spike(&self) -> Option<&PlantedSpike> {
        self.spike.as_ref()
    }

    /// This share with those who hold the rest; it must have the first chunks of one order.
    ///
    /// # Panics
    /// If it has not.
    #[track_caller]
    pub fn with_remote_chunks(self, others: Arc<dyn RemoteChunks>) -> Self {
        assert_eq!(self.full().held().start, 0, "a leader holds the first chunks");
        assert!(self.tensors.len() == 1 && self.field.is_none() && self.spike.is_none());
        Self { others: Some(others), ..self }
    }

    /// The tensors of the highest order.
    ///
    /// # Panics
    /// If that is order 1.
    #[track_caller]
    pub(super) fn highest(&self) -> &OrderTensors {
        self.tensors.last().expect("a surface with an order from 2")
    }

    /// The couplings of the highest order in single precision that are held here.
    ///
    /// # Panics
    /// If that is order 1, or the surface was [made for few points](super::Recipe::for_few_points).
    #[track_caller]
    pub fn full(&self) -> &SymmetricTensor<f32> {
        &self.highest().leaves().full
    }

    /// The sample tensors X_b of the highest order, which add up to its couplings.
    ///
    /// # Panics
    /// If that is order 1, or the surface was [made for few points](super::Recipe::for_few_points).
    #[track_caller]
    pub fn samples(&self) -> &[SymmetricTensor<f32>] {
        &self.highest().leaves().samples
    }

    /// The couplings of the highest order, stored for few points.
    ///
    /// # Panics
    /// If the surface was not [made for few points](super::Recipe::for_few_points), or its highest order is not 3.
    #[track_caller]
    pub fn grouped(&self) -> &Arc<GroupedTensor> {
        self.highest().grouped()
    }

    /// Whether the energy is a homogeneous polynomial: of one order alone, which a spike has, too.
    pub fn is_homogeneous(&self) -> bool {
        let orders = self.tensors.len() + usize::from(self.field.is_some());
        let fits = |spike: &PlantedSpike| spike.shape().order as usize == self.layout.spins;
        orders == 1 && self.spike.as_ref().is_none_or(fits)
    }

    /// Calls `visit` with every multiset (non-increasing indices) that is held here and the coefficient c of its
    /// monomial, order after order: `L = Σ_p Λ^{−(p−1)/2} Σ c w_{i_1}⋯w_{i_p}`.
    pub fn for_each_coefficient(&self, mut visit: impl FnMut(&[usize], f64)) {
        let spike = self.spike.as_ref();
        let order = spike.map(|spike| spike.shape().order as usize);
        let mut with_spike = |indices: &[usize], c: f64| {
            let planted = spike.filter(|_| order == Some(indices.len()));
            let planted = planted.map_or(0.0, |spike| spike.coefficient(orderings(indices), indices));
            visit(indices, c + planted);
        };
        if let Some(field) = &self.field {
            field.exact().iter().enumerate().for_each(|(i, &h)| with_spike(&[i], h));
        }
        self.tensors.iter().for_each(|tensors| tensors.for_each_coefficient(&mut with_spike));
        let mut orders = self.tensors.iter().map(|tensors| tensors.layout().spins);
        let is_among = (order == Some(1) && self.field.is_some()) || orders.any(|of| Some(of) == order);
        if let Some(spike) = spike.filter(|_| !is_among) {
            spike.for_each_coefficient(visit);
        }
    }

    /// The dense symmetric array of the couplings of the highest order that are held here, shape (Λ,)*H in C order.
    pub fn to_dense(&self) -> Vec<f64> {
        self.highest().to_dense()
    }

    /// The orders of the couplings, ascending, each with its dense symmetric array A_p of shape (Λ,)*p in C order; a spike is
    /// not in them.
    pub fn dense_orders(&self) -> impl Iterator<Item = (usize, Vec<f64>)> + '_ {
        let field = self.field.iter().map(|field| (1, field.exact().to_vec()));
        field.chain(self.tensors.iter().map(|tensors| (tensors.layout().spins, tensors.to_dense())))
    }

    /// Energies and gradients monomial by monomial, at no more than [`PLAIN_LANES`](super::PLAIN_LANES) points.
    pub fn plain_sums(&self, points: &[&[f64]]) -> Vec<Sums> {
        let mut sums = vec![Sums::zero(self.layout.dim); points.len()];
        let mut add = |parts: Vec<Sums>| sums.iter_mut().zip(parts).for_each(|(sum, part)| sum.add(&part));
        if let Some(field) = &self.field {
            add(points.iter().map(|point| Sums::of_field(field.exact(), point)).collect());
        }
        for tensors in &self.tensors {
            add(tensors.plain_sums(points));
        }
        if let Some(spike) = &self.spike {
            add(points.iter().map(|point| spike.plain_sums(point)).collect());
        }
        sums
    }

    /// Sums the contractions of field, tensors and spike, in this order.
    fn sum_orders<T: Kernel>(
        &self,
        which: Which,
        points: &PointLanes<T>,
        out: &mut Contraction<T>,
        order: impl Fn(&OrderTensors, &mut Contraction<T>),
    ) {
        let mut rest = self.tensors.iter();
        match &self.field {
            Some(of) => of.contract(which, points, out),
            None => rest.next().into_iter().for_each(|first| order(first, out)),
        }
        for tensors in rest {
            let mut space = out.second();
            order(tensors, &mut space);
            out.add(&space);
            out.keep_second(space);
        }
        if let Some(spike) = &self.spike {
            let share = if which == Which::Full { 1.0 } else { 1.0 / self.samples as f64 };
            spike.add_to(share, points, out);
        }
    }
}

/// The contractions of all orders, by all who hold chunks of them.
impl Landscape for Surface {
    fn dim(&self) -> usize {
        self.layout.dim
    }

    fn degree(&self) -> usize {
        self.layout.spins.max(self.spike.as_ref().map_or(0, |spike| spike.shape().order as usize))
    }

    /// The order of the largest variance, or scale, of the couplings; of equal ones the highest.
    fn stream_order(&self) -> usize {
        self.stream_order
    }

    fn is_even(&self) -> bool {
        let spike_is_even = self.spike.as_ref().is_none_or(|spike| spike.shape().order.is_multiple_of(2));
        self.field.is_none()
            && self.tensors.iter().all(|tensors| tensors.layout().spins.is_multiple_of(2))
            && spike_is_even
    }

    fn deviation(&self) -> f64 {
        self.deviation
    }

    fn hessian_bounds(&self) -> HessianBounds {
        let spike = self.spike.as_ref().map(PlantedSpike::hessian_bounds);
        self.tensors
            .iter()
            .map(OrderTensors::hessian_bounds)
            .chain(
                self.field
                    .iter()
                    .map(|_| HessianBounds::random(Layout { spins: 2, ..self.layout }, self.deviation)),
            )
            .chain(spike)
            .fold(HessianBounds { size: 0.0, turn: 0.0 }, |sum, part| HessianBounds {
                size: sum.size + part.size,
                turn: sum.turn + part.turn,
            })
    }

    fn sample_parts(&self) -> usize {
        self.samples
    }

    fn contract(&self, isa: Isa, which: Which, points: &PointLanes<f32>, out: &mut Contraction<f32>) {
        self.sum_orders(which, points, out, |tensors, out| {
            tensors.contract((isa, which), self.others.as_ref(), points, out);
        });
    }

    fn contract_exact(&self, isa: Isa, points: &PointLanes<f64>, out: &mut Contraction<f64>) {
        self.sum_orders(Which::Full, points, out, |tensors, out| {
            tensors.contract_exact(isa, self.others.as_ref(), points, out);
        });
    }

    fn hessians_exact_into(&self, isa: Isa, points: &[&[f64]], out: &mut [Symmetric]) {
        let others = self.others.as_ref();
        match self.tensors.split_first() {
            Some((first, rest)) => {
                first.hessians_into(isa, others, points, out);
                if !rest.is_empty() {
                    let mut more = vec![Symmetric::zeros(self.layout.dim); points.len()];
                    for tensors in rest {
                        tensors.hessians_into(isa, others, points, &mut more);
                        out.iter_mut().zip(&more).for_each(|(sum, part)| sum.add(part));
                    }
                }
            }
            None => out.iter_mut().for_each(Symmetric::clear),
        }
        if let Some(spike) = &self.spike {
            points.iter().zip(out).for_each(|(point, hessian)| spike.add_hessian(point, hessian));
        }
    }
}
