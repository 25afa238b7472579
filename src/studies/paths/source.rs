//! Minima, and saddles of a census, as a run on surfaces has them.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::given::PathsGiven;
use super::order::DEFAULT_PAIRS;
use super::spec::{MOST_MINIMA, PathsSpec, SourceSurface};
use crate::error::{Error, Result};
use crate::geometry::{IMAGES, MOST_BAND_STEPS};
use crate::numeric::hex::hex;
use crate::studies::surfaces::{Couplings, CriticalPointRow, SurfaceId, SurfaceStore, known_surface, rows};
use crate::study::spec::Growth;
use crate::study::{Attached, RunSpec as _};

/// Minima and saddles of one surface.
#[derive(Debug, Clone, PartialEq)]
pub struct PathsSource {
    /// The surface.
    pub surface: SourceSurface,
    /// Whether the source is a certified census.
    pub exact: bool,
    /// Number of each minimum in the source, by energy.
    pub numbers: Vec<u32>,
    /// L of each.
    pub energies: Vec<f64>,
    /// Their points, Λ numbers each.
    pub minima: Vec<f64>,
    /// Points of the saddles of index 1, of a certified census.
    pub saddles: Vec<f64>,
    /// Which minimum each start of the source ended at, by the number of the start.
    ends: Vec<(u32, Option<usize>)>,
}

/// What a command asks of a run of paths.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceAsked {
    /// Pairs.
    pub pairs: Option<u32>,
    /// Pairs by hand, by starts of the source.
    pub chosen: Vec<[u32; 2]>,
    /// Images of a band.
    pub images: Option<u32>,
    /// Whether the exact graph is asked for.
    pub exact: bool,
}

impl PathsSource {
    /// Of one surface of a stored run.
    ///
    /// # Errors
    /// [`Error::BadInput`] where the run has no such surface, keeps no points, is on couplings of the user's own, or has
    /// fewer than two distinct minima there; those of the store.
    pub fn of(store: &SurfaceStore, dim: u32, instance: u32) -> Result<Self> {
        let (spec, path) = (store.spec(), store.path().display());
        let id = known_surface(store, dim, instance)?;
        if !spec.points {
            let allowed = "a run that keeps the points where its starts ended (without --no-points)";
            return Err(Error::bad_input("RUN", path, allowed));
        }
        if spec.couplings != Couplings::Random {
            return Err(Error::bad_input("RUN", path, "a run on random couplings; this one is on your own"));
        }
        let (found, points) = (rows(store, id)?, store.points(dim, instance)?);
        let facts = store.census_facts()?;
        let exact =
            facts.iter().any(|facts| (facts.dim, facts.instance, facts.certified) == (dim, instance, true));
        let firsts = distinct_of(&found, 0, exact);
        let energy = |start: u32| {
            let row = found.iter().find(|row| row.record.start == start);
            row.map_or(f64::NAN, |row| row.record.energy)
        };
        let mut minima: Vec<(u32, u32, f64)> =
            firsts.into_iter().map(|(id, start)| (id, start, energy(start))).collect();
        minima.sort_by(|a, b| a.2.total_cmp(&b.2).then(a.1.cmp(&b.1)));
        minima.truncate(MOST_MINIMA as usize);
        if minima.len() < 2 {
            let number = minima.len();
            let allowed = format!("an instance with at least two distinct minima; {path} has {number} there");
            return Err(Error::bad_input("instance", instance, allowed));
        }
        let place = |id: Option<u32>| minima.iter().position(|(known, ..)| Some(*known) == id);
        let end = |row: &CriticalPointRow| {
            let id = row.distinct.filter(|_| is_sure(row, 0, exact));
            (row.record.start, place(id))
        };
        let saddles = if exact { distinct_of(&found, 1, true) } else { Vec::new() };
        let SurfaceId { dim, instance } = id;
        let model = spec.model;
        let of = |starts: &mut dyn Iterator<Item = u32>| -> Vec<f64> {
            starts.flat_map(|start| points.of(start)).copied().collect()
        };
        Ok(Self {
            surface: SourceSurface { spins: spec.spins, seed: spec.seed, model, dim, instance },
            exact,
            numbers: minima.iter().map(|(_, start, _)| *start).collect(),
            energies: minima.iter().map(|(.., energy)| *energy).collect(),
            minima: of(&mut minima.iter().map(|(_, start, _)| *start)),
            saddles: of(&mut saddles.iter().map(|(_, start)| *start)),
            ends: found.iter().map(end).collect(),
        })
    }

    /// What a run keeps of it.
    pub fn attached(&self) -> Vec<Attached> {
        let dim = self.surface.dim as usize;
        let minima = self.numbers.iter().zip(&self.energies).zip(self.minima.chunks(dim.max(1)));
        let minima = minima.flat_map(|((number, energy), point)| {
            [f64::from(*number), *energy].into_iter().chain(point.iter().copied())
        });
        let bytes = |values: &mut dyn Iterator<Item = f64>| values.flat_map(f64::to_le_bytes).collect();
        vec![
            Attached { name: "minima".into(), bytes: bytes(&mut minima.into_iter()) },
            Attached { name: "saddles".into(), bytes: bytes(&mut self.saddles.iter().copied()) },
        ]
    }

    /// The spec of a run on it.
    ///
    /// # Errors
    /// [`Error::BadInput`] naming what is not allowed.
    pub fn spec(&self, asked: &SourceAsked) -> Result<PathsSpec> {
        if asked.exact && !self.exact {
            return Err(Error::bad_input(
                "exact",
                true,
                "a certified census: only there all minima and passes are known",
            ));
        }
        let minima = self.numbers.len() as u32;
        let chosen = asked.chosen.iter().map(|&pair| self.chosen(pair)).collect::<Result<Vec<_>>>()?;
        let all = PathsSpec::all_pairs(minima).min(DEFAULT_PAIRS.into()) as u32;
        let kept = self.attached();
        let hash = |at: usize| kept.get(at).map(|kept| hex(&Sha256::digest(&kept.bytes))).unwrap_or_default();
        let spec = PathsSpec {
            surface: self.surface.clone(),
            minima,
            saddles: (self.saddles.len() / (self.surface.dim as usize).max(1)) as u32,
            exact: self.exact,
            points: [0, 1].map(hash),
            images: asked.images.unwrap_or(IMAGES as u32),
            most_steps: MOST_BAND_STEPS,
            pairs: if chosen.is_empty() { asked.pairs.unwrap_or(all) } else { chosen.len() as u32 },
            chosen: Some(chosen).filter(|chosen| !chosen.is_empty()),
        };
        spec.check()?;
        Ok(spec)
    }

    /// A stored run with what is asked beyond it.
    ///
    /// # Errors
    /// [`Error::Refused`] where the run is on something else, or would shrink; [`Error::BadInput`].
    pub fn grown(&self, stored: &PathsSpec, asked: &SourceAsked) -> Result<PathsSpec> {
        let growth = Growth("only pairs may grow");
        let asked = SourceAsked { images: asked.images.or(Some(stored.images)), ..asked.clone() };
        let fresh = self.spec(&asked)?;
        let place = |spec: &PathsSpec| {
            let SourceSurface { spins, seed, dim, instance, .. } = spec.surface;
            format!("spins {spins}, seed {seed}, dim {dim}, instance {instance}")
        };
        growth.same("surface", place(stored), Some(place(&fresh)))?;
        growth.same("images", stored.images, Some(fresh.images))?;
        let counted = |spec: &PathsSpec| {
            format!("{} minima, {} saddles of SHA-256 {}", spec.minima, spec.saddles, spec.points.join(" "))
        };
        growth.same("source", counted(stored), Some(counted(&fresh)))?;
        let words = |spec: &PathsSpec| {
            spec.chosen.as_ref().map_or("nearest and lowest first".into(), |chosen| format!("{chosen:?}"))
        };
        let by_hand = if asked.chosen.is_empty() { None } else { Some(words(&fresh)) };
        growth.same("pair", words(stored), by_hand)?;
        let spec = PathsSpec { pairs: growth.grow("pairs", stored.pairs, asked.pairs)?, ..stored.clone() };
        spec.check()?;
        Ok(spec)
    }

    /// The minima that two starts ended at.
    fn chosen(&self, pair: [u32; 2]) -> Result<[u32; 2]> {
        let text = || format!("{},{}", pair[0], pair[1]);
        let place = |start: u32| {
            let end = self.ends.iter().find(|(known, _)| *known == start);
            let allowed = || match end {
                None => format!("starts of the instance; it has no {start}"),
                Some(_) => format!("two starts that ended at minima; {start} did not"),
            };
            end.and_then(|(_, place)| *place).ok_or_else(|| Error::bad_input("pair", text(), allowed()))
        };
        let [a, b] = [place(pair[0])?, place(pair[1])?];
        if a == b {
            let allowed = match pair[0] == pair[1] {
                true => "two different minima",
                false if self.surface.is_even() => {
                    "two different minima; these are one (at even order w and −w are)"
                }
                false => "two different minima; both starts ended at the same",
            };
            return Err(Error::bad_input("pair", text(), allowed));
        }
        Ok([a.min(b) as u32, a.max(b) as u32])
    }

    /// What units of a run need.
    pub fn given(&self) -> PathsGiven {
        let Self { numbers, energies, minima, saddles, .. } = self;
        PathsGiven::new(numbers.clone(), energies.clone(), minima.clone(), saddles.clone())
    }
}

/// Whether a row is a critical point of this index beyond doubt; a census proves that its points are critical.
fn is_sure(row: &CriticalPointRow, index: u32, is_census: bool) -> bool {
    let record = &row.record;
    (record.index, record.undecided) == (Some(index), Some(0)) && (is_census || record.converged())
}

/// The distinct points of this index, each with its first start, by start.
fn distinct_of(rows: &[CriticalPointRow], index: u32, is_census: bool) -> Vec<(u32, u32)> {
    let mut firsts = BTreeMap::new();
    for row in rows.iter().filter(|row| is_sure(row, index, is_census)) {
        if let Some(id) = row.distinct {
            firsts.entry(id).or_insert(row.record.start);
        }
    }
    let mut firsts: Vec<(u32, u32)> = firsts.into_iter().collect();
    firsts.sort_unstable_by_key(|(_, start)| *start);
    firsts
}
