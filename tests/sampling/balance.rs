//! Detailed balance on two states: from equilibrium, as many trajectories lead from below the median energy to above it as back.

use hspin::hamiltonian::{Isa, Landscape, Model, Surface};
use hspin::numeric::lanes::{Real, Row64};
use hspin::rng::{Role, stream};
use hspin::sampling::{Acceptance, Chains, Kicks, LANES, Rules, Trajectory};
use hspin::sphere::random_point;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use super::{ALARM, NO_REJECTION, ONE_SIDED, STRONG_KICKS, draw};

const TEMPERATURE: f64 = 1.0;

/// Points of e^{−L/T} by rejection from uniform ones: a method that shares nothing with trajectories.
fn equilibrium((surface, floor): (&Surface, f64), random: &mut impl Rng, count: usize) -> Vec<Vec<f64>> {
    let mut found = Vec::new();
    while found.len() < count {
        let point = random_point(random, surface.dim());
        let energy = energy_of(surface, &point);
        assert!(energy > floor);
        if random.random::<f64>() < ((floor - energy) / TEMPERATURE).exp() {
            found.push(point);
        }
    }
    found
}

fn energy_of(surface: &Surface, point: &[f64]) -> f64 {
    surface.plain_sums(&[point])[0].energy
}

/// Trajectories of one sweep from equilibrium: how many lead up over the median, and down.
fn flows(rules: Rules) -> [u64; 2] {
    let surface = draw(&Model::pure(3), 3, 0);
    let mut random = stream(11, Role::Probe, &[2]);
    // Below any point of this surface; every energy that is found is held against it.
    let some = (0..2000).map(|i| energy_of(&surface, &crate::common::point(3, i)));
    let floor = some.fold(f64::INFINITY, f64::min) - 0.05;
    let trajectory = Trajectory {
        steps: 2,
        step: Row64([0.9; LANES]),
        inverse_temperature: Row64([1.0 / TEMPERATURE; LANES]),
        kicks: rules.kicks,
    };
    let mut crossings = [0, 0];
    let mut median = f64::NAN;
    for round in 0..6000 {
        let points = equilibrium((&surface, floor), &mut random, LANES);
        let mut chains = Chains::new(&surface, Isa::best(), &points);
        let before = *chains.energy();
        if round == 0 {
            let mut sorted = before.0;
            sorted.sort_by(f64::total_cmp);
            median = sorted[LANES / 2];
        }
        chains.draw_velocities(|_| StandardNormal.sample(&mut random));
        let change = chains.propose(&trajectory);
        let uniform: Vec<f64> = (0..LANES).map(|_| 1.0 - random.random::<f64>()).collect();
        let always = rules.trajectories == Acceptance::Always;
        chains.settle(|lane| always || uniform[lane].ln() < change.0[lane]);
        for (before, after) in before.0.iter().zip(chains.energy().0) {
            match (*before < median, after < median) {
                (true, false) => crossings[0] += 1,
                (false, true) => crossings[1] += 1,
                _ => {}
            }
        }
    }
    crossings
}

/// Of n crossings the difference has the variance n, if both directions are as likely. 144,000 trajectories; alarms falsely for
/// 1e-6 of seeds.
#[test]
fn as_many_trajectories_lead_up_as_down() {
    let off = |rules: Rules| {
        let [up, down] = flows(rules).map(|count| count as f64);
        println!("{rules:?}: {up} up, {down} down");
        (up - down) / (up + down).sqrt()
    };
    for exact in [Rules::EXACT, STRONG_KICKS] {
        assert!(off(exact).abs() < ALARM);
    }
    for biased in [NO_REJECTION, ONE_SIDED] {
        assert!(off(biased).abs() > ALARM);
    }
}

/// A trajectory with its velocity turned around leads back: to 1e-12, and not where its kicks are one-sided.
#[test]
fn trajectories_are_reversible() {
    let surface = draw(&Model::pure(3), 20, 0);
    let start = vec![random_point(&mut stream(11, Role::Probe, &[3]), 20)];
    let [step, inverse_temperature] = [Row64([0.1; LANES]), Row64([1.5; LANES])];
    let back = |kicks: Kicks| {
        let trajectory = Trajectory { steps: 10, step, inverse_temperature, kicks };
        let mut chains = Chains::new(&surface, Isa::best(), &start);
        let mut random = stream(11, Role::Probe, &[4]);
        chains.draw_velocities(|_| StandardNormal.sample(&mut random));
        let there = chains.propose(&trajectory);
        let far = chains.overlap_with(0, &start[0]);
        chains.turn_around();
        let again = chains.propose(&trajectory);
        let apart = chains.point(0).iter().zip(&start[0]).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
        (apart, (there.0[0] + again.0[0]).abs(), far)
    };
    let (apart, change, far) = back(Kicks::LEAPFROG);
    assert!(apart < 1e-12 && change < 1e-11 && far < 0.9, "{apart} {change} {far}");
    let (apart, ..) = back(ONE_SIDED.kicks);
    assert!(apart > 1e-3, "{apart}");
    assert_eq!(<f64 as Real>::LANES, LANES);
}

/// The change of H falls as ε²: by 4 where steps are halved at one length of the trajectory.
#[test]
fn the_error_of_a_trajectory_falls_with_the_square_of_its_step() {
    let surface = draw(&Model::pure(3), 20, 0);
    let change = |halvings: u32| {
        let points: Vec<Vec<f64>> =
            (0..LANES as u64).map(|i| random_point(&mut stream(11, Role::Probe, &[5, i]), 20)).collect();
        let mut chains = Chains::new(&surface, Isa::best(), &points);
        let mut random = stream(11, Role::Probe, &[6]);
        chains.draw_velocities(|_| StandardNormal.sample(&mut random));
        let trajectory = Trajectory {
            steps: 8 << halvings,
            step: Row64([0.1 / f64::from(1 << halvings); LANES]),
            inverse_temperature: Row64([1.0; LANES]),
            kicks: Kicks::LEAPFROG,
        };
        chains.propose(&trajectory).0.iter().map(|change| change.abs()).sum::<f64>()
    };
    let ratios = [change(0) / change(1), change(1) / change(2)];
    assert!(ratios.iter().all(|ratio| (ratio - 4.0).abs() < 0.4), "{ratios:?}");
}
