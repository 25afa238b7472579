//! Simulated annealing of three-valued networks.

use std::ops::ControlFlow;

use hspin::networks::Shape;
use hspin::networks::anneal::{AnnealProtocol, Annealed, ChainKey, Shares, anneal};
use hspin::networks::curvature::{Sample, loss};
use hspin::networks::data::{Digits, bundled};
use hspin::rng::{Role, stream};

fn digits(count: usize) -> Digits {
    bundled().unwrap().train.first(count)
}

fn annealed(protocol: &AnnealProtocol, chain: u64, digits: &Digits) -> Annealed {
    let key = ChainKey { seed: 3, shape: Shape::digits(10), chain };
    anneal(protocol, &key, digits, &mut |_| ControlFlow::Continue(())).unwrap()
}

#[test]
fn nineteen_weights_in_twenty_are_copies() {
    let shape = Shape::digits(25);
    let shares = Shares::deal(&shape, 0.05, &mut stream(1, Role::Probe, &[1]));
    assert_eq!(shares.free(), 138);
    let mut places: Vec<u32> = (0..138).flat_map(|value| shares.weights(value).to_vec()).collect();
    assert!((0..138).all(|value| [19, 20].contains(&shares.weights(value).len())));
    places.sort_unstable();
    assert!(places.into_iter().eq(0..2750));
    assert_eq!(Shares::deal(&shape, 1.0, &mut stream(1, Role::Probe, &[1])).free(), 2750);
}

#[test]
fn annealing_cools_and_its_loss_is_the_networks() {
    let digits = digits(300);
    let protocol = AnnealProtocol { sweeps: 60, kept: 0.05, ..AnnealProtocol::DEFAULT };
    let end = annealed(&protocol, 0, &digits);
    assert_eq!((end.trace.len(), end.proposed), (60, 60 * 55));
    assert!(end.accepted > 0 && end.accepted < end.proposed);
    assert_eq!(end.loss, end.trace[59]);
    let real = loss(&end.network.to_weights(), &Sample::of(&digits));
    assert!((real.mean - end.loss).abs() < 1e-12, "{real:?} {}", end.loss);
    assert!(end.loss < 0.7 * end.trace[0], "{:?}", end.trace);
    assert!(end.network.weights.iter().all(|weight| (-1..=1).contains(weight)));
    assert_eq!(annealed(&protocol, 0, &digits), end, "the same chain");
    assert_ne!(annealed(&protocol, 1, &digits).network, end.network, "another chain");
}

/// At one temperature the chain has the Boltzmann law: with two free values there are nine states to count.
#[test]
fn a_chain_at_one_temperature_has_the_boltzmann_law() {
    let digits = digits(20);
    let shape = Shape::digits(1);
    let key = ChainKey { seed: 5, shape, chain: 0 };
    let shares_seen = |sweeps: u32, temperature: f64| {
        let protocol =
            AnnealProtocol { sweeps, hot: temperature, cold: temperature, kept: 2.0 / 110.0, gain: 1.0 };
        anneal(&protocol, &key, &digits, &mut |_| ControlFlow::Continue(())).unwrap().trace
    };
    // States are told apart by their loss; all nine are met at a high temperature.
    let mut losses = shares_seen(2000, 10.0);
    losses.sort_by(f64::total_cmp);
    losses.dedup();
    assert!(losses.len() > 4 && losses.len() <= 9, "{losses:?}");
    let temperature = 0.5 * (losses[losses.len() - 1] - losses[0]);
    let sweeps = 40_000;
    let trace = shares_seen(sweeps, temperature);
    // Equal losses are several states: their number is the share of time at an infinite temperature.
    let flat = shares_seen(sweeps, 1e9);
    let share =
        |trace: &[f64], of: f64| trace.iter().filter(|&&l| l == of).count() as f64 / f64::from(sweeps);
    let weights: Vec<f64> = losses
        .iter()
        .map(|&l| (9.0 * share(&flat, l)).round() * (-(l - losses[0]) / temperature).exp())
        .collect();
    let total: f64 = weights.iter().sum();
    for (&loss, weight) in losses.iter().zip(&weights) {
        let (found, expected) = (share(&trace, loss), weight / total);
        // Six standard errors with a correlation time of 4 sweeps at most: below one false alarm in 10^7.
        let error = (8.0 * expected * (1.0 - expected) / f64::from(sweeps)).sqrt();
        assert!((found - expected).abs() < 6.0 * error, "loss {loss}: {found} {expected} ± {error}");
    }
}

#[test]
fn an_annealing_can_be_stopped_between_sweeps() {
    let key = ChainKey { seed: 3, shape: Shape::digits(10), chain: 0 };
    let mut done = 0;
    let stopped = anneal(&AnnealProtocol::DEFAULT, &key, &digits(30), &mut |sweeps| {
        done = sweeps;
        if sweeps == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(stopped.is_none() && done == 3);
}
