//! Energy and gradient against steps, over the starts of each size.

use super::energy_histogram::quantile;
use super::model::limit_energies;
use crate::descent::TracePoint;
use crate::studies::surfaces::{SurfaceStore, model_text, surfaces};
use crate::{Error, Result};

/// Shares of the starts below the lower, middle and upper curve.
pub const SHARES: [f64; 3] = [0.1, 0.5, 0.9];

/// How starts of a traced run go down, by size.
#[derive(Debug, Clone, PartialEq)]
pub struct DescentTraces {
    /// What surfaces are drawn from.
    pub model: String,
    /// E_0, energy per spin.
    pub e_0: Option<f64>,
    /// E_∞, energy per spin.
    pub e_inf: Option<f64>,
    /// Scale s of the user's own tensor: energies are in units of it.
    pub scale: Option<f64>,
    /// By size, rising in Λ; sizes of which nothing is stored are left out.
    pub sets: Vec<TraceSet>,
}

/// The starts of one size: a start that has ended counts with what it ended at.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceSet {
    /// Λ.
    pub dim: u32,
    /// Starts with a history.
    pub starts: u64,
    /// Steps taken, rising.
    pub steps: Vec<u64>,
    /// Starts that are still on their way at each step.
    pub under_way: Vec<u64>,
    /// u of which a tenth, a half and nine tenths of the starts are lower.
    pub energy: [Vec<f64>; 3],
    /// The same of ‖g‖/√Λ.
    pub gradient: [Vec<f64>; 3],
}

impl DescentTraces {
    /// The table of a stored run, also while it grows.
    ///
    /// # Errors
    /// [`Error::BadInput`] for a run without traces; those of the store.
    pub fn of_run(store: &SurfaceStore) -> Result<Self> {
        let spec = store.spec();
        if !spec.trace {
            let allowed = "a run swept with --trace";
            return Err(Error::bad_input("--run", store.path().display(), allowed));
        }
        let limits = limit_energies(spec)?;
        let scale = spec.couplings.scale();
        let mut sets = Vec::new();
        for &dim in &spec.dims {
            let mut histories = Vec::new();
            for surface in surfaces(store).into_iter().filter(|surface| surface.dim == dim) {
                let starts = store.surface_starts(dim, surface.instance)?;
                histories.extend(starts.into_iter().map(|start| start.trace));
            }
            sets.extend(TraceSet::new(dim, &histories, scale.unwrap_or(1.0)));
        }
        let model = spec.model.as_ref().map_or_else(|| format!("H = {}", spec.spins), model_text);
        Ok(Self { model, e_0: limits.e_0, e_inf: limits.e_inf, scale, sets })
    }
}

impl TraceSet {
    /// From the histories of starts, with energies in a unit; none without any history.
    pub fn new(dim: u32, histories: &[Vec<TracePoint>], unit: f64) -> Option<Self> {
        let histories: Vec<&Vec<TracePoint>> =
            histories.iter().filter(|history| !history.is_empty()).collect();
        let mut steps: Vec<u64> =
            histories.iter().flat_map(|history| history.iter().map(|point| point.step)).collect();
        steps.sort_unstable();
        steps.dedup();
        let mut set = Self {
            dim,
            starts: histories.len() as u64,
            steps: Vec::new(),
            under_way: Vec::new(),
            energy: Default::default(),
            gradient: Default::default(),
        };
        let mut places = vec![0; histories.len()];
        for step in steps {
            let (mut under_way, mut energies, mut gradients) = (0, Vec::new(), Vec::new());
            for (history, place) in histories.iter().zip(&mut places) {
                while history.get(*place + 1).is_some_and(|next| next.step <= step) {
                    *place += 1;
                }
                let point = history[*place];
                under_way += u64::from(point.step == step);
                energies.push(point.energy_per_spin / unit);
                gradients.push(point.gradient_norm / unit);
            }
            set.add(step, under_way, [energies, gradients]);
        }
        (set.starts > 0).then_some(set)
    }

    fn add(&mut self, step: u64, under_way: u64, values: [Vec<f64>; 2]) {
        let [mut energies, mut gradients] = values;
        for values in [&mut energies, &mut gradients] {
            values.retain(|x| x.is_finite());
            values.sort_by(f64::total_cmp);
        }
        if energies.is_empty() || gradients.is_empty() {
            return;
        }
        self.steps.push(step);
        self.under_way.push(under_way);
        for (i, share) in SHARES.into_iter().enumerate() {
            self.energy[i].push(quantile(&energies, share));
            self.gradient[i].push(quantile(&gradients, share));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(points: &[(u64, f64)]) -> Vec<TracePoint> {
        let point = |&(step, u): &(u64, f64)| TracePoint { step, energy_per_spin: u, gradient_norm: -u };
        points.iter().map(point).collect()
    }

    #[test]
    fn a_start_that_has_ended_counts_with_its_last_energy() {
        let histories =
            [history(&[(0, 0.0), (1, -1.0), (2, -1.5)]), history(&[(0, -1.0), (1, -2.0)]), Vec::new()];
        let set = TraceSet::new(9, &histories, 1.0).unwrap();
        assert_eq!((set.starts, &set.steps[..], &set.under_way[..]), (2, &[0, 1, 2][..], &[2, 2, 1][..]));
        let close = |found: &[f64], wanted: [f64; 3]| {
            assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-14), "{found:?}");
        };
        close(&set.energy[1], [-0.5, -1.5, -1.75]);
        close(&set.energy[0], [-0.9, -1.9, -1.95]);
        close(&set.gradient[2], [0.9, 1.9, 1.95]);
        let halved = TraceSet::new(9, &histories, 2.0).unwrap();
        close(&halved.energy[1], [-0.25, -0.75, -0.875]);
        assert_eq!(TraceSet::new(9, &[Vec::new()], 1.0), None);
    }
}
