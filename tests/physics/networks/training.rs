//! Training as a whole.

use std::ops::ControlFlow;

use hspin::networks::curvature::{Sample, Weights, loss};
use hspin::networks::data::bundled;
use hspin::networks::{ExampleOrder, GROUP, GroupKey, Network, Shape, TrainingProtocol, train};
use hspin::numeric::isa::Isa;
use statrs::distribution::{ContinuousCDF, FisherSnedecor};

fn short(epochs: u32) -> TrainingProtocol {
    TrainingProtocol { epochs, batch: 60, rate: 0.2, decay: 0.02, order: ExampleOrder::Own }
}

fn trained(isa: Isa, protocol: &TrainingProtocol, key: &GroupKey, digits: usize) -> Vec<Network> {
    let set = bundled().unwrap();
    let go_on = &mut |_: u32| ControlFlow::Continue(());
    train(isa, protocol, key, &set.train.first(digits), go_on).unwrap()
}

const KEY: GroupKey = GroupKey { seed: 4, shape: Shape { inputs: 100, hidden: 10, outputs: 10 }, group: 1 };

#[test]
fn instruction_sets_change_no_bit_of_a_training() {
    // 130 digits in mini-batches of 60: the last has 10.
    for (order, expected) in
        [(ExampleOrder::Shared, "3c9ddb1a38d6bec8"), (ExampleOrder::Own, "93acfbbc90ba92bb")]
    {
        let protocol = TrainingProtocol { order, ..short(3) };
        let scalar = trained(Isa::Scalar, &protocol, &KEY, 130);
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            assert!(trained(isa, &protocol, &KEY, 130) == scalar, "{}", isa.name());
        }
        let hash = scalar.iter().flat_map(|network| &network.weights).fold(0u64, |hash, weight| {
            (hash ^ u64::from(weight.to_bits())).wrapping_mul(0x0000_0100_0000_01b3)
        });
        assert_eq!(format!("{hash:016x}"), expected, "value stability of {order:?}");
    }
}

/// One way of the analysis of variance: does the train loss differ between groups of sixteen by more than within them?
/// With one order of the digits for a group it does; with an order for each network a group is nothing.
#[test]
fn networks_of_a_group_are_independent_where_each_has_its_own_order() {
    let (groups, digits) = (10, 600);
    let sample = Sample::of(&bundled().unwrap().train.first(digits));
    let protocol = |order| TrainingProtocol { epochs: 6, batch: 10, rate: 0.2, decay: 0.02, order };
    let p_value = |order: ExampleOrder| {
        let losses = |group: u64| -> Vec<f64> {
            let key = GroupKey { seed: 1, shape: Shape::digits(60), group };
            let networks = trained(Isa::best(), &protocol(order), &key, digits);
            networks.iter().map(|network| loss(&Weights::of(network), &sample).mean).collect()
        };
        let all: Vec<Vec<f64>> = (0..groups).map(losses).collect();
        let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
        let centre = mean(&all.concat());
        let n = GROUP as f64;
        let between: f64 = all.iter().map(|group| n * (mean(group) - centre).powi(2)).sum();
        let within: f64 =
            all.iter().map(|group| group.iter().map(|x| (x - mean(group)).powi(2)).sum::<f64>()).sum();
        let degrees = [groups as f64 - 1.0, groups as f64 * (n - 1.0)];
        let ratio = between / degrees[0] / (within / degrees[1]);
        let share = (ratio - 1.0) / (ratio - 1.0 + n);
        let p = FisherSnedecor::new(degrees[0], degrees[1]).unwrap().sf(ratio);
        println!("{order:?}: F = {ratio:.2}, p = {p:.2e}, intraclass correlation {share:.3}");
        p
    };
    assert!(p_value(ExampleOrder::Shared) < 1e-6);
    // By chance once in a thousand; the seed is fixed.
    assert!(p_value(ExampleOrder::Own) > 1e-3);
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
    let wild = TrainingProtocol { rate: 1e6, ..short(5) };
    let networks = trained(Isa::best(), &wild, &KEY, 120);
    let sample = Sample::of(&bundled().unwrap().train.first(120));
    for network in networks {
        let loss = loss(&Weights::of(&network), &sample);
        assert!(network.is_finite() || !loss.mean.is_finite(), "{loss:?}");
        assert!(loss.mean.is_nan() || loss.mean > 2.0, "{loss:?}");
    }
}
