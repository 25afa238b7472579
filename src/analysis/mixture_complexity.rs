//! Complexity of a mixture over energy and radial slope.

use super::model::mixture_text_of;
use crate::error::{Error, Result};
use crate::theory::{Mixture, MixtureComplexity, MixtureThresholds};

/// Points of the grid in each direction.
const GRID: usize = 120;
/// How far beyond the region of points, in its own width.
const MARGIN: f64 = 0.15;

/// Σ(u, r) on a grid, with the lines that matter.
#[derive(Debug, Clone, PartialEq)]
pub struct ComplexityMap {
    /// The mixture.
    pub model: String,
    /// u of the columns, ascending.
    pub energies: Vec<f64>,
    /// r of the rows, ascending.
    pub slopes: Vec<f64>,
    /// Σ(u, r), row by row.
    pub values: Vec<f64>,
    /// r = ±2√ξ″, between which critical points are saddles of every index fraction.
    pub marginal: f64,
    /// u and r of the most points at each energy.
    pub ridge: [Vec<f64>; 2],
    /// E_th, where the ridge meets the line of marginality; none with a field.
    pub e_th: Option<f64>,
    /// E_alg.
    pub e_alg: f64,
    /// E_0, the ground state.
    pub e_0: f64,
}

impl ComplexityMap {
    /// The map of a mixture of at least two orders.
    ///
    /// # Errors
    /// [`Error::BadInput`] for a single order, whose radial slope is a multiple of the energy.
    pub fn new(mixture: &Mixture) -> Result<Self> {
        if mixture.single().is_some() {
            let allowed = "at least two orders: of one order the radial slope is a multiple of the energy";
            return Err(Error::bad_input("mixture", mixture_text_of(mixture), allowed));
        }
        let complexity = MixtureComplexity::new(mixture)?;
        let thresholds = MixtureThresholds::new(mixture)?;
        let [_, slope, second] = [0, 1, 2].map(|n| mixture.derivative(n, 1.0));
        // r has the deviation √(ξ′+ξ″) before the determinant widens it.
        let (widest, highest) = (1.02 * thresholds.ground.energy, (slope + second).sqrt() * 2.2);
        let highest = highest.max((2.0 + MARGIN) * second.sqrt());
        let grid = |most: f64| -> Vec<f64> {
            (0..GRID).map(|i| most * (2.0 * i as f64 / (GRID - 1) as f64 - 1.0)).collect()
        };
        let (energies, slopes) = (grid(widest * (1.0 + MARGIN)), grid(highest));
        let values: Vec<f64> = slopes
            .iter()
            .flat_map(|&r| energies.iter().map(move |&u| (u, r)))
            .map(|(u, r)| complexity.joint(u, r))
            .collect();
        if values.iter().all(|&value| value <= 0.0) {
            // Where the grid meets no point with Σ > 0 there is none, or all lie in a band that is thinner than a cell. The
            // rate of all of them is that at u = 0.
            let allowed = if complexity.at(0.0) <= 0.0 {
                "a mixture with exponentially many critical points; the field of this one leaves few"
            } else {
                "a mixture whose critical points fill a region of energies and radial slopes; this one is so near one order \
                 that the region is too thin to draw"
            };
            return Err(Error::bad_input("mixture", mixture_text_of(mixture), allowed));
        }
        let ridge = ridge(&energies, &slopes, &values);
        Ok(Self {
            model: mixture_text_of(mixture),
            energies,
            slopes,
            values,
            marginal: 2.0 * second.sqrt(),
            ridge,
            e_th: thresholds.e_th,
            e_alg: thresholds.e_alg,
            e_0: thresholds.ground.energy,
        })
    }
}

/// The slope of the highest value at each energy where points are, refined by a parabola.
fn ridge(energies: &[f64], slopes: &[f64], values: &[f64]) -> [Vec<f64>; 2] {
    let columns = energies.len();
    let at = |row: usize, column: usize| values[row * columns + column];
    let mut ridge = [Vec::new(), Vec::new()];
    for (column, &u) in energies.iter().enumerate() {
        let top = (0..slopes.len()).max_by(|&a, &b| at(a, column).total_cmp(&at(b, column))).unwrap_or(0);
        if top == 0 || top + 1 == slopes.len() || at(top, column) < 0.0 {
            continue;
        }
        let [below, here, above] = [top - 1, top, top + 1].map(|row| at(row, column));
        let step = slopes[top + 1] - slopes[top];
        let shift = 0.5 * (below - above) / (below - 2.0 * here + above);
        ridge[0].push(u);
        ridge[1].push(slopes[top] + step * shift.clamp(-1.0, 1.0));
    }
    ridge
}
