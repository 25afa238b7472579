//! The layered bands of critical points: a run against the exact theory of its order and sizes.
//!
//! Theory speaks of means over surfaces at finite Λ; so all errors are over surfaces, and lines of Λ → ∞ decide
//! nothing.

mod census;
mod coverage;
mod curvature;
mod descents;
mod expected;
mod levels;
mod lines;
mod minima;
pub(in crate::analysis) mod model;
mod point;
mod reference;
mod saddles;
mod sample;
mod shares;
pub(in crate::analysis) mod spike;
pub(crate) mod statistics;

use std::path::Path;

use serde::Serialize;

use super::unconverged::Uncertain;
use super::units::UnitCount;
use crate::studies::surfaces::{Couplings, StartsFrom, SurfaceStore};
use crate::{Error, Result};

pub use census::{Band, CensusCheck, CensusSample, CensusTests, IndexAndEnergy, Layer};
pub use curvature::CurvatureCheck;
pub use descents::{DescentSample, Descents, Minimum};
pub use expected::{ExactMeans, LINES};
pub use levels::{AGREES, COUNTED, DISAGREES, FEW_SURFACES};
pub use lines::LimitLine;
pub use minima::{Against, MinimaCheck, Surplus};
use model::NoVerdict;
pub use model::{ModelCheck, ModelNumbers, ModelSample, ModelTests, Reached};
pub use point::ModelPoint;
pub use reference::{Difference, Quantity, SurfaceEnergies, differences};
pub use saddles::{MixtureSaddles, SaddleCheck, SaddleSample, index_deviation, index_scale};
pub use sample::{SizeSample, SoughtPoints, sample};
pub use shares::{BandShare, BandShares};
pub use spike::{SpikeCheck, SurfaceOverlaps};
pub use statistics::{JointTest, Mean};

/// A run against theory.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bands {
    /// H; the highest order of a mixture.
    pub spins: u32,
    /// Orders, law and spike where they are not of the pure Gaussian model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Where starts begin: at an overlap with the spike, or at given points; absent for random starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_from: Option<StartsFrom>,
    /// What the run looked for.
    pub kind: SoughtPoints,
    /// What numbers of critical points count.
    pub counts: &'static str,
    /// Whether all that was asked for is stored; if not, all numbers are of what is stored.
    pub complete: bool,
    /// Progress in units.
    pub units: UnitCount,
    /// The worst of its sizes; with several, p-values are not made smaller for it.
    pub verdict: BandsVerdict,
    /// By size.
    pub dims: Vec<DimBands>,
}

/// One size against theory.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DimBands {
    /// Λ.
    pub dim: u32,
    /// What the test says.
    pub verdict: BandsVerdict,
    /// Its p-value; none where the verdict rests on a stated bound, or there is none.
    pub p: Option<f64>,
    /// What to keep in mind.
    pub caveats: Vec<Caveat>,
    /// What is in no count by index, and starts that did not converge.
    #[serde(flatten)]
    pub uncertain: Uncertain,
    /// Observed and expected.
    #[serde(flatten)]
    pub check: Check,
    /// How many of the energies reached lie between the lines of Λ → ∞; of one order only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shares: Option<BandShares>,
    /// What the lines of Λ → ∞ are worth at this Λ.
    pub lines: Vec<LimitLine>,
}

impl DimBands {
    /// Whether nothing exact is known to hold this size against.
    pub fn has_no_exact_law(&self) -> bool {
        if !matches!(self.check, Check::Model(_)) {
            return false;
        }
        let without = [
            Caveat::OtherLaw,
            Caveat::OwnCouplings,
            Caveat::Spiked,
            Caveat::NoExactLaw,
            Caveat::ChosenStarts,
        ];
        self.caveats.iter().any(|caveat| without.contains(caveat))
    }
}

/// Observed and expected, by what the run looked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// All critical points.
    Census(CensusCheck),
    /// Minima where descents end.
    Minima(MinimaCheck),
    /// Critical points of any index near chosen energies.
    Saddles(SaddleCheck),
    /// A mixture of orders, couplings of another law, or a spike.
    Model(Box<ModelCheck>),
}

/// What a test says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BandsVerdict {
    /// There was nothing to test.
    Untested,
    /// p ≥ 0.05 in a test that measures data against the exact law, or within the stated bound on deviations.
    Agrees,
    /// p ≥ 0.05, but theory only bounds what was tested: true theory gives this, and so may another.
    Consistent,
    /// 0.001 ≤ p < 0.05.
    Borderline,
    /// p < 0.001, or beyond the stated bound.
    Disagrees,
}

impl BandsVerdict {
    fn of(p: Option<f64>) -> Self {
        match p {
            None => Self::Untested,
            Some(p) if p >= AGREES => Self::Agrees,
            Some(p) if p >= DISAGREES => Self::Borderline,
            Some(_) => Self::Disagrees,
        }
    }

    /// Of a stated bound, which may be untested.
    fn of_bound(holds: Option<bool>) -> Self {
        match holds {
            None => Self::Untested,
            Some(true) => Self::Agrees,
            Some(false) => Self::Disagrees,
        }
    }
}

/// What to keep in mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Caveat {
    /// Nothing is stored of this size.
    Nothing,
    /// What is stored of this size holds nothing certain: no certified surface, no minimum, no critical point.
    NoneCertain,
    /// One surface: its numbers are given this surface, and no test of means.
    OneSurface,
    /// Fewer than 20 surfaces: errors are themselves uncertain.
    FewSurfaces,
    /// Surfaces were left out because they are not certified.
    LeftOut,
    /// Descents end at minima by the volume of their basins.
    BasinWeighted,
    /// Energies of saddles are spread evenly by design.
    SpreadByDesign,
    /// Points were not kept: which minima are the same is not known.
    NoPoints,
    /// Points of undecided index are in no count by index.
    Undecided,
    /// Starts that did not converge could move the mean by more than its error.
    Unconverged,
    /// Couplings of another law than the Gaussian have no exact means.
    OtherLaw,
    /// The user's own couplings have no exact means.
    OwnCouplings,
    /// Surfaces with a spike have no exact means.
    Spiked,
    /// Where descents end on a mixture no theory says exactly.
    NoExactLaw,
    /// Starts begin at given points, or at a given overlap with the spike.
    ChosenStarts,
}

/// Holds a stored run against theory.
///
/// # Errors
/// Bad input for a run on the user's own couplings, or outside what theory takes; those of the store.
pub fn bands(path: &Path) -> Result<Bands> {
    let store = SurfaceStore::open_read(path)?;
    let spec = store.spec();
    let own = spec.couplings != Couplings::Random;
    if own && !matches!(spec.couplings, Couplings::File { scale: Some(_), .. }) {
        let allowed = "this run is on couplings of your own, of several orders or of unknown scale, of which no Gaussian numbers are \
                       known; a run on random couplings, or on one array, can be compared with theory";
        return Err(Error::bad_input("RUN", path.display(), allowed));
    }
    let of_dim = |&dim: &u32| match own || spec.has_slopes() {
        true => of_model(&store, dim),
        false => sample(&store, dim)?.bands(),
    };
    let mut dims = spec.dims.iter().map(of_dim).collect::<Result<Vec<_>>>()?;
    for dim in &mut dims {
        dim.uncertain = Uncertain::of_size(&store, dim.dim)?;
        dim.caveats.extend(dim.uncertain.caveats());
    }
    let verdict = dims.iter().map(|dim| dim.verdict).max().unwrap_or(BandsVerdict::Untested);
    let units = UnitCount::of(&store);
    let complete = units.done == units.planned;
    Ok(Bands {
        spins: spec.spins,
        model: spec.model_in_words(),
        starts_from: spec.starts_from.clone(),
        kind: SoughtPoints::of(spec),
        counts: COUNTED,
        complete,
        units,
        verdict,
        dims,
    })
}

/// Holds one size of a run on a mixture, another law or a spike against theory.
fn of_model(store: &SurfaceStore, dim: u32) -> Result<DimBands> {
    let reason = model::reason(store.spec());
    if reason == Some(NoVerdict::Saddles) {
        return of_saddles(store, dim);
    }
    let check = model::check(store, dim)?;
    let p = check.numbers.as_ref().and_then(|numbers| numbers.tests.p);
    let mut caveats = Vec::new();
    caveats.extend(of_sample(check.left_out + check.surfaces, check.surfaces, check.surfaces));
    caveats.extend((check.left_out > 0).then_some(Caveat::LeftOut));
    caveats.extend(reason.and_then(|reason| match reason {
        NoVerdict::Spiked => Some(Caveat::Spiked),
        NoVerdict::OtherLaw => Some(Caveat::OtherLaw),
        NoVerdict::OwnCouplings => Some(Caveat::OwnCouplings),
        NoVerdict::Descents => Some(Caveat::NoExactLaw),
        NoVerdict::ChosenStarts | NoVerdict::Saddles => None,
    }));
    let is_search = SoughtPoints::of(store.spec()) == SoughtPoints::Saddle;
    caveats.extend(is_search.then_some(Caveat::SpreadByDesign));
    caveats.extend(chosen_starts(store));
    Ok(DimBands {
        dim,
        verdict: if reason.is_none() { BandsVerdict::of(p) } else { BandsVerdict::Untested },
        p: p.filter(|_| reason.is_none()),
        caveats,
        uncertain: Uncertain::default(),
        check: Check::Model(Box::new(check)),
        shares: None,
        lines: Vec::new(),
    })
}

/// Holds saddle searches on a mixture against the shifted semicircle.
fn of_saddles(store: &SurfaceStore, dim: u32) -> Result<DimBands> {
    let check = MixtureSaddles::of_size(store, dim)?.check();
    let mut caveats = vec![Caveat::SpreadByDesign];
    caveats.extend(chosen_starts(store));
    caveats.extend(without_data(check.points + check.elsewhere, check.points));
    Ok(DimBands {
        dim,
        verdict: BandsVerdict::of_bound(check.holds),
        p: None,
        caveats,
        uncertain: Uncertain::default(),
        check: Check::Saddles(check),
        shares: None,
        lines: Vec::new(),
    })
}

fn chosen_starts(store: &SurfaceStore) -> Option<Caveat> {
    store.spec().starts_from.as_ref().map(|_| Caveat::ChosenStarts)
}

impl SizeSample {
    /// Holds one size against theory.
    ///
    /// # Errors
    /// Bad input outside what theory takes.
    pub fn bands(&self) -> Result<DimBands> {
        let (spins, dim) = self.size();
        let mut caveats = Vec::new();
        let (verdict, p, check) = match self {
            Self::Census(sample) => {
                let check = sample.check()?;
                caveats.extend(of_sample(check.left_out + check.surfaces, check.surfaces, check.surfaces));
                caveats.extend((check.left_out > 0).then_some(Caveat::LeftOut));
                (BandsVerdict::of(check.tests.p), check.tests.p, Check::Census(check))
            }
            Self::Minima(sample) => {
                let check = sample.check()?;
                caveats.push(Caveat::BasinWeighted);
                caveats.extend(of_sample(check.starts + check.elsewhere, check.starts, check.surfaces));
                caveats.extend((check.starts > 0 && check.found.is_none()).then_some(Caveat::NoPoints));
                let verdict = match BandsVerdict::of(check.p) {
                    BandsVerdict::Agrees if check.complete.is_none() => BandsVerdict::Consistent,
                    verdict => verdict,
                };
                (verdict, check.p, Check::Minima(check))
            }
            Self::Saddles(sample) => {
                let check = sample.check()?;
                caveats.push(Caveat::SpreadByDesign);
                caveats.extend(without_data(check.points + check.elsewhere, check.points));
                (BandsVerdict::of_bound(check.holds), None, Check::Saddles(check))
            }
        };
        let mut expected = ExactMeans::new(spins, dim)?;
        let shares = Some(shares::shares(self, &mut expected)?);
        let lines = lines::lines(&mut expected, spins)?;
        let uncertain = Uncertain::default();
        Ok(DimBands { dim, verdict, p, caveats, uncertain, check, shares, lines })
    }
}

impl Uncertain {
    fn caveats(&self) -> impl Iterator<Item = Caveat> + use<> {
        let undecided = (self.undecided > 0).then_some(Caveat::Undecided);
        let unconverged = self.unconverged.unconverged_could_move_mean.then_some(Caveat::Unconverged);
        undecided.into_iter().chain(unconverged)
    }
}

/// Of what is stored, and of how much of that is certain.
fn without_data(stored: u64, certain: u64) -> Option<Caveat> {
    match (stored, certain) {
        (0, _) => Some(Caveat::Nothing),
        (_, 0) => Some(Caveat::NoneCertain),
        _ => None,
    }
}

/// The same, and of how many surfaces there are.
fn of_sample(stored: u64, certain: u64, surfaces: u64) -> Option<Caveat> {
    without_data(stored, certain).or(match surfaces {
        1 => Some(Caveat::OneSurface),
        0..FEW_SURFACES => Some(Caveat::FewSurfaces),
        _ => None,
    })
}
