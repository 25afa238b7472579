//! Descent of a block of starts on a device: the algorithm of `gradient_descent`, with the points never leaving the device until
//! they have ended.

use super::couplings::{DeviceTensor, PointColumns};
use super::launch::{Arg, Device, DeviceKernel, Launch};
use crate::Result;
use crate::descent::method::Driver;
use crate::descent::phases::{FullPhase, Phases, SamplePhase};
use crate::descent::start::{Descended, Start, StartInputs};
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
    /// In units of this surface's couplings.
    phases: Phases,
    full: DeviceTensor<D>,
    samples: Vec<DeviceTensor<D>>,
    block: Option<DeviceBlock<D>>,
}

/// Starts under way, in columns 0 … ids.len() − 1.
struct DeviceBlock<D: Device> {
    columns: PointColumns<D>,
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
    /// If the surface lacks the sample tensors that the sample phase steps through.
    pub fn new(device: &'a D, surface: &Surface, phases: impl Into<Phases>) -> Result<Self> {
        let phases = phases.into();
        let enough = phases.sampling.is_none() || surface.samples().len() == phases.samples();
        assert!(enough, "the surface has {} sample tensors", surface.samples().len());
        let samples = surface.samples().iter().map(|tensor| DeviceTensor::upload(device, tensor));
        Ok(Self {
            device,
            dim: surface.layout().dim,
            phases: phases.at_scale(surface.deviation()),
            full: DeviceTensor::upload(device, surface.full())?,
            samples: samples.collect::<Result<_>>()?,
            block: None,
        })
    }

    /// Takes on new starts, none of which has taken a step; only when [`Driver::wanted`] is positive.
    ///
    /// # Errors
    /// Those of the device.
    pub fn add(&mut self, starts: &[Start]) -> Result<()> {
        if starts.is_empty() {
            return Ok(());
        }
        let columns = self.full.columns(self.device, starts.len())?;
        let points = starts.iter().map(|start| start.point.iter().map(|&x| x as f32).collect());
        self.full.put(self.device, &columns, &points.collect::<Vec<_>>())?;
        let [steps, ended, norms] = [(); 3].map(|()| self.device.zeros(columns.pitch));
        self.block = Some(DeviceBlock {
            columns,
            ids: starts.iter().map(|start| start.id).collect(),
            sample_step: 0,
            steps: steps?,
            ended: ended?,
            norms: norms?,
        });
        Ok(())
    }

    fn sample_steps(&self, block: &mut DeviceBlock<D>, phase: &SamplePhase) -> Result<()> {
        let last = phase.steps().min(block.sample_step + STRIDE);
        while block.sample_step < last {
            let tensor = &self.samples[(block.sample_step % u64::from(phase.samples)) as usize];
            block.sample_step += 1;
            let rate = phase.rate / (1.0 + self.phases.full.decay * block.sample_step as f64);
            self.step(block, tensor, &Phase { is_full: false, rate })?;
        }
        // Waits: otherwise launches would run far ahead of the device, deaf to a stop.
        self.device.download(&block.norms).map(drop)
    }

    fn full_steps(&self, block: &mut DeviceBlock<D>) -> Result<Vec<Descended>> {
        for _ in 0..STRIDE {
            self.step(block, &self.full, &Phase { is_full: true, rate: self.phases.full.rate })?;
        }
        let ended = self.device.download(&block.ended)?;
        let columns: Vec<u32> =
            (0..block.ids.len() as u32).filter(|&column| ended[column as usize] != 0).collect();
        if columns.is_empty() {
            return Ok(Vec::new());
        }
        let descended = self.take(block, &columns)?;
        self.compact(block, &columns)?;
        Ok(descended)
    }

    fn step(&self, block: &DeviceBlock<D>, tensor: &DeviceTensor<D>, phase: &Phase) -> Result<()> {
        let live = block.ids.len();
        tensor.gradients(self.device, &block.columns, live)?;
        let FullPhase { decay, handover, steps, .. } = self.phases.full;
        self.device.launch(&Launch {
            kernel: DeviceKernel::Step,
            grid: [live.div_ceil(LANES) as u32, 1],
            args: &[
                Arg::Buffer(&block.columns.points),
                Arg::Buffer(&block.columns.gradient),
                Arg::U32(block.columns.pitch as u32),
                Arg::U32(self.dim as u32),
                Arg::U32(live as u32),
                Arg::U32(phase.is_full.into()),
                Arg::F64(phase.rate),
                Arg::F64(decay),
                Arg::F64(handover),
                Arg::U32(steps),
                Arg::Buffer(&block.steps),
                Arg::Buffer(&block.ended),
                Arg::Buffer(&block.norms),
            ],
        })
    }

    /// The starts in these columns, brought back.
    fn take(&self, block: &DeviceBlock<D>, columns: &[u32]) -> Result<Vec<Descended>> {
        let out = self.device.zeros(columns.len() * self.dim)?;
        let wanted = self.device.upload(columns)?;
        self.device.launch(&Launch {
            kernel: DeviceKernel::Take,
            grid: [columns.len() as u32, 1],
            args: &[
                Arg::Buffer(&block.columns.points),
                Arg::U32(block.columns.pitch as u32),
                Arg::U32(self.dim as u32),
                Arg::Buffer(&wanted),
                Arg::Buffer(&out),
            ],
        })?;
        let steps = self.device.download(&block.steps)?;
        let points = self.device.download(&out)?;
        let ended = columns.iter().zip(points.chunks_exact(self.dim)).map(|(&column, point)| Descended {
            id: block.ids[column as usize],
            point: point.iter().map(|&bits| f64::from(f32::from_bits(bits))).collect(),
            steps: self.phases.sample_steps() + u64::from(steps[column as usize]),
            trace: Vec::new(),
        });
        Ok(ended.collect())
    }

    /// Fills the columns that became free (ascending) with the last ones that are still running.
    fn compact(&self, block: &mut DeviceBlock<D>, free: &[u32]) -> Result<()> {
        let left = block.ids.len() - free.len();
        let holes = free.iter().copied().filter(|&column| (column as usize) < left);
        let runs = (left as u32..block.ids.len() as u32).filter(|column| free.binary_search(column).is_err());
        let pairs: Vec<u32> = runs.zip(holes).flat_map(|(from, to)| [from, to]).collect();
        for pair in pairs.chunks_exact(2) {
            block.ids[pair[1] as usize] = block.ids[pair[0] as usize];
        }
        block.ids.truncate(left);
        if pairs.is_empty() {
            return Ok(());
        }
        let moves = self.device.upload(&pairs)?;
        self.device.launch(&Launch {
            kernel: DeviceKernel::Compact,
            grid: [pairs.len() as u32 / 2, 1],
            args: &[
                Arg::Buffer(&block.columns.points),
                Arg::U32(block.columns.pitch as u32),
                Arg::U32(self.dim as u32),
                Arg::Buffer(&moves),
                Arg::Buffer(&block.steps),
            ],
        })
    }
}

impl<D: Device> Driver for DeviceDescent<'_, D> {
    /// 0 while some starts are under way.
    fn wanted(&self) -> usize {
        if self.is_idle() { MOST } else { 0 }
    }

    fn is_idle(&self) -> bool {
        self.block.is_none()
    }

    fn take_on(&mut self, inputs: &StartInputs, ids: &[u32]) -> Result<()> {
        self.add(&inputs.starts(ids))
    }

    fn advance(&mut self) -> Result<Vec<Descended>> {
        let Some(mut block) = self.block.take() else { return Ok(Vec::new()) };
        let ended = match self.phases.sampling {
            Some(phase) if block.sample_step < phase.steps() => {
                self.sample_steps(&mut block, &phase)?;
                Vec::new()
            }
            _ => self.full_steps(&mut block)?,
        };
        self.block = Some(block).filter(|block| !block.ids.is_empty());
        Ok(ended)
    }

    fn work_per_step(&self) -> f64 {
        let under_way = self.block.as_ref().map_or(0, |block| block.ids.len());
        (under_way as u64 * STRIDE) as f64 / self.phases.most_steps().max(1) as f64
    }
}
