//! Every figure of the list is drawn from stored runs, without a line for it here.

use std::fs;
use std::path::{Path, PathBuf};

use hspin::analysis::networks::{NetworkRuns, NetworksData, NetworksInputs};
use hspin::analysis::{EnergyHistogram, GlassInputs, StoredRun, TheoryAsked};
use hspin::figures::drawing::Drawing;
use hspin::figures::{self, FIGURES, Figure, Source};

use super::figures::assert_well_laid_out;
use super::runs::{Runs, alone, runs};

/// Stored runs of every kind.
struct Situations {
    glass: Vec<GlassInputs>,
    networks: Vec<NetworksInputs>,
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
        let glass = [sweep, saddles, census].iter().map(glass).collect();
        Self { glass, networks: vec![networks.inputs(Some(spin_glass))], _runs: runs }
    }

    fn drawings(&self, figure: &Figure) -> Vec<Drawing> {
        let of_glass = self.glass.iter().filter_map(|inputs| figure.draw_glass(inputs).unwrap());
        of_glass.chain(self.networks.iter().filter_map(|inputs| figure.draw_networks(inputs))).collect()
    }

    /// Figures of which there is no drawing.
    fn undrawn<'a>(&self, figures: impl Iterator<Item = &'a Figure>) -> Vec<&'a str> {
        let undrawn = figures.filter(|figure| self.drawings(figure).is_empty());
        undrawn.map(|figure| figure.name).collect()
    }
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
