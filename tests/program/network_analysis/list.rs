//! Every figure of the list is drawn from stored runs, without a line for it here.

use std::fs;
use std::path::{Path, PathBuf};

use hspin::analysis::networks::{NetworkRuns, NetworksData, NetworksInputs};
use hspin::analysis::{
    EnergyHistogram, GlassInputs, MinimaTree, SeveralRuns, StoredRun, TheoryAsked, UnitCount,
};
use hspin::descent::MethodName;
use hspin::figures::drawing::Drawing;
use hspin::figures::{self, FIGURES, Figure, Source};
use hspin::hamiltonian::Law;
use hspin::studies::paths::{PathsSource, PathsSpec, PathsStore, SourceAsked};
use hspin::studies::surfaces::{Request, Spec, SpikeRequest, SurfaceStore};
use hspin::study::{Job, Resources, Stop, execute};

use super::figures::assert_well_laid_out;
use crate::carry_out::carry_out;

use super::runs::{Runs, alone, runs};

/// Stored runs of every kind.
struct Situations {
    glass: Vec<GlassInputs>,
    several: Vec<SeveralRuns>,
    networks: Vec<NetworksInputs>,
    paths: Vec<PathsStore>,
    /// Their files, which figures open anew.
    _runs: Runs,
}

impl Situations {
    fn new() -> Self {
        let (runs, _) = runs();
        let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/runs-0.1");
        let copied = |name: &str| {
            let copy = runs.glass.with_file_name(name);
            fs::copy(stored.join(name), &copy).unwrap();
            copy
        };
        let [sweep, saddles, census] = ["sgd.run", "saddle.run", "census.run"].map(copied);
        let glass = |run: &PathBuf| {
            let asked = TheoryAsked { dim: Some(6), ..TheoryAsked::default() };
            GlassInputs::new(Some(StoredRun::open(run).unwrap()), asked).unwrap()
        };
        let beside = NetworkRuns { annealed: Some(&runs.annealed), ..alone(&runs.descent) };
        let networks = NetworksData::load(beside).unwrap();
        let spin_glass = EnergyHistogram::at(&sweep).unwrap();
        let made = |name: &str, request: Request| {
            let path = runs.glass.with_file_name(name);
            let spec = Spec::new(&Request {
                dims: Some(vec![6, 9]),
                starts: Some(20),
                instances: Some(3),
                ..request
            });
            let mut store = SurfaceStore::create(&path, &spec.unwrap()).unwrap();
            carry_out(&mut store, &Resources::of_threads(2), &(), &Stop::default()).unwrap();
            path
        };
        let mixture = Some(vec![(2, 0.5), (3, 0.5)]);
        let descents = [MethodName::Gd, MethodName::Sgd].map(|method| {
            let request = Request { mixture: mixture.clone(), protocol: Some(method), ..Request::default() };
            made(method.name(), request)
        });
        let laws = [Law::Gaussian, Law::Sign].map(|law| {
            made(law.name(), Request { mixture: mixture.clone(), law: Some(law), ..Request::default() })
        });
        let spikes = [1.0, 2.0].map(|strength| {
            let spike = Some(SpikeRequest { strength, order: None });
            made(&format!("spike-{strength}"), Request { spike, ..Request::default() })
        });
        let glass: Vec<GlassInputs> =
            [sweep, saddles, census.clone(), descents[0].clone()].iter().map(glass).collect();
        let paths =
            [(&census, 2), (&descents[0], 5)].into_iter().flat_map(|(source, pairs)| of_paths(source, pairs));
        let paths = paths.collect();
        let several = [descents, laws, spikes].map(|paths| SeveralRuns::open(&paths).unwrap());
        let networks = vec![networks.inputs(Some(spin_glass))];
        Self { glass, several: several.into_iter().collect(), networks, paths, _runs: runs }
    }

    fn drawings(&self, figure: &Figure) -> Vec<Drawing> {
        let of_glass = self.glass.iter().filter_map(|inputs| figure.draw_glass(inputs).unwrap());
        // Those that do not belong together are refused.
        let of_several = self.several.iter().filter_map(|runs| figure.draw_several(runs).ok().flatten());
        let of_paths = self
            .paths
            .iter()
            .filter_map(|run| figure.draw_paths(&MinimaTree::of_run(run).unwrap(), &UnitCount::of(run)));
        of_glass
            .chain(of_several)
            .chain(of_paths)
            .chain(self.networks.iter().filter_map(|inputs| figure.draw_networks(inputs)))
            .collect()
    }

    /// Figures of which there is no drawing.
    fn undrawn<'a>(&self, figures: impl Iterator<Item = &'a Figure>) -> Vec<&'a str> {
        let undrawn = figures.filter(|figure| self.drawings(figure).is_empty());
        undrawn.map(|figure| figure.name).collect()
    }
}

/// A run of paths beside a run whose first surface has two minima.
fn of_paths(source: &Path, pairs: u32) -> Option<PathsStore> {
    let dim = SurfaceStore::open_read(source).unwrap().spec().dim();
    let source_of = PathsSource::of(&SurfaceStore::open_read(source).unwrap(), dim, 0).ok()?;
    let asked = SourceAsked { pairs: Some(1), ..SourceAsked::default() };
    let spec = PathsSpec {
        pairs: pairs.min(source_of.spec(&asked).unwrap().minima - 1),
        ..source_of.spec(&asked).unwrap()
    };
    let run = source.with_extension("paths");
    let mut store = PathsStore::create_keeping(&run, &spec, &source_of.attached()).unwrap();
    let given = source_of.given();
    let (resources, stop) = (Resources::of_threads(2), Stop::default());
    let job = Job { spec: &spec, given: &given, resources: &resources, observer: &(), stop: &stop };
    execute(&mut store, &job).unwrap();
    Some(store)
}

#[test]
fn every_figure_of_the_list_is_drawn_well_from_a_stored_run() {
    let situations = Situations::new();
    assert_eq!(situations.undrawn(FIGURES.iter()), Vec::<&str>::new(), "no stored run shows these figures");
    for figure in FIGURES {
        situations.drawings(figure).iter().for_each(|drawing| assert_well_laid_out(figure.name, drawing));
    }
    let mut names: Vec<&str> = FIGURES.iter().map(|figure| figure.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), FIGURES.len(), "two figures of one name");
}

#[test]
fn a_figure_that_no_stored_run_shows_is_named() {
    let of_nothing = figures::RunInputs { kinds: &[], random: false, points: false };
    let figure = Figure {
        name: "of-nothing",
        title: "nothing",
        shows: "a run of no kind",
        source: Source::Glass(of_nothing, |_| panic!("drawn from a run that it does not show")),
    };
    assert_eq!(Situations::new().undrawn(FIGURES.iter().chain([&figure])), ["of-nothing"]);
}
