//! What a census leaves behind beside its points.

use crate::critical::census::Census;
use crate::study::columns::columns;

columns! {
    /// How many critical points one surface has, and how sure that is.
    ///
    /// Counts are of classes of complex eigenvectors of the couplings (lines through the origin), but for
    /// [`real`](Self::real).
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct CensusFacts in "censuses" {
        /// H.
        pub spins: u32, "";
        /// Λ.
        pub dim: u32, "";
        /// Number of the surface.
        pub instance: u32, "";
        /// Classes that are proved to exist and to be different.
        pub complex: u64, "";
        /// Classes of a tensor without multiple eigenvectors.
        pub expected_complex: u64, "";
        /// Proved ends that could not be told from another.
        pub duplicates: u64, "";
        /// Paths that ended at a multiple eigenvector or a family of them.
        pub singular: u64, "";
        /// Paths lost on the way.
        pub lost: u64, "";
        /// Critical points w on the sphere, both signs: as many as the unit has records.
        pub real: u64, "";
        /// Σ_k (−1)^k C_k: 2 for odd Λ and 0 for even Λ, if none is missing.
        pub morse_sum: i64, "";
        /// Whether no critical point is missing, each index is decided and the Morse sum is right.
        pub certified: bool, "";
        /// Ways from the start system to the surface that were tried; 0 at H = 2.
        pub attempts: u32, "";
        /// Paths that were followed again, more carefully.
        pub retried: u64, "";
        /// Steps of all paths.
        pub steps: u64, "steps";
    }
    key [dim, instance]
    digest wide [
        spins, dim, instance, complex, expected_complex, duplicates, singular, lost, real, morse_sum, certified, attempts,
        retried, steps
    ]
}

impl CensusFacts {
    /// The facts of one census.
    pub fn of(census: &Census, instance: u32) -> Self {
        Self {
            spins: census.spins as u32,
            dim: census.dim as u32,
            instance,
            complex: census.tally.distinct,
            expected_complex: census.expected_complex,
            duplicates: census.tally.duplicates,
            singular: census.tally.singular,
            lost: census.tally.lost,
            real: census.points.len() as u64,
            morse_sum: census.morse_sum(),
            certified: census.is_certified(),
            attempts: census.attempts,
            retried: census.retried,
            steps: census.steps,
        }
    }
}
