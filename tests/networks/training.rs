//! Training as a whole.

use std::ops::ControlFlow;

use hspin::networks::curvature::{Sample, Weights, loss};
use hspin::networks::data::bundled;
use hspin::networks::{GROUP, GroupKey, Network, Protocol, Shape, train};
use hspin::numeric::isa::Isa;

fn short(epochs: u32) -> Protocol {
    Protocol { epochs, batch: 60, rate: 0.2, decay: 0.02 }
}

fn trained(isa: Isa, protocol: &Protocol, key: &GroupKey, digits: usize) -> Vec<Network> {
    let set = bundled().unwrap();
    let go_on = &mut |_: u32| ControlFlow::Continue(());
    train(isa, protocol, key, &set.train.first(digits), go_on).unwrap()
}

const KEY: GroupKey = GroupKey { seed: 4, shape: Shape { inputs: 100, hidden: 10, outputs: 10 }, group: 1 };

#[test]
fn instruction_sets_change_no_bit_of_a_training() {
    // 130 digits in mini-batches of 60: the last has 10.
    let scalar = trained(Isa::Scalar, &short(3), &KEY, 130);
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        assert!(trained(isa, &short(3), &KEY, 130) == scalar, "{}", isa.name());
    }
    let hash = scalar
        .iter()
        .flat_map(|network| &network.weights)
        .fold(0u64, |hash, weight| (hash ^ u64::from(weight.to_bits())).wrapping_mul(0x0000_0100_0000_01b3));
    assert_eq!(format!("{hash:016x}"), "3c9ddb1a38d6bec8", "value stability");
}

#[test]
fn networks_learn() {
    let set = bundled().unwrap();
    let networks = trained(Isa::best(), &short(20), &KEY, 2000);
    assert_eq!(networks.len(), GROUP);
    let (train, test) = (Sample::of(&set.train.first(2000)), Sample::of(&set.test));
    for (network, start) in networks.iter().zip(KEY.start()) {
        let (before, after) = (loss(&Weights::of(&start), &train), loss(&Weights::of(network), &train));
        assert!((before.mean - 10f64.ln()).abs() < 0.3 && before.accuracy < 0.3, "{before:?}");
        assert!(after.mean < 0.6 && after.accuracy > 0.8, "{after:?}");
        assert!(loss(&Weights::of(network), &test).accuracy > 0.75);
    }
    let distinct = networks.windows(2).all(|pair| pair[0] != pair[1]);
    assert!(distinct, "starts are independent");
}

#[test]
fn a_training_can_be_stopped_between_epochs() {
    let set = bundled().unwrap();
    let mut done = 0;
    let stopped = train(Isa::best(), &short(9), &KEY, &set.train.first(60), &mut |epochs| {
        done = epochs;
        if epochs == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(stopped.is_none() && done == 2);
}

#[test]
fn divergence_is_seen() {
    let wild = Protocol { rate: 1e6, ..short(5) };
    let networks = trained(Isa::best(), &wild, &KEY, 120);
    let sample = Sample::of(&bundled().unwrap().train.first(120));
    for network in networks {
        let loss = loss(&Weights::of(&network), &sample);
        assert!(network.is_finite() || !loss.mean.is_finite(), "{loss:?}");
        assert!(loss.mean.is_nan() || loss.mean > 2.0, "{loss:?}");
    }
}
