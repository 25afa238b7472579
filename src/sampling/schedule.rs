//! What is sampled: temperatures, replicas, sweeps.

/// What is sampled on a surface.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// T of each rung of the ladder, ascending, above 0.
    pub temperatures: Vec<f64>,
    /// Independent sets of replicas, one replica of each set at each temperature.
    pub replicas: usize,
    /// Sweeps that count, one trajectory of each replica to a sweep.
    pub sweeps: u32,
    /// Sweeps before them, in which step lengths are adapted; afterwards they stay as they are.
    pub burn_in: u32,
    /// Leapfrog steps of a trajectory.
    pub steps: u32,
    /// Whether replicas of neighbouring temperatures are exchanged.
    pub exchange: bool,
}

impl Schedule {
    /// Chains in all.
    pub fn chains(&self) -> usize {
        self.temperatures.len() * self.replicas
    }

    /// Pairs of replicas at one temperature.
    pub fn pairs(&self) -> usize {
        self.replicas * self.replicas.saturating_sub(1) / 2
    }

    /// Gradients that a sampling takes on a surface, all replicas together; one more each is that of the start.
    pub fn gradients(&self) -> u64 {
        let sweeps = u64::from(self.sweeps) + u64::from(self.burn_in);
        self.chains() as u64 * (1 + sweeps * u64::from(self.steps))
    }
}
