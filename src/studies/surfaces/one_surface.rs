//! One surface of a run by itself, without a file.

use super::census::CensusFacts;
use super::couplings::Couplings;
use super::reading::Points;
use super::record::StartResult;
use super::spec::Spec;
use super::study::Surfaces;
use super::table::{CriticalPointRow, SurfaceId, with_distinct};
use crate::error::{Error, Result};
use crate::hamiltonian::Surface;
use crate::study::work::compute;
use crate::study::{Job, Study};

/// What a run holds of one surface.
#[derive(Debug, Clone, PartialEq)]
pub struct SurfaceResult {
    /// Its starts, in order; of a census its critical points, by energy.
    pub starts: Vec<StartResult>,
    /// What is known of a census beside its points.
    pub census: Option<CensusFacts>,
}

/// Computes what the job's run holds of one surface: the records are those of the run, to the bit.
///
/// # Errors
/// [`Error::BadInput`] if the run does not have the surface; [`Error::Refused`] where memory is too small or the couplings are
/// not those of the run; [`Error::Interrupted`] once a stop is requested; those of the work.
pub fn compute_surface(job: &Job<Surfaces>, surface: SurfaceId) -> Result<SurfaceResult> {
    let is_on = |dim, instance| SurfaceId { dim, instance } == surface;
    let units: Vec<_> = Surfaces::plan(job.spec).filter(|unit| is_on(unit.dim, unit.instance)).collect();
    if units.is_empty() {
        return Err(Error::bad_input("instance", surface.instance, "a surface of the run"));
    }
    Surfaces::check_given(job.spec, job.given)?;
    Surfaces::admit(job.spec, job.resources)?;
    let mut found = SurfaceResult { starts: Vec::new(), census: None };
    compute::<Surfaces>(job, &units, &mut |unit| {
        found.starts.extend(unit.starts);
        found.census = found.census.or(unit.census);
        Ok(())
    })?;
    found.starts.sort_by_key(|start| start.record.start);
    found.starts = found.starts.iter().map(StartResult::canonical).collect();
    Ok(found)
}

/// A random surface of a run, drawn again.
///
/// # Errors
/// [`Error::Refused`] for a run on the user's own couplings.
pub fn random_surface(spec: &Spec, surface: SurfaceId) -> Result<Surface> {
    if spec.couplings != Couplings::Random {
        return Err(Error::Refused(
            "the run's couplings are your own file; the store has only their checksum (a run that is begun with \
             --keep-couplings has them)"
                .into(),
        ));
    }
    let key = spec.surface_key(surface.dim, surface.instance);
    Ok(Surface::draw_model(&key, &spec.model(), 0, &|n, job| (0..n).map(job).collect()))
}

impl SurfaceResult {
    /// Its records as a run's tables have them.
    pub fn rows(&self, spec: &Spec) -> Vec<CriticalPointRow> {
        let Some(first) = self.starts.first() else { return Vec::new() };
        let dim = first.record.dim;
        let kept = || self.starts.iter().filter(|start| !start.point.is_empty());
        let points = Points {
            dim,
            starts: kept().map(|start| start.record.start).collect(),
            values: kept().flat_map(|start| start.point.iter().copied()).collect(),
        };
        let records = self.starts.iter().map(|start| start.record.clone()).collect();
        let mut rows = with_distinct(spec, records, &points);
        rows.iter_mut().zip(&self.starts).for_each(|(row, start)| row.slopes = start.slopes);
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studies::surfaces::{Given, Request, SurfaceStore, rows};
    use crate::study::{Resources, Stop, execute};

    #[test]
    fn a_surface_by_itself_has_the_rows_that_a_run_has_of_it() {
        let request = Request {
            dims: Some(vec![9]),
            starts: Some(40),
            instances: Some(3),
            trace: Some(true),
            ..Request::default()
        };
        let (spec, given) = (Spec::new(&request).unwrap(), Given::default());
        let (resources, stop) = (Resources::of_threads(2), Stop::default());
        let job = Job { spec: &spec, given: &given, resources: &resources, observer: &(), stop: &stop };
        let folder = tempfile::tempdir().unwrap();
        let mut store = SurfaceStore::create(&folder.path().join("a.run"), &spec).unwrap();
        execute(&mut store, &job).unwrap();
        for instance in [0, 2] {
            let surface = SurfaceId { dim: 9, instance };
            let alone = compute_surface(&job, surface).unwrap();
            let (found, stored) = (alone.rows(&spec), rows(&store, surface).unwrap());
            assert_eq!(found.len(), 40);
            for (found, stored) in found.iter().zip(&stored) {
                assert!(found.record.differing(&stored.record).is_empty());
                assert_eq!(found.distinct, stored.distinct);
            }
            assert_eq!(alone.starts[7].trace, store.trace(9, instance, 7).unwrap());
        }
        let error = compute_surface(&job, SurfaceId { dim: 9, instance: 3 }).unwrap_err().to_string();
        assert!(error.starts_with("instance = 3"), "{error}");
    }
}
