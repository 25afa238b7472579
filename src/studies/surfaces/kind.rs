//! What the engine needs to know of runs on surfaces: sweeps of descents or searches from many starts, and censuses of all critical points.

use rusqlite::Connection;

use super::census::{self, CensusFacts};
use super::couplings::{Couplings, OwnArray};
use super::given::Given;
use super::plan;
use super::record::{SlopeRow, StartResult, SurfaceTimings};
use super::result::UnitResult;
use super::spec::{Kind, Spec};
use super::starts_from::StartsFrom;
use super::strays;
use super::study::Surfaces;
use super::sweep;
use super::unit::{StartsUnit, UNIT_STARTS, UnitKey};
use crate::error::{Error, Result};
use crate::study::{
    Advance, Attachment, Expected, FORMATS, Findings, Format, Intake, Job, Listed, Resources, Study,
    TableShape, Unit, UnitPerThread, Units, Work,
};

/// Versions of files of sweeps and of censuses.
const SWEEPS: [Format; 3] = [FORMATS[0], FORMATS[3], FORMATS[6]];
const CENSUSES: [Format; 3] = [FORMATS[1], FORMATS[4], FORMATS[7]];
/// Of those, files with a table of slopes.
const WITH_SLOPES: [Format; 2] = [FORMATS[6], FORMATS[7]];

/// Starts that share a register of a thread.
const REGISTER: usize = 16;
/// Least lanes that a lease is made for: three units fit in with little left over, one would leave a third.
const LEAST_LANES: usize = 64;
/// Units that fill registers: eighty starts.
const FULL: usize = 4;

impl Study for Surfaces {
    const FORMATS: &'static [Format] =
        &[SWEEPS[0], CENSUSES[0], SWEEPS[2], CENSUSES[2], SWEEPS[1], CENSUSES[1]];
    const ITEMS: &'static str = "starts";

    type Spec = Spec;
    type Listed = StartsUnit;
    type Unit = UnitResult;
    type Times = SurfaceTimings;
    type Given = Given;
    type Work = SurfacesWork;

    fn format(spec: &Spec) -> i32 {
        let format = match (spec.kind(), spec.has_slopes()) {
            (Kind::Sweep, false) => SWEEPS[1],
            (Kind::Census, false) => CENSUSES[1],
            (Kind::Sweep, true) => WITH_SLOPES[0],
            (Kind::Census, true) => WITH_SLOPES[1],
        };
        format.number
    }

    fn attachments(spec: &Spec) -> Vec<Attachment> {
        spec.couplings.own_arrays().iter().map(OwnArray::attachment).collect()
    }

    fn tables(format: i32) -> Vec<TableShape> {
        let list = std::iter::once(TableShape::list::<StartsUnit>());
        let mut tables: Vec<_> =
            list.chain(UnitResult::tables()).chain([TableShape::of::<SurfaceTimings>()]).collect();
        if CENSUSES.iter().any(|census| census.number == format) {
            tables.push(TableShape::of::<CensusFacts>());
        }
        if WITH_SLOPES.iter().any(|with| with.number == format) {
            tables.push(TableShape::of::<SlopeRow>());
        }
        tables
    }

    /// Dims ascending, then instance, then block.
    fn plan(spec: &Spec) -> impl Iterator<Item = StartsUnit> + '_ {
        let surfaces =
            spec.dims.iter().flat_map(move |&dim| (0..spec.instances).map(move |instance| (dim, instance)));
        surfaces.flat_map(move |(dim, instance)| {
            let blocks = 0..spec.starts.div_ceil(UNIT_STARTS);
            blocks.map(move |block| plan::unit(spec, UnitKey { spins: spec.spins, dim, instance, block }))
        })
    }

    fn planned(spec: &Spec, listed: &StartsUnit) -> Option<StartsUnit> {
        let unit = plan::unit(spec, listed.key());
        let known =
            unit.spins == spec.spins && spec.dims.contains(&unit.dim) && unit.instance < spec.instances;
        (known && unit.starts > 0).then_some(unit)
    }

    /// How many points a census has is not known ahead.
    fn covers(spec: &Spec, stored: &StartsUnit, planned: &StartsUnit) -> bool {
        spec.is_census() || stored.starts >= planned.starts
    }

    fn fits(spec: &Spec, unit: &UnitResult) -> bool {
        let key = unit.key;
        let size_fits = match &unit.census {
            Some(facts) => spec.is_census() && unit.has(facts),
            None => {
                let planned = key.starts(spec.starts).len();
                !spec.is_census() && (1..=planned).contains(&unit.starts.len())
            }
        };
        Self::planned(spec, &unit.listed()).is_some()
            && size_fits
            && key
                .rows(spec.kind())
                .zip(&unit.starts)
                .all(|(number, start)| start_fits(spec, unit, number, start))
    }

    fn stray_rows(conn: &Connection, spec: &Spec, units: &Units<Self>) -> rusqlite::Result<Vec<String>> {
        strays::stray_rows(conn, units, spec)
    }

    fn orphans(conn: &Connection) -> rusqlite::Result<Vec<String>> {
        strays::rows_without_records(conn)
    }

    fn progress(spec: &Spec, listed: &StartsUnit) -> (u32, u64) {
        (listed.dim, if spec.is_census() { 1 } else { u64::from(listed.starts) })
    }

    /// In units that compare sizes: couplings, times steps, which grow as Λ. Of a census it is that of its paths, which are as
    /// many on each surface.
    fn work(spec: &Spec, listed: &StartsUnit) -> f64 {
        let values = spec.values(listed.dim);
        values.map_or(f64::MAX, |values| values as f64) * f64::from(listed.dim)
    }

    fn unit_bytes(spec: &Spec, _: &StartsUnit) -> u64 {
        if spec.is_census() { census::bytes_of_one(spec) } else { 0 }
    }

    fn workers(job: &Job<Self>) -> usize {
        census::at_once(job.spec, job.resources)
    }

    fn memory_bytes(spec: &Spec, resources: &Resources) -> u64 {
        sweep::memory_bytes(spec, resources)
    }

    fn disk_bytes(spec: &Spec) -> u64 {
        sweep::disk_bytes(spec)
    }

    fn admit(spec: &Spec, resources: &Resources) -> Result<()> {
        sweep::admit(spec, resources)
    }

    fn expected(job: &Job<Self>, left: &[StartsUnit]) -> Result<Expected> {
        match job.spec.kind() {
            Kind::Sweep => sweep::expected(job, left),
            Kind::Census => Ok(census::expected(job.spec, left.len(), job.resources)),
        }
    }

    fn check_given(spec: &Spec, given: &Given) -> Result<()> {
        if let Some(from @ StartsFrom::Points { .. }) = &spec.starts_from
            && given.starts.as_ref().map(|points| &points.known_as) != Some(from)
        {
            return Err(Error::Refused(
                "the points that its starts begin from are not given: give them again (--starts-from)".into(),
            ));
        }
        let is_random = given.known_as == Couplings::Random;
        if spec.couplings.is_same_tensor(&given.known_as) && (given.couplings.is_some() || is_random) {
            return Ok(());
        }
        Err(Error::Refused("its couplings file is not that of the run".into()))
    }

    fn unit(
        job: &Job<Self>,
        planned: &StartsUnit,
        advance: Advance,
    ) -> Result<Option<(UnitResult, SurfaceTimings)>> {
        match job.spec.kind() {
            Kind::Sweep => sweep::unit(job, planned, advance),
            Kind::Census => census::unit(job, planned.instance, advance),
        }
    }

    fn share(one: &StartsUnit, next: &StartsUnit) -> bool {
        one.shares_surface(next)
    }

    /// Registers hold sixteen starts and a unit has twenty, so four units or a multiple fill them, and three come near: sixty
    /// starts in four registers.
    fn lease(threads: usize) -> [usize; 2] {
        [LEAST_LANES.next_multiple_of(threads * REGISTER) / UNIT_STARTS as usize, FULL]
    }
}

/// How units on surfaces are dealt to threads: those of a sweep share surfaces, and many threads work on one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SurfacesWork;

impl Work<Surfaces> for SurfacesWork {
    fn carry_out(
        job: &Job<Surfaces>,
        pump: impl FnOnce(&dyn Intake<Surfaces>, Findings<Surfaces>) -> Result<()>,
    ) -> Result<()> {
        match job.spec.kind() {
            Kind::Sweep => sweep::carry_out(job, pump),
            Kind::Census => UnitPerThread::carry_out(job, pump),
        }
    }
}

/// Whether a start, or a critical point of a census, is the one with this number of its unit, and such as a run of this spec
/// can hold.
fn start_fits(spec: &Spec, unit: &UnitResult, number: u32, start: &StartResult) -> bool {
    let (key, record) = (unit.key, &start.record);
    let [index, undecided] = [record.index, record.undecided].map(|count| u64::from(count.unwrap_or(0)));
    let point_length = if spec.points { key.dim as usize } else { 0 };
    (record.spins, record.dim, record.instance, record.start) == (key.spins, key.dim, key.instance, number)
        && index + undecided < u64::from(record.dim)
        && start.point.len() == point_length
        && start.slopes.is_some() == spec.has_slopes()
        && (spec.trace || start.trace.is_empty())
}
