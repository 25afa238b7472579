//! What must hold on any device, emulated or real.

use std::collections::BTreeMap;

use hspin::descent::device::{Device, DeviceDescent, DeviceTensor};
use hspin::descent::{Descended, Descent, Driver, Execution, Outcome, Phases, Polished, Polishing, Start};
use hspin::hamiltonian::{Isa, Surface};

use crate::common;

/// Largest |g − g'|/|g'| over points, g by the device and g' in double precision on the CPU.
pub fn gradient_error<D: Device>(device: &D, surface: &Surface, points: u64) -> f64 {
    let points: Vec<Vec<f64>> =
        (0..points).map(|number| common::point(surface.layout().dim, number)).collect();
    let single: Vec<Vec<f32>> = points.iter().map(|w| w.iter().map(|&x| x as f32).collect()).collect();
    let tensor = DeviceTensor::upload(device, surface.full()).unwrap();
    let found = tensor.gradients_of(device, &single).unwrap();
    assert_eq!(found.len(), points.len());
    let errors = single.iter().zip(found).map(|(w, found)| {
        let w: Vec<f64> = w.iter().map(|&x| f64::from(x)).collect();
        let (_, expected) = common::energy_gradient(surface, &w);
        let difference: f64 = expected.iter().zip(found).map(|(e, f)| (e - f64::from(f)).powi(2)).sum();
        (difference / expected.iter().map(|e| e * e).sum::<f64>()).sqrt()
    });
    // A NaN is no small error.
    errors.map(|error| if error.is_nan() { f64::INFINITY } else { error }).fold(0.0, f64::max)
}

/// Starts of these numbers.
pub fn starts(dim: usize, ids: impl IntoIterator<Item = u64>) -> Vec<Start> {
    ids.into_iter().map(|id| Start { id, point: common::point(dim, id) }).collect()
}

pub type ById = BTreeMap<u64, Descended>;

fn by_id(all: Vec<Descended>) -> ById {
    let count = all.len();
    let found: ById = all.into_iter().map(|descended| (descended.id, descended)).collect();
    assert_eq!(found.len(), count, "a start ended twice");
    found
}

pub fn on_device<D: Device>(device: &D, surface: &Surface, phases: Phases, starts: &[Start]) -> ById {
    let mut descent = DeviceDescent::new(device, surface, phases).unwrap();
    assert!(descent.is_idle() && descent.wanted() >= starts.len());
    descent.add(starts).unwrap();
    let mut ended = Vec::new();
    while !descent.is_idle() {
        assert_eq!(descent.wanted(), 0);
        ended.extend(descent.advance().unwrap());
    }
    assert_eq!(ended.len(), starts.len());
    by_id(ended)
}

pub fn on_cpu(surface: &Surface, phases: Phases, starts: Vec<Start>) -> ById {
    let execution = Execution { isa: Isa::best(), batch: starts.len() };
    let mut descent = Descent::new(surface, phases, execution, false);
    descent.add(starts);
    let mut ended = Vec::new();
    while !descent.is_idle() {
        ended.extend(descent.advance().unwrap());
    }
    by_id(ended)
}

/// Distance of two points in units of their length.
pub fn distance(a: &[f64], b: &[f64]) -> f64 {
    let square: f64 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
    (square / a.len() as f64).sqrt()
}

/// Ends of the descents in double precision, by number; all must be critical points to 1e-10.
pub fn polished(surface: &Surface, descended: ById) -> BTreeMap<u64, Polished> {
    let mut polishing = Polishing::new(surface, Isa::best());
    polishing.add(descended.into_values().collect());
    let mut ended = BTreeMap::new();
    while !polishing.is_empty() {
        ended.extend(polishing.round().into_iter().map(|polished| (polished.descended.id, polished)));
    }
    for (id, polished) in &ended {
        assert_eq!(polished.outcome, Outcome::Converged, "start {id}");
        assert!(polished.end.as_ref().unwrap().gradient_norm <= 1e-10);
    }
    ended
}
