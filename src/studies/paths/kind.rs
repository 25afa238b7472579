//! Paths as a study.

use std::ops::ControlFlow;

use rusqlite::Connection;

use super::given::PathsGiven;
use super::rows::{PassRow, PathRow};
use super::spec::{BLOCK, PathsSpec};
use super::unit::{PathsBlock, PathsUnit};
use crate::error::{Error, Result};
use crate::geometry::{Chain, ConnectOutcome, Connected, Connecting, Field, Pair};
use crate::hamiltonian::Landscape as _;
use crate::numeric::dense::dot;
use crate::study::clock::Meter;
use crate::study::columns::Seconds;
use crate::study::{
    Advance, Attachment, FORMATS, Format, Job, Listed as _, SizeTimes, Store, Study, UnitPerThread,
};

/// The study of paths between minima.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paths;

/// A run of paths.
pub type PathsStore = Store<Paths>;

impl Study for Paths {
    const FORMATS: &'static [Format] = &[FORMATS[8]];
    const ITEMS: &'static str = "pairs";

    type Spec = PathsSpec;
    type Listed = PathsBlock;
    type Unit = PathsUnit;
    type Times = SizeTimes;
    type Given = PathsGiven;
    type Work = UnitPerThread;

    fn attachments(spec: &PathsSpec) -> Vec<Attachment> {
        spec.attachments()
    }

    fn plan(spec: &PathsSpec) -> impl Iterator<Item = PathsBlock> + '_ {
        (0..spec.pairs.div_ceil(BLOCK)).map(|block| PathsBlock::of(block, spec.pairs))
    }

    fn planned(spec: &PathsSpec, listed: &PathsBlock) -> Option<PathsBlock> {
        let planned = PathsBlock::of(listed.key().block, spec.pairs);
        (planned.pairs > 0).then_some(planned)
    }

    fn covers(_: &PathsSpec, stored: &PathsBlock, planned: &PathsBlock) -> bool {
        stored.pairs >= planned.pairs
    }

    fn fits(spec: &PathsSpec, unit: &PathsUnit) -> bool {
        let PathsBlock { pairs, .. } = unit.listed;
        let known =
            Self::planned(spec, &unit.listed).is_some_and(|planned| (1..=planned.pairs).contains(&pairs));
        let mut passes = unit.passes.iter();
        let mut row_fits = |(number, row): (u32, &PathRow)| {
            let own: Vec<&PassRow> = passes.by_ref().take(row.passes as usize).collect();
            let in_order = own.iter().zip(0..).all(|(pass, at)| (pass.pair, pass.pass) == (number, at));
            let is_connected = row.outcome == ConnectOutcome::Connected;
            row.pair == number
                && row.a != row.b
                && own.len() == row.passes as usize
                && in_order
                && (row.passes > 0) == is_connected
                && row.index.is_some() == is_connected
                && row.barrier.is_finite() == is_connected
        };
        let rows_fit =
            unit.rows.len() == pairs as usize && unit.listed.numbers().zip(&unit.rows).all(&mut row_fits);
        let most = if spec.exact && unit.listed.has_merges() { spec.minima as usize - 1 } else { 0 };
        known && rows_fit && passes.next().is_none() && unit.merges.len() <= most
    }

    fn orphans(conn: &Connection) -> rusqlite::Result<Vec<String>> {
        let sql = "SELECT count(*) FROM passes WHERE pair NOT IN (SELECT pair FROM paths)";
        let count: i64 = conn.query_row(sql, [], |row| row.get(0))?;
        Ok(if count == 0 { Vec::new() } else { vec![format!("passes: {count} rows without a pair")] })
    }

    fn progress(spec: &PathsSpec, listed: &PathsBlock) -> (u32, u64) {
        (spec.surface.dim, u64::from(listed.pairs))
    }

    /// About three bands a pair, of 50 steps each and as many gradients again.
    fn work(spec: &PathsSpec, listed: &PathsBlock) -> f64 {
        let gradients = 150.0 * f64::from(spec.images) * f64::from(listed.pairs);
        gradients * spec.surface.values() as f64 * 1e-10
    }

    fn unit_bytes(spec: &PathsSpec, _: &PathsBlock) -> u64 {
        let dim = u64::from(spec.surface.dim);
        // Images with velocities and forces; matrices of searches and polishes.
        u64::from(BLOCK) * u64::from(spec.images) * dim * 8 * 8 + 64 * dim * dim * 8
    }

    fn shared_bytes(spec: &PathsSpec, _: &crate::study::Resources) -> u64 {
        let dim = u64::from(spec.surface.dim);
        let points = (u64::from(spec.minima) + u64::from(spec.saddles)) * dim * 16;
        let pairs = PathsSpec::all_pairs(spec.minima) * 48;
        (32 << 20) + spec.surface.values().saturating_mul(16).saturating_add(points).saturating_add(pairs)
    }

    fn disk_bytes(spec: &PathsSpec) -> u64 {
        let kept: u64 = spec.attachments().iter().map(|one| one.bytes).sum();
        (48 << 10) + kept + u64::from(spec.pairs) * 300
    }

    fn check_given(spec: &PathsSpec, given: &PathsGiven) -> Result<()> {
        if given.hashes(spec.surface.dim) == spec.points {
            return Ok(());
        }
        Err(Error::Refused("the minima of its source are not those of the run".into()))
    }

    fn unit(
        job: &Job<Self>,
        planned: &PathsBlock,
        advance: Advance,
    ) -> Result<Option<(PathsUnit, SizeTimes)>> {
        let Job { spec, given, resources, .. } = *job;
        let mut meter = Meter::start();
        let field = Field { landscape: given.surface(spec), isa: resources.isa };
        let numbers = planned.numbers();
        let order = given.order(spec);
        let pairs = order.get(numbers.start as usize..numbers.end as usize).unwrap_or_default();
        let points = given.points(spec);
        let connecting = Connecting {
            field,
            minima: &points,
            energies: &given.energies,
            images: spec.images as usize,
            most_steps: spec.most_steps,
        };
        let Some(found) = connecting.connect(pairs, &mut || advance(0.0)) else { return Ok(None) };
        let mut unit =
            PathsUnit { listed: *planned, rows: Vec::new(), passes: Vec::new(), merges: Vec::new() };
        for ((number, &pair), found) in numbers.zip(pairs).zip(&found) {
            let (row, passes) = stored(job, number, pair, found);
            unit.rows.push(row);
            unit.passes.extend(passes);
        }
        if planned.has_merges() {
            unit.merges = given.merges(spec, resources.isa);
        }
        if advance(1.0) == ControlFlow::Break(()) {
            return Ok(None);
        }
        let times = SizeTimes { size: spec.surface.dim, spent_s: Seconds(meter.lap().processor_s) };
        Ok(Some((unit, times)))
    }
}

/// What is stored of a pair.
fn stored(job: &Job<Paths>, number: u32, pair: Pair, found: &Connected) -> (PathRow, Vec<PassRow>) {
    let Job { spec, given, resources, .. } = *job;
    let dim = f64::from(spec.surface.dim);
    let number_of = |at: usize| given.numbers.get(at).copied().unwrap_or_default();
    let energy_of = |at: usize| given.energies.get(at).map_or(f64::NAN, |energy| energy / dim);
    let points = given.points(spec);
    let overlap = match (points.get(pair.a), points.get(pair.b)) {
        (Some(a), Some(b)) => dot(a, b) / dim,
        _ => f64::NAN,
    };
    let exact = given.graph(spec, resources.isa).and_then(|exact| exact.graph.minimax(pair.a, pair.b));
    let chain: Option<&Chain> = (found.outcome == ConnectOutcome::Connected).then_some(&found.chain);
    let top = chain.and_then(Chain::top);
    let of_top = |value: Option<f64>| value.unwrap_or(f64::NAN);
    let row = PathRow {
        pair: number,
        a: number_of(pair.a),
        b: number_of(pair.b),
        overlap: if given.surface(spec).is_even() { overlap.abs() } else { overlap },
        energy_a: energy_of(pair.a),
        energy_b: energy_of(pair.b),
        barrier: of_top(top.map(|top| top.energy / dim)),
        great_circle: found.great_circle / dim,
        minimax: exact.map_or(f64::NAN, |energy| energy / dim),
        index: top.map(|_| 1),
        eigenvalue: of_top(top.map(|top| top.eigenvalue)),
        gradient_norm: of_top(top.map(|top| top.gradient_norm)),
        passes: chain.map_or(0, |chain| chain.links.len() as u32),
        bands: found.bands,
        at_rest: found.at_rest,
        steps: found.steps,
        outcome: found.outcome,
    };
    let pass = |((at, saddle), node): ((u32, &crate::geometry::Saddle), &crate::geometry::Node)| PassRow {
        pair: number,
        pass: at,
        energy: saddle.energy / dim,
        minimum: node.known.map(number_of),
        minimum_energy: node.energy / dim,
    };
    let passes =
        chain.map(|chain| (0..).zip(chain.saddles()).zip(chain.nodes.iter().skip(1)).map(pass).collect());
    (row, passes.unwrap_or_default())
}
