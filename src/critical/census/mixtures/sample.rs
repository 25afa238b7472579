//! Mixtures as dense arrays, evaluated without any packed tensor.

use super::super::target::Target;
use super::super::{BlockEnds, Census, CensusKey, PathBlocks, Stage, of_target};
use crate::descent::Rules;
use crate::hamiltonian::{Contraction, HessianBounds, Isa, Landscape, Which};
use crate::numeric::lanes::PointLanes;
use crate::numeric::symmetric::Symmetric;
use crate::rng::{Role, stream};
use rand_distr::{Distribution, StandardNormal};

/// L(w) = Σ_p Λ^{−(p−1)/2} Σ A_p w⋯w with dense symmetric arrays.
#[derive(Debug, Clone)]
pub struct Mixture {
    pub dim: usize,
    pub arrays: Vec<(usize, Vec<f64>)>,
}

impl Mixture {
    /// Each pair is an order p and v_p: a coefficient with m orderings is N(0, m v_p).
    pub fn draw(orders: &[(usize, f64)], dim: usize, instance: u64) -> Self {
        let mut rng = stream(1, Role::Probe, &[9, instance]);
        let arrays = orders.iter().map(|&(p, variance)| {
            let normal = |indices: &[usize]| {
                let z: f64 = StandardNormal.sample(&mut rng);
                (variance / orderings(indices)).sqrt() * z
            };
            (p, symmetric(p, dim, normal))
        });
        Self { dim, arrays: arrays.collect() }
    }

    /// With equal v_p that add up to 1.
    pub fn equal(orders: &[usize], dim: usize, instance: u64) -> Self {
        let share = 1.0 / orders.len() as f64;
        Self::draw(&orders.iter().map(|&p| (p, share)).collect::<Vec<_>>(), dim, instance)
    }

    /// With one order multiplied.
    pub fn scaled(mut self, order: usize, factor: f64) -> Self {
        let arrays = self.arrays.iter_mut().filter(|(p, _)| *p == order);
        arrays.for_each(|(_, array)| array.iter_mut().for_each(|a| *a *= factor));
        self
    }

    pub fn target(&self) -> Target<'_> {
        let is_homogeneous = self.arrays.len() == 1;
        Target::new(self.dim, self.degree(), is_homogeneous, |visit| {
            for (p, array) in &self.arrays {
                multisets(*p, self.dim, |indices| {
                    visit(indices, orderings(indices) * array[place(indices, self.dim)]);
                });
            }
        })
    }

    pub fn census(&self) -> Census {
        self.census_with(&|stage, job| Ok((0..stage.blocks).map(job).collect()))
    }

    pub fn census_with(&self, map: &dyn Fn(Stage, PathBlocks) -> crate::Result<Vec<BlockEnds>>) -> Census {
        let key = CensusKey { seed: 1, instance: 0 };
        of_target(Rules::CURRENT, &self.target(), self, key, Isa::best(), map).unwrap()
    }

    /// L, monomial by monomial.
    pub fn energy(&self, w: &[f64]) -> f64 {
        let mut sum = 0.0;
        self.target().for_each_coefficient(|indices, c| {
            let weight = (self.dim as f64).powf(-0.5 * (indices.len() as f64 - 1.0));
            sum += weight * c * indices.iter().map(|&i| w[i]).product::<f64>();
        });
        sum
    }

    /// Energy, gradient and Hessian from the dense arrays.
    pub fn derivatives(&self, w: &[f64]) -> (f64, Vec<f64>, Vec<f64>) {
        let dim = self.dim;
        let (mut energy, mut gradient, mut hessian) = (0.0, vec![0.0; dim], vec![0.0; dim * dim]);
        for (p, array) in &self.arrays {
            let mut array = array.clone();
            let order = *p as f64;
            let weight = (dim as f64).powf(-0.5 * (order - 1.0));
            for open in (0..=*p).rev() {
                let add = |sum: &mut [f64], factor: f64| {
                    sum.iter_mut().zip(&array).for_each(|(sum, a)| *sum += weight * factor * a);
                };
                match open {
                    2 => add(&mut hessian, order * (order - 1.0)),
                    1 => add(&mut gradient, order),
                    0 => energy += weight * array[0],
                    _ => {}
                }
                array = array.chunks(dim).map(|row| row.iter().zip(w).map(|(a, w)| a * w).sum()).collect();
            }
        }
        (energy, gradient, hessian)
    }
}

impl Landscape for Mixture {
    fn dim(&self) -> usize {
        self.dim
    }

    fn degree(&self) -> usize {
        self.arrays.iter().map(|(p, _)| *p).max().unwrap()
    }

    fn is_even(&self) -> bool {
        self.arrays.iter().all(|(p, _)| p.is_multiple_of(2))
    }

    fn deviation(&self) -> f64 {
        1.0
    }

    fn hessian_bounds(&self) -> HessianBounds {
        unreachable!("a census has its own")
    }

    fn contract(&self, _: Isa, _: Which, _: &PointLanes<f32>, _: &mut Contraction<f32>) {
        unreachable!("a census is in double precision")
    }

    fn contract_exact(&self, _: Isa, points: &PointLanes<f64>, out: &mut Contraction<f64>) {
        for lane in 0..points.active {
            let w: Vec<f64> = points.rows.iter().map(|row| row.as_ref()[lane]).collect();
            let (energy, gradient, _) = self.derivatives(&w);
            out.energy.as_mut()[lane] = energy;
            out.radial_slope.as_mut()[lane] =
                gradient.iter().zip(&w).map(|(g, w)| g * w).sum::<f64>() / self.dim as f64;
            out.gradient.iter_mut().zip(gradient).for_each(|(row, g)| row.as_mut()[lane] = g);
        }
    }

    fn hessians_exact_into(&self, _: Isa, points: &[&[f64]], out: &mut [Symmetric]) {
        for (out, w) in out.iter_mut().zip(points) {
            let (_, _, hessian) = self.derivatives(w);
            *out = Symmetric::from_lower(self.dim, |i, j| hessian[i * self.dim + j]);
        }
    }
}

/// H!/Π n!.
pub fn orderings(indices: &[usize]) -> f64 {
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    let kinds: std::collections::BTreeSet<_> = indices.iter().collect();
    let repeats = kinds.into_iter().map(|i| factorial(indices.iter().filter(|&j| j == i).count()));
    factorial(indices.len()) / repeats.product::<f64>()
}

fn place(indices: &[usize], dim: usize) -> usize {
    indices.iter().fold(0, |place, i| place * dim + i)
}

/// Non-increasing indices.
fn multisets(order: usize, dim: usize, mut visit: impl FnMut(&[usize])) {
    let mut indices = vec![0; order];
    for code in 0..dim.pow(order as u32) {
        indices.iter_mut().enumerate().for_each(|(a, i)| *i = code / dim.pow(a as u32) % dim);
        if indices.is_sorted_by(|a, b| a >= b) {
            visit(&indices);
        }
    }
}

fn symmetric(order: usize, dim: usize, mut entry: impl FnMut(&[usize]) -> f64) -> Vec<f64> {
    let mut array = vec![0.0; dim.pow(order as u32)];
    multisets(order, dim, |indices| array[place(indices, dim)] = entry(indices));
    for code in 0..array.len() {
        let mut indices: Vec<usize> = (0..order).map(|a| code / dim.pow(a as u32) % dim).collect();
        indices.sort_unstable_by(|a, b| b.cmp(a));
        array[code] = array[place(&indices, dim)];
    }
    array
}

/// Largest difference of coordinates.
pub fn apart(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |top, (a, b)| top.max((a - b).abs()))
}
