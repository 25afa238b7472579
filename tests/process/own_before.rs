//! Runs of release 0.1 on the user's own tensor, whose unit was another: they verify, resume and grow to the records that
//! release 0.1 gave.

use std::fs;
use std::path::PathBuf;

use hspin::descent::{Carrier, Method, Rules};
use hspin::hamiltonian::{Isa, SymmetricTensor};
use hspin::numeric::npy::Array;
use hspin::run::{CensusRequest, Couplings, Means, Request, Spec, Stop, Store, execute};

use crate::couplings::npy;
use crate::harness::{Place, about, json, succeed, sweep};
use crate::scale::dense;

/// The tensor of those runs.
fn entry(indices: &[usize]) -> f64 {
    ((indices.iter().map(|i| 7 * i + 11).product::<usize>() % 199) as f64 - 99.0) / 64.0
}

/// Written by release 0.1: `sweep --starts 20 --trace --seed 5` on the tensor of H = 3, Λ = 6.
fn run_of_0_1(place: &Place) -> (PathBuf, PathBuf) {
    let (run, file) = (place.path("own.run"), place.path("own.npy"));
    fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/own-0.1.run"), &run).unwrap();
    fs::write(&file, npy("<f8", false, &[6; 3], &dense(3, 6, entry))).unwrap();
    (run, file)
}

#[test]
fn a_run_of_release_0_1_verifies_and_grows_to_the_records_it_would_have_had() {
    let place = Place::quick();
    let (run, file) = run_of_0_1(&place);
    let verified = json(&mut about("verify", &run, "--json"));
    assert_eq!(verified["ok"], true, "{verified}");
    assert_eq!(
        verified["content_hash"], "716c4ad2316e4168d17a3b3e2cdc1d37b748207eafccec76fdf998a26ffd5ead",
        "{verified}"
    );
    let shown = json(&mut about("show", &run, "--json"));
    // What the unit was is not stored: nothing is held against theory.
    assert!(shown.get("scale").is_none() && shown["dims"][0]["below_e_inf"].is_null(), "{shown}");
    let text = succeed(&mut about("show", &run, ""));
    assert!(text.contains("The scale of the couplings is not stored") && !text.contains("−E_0"), "{text}");
    let grown = json(sweep(&run, "--starts 45 --trace --json --couplings").arg(&file));
    assert_eq!(grown["content_hash"], "839959c5532004451f7635c2485df859c6403efebe06e262a91f99f2742cb2f0");
    // A new run of the same tensor has another unit, and says so.
    let new =
        json(sweep(&place.path("new.run"), "--starts 45 --trace --seed 5 --json --couplings").arg(&file));
    assert!(new["scale"].as_f64().is_some() && new["content_hash"] != grown["content_hash"], "{new}");
}

/// Content of a run of release 0.1 on a tensor, worked out today.
fn content(spec: Spec, tensor: &SymmetricTensor<f64>) -> String {
    let Couplings::File { sha256, shape, .. } = spec.couplings.clone() else { panic!("no file") };
    let couplings = Couplings::File { sha256, shape, scale: None };
    let spec = Spec { rules: Rules::FIRST, couplings, ..spec };
    let place = Place::quick();
    let mut store = Store::create(&place.path("a.run"), &spec).unwrap();
    let carrier = Carrier { isa: Isa::best(), batch: 48 };
    let means = Means { threads: 2, carrier, shard: 1, memory: u64::MAX, commits: Default::default() };
    execute(Some(tensor), &mut store, &means, &(), &Stop::default()).unwrap();
    store.content_hash()
}

fn own(spins: usize, dim: usize) -> (Option<Couplings>, SymmetricTensor<f64>) {
    let array = Array { shape: vec![dim as u32; spins], values: dense(spins, dim, entry) };
    let tensor = SymmetricTensor::from_dense(&vec![dim as u64; spins], &array.values).unwrap();
    (Some(Couplings::of(&array, &tensor)), tensor)
}

/// Hashes that release 0.1 printed for `sweep --starts 45 --trace --seed 5 --protocol …` and `census --seed 5`.
#[test]
fn every_protocol_keeps_the_records_of_release_0_1() {
    for (method, spins, dim, hash) in [
        (Method::Sgd, 3, 6, "839959c5532004451f7635c2485df859c6403efebe06e262a91f99f2742cb2f0"),
        (Method::Gd, 3, 6, "cd9bbe4c4f3df3025b9d1c2dd1d1d46d319d42c085538e619d920444b25815ed"),
        (Method::Saddle, 3, 6, "ff1b6c35e1e63fb23a10eb4ad2f7ce02e1b64a09024926e6e426e1ca7d775a81"),
        (Method::Anneal, 3, 6, "df92d61b0af964eb70b73b6faf3c2c03ffcf7c539586cc67fd8e6c8e72b6e57f"),
        (Method::Gd, 4, 4, "4d0f99a6c0b9e76379942ae19148d94c80874b5878134acbc01f4868f1b21151"),
    ] {
        let (couplings, tensor) = own(spins, dim);
        let request = Request {
            starts: Some(45),
            trace: Some(true),
            seed: Some(5),
            protocol: Some(method),
            couplings,
            ..Request::default()
        };
        assert_eq!(content(Spec::new(&request).unwrap(), &tensor), hash, "{method:?}, H = {spins}");
    }
    let (couplings, tensor) = own(3, 6);
    let request = CensusRequest { seed: Some(5), couplings, ..CensusRequest::default() };
    let hash = "6888d49b3dbee028397b776e7a5267fb2cb3907cdac8b1133f0873e71c6006ef";
    assert_eq!(content(request.new_run().unwrap(), &tensor), hash);
}
