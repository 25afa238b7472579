//! Carries out what is left of a run: surface by surface, unit by unit.

use std::collections::BTreeMap;

use super::census;
use super::events::{Event, Observer, Stop};
use super::plan::{Group, todo};
use super::record::{StartResult, UnitResult};
use super::spec::Spec;
use super::store::Store;
use super::surface::{Listener, SurfaceJob};
use super::unit::{UNIT_STARTS, UnitKey};
use crate::descent::{Carrier, Protocol};
use crate::hamiltonian::{Layout, SurfaceKey, SymmetricTensor};
use crate::{Error, Result};

/// How a run is carried out; none of it changes what comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Means {
    /// Worker threads, at least 1.
    pub threads: usize,
    /// Batch and instruction set of each worker.
    pub carrier: Carrier,
}

impl Means {
    /// The pool of worker threads.
    ///
    /// # Errors
    /// [`Error::Refused`] if the system gives no threads.
    pub fn pool(&self) -> Result<rayon::ThreadPool> {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(self.threads);
        builder
            .build()
            .map_err(|error| Error::Refused(format!("cannot start {} threads: {error}", self.threads)))
    }
}

/// A run under way: what all surfaces share.
struct Execution<'a> {
    spec: Spec,
    protocol: Protocol,
    couplings: Option<&'a SymmetricTensor<f64>>,
    carrier: Carrier,
    pool: rayon::ThreadPool,
    observer: &'a dyn Observer,
    stop: &'a Stop,
}

/// Does all units that the store's spec plans and the store has not yet; stores each as soon as it is complete.
///
/// # Errors
/// [`Error::Interrupted`] once `stop` is requested, with every finished unit stored; those of the store.
pub fn execute(
    couplings: Option<&SymmetricTensor<f64>>,
    store: &mut Store,
    means: &Means,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<()> {
    let spec = store.spec().clone();
    let Some(protocol) = spec.descent else {
        return census::execute(couplings, store, means, observer, stop);
    };
    let (pool, carrier) = (means.pool()?, means.carrier);
    let groups = todo(&spec, &store.done());
    let execution = Execution { spec, protocol, couplings, carrier, pool, observer, stop };
    for surfaces in groups.chunk_by(|a, b| a.dim == b.dim) {
        let dim = surfaces[0].dim;
        observer.event(execution.dim_started(dim, store));
        surfaces.iter().try_for_each(|group| execution.surface(group, store))?;
        observer.event(Event::DimFinished { dim });
    }
    Ok(())
}

impl Execution<'_> {
    fn dim_started(&self, dim: u32, store: &Store) -> Event {
        let planned = u64::from(self.spec.starts) * u64::from(self.spec.instances);
        let done = store.done().into_iter().filter(|(key, _)| key.dim == dim);
        let done = done.map(|(_, starts)| u64::from(starts)).sum();
        Event::DimStarted { dim, planned, done }
    }

    /// The missing units of one surface.
    fn surface(&self, group: &Group, store: &mut Store) -> Result<()> {
        let layout = Layout::new(self.spec.spins as usize, group.dim as usize);
        let job = SurfaceJob {
            key: SurfaceKey { seed: self.spec.seed, layout, instance: u64::from(group.instance) },
            couplings: self.couplings,
            protocol: self.protocol,
            carrier: self.carrier,
            traced: self.spec.trace,
        };
        let starts = group.units.iter().flat_map(|unit| unit.starts.clone()).collect();
        let mut open: BTreeMap<u32, Vec<StartResult>> = BTreeMap::new();
        let mut result = |mut result: StartResult| {
            if !self.spec.points {
                result.point = Vec::new();
            }
            let block = result.record.start / UNIT_STARTS;
            let key = UnitKey { spins: self.spec.spins, dim: group.dim, instance: group.instance, block };
            let starts = open.entry(block).or_default();
            starts.push(result);
            if starts.len() < key.starts(self.spec.starts).len() {
                return Ok(());
            }
            let mut starts = open.remove(&block).unwrap_or_default();
            starts.sort_by_key(|result| result.record.start);
            let count = starts.len() as u64;
            store.write_unit(&UnitResult { key, starts, census: None })?;
            self.observer.event(Event::Stored { dim: group.dim, starts: count });
            Ok(())
        };
        let advanced = |starts| self.observer.event(Event::Advanced { dim: group.dim, starts });
        let mut listener = Listener { result: &mut result, advanced: &advanced, stop: self.stop };
        let spent = job.run(&self.pool, starts, &mut listener)?;
        store.add_timings(group.dim, group.instance, &spent)?;
        self.stop.requested().map_or(Ok(()), |signal| Err(Error::Interrupted(signal)))
    }
}
