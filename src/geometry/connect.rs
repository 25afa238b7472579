//! From pairs of minima to chains of passes between them.

use std::ops::ControlFlow;

use super::band::{Band, BandEnd, BandOutcome, BandSettings};
use super::chain::{Chain, Gap, Link, Node};
use super::circle::great_circle_top;
use super::pass::{Pass, passes};
use super::relax::relax;
use super::same::{is_same, nearer_sign};
use super::slopes::Field;
use crate::hamiltonian::Landscape;

/// Most bands of a pair.
pub const MOST_BANDS: u32 = 32;
/// Most bands, each with about twice as many images as the one before, that may fail to find a pass in one place.
const MOST_TRIES: u32 = 3;
/// A barrier may be above the top of the great circle by so much, relative to |L| + deviation: rounding.
const ROUNDING: f64 = 1e-9;

named! {
    /// How the search for passes between two minima ended.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum ConnectOutcome {
        /// A chain of certified passes leads from one to the other.
        Connected = "connected",
        /// No saddle of index 1, or none with a minimum on either side, was found in some place.
        NoPass = "no_pass",
        /// There were as many bands as are allowed.
        MaxBands = "max_bands",
        /// The chain is higher than the great circle: there are lower ones.
        AboveGreatCircle = "above_great_circle",
        /// Something was not finite.
        NonFinite = "non_finite",
    }
}

/// Two minima that are to be connected, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The first.
    pub a: usize,
    /// The second.
    pub b: usize,
}

/// A landscape with the minima that are known on it, and how bands are made.
#[derive(Debug)]
pub struct Connecting<'a, L> {
    /// The landscape.
    pub field: Field<'a, L>,
    /// Its minima, |w|² = Λ.
    pub minima: &'a [&'a [f64]],
    /// L there.
    pub energies: &'a [f64],
    /// Images of the first band, both ends included.
    pub images: usize,
    /// Most steps of a band.
    pub most_steps: u32,
}

/// What was found between two minima.
#[derive(Debug, Clone, PartialEq)]
pub struct Connected {
    /// How it ended.
    pub outcome: ConnectOutcome,
    /// The chain, as far as it came.
    pub chain: Chain,
    /// Highest L on the great circle.
    pub great_circle: f64,
    /// Bands.
    pub bands: u32,
    /// Those of them that came to rest.
    pub at_rest: u32,
    /// Steps of all bands.
    pub steps: u64,
}

struct Search {
    chain: Chain,
    great_circle: f64,
    bands: u32,
    at_rest: u32,
    steps: u64,
    outcome: Option<ConnectOutcome>,
}

impl<L: Landscape> Connecting<'_, L> {
    /// Connects pairs of minima, the images of several side by side; what is found of a pair depends on no other. `None` where
    /// `go_on` ended it.
    ///
    /// # Panics
    /// If there is no such minimum.
    pub fn connect(
        &self,
        pairs: &[Pair],
        go_on: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Option<Vec<Connected>> {
        let mut searches: Vec<Search> = pairs.iter().map(|&pair| self.begin(pair)).collect();
        loop {
            let open: Vec<usize> = (0..searches.len()).filter(|&at| searches[at].outcome.is_none()).collect();
            if open.is_empty() {
                return Some(searches.into_iter().map(Search::end).collect());
            }
            let bands: Vec<Band> = open.iter().filter_map(|&at| self.band(&searches[at].chain)).collect();
            let ends = relax(&self.field, bands, go_on)?;
            let place = |end: &BandEnd| (end.images[end.top].clone(), end.tangent.clone());
            let finite = |end: &&BandEnd| end.outcome != BandOutcome::NonFinite;
            let places: Vec<_> = ends.iter().filter(finite).map(place).collect();
            let mut found = passes(&self.field, &places).into_iter();
            for (&at, end) in open.iter().zip(&ends) {
                let pass = if finite(&end) { found.next().flatten() } else { None };
                self.take(&mut searches[at], end, pass);
            }
        }
    }

    fn begin(&self, Pair { a, b }: Pair) -> Search {
        let node = |at: usize, point: Vec<f64>| Node { known: Some(at), point, energy: self.energies[at] };
        let to = nearer_sign(self.field.landscape.is_even(), self.minima[a], self.minima[b]);
        let great_circle = great_circle_top(&self.field, self.minima[a], &to);
        let chain = Chain::between(node(a, self.minima[a].to_vec()), node(b, to));
        let outcome = (!great_circle.is_finite()).then_some(ConnectOutcome::NonFinite);
        Search { chain, great_circle, bands: 0, at_rest: 0, steps: 0, outcome }
    }

    /// The band of the first gap of a chain.
    fn band(&self, chain: &Chain) -> Option<Band> {
        let (at, Gap { path, tries }) = chain.gap()?;
        let images = (self.images - 1) * (1 << tries) + 1;
        let (deviation, rate) = (self.field.landscape.deviation(), self.field.rate());
        let settings = BandSettings { images, most_steps: self.most_steps, deviation, rate };
        let energies = [chain.nodes[at].energy, chain.nodes[at + 1].energy];
        Some(Band::along(path, energies, settings))
    }

    /// Takes what a band and the search for a pass at its top came to.
    fn take(&self, search: &mut Search, end: &BandEnd, pass: Option<Pass>) {
        search.bands += 1;
        search.steps += u64::from(end.steps);
        search.at_rest += u32::from(end.outcome == BandOutcome::AtRest);
        let Some((at, gap)) = search.chain.gap() else { return };
        let tries = gap.tries + 1;
        if end.outcome == BandOutcome::NonFinite {
            search.outcome = Some(ConnectOutcome::NonFinite);
            return;
        }
        let is_even = self.field.landscape.is_even();
        let number = |point: &[f64]| self.minima.iter().position(|minimum| is_same(is_even, minimum, point));
        let went_on = pass.is_some_and(|pass| search.chain.close(is_even, at, (pass, end), &number));
        if !went_on {
            search.chain.links[at] = Link::Gap(Gap { path: end.images.clone(), tries });
        }
        search.outcome = if search.chain.is_closed() {
            let landscape = self.field.landscape;
            let rounding = ROUNDING * (search.great_circle.abs() + landscape.deviation());
            let is_above = search.chain.top().is_some_and(|top| top.energy > search.great_circle + rounding);
            Some(if is_above { ConnectOutcome::AboveGreatCircle } else { ConnectOutcome::Connected })
        } else if !went_on && tries >= MOST_TRIES {
            Some(ConnectOutcome::NoPass)
        } else if search.bands >= MOST_BANDS {
            Some(ConnectOutcome::MaxBands)
        } else {
            None
        };
    }
}

impl Search {
    fn end(self) -> Connected {
        let Self { chain, great_circle, bands, at_rest, steps, outcome } = self;
        let outcome = outcome.unwrap_or(ConnectOutcome::MaxBands);
        Connected { outcome, chain, great_circle, bands, at_rest, steps }
    }
}
