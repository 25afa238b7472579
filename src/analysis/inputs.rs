//! What figures of the spin glass are computed from.

use std::path::{Path, PathBuf};

use super::bands::{CensusSample, SizeSample, SoughtPoints, sample};
use super::energy_histogram::EnergyHistogram;
use super::mixture_complexity::ComplexityMap;
use super::model::mixture_of;
use super::units::UnitCount;
use crate::studies::surfaces::{Couplings, Spec, SurfaceStore};
use crate::theory::Mixture;
use crate::{Error, Result};

/// H where neither a run nor the user says otherwise: the paper's.
const DEFAULT_SPINS: u32 = 3;

/// A run or none, and the order and dimension that are asked of theory.
#[derive(Debug, Clone)]
pub struct GlassInputs {
    /// H of figures of theory.
    pub spins: u32,
    /// Λ of mean numbers.
    pub dim: u32,
    /// Of a run whose starts end somewhere.
    histogram: Option<EnergyHistogram>,
    run: Option<StoredRun>,
    mixture: Option<Mixture>,
}

/// A stored run, and what it holds.
#[derive(Debug, Clone)]
pub struct StoredRun {
    /// Where it is.
    pub path: PathBuf,
    /// What it looked for.
    pub kind: SoughtPoints,
    /// Whether it is on the pure Gaussian model.
    pub is_pure: bool,
    /// Whether its couplings are random, of any model.
    pub is_random: bool,
    /// Whether it is on a mixture, another law or a spike, or on several orders of the user's own.
    pub has_model: bool,
    /// The mixture that it is on, if that has several orders.
    pub mixture: Option<Mixture>,
    /// Whether it kept the points at which its starts ended.
    pub has_points: bool,
    /// Whether it kept the histories of its starts.
    pub has_traces: bool,
    /// Its sizes Λ.
    pub dims: Vec<u32>,
    /// How its starts begin, if not at random.
    pub starts: Option<String>,
    /// How much of it there is.
    pub units: UnitCount,
}

impl StoredRun {
    /// What is stored at a path.
    ///
    /// # Errors
    /// Those of the store.
    pub fn open(path: &Path) -> Result<Self> {
        let store = SurfaceStore::open_read(path)?;
        let spec: &Spec = store.spec();
        Ok(Self {
            path: path.to_owned(),
            kind: SoughtPoints::of(spec),
            is_pure: spec.couplings == Couplings::Random && spec.model.is_none(),
            is_random: spec.couplings == Couplings::Random,
            has_model: spec.model_in_words().is_some(),
            mixture: several_orders(spec)?,
            has_points: spec.points,
            has_traces: spec.trace,
            dims: spec.dims.clone(),
            starts: spec.starts_from.as_ref().map(|from| format!("starts {}", from.beginning_in_full())),
            units: UnitCount::of(&store),
        })
    }
}

/// Runs that a figure shows side by side.
pub struct SeveralRuns {
    stores: Vec<SurfaceStore>,
}

impl SeveralRuns {
    /// The runs at some paths.
    ///
    /// # Errors
    /// Those of the store.
    pub fn open<P: AsRef<Path>>(paths: &[P]) -> Result<Self> {
        let stores =
            paths.iter().map(|path| SurfaceStore::open_read(path.as_ref())).collect::<Result<_>>()?;
        Ok(Self { stores })
    }

    /// Them, in the order in which they were named.
    pub fn stores(&self) -> &[SurfaceStore] {
        &self.stores
    }

    /// What to say of the first that is not finished.
    pub fn note(&self) -> Option<String> {
        self.stores.iter().find_map(|store| UnitCount::of(store).note())
    }
}

/// What is asked of theory.
#[derive(Debug, Clone, Default)]
pub struct TheoryAsked {
    /// H.
    pub spins: Option<u32>,
    /// A mixture of orders.
    pub mixture: Option<Mixture>,
    /// Λ of mean numbers.
    pub dim: Option<u32>,
}

/// The mixture of a run on random couplings, if it has several orders.
fn several_orders(spec: &Spec) -> Result<Option<Mixture>> {
    if spec.couplings != Couplings::Random || spec.model().orders.shares().count() < 2 {
        return Ok(None);
    }
    mixture_of(spec).map(Some)
}

impl GlassInputs {
    /// Largest Λ of mean numbers, and theirs where neither a run nor the user says otherwise: the paper's.
    pub const DEFAULT_DIM: u32 = 1000;

    /// Theory at an order and a dimension, beside a run if there is one. What is not asked for is that of the run,
    /// else the paper's.
    ///
    /// # Errors
    /// Those of the store; bad input for the user's own couplings whose scale is not stored.
    pub fn new(run: Option<StoredRun>, asked: TheoryAsked) -> Result<Self> {
        let TheoryAsked { spins, mixture, dim } = asked;
        let store = run.as_ref().map(|run| SurfaceStore::open_read(&run.path)).transpose()?;
        let of_starts = store.as_ref().filter(|store| !store.spec().is_census());
        let histogram = of_starts.map(EnergyHistogram::of_run).transpose()?;
        let of_run = store.as_ref().map(|store| store.spec().spins);
        let largest = histogram.iter().flat_map(|table| &table.sets).map(|set| set.dim).max();
        Ok(Self {
            spins: spins.or(of_run).unwrap_or(DEFAULT_SPINS),
            dim: dim.or(largest).unwrap_or(Self::DEFAULT_DIM).min(Self::DEFAULT_DIM),
            mixture: mixture.or_else(|| run.as_ref().and_then(|run| run.mixture.clone())),
            histogram,
            run,
        })
    }

    /// Whether theory of one order is about what is asked for, or about the run.
    pub fn is_of_one_order(&self) -> bool {
        self.mixture.is_none() && self.run.as_ref().is_none_or(|run| !run.has_model)
    }

    /// The complexity of the mixture that is asked for, or of that of the run; none without one.
    ///
    /// # Errors
    /// Bad input for a mixture of one order.
    pub fn complexity_map(&self) -> Result<Option<ComplexityMap>> {
        self.mixture.as_ref().map(ComplexityMap::new).transpose()
    }

    /// The run, if there is one.
    pub fn run(&self) -> Option<&StoredRun> {
        self.run.as_ref()
    }

    /// Energies that starts reached.
    ///
    /// # Errors
    /// [`Error::Internal`] without a run of starts.
    pub fn histogram(&self) -> Result<&EnergyHistogram> {
        self.histogram.as_ref().ok_or_else(|| Error::Internal("a histogram without a run of starts".into()))
    }

    /// The stored run, opened anew: a sweep under way may store between two figures.
    ///
    /// # Errors
    /// [`Error::Internal`] without a run; those of the store.
    pub fn store(&self) -> Result<SurfaceStore> {
        let run = self.run.as_ref().ok_or_else(|| Error::Internal("a figure of a run without one".into()))?;
        SurfaceStore::open_read(&run.path)
    }

    /// H of the run, and what is stored of each of its sizes.
    ///
    /// # Errors
    /// As [`Self::store`].
    pub fn samples(&self) -> Result<(u32, Vec<SizeSample>)> {
        let store = self.store()?;
        let samples = store.spec().dims.iter().map(|&dim| sample(&store, dim)).collect::<Result<_>>()?;
        Ok((store.spec().spins, samples))
    }

    /// The census of the run; a census has one size.
    ///
    /// # Errors
    /// [`Error::Internal`] where the run is no census; those of the store.
    pub fn census(&self) -> Result<CensusSample> {
        match self.samples()?.1.into_iter().next() {
            Some(SizeSample::Census(census)) => Ok(census),
            _ => Err(Error::Internal("a figure of a census without one".into())),
        }
    }
}
