//! A surface's couplings as the kernels want them, and the gradient of many points.

use super::launch::{Arg, Device, DeviceKernel, Launch};
use crate::Result;
use crate::hamiltonian::SymmetricTensor;
use crate::hamiltonian::layout::{Layout, Leaves, leaf_offset};

/// Rows of the gradient per block, and starts per block.
const TILE_ROWS: usize = 64;
/// Starts per block; the pitch of points is a multiple of it.
pub(super) const TILE_STARTS: usize = 128;
/// Columns of a leaf per stage.
const STAGE: usize = 8;
/// Work of a leaf beside its stages, in stages: the sum over its rows.
const EPILOGUE: usize = 3;
/// Items that the work is cut into, about; more keep more multiprocessors busy with few starts. Sums of a start
/// follow this cut, so it depends on the surface only.
const ITEMS: usize = 64;
/// No coordinate.
const NONE: u32 = u32::MAX;

/// A tensor on the device.
///
/// Leaves lie in order of their size, each as a full matrix whose sides are padded with zeros to a multiple of 8.
pub struct DeviceTensor<D: Device> {
    layout: Layout,
    values: D::Buffer,
    plan: Plan<D>,
}

/// What is the same for all tensors of a surface.
struct Plan<D: Device> {
    leaves: D::Buffer,
    leaf_count: usize,
    items: D::Buffer,
    item_count: usize,
    first_item: D::Buffer,
}

/// Points on the device with the memory that their gradients are worked out in.
pub struct PointColumns<D: Device> {
    /// Coordinates: (padded dimension, pitch).
    pub points: D::Buffer,
    /// Euclidean gradients: (dimension, pitch).
    pub gradient: D::Buffer,
    /// Columns that there is room for.
    pub pitch: usize,
    partial: D::Buffer,
    along: D::Buffer,
}

/// One leaf, wherever its values lie in the tensor.
struct Placed {
    prefix: Vec<usize>,
    size: usize,
    chunk: usize,
    offset: usize,
}

impl<D: Device> DeviceTensor<D> {
    /// Copies a tensor of order 2, 3 or 4 to the device.
    ///
    /// # Errors
    /// Those of the device, such as too little memory.
    pub fn upload(device: &D, tensor: &SymmetricTensor<f32>) -> Result<Self> {
        let leaves = placed(tensor);
        let words = leaves.iter().map(|leaf| padded(leaf.size).pow(2)).sum();
        let mut values = vec![0u32; words];
        let mut rest = values.as_mut_slice();
        for leaf in &leaves {
            let side = padded(leaf.size);
            let (matrix, after) = rest.split_at_mut(side * side);
            rest = after;
            let from = &tensor.chunk(leaf.chunk)[leaf.offset..][..leaf.size * leaf.size];
            for (row, to) in matrix.chunks_exact_mut(side).take(leaf.size).enumerate() {
                for (column, to) in to[..leaf.size].iter_mut().enumerate() {
                    *to = from[leaf_offset(leaf.size, row, column)].to_bits();
                }
            }
        }
        let layout = tensor.layout();
        Ok(Self { layout, values: device.upload(&values)?, plan: Plan::new(device, layout, &leaves)? })
    }

    /// Memory for so many points and their gradients on surfaces of this layout.
    ///
    /// # Errors
    /// As [`Self::upload`].
    pub fn columns(&self, device: &D, count: usize) -> Result<PointColumns<D>> {
        let pitch = count.next_multiple_of(TILE_STARTS);
        let tiles = self.layout.dim.div_ceil(TILE_ROWS);
        Ok(PointColumns {
            points: device.zeros(padded(self.layout.dim) * pitch)?,
            gradient: device.zeros(self.layout.dim * pitch)?,
            pitch,
            partial: device.zeros(self.plan.item_count * TILE_ROWS * pitch)?,
            along: device.zeros(tiles * self.plan.leaf_count * pitch)?,
        })
    }

    /// Euclidean gradients ∇L of some points, brought back.
    ///
    /// # Errors
    /// Those of the device.
    pub fn gradients_of(&self, device: &D, points: &[Vec<f32>]) -> Result<Vec<Vec<f32>>> {
        let columns = self.columns(device, points.len())?;
        self.put(device, &columns, points)?;
        self.gradients(device, &columns, points.len())?;
        let found = device.download(&columns.gradient)?;
        let column = |b: usize| found.chunks_exact(columns.pitch).map(|row| f32::from_bits(row[b])).collect();
        Ok((0..points.len()).map(column).collect())
    }

    /// Puts points into the first columns.
    ///
    /// # Errors
    /// Those of the device.
    ///
    /// # Panics
    /// If there are more points than columns, or a point is not of the tensor's dimension.
    pub fn put(&self, device: &D, columns: &PointColumns<D>, points: &[Vec<f32>]) -> Result<()> {
        let dim = self.layout.dim;
        assert!(points.len() <= columns.pitch && points.iter().all(|point| point.len() == dim));
        let fresh: Vec<u32> = points.iter().flatten().map(|x| x.to_bits()).collect();
        let fresh = device.upload(&fresh)?;
        device.launch(&Launch {
            kernel: DeviceKernel::Put,
            grid: [points.len() as u32, 1],
            args: &[
                Arg::Buffer(&columns.points),
                Arg::U32(columns.pitch as u32),
                Arg::U32(dim as u32),
                Arg::Buffer(&fresh),
            ],
        })
    }

    /// Euclidean gradients ∇L of the first `live` points, left in their columns.
    ///
    /// # Errors
    /// Those of the device.
    pub fn gradients(&self, device: &D, columns: &PointColumns<D>, live: usize) -> Result<()> {
        let Self { layout, values, plan } = self;
        let blocks = live.div_ceil(TILE_STARTS) as u32;
        let [pitch, leaf_count, dim] =
            [columns.pitch, plan.leaf_count, layout.dim].map(|n| Arg::U32(n as u32));
        let rows = Arg::U32(padded(layout.dim) as u32);
        device.launch(&Launch {
            kernel: DeviceKernel::Contract,
            grid: [blocks, plan.item_count as u32],
            args: &[
                Arg::Buffer(values),
                Arg::Buffer(&plan.leaves),
                leaf_count,
                Arg::Buffer(&plan.items),
                Arg::Buffer(&columns.points),
                pitch,
                rows,
                Arg::Buffer(&columns.partial),
                Arg::Buffer(&columns.along),
            ],
        })?;
        device.launch(&Launch {
            kernel: DeviceKernel::Gather,
            grid: [blocks, layout.dim as u32],
            args: &[
                Arg::Buffer(&columns.partial),
                Arg::Buffer(&plan.first_item),
                Arg::Buffer(&columns.along),
                Arg::U32(plan.leaf_count as u32),
                Arg::Buffer(&columns.points),
                Arg::U32(columns.pitch as u32),
                Arg::U32(layout.spins as u32),
                dim,
                Arg::F32(layout.scale() as f32),
                Arg::Buffer(&columns.gradient),
            ],
        })
    }
}

impl<D: Device> Plan<D> {
    fn new(device: &D, layout: Layout, leaves: &[Placed]) -> Result<Self> {
        let mut place = 0;
        let mut records = Vec::with_capacity(4 * leaves.len());
        for leaf in leaves {
            let coordinate = |position: usize| leaf.prefix.get(position).map_or(NONE, |&i| i as u32);
            records.extend([place as u32, padded(leaf.size) as u32, coordinate(0), coordinate(1)]);
            place += padded(leaf.size).pow(2) / 64;
        }
        let Cut { items, first_item } = cut(layout, leaves);
        Ok(Self {
            leaves: device.upload(&records)?,
            leaf_count: leaves.len(),
            item_count: items.len(),
            items: device.upload(&items.concat())?,
            first_item: device.upload(&first_item)?,
        })
    }
}

fn padded(size: usize) -> usize {
    size.next_multiple_of(STAGE)
}

/// All leaves in order of their size, then of their first coordinate.
fn placed(tensor: &SymmetricTensor<f32>) -> Vec<Placed> {
    let mut all = Vec::new();
    for (chunk, (span, _)) in tensor.chunks().enumerate() {
        let mut leaves = Leaves::of(tensor.layout(), span);
        let mut offset = 0;
        while let Some(size) = leaves.next_size() {
            all.push(Placed { prefix: leaves.prefix().to_vec(), size, chunk, offset });
            offset += size * size;
        }
    }
    all.sort_by(|a, b| (a.size, &a.prefix).cmp(&(b.size, &b.prefix)));
    all
}

/// Work in portions: (row, first leaf, end, 0) each; where each tile's begin.
struct Cut {
    items: Vec<[u32; 4]>,
    first_item: Vec<u32>,
}

/// Leaves that reach into a tile of rows, cut into items of near-equal work.
fn cut(layout: Layout, leaves: &[Placed]) -> Cut {
    let work = |leaf: &Placed| padded(leaf.size) / STAGE + EPILOGUE;
    let tiles = layout.dim.div_ceil(TILE_ROWS);
    let first_leaf = |tile: usize| leaves.partition_point(|leaf| leaf.size <= tile * TILE_ROWS);
    let all: usize = (0..tiles).flat_map(|tile| &leaves[first_leaf(tile)..]).map(work).sum();
    let share = all.div_ceil(ITEMS);
    let (mut items, mut first_item) = (Vec::new(), vec![0]);
    for tile in 0..tiles {
        let (mut begin, mut sum) = (first_leaf(tile), 0);
        for (number, leaf) in leaves.iter().enumerate().skip(begin) {
            sum += work(leaf);
            if sum >= share || number + 1 == leaves.len() {
                items.push([(tile * TILE_ROWS) as u32, begin as u32, number as u32 + 1, 0]);
                (begin, sum) = (number + 1, 0);
            }
        }
        first_item.push(items.len() as u32);
    }
    Cut { items, first_item }
}
