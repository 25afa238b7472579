//! What a descent does before the polish: constants that define a run.

use serde::{Deserialize, Serialize};

use super::rules::Rules;

/// Which gradient the first phase follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// One sample tensor per step in cyclic order, then the full gradient.
    Sgd,
    /// The full gradient only.
    Gd,
    /// Along the full gradient, down or up, to a target energy; from there a search for a critical point of any index.
    Saddle,
    /// Langevin moves at falling temperature, then the full gradient.
    Anneal,
}

impl Method {
    /// All methods, in the order the command line lists them.
    pub const ALL: [Self; 4] = [Self::Sgd, Self::Gd, Self::Saddle, Self::Anneal];

    /// Name on the command line, in files and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sgd => "sgd",
            Self::Gd => "gd",
            Self::Saddle => "saddle",
            Self::Anneal => "anneal",
        }
    }
}

/// What kind of machine descends. Its sums run in an order of its own, so its bits are its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceClass {
    /// Processor cores.
    #[default]
    Cpu,
    /// A GPU, by the kernels of `descent/device`.
    Cuda,
}

impl DeviceClass {
    /// Whether it is the default, which is not written.
    fn is_cpu(&self) -> bool {
        *self == Self::Cpu
    }

    /// Name on the command line, in files and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
        }
    }
}

/// Constants of a descent. All of them are part of what a run *is*: changing one makes another run.
///
/// Sample phase, `t = 1 … cycles · samples`: `w ← retract(w − γ_t g_b(w))`, `γ_t = sample_rate / (1 + decay · t)`,
/// b cyclic. Full phase, `k = 1 … full_steps`: the same with the full gradient and `full_rate / (1 + decay · k)`,
/// ended early once ‖g‖/√Λ ≤ `handover`. Then the polish takes over.
///
/// With [`Method::Saddle`] the full phase is an approach: `w ← retract(w − γ g)` with γ between ∓`full_rate`, chosen
/// for the start's target energy, ended at the target, once ‖g‖/√Λ ≤ `handover`, or after `full_steps`. Then the
/// saddle search takes over.
///
/// With [`Method::Anneal`] the first phase is a [`Cooling`]; the full phase follows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Protocol {
    /// Which gradient the first phase follows.
    pub method: Method,
    /// Number P of sample tensors; 0 for `gd`.
    pub samples: u32,
    /// Passes through the P sample tensors; 0 for `gd`.
    pub cycles: u32,
    /// γ_0 of the sample phase.
    pub sample_rate: f64,
    /// Most steps of the full-gradient phase.
    pub full_steps: u32,
    /// γ_1 of the full-gradient phase.
    pub full_rate: f64,
    /// Decay of both rates per step.
    pub decay: f64,
    /// ‖g‖/√Λ at which the full phase hands over to the polish. Like the rates, in units of the couplings' root mean
    /// square, which is 1 for random surfaces.
    pub handover: f64,
    /// Lowest and highest target energy per spin of a saddle search, in units of the couplings' scale;
    /// `None`, and not written, for other methods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<[f64; 2]>,
    /// How an annealing cools; `None`, and not written, for other methods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cooling: Option<Cooling>,
    /// What descends; not written where it is the CPU.
    #[serde(default, skip_serializing_if = "DeviceClass::is_cpu")]
    pub device: DeviceClass,
}

/// Geometric cooling with Langevin moves.
///
/// Sweep s = 0 … sweeps − 1 moves every coordinate once, with one full gradient:
/// `w ← retract(w − γ g + √(2γT_s) P ξ)`, γ = `rate`, ξ standard normal, P the projection onto the tangent space,
/// `T_s = hot · (cold/hot)^{s/(sweeps−1)}`. As γ → 0 at fixed T, w follows `exp(−L/T)`. At γ > 0 moves are not accepted or
/// refused but all taken, so the law is off by O(γ): to first order in 1/T the energy per spin is
/// `−γH / ((1 + 2γT)^{H/2} − 1)` for Λ → ∞ in place of −1/T; and a mode of curvature κ fluctuates as at the temperature
/// `T/(1 − γκ/2)`. Near the transition the bias is larger than this order has: at the default rate, H = 3 and T from
/// 1.25 to 1 of the dynamical temperature, energies are 10 to 15 % above −1/T where the formula has 7 to 6 %
/// (measured at Λ = 100). Energies during a cooling are therefore not those of equilibrium; where it ends, after descent and
/// polish, is a true minimum all the same.
///
/// # Reference
/// Kirkpatrick, Gelatt, Vecchi (1983), *Optimization by simulated annealing*, Science 220; Roberts, Tweedie (1996),
/// *Exponential convergence of Langevin distributions and their discrete approximations*, Bernoulli 2 (the unadjusted
/// algorithm).
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cooling {
    /// Sweeps; one gradient each.
    pub sweeps: u32,
    /// Temperature of the first sweep, in the units of L: the energy of equilibrium is −1/T per spin above the dynamical
    /// transition. In units of the couplings' scale, as are rates.
    pub hot: f64,
    /// Temperature of the last sweep.
    pub cold: f64,
    /// γ of the moves.
    pub rate: f64,
}

impl Cooling {
    /// Temperature of a sweep, 0 … sweeps − 1.
    pub fn temperature(&self, sweep: u32) -> f64 {
        let part = f64::from(sweep) / f64::from(self.sweeps.max(2) - 1);
        self.hot * libm::pow(self.cold / self.hot, part)
    }
}

/// Temperature T_d of the dynamical transition as Λ → ∞, `√(H(H−2)^{H−2}/(H−1)^{H−1})`; √2 at H = 2.
///
/// Above it the energy of equilibrium is −1/T per spin and is found in a time that does not grow with Λ; at it, −1/T_d is
/// above −E_∞.
///
/// # Reference
/// Crisanti, Horner, Sommers (1993), *The spherical p-spin interaction spin-glass model: the dynamics*, Z. Phys. B 92; with
/// Var L = Λ in place of Λ/2.
pub fn dynamical_temperature(spins: u32) -> f64 {
    let h = f64::from(spins);
    (h * libm::pow(h - 2.0, h - 2.0) / libm::pow(h - 1.0, h - 1.0)).sqrt()
}

/// γ published for H = 3, moved to order H with the stability limit: `γ · √(6 / (H(H−1)))`.
fn rate_at_order(published: f64, spins: u32) -> f64 {
    let h = f64::from(spins);
    published * (6.0 / (h * (h - 1.0))).sqrt()
}

impl Protocol {
    /// The published constants (public code behind the paper's figure), with P = 2, which was never published.
    pub fn literal(spins: u32) -> Self {
        Self {
            method: Method::Sgd,
            samples: 2,
            cycles: 500,
            sample_rate: rate_at_order(0.3, spins),
            full_steps: 1000,
            full_rate: rate_at_order(0.2, spins),
            decay: 0.0015,
            handover: 1e-6,
            targets: None,
            cooling: None,
            device: DeviceClass::Cpu,
        }
    }

    /// The default of new runs: the published rates with fewer steps and an earlier hand-over to the polish, chosen by
    /// measurement (docs/protocols.md).
    pub fn paper(spins: u32) -> Self {
        Self::paper_by(Rules::CURRENT, spins)
    }

    /// The default of runs that follow these rules. Until 0.1 the sample phase was a third as long, and the energies
    /// per spin were higher by some 0.002 at Λ = 200 to 400.
    pub fn paper_by(rules: Rules, spins: u32) -> Self {
        let cycles = if rules.is_first() { 100 } else { 300 };
        Self { cycles, full_steps: 500, handover: 1e-3, ..Self::literal(spins) }
    }

    /// Full-gradient descent at 0.8 of the stability limit, `γ = 0.8 / (2√(H(H−1)))`.
    pub fn gd(spins: u32) -> Self {
        let h = f64::from(spins);
        Self {
            method: Method::Gd,
            samples: 0,
            cycles: 0,
            sample_rate: 0.0,
            full_steps: 2000,
            full_rate: 0.8 / (2.0 * (h * (h - 1.0)).sqrt()),
            decay: 0.0,
            handover: 1e-3,
            targets: None,
            cooling: None,
            device: DeviceClass::Cpu,
        }
    }

    /// Saddle search from energies between ∓E_∞ = ∓2√((H−1)/H): there the bulk of the Hessian's spectrum crosses 0,
    /// and critical points of every index fraction lie. Most targets near the ends are beyond what any gradient
    /// reaches at finite Λ; such starts search from where the gradient leaves them, near minima or maxima.
    pub fn saddle(spins: u32) -> Self {
        let h = f64::from(spins);
        let threshold = 2.0 * ((h - 1.0) / h).sqrt();
        Self {
            method: Method::Saddle,
            full_steps: 500,
            targets: Some([-threshold, threshold]),
            ..Self::gd(spins)
        }
    }

    /// Annealing from 1.25 to 0.6 of the dynamical temperature, where slow cooling is worth most; moves at 0.72 of the
    /// stability limit. Chosen by measurement (benches/README.md, "Annealing").
    pub fn anneal(spins: u32) -> Self {
        let gd = Self::gd(spins);
        let hot = 1.25 * dynamical_temperature(spins);
        let cooling = Cooling { sweeps: 2000, hot, cold: 0.48 * hot, rate: 0.9 * gd.full_rate };
        Self { method: Method::Anneal, cooling: Some(cooling), ..gd }
    }

    /// Target energy per spin of a start, `None` without [`Self::targets`]: low + (high − low) x, where x is the van
    /// der Corput number of the start in base 2, turned by the golden ratio from one surface to the next, modulo 1.
    ///
    /// Any number of starts, or of surfaces with few starts, is spread evenly, and neither shifts the others' targets.
    ///
    /// # Reference
    /// Niederreiter (1992), *Random Number Generation and Quasi-Monte Carlo Methods*, §3.1.
    pub fn target(&self, instance: u32, start: u32) -> Option<f64> {
        let [low, high] = self.targets?;
        // 2³² over the golden ratio; exact in integers, so that the ladder is the same everywhere.
        let turn = instance.wrapping_mul(0x9E37_79B9);
        let place = start.reverse_bits().wrapping_add(turn);
        Some(low + (high - low) * f64::from(place) / 2f64.powi(32))
    }

    /// Steps of the sample phase.
    pub fn sample_steps(&self) -> u64 {
        u64::from(self.samples) * u64::from(self.cycles)
    }

    /// Steps before the full phase: of the sample phase, or sweeps of a cooling.
    pub fn first_steps(&self) -> u64 {
        self.sample_steps() + self.cooling.map_or(0, |cooling| u64::from(cooling.sweeps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_spread_evenly_over_starts_and_over_surfaces() {
        let protocol = Protocol { targets: Some([-1.0, 1.0]), ..Protocol::saddle(3) };
        assert_eq!([0, 1, 2, 3].map(|start| protocol.target(0, start).unwrap()), [-1.0, 0.0, -0.5, 0.5]);
        for of_one in [true, false] {
            let mut targets: Vec<f64> = (0..64)
                .map(|i| if of_one { protocol.target(5, i) } else { protocol.target(i, 0) })
                .map(Option::unwrap)
                .collect();
            targets.sort_by(f64::total_cmp);
            assert!(targets[0] >= -1.0 && targets[63] < 1.0);
            let widest = targets.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max);
            assert!(widest < 3.0 * 2.0 / 64.0, "{widest}");
        }
        assert_eq!(Protocol::gd(3).target(0, 0), None);
    }

    #[test]
    fn constants_of_other_methods_are_written_without_targets_and_cooling() {
        for protocol in [Protocol::paper(3), Protocol::saddle(3), Protocol::anneal(3)] {
            let text = serde_json::to_string(&protocol).unwrap();
            assert_eq!(text.contains("targets"), protocol.method == Method::Saddle);
            assert_eq!(text.contains("cooling"), protocol.method == Method::Anneal);
            assert_eq!(serde_json::from_str::<Protocol>(&text).unwrap(), protocol);
        }
    }

    #[test]
    fn temperatures_fall_by_one_factor_from_hot_to_cold() {
        let cooling = Cooling { sweeps: 4, hot: 2.0, cold: 0.25, rate: 0.1 };
        assert_eq!([0, 1, 2, 3].map(|sweep| cooling.temperature(sweep)), [2.0, 1.0, 0.5, 0.25]);
        assert_eq!(Cooling { sweeps: 1, ..cooling }.temperature(0), 2.0);
        assert_eq!(Cooling { cold: 2.0, ..cooling }.temperature(3), 2.0);
    }

    #[test]
    fn the_dynamical_transition_is_where_the_literature_has_it() {
        // T_d² = 3/8 at H = 3 with Var L = Λ/2, twice that here.
        for (spins, squared) in [(2, 2.0), (3, 0.75), (4, 16.0 / 27.0)] {
            assert!((dynamical_temperature(spins).powi(2) - squared).abs() < 1e-15);
        }
    }
}
