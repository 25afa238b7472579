//! Starts that begin at given points, or at a given overlap with a spike.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::numeric::hex::hex;
use crate::numeric::npy::Array;
use crate::numeric::text::written;
use crate::sphere::retract;

/// Largest | |w|²/Λ − 1 | of a given point, before it is scaled to the sphere.
const OFF_SPHERE: f64 = 1e-6;

/// Where starts begin, if not uniformly on the sphere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum StartsFrom {
    /// At this overlap with the hidden vector of the spike, else at random.
    Overlap(f64),
    /// At given points, the same on every surface.
    Points {
        /// SHA-256 of their coordinates (float64 little-endian, point after point), hexadecimal.
        sha256: String,
        /// Their number.
        count: u32,
        /// Λ.
        dim: u32,
    },
}

/// Points that starts begin from.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenPoints {
    /// Λ numbers for each point, on the sphere.
    pub values: Vec<f64>,
    /// How a run knows them.
    pub known_as: StartsFrom,
}

impl GivenPoints {
    /// The points of an array of shape (n, Λ), scaled to the sphere.
    ///
    /// # Errors
    /// [`Error::BadInput`] naming the first point whose length is not √Λ to 1e-6 in |w|²/Λ.
    pub fn new(array: &Array) -> Result<Self> {
        let (count, dim) = match *array.shape.as_slice() {
            [count, dim] if count >= 1 && dim >= 2 => (count, dim),
            _ => {
                let shape = format!("shape {:?}", array.shape);
                return Err(Error::bad_input("starts-from", shape, "points of shape (n, N), N >= 2"));
            }
        };
        let mut hash = Sha256::new();
        array.values.iter().for_each(|value| hash.update(value.to_le_bytes()));
        let mut values = array.values.clone();
        for (number, point) in values.chunks_exact_mut(dim as usize).enumerate() {
            let length = point.iter().map(|w| w * w).sum::<f64>() / f64::from(dim);
            let is_near = (length - 1.0).abs() <= OFF_SPHERE;
            if !is_near {
                let allowed = format!("|w|\u{b2}/N = 1 for every point; that of row {number} is {length}");
                return Err(Error::bad_input("starts-from", "off the sphere", allowed));
            }
            retract(point);
        }
        let sha256 = hex(&hash.finalize());
        Ok(Self { values, known_as: StartsFrom::Points { sha256, count, dim } })
    }
}

/// Digits of a checksum that tell two sets of points apart at a glance.
const DIGITS: usize = 12;

impl StartsFrom {
    /// How starts begin, to follow the word "starts".
    pub fn beginning(&self) -> String {
        match self {
            Self::Overlap(reached) => format!("at overlap {}", written(*reached)),
            Self::Points { count: 1, .. } => "from 1 given point".to_owned(),
            Self::Points { count, .. } => format!("from {count} given points"),
        }
    }

    /// The same, with what the overlap is with, or with the first digits of the checksum of the points.
    pub fn beginning_in_full(&self) -> String {
        let beginning = self.beginning();
        match self {
            Self::Overlap(_) => format!("{beginning} with the spike"),
            Self::Points { sha256, .. } => {
                format!("{beginning} (SHA-256 {}…)", sha256.get(..DIGITS).unwrap_or(sha256))
            }
        }
    }

    /// In words, for messages.
    pub fn words(&self) -> String {
        match self {
            Self::Overlap(reached) => format!("overlap {} with the spike", written(*reached)),
            Self::Points { sha256, count, .. } => format!("{count} points of SHA-256 {sha256}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_say_where_they_begin() {
        let sha256 = "0123456789abcdef".repeat(4);
        let points = |count| StartsFrom::Points { sha256: sha256.clone(), count, dim: 5 };
        assert_eq!(points(7).beginning_in_full(), "from 7 given points (SHA-256 0123456789ab…)");
        assert_eq!(points(1).beginning(), "from 1 given point");
        assert_eq!(StartsFrom::Overlap(-0.9).beginning_in_full(), "at overlap -0.9 with the spike");
    }

    #[test]
    fn points_are_scaled_to_the_sphere_or_refused() {
        let array = |values: Vec<f64>| Array { shape: vec![2, 2], values };
        let found = GivenPoints::new(&array(vec![1.0, 1.0 + 1e-8, 2f64.sqrt(), 0.0])).unwrap();
        assert!((found.values[0].powi(2) + found.values[1].powi(2) - 2.0).abs() < 1e-15);
        assert!(matches!(found.known_as, StartsFrom::Points { count: 2, dim: 2, .. }));
        let error = GivenPoints::new(&array(vec![1.0, 1.0, 1.0, 0.9])).unwrap_err().to_string();
        assert!(error.contains("row 1"), "{error}");
        assert!(GivenPoints::new(&array(vec![f64::NAN; 4])).is_err());
    }
}
