//! Stored runs: what `hspin figure` and the loader make of them.

use std::fs;
use std::path::{Path, PathBuf};

use hspin::analysis::UnitCount;
use hspin::analysis::networks::{Comparison, Context, NetworkRuns, NetworksData};
use hspin::cli::figure;
use hspin::cli::shared::figures::Drawn;
use hspin::figures;
use hspin::networks::data::bundled;
use hspin::studies::networks::{
    BLOCK, Block, BlockResult, DigitsUsed, NetworkRecord, NetworksMethod, NetworksRequest, NetworksStore,
};
use hspin::studies::surfaces::{Request, Spec, SurfaceStore};

use super::invented::{CONTEXT, like_the_paper, records};

/// A stored run of invented networks, the first 32 of n₁ ≤ 25 with an index.
fn run(path: &Path, method: NetworksMethod, hidden: &[u32], networks: u32) -> Vec<NetworkRecord> {
    let index = if matches!(method, NetworksMethod::Sgd) { 32 } else { 0 };
    let request = NetworksRequest {
        hidden: Some(hidden.to_vec()),
        networks: Some(networks),
        method: Some(method),
        index: Some(index),
        index_hidden: Some(if index > 0 { 25 } else { 0 }),
        ..NetworksRequest::default()
    };
    let spec = request.new_run(DigitsUsed::of(&bundled().unwrap())).unwrap();
    let mut store = NetworksStore::create(path, &spec).unwrap();
    let mut all = Vec::new();
    for &n in hidden {
        let mut records = records(1, networks, n, &like_the_paper(f64::from(n)));
        records.iter_mut().filter(|r| !spec.has_index(n, r.network)).for_each(|r| r.index = None);
        for (block, networks) in records.chunks(BLOCK as usize).enumerate() {
            let indexed = networks.iter().filter(|record| record.index.is_some()).count() as u32;
            let listed = Block { hidden: n, block: block as u32, networks: networks.len() as u32, indexed };
            store.write(&[BlockResult { listed, rows: networks.to_vec() }], &[]).unwrap();
        }
        all.extend(records);
    }
    all
}

pub struct Runs {
    dir: tempfile::TempDir,
    pub descent: PathBuf,
    pub annealed: PathBuf,
    pub glass: PathBuf,
}

pub fn runs() -> (Runs, [Vec<NetworkRecord>; 2]) {
    let dir = tempfile::tempdir().unwrap();
    let [descent, annealed, glass] = ["descent", "annealed", "glass"].map(|name| dir.path().join(name));
    let records = [
        run(&descent, NetworksMethod::Sgd, &[10, 25, 50, 100], 40),
        run(&annealed, NetworksMethod::Anneal, &[10, 25], 16),
    ];
    let request = Request { dims: Some(vec![10, 20]), starts: Some(5), ..Request::default() };
    drop(SurfaceStore::create(&glass, &Spec::new(&request).unwrap()).unwrap());
    (Runs { dir, descent, annealed, glass }, records)
}

#[derive(clap::Parser)]
struct Command {
    #[command(flatten)]
    figure: figure::Args,
}

/// What `hspin figure WORDS --format svg --out DIR/out` did.
fn draw(words: &[&str], dir: &Path) -> hspin::Result<Drawn> {
    let out = dir.join("out").display().to_string();
    let words = ["figure"].iter().chain(words).copied().chain(["--format", "svg", "--out", &out]);
    let command: Command = clap::Parser::try_parse_from(words).unwrap();
    figure::draw(&command.figure)
}

pub fn alone(descent: &Path) -> NetworkRuns<'_> {
    NetworkRuns { descent, annealed: None, beside: None }
}

#[test]
fn what_was_stored_is_loaded() {
    let (runs, [descent, annealed]) = runs();
    let loaded =
        NetworksData::load(NetworkRuns { annealed: Some(&runs.annealed), ..alone(&runs.descent) }).unwrap();
    let units = [12, 2].map(|units| UnitCount { done: units, planned: units });
    assert_eq!(
        (loaded.descent.clone(), loaded.context),
        (descent, Context { group: 1, units: units[0], ..CONTEXT })
    );
    let descent = loaded.descent.clone();
    let comparison = Comparison { descent, annealed, digits: CONTEXT.digits, group: 1, units };
    assert_eq!(loaded.comparison, Some(comparison));
    assert_eq!(loaded.report().sizes[1].indices, 32);
    let error = NetworksData::load(alone(&runs.annealed)).unwrap_err();
    let said = ": a run of networks by sgd; this one is by anneal";
    assert!(error.exit_code() == 2 && error.to_string().ends_with(said), "{error}");
    assert_eq!(NetworksData::load(alone(&runs.glass)).unwrap_err().exit_code(), 2);
}

#[test]
fn all_figures_of_a_run_of_networks_are_drawn_and_the_missing_named() {
    let (runs, _) = runs();
    let [descent, annealed, glass] =
        [&runs.descent, &runs.annealed, &runs.glass].map(|path| path.to_str().unwrap());
    let all = ["all", "--run", descent, "--annealed", annealed, "--glass", glass];
    let drawn = draw(&all, runs.dir.path()).unwrap();
    assert_eq!((drawn.files.len(), drawn.skipped.len()), (figures::of_networks().count(), 0));
    let page = fs::read_to_string(runs.dir.path().join("out/glass-and-networks.svg")).unwrap();
    assert!(page.contains("Λ = 20") && page.contains("n₁ = 100"));
    let drawn = draw(&["all", "--run", descent], runs.dir.path()).unwrap();
    assert_eq!(drawn.skipped, ["glass-and-networks", "network-annealing"]);
    let warning =
        "skipped network-annealing: it shows annealed networks beside others: name their run by --annealed";
    assert!(drawn.warnings().any(|line| line == warning));
    assert_eq!(draw(&["network-train-test", "--run", descent], runs.dir.path()).unwrap().files.len(), 1);
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let (runs, _) = runs();
    let [descent, glass] = [&runs.descent, &runs.glass].map(|path| path.to_str().unwrap());
    for (words, message) in [
        (&["network-annealing", "--run", descent][..], "figure network-annealing shows annealed networks"),
        (&["network-index"], "--run = (missing): figure network-index shows a run of networks"),
        (&["energy-histogram", "--run", descent], "NAME = energy-histogram: of a run of networks one of"),
        (&["all", "--run", descent, "--dim", "5"], "--dim = 5: only without a run of networks"),
        (&["all", "--run", glass, "--annealed", descent], "only with a --run of networks"),
        (&["network-losses", "--run", glass], glass),
    ] {
        let error = draw(words, runs.dir.path()).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains(message), "{words:?}: {error}");
    }
}
