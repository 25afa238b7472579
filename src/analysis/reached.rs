//! Energies that descents reach on one model, of several runs side by side.

use itertools::Itertools;

use super::bands::model::{Reached, check};
use super::bands::{Mean, SoughtPoints};
use super::inputs::SeveralRuns;
use super::model::{LimitEnergies, limit_energies};
use crate::error::{Error, Result};
use crate::studies::surfaces::{Spec, SurfaceStore, model_text};

/// What tells the runs apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesBy {
    /// Method of descent.
    Protocol,
    /// Law of the couplings.
    Law,
}

/// Energies reached, by run and size.
#[derive(Debug, Clone, PartialEq)]
pub struct EnergiesReached {
    /// What the runs have in common.
    pub model: String,
    /// What tells them apart.
    pub by: SeriesBy,
    /// One for each run.
    pub series: Vec<ReachedSeries>,
    /// Energies of Λ → ∞.
    pub limits: LimitEnergies,
}

/// One run.
#[derive(Debug, Clone, PartialEq)]
pub struct ReachedSeries {
    /// Its method, or the law of its couplings.
    pub label: String,
    /// Where its starts begin, if not at random; by law also its method, where methods differ.
    pub detail: Option<String>,
    /// By size, ascending.
    pub points: Vec<ReachedPoint>,
}

/// One size of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReachedPoint {
    /// Λ.
    pub dim: u32,
    /// Surfaces.
    pub surfaces: u64,
    /// Energy per spin over the starts of a surface.
    pub mean: Mean,
    /// The lowest on a surface.
    pub lowest: Mean,
}

impl EnergiesReached {
    /// The table of some runs of descents on one model; by law, but for the law of its couplings.
    ///
    /// # Errors
    /// [`Error::BadInput`] naming a run that is no run of descents on random couplings, or is on another model; those of the
    /// store.
    pub fn of_runs(runs: &SeveralRuns, by: SeriesBy) -> Result<Self> {
        let stores = runs.stores();
        let Some(first) = stores.first() else {
            return Err(Error::bad_input("--run", "(missing)", "at least one run of descents"));
        };
        let common = common(first.spec(), by);
        let one_method = stores.iter().map(|store| method(store.spec())).all_equal();
        let mut series = Vec::new();
        for store in stores {
            let spec = store.spec();
            let wrong = |allowed: String| Error::bad_input("--run", store.path().display(), allowed);
            if SoughtPoints::of(spec) != SoughtPoints::Descent || spec.couplings.own_layout().is_some() {
                let allowed = "a run of descents on random couplings: a census or saddle searches have no ends of descents";
                return Err(wrong(allowed.into()));
            }
            if self::common(spec, by) != common {
                return Err(wrong(format!("runs on one model, as the first run is on {common}")));
            }
            let points = spec.dims.iter().map(|&dim| point(store, dim)).collect::<Result<Vec<_>>>()?;
            let named = (by == SeriesBy::Law && !one_method).then(|| method(spec).to_owned());
            let starts = spec.starts_from.as_ref().map(|from| format!("starts {}", from.beginning()));
            let detail = named.into_iter().chain(starts).join(", ");
            let detail = Some(detail).filter(|detail| !detail.is_empty());
            series.push(ReachedSeries { label: label(spec, by), detail, points });
        }
        number_twins(&mut series);
        Ok(Self { model: common, by, series, limits: limit_energies(first.spec())? })
    }
}

fn point(store: &SurfaceStore, dim: u32) -> Result<ReachedPoint> {
    let found = check(store, dim)?;
    let Reached { mean, lowest } = found.reached;
    Ok(ReachedPoint { dim, surfaces: found.surfaces, mean, lowest })
}

/// What must be the same in all runs.
fn common(spec: &Spec, by: SeriesBy) -> String {
    let mut model = spec.model();
    if by == SeriesBy::Law {
        model.law = crate::hamiltonian::Law::Gaussian;
    }
    model_text(&model)
}

fn label(spec: &Spec, by: SeriesBy) -> String {
    match by {
        SeriesBy::Protocol => method(spec).to_owned(),
        SeriesBy::Law => spec.model().law.name().to_owned(),
    }
}

fn method(spec: &Spec) -> &'static str {
    spec.descent.map_or("census", |descent| descent.name().name())
}

/// Runs with one label and one detail are numbered.
fn number_twins(series: &mut [ReachedSeries]) {
    let labels: Vec<(String, Option<String>)> =
        series.iter().map(|one| (one.label.clone(), one.detail.clone())).collect();
    for (place, one) in series.iter_mut().enumerate() {
        let is_twin =
            |(label, detail): &&(String, Option<String>)| *label == one.label && *detail == one.detail;
        let twins = labels.iter().filter(is_twin).count();
        if twins > 1 {
            let number = labels[..=place].iter().filter(is_twin).count();
            one.label = format!("{} {number}", one.label);
        }
    }
}
