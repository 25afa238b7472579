//! Factors that weight an eigenvalue's place y by the law of something that is normal given y. All are log-concave.

use super::density::integral_ratio;

/// Widths beyond which a normal factor is 1, or falls like e^{−z²/2}.
const REACH: i32 = 4;

/// A factor that depends on y through z = (center − y)/width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Factor {
    /// 1.
    One,
    /// P(N < z), N standard normal.
    Below(Normal),
    /// e^{−z²/2}.
    Around(Normal),
}

/// Where a factor changes, and over what length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normal {
    pub center: f64,
    pub width: f64,
}

impl Normal {
    fn z(self, y: f64) -> f64 {
        (self.center - y) / self.width
    }
}

impl Factor {
    /// Its logarithm.
    pub fn log(self, y: f64) -> f64 {
        match self {
            Self::One => 0.0,
            Self::Below(normal) => log_normal_cdf(normal.z(y)),
            Self::Around(normal) => -0.5 * normal.z(y).powi(2),
        }
    }

    /// Whether the rule of 16 points follows it between two places.
    pub fn is_smooth_between(self, low: f64, high: f64) -> bool {
        match self {
            Self::One => true,
            Self::Below(normal) if normal.z(high) > 2.0 * f64::from(REACH) + 1.0 => true,
            Self::Below(normal) | Self::Around(normal) => high - low <= 2.0 * normal.width,
        }
    }

    /// `low`, `high` and places between at which to cut, so that the factor is smooth in each piece or steep all along.
    pub fn cuts(self, low: f64, high: f64) -> Vec<f64> {
        let mut cuts = vec![low];
        if let Self::Below(normal) | Self::Around(normal) = self {
            cuts.extend((-REACH..=REACH).map(|i| normal.center + 2.0 * f64::from(i) * normal.width));
        }
        cuts.push(high);
        cuts.retain(|y| (low..=high).contains(y));
        cuts
    }
}

/// ln P(N < z) for a standard normal N, to full relative accuracy of P(N < z) or of P(N > z), whichever is less.
pub fn log_normal_cdf(z: f64) -> f64 {
    if z > -1.0 {
        return (-0.5 * libm::erfc(z * std::f64::consts::FRAC_1_SQRT_2)).ln_1p();
    }
    if z < -1e150 {
        return f64::NEG_INFINITY;
    }
    integral_ratio(-z).ln() - 0.5 * z * z - 0.5 * std::f64::consts::TAU.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_logarithms_are_right_in_both_tails() {
        // From 30-digit arithmetic.
        let cases = [
            (-40.0, -804.608_442_013_753_8),
            (-6.0, -20.736_768_949_974_706),
            (-1.0, -1.841_021_645_009_263_5),
            (0.0, -std::f64::consts::LN_2),
            (3.0, -1.350_809_964_748_193_8e-3),
            (9.0, -1.128_588_405_953_840_6e-19),
        ];
        for (z, expected) in cases {
            let found = log_normal_cdf(z);
            assert!((found / expected - 1.0).abs() < 1e-14, "{z}: {found}");
        }
        assert_eq!(log_normal_cdf(f64::NEG_INFINITY), f64::NEG_INFINITY);
        assert_eq!(log_normal_cdf(f64::INFINITY), 0.0);
    }
}
