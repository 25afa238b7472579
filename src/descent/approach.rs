//! From random points to chosen energies, along the gradient, down or up.

use super::gradient_descent::Execution;
use super::method::Driver;
use super::moves;
use super::protocol::saddle::Saddle;
use super::start::{Descended, Start, StartInputs};
use super::trace::{TracePoint, is_traced};
use crate::Result;
use crate::hamiltonian::{Contraction, Landscape, Surface, Which};
use crate::numeric::lanes::{PointLanes, Real};

/// Points of a block.
const LANES: usize = <f32 as Real>::LANES;
/// Lanes of one register: fewer starts at once cost as much.
const WANTED: usize = LANES / 3;
/// |u − target| at which a start has arrived, in units of the couplings' deviation.
const ARRIVED: f64 = 1e-3;

/// A start with the energy per spin to move to.
#[derive(Debug, Clone)]
pub struct TargetedStart {
    /// The start.
    pub start: Start,
    /// Target energy per spin, in units of the couplings' deviation.
    pub target: f64,
}

/// Moves starts on one surface to their target energies, in single precision.
///
/// A step is `w ← retract(w − γ g)` with `γ = (L − target)/|g|²`, which would arrive if L fell linearly, cut to
/// ∓`rate`, where it is an ordinary step of descent or ascent. A start ends at its target, where the gradient
/// has become small, or after the most steps: its target may lie beyond every critical point that the gradient leads
/// to. Each start is on its own, so that its bits depend on its own data only.
pub struct Approach<'a, L = Surface> {
    surface: &'a L,
    /// With rates and hand-over in units of this surface's couplings.
    constants: Saddle,
    execution: Execution,
    traced: bool,
    space: Contraction<f32>,
    waiting: Vec<TargetedStart>,
}

/// A start under way.
struct StartState {
    id: u64,
    /// L to arrive at.
    target: f64,
    steps: u64,
    trace: Vec<TracePoint>,
}

impl<'a, L: Landscape> Approach<'a, L> {
    /// An approach with no start yet.
    pub fn new(surface: &'a L, constants: Saddle, execution: Execution, traced: bool) -> Self {
        let constants = constants.at_scale(surface.deviation());
        let space = Contraction::new(surface.dim());
        Self { surface, constants, execution, traced, space, waiting: Vec::new() }
    }

    /// Takes on new starts.
    pub fn add(&mut self, starts: Vec<TargetedStart>) {
        self.waiting.extend(starts);
    }

    /// One step of every start; those that have arrived leave the block.
    fn step(
        &mut self,
        block: &mut PointLanes<f32>,
        states: &mut Vec<StartState>,
        ended: &mut Vec<Descended>,
    ) {
        let isa = self.execution.isa;
        self.surface.contract(isa, Which::Full, block, &mut self.space);
        let gradient = &mut self.space.gradient;
        let squares = moves::project(isa, block, gradient);
        let mut rates = f32::ZEROS;
        let mut leaving = Vec::new();
        for (lane, state) in states.iter_mut().enumerate() {
            let energy = f64::from(self.space.energy.as_ref()[lane]);
            let square = f64::from(squares.as_ref()[lane]);
            match self.rate(state, energy, square) {
                Some(rate) => {
                    state.steps += 1;
                    rates.as_mut()[lane] = rate as f32;
                }
                None => leaving.push((lane, block.lane(lane))),
            }
        }
        moves::step(isa, block, &self.space.gradient, &rates);
        for (lane, point) in leaving.into_iter().rev() {
            block.swap_remove(lane);
            let StartState { id, steps, trace, .. } = states.swap_remove(lane);
            ended.push(Descended { id, point: point.into_iter().map(f64::from).collect(), steps, trace });
        }
    }

    /// The rate of a state's next step, from its energy and |g|²; `None` where it ends.
    fn rate(&self, state: &mut StartState, energy: f64, square: f64) -> Option<f64> {
        let dim = self.surface.dim() as f64;
        let norm = (square / dim).sqrt();
        if self.traced && is_traced(state.steps) {
            let (step, energy_per_spin) = (state.steps, energy / dim);
            state.trace.push(TracePoint { step, energy_per_spin, gradient_norm: norm });
        }
        let excess = energy - state.target;
        let arrived = excess.abs() <= ARRIVED * dim * self.surface.deviation();
        let ends = !(norm.is_finite() && excess.is_finite())
            || arrived
            || norm <= self.constants.handover
            || state.steps >= u64::from(self.constants.steps);
        let most = self.constants.rate;
        (!ends).then(|| (excess / square).clamp(-most, most))
    }
}

impl<L: Landscape> Driver for Approach<'_, L> {
    /// 0 while some starts are waiting.
    fn wanted(&self) -> usize {
        if self.waiting.is_empty() { self.execution.batch.min(WANTED) } else { 0 }
    }

    fn is_idle(&self) -> bool {
        self.waiting.is_empty()
    }

    fn take_on(&mut self, inputs: &StartInputs, ids: &[u32]) -> Result<()> {
        let target = |id| self.constants.target(inputs.place(id));
        self.add(
            ids.iter().map(|&id| TargetedStart { start: inputs.start(id), target: target(id) }).collect(),
        );
        Ok(())
    }

    /// Moves a block's worth of the waiting starts to where they end.
    fn advance(&mut self) -> Result<Vec<Descended>> {
        let dim = self.surface.dim();
        let mut block = PointLanes::new(dim);
        let mut states = Vec::new();
        for TargetedStart { start, target } in self.waiting.drain(..self.waiting.len().min(LANES)) {
            block.push(&start.point.into_iter().map(|x| x as f32).collect::<Vec<_>>());
            let target = target * dim as f64 * self.surface.deviation();
            states.push(StartState { id: start.id, target, steps: 0, trace: Vec::new() });
        }
        let mut ended = Vec::new();
        while !states.is_empty() {
            self.step(&mut block, &mut states, &mut ended);
        }
        Ok(ended)
    }

    /// An approach is a small share of a saddle search: its progress is the starts that end.
    fn work_per_step(&self) -> f64 {
        0.0
    }
}
