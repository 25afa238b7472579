//! Rows of a sampled surface: what each temperature says, and energies along the way.

use super::spec::SamplingSpec;
use super::unit::SurfaceUnit;
use crate::sampling::Rung;
use crate::sampling::mixing::{Mixing, mixing};
use crate::study::columns::columns;

/// Bins of the histogram of overlaps, of one width from −1 to 1.
pub const BINS: usize = 80;

columns! {
    /// One temperature on one surface.
    #[derive(Debug, Clone, PartialEq)]
    pub struct TemperatureRow in "temperatures" {
        /// Λ.
        pub dim: u32, "";
        /// Number of the surface.
        pub instance: u32, "";
        /// Number of the temperature, from the lowest.
        pub rung: u32, "";
        /// T.
        pub temperature: f64, "couplings";
        /// Mean of u = L/Λ over sweeps and sets of replicas.
        pub energy_per_spin: f64, "couplings";
        /// Its standard error, given this surface.
        pub standard_error: f64, "couplings";
        /// Specific heat per spin: variance of L by ΛT².
        pub specific_heat: f64, "";
        /// Effective number of independent energies, all sets together.
        pub ess: f64, "";
        /// Split-R̂ of the energy.
        pub rhat: f64, "";
        /// Integrated autocorrelation time of the energy.
        pub autocorrelation_time: f64, "sweeps";
        /// Share of trajectories that were accepted.
        pub acceptance: f64, "";
        /// Share of exchanges with the next higher temperature that were carried out; not known at the highest one.
        pub swap: f64, "";
        /// Ways of replicas from the lowest temperature to the highest and back, on this surface.
        pub round_trips: u64, "";
        /// Time of a leapfrog step.
        pub step: f64, "";
        /// Mean of w·∇L/Λ.
        pub radial_slope: f64, "couplings";
        /// Mean overlap q of two sets of replicas.
        pub overlap: f64, "";
        /// Mean of q².
        pub overlap_squared: f64, "";
        /// Mean of ξ(q).
        pub covariance: f64, "couplings";
        /// Split-R̂ of the overlap.
        pub overlap_rhat: f64, "";
        /// Mean overlap m with the hidden vector of the spike.
        pub spike_overlap: f64, "";
        /// Mean of the spike's energy per spin, −λmʳ.
        pub spike_energy: f64, "couplings";
    }
    key [dim, instance, rung]
    digest own [
        dim, instance, rung, temperature, energy_per_spin, standard_error, specific_heat, ess, rhat, autocorrelation_time,
        acceptance, swap, round_trips, step, radial_slope, overlap, overlap_squared, covariance, overlap_rhat,
        spike_overlap, spike_energy
    ]
}

columns! {
    /// The energy of one replica after a sweep.
    #[derive(Debug, Clone, PartialEq)]
    pub struct SeriesRow in "series" {
        /// Λ.
        pub dim: u32, "";
        /// Number of the surface.
        pub instance: u32, "";
        /// Number of the temperature, from the lowest.
        pub rung: u32, "";
        /// Number of the set of replicas.
        pub replica: u32, "";
        /// Sweeps after the burn-in.
        pub sweep: u32, "";
        /// L/Λ.
        pub energy_per_spin: f64, "couplings";
    }
    key [dim, instance, rung, replica, sweep]
    digest own [dim, instance, rung, replica, sweep, energy_per_spin]
}

impl TemperatureRow {
    /// Of what was sampled at a temperature.
    pub fn new(spec: &SamplingSpec, listed: &SurfaceUnit, number: usize, rung: &Rung) -> Self {
        let (dim, model) = (f64::from(listed.dim), spec.model());
        let per_spin = |chain: &Vec<f64>| chain.iter().map(|energy| energy / dim).collect();
        let energies: Vec<Vec<f64>> = rung.energies.iter().map(per_spin).collect();
        let energy = mixing(&energies);
        let over = |chains: &[Vec<f64>], f: &dyn Fn(f64) -> f64| {
            let count = chains.iter().map(Vec::len).sum::<usize>() as f64;
            chains.iter().flatten().map(|&x| f(x)).sum::<f64>() / count
        };
        let Mixing { mean, variance, rhat, effective, time } = energy;
        let xi = |q: f64| model.orders.shares().map(|(order, v)| v * q.powi(order as i32)).sum::<f64>();
        let planted = model.spike.map(|spike| (spike.strength, spike.order as i32));
        Self {
            dim: listed.dim,
            instance: listed.instance,
            rung: number as u32,
            temperature: rung.temperature,
            energy_per_spin: mean,
            standard_error: energy.standard_error(),
            specific_heat: dim * variance / (rung.temperature * rung.temperature),
            ess: effective,
            rhat,
            autocorrelation_time: time,
            acceptance: rung.acceptance,
            swap: rung.swap,
            round_trips: rung.round_trips,
            step: rung.step,
            radial_slope: rung.radial_slope,
            overlap: over(&rung.overlaps, &|q| q),
            overlap_squared: over(&rung.overlaps, &|q| q * q),
            covariance: over(&rung.overlaps, &xi),
            overlap_rhat: mixing(&rung.overlaps).rhat,
            spike_overlap: planted.map_or(f64::NAN, |_| over(&rung.spike_overlaps, &|m| m)),
            spike_energy: planted.map_or(f64::NAN, |(strength, order)| {
                -strength * over(&rung.spike_overlaps, &|m| m.powi(order))
            }),
        }
    }
}

/// Energies that are kept of a temperature: set by set, in order.
pub fn series(spec: &SamplingSpec, listed: &SurfaceUnit, number: usize, rung: &Rung) -> Vec<SeriesRow> {
    let of_set = |(replica, energies): (usize, &Vec<f64>)| {
        let row = |sweep: u32| SeriesRow {
            dim: listed.dim,
            instance: listed.instance,
            rung: number as u32,
            replica: replica as u32,
            sweep,
            energy_per_spin: energies.get(sweep as usize - 1).map_or(f64::NAN, |l| l / f64::from(listed.dim)),
        };
        spec.kept_sweeps().map(row).collect::<Vec<_>>()
    };
    rung.energies.iter().enumerate().flat_map(of_set).collect()
}

/// How many overlaps of all pairs are in each bin.
pub fn histogram(rung: &Rung) -> Vec<f64> {
    let mut counts = vec![0.0; BINS];
    for &q in rung.overlaps.iter().flatten() {
        let bin = ((q + 1.0) * 0.5 * BINS as f64).floor().clamp(0.0, BINS as f64 - 1.0);
        if let Some(count) = counts.get_mut(bin as usize) {
            *count += 1.0;
        }
    }
    counts
}
