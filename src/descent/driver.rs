//! Descent of many starts at once: lanes kept full, one step at a time.

use super::protocol::Protocol;
use super::trace::{TracePoint, is_traced};
use crate::hamiltonian::{Contraction, Isa, Landscape, Surface, Which, compiled_for};
use crate::numeric::lanes::{Block, Real};
use crate::sphere::lanes;

/// Points of a block.
const LANES: usize = <f32 as Real>::LANES;

/// How a descent is carried out. None of it changes a bit of any start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carrier {
    /// Instruction set of the contraction.
    pub isa: Isa,
    /// Starts descending at once; at least 1.
    pub batch: usize,
}

/// A start about to descend.
#[derive(Debug, Clone)]
pub struct Start {
    /// Number of the start.
    pub id: u64,
    /// Its point, |w|² = Λ.
    pub point: Vec<f64>,
}

/// A start that the descent has brought to its end.
#[derive(Debug, Clone, Default)]
pub struct Descended {
    /// Number of the start.
    pub id: u64,
    /// Where it ended.
    pub point: Vec<f64>,
    /// Steps taken.
    pub steps: u64,
    /// Its path, if asked for.
    pub trace: Vec<TracePoint>,
}

/// Descends starts on one surface; call [`Self::advance`] until it is idle.
///
/// Starts run the sample phase together, as all take the same steps; then each descends on the full gradient in a
/// lane of its own, which passes to the next start when it is done.
pub struct Descent<'a, L = Surface> {
    surface: &'a L,
    protocol: Protocol,
    carrier: Carrier,
    traced: bool,
    space: Contraction<f32>,
    sampling: Vec<Flight>,
    sample_step: u64,
    waiting: Vec<Traveller>,
    running: Vec<Flight>,
}

/// A start under way, with its point in a block's lane.
#[derive(Debug, Clone)]
struct Passenger {
    id: u64,
    /// Steps of the full phase.
    full_steps: u64,
    trace: Vec<TracePoint>,
}

/// A start between two blocks.
struct Traveller {
    passenger: Passenger,
    point: Vec<f32>,
}

/// A block of points with what belongs to each lane.
struct Flight {
    block: Block<f32>,
    passengers: Vec<Passenger>,
}

impl Flight {
    fn new(dim: usize) -> Self {
        Self { block: Block::new(dim), passengers: Vec::with_capacity(LANES) }
    }

    fn board(&mut self, traveller: Traveller) {
        self.block.push(&traveller.point);
        self.passengers.push(traveller.passenger);
    }

    fn leave(&mut self, lane: usize) -> Traveller {
        let point = self.block.swap_remove(lane);
        Traveller { passenger: self.passengers.swap_remove(lane), point }
    }
}

impl<'a, L: Landscape> Descent<'a, L> {
    /// A descent with no start yet.
    ///
    /// # Panics
    /// If the surface lacks the sample tensors that the protocol steps through.
    pub fn new(surface: &'a L, protocol: Protocol, carrier: Carrier, traced: bool) -> Self {
        let enough = protocol.cycles == 0 || surface.sample_parts() == protocol.samples as usize;
        assert!(enough, "the surface has {} sample tensors", surface.sample_parts());
        // A tensor of another scale has the same landscape: its gradients are longer, its rates shorter.
        let scale = surface.deviation();
        let protocol = Protocol {
            sample_rate: protocol.sample_rate / scale,
            full_rate: protocol.full_rate / scale,
            handover: protocol.handover * scale,
            ..protocol
        };
        Self {
            surface,
            protocol,
            carrier,
            traced,
            space: Contraction::new(surface.dim()),
            sampling: Vec::new(),
            sample_step: 0,
            waiting: Vec::new(),
            running: Vec::new(),
        }
    }

    /// How many more starts would fill the lanes; 0 while the sample phase is under way.
    pub fn wanted(&self) -> usize {
        let aboard: usize = self.running.iter().map(|flight| flight.passengers.len()).sum();
        match self.sampling.is_empty() && aboard + self.waiting.len() < self.carrier.batch {
            true => self.carrier.batch,
            false => 0,
        }
    }

    /// Whether nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.sampling.is_empty() && self.waiting.is_empty() && self.running.is_empty()
    }

    /// Takes on new starts; only when [`Self::wanted`] is positive.
    ///
    /// # Panics
    /// If the sample phase of earlier starts is under way.
    pub fn take_on(&mut self, starts: Vec<Start>) {
        assert!(self.sampling.is_empty(), "a sample phase is under way");
        #[cfg(feature = "sabotage")]
        let starts = self.shifted_by_batch(starts);
        let travellers = starts.into_iter().map(|start| Traveller {
            passenger: Passenger { id: start.id, full_steps: 0, trace: Vec::new() },
            point: start.point.into_iter().map(|x| x as f32).collect(),
        });
        if self.protocol.sample_steps() == 0 {
            self.waiting.extend(travellers);
        } else {
            self.sample_step = 0;
            let mut travellers = travellers.peekable();
            while travellers.peek().is_some() {
                let mut flight = Flight::new(self.surface.dim());
                travellers.by_ref().take(LANES).for_each(|traveller| flight.board(traveller));
                self.sampling.push(flight);
            }
        }
    }

    /// Sabotage `batch-in-start`.
    #[cfg(feature = "sabotage")]
    fn shifted_by_batch(&self, mut starts: Vec<Start>) -> Vec<Start> {
        let shift = sabotage!("batch-in-start", 0.0, 1e-3 * self.carrier.batch as f64);
        starts.iter_mut().flat_map(|start| start.point.first_mut()).for_each(|x| *x += shift);
        starts
    }

    /// One step of the sample phase if one is under way, otherwise of the full phase; returns starts that ended.
    pub fn advance(&mut self) -> Vec<Descended> {
        if !self.sampling.is_empty() {
            self.sample_phase_step();
            return Vec::new();
        }
        self.fill_lanes();
        let mut ended = Vec::new();
        let mut running = std::mem::take(&mut self.running);
        for flight in &mut running {
            self.full_phase_step(flight, &mut ended);
        }
        running.retain(|flight| !flight.passengers.is_empty());
        self.running = running;
        ended
    }

    /// Steps, of the sample phase or the full phase, that the starts under way have taken on average per start
    /// since they were taken on, as a share of the most they can take; for progress only.
    pub fn work_per_step(&self) -> f64 {
        let most = self.protocol.sample_steps() + u64::from(self.protocol.full_steps);
        let aboard: usize = match self.sampling.is_empty() {
            true => self.running.iter().map(|flight| flight.passengers.len()).sum(),
            false => self.sampling.iter().map(|flight| flight.passengers.len()).sum(),
        };
        aboard as f64 / most.max(1) as f64
    }

    fn sample_phase_step(&mut self) {
        let mut sampling = std::mem::take(&mut self.sampling);
        let before = self.sample_step;
        let step = before + 1;
        let sample = Which::Sample((before % u64::from(self.protocol.samples)) as usize);
        let rate = decayed(self.protocol.sample_rate, self.protocol.decay, step);
        for flight in &mut sampling {
            if self.traced && is_traced(before) {
                self.record_trace(flight, before);
            }
            let _ = self.riemannian_gradient(sample, &flight.block);
            let mut rates = f32::ZEROS;
            rates.as_mut().fill(rate);
            move_along(self.carrier.isa, &mut flight.block, &self.space, &rates);
        }
        self.sample_step = step;
        if step == self.protocol.sample_steps() {
            for mut flight in sampling {
                while !flight.passengers.is_empty() {
                    // From the last lane, which nothing moves into; order among starts does not matter.
                    let last = flight.passengers.len() - 1;
                    let traveller = flight.leave(last);
                    self.waiting.push(traveller);
                }
            }
        } else {
            self.sampling = sampling;
        }
    }

    /// Fills free lanes with waiting starts.
    fn fill_lanes(&mut self) {
        let mut free =
            self.carrier.batch - self.running.iter().map(|flight| flight.passengers.len()).sum::<usize>();
        while free > 0 {
            let Some(traveller) = self.waiting.pop() else { return };
            let open = self.running.iter().position(|flight| !flight.block.is_full());
            let place = open.unwrap_or_else(|| {
                self.running.push(Flight::new(self.surface.dim()));
                self.running.len() - 1
            });
            self.running[place].board(traveller);
            free -= 1;
        }
    }

    /// One full-gradient step of a block; starts that need no more leave it.
    fn full_phase_step(&mut self, flight: &mut Flight, ended: &mut Vec<Descended>) {
        let before = self.protocol.sample_steps();
        let norms = self.riemannian_gradient(Which::Full, &flight.block);
        let mut rates = f32::ZEROS;
        let mut leaving = Vec::new();
        for (lane, passenger) in flight.passengers.iter_mut().enumerate() {
            let norm = norms.as_ref()[lane];
            let step = before + passenger.full_steps;
            if self.traced && is_traced(step) {
                passenger.trace.push(self.trace_point(lane, step, norm));
            }
            let done = !norm.is_finite()
                || f64::from(norm) <= self.protocol.handover
                || passenger.full_steps >= u64::from(self.protocol.full_steps);
            if done {
                leaving.push((lane, flight.block.lane(lane)));
            } else {
                passenger.full_steps += 1;
                rates.as_mut()[lane] =
                    decayed(self.protocol.full_rate, self.protocol.decay, passenger.full_steps);
            }
        }
        move_along(self.carrier.isa, &mut flight.block, &self.space, &rates);
        for (lane, point) in leaving.into_iter().rev() {
            let passenger = flight.leave(lane).passenger;
            ended.push(Descended {
                id: passenger.id,
                point: point.into_iter().map(f64::from).collect(),
                steps: before + passenger.full_steps,
                trace: passenger.trace,
            });
        }
    }

    /// Leaves the Riemannian gradient in `space`; returns ‖g‖/√Λ of each lane.
    fn riemannian_gradient(&mut self, which: Which, block: &Block<f32>) -> <f32 as Real>::Row {
        let isa = self.carrier.isa;
        self.surface.contract(isa, which, block, &mut self.space);
        let gradient = &mut self.space.gradient;
        compiled_for(isa, || {
            let mut norms = lanes::project(block, gradient);
            let dim = block.dim() as f32;
            for norm in norms.as_mut() {
                *norm = (*norm / dim).sqrt();
            }
            norms
        })
    }

    /// Adds energy and gradient on the whole surface to every path of a block.
    fn record_trace(&mut self, flight: &mut Flight, step: u64) {
        let norms = self.riemannian_gradient(Which::Full, &flight.block);
        for (lane, passenger) in flight.passengers.iter_mut().enumerate() {
            passenger.trace.push(self.trace_point(lane, step, norms.as_ref()[lane]));
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

/// A step of every lane along the gradient in `space`.
fn move_along(isa: Isa, block: &mut Block<f32>, space: &Contraction<f32>, rates: &<f32 as Real>::Row) {
    compiled_for(isa, || lanes::step(block, &space.gradient, rates));
}

/// γ_t = γ_0 / (1 + decay · t), rounded to single precision once.
fn decayed(rate: f64, decay: f64, step: u64) -> f32 {
    (rate / (1.0 + decay * step as f64)) as f32
}
