//! Golden bits of what passes only through our kernels: couplings, sample tensors, starts, descents.
//! A change here is a "values changed" line in CHANGELOG.md.

use crate::common::surface;
use hspin::descent::{Descent, Driver, Execution, Gd, Phases, Rules, Sgd, Start};
use hspin::hamiltonian::{Isa, SymmetricTensor};
use hspin::rng::{Role, stream};
use hspin::sphere::random_point;
use sha2::{Digest, Sha256};

/// First 16 hexadecimal digits of the SHA-256 of some bytes.
fn digest(bytes: impl IntoIterator<Item = u8>) -> String {
    let hash = Sha256::digest(bytes.into_iter().collect::<Vec<_>>());
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn of_tensor(tensor: &SymmetricTensor<f32>) -> String {
    digest(tensor.chunks().flat_map(|(_, values)| values.iter().flat_map(|value| value.to_le_bytes())))
}

fn starts(spins: u64, dim: usize) -> Vec<Start> {
    let point = |id| random_point(&mut stream(7, Role::Start, &[spins, dim as u64, 0, id]), dim);
    (0..20).map(|id| Start { id, point: point(id) }).collect()
}

/// Where twenty starts are when the descent hands over to the polish.
fn of_descent(spins: usize, dim: usize, phases: impl Into<Phases>) -> String {
    let phases = phases.into();
    let surface = surface(spins, dim, 7, phases.samples());
    let execution = Execution { isa: Isa::best(), batch: 48 };
    let mut descent = Descent::new(&surface, phases, execution, false);
    descent.add(starts(spins as u64, dim));
    let mut ended = Vec::new();
    while !descent.is_idle() {
        ended.extend(descent.advance().unwrap());
    }
    ended.sort_by_key(|start| start.id);
    digest(ended.iter().flat_map(|start| {
        let bits = start.point.iter().flat_map(|x| x.to_le_bytes());
        bits.chain(start.steps.to_le_bytes()).collect::<Vec<_>>()
    }))
}

#[test]
fn couplings_have_their_golden_bits() {
    let found: Vec<_> = [(2, 40), (3, 30), (4, 12), (6, 6)]
        .map(|(spins, dim)| of_tensor(surface(spins, dim, 7, 0).full()))
        .to_vec();
    assert_eq!(found, ["3bb500026ce191f2", "a2efc89a7a8f072e", "bd78aa9a72421ab3", "f15f501564c57028"]);
}

#[test]
fn sample_tensors_have_their_golden_bits() {
    let found: Vec<_> = surface(3, 20, 7, 3).samples().iter().map(of_tensor).collect();
    assert_eq!(found, ["a637ecf6fa2419b2", "6bfa54a5ec83f784", "1bb3bcbc6b1895f3"]);
}

#[test]
fn starts_have_their_golden_bits() {
    let found =
        digest(starts(3, 50).iter().flat_map(|start| start.point.iter().flat_map(|x| x.to_le_bytes())));
    assert_eq!(found, "c91bf76ec4339b26");
}

#[test]
fn descents_have_their_golden_bits() {
    let found = [
        of_descent(3, 30, Sgd::paper_by(Rules::FIRST, 3)),
        of_descent(3, 30, Gd::new(3)),
        of_descent(2, 40, Sgd::literal(2)),
        of_descent(4, 12, Sgd::paper_by(Rules::FIRST, 4)),
    ];
    assert_eq!(found, ["130c5e4b19d1634e", "145b06b37bb4e0c2", "8b3b4693be74381b", "249a47906bb7d943"]);
    let found = [of_descent(3, 30, Sgd::paper(3)), of_descent(4, 12, Sgd::paper(4))];
    assert_eq!(found, ["ad5eec9615201e7f", "a6bad19339d7c0e3"]);
}
