//! What one start leaves behind.

use crate::descent::{Outcome, TracePoint};
use crate::study::columns::{Seconds, canonical, columns, differing};

columns! {
    /// One start: where it ended and how. Energies, gradient norm and index are those after the polish.
    ///
    /// In a census, one critical point; both points ±w of a pair have a record.
    ///
    /// A float that is not known is NaN here, NULL in the store, empty in CSV and `null` in JSON.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Record in "records" {
        /// H.
        pub spins: u32, "";
        /// Λ.
        pub dim: u32, "";
        /// Number of the surface.
        pub instance: u32, "";
        /// Number of the start on its surface; of a critical point in a census, its rank by energy.
        pub start: u32, "";
        /// L, extensive.
        pub energy: f64, "couplings";
        /// u = L/Λ.
        pub energy_per_spin: f64, "couplings";
        /// L/Λ where the descent handed over to the polish, or the approach to the saddle search; unknown in a census.
        pub descent_energy_per_spin: f64, "couplings";
        /// ‖g‖/√Λ.
        pub gradient_norm: f64, "couplings";
        /// Number of negative eigenvalues of the Riemannian Hessian; unknown where there is no Hessian.
        pub index: Option<u32>, "";
        /// Smallest eigenvalue of the Riemannian Hessian.
        pub min_eigenvalue: f64, "couplings";
        /// Eigenvalues within the stated tolerance of 0; unknown where there is no Hessian.
        pub undecided: Option<u32>, "";
        /// Descent steps before the polish; for a saddle search gradient steps to the target energy and steps of the
        /// search together; 0 in a census.
        pub steps: u64, "steps";
        /// w·w′/Λ of the points before and after the polish or the saddle search; unknown in a census.
        pub polish_overlap: f64, "";
        /// How the start ended: `converged`, `max_steps`, `stalled` or `non_finite`.
        pub outcome: Outcome, "";
    }
    key [dim, instance, start]
    digest own [
        spins, dim, instance, start, energy, energy_per_spin, descent_energy_per_spin, gradient_norm, min_eigenvalue,
        polish_overlap, index, undecided, steps, outcome
    ]
}

columns! {
    /// A point of a start's path, with its place.
    #[derive(Debug, Clone, PartialEq)]
    pub struct TraceRow in "traces" {
        /// Λ.
        pub dim: u32, "";
        /// Number of the surface.
        pub instance: u32, "";
        /// Number of the start on its surface.
        pub start: u32, "";
        /// Steps taken, sample and full phase together.
        pub step: u64, "steps";
        /// u = L/Λ on the whole surface, from single-precision couplings and points.
        pub energy_per_spin: f64, "couplings";
        /// ‖g‖/√Λ on the whole surface.
        pub gradient_norm: f64, "couplings";
    }
    key [dim, instance, start, step]
    digest own [step, energy_per_spin, gradient_norm]
}

columns! {
    /// What the record of a start has beside it on a mixture of orders, with couplings of another law, or with a planted
    /// spike.
    #[derive(Debug, Clone, PartialEq)]
    pub struct SlopeRow in "slopes" {
        /// Λ.
        pub dim: u32, "";
        /// Number of the surface.
        pub instance: u32, "";
        /// Number of the start on its surface; of a critical point in a census, its rank by energy.
        pub start: u32, "";
        /// Radial slope w·∇L/Λ: H u of one order, and no function of the energy of several.
        pub radial_slope: f64, "couplings";
        /// Overlap m = w·v/Λ with the hidden vector of the spike, without its sign where the spike's order is even; unknown without a spike.
        pub spike_overlap: f64, "";
    }
    key [dim, instance, start]
    digest own [radial_slope, spike_overlap]
}

/// What a start on a mixture, or beside a spike, has more than a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slopes {
    /// w·∇L/Λ.
    pub radial_slope: f64,
    /// Overlap with the hidden vector; NaN without a spike.
    pub spike_overlap: f64,
}

impl SlopeRow {
    /// The slopes of the start with this record.
    pub fn new(record: &Record, slopes: &Slopes) -> Self {
        let Record { dim, instance, start, .. } = *record;
        let Slopes { radial_slope, spike_overlap } = *slopes;
        Self { dim, instance, start, radial_slope, spike_overlap }
    }

    /// The slopes alone.
    pub fn slopes(&self) -> Slopes {
        Slopes { radial_slope: self.radial_slope, spike_overlap: self.spike_overlap }
    }
}

impl TraceRow {
    /// A point of the path of the start with this record.
    pub fn new(record: &Record, point: &TracePoint) -> Self {
        let Record { dim, instance, start, .. } = *record;
        let TracePoint { step, energy_per_spin, gradient_norm } = *point;
        Self { dim, instance, start, step, energy_per_spin, gradient_norm }
    }

    /// The point alone.
    pub fn point(&self) -> TracePoint {
        let Self { step, energy_per_spin, gradient_norm, .. } = *self;
        TracePoint { step, energy_per_spin, gradient_norm }
    }
}

impl Record {
    /// Columns by which two records differ, to the bit; unknown floats are the same as each other.
    pub fn differing(&self, other: &Self) -> Vec<&'static str> {
        differing(&canonical(self), &canonical(other))
    }

    /// The index, where no eigenvalue is undecided.
    pub fn decided_index(&self) -> Option<u32> {
        self.index.filter(|_| self.undecided == Some(0))
    }

    /// Whether the start ended at a critical point.
    pub fn converged(&self) -> bool {
        self.outcome == Outcome::Converged
    }
}

/// All that one start hands to the store.
#[derive(Debug, Clone, PartialEq)]
pub struct StartResult {
    /// Its record.
    pub record: Record,
    /// Its final point, Λ numbers; left empty by a run that keeps no points.
    pub point: Vec<f64>,
    /// Its history; empty in a run without traces.
    pub trace: Vec<TracePoint>,
    /// Its slopes, in a run that has them.
    pub slopes: Option<Slopes>,
}

impl StartResult {
    /// Its history as rows.
    pub fn trace_rows(&self) -> impl Iterator<Item = TraceRow> {
        self.trace.iter().map(|point| TraceRow::new(&self.record, point))
    }

    /// Its slopes as a row, if it has them.
    pub fn slope_row(&self) -> Option<SlopeRow> {
        self.slopes.as_ref().map(|slopes| SlopeRow::new(&self.record, slopes))
    }

    /// The start as the store gives it back.
    #[must_use]
    pub fn canonical(&self) -> Self {
        Self {
            record: canonical(&self.record),
            point: self.point.iter().map(|&x| if x.is_nan() { f64::NAN } else { x }).collect(),
            trace: self.trace_rows().map(|row| canonical(&row).point()).collect(),
            slopes: self.slope_row().map(|row| canonical(&row).slopes()),
        }
    }
}

/// Processor time spent on a surface, in seconds; outside dumps and checksums.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
pub struct Timings {
    /// Drawing the couplings.
    pub draw_s: f64,
    /// Descents; of a census, following paths and all that comes after.
    pub descent_s: f64,
    /// Polishes.
    pub polish_s: f64,
    /// Spectra and indices.
    pub index_s: f64,
}

impl Timings {
    /// All parts times a factor.
    pub fn scaled(&self, factor: f64) -> Self {
        Self {
            draw_s: factor * self.draw_s,
            descent_s: factor * self.descent_s,
            polish_s: factor * self.polish_s,
            index_s: factor * self.index_s,
        }
    }

    /// Sum of all parts, in seconds.
    pub fn total_s(&self) -> f64 {
        self.draw_s + self.descent_s + self.polish_s + self.index_s
    }
}

columns! {
    /// Processor time spent on one surface.
    #[derive(Debug, Clone, PartialEq)]
    pub struct SurfaceTimings in "timings" {
        /// Λ.
        pub dim: u32, "";
        /// Number of the surface.
        pub instance: u32, "";
        /// Drawing the couplings.
        pub draw_s: Seconds, "s";
        /// Descents; of a census, following paths and all that comes after.
        pub descent_s: Seconds, "s";
        /// Polishes.
        pub polish_s: Seconds, "s";
        /// Spectra and indices.
        pub index_s: Seconds, "s";
    }
    key [dim, instance]
    digest own [dim, instance, draw_s, descent_s, polish_s, index_s]
}

impl SurfaceTimings {
    /// Time spent on this surface.
    pub fn new(dim: u32, instance: u32, spent: &Timings) -> Self {
        let [draw_s, descent_s, polish_s, index_s] =
            [spent.draw_s, spent.descent_s, spent.polish_s, spent.index_s].map(Seconds);
        Self { dim, instance, draw_s, descent_s, polish_s, index_s }
    }

    /// The time alone.
    pub fn spent(&self) -> Timings {
        let [draw_s, descent_s, polish_s, index_s] =
            [self.draw_s, self.descent_s, self.polish_s, self.index_s].map(|seconds| seconds.0);
        Timings { draw_s, descent_s, polish_s, index_s }
    }
}

impl std::ops::AddAssign for Timings {
    fn add_assign(&mut self, other: Self) {
        self.draw_s += other.draw_s;
        self.descent_s += other.descent_s;
        self.polish_s += other.polish_s;
        self.index_s += other.index_s;
    }
}
