//! Annealing of many starts at once: Langevin moves at falling temperature, then descent.

use std::collections::BTreeMap;

use super::cooling::Cooling;
use super::gradient_descent::{Descent, Execution};
use super::method::Driver;
use super::moves;
use super::protocol::anneal::Anneal;
use super::start::{Descended, Start, StartInputs};
use super::trace::{TracePoint, is_traced};
use crate::Result;
use crate::hamiltonian::{Contraction, Landscape, Surface, Which, Work, compiled_for};
use crate::numeric::lanes::{PointLanes, Real, Row32};
use crate::numeric::normals::NormalLanes;
use crate::sphere::lanes;

/// Points of a block.
const LANES: usize = <f32 as Real>::LANES;

/// A start with the seed of its noise.
#[derive(Debug, Clone)]
pub struct NoisyStart {
    /// The start.
    pub start: Start,
    /// Seed of its noise, not 0.
    pub noise_seed: u128,
}

/// Anneals starts on one surface, in single precision; call [`Driver::advance`] until it is idle.
///
/// Starts cool together, as all take the same sweeps; then each descends on the full gradient in a lane of its own.
/// [`Cooling`] says what a sweep is. Noise comes from a generator of the start's own, one normal per sweep and coordinate,
/// so that its bits depend on its own data only. Steps count sweeps and descent together; the trace has both, the
/// descent's spaced like a logarithm from where it begins.
pub struct Annealing<'a, L = Surface> {
    surface: &'a L,
    cooling: Cooling,
    /// Most steps of a start.
    most_steps: u64,
    execution: Execution,
    traced: bool,
    space: Contraction<f32>,
    blocks: Vec<CoolingBlock>,
    /// Sweeps that the blocks have taken.
    sweep: u32,
    descent: Descent<'a, L>,
    /// Paths of the starts that descend now, by number, up to where they began to.
    paths: BTreeMap<u64, Vec<TracePoint>>,
}

/// A block of starts that cool.
struct CoolingBlock {
    points: PointLanes<f32>,
    noise: NormalLanes,
    /// Number of the start in each lane.
    ids: Vec<u64>,
    /// Its path.
    traces: Vec<Vec<TracePoint>>,
}

impl CoolingBlock {
    fn new(dim: usize, starts: &[NoisyStart]) -> Self {
        let mut points = PointLanes::new(dim);
        for NoisyStart { start, .. } in starts {
            points.push(&start.point.iter().map(|&x| x as f32).collect::<Vec<_>>());
        }
        let seeds: Vec<u128> = starts.iter().map(|noisy| noisy.noise_seed).collect();
        let ids = starts.iter().map(|noisy| noisy.start.id).collect();
        Self { points, noise: NormalLanes::new(&seeds), ids, traces: vec![Vec::new(); starts.len()] }
    }
}

impl<'a, L: Landscape> Annealing<'a, L> {
    /// An annealing with no start yet.
    pub fn new(surface: &'a L, constants: Anneal, execution: Execution, traced: bool) -> Self {
        let Anneal { cooling, full } = constants;
        Self {
            surface,
            cooling: cooling.at_scale(surface.deviation()),
            most_steps: u64::from(cooling.sweeps) + u64::from(full.steps),
            execution,
            traced,
            space: Contraction::new(surface.dim()),
            blocks: Vec::new(),
            sweep: 0,
            descent: Descent::new(surface, full, execution, traced),
            paths: BTreeMap::new(),
        }
    }

    /// Takes on new starts; only when [`Driver::wanted`] is positive.
    ///
    /// # Panics
    /// If earlier starts are cooling.
    pub fn add(&mut self, starts: Vec<NoisyStart>) {
        assert!(self.blocks.is_empty(), "a cooling is under way");
        let dim = self.surface.dim();
        self.sweep = 0;
        self.blocks = starts.chunks(LANES).map(|starts| CoolingBlock::new(dim, starts)).collect();
    }

    fn sweep_all(&mut self) {
        let Cooling { sweeps, rate, .. } = self.cooling;
        let temperature = self.cooling.temperature(self.sweep);
        let (rate, deviation) = (rate as f32, (2.0 * rate * temperature).sqrt() as f32);
        let mut blocks = std::mem::take(&mut self.blocks);
        for block in &mut blocks {
            self.surface.contract(self.execution.isa, Which::Full, &block.points, &mut self.space);
            if self.traced && is_traced(u64::from(self.sweep)) {
                self.record_trace(block);
            }
            let gradient = &mut self.space.gradient;
            let CoolingBlock { points, noise, .. } = block;
            compiled_for(self.execution.isa, Sweep { points, noise, gradient, rate, deviation });
        }
        self.sweep += 1;
        match self.sweep == sweeps {
            true => self.descend(blocks),
            false => self.blocks = blocks,
        }
    }

    /// Hands over starts that have cooled.
    fn descend(&mut self, blocks: Vec<CoolingBlock>) {
        let mut starts = Vec::new();
        for CoolingBlock { points, ids, traces, .. } in blocks {
            for (lane, (id, trace)) in ids.into_iter().zip(traces).enumerate() {
                starts.push(Start { id, point: points.lane(lane).into_iter().map(f64::from).collect() });
                if self.traced {
                    self.paths.insert(id, trace);
                }
            }
        }
        self.descent.add(starts);
    }

    /// Adds energy and gradient, from the contraction just done, to every path of a block.
    fn record_trace(&self, block: &mut CoolingBlock) {
        let mut gradient = self.space.gradient.clone();
        let squares = moves::project(self.execution.isa, &block.points, &mut gradient);
        let dim = self.surface.dim() as f64;
        for (lane, trace) in block.traces.iter_mut().enumerate() {
            trace.push(TracePoint {
                step: u64::from(self.sweep),
                energy_per_spin: f64::from(self.space.energy.as_ref()[lane]) / dim,
                gradient_norm: (f64::from(squares.as_ref()[lane]) / dim).sqrt(),
            });
        }
    }
}

impl<L: Landscape> Driver for Annealing<'_, L> {
    /// 0 while some starts are cooling.
    fn wanted(&self) -> usize {
        if self.blocks.is_empty() { self.descent.wanted() } else { 0 }
    }

    fn is_idle(&self) -> bool {
        self.blocks.is_empty() && self.descent.is_idle()
    }

    fn take_on(&mut self, inputs: &StartInputs, ids: &[u32]) -> Result<()> {
        let starts =
            ids.iter().map(|&id| NoisyStart { start: inputs.start(id), noise_seed: inputs.noise_seed(id) });
        self.add(starts.collect());
        Ok(())
    }

    /// One sweep if starts are cooling, otherwise one step of those that descend.
    fn advance(&mut self) -> Result<Vec<Descended>> {
        if !self.blocks.is_empty() {
            self.sweep_all();
            return Ok(Vec::new());
        }
        let mut ended = self.descent.advance()?;
        for start in &mut ended {
            let sweeps = u64::from(self.cooling.sweeps);
            start.steps += sweeps;
            start.trace.iter_mut().for_each(|place| place.step += sweeps);
            if let Some(mut path) = self.paths.remove(&start.id) {
                path.append(&mut start.trace);
                start.trace = path;
            }
        }
        Ok(ended)
    }

    fn work_per_step(&self) -> f64 {
        let under_way: usize = self.blocks.iter().map(|block| block.ids.len()).sum();
        let most = self.most_steps as f64;
        match under_way {
            0 => self.descent.work_per_step() * (most - f64::from(self.cooling.sweeps)) / most,
            _ => under_way as f64 / most,
        }
    }
}

/// `w ← retract(w − P(γ ∇L + √(2γT) ξ))` of every lane; the sign of ξ is of no account.
struct Sweep<'a> {
    points: &'a mut PointLanes<f32>,
    noise: &'a mut NormalLanes,
    /// ∇L, overwritten.
    gradient: &'a mut [Row32],
    /// γ.
    rate: f32,
    /// √(2γT).
    deviation: f32,
}

impl Work for Sweep<'_> {
    type Output = ();

    #[inline(always)]
    fn carry_out(self) {
        let Self { points, noise, gradient, rate, deviation } = self;
        noise.add_to(gradient, rate, deviation);
        let _ = lanes::project(points, gradient);
        let mut ones = f32::ZEROS;
        ones.as_mut().fill(1.0);
        lanes::step(points, gradient, &ones);
    }
}
