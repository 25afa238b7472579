//! Bands and the graph of minima, on surfaces whose critical points are all known: barriers are never below the exact minimax
//! energy nor above the great circle, and false graphs are caught by the same test.

use std::ops::ControlFlow;

use hspin::geometry::{
    Band, BandSettings, ConnectOutcome, Connected, Connecting, Edge, ExactGraph, Field, Graph, IMAGES,
    MOST_BAND_STEPS, Pair, exact_graph, great_circle_top, passes, relax,
};
use hspin::hamiltonian::{Isa, Landscape, Surface};
use hspin::numeric::symmetric::Symmetric;
use hspin::prelude::*;
use hspin::sphere::overlap;

/// Energies L closer than this are equal: rounding of two ways to one saddle.
const EQUAL: f64 = 1e-8;

fn field(surface: &Surface) -> Field<'_, Surface> {
    Field { landscape: surface, isa: Isa::best() }
}

/// A surface with all its minima and saddles of index 1; of ±w on an even surface one.
struct Known {
    surface: Surface,
    minima: Vec<Vec<f64>>,
    energies: Vec<f64>,
    saddles: Vec<Vec<f64>>,
}

impl Known {
    fn new(spins: usize, dim: usize, seed: u64) -> Self {
        let surface = Surface::random(spins, dim, Seed(seed));
        let census = surface.census(Seed(1)).unwrap();
        assert!(census.is_certified());
        let is_one = |antipode: bool| !surface.is_even() || !antipode;
        let of = |index: u32| census.points.iter().filter(move |at| at.index == index && is_one(at.antipode));
        Self {
            minima: of(0).map(|at| at.point.clone()).collect(),
            energies: of(0).map(|at| at.energy_per_spin * dim as f64).collect(),
            saddles: of(1).map(|at| at.point.clone()).collect(),
            surface,
        }
    }

    fn graph(&self) -> ExactGraph {
        let saddles: Vec<&[f64]> = self.saddles.iter().map(Vec::as_slice).collect();
        exact_graph(&field(&self.surface), (&self.points(), &self.energies), &saddles)
    }

    fn points(&self) -> Vec<&[f64]> {
        self.minima.iter().map(Vec::as_slice).collect()
    }

    fn pairs(&self) -> Vec<Pair> {
        let count = self.minima.len();
        (0..count).flat_map(|a| (a + 1..count).map(move |b| Pair { a, b })).collect()
    }

    fn connect(&self, pairs: &[Pair], images: usize, isa: Isa) -> Vec<Connected> {
        let (field, minima) = (Field { landscape: &self.surface, isa }, self.points());
        let (energies, most_steps) = (self.energies.as_slice(), MOST_BAND_STEPS);
        let connecting = Connecting { field, minima: &minima, energies, images, most_steps };
        connecting.connect(pairs, &mut || ControlFlow::Continue(())).unwrap()
    }
}

/// What barriers are beside a graph.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Tally {
    pairs: usize,
    connected: usize,
    equal: usize,
    below: usize,
    above_circle: usize,
}

impl Tally {
    fn add(&mut self, pairs: &[Pair], found: &[Connected], graph: &Graph) {
        for (pair, found) in pairs.iter().zip(found) {
            self.pairs += 1;
            if found.outcome != ConnectOutcome::Connected {
                continue;
            }
            self.connected += 1;
            let barrier = found.chain.top().unwrap().energy;
            let minimax = graph.minimax(pair.a, pair.b).unwrap_or(f64::INFINITY);
            self.equal += usize::from((barrier - minimax).abs() <= EQUAL);
            self.below += usize::from(barrier < minimax - EQUAL);
            self.above_circle += usize::from(barrier > found.great_circle + EQUAL);
        }
    }
}

/// Barriers of all pairs of so many surfaces of each size, beside the exact graphs and beside two false ones.
fn tallies(sizes: &[(usize, usize, u64)]) -> [Tally; 3] {
    let mut tallies = [Tally::default(); 3];
    for &(spins, dim, seeds) in sizes {
        for seed in 1..=seeds {
            let known = Known::new(spins, dim, seed);
            let exact = known.graph();
            assert!(exact.is_exact(), "H={spins} Λ={dim} seed {seed}: {} unresolved", exact.unresolved);
            let pairs = known.pairs();
            let found = known.connect(&pairs, IMAGES, Isa::best());
            let lowest = exact.graph.merges().first().map(|merge| merge.edge);
            let count = known.minima.len();
            // Without the pass that joins the first two components; and with every pass at another minimum.
            let without: Vec<Edge> =
                (0..exact.edges.len()).filter(|at| Some(*at) != lowest).map(|at| exact.edges[at]).collect();
            let turned: Vec<Edge> = exact
                .edges
                .iter()
                .map(|edge| Edge { ends: [edge.ends[0], (edge.ends[1] + 1) % count], ..*edge })
                .collect();
            let false_graphs = [without, turned].map(|edges| Graph::new(known.energies.clone(), &edges));
            for (tally, graph) in tallies.iter_mut().zip([&exact.graph, &false_graphs[0], &false_graphs[1]]) {
                tally.add(&pairs, &found, graph);
            }
        }
    }
    tallies
}

#[track_caller]
fn assert_bounded([exact, without, turned]: [Tally; 3]) {
    println!("exact {exact:?}\nwithout a pass {without:?}\nturned {turned:?}");
    assert_eq!((exact.below, exact.above_circle), (0, 0), "{exact:?}");
    assert!(exact.connected as f64 >= 0.95 * exact.pairs as f64, "{exact:?}");
    assert!(exact.equal as f64 >= 0.4 * exact.connected as f64, "{exact:?}");
    // False graphs are caught by what the exact one passes.
    assert!(without.below > 0, "{without:?}");
    assert!(turned.below > 0, "{turned:?}");
}

#[test]
fn barriers_lie_between_the_exact_minimax_energy_and_the_great_circle() {
    assert_bounded(tallies(&[(3, 6, 25), (3, 7, 15), (3, 8, 10), (4, 5, 10)]));
}

#[test]
#[ignore = "ten thousand pairs: minutes"]
fn ten_thousand_barriers_lie_between_the_exact_minimax_energy_and_the_great_circle() {
    let found = tallies(&[(3, 6, 400), (3, 7, 250), (3, 8, 200), (4, 6, 60)]);
    assert!(found[0].connected >= 10_000, "{found:?}");
    assert_bounded(found);
}

#[test]
fn every_pass_of_a_chain_is_a_saddle_of_the_census_and_its_minima_are_minima_of_it() {
    for seed in 1..=6 {
        let known = Known::new(3, 7, seed);
        let is_of =
            |all: &[Vec<f64>], point: &[f64]| all.iter().any(|other| overlap(other, point) > 1.0 - 1e-8);
        let pairs = known.pairs();
        for (pair, found) in pairs.iter().zip(known.connect(&pairs, IMAGES, Isa::best())) {
            let chain = &found.chain;
            assert_eq!(chain.nodes.len(), chain.links.len() + 1);
            assert!(chain.saddles().all(|saddle| is_of(&known.saddles, &saddle.point)));
            assert!(chain.nodes.iter().all(|node| is_of(&known.minima, &node.point) && node.known.is_some()));
            let ends = [chain.nodes.first(), chain.nodes.last()].map(|node| node.unwrap().known.unwrap());
            assert_eq!(ends, [pair.a, pair.b]);
            // No minimum is gone through twice.
            let mut numbers: Vec<_> = chain.nodes.iter().map(|node| node.known).collect();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers.len(), chain.nodes.len());
        }
    }
}

#[test]
fn a_census_without_the_passes_of_a_minimum_is_not_connected() {
    let mut known = Known::new(3, 7, 2);
    let exact = known.graph();
    assert!(exact.is_exact() && exact.graph.is_connected());
    let touches = |at: usize| exact.edges[at].ends.contains(&0);
    known.saddles =
        (0..known.saddles.len()).filter(|&at| !touches(at)).map(|at| known.saddles[at].clone()).collect();
    let less = known.graph();
    assert!(less.unresolved == 0 && !less.is_exact());
}

/// Between critical points at H = 3, u(t) = c_0³u_0 + c_1³u_1 + 3c_0c_1q(c_0u_0 + c_1u_1).
#[test]
fn tops_of_great_circles_are_those_of_the_closed_form() {
    let known = Known::new(3, 8, 3);
    for Pair { a, b } in known.pairs() {
        let top = great_circle_top(&field(&known.surface), &known.minima[a], &known.minima[b]);
        let q = overlap(&known.minima[a], &known.minima[b]);
        let (omega, energies) = (q.acos(), [known.energies[a], known.energies[b]]);
        let at = |t: f64| {
            let (c0, c1) = (((1.0 - t) * omega).sin() / omega.sin(), (t * omega).sin() / omega.sin());
            c0.powi(3) * energies[0]
                + c1.powi(3) * energies[1]
                + 3.0 * c0 * c1 * q * (c0 * energies[0] + c1 * energies[1])
        };
        let steps = 20_000;
        let grid = (0..=steps).map(|k| at(f64::from(k) / f64::from(steps))).fold(f64::MIN, f64::max);
        // The grid is at most a step from the top, and never above it.
        assert!(top >= grid - 1e-11 && top - grid < 1e-6, "{top} {grid}");
        // A wrong overlap is told.
        assert!((top - at(0.5)).abs() > 1e-6 || grid == at(0.5));
    }
}

/// L = Λ^{−1/2} wᵀ X w: critical points are eigenvectors, u = λ_k/√Λ, and the lowest way from e_1 to −e_1 leads over e_2.
#[test]
fn at_order_two_the_pass_between_both_minima_is_the_second_eigenvector() {
    for (dim, seed) in [(5, 1), (12, 2), (40, 3)] {
        let surface = Surface::random(2, dim, Seed(seed));
        let dense = surface.to_dense();
        let eigen = Symmetric::from_lower(dim, |i, j| dense[i * dim + j]).eigen().unwrap();
        let root = (dim as f64).sqrt();
        let lowest: Vec<f64> = {
            let unit: Vec<f64> = (0..dim).map(|i| f64::from(u8::from(i == 0))).collect();
            eigen.combine(&unit).iter().map(|x| x * root).collect()
        };
        let opposite: Vec<f64> = lowest.iter().map(|x| -x).collect();
        let energy = eigen.values[0] * root;
        let field = field(&surface);
        // By way of any other point.
        let middle = surface.random_point(Seed(9));
        let settings = BandSettings {
            images: IMAGES,
            most_steps: MOST_BAND_STEPS,
            deviation: surface.deviation(),
            rate: field.rate(),
        };
        let band = Band::along(&[lowest.clone(), middle, opposite.clone()], [energy; 2], settings);
        let end = relax(&field, vec![band], &mut || ControlFlow::Continue(())).unwrap().remove(0);
        let place = (end.images[end.top].clone(), end.tangent.clone());
        let pass = passes(&field, &[place]).remove(0).expect("a certified pass");
        assert!((pass.energy - eigen.values[1] * root).abs() < 1e-10 * dim as f64, "Λ={dim}");
        assert!((pass.energy - eigen.values[2] * root).abs() > 1e-3);
        // The unstable eigenvalue is 2(λ_1 − λ_2)/√Λ, and both sides lead to ±e_1 in the order of the band.
        let unstable = 2.0 * (eigen.values[0] - eigen.values[1]) / root;
        assert!((pass.eigenvalue - unstable).abs() < 1e-9);
        for (side, minimum) in pass.sides.iter().zip([&lowest, &opposite]) {
            assert!(overlap(&side.minimum, minimum) > 1.0 - 1e-10);
        }
    }
}

#[test]
fn bands_of_more_images_find_the_same_passes() {
    let (mut pairs, mut same) = (0, [0; 2]);
    for (dim, seed) in [(6, 1), (7, 2), (8, 3), (8, 4), (8, 5), (7, 6), (6, 7), (8, 8)] {
        let known = Known::new(3, dim, seed);
        let all = known.pairs();
        let tops = |images: usize| -> Vec<f64> {
            let found = known.connect(&all, images, Isa::best());
            found.iter().map(|found| found.chain.top().map_or(f64::NAN, |top| top.energy)).collect()
        };
        let few = tops(17);
        pairs += few.len();
        for (same, images) in same.iter_mut().zip([33, 65]) {
            for (pair, (few, many)) in all.iter().zip(few.iter().zip(tops(images))) {
                match (few - many).abs() <= EQUAL {
                    true => *same += 1,
                    false => {
                        println!("Λ={dim} seed {seed} {pair:?}: {few} from 17 images, {many} from {images}")
                    }
                }
            }
        }
    }
    println!("{pairs} pairs: {same:?} the same from 33 and 65 images");
    assert!(same.iter().all(|&same| same as f64 >= 0.95 * pairs as f64), "{same:?} of {pairs}");
}

#[test]
fn a_pair_has_the_same_bits_whatever_is_beside_it_and_on_every_instruction_set() {
    for (spins, dim) in [(3, 8), (4, 5)] {
        let known = Known::new(spins, dim, 4);
        let pairs = known.pairs();
        let all = known.connect(&pairs, IMAGES, Isa::best());
        for (&pair, found) in pairs.iter().zip(&all).step_by(3) {
            assert_eq!(&known.connect(&[pair], IMAGES, Isa::best())[0], found);
        }
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            assert_eq!(known.connect(&pairs, IMAGES, isa), all, "{isa:?}");
        }
    }
}

#[test]
fn on_an_even_surface_both_signs_are_one_minimum() {
    let known = Known::new(4, 5, 2);
    let pairs = known.pairs();
    let one = known.connect(&pairs, IMAGES, Isa::best());
    let mut turned = Known::new(4, 5, 2);
    for point in turned.minima.iter_mut().step_by(2) {
        point.iter_mut().for_each(|x| *x = -*x);
    }
    let other = turned.connect(&pairs, IMAGES, Isa::best());
    for (one, other) in one.iter().zip(&other) {
        assert!((one.great_circle - other.great_circle).abs() < 1e-9);
        let top = |found: &Connected| found.chain.top().map(|top| top.energy);
        assert!((top(one).unwrap() - top(other).unwrap()).abs() < EQUAL, "{one:?} {other:?}");
    }
}
