//! A stand-in for the executor: records that depend on their ids alone, as real ones do.

use hspin::Result;
use hspin::descent::{Outcome, TracePoint};
use hspin::studies::surfaces::{Record, Request, Spec, StartResult, StartsUnit, SurfaceStore, UnitResult};
use hspin::study::Listed;

/// A spec of two sizes, two surfaces and a partial last unit.
pub fn request() -> Request {
    Request {
        dims: Some(vec![5, 3]),
        starts: Some(45),
        instances: Some(2),
        trace: Some(true),
        ..Request::default()
    }
}

/// Stores at most `limit` units of what is left to do.
pub fn work(store: &mut SurfaceStore, limit: usize) -> Result<usize> {
    let spec = store.spec().clone();
    let units = store.left();
    for unit in units.iter().take(limit) {
        store.write_unit(&fake_unit(&spec, unit))?;
    }
    Ok(units.len().min(limit))
}

pub fn fake_unit(spec: &Spec, unit: &StartsUnit) -> UnitResult {
    let key = unit.key();
    let starts = key.starts(spec.starts).map(|start| fake_start(spec, unit, start)).collect();
    UnitResult { key, starts, census: None }
}

fn fake_start(spec: &Spec, unit: &StartsUnit, start: u32) -> StartResult {
    let key = unit.key();
    let mut state =
        spec.seed ^ (u64::from(key.dim) << 40) ^ (u64::from(key.instance) << 20) ^ u64::from(start);
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    };
    let lost = start % 17 == 5;
    let dim = f64::from(key.dim);
    let energy_per_spin = if lost { f64::NAN } else { -1.6 + 0.1 * next() };
    let raw: Vec<f64> = (0..key.dim).map(|_| next()).collect();
    let scale = (dim / raw.iter().map(|x| x * x).sum::<f64>()).sqrt();
    let record = Record {
        spins: key.spins,
        dim: key.dim,
        instance: key.instance,
        start,
        energy: energy_per_spin * dim,
        energy_per_spin,
        descent_energy_per_spin: -1.5,
        gradient_norm: if lost { f64::INFINITY } else { 1e-12 },
        index: (!lost).then_some(start % 2),
        min_eigenvalue: -0.0,
        undecided: (!lost).then_some(0),
        steps: 300,
        polish_overlap: 1.0,
        outcome: if lost { Outcome::NonFinite } else { Outcome::Converged },
    };
    let point = if lost { vec![f64::NAN; raw.len()] } else { raw.iter().map(|x| x * scale).collect() };
    let trace = [0, 1, 10].map(|step| TracePoint { step, energy_per_spin: next(), gradient_norm: next() });
    StartResult {
        record,
        point: if spec.points { point } else { Vec::new() },
        trace: if spec.trace { trace.to_vec() } else { Vec::new() },
        slopes: None,
    }
}

/// The content of a run as text.
pub fn dump(store: &SurfaceStore) -> Result<String> {
    let mut bytes = Vec::new();
    store.dump(&mut bytes)?;
    Ok(String::from_utf8(bytes).expect("a dump is text"))
}
