//! Where the couplings of a run come from.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::hamiltonian::SymmetricTensor;
use crate::numeric::hex::hex;
use crate::numeric::npy::Array;

/// Where couplings come from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Couplings {
    /// Drawn from the seed.
    #[default]
    Random,
    /// The user's own tensor.
    File {
        /// SHA-256 of its values (float64 little-endian, C order), hexadecimal.
        sha256: String,
        /// Its shape, `(N,) * H`.
        shape: Vec<u32>,
        /// Its [scale](SymmetricTensor::scale) s, the unit that all is done in; absent in runs of release 0.1, which had
        /// another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scale: Option<f64>,
    },
}

impl Couplings {
    /// The user's own tensor, known by its values, so that the same array written by another program is the same; `tensor`
    /// is made of the array.
    pub fn of(array: &Array, tensor: &SymmetricTensor<f64>) -> Self {
        let mut hash = Sha256::new();
        for value in &array.values {
            hash.update(value.to_le_bytes());
        }
        let sha256 = hex(&hash.finalize());
        Self::File { sha256, shape: array.shape.clone(), scale: Some(tensor.scale()) }
    }

    /// Whether both are the same tensor, whatever unit a run takes it in.
    pub fn is_same_tensor(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Random, Self::Random) => true,
            (Self::File { sha256: a, shape: b, .. }, Self::File { sha256: c, shape: d, .. }) => {
                (a, b) == (c, d)
            }
            _ => false,
        }
    }

    /// Scale s of the user's own tensor; `None` for random couplings and for runs of release 0.1.
    pub fn scale(&self) -> Option<f64> {
        match self {
            Self::Random => None,
            Self::File { scale, .. } => *scale,
        }
    }
}
