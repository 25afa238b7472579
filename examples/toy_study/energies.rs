//! The study: energies at random points of random surfaces. A unit is a block of points on one surface.

use std::fmt;
use std::ops::{ControlFlow, Range};

use hspin::Result;
use hspin::descent::{FIRST_ORDER_LANES, first_order};
use hspin::hamiltonian::{Contraction, Landscape, Layout, Surface, SurfaceKey};
use hspin::rng::{Role, stream};
use hspin::sphere::random_point;
use hspin::study::clock::Meter;
use hspin::study::columns::{Seconds, Within, columns, is_finite};
use hspin::study::{Advance, Format, Job, Listed, OWN, Rows, RowsOf, SizeTimes, Study, UnitPerThread};
use serde::Serialize;

use super::spec::EnergiesSpec;

/// H.
pub const SPINS: u32 = 3;
/// Points of a full unit. Part of the format.
pub const BLOCK: u32 = 50;

columns! {
    /// A unit on the list: which one, and how much of it.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Block in "blocks" {
        /// Λ.
        pub dim: u32, "";
        /// Number of the surface.
        pub instance: u32, "";
        /// Number of the block.
        pub block: u32, "";
        /// Points, from the first of the block.
        pub points: u32, "";
    }
    key [dim, instance, block]
    digest own [dim, instance, block, points]
}

columns! {
    /// A random point of a surface.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Point in "points" {
        /// Λ.
        pub dim: u32, "";
        /// Number of the surface.
        pub instance: u32, "";
        /// Number of the point on its surface: where start `point` of a sweep of the same seed begins.
        pub point: u32, "";
        /// L.
        pub energy: f64, "couplings";
        /// L/Λ.
        pub energy_per_spin: f64, "couplings";
        /// ‖g‖/√Λ, g the Riemannian gradient.
        pub gradient_norm: f64, "couplings";
    }
    key [dim, instance, point]
    digest own [dim, instance, point, energy, energy_per_spin, gradient_norm]
}

/// Names a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct BlockKey {
    /// Λ.
    pub dim: u32,
    /// Number of the surface.
    pub instance: u32,
    /// Number of the block.
    pub block: u32,
}

impl fmt::Display for BlockKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "dim {} instance {} block {}", self.dim, self.instance, self.block)
    }
}

impl Listed for Block {
    type Key = BlockKey;

    fn key(&self) -> BlockKey {
        BlockKey { dim: self.dim, instance: self.instance, block: self.block }
    }
}

impl Block {
    /// The block with this number where each surface has `total` points; the last one may be partial.
    fn new(key: BlockKey, total: u32) -> Self {
        let BlockKey { dim, instance, block } = key;
        let points = total.saturating_sub(block.saturating_mul(BLOCK)).min(BLOCK);
        Self { dim, instance, block, points }
    }

    /// Numbers of its points.
    fn numbers(&self) -> Range<u32> {
        let first = self.block.saturating_mul(BLOCK);
        first..first.saturating_add(self.points)
    }
}

impl RowsOf<Block> for Point {
    fn within(block: &Block) -> Within {
        let numbers = Block { points: BLOCK, ..*block }.numbers();
        let range = [i64::from(numbers.start), i64::from(numbers.end) - 1];
        Within {
            equal: vec![("dim", block.dim), ("instance", block.instance)],
            range: Some(("point", range)),
        }
    }
}

/// Energies of random points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Energies;

impl Study for Energies {
    const FORMATS: &'static [Format] = &[Format { number: OWN, command: "toy_study sweep" }];
    const ITEMS: &'static str = "points";

    type Spec = EnergiesSpec;
    type Listed = Block;
    type Unit = Rows<Block, Point>;
    type Times = SizeTimes;
    type Given = ();
    type Work = UnitPerThread;

    fn plan(spec: &EnergiesSpec) -> impl Iterator<Item = Block> + '_ {
        let blocks = spec.points.div_ceil(BLOCK);
        let surfaces =
            spec.dims.iter().flat_map(|&dim| (0..spec.instances).map(move |instance| (dim, instance)));
        let keys = surfaces
            .flat_map(move |(dim, instance)| (0..blocks).map(move |block| BlockKey { dim, instance, block }));
        keys.map(|key| Block::new(key, spec.points))
    }

    fn planned(spec: &EnergiesSpec, listed: &Block) -> Option<Block> {
        let planned = Block::new(listed.key(), spec.points);
        let is_there = spec.dims.contains(&listed.dim) && listed.instance < spec.instances;
        (is_there && planned.points > 0).then_some(planned)
    }

    fn covers(_: &EnergiesSpec, stored: &Block, planned: &Block) -> bool {
        stored.points >= planned.points
    }

    fn fits(spec: &EnergiesSpec, unit: &Self::Unit) -> bool {
        let Block { dim, instance, points, .. } = unit.listed;
        let is_of = |(number, row): (u32, &Point)| {
            (row.dim, row.instance, row.point) == (dim, instance, number) && is_finite(row)
        };
        Self::planned(spec, &unit.listed).is_some_and(|planned| (1..=planned.points).contains(&points))
            && unit.rows.len() == points as usize
            && unit.listed.numbers().zip(&unit.rows).all(is_of)
    }

    fn progress(_: &EnergiesSpec, listed: &Block) -> (u32, u64) {
        (listed.dim, u64::from(listed.points))
    }

    /// Λ³ couplings are drawn, then gone through for every point.
    fn work(_: &EnergiesSpec, listed: &Block) -> f64 {
        f64::from(listed.dim).powi(3) * (20.0 + f64::from(listed.points)) * 1e-9
    }

    fn unit_bytes(_: &EnergiesSpec, listed: &Block) -> u64 {
        16 * u64::from(listed.dim).pow(3)
    }

    fn unit(job: &Job<Self>, planned: &Block, advance: Advance) -> Result<Option<(Self::Unit, SizeTimes)>> {
        let (mut meter, listed) = (Meter::start(), *planned);
        let surface = surface(job.spec, listed.dim, listed.instance);
        let mut space = Contraction::new(surface.dim());
        let numbers: Vec<u32> = listed.numbers().collect();
        let mut rows = Vec::with_capacity(numbers.len());
        for some in numbers.chunks(FIRST_ORDER_LANES) {
            let places: Vec<Vec<f64>> = some.iter().map(|&point| place(job.spec, &listed, point)).collect();
            let places: Vec<&[f64]> = places.iter().map(Vec::as_slice).collect();
            let here = first_order(&surface, job.resources.isa, &places, &mut space);
            rows.extend(some.iter().zip(here).map(|(&point, here)| Point {
                dim: listed.dim,
                instance: listed.instance,
                point,
                energy: here.as_ref().map_or(f64::NAN, |here| here.energy),
                energy_per_spin: here.as_ref().map_or(f64::NAN, |here| here.energy / f64::from(listed.dim)),
                gradient_norm: here.as_ref().map_or(f64::NAN, |here| here.gradient_norm),
            }));
            if advance(some.len() as f64 / numbers.len() as f64) == ControlFlow::Break(()) {
                return Ok(None);
            }
        }
        let times = SizeTimes { size: listed.dim, spent_s: Seconds(meter.lap().processor_s) };
        Ok(Some((Rows { listed, rows }, times)))
    }
}

/// The surface that a sweep of the same seed runs on.
pub fn surface(spec: &EnergiesSpec, dim: u32, instance: u32) -> Surface {
    let layout = Layout::new(spec.spins as usize, dim as usize);
    let key = SurfaceKey { seed: spec.seed, layout, instance: u64::from(instance) };
    Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect())
}

/// Where a point is.
pub fn place(spec: &EnergiesSpec, block: &Block, point: u32) -> Vec<f64> {
    let ids = [spec.spins, block.dim, block.instance, point].map(u64::from);
    random_point(&mut stream(spec.seed, Role::Start, &ids), block.dim as usize)
}
