//! Annealing of many starts at once: Langevin moves at falling temperature, then descent.

use std::collections::BTreeMap;

use super::driver::{Carrier, Descended, Descent, Start};
use super::protocol::{Cooling, Protocol};
use super::trace::{TracePoint, is_traced};
use crate::hamiltonian::{Contraction, Landscape, Surface, Which, compiled_for};
use crate::numeric::lanes::{Block, Real, Row32};
use crate::numeric::normals::NormalLanes;
use crate::sphere::lanes;

/// Points of a block.
const LANES: usize = <f32 as Real>::LANES;

/// A start with what stirs it.
#[derive(Debug, Clone)]
pub struct Stirred {
    /// The start.
    pub start: Start,
    /// Seed of its noise, not 0.
    pub noise: u128,
}

/// Anneals starts on one surface, in single precision; call [`Self::advance`] until it is idle.
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
    carrier: Carrier,
    traced: bool,
    space: Contraction<f32>,
    flights: Vec<Flight>,
    /// Sweeps that the flights have taken.
    sweep: u32,
    descent: Descent<'a, L>,
    /// Paths of the starts that descend now, by number, up to where they began to.
    paths: BTreeMap<u64, Vec<TracePoint>>,
}

/// A block of starts that cool.
struct Flight {
    block: Block<f32>,
    noise: NormalLanes,
    /// Number of the start in each lane.
    ids: Vec<u64>,
    /// Its path.
    traces: Vec<Vec<TracePoint>>,
}

impl Flight {
    fn new(dim: usize, starts: &[Stirred]) -> Self {
        let mut block = Block::new(dim);
        for Stirred { start, .. } in starts {
            block.push(&start.point.iter().map(|&x| x as f32).collect::<Vec<_>>());
        }
        let seeds: Vec<u128> = starts.iter().map(|stirred| stirred.noise).collect();
        let ids = starts.iter().map(|stirred| stirred.start.id).collect();
        Self { block, noise: NormalLanes::new(&seeds), ids, traces: vec![Vec::new(); starts.len()] }
    }
}

impl<'a, L: Landscape> Annealing<'a, L> {
    /// An annealing with no start yet.
    ///
    /// # Panics
    /// If the protocol does not cool, or has a sample phase.
    pub fn new(surface: &'a L, protocol: Protocol, carrier: Carrier, traced: bool) -> Self {
        let cooling = protocol.cooling.expect("an annealing cools");
        assert!(protocol.sample_steps() == 0, "an annealing has no sample phase");
        // Couplings of another scale have the same landscape: temperatures scale with it, rates against it.
        let scale = surface.deviation();
        let cooling = Cooling {
            hot: cooling.hot * scale,
            cold: cooling.cold * scale,
            rate: cooling.rate / scale,
            ..cooling
        };
        Self {
            surface,
            cooling,
            most_steps: protocol.first_steps() + u64::from(protocol.full_steps),
            carrier,
            traced,
            space: Contraction::new(surface.dim()),
            flights: Vec::new(),
            sweep: 0,
            descent: Descent::new(surface, protocol, carrier, traced),
            paths: BTreeMap::new(),
        }
    }

    /// How many more starts would fill the lanes; 0 while some are cooling.
    pub fn wanted(&self) -> usize {
        if self.flights.is_empty() { self.descent.wanted() } else { 0 }
    }

    /// Whether nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.flights.is_empty() && self.descent.is_idle()
    }

    /// Takes on new starts; only when [`Self::wanted`] is positive.
    ///
    /// # Panics
    /// If earlier starts are cooling.
    pub fn take_on(&mut self, starts: Vec<Stirred>) {
        assert!(self.flights.is_empty(), "a cooling is under way");
        let dim = self.surface.dim();
        self.sweep = 0;
        self.flights = starts.chunks(LANES).map(|starts| Flight::new(dim, starts)).collect();
    }

    /// One sweep if starts are cooling, otherwise one step of those that descend; returns starts that ended.
    pub fn advance(&mut self) -> Vec<Descended> {
        if !self.flights.is_empty() {
            self.sweep_all();
            return Vec::new();
        }
        let mut ended = self.descent.advance();
        for start in &mut ended {
            let sweeps = u64::from(self.cooling.sweeps);
            start.steps += sweeps;
            start.trace.iter_mut().for_each(|place| place.step += sweeps);
            if let Some(mut path) = self.paths.remove(&start.id) {
                path.append(&mut start.trace);
                start.trace = path;
            }
        }
        ended
    }

    /// Share of a start's most steps that the next step is, summed over starts; for progress only.
    pub fn work_per_step(&self) -> f64 {
        let aboard: usize = self.flights.iter().map(|flight| flight.ids.len()).sum();
        let most = self.most_steps as f64;
        match aboard {
            0 => self.descent.work_per_step() * (most - f64::from(self.cooling.sweeps)) / most,
            _ => aboard as f64 / most,
        }
    }

    fn sweep_all(&mut self) {
        let Cooling { sweeps, rate, .. } = self.cooling;
        let temperature = self.cooling.temperature(self.sweep);
        let (rate, deviation) = (rate as f32, (2.0 * rate * temperature).sqrt() as f32);
        let mut flights = std::mem::take(&mut self.flights);
        for flight in &mut flights {
            self.surface.contract(self.carrier.isa, Which::Full, &flight.block, &mut self.space);
            if self.traced && is_traced(u64::from(self.sweep)) {
                self.record_trace(flight);
            }
            let gradient = &mut self.space.gradient;
            compiled_for(self.carrier.isa, || {
                sweep(&mut flight.block, &mut flight.noise, gradient, rate, deviation)
            });
        }
        self.sweep += 1;
        match self.sweep == sweeps {
            true => self.descend(flights),
            false => self.flights = flights,
        }
    }

    /// Hands over starts that have cooled.
    fn descend(&mut self, flights: Vec<Flight>) {
        let mut starts = Vec::new();
        for Flight { block, ids, traces, .. } in flights {
            for (lane, (id, trace)) in ids.into_iter().zip(traces).enumerate() {
                starts.push(Start { id, point: block.lane(lane).into_iter().map(f64::from).collect() });
                if self.traced {
                    self.paths.insert(id, trace);
                }
            }
        }
        self.descent.take_on(starts);
    }

    /// Adds energy and gradient, from the contraction just done, to every path of a block.
    fn record_trace(&self, flight: &mut Flight) {
        let mut gradient = self.space.gradient.clone();
        let squares = compiled_for(self.carrier.isa, || lanes::project(&flight.block, &mut gradient));
        let dim = self.surface.dim() as f64;
        for (lane, trace) in flight.traces.iter_mut().enumerate() {
            trace.push(TracePoint {
                step: u64::from(self.sweep),
                energy_per_spin: f64::from(self.space.energy.as_ref()[lane]) / dim,
                gradient_norm: (f64::from(squares.as_ref()[lane]) / dim).sqrt(),
            });
        }
    }
}

/// `w ← retract(w − P(γ ∇L + √(2γT) ξ))` of every lane; the sign of ξ is of no account.
#[inline(always)]
fn sweep(block: &mut Block<f32>, noise: &mut NormalLanes, gradient: &mut [Row32], rate: f32, deviation: f32) {
    noise.add_to(gradient, rate, deviation);
    let _ = lanes::project(block, gradient);
    let mut ones = f32::ZEROS;
    ones.as_mut().fill(1.0);
    lanes::step(block, gradient, &ones);
}
