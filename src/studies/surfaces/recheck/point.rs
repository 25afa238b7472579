//! A record held against its point: what the point alone tells.

use crate::critical::SAME_POINT;
use crate::descent::{CONVERGED, Descended, Evaluated, Outcome, Polished, Sought};
use crate::hamiltonian::{Landscape, Sums, Surface, root_mean_square};
use crate::numeric::symmetric::Cholesky;
use crate::sphere::overlap;
use crate::studies::surfaces::record::{Record, Slopes};
use crate::studies::surfaces::sweep::task::{Task, spike_overlap};

/// Sums in another order may differ by so many times what [`Sums`] states.
const SLACK: f64 = 4.0;
/// Largest | |w|²/Λ − 1 | of a point on the sphere.
const LENGTH: f64 = 1e-12;
/// Eigenvalues within this share of the largest may have either sign by rounding.
const SIGN: f64 = 1e-12;
/// Difference of a smallest eigenvalue from a factor and from the full spectrum, relative to the largest.
const MIN_EIGENVALUE: f64 = 1e-7;
/// Relative difference of a gradient norm and its bound at which either outcome is right.
const BORDER: f64 = 1e-12;

/// What a linear-algebra library that rounds otherwise, as on another processor, changes in a record at most, relatively.
const LIBRARY: f64 = 1e-9;

/// Names of columns that are wrong.
pub type DifferingColumns = Vec<&'static str>;

/// Columns of a record of a sweep that are not those of its point.
pub fn of_sweep(
    task: &Task,
    record: &Record,
    point: &[f64],
    here: Option<Evaluated>,
    (sums, slopes): (&Sums, Option<&Slopes>),
) -> DifferingColumns {
    let mut wrong = DifferingColumns::new();
    wrong.extend(outcome(task, record, here.as_ref()));
    let mut factor = Cholesky::default();
    if let Some(here) = &here {
        wrong.extend(by_sums(record, point, sums, slopes));
        wrong.extend(slopes.and_then(|slopes| wrong_overlap(task.surface, point, slopes)));
        wrong.extend(by_full_spectrum(task, record, here, &mut factor));
    }
    let expected = made_anew(task, record, point, here, &mut factor);
    let columns_of_a_point =
        ["energy", "energy_per_spin", "gradient_norm", "index", "min_eigenvalue", "undecided"];
    let belongs = |name: &&str| columns_of_a_point.contains(name);
    let rounded = |name: &&str| *name != "min_eigenvalue" || !near(name, record, &expected);
    wrong.extend(record.differing(&expected).into_iter().filter(belongs).filter(rounded));
    wrong.extend(out_of_bounds(task, record));
    wrong
}

/// Columns of a record of a census that are not those of its point.
pub fn of_census(
    surface: &Surface,
    record: &Record,
    point: &[f64],
    (sums, slopes): (&Sums, Option<&Slopes>),
) -> DifferingColumns {
    let mut wrong = by_sums(record, point, sums, slopes);
    wrong.extend(slopes.and_then(|slopes| wrong_overlap(surface, point, slopes)));
    let dim = point.len() as f64;
    if (record.energy - dim * record.energy_per_spin).abs() > 1e-14 * record.energy.abs() {
        wrong.push("energy_per_spin");
    }
    for (name, is_known) in [
        ("descent_energy_per_spin", !record.descent_energy_per_spin.is_nan()),
        ("polish_overlap", !record.polish_overlap.is_nan()),
        ("steps", record.steps != 0),
    ] {
        wrong.extend(is_known.then_some(name));
    }
    wrong
}

/// Whether two points have the same bits.
pub fn same_bits(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.to_bits() == y.to_bits())
}

/// Whether two points are one, but for rounding.
pub fn same_point(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && (overlap(a, b) - 1.0).abs() < SAME_POINT
}

/// Whether a column is the same in two records to what [`LIBRARY`] allows: the polish and eigenvalues pass through a library
/// whose rounding is the processor's; all else has the same bits everywhere.
pub fn near(column: &str, a: &Record, b: &Record) -> bool {
    let slope = f64::from(a.spins) * a.energy_per_spin.abs();
    let (x, y, scale) = match column {
        "energy" => (a.energy, b.energy, a.energy.abs()),
        "energy_per_spin" => (a.energy_per_spin, b.energy_per_spin, slope),
        "gradient_norm" => (a.gradient_norm, b.gradient_norm, slope),
        "min_eigenvalue" => (a.min_eigenvalue, b.min_eigenvalue, slope + a.min_eigenvalue.abs()),
        "polish_overlap" => (a.polish_overlap, b.polish_overlap, 1.0),
        _ => return false,
    };
    (x - y).abs() <= LIBRARY * scale
}

/// Converged if and only if the gradient is small; not finite if and only if something is not.
fn outcome(task: &Task, record: &Record, here: Option<&Evaluated>) -> Option<&'static str> {
    let fits = match here {
        None => record.outcome == Outcome::NonFinite,
        Some(here) => {
            let bound = CONVERGED * task.surface.deviation();
            let is_border = (here.gradient_norm - bound).abs() <= BORDER * bound;
            let is_small = here.gradient_norm <= bound;
            record.outcome != Outcome::NonFinite
                && (is_border || is_small == (record.outcome == Outcome::Converged))
        }
    };
    (!fits).then_some("outcome")
}

/// The overlap with the hidden vector, where it is not that of the point.
fn wrong_overlap(surface: &Surface, point: &[f64], slopes: &Slopes) -> Option<&'static str> {
    let expected = spike_overlap(surface, point);
    let fits = match expected.is_nan() {
        true => slopes.spike_overlap.is_nan(),
        false => (slopes.spike_overlap - expected).abs() <= LENGTH,
    };
    (!fits).then_some("spike_overlap")
}

/// Whether two radial slopes and overlaps are the same to what [`LIBRARY`] allows.
pub fn near_slopes(a: Option<Slopes>, b: Option<Slopes>) -> bool {
    let near = |x: f64, y: f64| (x.is_nan() && y.is_nan()) || (x - y).abs() <= LIBRARY * (1.0 + x.abs());
    match (a, b) {
        (Some(a), Some(b)) => near(a.radial_slope, b.radial_slope) && near(a.spike_overlap, b.spike_overlap),
        (None, None) => true,
        _ => false,
    }
}

/// Energy, gradient, radial slope and |w|² = Λ, by plain sums; without stored slopes Euler's identity w·∇L = H L in their
/// place.
fn by_sums(record: &Record, point: &[f64], sums: &Sums, slopes: Option<&Slopes>) -> DifferingColumns {
    let dim = point.len() as f64;
    let near = |a: f64, b: f64, error: f64| (a - b).abs() <= SLACK * error;
    let radial = point.iter().zip(&sums.gradient).map(|(w, g)| w * g).sum::<f64>();
    let tangent = point.iter().zip(&sums.gradient).map(|(w, g)| g - radial / dim * w);
    let norm = root_mean_square(tangent);
    let length = point.iter().map(|w| w * w).sum::<f64>() / dim;
    let checks = [
        ("energy", near(sums.energy, record.energy, sums.energy_error)),
        match slopes {
            // Of a sum of orders, with errors up to the highest times those of the energy.
            Some(slopes) => {
                let error = f64::from(record.spins.max(1)) * sums.energy_error / dim + sums.gradient_error;
                ("radial_slope", near(radial / dim, slopes.radial_slope, error))
            }
            None => ("energy", near(radial / f64::from(record.spins), record.energy, sums.energy_error)),
        },
        ("energy_per_spin", near(sums.energy / dim, record.energy_per_spin, sums.energy_error / dim)),
        ("gradient_norm", near(norm, record.gradient_norm, sums.gradient_error)),
        ("point", (length - 1.0).abs() <= LENGTH),
    ];
    checks.into_iter().filter(|(_, holds)| !holds).map(|(name, _)| name).collect()
}

/// Index and smallest eigenvalue by all eigenvalues, where the record may have them from a factor.
fn by_full_spectrum(
    task: &Task,
    record: &Record,
    here: &Evaluated,
    factor: &mut Cholesky,
) -> DifferingColumns {
    let mut wrong = DifferingColumns::new();
    let Ok(values) = here.hessian.eigenvalues() else { return vec!["min_eigenvalue"] };
    let largest = values.iter().fold(0.0f64, |top, value| top.max(value.abs()));
    let below = |bound: f64| values.iter().filter(|&&value| value < bound).count() as u32;
    let (surely, maybe) = (below(-SIGN * largest), below(SIGN * largest));
    let (index, undecided) = (record.index.unwrap_or(0), record.undecided.unwrap_or(0));
    if index > maybe || index.saturating_add(undecided) < surely {
        wrong.push("index");
    }
    let found = task.spectrum(here, factor).map(|spectrum| spectrum.min_eigenvalue);
    let near =
        |found: f64| values.first().is_none_or(|least| (found - least).abs() <= MIN_EIGENVALUE * largest);
    if !found.is_some_and(near) {
        wrong.push("min_eigenvalue");
    }
    wrong
}

/// The record that a start leaves which ends at this point, by the scalar path: the same to the bit.
fn made_anew(
    task: &Task,
    record: &Record,
    point: &[f64],
    end: Option<Evaluated>,
    factor: &mut Cholesky,
) -> Record {
    let descended = Descended {
        id: u64::from(record.start),
        point: point.to_vec(),
        steps: record.steps,
        trace: Vec::new(),
    };
    let polished = Polished {
        descended,
        descent_energy: None,
        end: end.filter(|_| record.outcome != Outcome::NonFinite),
        overlap: record.polish_overlap,
        steps: 0,
        outcome: record.outcome,
    };
    task.record_at(polished, factor)
}

/// What the point does not tell, where it cannot be at all.
fn out_of_bounds(task: &Task, record: &Record) -> DifferingColumns {
    let method = task.protocol.method();
    let (first, full) = (method.first_steps(), u64::from(method.full_steps()));
    let is_search = method.sought() == Sought::AnyIndex;
    let mut wrong = DifferingColumns::new();
    if record.steps < first || (record.steps > first + full && !is_search) {
        wrong.push("steps");
    }
    if record.polish_overlap.abs() > 1.0 + LENGTH {
        wrong.push("polish_overlap");
    }
    // A polish never raises the energy, up to rounding.
    let rise = record.energy_per_spin - record.descent_energy_per_spin;
    if !is_search && rise > 1e-9 * record.energy_per_spin.abs().max(task.surface.deviation()) {
        wrong.push("descent_energy_per_spin");
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descent::{Execution, Protocol, Rules, evaluate};
    use crate::hamiltonian::{CHUNKS, Isa, Layout, SurfaceKey};
    use crate::studies::surfaces::sweep::{JobStarts, Listener, SharedSurface, SurfaceJob};
    use crate::study::Stop;

    type Change = (&'static str, fn(&mut Record));

    /// The path by points alone, for machines that cannot run a start again.
    #[test]
    fn the_point_alone_tells_every_column_that_belongs_to_it() {
        let key = SurfaceKey { seed: 5, layout: Layout::new(3, 7), instance: 0 };
        let protocol = Protocol::gd(3);
        let execution = Execution { isa: Isa::best(), batch: 16 };
        let job = SurfaceJob {
            key,
            couplings: None,
            model: None,
            protocol,
            rules: Rules::CURRENT,
            execution,
            traced: false,
            starts: JobStarts::Uniform,
            few_starts: false,
            have_slopes: false,
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let (mut found, stop) = (Vec::new(), Stop::default());
        let mut keep = |result| {
            found.push(result);
            Ok(())
        };
        let mut listener = Listener { result: &mut keep, advanced: &|_| (), stop: &stop };
        job.run(&pool, vec![0, 1, 2], &mut listener).unwrap();
        let shared = SharedSurface::new(job);
        assert!(shared.draw(0..CHUNKS));
        let task = Task::of(&shared);
        let wrong = |record: &Record, point: &[f64]| {
            let sums = task.surface.plain_sums(&[point]).remove(0);
            let here = evaluate(task.surface, Isa::Scalar, &[point]).pop().flatten();
            of_sweep(&task, record, point, here, (&sums, None))
        };
        for result in &found {
            assert_eq!(wrong(&result.record, &result.point), DifferingColumns::new());
            let mut longer = result.point.clone();
            longer.iter_mut().for_each(|x| *x *= 1.0 + 1e-9);
            assert!(wrong(&result.record, &longer).contains(&"point"));
            let changes: [Change; 10] = [
                ("energy", |record| record.energy = record.energy.next_up()),
                ("energy_per_spin", |record| record.energy_per_spin += 1e-9),
                ("gradient_norm", |record| record.gradient_norm *= 2.0),
                ("index", |record| record.index = Some(3)),
                ("index", |record| record.index = None),
                ("min_eigenvalue", |record| record.min_eigenvalue += 1e-6),
                ("undecided", |record| record.undecided = Some(2)),
                ("outcome", |record| record.outcome = Outcome::Stalled),
                ("steps", |record| record.steps = 1 << 40),
                ("descent_energy_per_spin", |record| record.descent_energy_per_spin = -9.0),
            ];
            for (column, change) in changes {
                let mut record = result.record.clone();
                change(&mut record);
                assert!(wrong(&record, &result.point).contains(&column), "{column}");
            }
        }
    }
}
