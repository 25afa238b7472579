//! Everything that defines a run of paths.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, check_range};
use crate::hamiltonian::{Layout, Model, Surface, SurfaceKey};
use crate::study::spec::UNITS;
use crate::study::{Attachment, RunSpec};

/// Pairs of a full unit. Part of the format: another value makes another format.
pub const BLOCK: u32 = 8;
/// Most minima of a surface that are looked at: the lowest.
pub const MOST_MINIMA: u32 = 2000;
/// Least and most images of a band.
pub const IMAGES_ALLOWED: [u32; 2] = [5, 257];
/// Most saddles of index 1 of a census.
const MOST_SADDLES: u32 = 20_000_000;

/// The surface that minima are on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSurface {
    /// H; the highest order of a mixture.
    pub spins: u32,
    /// Root of its random streams.
    pub seed: u64,
    /// Orders, law of the couplings and spike; `None`, and not written, for the pure Gaussian model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// Λ.
    pub dim: u32,
    /// Number of the surface.
    pub instance: u32,
}

impl SourceSurface {
    /// The surface, drawn anew.
    pub fn draw(&self) -> Surface {
        let layout = Layout { spins: self.spins as usize, dim: self.dim as usize };
        let key = SurfaceKey { seed: self.seed, layout, instance: u64::from(self.instance) };
        Surface::draw_model(&key, &self.model(), 0, &|n, job| (0..n).map(job).collect())
    }

    fn model(&self) -> Model {
        self.model.unwrap_or_else(|| Model::pure(self.spins as usize))
    }

    /// Numbers of its couplings, about.
    pub fn values(&self) -> u64 {
        let (spins, dim) = (u64::from(self.spins), u64::from(self.dim));
        // C(Λ+H−1, H), factor by factor.
        let binomial = (0..spins).try_fold(1_u64, |product, k| Some(product.checked_mul(dim + k)? / (k + 1)));
        binomial.unwrap_or(u64::MAX / 64)
    }

    /// Whether w and −w are one minimum.
    pub fn is_even(&self) -> bool {
        self.model().is_even()
    }
}

/// Everything that defines a run of paths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathsSpec {
    /// The surface.
    pub surface: SourceSurface,
    /// Minima of the source that are known on it.
    pub minima: u32,
    /// Saddles of index 1, if the source is a certified census; else 0.
    pub saddles: u32,
    /// Whether the source is a certified census, so that the graph of minima is exact.
    pub exact: bool,
    /// SHA-256 of minima and saddles, hexadecimal: what is known of the source.
    pub points: [String; 2],
    /// Images of a band, both ends included.
    pub images: u32,
    /// Most steps of a band.
    pub most_steps: u32,
    /// Pairs that were chosen by hand, by the numbers of their minima; `None`, and not written, where they are taken nearest and lowest
    /// first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<Vec<[u32; 2]>>,
    /// Pairs; may grow.
    pub pairs: u32,
}

impl PathsSpec {
    /// Pairs of distinct minima that there are.
    pub fn all_pairs(minima: u32) -> u64 {
        u64::from(minima) * u64::from(minima.saturating_sub(1)) / 2
    }

    /// What a run keeps of its source: minima with their numbers and energies, and saddles.
    pub fn attachments(&self) -> Vec<Attachment> {
        let dim = u64::from(self.surface.dim);
        let bytes = [u64::from(self.minima) * (dim + 2) * 8, u64::from(self.saddles) * dim * 8];
        let named = ["minima", "saddles"].into_iter().zip(&self.points).zip(bytes);
        named
            .map(|((name, sha256), bytes)| Attachment { name: name.into(), sha256: sha256.clone(), bytes })
            .collect()
    }
}

impl RunSpec for PathsSpec {
    const GROWABLE: &'static [&'static str] = &["pairs"];

    fn check(&self) -> Result<()> {
        check_range("spins", self.surface.spins, [1, 100])?;
        check_range("dim", self.surface.dim, [2, 100_000])?;
        check_range("minima", self.minima, [2, MOST_MINIMA])?;
        check_range("saddles", self.saddles, [0, MOST_SADDLES])?;
        check_range("images", self.images, IMAGES_ALLOWED)?;
        check_range("most_steps", self.most_steps, [1, 100_000_000])?;
        let highest =
            self.surface.model.as_ref().map_or(self.surface.spins, |model| model.orders.highest() as u32);
        if highest != self.surface.spins {
            return Err(Error::bad_input(
                "spins",
                self.surface.spins,
                format!("{highest}, as the model has"),
            ));
        }
        for sha256 in &self.points {
            if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(Error::bad_input("points", sha256, "64 hexadecimal digits"));
            }
        }
        let most = self.chosen.as_ref().map_or(Self::all_pairs(self.minima), |chosen| chosen.len() as u64);
        let most = most.min(UNITS * u64::from(BLOCK)) as u32;
        check_range("pairs", self.pairs, [1, most])?;
        let is_pair = |&[a, b]: &[u32; 2]| a < b && b < self.minima;
        match self.chosen.iter().flatten().find(|pair| !is_pair(pair)) {
            Some(pair) => Err(Error::bad_input("chosen", format!("{pair:?}"), "two minima, the lower first")),
            None => Ok(()),
        }
    }

    fn united(&self, other: &Self) -> Self {
        Self { pairs: self.pairs.max(other.pairs), ..self.clone() }
    }
}
