//! The contraction of groups in vector registers. The arithmetic of each leaf is that of [`super::scalar`].

use super::entries::{set_prefix_entries, twice};
use super::products::Products;
use crate::hamiltonian::grouped::{GROUP_LEAVES, Group, GroupedTensor, triangle};
use crate::hamiltonian::kernel::contraction::{Contraction, aligned};
use crate::numeric::lanes::{PointLanes, Real};
use crate::numeric::simd::Simd;
use crate::numeric::symmetric::Symmetric;

/// Points that share a pass over the couplings.
const WIDTH: usize = 4;
/// Elements that the space begins after at most.
const SLACK: usize = 16;
/// Most registers that hold a line of a group.
const REGISTERS: usize = 4;

/// Energies and Euclidean gradients of all active lanes.
///
/// # Safety
/// The machine has the instruction set of `S`.
#[inline(always)]
pub unsafe fn contract<S: Simd>(
    tensor: &GroupedTensor,
    points: &PointLanes<S::Elem>,
    out: &mut Contraction<S::Elem>,
) {
    let mut first = 0;
    while first < points.active {
        // SAFETY: passed on from the caller.
        first += unsafe {
            match points.active - first {
                1 => pass::<S, 1>(tensor, points, out, first),
                2 | 3 => pass::<S, 2>(tensor, points, out, first),
                _ => pass::<S, WIDTH>(tensor, points, out, first),
            }
        };
    }
}

/// One pass over the tensor for V points from lane `first` on; returns V.
#[inline(always)]
unsafe fn pass<S: Simd, const V: usize>(
    tensor: &GroupedTensor,
    points: &PointLanes<S::Elem>,
    out: &mut Contraction<S::Elem>,
    first: usize,
) -> usize {
    // Rows that whole registers hold.
    let padded = tensor.layout().dim.next_multiple_of(GROUP_LEAVES);
    let (of_point, of_all) = (Point::<S>::room(padded), Space::<S>::room(padded));
    let room = V * of_point + of_all;
    if out.grouped.len() < room + SLACK {
        out.grouped.resize(room + SLACK, S::Elem::default());
    }
    let (of_points, of_all) = aligned(&mut out.grouped)[..room].split_at_mut(V * of_point);
    let mut space = Space::<S>::new(of_all, padded);
    // SAFETY: the instruction set is present by contract; each point's space begins aligned, since `room` is a multiple of
    // a line. Rows of groups are rows of the points by the layout, and so fewer than `padded`.
    unsafe {
        let mut at_work: [Point<S>; V] = std::array::from_fn(|v| {
            let room = &mut of_points[v * of_point..][..of_point];
            Point::new(room, padded, points.rows.iter().map(|row| row.as_ref()[first + v]))
        });
        for group in tensor.groups() {
            let products = Products::<S::Elem, V> {
                values: group.lines.as_ptr().cast(),
                rows: group.rows,
                w: std::array::from_fn(|v| at_work[v].w.cast_const()),
                y: std::array::from_fn(|v| at_work[v].y),
            };
            products.sum::<S>();
            for point in &mut at_work {
                point.add_group(&group, tensor.ends(), &mut space);
            }
        }
        let scale = S::Elem::from_f64(tensor.layout().scale());
        for (v, point) in at_work.iter().enumerate() {
            out.energy.as_mut()[first + v] = scale * point.energy;
            for (i, row) in out.gradient.iter_mut().enumerate() {
                row.as_mut()[first + v] = scale * *point.total.add(i);
            }
        }
    }
    V
}

/// Space that all points use in turn.
struct Space<'a, S: Simd> {
    /// Products A w, leaf by leaf; [`Self::padded`] rows each.
    transposed: &'a mut [S::Elem],
    /// For each place in a register a register that is 1 there and 0 elsewhere.
    units: &'a mut [S::Elem],
    /// wᵀ A w of each leaf.
    energies: &'a mut [S::Elem],
    padded: usize,
}

impl<'a, S: Simd> Space<'a, S> {
    const UNITS: usize = S::LANES * S::LANES;

    /// Elements that it takes.
    fn room(padded: usize) -> usize {
        GROUP_LEAVES * padded + Self::UNITS + GROUP_LEAVES
    }

    fn new(room: &'a mut [S::Elem], padded: usize) -> Self {
        let (transposed, rest) = room.split_at_mut(GROUP_LEAVES * padded);
        let (units, energies) = rest.split_at_mut(Self::UNITS);
        units.fill(S::Elem::default());
        units.iter_mut().step_by(S::LANES + 1).for_each(|unit| *unit = S::Elem::from_f64(1.0));
        Self { transposed, units, energies, padded }
    }
}

/// A point with its sums; rows are padded to whole registers.
struct Point<S: Simd> {
    w: *mut S::Elem,
    /// Gradient, and that of the chunk at work.
    total: *mut S::Elem,
    partial: *mut S::Elem,
    /// Products A w of a group: [`GROUP_LEAVES`] for each row.
    y: *mut S::Elem,
    energy: S::Elem,
    chunk_energy: S::Elem,
}

#[allow(clippy::needless_range_loop)] // Indices keep the unrolled registers in sight.
impl<S: Simd> Point<S> {
    /// Elements that it takes.
    fn room(padded: usize) -> usize {
        (3 + GROUP_LEAVES) * padded
    }

    /// # Safety
    /// `room` is what [`Self::room`] says, and begins aligned; it lives as long as the point, and `w` are at most `padded`.
    #[inline(always)]
    unsafe fn new(room: &mut [S::Elem], padded: usize, w: impl Iterator<Item = S::Elem>) -> Self {
        let (of_w, rest) = room.split_at_mut(padded);
        let (total, rest) = rest.split_at_mut(padded);
        let (partial, y) = rest.split_at_mut(padded);
        of_w.iter_mut().zip(w).for_each(|(to, x)| *to = x);
        total.fill(S::Elem::default());
        partial.fill(S::Elem::default());
        Self {
            w: of_w.as_mut_ptr(),
            total: total.as_mut_ptr(),
            partial: partial.as_mut_ptr(),
            y: y.as_mut_ptr(),
            energy: S::Elem::default(),
            chunk_energy: S::Elem::default(),
        }
    }

    /// Adds what a group's leaves give, whose products are there.
    #[inline(always)]
    unsafe fn add_group(&mut self, group: &Group, ends: &[bool], space: &mut Space<S>) {
        // SAFETY: passed on from the caller.
        unsafe {
            self.energies_of_leaves(group.rows, space);
            self.transpose(group.rows, space);
            for i in group.first..group.rows {
                self.add_leaf(i, i - group.first, space);
                if ends[i] {
                    self.end_chunk(i + 1);
                }
            }
        }
    }

    /// wᵀ A w of each leaf. Rows beyond a leaf's own add 0.
    #[inline(always)]
    unsafe fn energies_of_leaves(&self, rows: usize, space: &mut Space<S>) {
        // SAFETY: the instruction set is present, and rows are rows of w and y, by the caller.
        unsafe {
            let mut e = [S::zero(); REGISTERS];
            for row in 0..rows {
                let w = S::splat(*self.w.add(row));
                for n in 0..GROUP_LEAVES / S::LANES {
                    e[n] = S::fma(w, S::load(self.y.add(row * GROUP_LEAVES + n * S::LANES)), e[n]);
                }
            }
            for n in 0..GROUP_LEAVES / S::LANES {
                S::store_anywhere(space.energies[n * S::LANES..][..S::LANES].as_mut_ptr(), e[n]);
            }
        }
    }

    /// Products leaf by leaf.
    #[inline(always)]
    unsafe fn transpose(&mut self, rows: usize, space: &mut Space<S>) {
        // SAFETY: the instruction set is present by the caller; rows up to a multiple of the register are less than
        // `padded`, which y and each leaf's place have room for.
        unsafe {
            for row in rows..rows.next_multiple_of(S::LANES) {
                for lane in (0..GROUP_LEAVES).step_by(S::LANES) {
                    S::store(self.y.add(row * GROUP_LEAVES + lane), S::zero());
                }
            }
            let to = space.transposed.as_mut_ptr();
            for top in (0..rows).step_by(S::LANES) {
                for lane in (0..GROUP_LEAVES).step_by(S::LANES) {
                    let mut tile = [S::zero(); GROUP_LEAVES];
                    for r in 0..S::LANES {
                        tile[r] = S::load(self.y.add((top + r) * GROUP_LEAVES + lane));
                    }
                    transpose::<S>(&mut tile);
                    for leaf in 0..S::LANES {
                        S::store(to.add((lane + leaf) * space.padded + top), tile[leaf]);
                    }
                }
            }
        }
    }

    /// Adds leaf i, the group's leaf `leaf`, to gradient and energy of the chunk. Rows beyond its own add 0.
    #[inline(always)]
    unsafe fn add_leaf(&mut self, i: usize, leaf: usize, space: &Space<S>) {
        // SAFETY: the instruction set is present and i a row, by the caller; registers that hold rows 0 … i lie within the
        // padded rows, and are aligned as these are.
        unsafe {
            let w = *self.w.add(i);
            let twice = S::splat(w + w);
            let y = space.transposed[leaf * space.padded..].as_ptr();
            for top in (0..=i).step_by(S::LANES) {
                let sum = S::load(self.partial.add(top));
                S::store(self.partial.add(top), S::fma(S::load(y.add(top)), twice, sum));
            }
            let e = space.energies[leaf];
            let along = S::splat(sabotage!("prefix-sign", e, -e));
            let (top, unit) = (i / S::LANES * S::LANES, space.units[i % S::LANES * S::LANES..].as_ptr());
            let share = S::where_positive(S::load(unit), along);
            S::store(self.partial.add(top), S::add(S::load(self.partial.add(top)), share));
            self.chunk_energy = w.fused(e, self.chunk_energy);
        }
    }

    /// Adds the chunk's sums to those of all, and begins the next.
    #[inline(always)]
    unsafe fn end_chunk(&mut self, rows: usize) {
        // SAFETY: as for `add_leaf`.
        unsafe {
            for top in (0..rows).step_by(S::LANES) {
                let sum = S::add(S::load(self.total.add(top)), S::load(self.partial.add(top)));
                S::store(self.total.add(top), sum);
                S::store(self.partial.add(top), S::zero());
            }
        }
        self.energy += std::mem::take(&mut self.chunk_energy);
    }
}

/// Transposes the first LANES registers: as often as LANES halves, each is interleaved with the one half of them later.
#[inline(always)]
unsafe fn transpose<S: Simd>(tile: &mut [S::Reg; GROUP_LEAVES]) {
    for _ in 0..S::LANES.ilog2() {
        let before = *tile;
        for r in 0..S::LANES / 2 {
            // SAFETY: the instruction set is present, by the caller.
            let [low, high] = unsafe { S::interleave(before[r], before[r + S::LANES / 2]) };
            tile[2 * r] = low;
            tile[2 * r + 1] = high;
        }
    }
}

/// The parts of Hessians of all points: entries with prefixes in `out`, the leaves' own in `own` by their places.
///
/// # Safety
/// The machine has the instruction set of `S`.
#[inline(always)]
pub unsafe fn hessian_sums<S: Simd<Elem = f64>>(
    tensor: &GroupedTensor,
    points: &[&[f64]],
    out: &mut [Symmetric],
    own: &mut [f64],
) {
    let entries = triangle(tensor.layout().dim);
    let mut first = 0;
    while first < points.len() {
        let (points, out, own) = (&points[first..], &mut out[first..], &mut own[first * entries..]);
        // SAFETY: passed on from the caller.
        first += unsafe {
            match points.len() {
                1 => hessian_pass::<S, 1>(tensor, points, out, own),
                2 | 3 => hessian_pass::<S, 2>(tensor, points, out, own),
                _ => hessian_pass::<S, WIDTH>(tensor, points, out, own),
            }
        };
    }
}

/// One pass over the tensor for the first V points; returns V.
#[inline(always)]
unsafe fn hessian_pass<S: Simd<Elem = f64>, const V: usize>(
    tensor: &GroupedTensor,
    points: &[&[f64]],
    out: &mut [Symmetric],
    own: &mut [f64],
) -> usize {
    let padded = tensor.layout().dim.next_multiple_of(GROUP_LEAVES);
    let entries = triangle(tensor.layout().dim);
    let (of_point, of_all) = (Point::<S>::room(padded), Space::<S>::room(padded));
    let mut room = vec![0.0; V * of_point + of_all + SLACK];
    let (of_points, rest) = aligned(&mut room).split_at_mut(V * of_point);
    let mut space = Space::<S>::new(&mut rest[..of_all], padded);
    // SAFETY: as in `pass`.
    unsafe {
        let mut at_work: [Point<S>; V] = std::array::from_fn(|v| {
            Point::new(&mut of_points[v * of_point..][..of_point], padded, points[v].iter().copied())
        });
        for group in tensor.groups() {
            let products = Products::<f64, V> {
                values: group.lines.as_ptr().cast(),
                rows: group.rows,
                w: std::array::from_fn(|v| at_work[v].w.cast_const()),
                y: std::array::from_fn(|v| at_work[v].y),
            };
            products.sum::<S>();
            for (point, hessian) in at_work.iter_mut().zip(&mut *out) {
                point.transpose(group.rows, &mut space);
                for i in group.first..group.rows {
                    let y = &space.transposed[(i - group.first) * padded..];
                    set_prefix_entries(hessian, i, y.iter().copied());
                }
            }
            let twice: [_; V] = std::array::from_fn(|v| twice(points[v], group.first, group.rows));
            let own: [&mut [f64]; V] = own_of_points(own, entries);
            add_own::<S, V>(group.lines, &twice, own);
        }
    }
    V
}

/// The sums of each of the first V points.
#[inline(always)]
fn own_of_points<const V: usize>(own: &mut [f64], entries: usize) -> [&mut [f64]; V] {
    let mut rest = own.chunks_exact_mut(entries);
    std::array::from_fn(|_| rest.next().expect("sums for each point"))
}

/// Adds to the sums of each entry its couplings times `twice`, leaf by leaf.
#[inline(always)]
#[allow(clippy::needless_range_loop)] // Indices keep the unrolled registers in sight.
unsafe fn add_own<S: Simd<Elem = f64>, const V: usize>(
    lines: &[[f32; GROUP_LEAVES]],
    twice: &[[f64; GROUP_LEAVES]; V],
    own: [&mut [f64]; V],
) {
    let whole = lines.len() / S::LANES * S::LANES;
    // SAFETY: the instruction set is present, by the caller; each register's entries lie within lines and sums, which are
    // read and written where no alignment is known.
    unsafe {
        for first in (0..whole).step_by(S::LANES) {
            let mut sums: [S::Reg; V] =
                std::array::from_fn(|v| S::load_anywhere(own[v][first..][..S::LANES].as_ptr()));
            for lane in (0..GROUP_LEAVES).step_by(S::LANES) {
                let mut tile = [S::zero(); GROUP_LEAVES];
                for (to, line) in tile.iter_mut().zip(&lines[first..][..S::LANES]) {
                    *to = S::convert(line[lane..][..S::LANES].as_ptr());
                }
                transpose::<S>(&mut tile);
                for leaf in 0..S::LANES {
                    for v in 0..V {
                        sums[v] = S::fma(tile[leaf], S::splat(twice[v][lane + leaf]), sums[v]);
                    }
                }
            }
            for v in 0..V {
                S::store_anywhere(own[v][first..][..S::LANES].as_mut_ptr(), sums[v]);
            }
        }
    }
    for v in 0..V {
        for (sum, line) in own[v][whole..].iter_mut().zip(&lines[whole..]) {
            for leaf in 0..GROUP_LEAVES {
                *sum = f64::from(line[leaf]).fused(twice[v][leaf], *sum);
            }
        }
    }
}
