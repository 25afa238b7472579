//! The work of one rank: what it takes in, and what comes out.

use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use super::leases::Lease;
use crate::Result;
use crate::hamiltonian::{Layout, SurfaceKey, SymmetricTensor};
use crate::run::census::{CensusJob, Surfaces, at_once};
use crate::run::cost;
use crate::run::events::{Observer, Stop};
use crate::run::executor::Means;
use crate::run::keeper::Finding;
use crate::run::scheduler::Scheduler;
use crate::run::shard::Shards;
use crate::run::spec::Spec;
use crate::run::surface::SurfaceJob;
use crate::run::workers::{WorkContext, work_on};

/// Takes leases while its threads work.
pub(in crate::run) trait Intake: Sync {
    /// More to do.
    fn feed(&self, lease: &Lease);

    /// Nothing more will come.
    fn close(&self);

    /// Nothing more is handed to threads.
    fn end(&self);

    /// Whether threads will soon have nothing to do.
    fn is_hungry(&self) -> bool;
}

/// Waits for the next finding, at most so long.
pub(super) type Findings<'a> = &'a dyn Fn(Duration) -> std::result::Result<Finding, RecvTimeoutError>;

/// What a rank does, and with what.
pub(super) struct Share<'a> {
    pub spec: &'a Spec,
    pub couplings: Option<&'a SymmetricTensor<f64>>,
    pub means: &'a Means,
    pub observer: &'a dyn Observer,
    pub stop: &'a Stop,
    pub shards: Option<&'a Arc<Shards>>,
}

/// Threads that wait for more are let go whatever ends the other end.
struct LetGo<'a>(&'a dyn Intake);

impl Drop for LetGo<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Share<'_> {
    /// Works on all threads on what `pump`, on this thread, takes in, and hands it what is found.
    ///
    /// # Errors
    /// What `pump` returns; those of the work.
    pub fn carry_out(&self, pump: impl FnOnce(&dyn Intake, Findings) -> Result<()>) -> Result<()> {
        let Self { spec, couplings, means, observer, stop, shards } = *self;
        let Some(protocol) = spec.descent else {
            let job = CensusJob { spec, couplings, means, observer, stop };
            let surfaces = Surfaces::open();
            return job.deal(&surfaces, at_once(spec, means)?, |found| {
                let _guard = LetGo(&surfaces);
                pump(&surfaces, &|patience| found.recv_timeout(patience))
            });
        };
        let layout = Layout::new(spec.spins as usize, spec.dims[0] as usize);
        let job = SurfaceJob {
            key: SurfaceKey { seed: spec.seed, layout, instance: 0 },
            couplings,
            protocol,
            rules: spec.rules,
            carrier: means.carrier,
            traced: spec.trace,
        };
        if let Some(shards) = shards {
            shards.begin(spec, means.threads, stop)?;
        }
        let scheduler = Scheduler::open_ended(job, cost::overlap(spec, means), means.threads).sharded(shards);
        let context = WorkContext::new(observer, stop);
        work_on(&means.pool()?, &scheduler, &context, |reports| {
            let _guard = LetGo(&scheduler);
            pump(&scheduler, &|patience| reports.recv_timeout(patience).map(Finding::from))
        })
    }
}
