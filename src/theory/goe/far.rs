//! Eigenvalues far outside the bulk: expansions in 1/y².

use super::counting::LogEstimate;

/// Distance from 0 beyond which the total is taken from its expansion; at sizes up to 10⁴ the error is below 1e-8.
pub const FAR: f64 = 1e6;
/// An expansion serves where its error is below this.
const GOOD: f64 = 1e-6;

/// The k-th of n eigenvalues at y → −∞, together with the k below it; n − k − 1 = m stay in the bulk.
///
/// With D = −y and the k eigenvalues below y at y − t_i/D,
///
/// `p_k(y) = n!/(k! m!) Z_m/Z_n I_k D^{(k+1)m − k(k+3)/2} e^{−(k+1)y²/2} (1 + c/D² + O(D^{−4}))`,
/// `Z_n = (2π)^{n/2} Π_{j≤n} Γ(1+j/2)/Γ(3/2)`, `I_k = ∫ Π t_i Π_{i<j} |t_i − t_j| e^{−Σt} dt = Π_{j<k} Γ(2+j/2) Γ(1+(j+1)/2)/Γ(3/2)`,
/// `c = (k+1)² m/2 − (k+1) m(m+1)/4 + k(k+3) m/2 − k(k+2)(k+3)/4`:
///
/// from E tr M = 0, E (tr M)² = m, E tr M² = m(m+1)/2 in the bulk and E Σt = k(k+3)/2, E Σt² = (k+2) E Σt below y.
///
/// # Reference
/// Mehta (2004), *Random Matrices*, equations 17.6.5 and 17.6.7 (Selberg's integral).
#[derive(Debug, Clone, Copy)]
pub struct FarLeft {
    /// ln of the constant factor.
    log_factor: f64,
    /// Power of D.
    power: f64,
    /// k + 1, the rate in e^{−(k+1)y²/2}.
    rate: f64,
    /// c, and the sum of the sizes of its terms.
    correction: [f64; 2],
}

impl FarLeft {
    /// For index k < n.
    pub fn new(size: usize, index: usize) -> Self {
        let (n, k) = (size as f64, index as f64);
        let m = n - k - 1.0;
        let rate = k + 1.0;
        let selberg: f64 = (0..index)
            .map(|j| libm::lgamma(2.0 + 0.5 * j as f64) + libm::lgamma(1.5 + 0.5 * j as f64))
            .sum::<f64>()
            - k * libm::lgamma(1.5);
        // Z_m/Z_n.
        let ratio: f64 = (size - index..=size).map(|j| libm::lgamma(1.0 + 0.5 * j as f64)).sum::<f64>()
            + rate * (0.5 * std::f64::consts::TAU.ln() - libm::lgamma(1.5));
        let orderings = libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(m + 1.0);
        let below = 0.5 * k * (k + 3.0);
        let terms =
            [0.5 * rate * rate * m, -0.25 * rate * m * (m + 1.0), below * m, -0.5 * below * (k + 2.0)];
        Self {
            log_factor: orderings - ratio + selberg,
            power: rate * m - below,
            rate,
            correction: [terms.iter().sum(), terms.iter().map(|term| term.abs()).sum()],
        }
    }

    /// ln of e^{−a y²} p_k(y); `None` where the expansion is not good enough.
    pub fn log_integrand(&self, tilt: f64, y: f64) -> Option<LogEstimate> {
        self.estimate(0.0, self.correction, 0.5 * self.rate + tilt, y)
    }

    /// The same with a = decay − ½, where decay may be far smaller than the rounding of ½.
    pub fn log_decaying(&self, decay: f64, y: f64) -> Option<LogEstimate> {
        self.estimate(0.0, self.correction, 0.5 * (self.rate - 1.0) + decay, y)
    }

    /// ln ∫_{−∞}^y e^{−a x²} p_k(x) dx = `p_k e^{−a y²} / (2b D) (1 + (power − 1)/(2b D²) + …)`, 2b = k + 1 + 2a; `None` where
    /// the expansion is not good enough.
    pub fn log_up_to(&self, tilt: f64, y: f64) -> Option<LogEstimate> {
        let slope = self.rate + 2.0 * tilt;
        let more = (self.power - 1.0) / slope;
        let correction = [self.correction[0] + more, self.correction[1] + more.abs()];
        self.estimate(-(slope * -y).ln(), correction, 0.5 * self.rate + tilt, y)
    }

    fn estimate(&self, own: f64, [c, size]: [f64; 2], decay: f64, y: f64) -> Option<LogEstimate> {
        let square = y * y;
        let beyond = (size / square).powi(2) + (self.rate * self.power.abs().max(1.0) / square).powi(2);
        if y >= 0.0 || 3.0 * beyond > GOOD {
            return None;
        }
        if square == f64::INFINITY {
            return Some(LogEstimate::ZERO);
        }
        let growth = self.power * (-y).ln() - decay * square;
        let log = self.log_factor + own + growth + (c / square).ln_1p();
        let rounding = 4.0 * f64::EPSILON * (log.abs() + self.log_factor.abs() + growth.abs());
        Some(LogEstimate { log, log_error: log + (3.0 * beyond + rounding).ln() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::density::Cells;
    use super::super::{Intervals, Tilted};
    use super::*;

    /// Against quadrature of the density, and of the k-th eigenvalue's law.
    #[test]
    fn expansions_join_the_exact_laws() {
        for (size, tilt) in [(2, 0.0), (5, 0.2), (11, 1.0 / 6.0)] {
            let y = -2000.0 * size as f64;
            let far = FarLeft::new(size, 0);
            let [density, sum] = [far.log_integrand(tilt, y).unwrap(), far.log_up_to(tilt, y).unwrap()];
            let exact = Cells::log_integrand(size, tilt, y);
            assert!((density.log - exact).abs() < 1e-14 * exact.abs() + 1e-9, "{density:?} {exact}");
            let exact = Cells::new(size, tilt, y).log_up_to(y);
            assert!((sum.log - exact).abs() < 1e-14 * exact.abs() + 1e-9, "{sum:?} {exact}");
        }
        for (size, index, y) in [(3, 0, -60.0), (3, 1, -100.0), (4, 3, -120.0), (6, 2, -250.0)] {
            let mut panels = Intervals::new(size);
            let mut tilted = Tilted::new(&mut panels, size, 0.2, index).unwrap();
            let exact = tilted.near_log_up_to(y).unwrap().log;
            let far = FarLeft::new(size, index);
            let slope = far.rate + 0.4;
            let c = far.correction[0] + (far.power - 1.0) / slope;
            let leading = far.log_factor - (slope * -y).ln() + far.power * (-y).ln() - 0.5 * slope * y * y;
            // The first correction is right: without it the difference is c/y², with it far less.
            let [rough, fine] = [leading - exact, leading + c / (y * y) - exact];
            assert!(
                (rough + c / (y * y)).abs() < 0.1 * (c / (y * y)).abs() + 1e-5,
                "{size} {index}: {rough} {c}"
            );
            assert!(fine.abs() < 2e-5 + 1e-13 * exact.abs(), "{size} {index}: {fine} of {exact}");
        }
    }

    #[test]
    fn nothing_is_left_where_squares_overflow() {
        let far = FarLeft::new(50, 3);
        for y in [-1e160, -1e300, f64::NEG_INFINITY] {
            assert_eq!(far.log_up_to(0.1, y), Some(LogEstimate::ZERO));
            assert_eq!(far.log_integrand(0.1, y), Some(LogEstimate::ZERO));
        }
        assert_eq!(far.log_up_to(0.1, -10.0), None);
        assert_eq!(far.log_up_to(0.1, 1e300), None);
    }
}
