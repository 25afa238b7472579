//! A quadratic and a quartic term on the sphere, with every critical point known.

use hspin::hamiltonian::{Contraction, HessianBounds, Isa, Landscape, Which};
use hspin::numeric::lanes::{PointLanes, Real};
use hspin::numeric::symmetric::Symmetric;

/// L(w) = ½ Σ a_i w_i² − (b/4Λ) Σ w_i⁴ with b > 0.
///
/// A point is critical where a_i − (b/Λ) w_i² is the radial slope r = w·∇L/Λ for all i of a set S of axes, and w_i = 0
/// elsewhere. So r = (Σ_S a_i − b)/|S|, w_i² = Λ (a_i − r)/b; such points exist where r < a_i on all of S, 2^|S| of them.
#[derive(Debug)]
pub struct Toy {
    /// The a_i.
    pub levels: Vec<f64>,
    /// b.
    pub well: f64,
}

impl Toy {
    /// r of critical points on these axes.
    pub fn radial_slope(&self, axes: &[usize]) -> f64 {
        (axes.iter().map(|&i| self.levels[i]).sum::<f64>() - self.well) / axes.len() as f64
    }

    /// The index of critical points on these axes: on S the Hessian is −(2b/Λ) diag(w_i²), negative in |S| − 1 directions;
    /// on the other axes it is a_i − r.
    pub fn index(&self, axes: &[usize]) -> usize {
        let r = self.radial_slope(axes);
        let others = self.levels.iter().enumerate().filter(|(i, _)| !axes.contains(i));
        axes.len() - 1 + others.filter(|&(_, &a)| a < r).count()
    }

    /// Energy, gradient and radial slope of each point, in either precision.
    fn sums<T: Real>(&self, points: &PointLanes<T>, out: &mut Contraction<T>) {
        let share = self.well / self.levels.len() as f64;
        for lane in 0..points.active {
            let (mut energy, mut radial) = (0.0, 0.0);
            for (i, a) in self.levels.iter().enumerate() {
                let w = points.rows[i].as_ref()[lane].to_f64();
                let slope = (a - share * w * w) * w;
                energy += 0.5 * a * w * w - 0.25 * share * w.powi(4);
                radial += w * slope;
                out.gradient[i].as_mut()[lane] = T::from_f64(slope);
            }
            out.energy.as_mut()[lane] = T::from_f64(energy);
            out.radial_slope.as_mut()[lane] = T::from_f64(radial / self.levels.len() as f64);
        }
    }
}

impl Landscape for Toy {
    fn dim(&self) -> usize {
        self.levels.len()
    }

    fn degree(&self) -> usize {
        4
    }

    fn is_even(&self) -> bool {
        true
    }

    fn deviation(&self) -> f64 {
        1.0
    }

    fn hessian_bounds(&self) -> HessianBounds {
        let highest = self.levels.iter().fold(0.0f64, |top, a| top.max(a.abs()));
        HessianBounds { size: 2.0 * highest + 4.0 * self.well, turn: 4.0 * highest + 16.0 * self.well }
    }

    fn contract(&self, _: Isa, _: Which, points: &PointLanes<f32>, out: &mut Contraction<f32>) {
        self.sums(points, out);
    }

    fn contract_exact(&self, _: Isa, points: &PointLanes<f64>, out: &mut Contraction<f64>) {
        self.sums(points, out);
    }

    fn hessians_exact_into(&self, _: Isa, points: &[&[f64]], out: &mut [Symmetric]) {
        let share = self.well / self.levels.len() as f64;
        for (point, hessian) in points.iter().zip(out) {
            let second = |i: usize| self.levels[i] - 3.0 * share * point[i] * point[i];
            *hessian = Symmetric::from_lower(self.dim(), |i, j| if i == j { second(i) } else { 0.0 });
        }
    }
}
