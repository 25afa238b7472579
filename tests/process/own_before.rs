//! Runs of release 0.1 on the user's own tensor, whose unit was another: they verify, resume and grow to the records that
//! release 0.1 gave.

use std::fs;
use std::path::PathBuf;

use hspin::descent::{MethodName, Protocol, Rules};
use hspin::hamiltonian::SymmetricTensor;
use hspin::numeric::npy::Array;
use hspin::studies::surfaces::{CensusRequest, Couplings, Given, Preset, Request, Spec, SurfaceStore};
use hspin::study::{Resources, Stop};

use crate::carry_out::carry_out_on;
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
        verified["content_hash"], "d1d026ebd288dbfde7cd0fec1669aa0e822fd960b23157710f2896f0d755ef8c",
        "{verified}"
    );
    let shown = json(&mut about("show", &run, "--json"));
    // What the unit was is not stored: nothing is held against theory.
    assert!(shown.get("scale").is_none() && shown["dims"][0]["below_e_inf"].is_null(), "{shown}");
    let text = succeed(&mut about("show", &run, ""));
    assert!(text.contains("The scale of the couplings is not stored") && !text.contains("−E_0"), "{text}");
    let grown = json(sweep(&run, "--starts 45 --trace --json --couplings").arg(&file));
    assert_eq!(grown["content_hash"], "e61ba27ac675a0787224b8ef8a9205372df6c6e1c9795913bdf0c110d5aabc3a");
    // A new run of the same tensor has another unit, and says so.
    let new =
        json(sweep(&place.path("new.run"), "--starts 45 --trace --seed 5 --json --couplings").arg(&file));
    assert!(new["scale"].as_f64().is_some() && new["content_hash"] != grown["content_hash"], "{new}");
}

/// Content of a run of release 0.1 on a tensor, worked out today.
fn content(spec: Spec, tensor: &SymmetricTensor<f64>) -> String {
    let Couplings::File { sha256, shape, .. } = spec.couplings.clone() else { panic!("no file") };
    let couplings = Couplings::File { sha256, shape, scale: None };
    // The default descent of sgd has other constants now.
    let descent = spec.descent.map(|descent| match descent {
        Protocol::Sgd(_) => Preset::Paper.descent(spec.spins, Rules::FIRST),
        _ => descent,
    });
    let spec = Spec { rules: Rules::FIRST, couplings, descent, ..spec };
    let place = Place::quick();
    let mut store = SurfaceStore::create(&place.path("a.run"), &spec).unwrap();
    let couplings = store.spec().couplings.clone();
    let given = Given::new(Some(tensor.clone().into()), Some(couplings));
    carry_out_on(&given, &mut store, &Resources::of_threads(2), &(), &Stop::default()).unwrap();
    store.content_hash()
}

fn own(spins: usize, dim: usize) -> (Option<Couplings>, SymmetricTensor<f64>) {
    let array = Array { shape: vec![dim as u32; spins], values: dense(spins, dim, entry) };
    let tensor = SymmetricTensor::from_dense(&vec![dim as u64; spins], &array.values).unwrap();
    (Some(Couplings::of([&array], &tensor.clone().into())), tensor)
}

/// Hashes that release 0.1 printed for `sweep --starts 45 --trace --seed 5 --protocol …` and `census --seed 5`.
#[test]
fn every_protocol_keeps_the_records_of_release_0_1() {
    for (method, spins, dim, hash) in [
        (MethodName::Sgd, 3, 6, "e61ba27ac675a0787224b8ef8a9205372df6c6e1c9795913bdf0c110d5aabc3a"),
        (MethodName::Gd, 3, 6, "b4e09cb4aa547034de3be6f46550ccce87eccb486fdd39d3370629e09f2fd87b"),
        (MethodName::Saddle, 3, 6, "2ab00e92e4e4141f76f71e1a8ceb143f20aa5d3bfcd16ad9abdba995a0043f6f"),
        (MethodName::Anneal, 3, 6, "0644aefb138397de4d143ae44f9e5546cbc7321ba0ace11ed431620ce1cdef9f"),
        (MethodName::Gd, 4, 4, "4bdb561cd259dd21fc6dd97268dad85e35e02e48c179549aad14eb3aecd1c6c8"),
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
    let hash = "c753d11670b38e2a8ac00bf843f1cb5eb6b068d05d6bcd9f9b86c5d966454574";
    assert_eq!(content(request.new_run().unwrap(), &tensor), hash);
}
