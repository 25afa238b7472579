//! Runs with a spike that differ in its strength only.

use super::bands::SoughtPoints;
use super::bands::spike::theory_of;
use super::inputs::SeveralRuns;
use crate::descent::{Cooling, DeviceClass, Protocol, Written};
use crate::error::{Error, Result};
use crate::hamiltonian::Spike;
use crate::studies::surfaces::{Spec, StartsFrom, SurfaceStore, model_text};
use crate::theory::Spiked;

/// Runs with a spike that differ in its strength only.
pub(super) struct SpikedRuns<'a> {
    /// Them, in the order in which they were named.
    pub stores: &'a [SurfaceStore],
    /// What surfaces have beside the spike.
    pub model: String,
    /// r.
    pub order: u32,
}

impl<'a> SpikedRuns<'a> {
    /// Some runs, named by `key` in messages.
    ///
    /// # Errors
    /// [`Error::BadInput`] naming a run without a spike, or one that differs from the first in more than its strength.
    pub fn of(runs: &'a SeveralRuns, key: &str) -> Result<Self> {
        let stores = runs.stores();
        let Some(first) = stores.first() else {
            return Err(Error::bad_input(key, "(missing)", "runs with spikes"));
        };
        let common = Common::of(first.spec());
        let Some(order) = common.order else { return Err(without_spike(key, first)) };
        for store in stores {
            let spec = store.spec();
            if spec.model().spike.is_none() {
                return Err(without_spike(key, store));
            }
            if Common::of(spec) != common {
                let allowed = "runs that differ in the strength of the spike only";
                return Err(Error::bad_input(key, store.path().display(), allowed));
            }
        }
        Ok(Self { stores, model: common.model, order })
    }

    /// The same of runs of descents only.
    ///
    /// # Errors
    /// [`Error::BadInput`] also for a census or saddle searches.
    pub fn of_descents(runs: &'a SeveralRuns, key: &str) -> Result<Self> {
        let found = Self::of(runs, key)?;
        match found.stores.iter().find(|store| SoughtPoints::of(store.spec()) != SoughtPoints::Descent) {
            Some(store) => {
                let allowed = "runs of descents: a census or saddle searches have no ends of descents";
                Err(Error::bad_input(key, store.path().display(), allowed))
            }
            None => Ok(found),
        }
    }

    /// Theory at a strength; none for mixtures.
    ///
    /// # Errors
    /// Bad input outside what theory takes.
    pub fn theory(&self, strength: f64) -> Result<Option<Spiked>> {
        let spike = Spike { strength, order: self.order };
        self.stores.first().map_or(Ok(None), |store| theory_of(store.spec(), spike))
    }

    /// Whether overlaps have a sign.
    pub fn is_signed(&self) -> bool {
        !self.order.is_multiple_of(2)
    }
}

/// What must be the same: surfaces without the strength of the spike, the method with its steps, and where starts begin.
#[derive(PartialEq)]
struct Common {
    model: String,
    order: Option<u32>,
    descent: Option<String>,
    starts_from: Option<StartsFrom>,
}

impl Common {
    fn of(spec: &Spec) -> Self {
        let mut model = spec.model();
        let order = model.spike.take().map(|spike| spike.order);
        let (descent, starts_from) = (spec.descent.map(steps), spec.starts_from.clone());
        Self { model: model_text(&model), order, descent, starts_from }
    }
}

/// The method and its constants without rates, targets and the device: rates and targets follow the strength of the spike.
fn steps(descent: Protocol) -> String {
    let Written { method, mut constants } = descent.into();
    (constants.sample_rate, constants.full_rate, constants.targets) = (0.0, 0.0, None);
    constants.cooling = constants.cooling.map(|cooling| Cooling { rate: 0.0, ..cooling });
    constants.device = DeviceClass::Cpu;
    format!("{} {constants:?}", method.name())
}

fn without_spike(key: &str, store: &SurfaceStore) -> Error {
    Error::bad_input(key, store.path().display(), "a run with a spike (--spike)")
}
