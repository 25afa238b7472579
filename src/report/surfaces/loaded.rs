//! What a run holds, each unit held against its checksum before anything is shown.

use std::path::Path;

use crate::analysis::bands::{Bands, bands};
use crate::analysis::{GlassInputs, Origin, RunSummary, StoredRun, TheoryAsked, summarize};
use crate::error::{Error, Result};
use crate::figures::drawing::Drawing;
use crate::figures::{FIGURES, Figure};
use crate::studies::surfaces::SurfaceStore;

/// A run with its tables.
pub struct Loaded {
    /// The run.
    pub store: SurfaceStore,
    /// What it looked for and what it kept.
    pub stored: StoredRun,
    /// By size.
    pub summary: RunSummary,
    /// The verdict, or why there is none.
    pub verdict: std::result::Result<Bands, String>,
    /// What defines it.
    pub origin: Origin,
    /// What its figures are drawn from.
    inputs: GlassInputs,
}

impl Loaded {
    /// The run at a path.
    ///
    /// # Errors
    /// Those of the store and of theory.
    pub fn at(path: &Path) -> Result<Self> {
        let store = SurfaceStore::open_read(path)?;
        store.check_units()?;
        let stored = StoredRun::open(path)?;
        let verdict = match bands(path) {
            Ok(found) => Ok(found),
            // Of such a run no exact number is known, which is no fault of it.
            Err(Error::BadInput { allowed, .. }) => Err(allowed),
            Err(error) => return Err(error),
        };
        Ok(Self {
            summary: summarize(&store)?,
            origin: Origin::of_surfaces(&store)?,
            inputs: inputs(&stored)?,
            verdict,
            stored,
            store,
        })
    }

    /// What its figures are drawn from.
    pub fn inputs(&self) -> &GlassInputs {
        &self.inputs
    }

    /// The figure of this name, if it shows such a run.
    ///
    /// # Errors
    /// Those of the store and of theory.
    pub fn drawn(&self, name: &str) -> Result<Option<Drawing>> {
        match self.figure(name) {
            Some(figure) => figure.draw_glass(&self.inputs),
            None => Ok(None),
        }
    }

    /// Whether the figure of this name shows such a run.
    pub fn has(&self, name: &str) -> bool {
        self.figure(name).is_some()
    }

    fn figure(&self, name: &str) -> Option<&'static Figure> {
        FIGURES.iter().find(|figure| figure.name == name && figure.fits(&self.stored))
    }

    /// Λ of each size, as choices.
    pub fn sizes(&self) -> Vec<String> {
        self.summary.dims.iter().map(|dim| format!("Λ = {}", dim.dim)).collect()
    }
}

/// Of a tensor whose scale is not known no energy compares with another: there are no figures of it.
fn inputs(stored: &StoredRun) -> Result<GlassInputs> {
    match GlassInputs::new(Some(stored.clone()), TheoryAsked::default()) {
        Err(Error::BadInput { .. }) => GlassInputs::new(None, TheoryAsked::default()),
        inputs => inputs,
    }
}
