//! What a sampling leaves.

/// Everything that was sampled on a surface.
#[derive(Debug, Clone)]
pub struct Sampled {
    /// At each temperature, ascending.
    pub rungs: Vec<Rung>,
}

/// What was sampled at one temperature. Series have a value for each sweep that counts, in order.
#[derive(Debug, Clone, Default)]
pub struct Rung {
    /// T.
    pub temperature: f64,
    /// Time ε of a leapfrog step.
    pub step: f64,
    /// L of each set of replicas.
    pub energies: Vec<Vec<f64>>,
    /// Overlaps of each pair of sets: 0 and 1, 0 and 2, 1 and 2, ….
    pub overlaps: Vec<Vec<f64>>,
    /// Overlaps of each set with the hidden vector of a spike; none without.
    pub spike_overlaps: Vec<Vec<f64>>,
    /// Mean of w·∇L/Λ.
    pub radial_slope: f64,
    /// Share of trajectories that were accepted.
    pub acceptance: f64,
    /// Share of exchanges with the next higher temperature that were carried out; NaN at the highest one, and without
    /// exchange.
    pub swap: f64,
    /// Ways from the coldest temperature to the hottest and back, of all replicas: the same at each temperature.
    pub round_trips: u64,
    /// Last point of each set.
    pub points: Vec<Vec<f64>>,
}
