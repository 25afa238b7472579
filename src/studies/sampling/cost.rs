//! What sampling costs: work that tells larger units from smaller ones, memory, disk.

use super::rows::BINS;
use super::spec::SamplingSpec;
use super::unit::SurfaceUnit;
use crate::hamiltonian::Layout;

/// Nominal operations per second of one thread.
const RATE: f64 = 1e10;
/// Operations that drawing a coupling, and a random number of a velocity, count as.
const DRAWN: f64 = 60.0;
/// Bytes of a lane's coordinate in all that a block holds: points, velocities, gradients, what is kept, sums under way.
const COORDINATE: u64 = 12 * 8;
/// Bytes of an energy that is kept, on its way into the store.
const KEPT_BYTES: u64 = 96;
/// Bytes of the process without any of this.
const BASE: u64 = 24 << 20;
/// Bytes of a stored series' row, of a temperature's, and of a file without units (measured).
const SERIES_ROW: u64 = 34;
const TEMPERATURE_ROW: u64 = 210;
const EMPTY_FILE: u64 = 40 << 10;

/// Seconds of a nominal thread on a surface, by sweeps.
pub fn work(spec: &SamplingSpec, listed: &SurfaceUnit) -> f64 {
    let schedule = spec.schedule();
    let dim = f64::from(listed.dim);
    let couplings = values(spec, listed.dim).unwrap_or(u64::MAX) as f64;
    let sweeps = f64::from(spec.sweeps) + f64::from(spec.burn_in);
    let gradients = schedule.gradients() as f64 * (4.0 * couplings + 20.0 * dim);
    (DRAWN * couplings + gradients + schedule.chains() as f64 * sweeps * DRAWN * (dim + 30.0)) / RATE
}

/// Stored values of all tensors of a surface; `None` beyond u64.
fn values(spec: &SamplingSpec, dim: u32) -> Option<u64> {
    let orders = spec.model().orders;
    let layouts =
        orders.shares().filter(|&(order, _)| order > 1).map(|(order, _)| Layout::new(order, dim as usize));
    layouts.map(|layout| layout.values()).try_fold(0u64, |sum, values| sum.checked_add(values?))
}

/// Bytes while a surface is sampled: couplings, blocks of chains, series of energies and overlaps and what statistics take.
pub fn unit_bytes(spec: &SamplingSpec, listed: &SurfaceUnit) -> u64 {
    let schedule = spec.schedule();
    let (rungs, sets) = (spec.temperatures.len() as u64, u64::from(spec.replicas));
    let with_spike = if spec.model().spike.is_some() { sets } else { 0 };
    let series = rungs * (sets + schedule.pairs() as u64 + with_spike) + 2 * sets;
    let lanes = (rungs * sets).next_multiple_of(24);
    let kept = rungs * sets * u64::from(spec.sweeps / spec.thin.max(1));
    let parts = [
        kept.checked_mul(KEPT_BYTES),
        values(spec, listed.dim).and_then(|values| values.checked_mul(4)),
        Some(lanes * u64::from(listed.dim) * COORDINATE),
        series.checked_mul(8 * u64::from(spec.sweeps)),
    ];
    parts.into_iter().map(|bytes| bytes.unwrap_or(u64::MAX)).fold(0, u64::saturating_add)
}

/// Bytes of a run beside those of surfaces under way.
pub fn shared_bytes() -> u64 {
    BASE
}

/// About how many bytes the finished file takes.
pub fn disk_bytes(spec: &SamplingSpec) -> u64 {
    let (rungs, sets) = (spec.temperatures.len() as u64, u64::from(spec.replicas));
    let kept = u64::from(spec.sweeps / spec.thin.max(1));
    let of_size = |&dim: &u32| {
        let of_rung = TEMPERATURE_ROW + 8 * BINS as u64 + sets * (kept * SERIES_ROW + 8 * u64::from(dim));
        rungs.saturating_mul(of_rung).saturating_mul(u64::from(spec.instances))
    };
    spec.dims.iter().map(of_size).fold(EMPTY_FILE, u64::saturating_add)
}
