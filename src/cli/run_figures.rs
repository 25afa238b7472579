//! Figures that show one kind of run.

use std::path::Path;

use crate::analysis::bands::{Kind, Sample, sample};
use crate::analysis::{
    CensusBands, HistogramAndComplexity, IndexVsEnergy, MeanCountCheck, hessian_spectrum_from_run,
};
use crate::figures::Figure;
use crate::studies::surfaces::{Couplings, SurfaceStore};
use crate::{Error, Result};

/// Names, and what run each shows.
const FIGURES: [(&str, &str); 5] = [
    ("census-bands", "a census of random couplings"),
    ("mean-count-check", "a census of random couplings"),
    ("index-vs-energy", "saddle searches or a census, of random couplings"),
    ("hessian-spectrum", "descents on random couplings that kept their points"),
    (BOTH, "a sweep, a census or saddle searches, of random couplings"),
];
const BOTH: &str = "histogram-and-complexity";

/// Whether a figure shows one kind of run.
pub fn is_one(name: &str) -> bool {
    FIGURES.iter().any(|(known, _)| *known == name)
}

/// What a figure shows.
pub fn shows(name: &str) -> &'static str {
    FIGURES.iter().find(|(known, _)| *known == name).map_or("a sweep: where its starts end", |(_, what)| what)
}

fn fits(name: &str, store: &SurfaceStore) -> bool {
    let spec = store.spec();
    spec.couplings == Couplings::Random
        && match (name, Kind::of(spec)) {
            ("census-bands" | "mean-count-check", kind) => kind == Kind::Census,
            (BOTH, _) => true,
            ("index-vs-energy", kind) => kind != Kind::Descent,
            (_, kind) => kind == Kind::Descent && spec.points,
        }
}

/// Refuses a run that a figure does not show.
///
/// # Errors
/// Bad input naming the run and what the figure shows; those of the store.
pub fn refuse_unfit(name: &str, run: &Path) -> Result<()> {
    if !is_one(name) || fits(name, &SurfaceStore::open_read(run)?) {
        return Ok(());
    }
    Err(Error::bad_input("--run", run.display(), format!("figure {name} shows {}", shows(name))))
}

/// The figure of this name, if it shows such a run.
///
/// # Errors
/// Those of the store and of theory.
pub fn figure(name: &str, run: &Path) -> Result<Option<Figure>> {
    if !is_one(name) {
        return Ok(None);
    }
    let store = SurfaceStore::open_read(run)?;
    if !fits(name, &store) {
        return Ok(None);
    }
    if name == BOTH {
        return Ok(Some(Figure::HistogramAndComplexity(HistogramAndComplexity::of_run(&store)?)));
    }
    if name == "hessian-spectrum" {
        return Ok(Some(Figure::HessianSpectrum(hessian_spectrum_from_run(&store)?)));
    }
    let dims = &store.spec().dims;
    let samples = dims.iter().map(|&dim| sample(&store, dim)).collect::<Result<Vec<_>>>()?;
    if name == "index-vs-energy" {
        return Ok(Some(Figure::IndexVsEnergy(IndexVsEnergy::new(store.spec().spins, &samples)?)));
    }
    // A census has one size.
    let Some(Sample::Census(census)) = samples.first() else { return Ok(None) };
    Ok(Some(match name {
        "census-bands" => Figure::CensusBands(CensusBands::new(census)?),
        _ => Figure::MeanCountCheck(MeanCountCheck::new(census)?),
    }))
}
