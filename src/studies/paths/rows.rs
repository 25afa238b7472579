//! What is stored of a pair, of the passes of its chain, and of the graph of all minima.

use crate::geometry::ConnectOutcome;
use crate::study::columns::columns;

columns! {
    /// Two minima and the highest pass that was found between them. Energies are per spin, u = L/Λ.
    ///
    /// A float that is not known is NaN here, NULL in the store, empty in CSV and `null` in JSON.
    #[derive(Debug, Clone, PartialEq)]
    pub struct PathRow in "paths" {
        /// Number of the pair, from 0 in the order in which pairs are taken.
        pub pair: u32, "";
        /// One minimum: the first start of the source that ended there, or the critical point of its census.
        pub a: u32, "";
        /// The other minimum.
        pub b: u32, "";
        /// w·w′/Λ of the two minima; on an even landscape that of the nearer of ±w′.
        pub overlap: f64, "";
        /// u of the first minimum.
        pub energy_a: f64, "couplings";
        /// u of the second minimum.
        pub energy_b: f64, "couplings";
        /// u of the highest pass of the chain, an upper bound of the exact minimax energy; unknown where no chain of certified passes was found.
        pub barrier: f64, "couplings";
        /// Highest u on the great circle between the two.
        pub great_circle: f64, "couplings";
        /// Exact minimax u, the least over all paths of the highest u; unknown unless the source is a certified census.
        pub minimax: f64, "couplings";
        /// Index of the highest pass; unknown without a chain.
        pub index: Option<u32>, "";
        /// Its negative eigenvalue; unknown without a chain.
        pub eigenvalue: f64, "couplings";
        /// ‖g‖/√Λ there; unknown without a chain.
        pub gradient_norm: f64, "couplings";
        /// Passes of the chain; 1 where the two minima are joined directly, 0 where there is no chain.
        pub passes: u32, "";
        /// Bands that were relaxed.
        pub bands: u32, "";
        /// Those of them that came to rest before their most steps.
        pub at_rest: u32, "";
        /// Steps of all bands.
        pub steps: u64, "steps";
        /// How the search ended: `connected`, `no_pass`, `max_bands`, `above_great_circle` or `non_finite`.
        pub outcome: ConnectOutcome, "";
    }
    key [pair]
    digest own [
        pair, a, b, overlap, energy_a, energy_b, barrier, great_circle, minimax, index, eigenvalue, gradient_norm, passes,
        bands, at_rest, steps, outcome
    ]
}

columns! {
    /// A pass of a chain, and the minimum behind it.
    #[derive(Debug, Clone, PartialEq)]
    pub struct PassRow in "passes" {
        /// Number of the pair.
        pub pair: u32, "";
        /// Number of the pass in its chain, from 0 at the first minimum of the pair.
        pub pass: u32, "";
        /// u of the saddle.
        pub energy: f64, "couplings";
        /// The minimum behind it, as pairs name theirs; unknown where it is none of the source's.
        pub minimum: Option<u32>, "";
        /// u of that minimum.
        pub minimum_energy: f64, "couplings";
    }
    key [pair, pass]
    digest own [pair, pass, energy, minimum, minimum_energy]
}

columns! {
    /// Two components of {u ≤ c} that become one as c rises: a node of the exact disconnectivity tree.
    #[derive(Debug, Clone, PartialEq)]
    pub struct MergeRow in "merges" {
        /// Number of the merge, by energy.
        pub merge: u32, "";
        /// u of the pass.
        pub energy: f64, "couplings";
        /// Lowest minimum of the lower component.
        pub kept: u32, "";
        /// u there.
        pub kept_energy: f64, "couplings";
        /// Lowest minimum of the other component.
        pub absorbed: u32, "";
        /// u there.
        pub absorbed_energy: f64, "couplings";
    }
    key [merge]
    digest own [merge, energy, kept, kept_energy, absorbed, absorbed_energy]
}
