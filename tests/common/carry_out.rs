//! Carries out a run on surfaces within a test.
#![allow(dead_code)]

use hspin::Result;
use hspin::studies::surfaces::{Given, SurfaceStore};
use hspin::study::{Job, Observer, Resources, Stop, execute};

/// All that is left of a run on random couplings.
pub fn carry_out(
    store: &mut SurfaceStore,
    resources: &Resources,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<()> {
    carry_out_on(&Given::default(), store, resources, observer, stop)
}

/// All that is left of a run on the user's couplings.
pub fn carry_out_on(
    given: &Given,
    store: &mut SurfaceStore,
    resources: &Resources,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<()> {
    let spec = store.spec().clone();
    execute(store, &Job { spec: &spec, given, resources, observer, stop })
}
