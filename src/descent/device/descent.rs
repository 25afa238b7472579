//! Descent of a block of starts on a device: the algorithm of `driver`, with the points never leaving the device until
//! they have ended.

use super::couplings::{Columns, DeviceTensor};
use super::launch::{Arg, Device, Kernel, Launch};
use crate::Result;
use crate::descent::driver::{Descended, Start};
use crate::descent::protocol::Protocol;
use crate::hamiltonian::{Landscape, Surface};

/// Most starts on the device at once.
const MOST: usize = 4096;
/// Steps between two looks at who has ended.
const STRIDE: u64 = 16;
/// Starts of a block in the step.
const LANES: usize = 32;

/// Descends blocks of starts on one surface, one block after the other; see [`Descent`](crate::descent::Descent).
pub struct DeviceDescent<'a, D: Device> {
    device: &'a D,
    dim: usize,
    /// With rates and hand-over in units of this surface's couplings.
    protocol: Protocol,
    full: DeviceTensor<D>,
    samples: Vec<DeviceTensor<D>>,
    flight: Option<Flight<D>>,
}

/// Starts under way, in columns 0 … ids.len() − 1.
struct Flight<D: Device> {
    columns: Columns<D>,
    ids: Vec<u64>,
    sample_step: u64,
    steps: D::Buffer,
    ended: D::Buffer,
    norms: D::Buffer,
}

/// What a step does with the rate, and who may end.
struct Phase {
    is_full: bool,
    rate: f64,
}

impl<'a, D: Device> DeviceDescent<'a, D> {
    /// Copies the surface to the device; no start yet.
    ///
    /// # Errors
    /// Those of the device, such as too little memory.
    ///
    /// # Panics
    /// If the surface lacks the sample tensors that the protocol steps through.
    pub fn new(device: &'a D, surface: &Surface, protocol: Protocol) -> Result<Self> {
        let enough = protocol.cycles == 0 || surface.samples().len() == protocol.samples as usize;
        assert!(enough, "the surface has {} sample tensors", surface.samples().len());
        let scale = surface.deviation();
        let samples = surface.samples().iter().map(|tensor| DeviceTensor::upload(device, tensor));
        Ok(Self {
            device,
            dim: surface.layout().dim,
            protocol: Protocol {
                sample_rate: protocol.sample_rate / scale,
                full_rate: protocol.full_rate / scale,
                handover: protocol.handover * scale,
                ..protocol
            },
            full: DeviceTensor::upload(device, surface.full())?,
            samples: samples.collect::<Result<_>>()?,
            flight: None,
        })
    }

    /// How many more starts to bring; 0 while some are under way.
    pub fn wanted(&self) -> usize {
        if self.is_idle() { MOST } else { 0 }
    }

    /// Whether nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.flight.is_none()
    }

    /// Steps that the next call takes, as a share of the most that the starts under way can take; for progress only.
    pub fn work_per_step(&self) -> f64 {
        let most = self.protocol.sample_steps() + u64::from(self.protocol.full_steps);
        let aboard = self.flight.as_ref().map_or(0, |flight| flight.ids.len());
        (aboard as u64 * STRIDE) as f64 / most.max(1) as f64
    }

    /// Takes on new starts, all at the beginning of their way; only when [`Self::wanted`] is positive.
    ///
    /// # Errors
    /// Those of the device.
    pub fn take_on(&mut self, starts: &[Start]) -> Result<()> {
        if starts.is_empty() {
            return Ok(());
        }
        let columns = self.full.columns(self.device, starts.len())?;
        let points = starts.iter().map(|start| start.point.iter().map(|&x| x as f32).collect());
        self.full.put(self.device, &columns, &points.collect::<Vec<_>>())?;
        let [steps, ended, norms] = [(); 3].map(|()| self.device.zeros(columns.pitch));
        self.flight = Some(Flight {
            columns,
            ids: starts.iter().map(|start| start.id).collect(),
            sample_step: 0,
            steps: steps?,
            ended: ended?,
            norms: norms?,
        });
        Ok(())
    }

    /// Some steps of every start under way; returns those that ended.
    ///
    /// # Errors
    /// Those of the device.
    pub fn advance(&mut self) -> Result<Vec<Descended>> {
        let Some(mut flight) = self.flight.take() else { return Ok(Vec::new()) };
        let ended = if flight.sample_step < self.protocol.sample_steps() {
            self.sample_steps(&mut flight)?;
            Vec::new()
        } else {
            self.full_steps(&mut flight)?
        };
        self.flight = Some(flight).filter(|flight| !flight.ids.is_empty());
        Ok(ended)
    }

    fn sample_steps(&self, flight: &mut Flight<D>) -> Result<()> {
        let last = self.protocol.sample_steps().min(flight.sample_step + STRIDE);
        while flight.sample_step < last {
            let tensor = &self.samples[(flight.sample_step % u64::from(self.protocol.samples)) as usize];
            flight.sample_step += 1;
            let rate = self.protocol.sample_rate / (1.0 + self.protocol.decay * flight.sample_step as f64);
            self.step(flight, tensor, &Phase { is_full: false, rate })?;
        }
        // Waits: otherwise launches would run far ahead of the device, deaf to a stop.
        self.device.download(&flight.norms).map(drop)
    }

    fn full_steps(&self, flight: &mut Flight<D>) -> Result<Vec<Descended>> {
        for _ in 0..STRIDE {
            self.step(flight, &self.full, &Phase { is_full: true, rate: self.protocol.full_rate })?;
        }
        let ended = self.device.download(&flight.ended)?;
        let columns: Vec<u32> =
            (0..flight.ids.len() as u32).filter(|&column| ended[column as usize] != 0).collect();
        if columns.is_empty() {
            return Ok(Vec::new());
        }
        let descended = self.take(flight, &columns)?;
        self.compact(flight, &columns)?;
        Ok(descended)
    }

    fn step(&self, flight: &Flight<D>, tensor: &DeviceTensor<D>, phase: &Phase) -> Result<()> {
        let live = flight.ids.len();
        tensor.gradients(self.device, &flight.columns, live)?;
        let Protocol { decay, handover, full_steps, .. } = self.protocol;
        self.device.launch(&Launch {
            kernel: Kernel::Step,
            grid: [live.div_ceil(LANES) as u32, 1],
            args: &[
                Arg::Buffer(&flight.columns.points),
                Arg::Buffer(&flight.columns.gradient),
                Arg::U32(flight.columns.pitch as u32),
                Arg::U32(self.dim as u32),
                Arg::U32(live as u32),
                Arg::U32(phase.is_full.into()),
                Arg::F64(phase.rate),
                Arg::F64(decay),
                Arg::F64(handover),
                Arg::U32(full_steps),
                Arg::Buffer(&flight.steps),
                Arg::Buffer(&flight.ended),
                Arg::Buffer(&flight.norms),
            ],
        })
    }

    /// The starts in these columns, brought back.
    fn take(&self, flight: &Flight<D>, columns: &[u32]) -> Result<Vec<Descended>> {
        let out = self.device.zeros(columns.len() * self.dim)?;
        let wanted = self.device.upload(columns)?;
        self.device.launch(&Launch {
            kernel: Kernel::Take,
            grid: [columns.len() as u32, 1],
            args: &[
                Arg::Buffer(&flight.columns.points),
                Arg::U32(flight.columns.pitch as u32),
                Arg::U32(self.dim as u32),
                Arg::Buffer(&wanted),
                Arg::Buffer(&out),
            ],
        })?;
        let steps = self.device.download(&flight.steps)?;
        let points = self.device.download(&out)?;
        let ended = columns.iter().zip(points.chunks_exact(self.dim)).map(|(&column, point)| Descended {
            id: flight.ids[column as usize],
            point: point.iter().map(|&bits| f64::from(f32::from_bits(bits))).collect(),
            steps: self.protocol.sample_steps() + u64::from(steps[column as usize]),
            trace: Vec::new(),
        });
        Ok(ended.collect())
    }

    /// Fills the columns that became free (ascending) with the last ones that are still running.
    fn compact(&self, flight: &mut Flight<D>, free: &[u32]) -> Result<()> {
        let left = flight.ids.len() - free.len();
        let holes = free.iter().copied().filter(|&column| (column as usize) < left);
        let runs =
            (left as u32..flight.ids.len() as u32).filter(|column| free.binary_search(column).is_err());
        let pairs: Vec<u32> = runs.zip(holes).flat_map(|(from, to)| [from, to]).collect();
        for pair in pairs.chunks_exact(2) {
            flight.ids[pair[1] as usize] = flight.ids[pair[0] as usize];
        }
        flight.ids.truncate(left);
        if pairs.is_empty() {
            return Ok(());
        }
        let moves = self.device.upload(&pairs)?;
        self.device.launch(&Launch {
            kernel: Kernel::Compact,
            grid: [pairs.len() as u32 / 2, 1],
            args: &[
                Arg::Buffer(&flight.columns.points),
                Arg::U32(flight.columns.pitch as u32),
                Arg::U32(self.dim as u32),
                Arg::Buffer(&moves),
                Arg::Buffer(&flight.steps),
            ],
        })
    }
}
