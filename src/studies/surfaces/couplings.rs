//! Where the couplings of a run come from.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::hamiltonian::OwnCouplings;
use crate::numeric::hex::hex;
use crate::numeric::npy::Array;
use crate::study::{Attached, Attachment};

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
        /// Its [scale](OwnCouplings::scale) s, the unit that all is done in; absent in runs of release 0.1, which had
        /// another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scale: Option<f64>,
    },
    /// The user's own tensors of several orders.
    Orders {
        /// One for each order, ascending.
        arrays: Vec<OwnArray>,
        /// Their common [scale](OwnCouplings::scale).
        scale: f64,
    },
}

/// An array of the user's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnArray {
    /// SHA-256 of its values (float64 little-endian, C order), hexadecimal.
    pub sha256: String,
    /// Its shape, `(N,) * P`.
    pub shape: Vec<u32>,
}

impl OwnArray {
    /// What a run that keeps the array calls it, and knows it by; no length where there is none in 64 bits.
    pub fn attachment(&self) -> Attachment {
        let count = |bytes: u64, &side: &u32| bytes.checked_mul(side.into());
        let bytes = self.shape.iter().try_fold(8, count).unwrap_or(u64::MAX);
        Attachment { name: Self::name(self.shape.len()), sha256: self.sha256.clone(), bytes }
    }

    fn name(order: usize) -> String {
        format!("couplings-{order}")
    }

    /// The array of the bytes that are kept of it.
    pub fn array(&self, bytes: &[u8]) -> Array {
        let (numbers, _) = bytes.as_chunks::<8>();
        let values = numbers.iter().map(|&number| f64::from_le_bytes(number)).collect();
        Array { shape: self.shape.clone(), values }
    }
}

/// What a run is to keep of an array.
pub fn attached(array: &Array) -> Attached {
    let bytes = array.values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Attached { name: OwnArray::name(array.shape.len()), bytes }
}

impl From<&Array> for OwnArray {
    fn from(array: &Array) -> Self {
        let mut hash = Sha256::new();
        for value in &array.values {
            hash.update(value.to_le_bytes());
        }
        Self { sha256: hex(&hash.finalize()), shape: array.shape.clone() }
    }
}

impl Couplings {
    /// The user's own tensors, known by their values, so that the same arrays written by another program are the same; `own`
    /// is made of the arrays.
    pub fn of<'a>(arrays: impl IntoIterator<Item = &'a Array>, own: &OwnCouplings) -> Self {
        let mut arrays: Vec<OwnArray> = arrays.into_iter().map(OwnArray::from).collect();
        arrays.sort_by_key(|array| array.shape.len());
        match arrays.as_slice() {
            [OwnArray { sha256, shape }] if shape.len() > 1 => {
                Self::File { sha256: sha256.clone(), shape: shape.clone(), scale: Some(own.scale()) }
            }
            _ => Self::Orders { arrays, scale: own.scale() },
        }
    }

    /// The user's own arrays, by order.
    pub fn own_arrays(&self) -> Vec<OwnArray> {
        match self {
            Self::Random => Vec::new(),
            Self::File { sha256, shape, .. } => {
                vec![OwnArray { sha256: sha256.clone(), shape: shape.clone() }]
            }
            Self::Orders { arrays, .. } => arrays.clone(),
        }
    }

    /// Highest order and dimension of the user's own.
    pub fn own_layout(&self) -> Option<(u32, u32)> {
        let shape = match self {
            Self::Random => return None,
            Self::File { shape, .. } => shape,
            Self::Orders { arrays, .. } => &arrays.last()?.shape,
        };
        Some((shape.len() as u32, *shape.first()?))
    }

    /// Whether both are the same tensor, whatever unit a run takes it in.
    pub fn is_same_tensor(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Random, Self::Random) => true,
            (Self::File { sha256: a, shape: b, .. }, Self::File { sha256: c, shape: d, .. }) => {
                (a, b) == (c, d)
            }
            (Self::Orders { arrays: a, .. }, Self::Orders { arrays: b, .. }) => a == b,
            _ => false,
        }
    }

    /// Scale s of the user's own; `None` for random couplings and for runs of release 0.1.
    pub fn scale(&self) -> Option<f64> {
        match self {
            Self::Random => None,
            Self::File { scale, .. } => *scale,
            Self::Orders { scale, .. } => Some(*scale),
        }
    }
}
