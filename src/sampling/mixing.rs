//! How far chains can be believed: split-R̂, effective sample size, autocorrelation time.

use itertools::Itertools;

/// Most values of half a chain that autocorrelations are summed over; longer ones are taken as means of as many blocks.
const LONGEST: usize = 2048;

/// What several chains of one quantity say of each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mixing {
    /// Mean of all values.
    pub mean: f64,
    /// Variance of the quantity: within chains and between their halves.
    pub variance: f64,
    /// Split-R̂: √ of the variance over that within half chains; 1 where chains agree with themselves and with each other.
    pub rhat: f64,
    /// Effective number of independent values.
    pub effective: f64,
    /// Integrated autocorrelation time 1 + 2Σρ_t, in values: number of values by effective number.
    pub time: f64,
}

impl Mixing {
    /// Standard error of the mean.
    pub fn standard_error(&self) -> f64 {
        (self.variance / self.effective).sqrt()
    }
}

/// Split-R̂ and effective size of chains of one length. What is not known is NaN: with fewer than four values to a chain, or
/// where none changes.
///
/// Halves of chains are chains. With W the mean variance within them, B/n the variance of their means and
/// `v = (n−1)/n W + B/n`: `R̂ = √(v/W)`, `ρ_t = 1 − (W − mean of s² ρ_t)/v` summed over Geyer's initial monotone sequence.
/// Halves of more than 2048 values are cut into as many blocks, whose means have the same mean and the same effective size by
/// their own variance.
///
/// # Reference
/// Vehtari, Gelman, Simpson, Carpenter, Bürkner (2021), *Rank-normalization, folding, and localization*, Bayesian Anal. 16,
/// equations 3–4 and 10–13 (without ranks); Geyer (1992), Stat. Sci. 7.
///
/// # Panics
/// If chains have different lengths.
#[track_caller]
pub fn mixing(chains: &[Vec<f64>]) -> Mixing {
    let length = chains.first().map_or(0, Vec::len);
    assert!(chains.iter().all(|chain| chain.len() == length), "chains of different lengths");
    let half = length / 2;
    // Of an odd number the value in the middle is in neither half.
    let halves: Vec<&[f64]> =
        chains.iter().flat_map(|chain| [&chain[..half], &chain[length - half..]]).collect();
    let all = (chains.len() * length) as f64;
    let mean = chains.iter().flatten().sum::<f64>() / all;
    let unknown = Mixing { mean, variance: f64::NAN, rhat: f64::NAN, effective: f64::NAN, time: f64::NAN };
    if half < 2 {
        return unknown;
    }
    let raw = Spread::of(&halves);
    if !(raw.within > 0.0 && raw.whole.is_finite()) {
        return unknown;
    }
    let block = half.div_ceil(LONGEST);
    let blocks: Vec<Vec<f64>> = halves.iter().map(|half| block_means(half, block)).collect();
    let blocks: Vec<&[f64]> = blocks.iter().map(Vec::as_slice).collect();
    let coarse = Spread::of(&blocks);
    let count = (blocks.len() * blocks.first().map_or(0, |block| block.len())) as f64;
    // Variance of the mean; no fewer independent values than the logarithm allows, as in the reference.
    let of_mean = coarse.whole * coarse.time(&blocks) / count;
    let effective = (raw.whole / of_mean).min(all * all.log10().max(1.0));
    Mixing {
        mean,
        variance: raw.whole,
        rhat: (raw.whole / raw.within).sqrt(),
        effective,
        time: all / effective,
    }
}

fn block_means(values: &[f64], length: usize) -> Vec<f64> {
    values.chunks_exact(length).map(|block| block.iter().sum::<f64>() / length as f64).collect()
}

/// Variances of chains of one length.
struct Spread {
    /// W.
    within: f64,
    /// v.
    whole: f64,
    means: Vec<f64>,
}

impl Spread {
    fn of(chains: &[&[f64]]) -> Self {
        let n = chains.first().map_or(0, |chain| chain.len()) as f64;
        let means: Vec<f64> = chains.iter().map(|chain| chain.iter().sum::<f64>() / n).collect();
        let squares = |chain: &[f64], mean: f64| chain.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
        let m = chains.len() as f64;
        let within = chains.iter().zip(&means).map(|(chain, &mean)| squares(chain, mean) / (n - 1.0));
        let within = within.sum::<f64>() / m;
        let between = squares(&means, means.iter().sum::<f64>() / m) / (m - 1.0).max(1.0);
        Self { within, whole: (n - 1.0) / n * within + between, means }
    }

    /// 1 + 2Σρ_t by Geyer's sequence: sums of pairs ρ_2t + ρ_{2t+1} as long as they are above 0, none larger than the last.
    fn time(&self, chains: &[&[f64]]) -> f64 {
        let n = chains.first().map_or(0, |chain| chain.len());
        let correlation = |lag: usize| {
            let of_chain = |(chain, &mean): (&&[f64], &f64)| {
                let later = chain.iter().skip(lag);
                chain.iter().zip(later).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>() / n as f64
            };
            let products = chains.iter().zip(&self.means).map(of_chain).sum::<f64>() / chains.len() as f64;
            // At lag 0 the product is (n−1)/n W.
            let products = products * n as f64 / (n as f64 - 1.0);
            1.0 - (self.within - products) / self.whole
        };
        let (mut sum, mut least) = (0.0, f64::INFINITY);
        for (even, odd) in (0..n.saturating_sub(1)).tuples() {
            let pair = if even == 0 { 1.0 + correlation(odd) } else { correlation(even) + correlation(odd) };
            if pair <= 0.0 {
                break;
            }
            least = pair.min(least);
            sum += least;
        }
        2.0 * sum - 1.0
    }
}
