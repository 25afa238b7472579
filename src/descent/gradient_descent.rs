//! Descent of many starts at once: lanes kept full, one step at a time.

use super::method::Driver;
use super::moves;
use super::phases::Phases;
use super::start::{Descended, Start, StartInputs};
use super::trace::{TracePoint, is_traced};
use crate::Result;
use crate::hamiltonian::{Contraction, Isa, Landscape, Surface, Which};
use crate::numeric::lanes::{PointLanes, Real};

/// Points of a block.
const LANES: usize = <f32 as Real>::LANES;

/// How a descent is carried out. None of it changes a bit of any start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Execution {
    /// Instruction set of the contraction.
    pub isa: Isa,
    /// Starts descending at once; at least 1.
    pub batch: usize,
}

/// Descends starts on one surface, along sample gradients and the full gradient.
///
/// Starts run the sample phase together, as all take the same steps; then each descends on the full gradient in a
/// lane of its own, which passes to the next start when it is done.
pub struct Descent<'a, L = Surface> {
    surface: &'a L,
    /// In units of this surface's couplings.
    phases: Phases,
    execution: Execution,
    traced: bool,
    space: Contraction<f32>,
    sampling: Vec<LaneBlock>,
    sample_step: u64,
    waiting: Vec<WaitingStart>,
    running: Vec<LaneBlock>,
}

/// A start under way, beside its point.
#[derive(Debug, Clone)]
struct StartState {
    id: u64,
    /// Steps of the full phase.
    full_steps: u64,
    trace: Vec<TracePoint>,
}

/// A start that has no lane.
struct WaitingStart {
    state: StartState,
    point: Vec<f32>,
}

/// A block of points with what belongs to each lane.
struct LaneBlock {
    points: PointLanes<f32>,
    states: Vec<StartState>,
}

impl LaneBlock {
    fn new(dim: usize) -> Self {
        Self { points: PointLanes::new(dim), states: Vec::with_capacity(LANES) }
    }

    fn push(&mut self, start: WaitingStart) {
        self.points.push(&start.point);
        self.states.push(start.state);
    }

    fn swap_remove(&mut self, lane: usize) -> WaitingStart {
        let point = self.points.swap_remove(lane);
        WaitingStart { state: self.states.swap_remove(lane), point }
    }
}

impl<'a, L: Landscape> Descent<'a, L> {
    /// A descent with no start yet.
    ///
    /// # Panics
    /// If the surface lacks the sample tensors that the sample phase steps through.
    pub fn new(surface: &'a L, phases: impl Into<Phases>, execution: Execution, traced: bool) -> Self {
        let phases = phases.into();
        let enough = phases.sampling.is_none() || surface.sample_parts() == phases.samples();
        assert!(enough, "the surface has {} sample tensors", surface.sample_parts());
        Self {
            surface,
            phases: phases.at_scale(surface.deviation()),
            execution,
            traced,
            space: Contraction::new(surface.dim()),
            sampling: Vec::new(),
            sample_step: 0,
            waiting: Vec::new(),
            running: Vec::new(),
        }
    }

    /// Takes on new starts; only when [`Driver::wanted`] is positive.
    ///
    /// # Panics
    /// If the sample phase of earlier starts is under way.
    pub fn add(&mut self, starts: Vec<Start>) {
        assert!(self.sampling.is_empty(), "a sample phase is under way");
        #[cfg(feature = "sabotage")]
        let starts = self.shifted_by_batch(starts);
        let starts = starts.into_iter().map(|start| WaitingStart {
            state: StartState { id: start.id, full_steps: 0, trace: Vec::new() },
            point: start.point.into_iter().map(|x| x as f32).collect(),
        });
        if self.phases.sample_steps() == 0 {
            self.waiting.extend(starts);
        } else {
            self.sample_step = 0;
            let mut starts = starts.peekable();
            while starts.peek().is_some() {
                let mut block = LaneBlock::new(self.surface.dim());
                starts.by_ref().take(LANES).for_each(|start| block.push(start));
                self.sampling.push(block);
            }
        }
    }

    /// Sabotage `batch-in-start`.
    #[cfg(feature = "sabotage")]
    fn shifted_by_batch(&self, mut starts: Vec<Start>) -> Vec<Start> {
        let shift = sabotage!("batch-in-start", 0.0, 1e-3 * self.execution.batch as f64);
        starts.iter_mut().flat_map(|start| start.point.first_mut()).for_each(|x| *x += shift);
        starts
    }

    fn sample_phase_step(&mut self) {
        let Some(phase) = self.phases.sampling else { return };
        let mut sampling = std::mem::take(&mut self.sampling);
        let before = self.sample_step;
        let step = before + 1;
        let sample = Which::Sample((before % u64::from(phase.samples)) as usize);
        let rate = decayed(phase.rate, self.phases.full.decay, step);
        for block in &mut sampling {
            if self.traced && is_traced(before) {
                self.record_trace(block, before);
            }
            let _ = self.riemannian_gradient(sample, &block.points);
            let mut rates = f32::ZEROS;
            rates.as_mut().fill(rate);
            moves::step(self.execution.isa, &mut block.points, &self.space.gradient, &rates);
        }
        self.sample_step = step;
        if step == phase.steps() {
            for mut block in sampling {
                // From the last lane, which nothing moves into; order among starts does not matter.
                let last_first = (0..block.states.len()).rev();
                self.waiting.extend(last_first.map(|lane| block.swap_remove(lane)));
            }
        } else {
            self.sampling = sampling;
        }
    }

    /// Fills free lanes with waiting starts.
    fn fill_lanes(&mut self) {
        let mut free = self.execution.batch - starts_of(&self.running);
        while free > 0 {
            let Some(start) = self.waiting.pop() else { return };
            let open = self.running.iter().position(|block| !block.points.is_full());
            let place = open.unwrap_or_else(|| {
                self.running.push(LaneBlock::new(self.surface.dim()));
                self.running.len() - 1
            });
            self.running[place].push(start);
            free -= 1;
        }
    }

    /// One full-gradient step of a block; starts that need no more leave it.
    fn full_phase_step(&mut self, block: &mut LaneBlock, ended: &mut Vec<Descended>) {
        let (before, phase) = (self.phases.sample_steps(), self.phases.full);
        let norms = self.riemannian_gradient(Which::Full, &block.points);
        let mut rates = f32::ZEROS;
        let mut leaving = Vec::new();
        for (lane, state) in block.states.iter_mut().enumerate() {
            let norm = norms.as_ref()[lane];
            let step = before + state.full_steps;
            if self.traced && is_traced(step) {
                state.trace.push(self.trace_point(lane, step, norm));
            }
            let done = !norm.is_finite()
                || f64::from(norm) <= phase.handover
                || state.full_steps >= u64::from(phase.steps);
            if done {
                leaving.push((lane, block.points.lane(lane)));
            } else {
                state.full_steps += 1;
                rates.as_mut()[lane] = decayed(phase.rate, phase.decay, state.full_steps);
            }
        }
        moves::step(self.execution.isa, &mut block.points, &self.space.gradient, &rates);
        for (lane, point) in leaving.into_iter().rev() {
            let state = block.swap_remove(lane).state;
            ended.push(Descended {
                id: state.id,
                point: point.into_iter().map(f64::from).collect(),
                steps: before + state.full_steps,
                trace: state.trace,
            });
        }
    }

    /// Leaves the Riemannian gradient in `space`; returns ‖g‖/√Λ of each lane.
    fn riemannian_gradient(&mut self, which: Which, block: &PointLanes<f32>) -> <f32 as Real>::Row {
        let isa = self.execution.isa;
        self.surface.contract(isa, which, block, &mut self.space);
        let mut norms = moves::project(isa, block, &mut self.space.gradient);
        let dim = block.dim() as f32;
        for norm in &mut norms.as_mut()[..block.active] {
            *norm = (*norm / dim).sqrt();
        }
        norms
    }

    /// Adds energy and gradient on the whole surface to every path of a block.
    fn record_trace(&mut self, block: &mut LaneBlock, step: u64) {
        let norms = self.riemannian_gradient(Which::Full, &block.points);
        for (lane, state) in block.states.iter_mut().enumerate() {
            state.trace.push(self.trace_point(lane, step, norms.as_ref()[lane]));
        }
    }

    fn trace_point(&self, lane: usize, step: u64, norm: f32) -> TracePoint {
        let energy = f64::from(self.space.energy.as_ref()[lane]);
        TracePoint {
            step,
            energy_per_spin: energy / self.surface.dim() as f64,
            gradient_norm: f64::from(norm),
        }
    }
}

impl<L: Landscape> Driver for Descent<'_, L> {
    /// 0 while the sample phase is under way.
    fn wanted(&self) -> usize {
        let under_way = starts_of(&self.running) + self.waiting.len();
        match self.sampling.is_empty() && under_way < self.execution.batch {
            true => self.execution.batch,
            false => 0,
        }
    }

    fn is_idle(&self) -> bool {
        self.sampling.is_empty() && self.waiting.is_empty() && self.running.is_empty()
    }

    fn take_on(&mut self, inputs: &StartInputs, ids: &[u32]) -> Result<()> {
        self.add(inputs.starts(ids));
        Ok(())
    }

    /// One step of the sample phase if one is under way, otherwise of the full phase.
    fn advance(&mut self) -> Result<Vec<Descended>> {
        if !self.sampling.is_empty() {
            self.sample_phase_step();
            return Ok(Vec::new());
        }
        self.fill_lanes();
        let mut ended = Vec::new();
        let mut running = std::mem::take(&mut self.running);
        for block in &mut running {
            self.full_phase_step(block, &mut ended);
        }
        running.retain(|block| !block.states.is_empty());
        self.running = running;
        Ok(ended)
    }

    fn work_per_step(&self) -> f64 {
        let under_way = if self.sampling.is_empty() { &self.running } else { &self.sampling };
        starts_of(under_way) as f64 / self.phases.most_steps().max(1) as f64
    }
}

/// Number of starts in some blocks.
fn starts_of(blocks: &[LaneBlock]) -> usize {
    blocks.iter().map(|block| block.states.len()).sum()
}

/// γ_t = γ_0 / (1 + decay · t), rounded to single precision once.
fn decayed(rate: f64, decay: f64, step: u64) -> f32 {
    (rate / (1.0 + decay * step as f64)) as f32
}
