//! The user's own couplings on the command line: from which files they are read, and what is wrong with those.

use std::path::{Path, PathBuf};

use itertools::Itertools;

use crate::error::{Error, Result};
use crate::hamiltonian::{Layout, OwnCouplings, SymmetricTensor, symmetrize};
use crate::numeric::npy::{self, Array, Wanted};
use crate::studies::surfaces::{Couplings, Given, Spec};
use crate::study::memory::available_bytes;

/// Flags of the verbs that take couplings of the user's own.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct OwnFlags {
    /// Your own symmetric tensor in place of random couplings: real numbers, shape (N,)*H. Several orders are a list, A2.npy,A3.npy,
    /// one array for each; order 1 has shape (N,). All computations are in units of its scale s, s² = Σ A² / C(N+H−1, H) over
    /// its entries, added up over the orders
    #[arg(long, value_name = "FILE.npy")]
    pub couplings: Vec<PathBuf>,
    /// Take the symmetric part of each array: the mean over all orders of its axes
    #[arg(long, requires = "couplings")]
    pub symmetrize: bool,
}

impl OwnFlags {
    /// What is read from the files, or random couplings where none is named.
    ///
    /// # Errors
    /// [`Error::Refused`] where they do not fit in memory; [`Error::BadInput`] where a file holds no symmetric tensor, or files
    /// do not belong together.
    pub fn given(&self) -> Result<Given> {
        let paths = each_path(&self.couplings);
        if paths.is_empty() {
            return Ok(Given::default());
        }
        let shapes =
            paths.iter().map(|path| npy::shape_of(path, Wanted::Order)).collect::<Result<Vec<_>>>()?;
        check_together(&paths, &shapes)?;
        check_memory(&listed(&paths), &shapes)?;
        let mut arrays = Vec::with_capacity(paths.len());
        for path in &paths {
            arrays.push(self.read(path)?);
        }
        let named: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        given_of(&arrays, &named)
    }

    fn read(&self, path: &Path) -> Result<Array> {
        let mut array = npy::read(path, Wanted::Order)?;
        if self.symmetrize && array.shape.len() > 1 {
            symmetrize(&wide(&array.shape), &mut array.values)?;
        }
        Ok(array)
    }
}

/// Couplings of arrays, one for each order; `names` say in messages where an array comes from.
///
/// # Errors
/// [`Error::BadInput`] where one is not symmetric, or they do not belong together.
fn given_of(arrays: &[Array], names: &[String]) -> Result<Given> {
    let (mut field, mut tensors) = (None, Vec::new());
    for (array, name) in arrays.iter().zip(names) {
        match array.shape.len() {
            1 => field = Some(array.values.clone()),
            _ => tensors.push(tensor(array, name)?),
        }
    }
    let own = OwnCouplings::new(field, tensors)?;
    let known_as = Couplings::of(arrays, &own);
    Ok(Given::new(Some(own), Some(known_as)))
}

/// An array as a tensor.
fn tensor(array: &Array, name: &str) -> Result<SymmetricTensor<f64>> {
    SymmetricTensor::from_dense(&wide(&array.shape), &array.values).map_err(|error| match error {
        Error::BadInput { key, value, allowed } => {
            Error::bad_input(key, name, format!("{allowed} (at {value})"))
        }
        other => other,
    })
}

fn wide(shape: &[u32]) -> Vec<u64> {
    shape.iter().map(|&side| u64::from(side)).collect()
}

/// The files of a flag: each word is a file, or a list of them where no file has that name.
fn each_path(words: &[PathBuf]) -> Vec<PathBuf> {
    let parts = |word: &PathBuf| match word.to_str() {
        Some(text) if text.contains(',') && !word.exists() => text.split(',').map(PathBuf::from).collect(),
        _ => vec![word.clone()],
    };
    words.iter().flat_map(parts).collect()
}

fn listed(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display()).join(",")
}

/// Refuses two arrays of one order, and arrays of two dimensions.
fn check_together(paths: &[PathBuf], shapes: &[Vec<u32>]) -> Result<()> {
    for ((a, path_a), (b, path_b)) in shapes.iter().zip(paths).tuple_combinations() {
        let both = format!("{},{}", path_a.display(), path_b.display());
        if a.len() == b.len() {
            let allowed = format!("one array for each order; both have order {}", a.len());
            return Err(Error::bad_input("couplings", both, allowed));
        }
        let [n, m] = [a, b].map(|shape| shape.first().copied().unwrap_or_default());
        if n != m {
            let allowed = format!("arrays of one dimension N; the first has N = {n}, the second N = {m}");
            return Err(Error::bad_input("couplings", both, allowed));
        }
    }
    Ok(())
}

/// Refuses arrays that do not fit in memory with their layouts.
fn check_memory(name: &str, shapes: &[Vec<u32>]) -> Result<()> {
    let bytes = |shape: &Vec<u32>| {
        let array = shape.iter().try_fold(8_u64, |product, &side| product.checked_mul(side.into()))?;
        let side = shape.first().map_or(0, |&side| side as usize);
        let layout = if shape.len() > 1 { Layout::new(shape.len(), side).values()? } else { 0 };
        array.checked_add(layout.checked_mul(8)?)
    };
    let needed = shapes.iter().try_fold(0_u64, |sum, shape| sum.checked_add(bytes(shape)?));
    let (needed, available) = (needed.unwrap_or(u64::MAX), available_bytes());
    if needed <= available {
        return Ok(());
    }
    let shapes = shapes.iter().map(|shape| format!("{shape:?}")).join(", ");
    Err(Error::Refused(format!(
        "couplings {name} of shape {shapes} need {needed} bytes of memory, {available} are available"
    )))
}

/// Refuses to go on with a run on the user's own couplings without them: the store has only their checksum.
///
/// # Errors
/// [`Error::Refused`].
pub fn need_couplings(run: &Path, spec: &Spec, given: &Given) -> Result<()> {
    if spec.couplings == Couplings::Random || given.couplings.is_some() {
        return Ok(());
    }
    let path = run.display();
    Err(Error::Refused(format!("{path} has couplings of your own: give them again (--couplings)")))
}
