//! Many polishes at once, sharing passes over the couplings.

use super::evaluate::{FIRST_ORDER_LANES, first_order};
use super::polish::{Polish, Polished, Wanted};
use super::rules::Rules;
use super::start::Descended;
use crate::hamiltonian::{Contraction, HESSIAN_LANES, Isa, Landscape, Surface};
use crate::numeric::symmetric::{Cholesky, Symmetric};

/// Polishes under way at a time; each holds one matrix of Λ².
pub const POLISHES: usize = FIRST_ORDER_LANES;

/// Polishes of one surface's starts. What a start ends with does not depend on the others.
#[derive(Debug)]
pub struct Polishing<'a, L = Surface> {
    surface: &'a L,
    isa: Isa,
    rules: Rules,
    waiting: Vec<Descended>,
    under_way: Vec<Polish>,
    contraction: Contraction<f64>,
    space: PolishSpace,
}

/// Memory that polishes of one surface after the other are worked out in.
#[derive(Debug, Default)]
pub struct PolishSpace {
    /// For Cholesky factors.
    pub factor: Cholesky,
    /// Matrices to be used again.
    pub spare: Vec<Symmetric>,
}

impl<'a, L: Landscape> Polishing<'a, L> {
    /// With no start yet, by the current rules.
    pub fn new(surface: &'a L, isa: Isa) -> Self {
        Self::resume(surface, isa, Vec::new(), PolishSpace::default())
    }

    /// With polishes that were begun elsewhere.
    pub fn resume(surface: &'a L, isa: Isa, under_way: Vec<Polish>, space: PolishSpace) -> Self {
        let contraction = Contraction::new(surface.dim());
        Self { surface, isa, rules: Rules::CURRENT, waiting: Vec::new(), under_way, contraction, space }
    }

    /// By these rules; for the starts that are not yet under way.
    pub fn under(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// The polishes that were begun, to go on elsewhere.
    pub fn suspend(mut self) -> (Vec<Polish>, PolishSpace) {
        // Where starts end elsewhere than they began, matrices would gather.
        self.space.spare.truncate(HESSIAN_LANES);
        (self.under_way, self.space)
    }

    /// Takes on starts whose descent has ended.
    pub fn add(&mut self, descended: Vec<Descended>) {
        self.waiting.extend(descended);
    }

    /// Starts that have not ended.
    pub fn len(&self) -> usize {
        self.waiting.len() + self.under_way.len()
    }

    /// Whether all starts have ended.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Gives back the matrix of a start that ended, to be used again.
    pub fn reuse(&mut self, matrix: Symmetric) {
        self.space.spare.push(matrix);
    }

    /// One pass over the couplings; returns starts that ended.
    pub fn round(&mut self) -> Vec<Polished> {
        while self.under_way.len() < POLISHES {
            let Some(next) = self.waiting.pop() else { break };
            self.under_way.push(Polish::new(next, self.surface.deviation()).under(self.rules));
        }
        let of_hessians =
            self.under_way.iter().filter(|polish| matches!(polish.wants(), Wanted::Hessian(_))).count();
        match of_hessians >= HESSIAN_LANES.min(self.under_way.len()) {
            true => self.hessians(),
            false => self.first_orders(),
        }
    }

    /// Energies and gradients for all that want them.
    fn first_orders(&mut self) -> Vec<Polished> {
        let wanted = self.under_way.iter().filter_map(|polish| match polish.wants() {
            Wanted::FirstOrder(point) => Some(point),
            Wanted::Hessian(_) => None,
        });
        let wanted: Vec<&[f64]> = wanted.collect();
        let mut found = first_order(self.surface, self.isa, &wanted, &mut self.contraction).into_iter();
        let mut ended = Vec::new();
        let PolishSpace { factor, spare } = &mut self.space;
        self.under_way.retain_mut(|polish| {
            if matches!(polish.wants(), Wanted::Hessian(_)) {
                return true;
            }
            let end = polish.give_first_order(found.next().flatten(), factor, spare);
            let stays = end.is_none();
            ended.extend(end);
            stays
        });
        ended
    }

    /// Hessians for those that want them, as many as share a pass.
    fn hessians(&mut self) -> Vec<Polished> {
        let dim = self.surface.dim();
        let wanted = self.under_way.iter().filter_map(|polish| match polish.wants() {
            Wanted::Hessian(point) => Some(point),
            Wanted::FirstOrder(_) => None,
        });
        let wanted: Vec<&[f64]> = wanted.take(HESSIAN_LANES).collect();
        let mut matrices: Vec<Symmetric> =
            wanted.iter().map(|_| self.space.spare.pop().unwrap_or_else(|| Symmetric::zeros(dim))).collect();
        matrices.iter_mut().for_each(|matrix| matrix.resize(dim));
        self.surface.hessians_exact_into(self.isa, &wanted, &mut matrices);
        let mut matrices = matrices.into_iter();
        let mut ended = Vec::new();
        let factor = &mut self.space.factor;
        self.under_way.retain_mut(|polish| {
            if !matches!(polish.wants(), Wanted::Hessian(_)) {
                return true;
            }
            let Some(matrix) = matrices.next() else { return true };
            let end = polish.give_hessian(matrix, factor);
            let stays = end.is_none();
            ended.extend(end);
            stays
        });
        ended
    }
}
