//! Ratios θ = s/t of the two times, on panels that shrink towards θ = 0 and θ = 1.

use crate::numeric::quadrature::gauss_legendre;

/// Panels of ratios and their nodes.
///
/// The panels are `[0, 2^−K]`, `[2^−k−1, 2^−k]` and their mirror images about ½, each with P Gauss–Legendre nodes: what
/// happens within a fixed time of either end is resolved at every t.
#[derive(Debug, Clone)]
pub struct Ratios<const P: usize> {
    /// Ends of the panels, rising from 0 to 1.
    ends: Vec<f64>,
    /// Nodes on [−1, 1] with their barycentric weights.
    rule: [(f64, f64); P],
    /// θ_j, rising.
    pub nodes: Vec<f64>,
    /// Weights of θ_j in integrals over [0, 1].
    pub weights: Vec<f64>,
}

/// Where a ratio lies: the first node of its panel, and the weights of the panel's nodes.
#[derive(Debug, Clone, Copy)]
pub struct Place<const P: usize> {
    /// First node.
    pub first: usize,
    /// Weights of this node and the next ones.
    pub weights: [f64; P],
}

impl<const P: usize> Ratios<P> {
    /// Panels down to a width of 2^−depth at both ends.
    pub fn new(depth: u32) -> Self {
        let halvings = (1..=depth).rev().map(|k| 0.5f64.powi(k as i32));
        let left: Vec<f64> = std::iter::once(0.0).chain(halvings).collect();
        let right = left.iter().rev().skip(1).map(|end| 1.0 - end);
        let ends: Vec<f64> = left.iter().copied().chain(right).collect();
        let gauss = gauss_legendre(P);
        let panels = || ends.windows(2).map(|ends| (ends[0], 0.5 * (ends[1] - ends[0])));
        let on_panels = |f: &dyn Fn(f64, f64, usize) -> f64| {
            panels().flat_map(|(low, half)| (0..P).map(move |k| f(low, half, k))).collect()
        };
        let nodes = on_panels(&|low, half, k| low + half * (1.0 + gauss[k].x));
        let weights = on_panels(&|_, half, k| half * gauss[k].weight);
        let rule = std::array::from_fn(|k| {
            let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
            (gauss[k].x, sign * ((1.0 - gauss[k].x * gauss[k].x) * gauss[k].weight).sqrt())
        });
        Self { ends, rule, nodes, weights }
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The polynomial through the nodes of the panel that holds `ratio`, by the barycentric formula.
    ///
    /// # Reference
    /// Berrut, Trefethen (2004), *Barycentric Lagrange interpolation*.
    pub fn place(&self, ratio: f64) -> Place<P> {
        let panel = self.ends.partition_point(|&end| end <= ratio).clamp(1, self.ends.len() - 1) - 1;
        let [low, high] = [self.ends[panel], self.ends[panel + 1]];
        let x = (2.0 * ratio - low - high) / (high - low);
        let first = panel * P;
        if let Some(at) = self.rule.iter().position(|&(node, _)| node == x) {
            return Place { first, weights: std::array::from_fn(|k| f64::from(u8::from(k == at))) };
        }
        let weights = self.rule.map(|(node, weight)| weight / (x - node));
        let sum: f64 = weights.iter().sum();
        Place { first, weights: weights.map(|weight| weight / sum) }
    }
}

impl<const P: usize> Place<P> {
    /// The value there of a function given at the nodes.
    #[inline]
    pub fn of(&self, values: &[f64]) -> f64 {
        let values = &values[self.first..self.first + P];
        self.weights.iter().zip(values).map(|(weight, value)| weight * value).sum()
    }

    /// The value of a function of two ratios, given row by row of `n`; `self` is the place of the first.
    #[inline]
    pub fn of_rows(&self, second: &Self, values: &[f64], n: usize) -> f64 {
        let mut sums = [0.0; P];
        for (k, weight) in self.weights.iter().enumerate() {
            let row = &values[(self.first + k) * n + second.first..][..P];
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
        }
        sums.iter().zip(&second.weights).map(|(sum, weight)| sum * weight).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sharp_edge_at_either_end_is_interpolated_and_integrated() {
        let ratios = Ratios::<8>::new(10);
        for rate in [1.0, 30.0, 1000.0] {
            for side in [0.0, 1.0] {
                let f = |x: f64| (-rate * (x - side).abs()).exp();
                let values: Vec<f64> = ratios.nodes.iter().map(|&x| f(x)).collect();
                let integral: f64 = ratios.weights.iter().zip(&values).map(|(w, f)| w * f).sum();
                assert!((integral * rate / (1.0 - (-rate).exp()) - 1.0).abs() < 1e-11, "{rate}: {integral}");
                for x in [0.0, 1e-4, 0.013, 0.4, 0.77, 0.999, 1.0] {
                    assert!((ratios.place(x).of(&values) - f(x)).abs() < 2e-6, "{rate} {side} {x}");
                }
            }
        }
        let x = ratios.nodes[13];
        assert_eq!(ratios.place(x).of(&ratios.nodes), x);
    }
}
