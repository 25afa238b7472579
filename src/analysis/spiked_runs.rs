//! Runs with a spike that differ in its strength only.

use itertools::Itertools;

use super::bands::SoughtPoints;
use super::bands::spike::theory_of;
use super::inputs::SeveralRuns;
use crate::descent::{Cooling, Protocol, Written};
use crate::error::{Error, Result};
use crate::hamiltonian::Spike;
use crate::numeric::text::written;
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
    /// Where starts begin, if not at random.
    pub starts_from: Option<StartsFrom>,
}

impl<'a> SpikedRuns<'a> {
    /// Some runs, named by `key` in messages.
    ///
    /// # Errors
    /// [`Error::BadInput`] naming a run without a spike, one that differs from the first in more than its strength, with what
    /// differs, and one of a strength and a size that another run has.
    pub fn of(runs: &'a SeveralRuns, key: &str) -> Result<Self> {
        Self::alike(runs, key)?.distinct(key)
    }

    /// Those that differ in the strength only, though two may have one strength.
    fn alike(runs: &'a SeveralRuns, key: &str) -> Result<Self> {
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
            if let Some(differs) = common.difference(&Common::of(spec)) {
                let allowed = format!("runs that differ in the strength of the spike only; {differs}");
                return Err(Error::bad_input(key, store.path().display(), allowed));
            }
        }
        Ok(Self { stores, model: common.model, order, starts_from: common.starts_from })
    }

    /// How starts begin in figures, if not at random.
    pub fn starts(&self) -> Option<String> {
        self.starts_from.as_ref().map(|from| format!("starts {}", from.beginning()))
    }

    /// The same of runs of descents only.
    ///
    /// # Errors
    /// [`Error::BadInput`] also for a census or saddle searches.
    pub fn of_descents(runs: &'a SeveralRuns, key: &str) -> Result<Self> {
        let found = Self::alike(runs, key)?;
        match found.stores.iter().find(|store| SoughtPoints::of(store.spec()) != SoughtPoints::Descent) {
            Some(store) => {
                let allowed = "runs of descents: a census or saddle searches have no ends of descents";
                Err(Error::bad_input(key, store.path().display(), allowed))
            }
            None => found.distinct(key),
        }
    }

    /// Refuses two runs of one strength and size.
    fn distinct(self, key: &str) -> Result<Self> {
        for (one, other) in self.stores.iter().tuple_combinations() {
            let strength = |store: &SurfaceStore| store.spec().model().spike.map(|spike| spike.strength);
            let shared = one.spec().dims.iter().find(|dim| other.spec().dims.contains(dim));
            if let Some(dim) = shared.filter(|_| strength(one) == strength(other)) {
                let lambda = strength(one).map(written).unwrap_or_default();
                let allowed = format!(
                    "each strength once at each size; {} has λ = {lambda} at Λ = {dim}, too",
                    one.path().display()
                );
                return Err(Error::bad_input(key, other.path().display(), allowed));
            }
        }
        Ok(self)
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
struct Common {
    model: String,
    order: Option<u32>,
    /// The method, and its constants by their keys.
    descent: Vec<(&'static str, String)>,
    starts_from: Option<StartsFrom>,
}

impl Common {
    fn of(spec: &Spec) -> Self {
        let mut model = spec.model();
        let order = model.spike.take().map(|spike| spike.order);
        let descent = spec.descent.map_or_else(|| vec![("method", "census".to_owned())], steps);
        Self { model: model_text(&model), order, descent, starts_from: spec.starts_from.clone() }
    }

    /// What differs first, with both values.
    fn difference(&self, other: &Self) -> Option<String> {
        let order = |order: Option<u32>| order.map_or("none".to_owned(), |order| order.to_string());
        let starts = |from: &Option<StartsFrom>| from.as_ref().map_or("random".to_owned(), StartsFrom::words);
        let pairs = [
            ("the surfaces", self.model.clone(), other.model.clone()),
            ("the order of the spike", order(self.order), order(other.order)),
            ("where starts begin", starts(&self.starts_from), starts(&other.starts_from)),
        ];
        let constants = self.descent.iter().zip(&other.descent);
        let constants = constants.map(|((key, first), (_, here))| (*key, first.clone(), here.clone()));
        let (what, first, here) =
            pairs.into_iter().chain(constants).find(|(_, first, here)| first != here)?;
        Some(format!("{what}: the first run has {first}, this one {here}"))
    }
}

/// The method and its constants without rates, targets and the device: rates and targets follow the strength of the spike.
fn steps(descent: Protocol) -> Vec<(&'static str, String)> {
    let Written { method, mut constants } = descent.into();
    (constants.sample_rate, constants.full_rate, constants.targets) = (0.0, 0.0, None);
    constants.cooling = constants.cooling.map(|cooling| Cooling { rate: 0.0, ..cooling });
    let entries = constants.entries().into_iter().map(|entry| (entry.key, entry.value));
    [("method", method.name().to_owned())].into_iter().chain(entries).collect()
}

fn without_spike(key: &str, store: &SurfaceStore) -> Error {
    Error::bad_input(key, store.path().display(), "a run with a spike (--spike)")
}
