//! Spread of energies between surfaces and on one surface.

/// Energies of one surface in three numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
struct OfSurface {
    count: f64,
    mean: f64,
    /// Sum of squared distances from the mean.
    squares: f64,
}

/// Energies of many surfaces, some starts on each.
#[derive(Debug, Clone, Default)]
pub struct SurfaceScatter(Vec<OfSurface>);

impl SurfaceScatter {
    /// Adds one surface by the energies of its starts; one without any is left out.
    pub fn add(&mut self, energies: &[f64]) {
        let count = energies.len() as f64;
        if energies.is_empty() {
            return;
        }
        let mean = energies.iter().sum::<f64>() / count;
        let squares = energies.iter().map(|u| (u - mean).powi(2)).sum();
        self.0.push(OfSurface { count, mean, squares });
    }

    /// Mean of each surface.
    pub fn means(&self) -> Vec<f64> {
        self.0.iter().map(|surface| surface.mean).collect()
    }

    /// Standard deviation of starts on one surface, pooled: `σ_w² = Σ_i Q_i / Σ_i (n_i − 1)`, where `Q_i` is the sum of
    /// the `n_i` squared distances from the mean of surface i. `None` where no surface has two starts.
    pub fn sd_within(&self) -> Option<f64> {
        let freedom: f64 = self.0.iter().map(|surface| surface.count - 1.0).sum();
        let squares: f64 = self.0.iter().map(|surface| surface.squares).sum();
        (freedom > 0.0).then(|| (squares / freedom).sqrt())
    }

    /// Standard deviation between surfaces of the mean over *all* starts of a surface: the variance of the means that
    /// were found, less what the few starts on each add to it, `σ_b² = Var(ū_i) − σ_w² mean(1/n_i)`; 0 where that is
    /// negative. The variance of a start of a random surface is about `σ_b² + σ_w²`. `None` below two surfaces, or
    /// where no surface has two starts.
    ///
    /// # Reference
    /// Searle, Casella, McCulloch (1992), *Variance Components*, §3.6 (analysis of variance, one way).
    pub fn sd_between(&self) -> Option<f64> {
        let surfaces = self.0.len() as f64;
        if surfaces < 2.0 {
            return None;
        }
        let mean = self.0.iter().map(|surface| surface.mean).sum::<f64>() / surfaces;
        let of_means =
            self.0.iter().map(|surface| (surface.mean - mean).powi(2)).sum::<f64>() / (surfaces - 1.0);
        let share = self.0.iter().map(|surface| 1.0 / surface.count).sum::<f64>() / surfaces;
        Some((of_means - self.sd_within()?.powi(2) * share).max(0.0).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Role, stream};
    use rand_distr::{Distribution, StandardNormal};

    fn of(surfaces: &[&[f64]]) -> SurfaceScatter {
        let mut all = SurfaceScatter::default();
        surfaces.iter().for_each(|energies| all.add(energies));
        all
    }

    #[test]
    fn two_surfaces_of_two_starts_by_hand() {
        // Means 1 and 4, variances 2 and 8: within (2 + 8)/2 = 5, of the means 4.5, between 4.5 − 5/2 = 2.
        let all = of(&[&[0.0, 2.0], &[2.0, 6.0]]);
        assert_eq!(all.means(), [1.0, 4.0]);
        assert!((all.sd_within().unwrap().powi(2) - 5.0).abs() < 1e-12);
        assert!((all.sd_between().unwrap().powi(2) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_told_apart_is_absent() {
        assert_eq!((of(&[]).sd_within(), of(&[]).sd_between()), (None, None));
        let one = of(&[&[1.0, 2.0], &[]]);
        assert!(one.sd_within().is_some() && one.sd_between().is_none());
        // One start on each surface: scatter of surfaces and of starts are one.
        assert_eq!((of(&[&[1.0], &[2.0]]).sd_within(), of(&[&[1.0], &[2.0]]).sd_between()), (None, None));
        // Less scatter between the means than the starts give them.
        assert_eq!(of(&[&[0.0, 2.0], &[0.0, 2.0]]).sd_between(), Some(0.0));
    }

    /// 4000 surfaces of 3 or 5 starts, σ_b = 0.5, σ_w = 1. Each estimate is within 5 standard errors (0.0116 of the
    /// first, 0.0065 of the second), a false alarm once in a million seeds; the plain deviation of the means, which
    /// counts the starts' scatter, is 0.72.
    #[test]
    fn both_spreads_of_an_invented_law_come_back() {
        let mut rng = stream(5, Role::Start, &[0]);
        let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
        let mut all = SurfaceScatter::default();
        for surface in 0..4000 {
            let own = 0.5 * normal();
            let energies: Vec<f64> = (0..3 + 2 * (surface % 2)).map(|_| own + normal()).collect();
            all.add(&energies);
        }
        let (between, within) = (all.sd_between().unwrap(), all.sd_within().unwrap());
        assert!((between - 0.5).abs() < 5.0 * 0.0116, "{between}");
        assert!((within - 1.0).abs() < 5.0 * 0.0065, "{within}");
    }
}
