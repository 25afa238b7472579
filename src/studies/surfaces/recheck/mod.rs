//! Records recomputed by a second path: plain sums and full spectra at their points; descents, searches and censuses
//! again from their beginning.

pub(super) mod point;

use std::collections::BTreeMap;

use rayon::prelude::*;

use self::point::{DifferingColumns, near, near_slopes, of_census, of_sweep, same_bits, same_point};
use super::census;
use super::record::{Record, Slopes, StartResult};
use super::spec::Spec;
use super::study::{SurfaceStore, Surfaces};
use super::sweep::{Listener, SharedSurface, SurfaceJob, Task};
use super::table::{SurfaceId, surfaces};
use crate::Result;
use crate::descent::{DeviceClass, Protocol, Sought, TracePoint, cuda, evaluate};
use crate::hamiltonian::{CHUNKS, Isa, OwnCouplings, PLAIN_LANES};
use crate::study::{Job, Recomputed, Sampling, Stop, Study};

/// Surfaces of a sample at each size, and records on each.
const SURFACES: usize = 3;
const RECORDS: usize = 6;

/// What does not come out again: columns, `point` or `trace` of a start, or of a critical point by its rank; `None` for what
/// belongs to a whole surface.
fn wrong((dim, instance): (u32, u32), start: Option<u32>, columns: &[&str]) -> String {
    let start = start.map_or(String::new(), |start| format!(" start {start}"));
    format!("dim {dim} instance {instance}{start}: {}", columns.join(", "))
}

/// Recomputes a sample of a run's records, or all of them, surface by surface.
///
/// Every column is compared: at the point that is stored energy, gradient norm, outcome, index, smallest eigenvalue and
/// undecided eigenvalues, by plain sums and by the scalar path; by running the start again all columns, point and path, to
/// the bit, where the machine has the device that the run has. The polish and eigenvalues pass through a linear-algebra
/// library, whose rounding is the processor's: where only they differ, and by no more than rounding, the record is counted
/// in [`Recomputed::rounded`].
///
/// # Errors
/// [`Error::Refused`](crate::Error::Refused) for a run on the user's own couplings without them, or with others; those of
/// the store.
pub fn recompute(store: &SurfaceStore, job: &Job<Surfaces>, sampling: &Sampling) -> Result<Recomputed> {
    Surfaces::check_given(store.spec(), job.given)?;
    let (spec, couplings) = (store.spec(), job.given.couplings.as_ref());
    let recheck = Recheck { store, spec, couplings, job, pool: job.resources.pool()? };
    let mut found = Recomputed::of(sampling);
    for of_size in surfaces(store).chunk_by(|a, b| a.dim == b.dim) {
        let dim = of_size.first().map_or(0, |surface| surface.dim);
        for SurfaceId { instance, .. } in sampling.some(of_size.to_vec(), SURFACES, &[u64::from(dim)]) {
            let records = store.surface_records(dim, instance)?;
            let mut records = sampling.some(records, RECORDS, &[u64::from(dim), u64::from(instance)]);
            records.sort_by_key(|record| record.start);
            recheck.surface((dim, instance), &records, &mut found)?;
        }
    }
    if spec.is_census() {
        recheck.censuses(sampling, &mut found)?;
    }
    Ok(found)
}

struct Recheck<'a> {
    store: &'a SurfaceStore,
    spec: &'a Spec,
    couplings: Option<&'a OwnCouplings>,
    job: &'a Job<'a, Surfaces>,
    pool: rayon::ThreadPool,
}

/// The wrong columns of each start.
type Found = BTreeMap<u32, DifferingColumns>;

impl<'a> Recheck<'a> {
    fn surface(&self, place: (u32, u32), records: &[Record], found: &mut Recomputed) -> Result<()> {
        let points = self.store.points(place.0, place.1)?;
        let mut wrong_columns = Found::new();
        // First of all, since it needs the most memory.
        let again = match self.spec.descent {
            Some(protocol) => self.again(place, protocol, records, &mut wrong_columns, found)?,
            None => BTreeMap::new(),
        };
        let at = |record: &Record| match points.of(record.start) {
            [] => again.get(&record.start).map(|result| result.point.clone()),
            point => Some(point.to_vec()),
        };
        let with_points: Vec<(&Record, Vec<f64>)> =
            records.iter().filter_map(|record| Some((record, at(record)?))).collect();
        found.tried += with_points.len();
        for (start, columns) in self.at_points(place, &with_points)? {
            wrong_columns.entry(start).or_default().extend(columns);
        }
        let kept = |record: &&Record| self.spec.points && points.of(record.start).is_empty();
        records
            .iter()
            .filter(kept)
            .for_each(|record| wrong_columns.entry(record.start).or_default().push("point"));
        for (start, mut columns) in wrong_columns.into_iter().filter(|(_, columns)| !columns.is_empty()) {
            columns.sort_unstable();
            columns.dedup();
            found.wrong.push(wrong(place, Some(start), &columns));
        }
        Ok(())
    }

    /// Runs starts again and compares all that they leave, to the bit.
    fn again(
        &self,
        (dim, instance): (u32, u32),
        protocol: Protocol,
        records: &[Record],
        wrong: &mut Found,
        found: &mut Recomputed,
    ) -> Result<BTreeMap<u32, StartResult>> {
        if protocol.method().device() == DeviceClass::Cuda
            && let Err(reason) = cuda::open()
        {
            found.not_rerun = Some(format!("the run's descents are a GPU's: {reason}"));
            return Ok(BTreeMap::new());
        }
        let mut results = BTreeMap::new();
        let mut keep = |result: StartResult| {
            results.insert(result.record.start, result);
            Ok(())
        };
        let stop = Stop::default();
        let mut listener = Listener { result: &mut keep, advanced: &|_| (), stop: &stop };
        let starts = records.iter().map(|record| record.start).collect();
        self.job((dim, instance), protocol).run(&self.pool, starts, &mut listener)?;
        found.rerun += results.len();
        let points = self.store.points(dim, instance)?;
        let slopes = self.slopes((dim, instance))?;
        for record in records {
            let columns = wrong.entry(record.start).or_default();
            let Some(result) = results.get(&record.start) else {
                columns.push("start");
                continue;
            };
            let (rounded, differ): (DifferingColumns, DifferingColumns) = record
                .differing(&result.record)
                .into_iter()
                .partition(|name| near(name, record, &result.record));
            columns.extend(differ);
            let same_slopes = near_slopes(slopes.get(&record.start).copied(), result.slopes);
            columns.extend((!same_slopes).then_some("radial_slope"));
            let mut is_rounded = !rounded.is_empty();
            let stored = points.of(record.start);
            if self.spec.points && !same_bits(stored, &result.point) {
                is_rounded = true;
                columns.extend((!same_point(stored, &result.point)).then_some("point"));
            }
            if self.spec.trace {
                let stored = self.store.trace(dim, instance, record.start)?;
                let same = same_path(&stored, &result.trace, protocol.method().sought() == Sought::AnyIndex);
                columns.extend((!same).then_some("trace"));
            }
            found.rounded += usize::from(is_rounded && columns.is_empty());
        }
        Ok(results)
    }

    fn job(&self, place: (u32, u32), protocol: Protocol) -> SurfaceJob<'a> {
        SurfaceJob::of((self.spec, protocol), place, self.job.given, self.job.resources)
    }

    /// Wrong columns of records by their points alone.
    fn at_points(
        &self,
        place: (u32, u32),
        records: &[(&Record, Vec<f64>)],
    ) -> Result<Vec<(u32, DifferingColumns)>> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let slopes = self.slopes(place)?;
        // A protocol without sample tensors: those are for descents.
        let shared = SharedSurface::new(self.job(place, Protocol::gd(self.spec.spins.max(2))));
        self.pool.install(|| {
            (0..CHUNKS).into_par_iter().for_each(|chunk| {
                shared.draw(chunk..chunk + 1);
            })
        });
        let task = Task::of(&shared);
        let (couplings, descent) = (self.couplings, self.spec.descent);
        let of_group = |group: &[(&Record, Vec<f64>)]| {
            let points: Vec<&[f64]> = group.iter().map(|(_, point)| point.as_slice()).collect();
            let sums = match couplings {
                Some(couplings) => couplings.plain_sums(&points),
                None => task.surface.plain_sums(&points),
            };
            let evaluated = evaluate(task.surface, Isa::Scalar, &points);
            let each = group.iter().zip(sums).zip(evaluated);
            each.map(|(((record, point), sums), here)| {
                let with = (&sums, slopes.get(&record.start));
                // The run's own protocol.
                let columns = match descent {
                    Some(protocol) => of_sweep(&Task { protocol, ..task }, record, point, here, with),
                    None => of_census(task.surface, record, point, with),
                };
                (record.start, columns)
            })
            .collect::<Vec<_>>()
        };
        Ok(self.pool.install(|| records.par_chunks(PLAIN_LANES).flat_map_iter(of_group).collect()))
    }

    /// Slopes that are stored on a surface, by start; none in a run without them.
    fn slopes(&self, (dim, instance): (u32, u32)) -> Result<BTreeMap<u32, Slopes>> {
        if !self.spec.has_slopes() {
            return Ok(BTreeMap::new());
        }
        let starts = self.store.surface_starts(dim, instance)?.into_iter();
        Ok(starts.filter_map(|start| Some((start.record.start, start.slopes?))).collect())
    }

    /// Takes censuses again: all of them, or one, the first in random order; see [`census::again`].
    fn censuses(&self, sampling: &Sampling, found: &mut Recomputed) -> Result<()> {
        let [mut units, mut otherwise] = [0; 2];
        for facts in sampling.some(self.store.census_facts()?, 1, &[]) {
            if !sampling.all && !census::is_quick(self.spec)? {
                continue;
            }
            let place = (facts.dim, facts.instance);
            for (start, columns) in census::again(self.store, self.job, facts.instance)? {
                found.wrong.push(wrong(place, start, &columns));
            }
            units += 1;
            if let Some(holds) = census::recount(self.store, self.job, &facts)? {
                otherwise += 1;
                let columns = ["a second census finds other points"];
                found.wrong.extend((!holds).then(|| wrong(place, None, &columns)));
            }
        }
        (found.units, found.otherwise) = (Some(units), Some(otherwise));
        Ok(())
    }
}

/// Whether two paths are the same to the bit; or, where a library had a part in them, to rounding.
fn same_path(a: &[TracePoint], b: &[TracePoint], rounded: bool) -> bool {
    let near =
        |x: f64, y: f64| x.to_bits() == y.to_bits() || (rounded && (x - y).abs() <= 1e-9 * (1.0 + x.abs()));
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| {
            a.step == b.step
                && near(a.energy_per_spin, b.energy_per_spin)
                && near(a.gradient_norm, b.gradient_norm)
        })
}
