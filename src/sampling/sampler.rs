//! All chains on one surface, with burn-in, exchange and records.

use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64;

use super::chains::{Chains, Kicks, Trajectory};
use super::ladder::Ladder;
use super::lanes::{LANES, Row};
use super::sampled::{Rung, Sampled};
use super::schedule::Schedule;
use super::tuning::Tuning;
use crate::hamiltonian::{Isa, Landscape};
use crate::numeric::lanes::Real;
use crate::rng::{Role, stream};
use crate::sphere::random_point;

/// Parts of a sampling's streams of random numbers.
const START: u64 = 0;
const TRAJECTORY: u64 = 1;
const EXCHANGE: u64 = 2;
/// Step lengths of a trajectory are times a factor in this range, drawn anew each time: lengths that fit a period of the motion
/// would come back to where they began.
const JITTER: [f64; 2] = [0.8, 1.2];

/// Names the random numbers of a sampling on a surface: they are those of seed, dimension, number of the surface, temperature
/// and sweep, whoever draws them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainKey {
    /// Root of all streams.
    pub seed: u64,
    /// Number of the surface.
    pub instance: u64,
}

/// Who decides whether a proposal is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// Metropolis: with probability min(1, ratio of weights).
    Metropolis,
    /// Nobody: every proposal is. A bias, for tests that must see it.
    Always,
}

/// How proposals are made and decided on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// Shares of kicks.
    pub kicks: Kicks,
    /// Of trajectories.
    pub trajectories: Acceptance,
    /// Of exchanges.
    pub exchanges: Acceptance,
}

impl Rules {
    /// Those that leave e^{−L/T} as it is. Anything else is for tests that must see a bias.
    pub const EXACT: Self = Self {
        kicks: Kicks::LEAPFROG,
        trajectories: Acceptance::Metropolis,
        exchanges: Acceptance::Metropolis,
    };
}

/// Chains at all temperatures of a [`Schedule`] on one surface; call [`Self::sweep`] until it says that all is done.
///
/// A sweep is a trajectory of every replica and, with exchange, one try between every other pair of neighbouring temperatures.
/// Replicas keep their lanes; temperatures change places.
#[derive(Debug)]
pub struct Sampler<'a, L> {
    surface: &'a L,
    schedule: &'a Schedule,
    key: ChainKey,
    rules: Rules,
    /// Hidden vector of a spike.
    hidden: Option<&'a [f64]>,
    /// Chain `rungs · set + replica` is lane by lane, block after block.
    blocks: Vec<Chains<'a, L>>,
    ladders: Vec<Ladder>,
    tunings: Vec<Tuning>,
    records: Vec<Record>,
    sweep: u32,
}

/// What is recorded at one temperature.
#[derive(Debug, Clone, Default)]
struct Record {
    energies: Vec<Vec<f64>>,
    overlaps: Vec<Vec<f64>>,
    spike_overlaps: Vec<Vec<f64>>,
    radial_slopes: f64,
    accepted: u64,
}

impl<'a, L: Landscape> Sampler<'a, L> {
    /// Replicas at points drawn uniformly, with an overlap to `hidden` recorded where there is such a vector.
    ///
    /// # Panics
    /// If there is no temperature or no replica.
    #[track_caller]
    pub fn new(
        (surface, hidden): (&'a L, Option<&'a [f64]>),
        isa: Isa,
        schedule: &'a Schedule,
        key: ChainKey,
    ) -> Self {
        assert!(schedule.chains() > 0, "no chains");
        let (rungs, sets) = (schedule.temperatures.len(), schedule.replicas);
        let start = |chain: usize| {
            let ids = [chain / rungs, chain % rungs].map(|id| id as u64);
            let mut random = random(surface, key, START, ids, 0);
            random_point(&mut random, surface.dim())
        };
        let starts: Vec<Vec<f64>> = (0..schedule.chains()).map(start).collect();
        let blocks = starts.chunks(LANES).map(|starts| Chains::new(surface, isa, starts)).collect();
        let tuning = |&temperature: &f64| Tuning::new(surface, temperature, schedule.steps);
        let series = |count| vec![Vec::with_capacity(schedule.sweeps as usize); count];
        let record = Record {
            energies: series(sets),
            overlaps: series(schedule.pairs()),
            spike_overlaps: series(hidden.map_or(0, |_| sets)),
            ..Record::default()
        };
        Self {
            surface,
            schedule,
            key,
            rules: Rules::EXACT,
            hidden,
            blocks,
            ladders: vec![Ladder::new(rungs); sets],
            tunings: schedule.temperatures.iter().map(tuning).collect(),
            records: vec![record; rungs],
            sweep: 0,
        }
    }

    /// The same by other rules: see [`Rules::EXACT`].
    #[must_use]
    pub fn by(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// Carries a sweep out; false where all are done.
    pub fn sweep(&mut self) -> bool {
        let Schedule { sweeps, burn_in, .. } = *self.schedule;
        if self.sweep == burn_in + sweeps {
            return false;
        }
        if self.sweep == burn_in {
            self.ladders.iter_mut().for_each(Ladder::begin);
        }
        let moves = self.move_all();
        if self.sweep < burn_in {
            let sets = self.schedule.replicas as f64;
            for (tuning, moved) in self.tunings.iter_mut().zip(&moves) {
                tuning.adapt(moved.probability / sets, self.sweep, burn_in);
            }
        } else {
            self.records.iter_mut().zip(&moves).for_each(|(record, moved)| record.accepted += moved.accepted);
        }
        if self.schedule.exchange {
            self.exchange();
        }
        if self.sweep >= burn_in {
            self.record();
        }
        self.sweep += 1;
        true
    }

    /// What was sampled.
    pub fn finish(mut self) -> Sampled {
        let records = std::mem::take(&mut self.records);
        let rungs = records.into_iter().enumerate().map(|(rung, record)| self.rung(rung, record));
        Sampled { rungs: rungs.collect() }
    }

    fn rung(&self, rung: usize, record: Record) -> Rung {
        let swaps = self.ladders.iter().filter_map(|ladder| ladder.counts(rung));
        let [swapped, tried] = swaps.fold([0, 0], |[a, b], [c, d]| [a + c, b + d]);
        let count = (self.schedule.replicas as u64 * u64::from(self.schedule.sweeps)) as f64;
        let point = |set| {
            let (block, lane) = self.place(set, rung);
            self.blocks[block].point(lane)
        };
        Rung {
            temperature: self.schedule.temperatures[rung],
            step: self.tunings[rung].step(),
            energies: record.energies,
            overlaps: record.overlaps,
            spike_overlaps: record.spike_overlaps,
            radial_slope: record.radial_slopes / count,
            acceptance: record.accepted as f64 / count,
            swap: swapped as f64 / tried as f64,
            round_trips: self.ladders.iter().map(Ladder::round_trips).sum(),
            points: (0..self.schedule.replicas).map(point).collect(),
        }
    }

    /// Block and lane of the replica of a set at a rung.
    fn place(&self, set: usize, rung: usize) -> (usize, usize) {
        let chain = set * self.schedule.temperatures.len() + self.ladders[set].replicas()[rung];
        (chain / LANES, chain % LANES)
    }

    /// Set and rung of every chain.
    fn whereabouts(&self) -> Vec<(usize, usize)> {
        let rungs = self.schedule.temperatures.len();
        let mut all = vec![(0, 0); self.schedule.chains()];
        for (set, ladder) in self.ladders.iter().enumerate() {
            for (rung, &replica) in ladder.replicas().iter().enumerate() {
                all[set * rungs + replica] = (set, rung);
            }
        }
        all
    }

    /// A trajectory of every replica; what came of it at each rung.
    fn move_all(&mut self) -> Vec<Moved> {
        let mut moves = vec![Moved::default(); self.tunings.len()];
        let whereabouts = self.whereabouts();
        for (block, at) in self.blocks.iter_mut().zip(whereabouts.chunks(LANES)) {
            let stream = |&(set, rung): &(usize, usize)| {
                random(self.surface, self.key, TRAJECTORY, [set as u64, rung as u64], self.sweep)
            };
            let mut streams: Vec<Pcg64> = at.iter().map(stream).collect();
            block.draw_velocities(|lane| StandardNormal.sample(&mut streams[lane]));
            let [mut step, mut inverse_temperature] = [<f64 as Real>::ZEROS; 2];
            for (lane, (&(_, rung), random)) in at.iter().zip(&mut streams).enumerate() {
                let factor = JITTER[0] + (JITTER[1] - JITTER[0]) * random.random::<f64>();
                step.0[lane] = factor * self.tunings[rung].step();
                inverse_temperature.0[lane] = 1.0 / self.schedule.temperatures[rung];
            }
            let Rules { kicks, trajectories, .. } = self.rules;
            let trajectory = Trajectory { steps: self.schedule.steps, step, inverse_temperature, kicks };
            let Row { 0: change } = block.propose(&trajectory);
            let mut accepted = [false; LANES];
            for (lane, (&(_, rung), random)) in at.iter().zip(&mut streams).enumerate() {
                accepted[lane] = decide(trajectories, change[lane], random);
                moves[rung].accepted += u64::from(accepted[lane]);
                moves[rung].probability += probability(change[lane]);
            }
            block.settle(|lane| accepted[lane]);
        }
        moves
    }

    fn exchange(&mut self) {
        let rungs = self.schedule.temperatures.len();
        for (set, ladder) in self.ladders.iter_mut().enumerate() {
            let energy = |replica: usize| {
                let chain = set * rungs + replica;
                self.blocks[chain / LANES].energy().0[chain % LANES]
            };
            ladder.exchange(self.sweep, |rung, here, next| {
                let inverse = |rung: usize| 1.0 / self.schedule.temperatures[rung];
                let change = (inverse(rung) - inverse(rung + 1)) * (energy(here) - energy(next));
                let ids = [set as u64, rung as u64];
                let mut random = random(self.surface, self.key, EXCHANGE, ids, self.sweep);
                decide(self.rules.exchanges, change, &mut random)
            });
        }
    }

    fn record(&mut self) {
        let sets = self.schedule.replicas;
        for rung in 0..self.records.len() {
            let places: Vec<(usize, usize)> = (0..sets).map(|set| self.place(set, rung)).collect();
            let record = &mut self.records[rung];
            let mut pair = 0;
            for (set, &(block, lane)) in places.iter().enumerate() {
                let chains = &self.blocks[block];
                record.energies[set].push(chains.energy().0[lane]);
                record.radial_slopes += chains.radial_slope().0[lane];
                if let Some(hidden) = self.hidden {
                    record.spike_overlaps[set].push(chains.overlap_with(lane, hidden));
                }
                for &(other, other_lane) in places.iter().take(set) {
                    record.overlaps[pair].push(chains.overlap(lane, &self.blocks[other], other_lane));
                    pair += 1;
                }
            }
        }
    }
}

/// What came of the trajectories at one temperature in a sweep.
#[derive(Debug, Clone, Copy, Default)]
struct Moved {
    accepted: u64,
    /// Sum of the probabilities of acceptance.
    probability: f64,
}

fn random<L: Landscape>(surface: &L, key: ChainKey, part: u64, ids: [u64; 2], sweep: u32) -> Pcg64 {
    let [order, dim] = [surface.stream_order(), surface.dim()].map(|id| id as u64);
    let [set, rung] = ids;
    stream(key.seed, Role::Sampling, &[order, dim, key.instance, part, set, rung, u64::from(sweep)])
}

/// min(1, e^change); 0 of what is no number.
fn probability(change: f64) -> f64 {
    if change.is_nan() { 0.0 } else { libm::exp(change.min(0.0)) }
}

/// Whether a proposal with this logarithm of its ratio of weights is carried out.
fn decide(acceptance: Acceptance, change: f64, random: &mut Pcg64) -> bool {
    // In (0, 1], so that its logarithm is finite.
    let uniform = 1.0 - random.random::<f64>();
    acceptance == Acceptance::Always || libm::log(uniform) < change
}
