//! The user's own couplings on the command line: from which files they are read, and what is wrong with those.

use std::path::{Path, PathBuf};

use itertools::Itertools;

use crate::error::{Error, Result};
use crate::hamiltonian::{Layout, OwnCouplings, SymmetricTensor, symmetrize};
use crate::numeric::npy::{self, Array, Wanted};
use crate::studies::surfaces::{
    Couplings, Given, OwnArray, Spec, StartsFrom, SurfaceStore, Surfaces, attached,
};
use crate::study::memory::available_bytes;
use crate::study::{Attached, Study, store};

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

/// Flags of the verbs that begin runs on them.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct KeptFlags {
    #[command(flatten)]
    pub own: OwnFlags,
    /// Store your own couplings in the new RUN, which then needs the files no more
    #[arg(long, requires = "out")]
    pub keep_couplings: bool,
}

/// The user's own couplings, and what a new run is to keep of them.
pub struct Own {
    /// The couplings.
    pub given: Given,
    /// What is to be kept.
    pub attached: Vec<Attached>,
}

impl KeptFlags {
    /// What is read from the files, or else what the run keeps, if it is there and keeps any.
    ///
    /// # Errors
    /// As [`OwnFlags::given`]; [`Error::BadInput`] where nothing is there to be kept; [`Error::Damaged`].
    pub fn own(&self, run: Option<&Path>) -> Result<Own> {
        let keeps = self.keep_couplings;
        if self.own.couplings.is_empty() {
            let kept = run.map(kept_in).transpose()?.flatten();
            if keeps && kept.is_none() {
                let allowed = "nothing without couplings of your own; give them (--couplings FILE.npy)";
                return Err(Error::bad_input("keep-couplings", true, allowed));
            }
            return Ok(Own { given: kept.unwrap_or_default(), attached: Vec::new() });
        }
        if let Some(run) = run.filter(|_| keeps)
            && store::exists(run)?
            && run_keeps(run)? == Some(false)
        {
            let run = run.display();
            return Err(Error::Refused(format!(
                "keep-couplings: {run} was begun without them, and only a new run keeps them; leave the flag out to go on"
            )));
        }
        let (given, arrays) = self.own.read(keeps)?;
        Ok(Own { given, attached: arrays.iter().filter(|_| keeps).map(attached).collect() })
    }
}

/// Whether a run keeps its couplings; nothing where it cannot be told. What a disk does not do is an error here: the next look
/// at the file might not meet it.
fn run_keeps(run: &Path) -> Result<Option<bool>> {
    match store::keeps::<Surfaces>(run) {
        Err(error @ Error::Io { .. }) => Err(error),
        found => Ok(found.ok()),
    }
}

/// The couplings that a run keeps. What else is wrong with the file is said by who opens it.
fn kept_in(run: &Path) -> Result<Option<Given>> {
    if !store::exists(run)? || run_keeps(run)? != Some(true) {
        return Ok(None);
    }
    kept_by(&SurfaceStore::open_read(run)?)
}

/// The couplings that an open run keeps, if it does.
///
/// # Errors
/// [`Error::Damaged`] where they are not what was written; [`Error::Refused`] where they do not fit in memory.
pub fn kept_by(store: &SurfaceStore) -> Result<Option<Given>> {
    let Some(arrays) = kept_arrays(store)? else { return Ok(None) };
    let names = vec![store.path().display().to_string(); arrays.len()];
    given_of(&arrays, &names).map(Some)
}

/// The user's arrays that an open run keeps, by order, as they were given.
///
/// # Errors
/// As [`kept_by`].
pub fn kept_arrays(store: &SurfaceStore) -> Result<Option<Vec<Array>>> {
    let known = store.spec().couplings.own_arrays();
    if known.is_empty() || !store.keeps()? {
        return Ok(None);
    }
    let shapes: Vec<_> = known.iter().map(|array| array.shape.clone()).collect();
    check_memory(&store.path().display().to_string(), &shapes, 2)?;
    let read = |known: &OwnArray| Ok(known.array(&store.attachment(&known.attachment())?));
    known.iter().map(read).collect::<Result<Vec<_>>>().map(Some)
}

impl OwnFlags {
    /// What is read from the files, or random couplings where none is named.
    ///
    /// # Errors
    /// [`Error::Refused`] where they do not fit in memory; [`Error::BadInput`] where a file holds no symmetric tensor, or files
    /// do not belong together.
    pub fn given(&self) -> Result<Given> {
        if self.couplings.is_empty() { Ok(Given::default()) } else { Ok(self.read(false)?.0) }
    }

    /// Couplings and arrays of the files that are named; where they are to be kept, there are more bytes of them for a while.
    fn read(&self, keeps: bool) -> Result<(Given, Vec<Array>)> {
        let paths = each_path(&self.couplings);
        let shapes =
            paths.iter().map(|path| npy::shape_of(path, Wanted::Order)).collect::<Result<Vec<_>>>()?;
        check_together(&paths, &shapes)?;
        check_memory(&listed(&paths), &shapes, if keeps { 2 } else { 1 })?;
        let mut arrays = Vec::with_capacity(paths.len());
        for path in &paths {
            arrays.push(self.array(path)?);
        }
        let named: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        Ok((given_of(&arrays, &named)?, arrays))
    }

    fn array(&self, path: &Path) -> Result<Array> {
        let array = npy::read(path, Wanted::Order)?;
        if self.symmetrize { symmetric(array) } else { Ok(array) }
    }
}

/// The symmetric part of an array, symmetric to the bit; an array that is so already keeps its bits.
///
/// # Errors
/// Those of [`symmetrize`].
pub fn symmetric(mut array: Array) -> Result<Array> {
    if array.shape.len() > 1 {
        symmetrize(&wide(&array.shape), &mut array.values)?;
    }
    Ok(array)
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

/// Refuses arrays that do not fit in memory so many times, with their layouts.
fn check_memory(name: &str, shapes: &[Vec<u32>], times: u64) -> Result<()> {
    let bytes = |shape: &Vec<u32>| {
        let array = shape.iter().try_fold(8_u64, |product, &side| product.checked_mul(side.into()))?;
        let side = shape.first().map_or(0, |&side| side as usize);
        let layout = if shape.len() > 1 { Layout::new(shape.len(), side).values()? } else { 0 };
        array.checked_mul(times)?.checked_add(layout.checked_mul(8)?)
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

/// Bytes that a run of this spec keeps of the user's arrays, if it is to.
pub fn kept_bytes(spec: &Spec, keeps: bool) -> u64 {
    let all = Surfaces::attachments(spec).into_iter().filter(|_| keeps);
    all.fold(0, |sum, one| sum.saturating_add(one.bytes))
}

/// Refuses to go on with a run on the user's own couplings without them: the store has only their checksum.
///
/// # Errors
/// [`Error::Refused`].
pub fn need_couplings(run: &Path, spec: &Spec, given: &Given) -> Result<()> {
    let path = run.display();
    if matches!(spec.starts_from, Some(StartsFrom::Points { .. })) && given.starts.is_none() {
        let needed = "has starts that begin at points of your own: give them again (--starts-from)";
        return Err(Error::Refused(format!("{path} {needed}")));
    }
    if spec.couplings == Couplings::Random || given.couplings.is_some() {
        return Ok(());
    }
    Err(Error::Refused(format!("{path} has couplings of your own: give them again (--couplings)")))
}
