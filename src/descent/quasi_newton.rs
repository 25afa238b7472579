//! Descent of many starts at once by limited-memory BFGS: lanes kept full, one gradient at a time.

use super::gradient_descent::Execution;
use super::limited_memory::{Learning, LimitedMemory, Place, Products, Trials, move_lane};
use super::method::Driver;
use super::moves;
use super::protocol::fast::Fast;
use super::start::{Descended, Start, StartInputs};
use super::trace::{TracePoint, is_traced};
use crate::Result;
use crate::hamiltonian::{Contraction, Landscape, Surface, Which, compiled_for};
use crate::numeric::lanes::{PointLanes, Real, Row32};

/// Longest step, as a share of √Λ: the tangent of the angle that it turns the point by.
const LONGEST: f64 = 0.5;
/// Step that is too short for single precision, as a share of √Λ.
const SHORTEST: f64 = 1e-6;
/// Share of what the slope promises by which an accepted step lowers the energy.
const SUFFICIENT: f64 = 1e-4;
/// Energies closer than this, relative to |L| + Λ times the deviation, are equal to rounding.
const ROUNDING: f64 = 5e-7;

/// Descends starts on one surface by limited-memory BFGS, in single precision.
///
/// From w with the Riemannian gradient g a start tries `w' = retract(w − a P B g)`, with an estimate B of the inverse Hessian
/// from the last steps and the projection P onto the tangent space; a is 1, or less where the step would be longer than √Λ/2.
/// The trial is accepted where the energy falls by 1e-4 of what the slope promises, or, where energies are equal to rounding, by the slope there
/// (the approximate conditions of Hager and Zhang). A refused trial tells of the curvature as accepted ones do; the next one,
/// by the B that knows of it, is at most half as long. Every trial is one gradient and counts as a step.
///
/// Each start has a lane of its own with its own memory, which passes to the next start when it is done, so that its bits
/// depend on its own data only.
///
/// # Reference
/// Nocedal, Wright (2006), *Numerical Optimization*, §7.2; Hager, Zhang (2005), *A new conjugate gradient method with
/// guaranteed descent and an efficient line search*, SIAM J. Optim. 16, equation 4.1; Huang, Gallivan, Absil (2015), *A
/// Broyden class of quasi-Newton methods for Riemannian optimization*, SIAM J. Optim. 25.
pub struct QuasiNewton<'a, L = Surface> {
    surface: &'a L,
    /// In units of this surface's couplings.
    constants: Fast,
    execution: Execution,
    traced: bool,
    space: Contraction<f32>,
    waiting: Vec<Start>,
    running: Vec<Block>,
}

/// A block of starts under way.
struct Block {
    /// Where energy and gradient are asked for next.
    trials: PointLanes<f32>,
    /// The last accepted points, and their Riemannian gradients.
    here: Vec<Row32>,
    gradient: Vec<Row32>,
    /// `P B g` there.
    step: Vec<Row32>,
    memory: LimitedMemory,
    states: Vec<StartState>,
}

/// A start under way, beside its points.
struct StartState {
    id: u64,
    /// Trials; the first point is none.
    steps: u64,
    /// L and ‖g‖/√Λ here.
    energy: f64,
    norm: f64,
    /// Share a of `P B g` that the trial is away, how long that is, and the derivative of L along it.
    share: f64,
    length: f64,
    slope: f64,
    trace: Vec<TracePoint>,
}

impl Block {
    fn new(dim: usize, pairs: u32) -> Self {
        let rows = || vec![f32::ZEROS; dim];
        let (here, gradient, step) = (rows(), rows(), rows());
        let memory = LimitedMemory::new(dim, pairs as usize);
        Self { trials: PointLanes::new(dim), here, gradient, step, memory, states: Vec::new() }
    }

    fn push(&mut self, start: Start, rate: f32) {
        let point: Vec<f32> = start.point.into_iter().map(|x| x as f32).collect();
        let lane = self.trials.push(&point);
        for (row, x) in point.into_iter().enumerate() {
            // Nothing is known here until the first energy is: it is accepted whatever it is.
            self.here[row].0[lane] = x;
            self.gradient[row].0[lane] = 0.0;
            self.step[row].0[lane] = 0.0;
        }
        self.memory.clear(lane, rate);
        let (energy, norm) = (f64::INFINITY, f64::NAN);
        let [share, length, slope] = [0.0; 3];
        self.states.push(StartState {
            id: start.id,
            steps: 0,
            energy,
            norm,
            share,
            length,
            slope,
            trace: Vec::new(),
        });
    }

    fn swap_remove(&mut self, lane: usize) -> StartState {
        let last = self.states.len() - 1;
        self.trials.swap_remove(lane);
        for rows in [&mut self.here, &mut self.gradient, &mut self.step] {
            move_lane(rows, last, lane);
        }
        self.memory.move_lane(last, lane);
        self.states.swap_remove(lane)
    }

    fn here(&self, lane: usize) -> Vec<f64> {
        self.here.iter().map(|row| f64::from(row.0[lane])).collect()
    }
}

/// What is found at a trial.
struct Found {
    energy: f64,
    norm: f64,
    /// Derivative of L along the step that led here.
    slope: f64,
}

impl<'a, L: Landscape> QuasiNewton<'a, L> {
    /// A descent with no start yet.
    pub fn new(surface: &'a L, constants: Fast, execution: Execution, traced: bool) -> Self {
        let constants = constants.at_scale(surface.deviation());
        let space = Contraction::new(surface.dim());
        Self { surface, constants, execution, traced, space, waiting: Vec::new(), running: Vec::new() }
    }

    /// Takes on new starts.
    pub fn add(&mut self, starts: Vec<Start>) {
        self.waiting.extend(starts);
    }

    fn under_way(&self) -> usize {
        self.running.iter().map(|block| block.states.len()).sum()
    }

    /// Fills free lanes with waiting starts.
    fn fill_lanes(&mut self) {
        for _ in self.under_way()..self.execution.batch {
            let Some(start) = self.waiting.pop() else { return };
            let open = self.running.iter().position(|block| !block.trials.is_full());
            let place = open.unwrap_or_else(|| {
                self.running.push(Block::new(self.surface.dim(), self.constants.pairs));
                self.running.len() - 1
            });
            self.running[place].push(start, self.constants.rate as f32);
        }
    }

    /// Energies and gradients of a block's trials, and the next trials; starts that need no more leave it.
    fn step(&mut self, block: &mut Block, ended: &mut Vec<Descended>) {
        let isa = self.execution.isa;
        self.surface.contract(isa, Which::Full, &block.trials, &mut self.space);
        let gradient = &mut self.space.gradient;
        let squares = moves::project(isa, &block.trials, gradient);
        let products = compiled_for(isa, Products { x: gradient, y: &block.step });
        let mut accepted = f32::ZEROS;
        let mut leaving = Vec::new();
        for (lane, state) in block.states.iter_mut().enumerate() {
            let found = Found {
                energy: f64::from(self.space.energy.0[lane]),
                norm: (f64::from(squares.0[lane]) / self.surface.dim() as f64).sqrt(),
                slope: -state.share * f64::from(products.0[lane]),
            };
            let accepts = self.accepts(state, &found);
            accepted.0[lane] = f32::from(u8::from(accepts));
            if self.moves_on(state, &found, accepts) {
                leaving.push(lane);
            }
        }
        let place = Place { points: &block.trials.rows, gradient: &self.space.gradient };
        let trials = Trials { place, accepted, active: block.states.len() };
        let Block { memory, here, gradient, step, .. } = block;
        let [squares, slopes] = compiled_for(isa, Learning { memory, trials, here, gradient, step });
        let shares = self.shares(block, &squares, &slopes);
        block.trials.rows.copy_from_slice(&block.here);
        moves::step(isa, &mut block.trials, &block.step, &shares);
        for lane in leaving.into_iter().rev() {
            let point = block.here(lane);
            let StartState { id, steps, trace, .. } = block.swap_remove(lane);
            ended.push(Descended { id, point, steps: steps - 1, trace });
        }
    }

    /// Whether a trial is good enough. NaN is not.
    fn accepts(&self, state: &StartState, found: &Found) -> bool {
        let change = found.energy - state.energy;
        let size = state.energy.abs() + self.surface.dim() as f64 * self.surface.deviation();
        change <= SUFFICIENT * state.slope
            || (change <= ROUNDING * size && found.slope <= (2.0 * SUFFICIENT - 1.0) * state.slope)
    }

    /// Goes on to an accepted trial, or shortens the next step; returns whether the start ends here.
    fn moves_on(&self, state: &mut StartState, found: &Found, accepts: bool) -> bool {
        let dim = self.surface.dim() as f64;
        let root = dim.sqrt();
        let longest = if accepts { LONGEST * root } else { 0.5 * state.length };
        if accepts {
            (state.energy, state.norm) = (found.energy, found.norm);
        }
        if self.traced && is_traced(state.steps) {
            let energy_per_spin = state.energy / dim;
            let (step, gradient_norm) = (state.steps, state.norm);
            state.trace.push(TracePoint { step, energy_per_spin, gradient_norm });
        }
        state.length = longest;
        state.steps += 1;
        // NaN ends it too: there is no finite energy at the first point.
        state.norm.is_nan()
            || state.norm <= self.constants.handover
            || longest <= SHORTEST * root
            || state.steps > u64::from(self.constants.steps)
    }

    /// Shares of `P B g` to the next trials, from its square and its product with g.
    fn shares(&self, block: &mut Block, squares: &Row32, slopes: &Row32) -> Row32 {
        let mut shares = f32::ZEROS;
        for (lane, state) in block.states.iter_mut().enumerate() {
            let (mut length, mut slope) = (f64::from(squares.0[lane]).sqrt(), f64::from(slopes.0[lane]));
            if !(slope > 0.0 && length.is_finite()) {
                // Rounding has made it no descent: along the gradient, as at first.
                block.memory.clear(lane, self.constants.rate as f32);
                for (step, gradient) in block.step.iter_mut().zip(&block.gradient) {
                    step.0[lane] = self.constants.rate as f32 * gradient.0[lane];
                }
                let norm = state.norm * (self.surface.dim() as f64).sqrt();
                (length, slope) = (self.constants.rate * norm, self.constants.rate * norm * norm);
            }
            let share = (state.length / length).min(1.0) as f32;
            shares.0[lane] = share;
            state.share = f64::from(share);
            state.length = state.share * length;
            state.slope = -state.share * slope;
        }
        shares
    }
}

impl<L: Landscape> Driver for QuasiNewton<'_, L> {
    fn wanted(&self) -> usize {
        match self.under_way() + self.waiting.len() < self.execution.batch {
            true => self.execution.batch,
            false => 0,
        }
    }

    fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.running.is_empty()
    }

    fn take_on(&mut self, inputs: &StartInputs, ids: &[u32]) -> Result<()> {
        self.add(inputs.starts(ids));
        Ok(())
    }

    fn advance(&mut self) -> Result<Vec<Descended>> {
        self.fill_lanes();
        let mut ended = Vec::new();
        let mut running = std::mem::take(&mut self.running);
        for block in &mut running {
            self.step(block, &mut ended);
        }
        running.retain(|block| !block.states.is_empty());
        self.running = running;
        Ok(ended)
    }

    fn work_per_step(&self) -> f64 {
        self.under_way() as f64 / f64::from(self.constants.steps.max(1))
    }
}
