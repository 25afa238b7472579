//! The two-time equations against exact solutions, equilibrium, series and published constants.

use hspin::theory::{Conditions, Dynamics, Mixture};

fn energies(mixture: &Mixture, conditions: Conditions, times: &[f64]) -> Vec<(f64, f64)> {
    let mut dynamics = Dynamics::new(mixture, conditions, *times.last().unwrap()).unwrap();
    let energy = |&time: &f64| {
        let energy = dynamics.advance(time).unwrap().energy;
        (energy.value, energy.error)
    };
    times.iter().map(energy).collect()
}

/// I_n(x) by its series.
fn bessel(n: i32, x: f64) -> f64 {
    let mut term = (1..=n).fold(1.0, |term, k| term * x / 2.0 / f64::from(k));
    let mut sum = term;
    for k in 1..400 {
        term *= x * x / 4.0 / (f64::from(k) * f64::from(k + n));
        sum += term;
    }
    sum
}

/// At H = 2, E(t) = −√2 I₂(4√2 t)/I₁(4√2 t); with variances 2 % too large the same test fails.
#[test]
fn order_two_follows_bessel_functions() {
    let times = [0.05, 0.3, 1.0, 4.0, 15.0];
    let exact = |t: f64| {
        let x = 4.0 * 2f64.sqrt() * t;
        -2f64.sqrt() * bessel(2, x) / bessel(1, x)
    };
    let found = energies(&Mixture::pure(2).unwrap(), Conditions::default(), &times);
    for (&t, &(energy, error)) in times.iter().zip(&found) {
        assert!(
            (energy - exact(t)).abs() < error.max(1e-8) && error < 5e-5,
            "{t}: {energy} ± {error}, {}",
            exact(t)
        );
    }
    let wrong = energies(&Mixture::new(&[(2, 1.02)]).unwrap(), Conditions::default(), &times);
    for (&t, &(energy, error)) in times.iter().zip(&wrong) {
        assert!((energy - exact(t)).abs() > 10.0 * error, "{t}");
    }
}

/// Equilibrium stays: E = −ξ(1)/T, correlations depend on t − s alone, and R = −∂C/∂(t−s)/T.
#[test]
fn equilibrium_is_stationary_and_obeys_the_fluctuation_dissipation_theorem() {
    let mixture = Mixture::new(&[(3, 0.7), (4, 0.3)]).unwrap();
    let temperature = 1.1;
    let conditions = Conditions { temperature, start_temperature: Some(temperature) };
    let mut dynamics = Dynamics::new(&mixture, conditions, 8.0).unwrap();
    let mut from_start = Vec::new();
    let step = 0.01;
    for time in [2.0 - step, 2.0, 2.0 + step, 8.0] {
        let moment = dynamics.advance(time).unwrap();
        assert!((moment.energy.value + 1.0 / temperature).abs() < 2e-5, "{moment:?}");
        from_start.push(moment.overlap.value);
    }
    let [correlation, response] = dynamics.pair(6.0).map(|estimate| estimate.value);
    assert!((correlation - from_start[1]).abs() < 2e-5, "{correlation} {from_start:?}");
    let slope = (from_start[2] - from_start[0]) / (2.0 * step);
    assert!((response + slope / temperature).abs() < 1e-4, "{response} {slope}");
    // At another temperature it is not stationary.
    let away = Conditions { temperature: 1.0, start_temperature: Some(temperature) };
    let found = energies(&mixture, away, &[2.0]);
    assert!((found[0].0 + 1.0 / temperature).abs() > 0.02);
}

/// Above T_d energies tend to −ξ(1)/T from any start.
#[test]
fn a_hot_model_forgets_its_start() {
    let conditions = Conditions { temperature: 1.3, start_temperature: None };
    let found = energies(&Mixture::pure(3).unwrap(), conditions, &[30.0]);
    assert!((found[0].0 + 1.0 / 1.3).abs() < 1e-4, "{found:?}");
}

/// E(t) = −ξ′ t + … and C(t, 0) = 1 − ξ′ t²/2 + …, so that dE/dt(0) = −H.
#[test]
fn short_times_follow_the_series() {
    for shares in [vec![(3, 1.0)], vec![(1, 0.2), (2, 0.5), (5, 0.3)], vec![(60, 1.0)]] {
        let mixture = Mixture::new(&shares).unwrap();
        let (slope, curvature) = (mixture.derivative(1, 1.0), mixture.derivative(2, 1.0));
        let t = 1e-3 / (slope + curvature).sqrt();
        let mut dynamics = Dynamics::new(&mixture, Conditions::default(), t).unwrap();
        let moment = dynamics.advance(t).unwrap();
        assert!((moment.energy.value / (-slope * t) - 1.0).abs() < 1e-4, "{shares:?} {moment:?}");
        assert!(
            ((1.0 - moment.overlap.value) / (0.5 * slope * t * t) - 1.0).abs() < 1e-2,
            "{shares:?} {moment:?}"
        );
    }
}

/// A field alone: the flow on a sphere in a linear energy, E(t) = −h tanh(h t).
#[test]
fn a_field_alone_turns_the_point_to_it() {
    let field = 0.49_f64;
    let found = energies(&Mixture::new(&[(1, field)]).unwrap(), Conditions::default(), &[0.5, 2.0, 9.0]);
    for (t, (energy, error)) in [0.5, 2.0, 9.0].into_iter().zip(found) {
        let h = field.sqrt();
        assert!((energy + h * (h * t).tanh()).abs() < error.max(2e-6), "{t}: {energy} ± {error}");
    }
}

/// Values of an integration with steps of half the length and twelve nodes a panel; energies scale with √ξ(1).
#[test]
fn order_three_has_its_values_in_any_units() {
    let times = [0.4, 1.0, 2.0, 5.0, 10.0, 20.0];
    let known = [-0.866_833_9, -1.219_838_4, -1.380_579_8, -1.501_175_9, -1.551_773_3, -1.582_622_2];
    let found = energies(&Mixture::pure(3).unwrap(), Conditions::default(), &times);
    for ((t, known), (energy, error)) in times.into_iter().zip(known).zip(&found) {
        assert!((energy - known).abs() < error.max(3e-7) && *error < 1e-4, "{t}: {energy} ± {error}");
    }
    let scaled = energies(&Mixture::new(&[(3, 4.0)]).unwrap(), Conditions::default(), &[2.5]);
    assert!((scaled[0].0 / 2.0 - found[3].0).abs() < 1e-7, "{scaled:?}");
}

#[test]
fn wrong_input_names_key_value_and_what_is_allowed() {
    let pure = Mixture::pure(3).unwrap();
    let field = Mixture::new(&[(1, 0.1), (3, 0.9)]).unwrap();
    let message = |mixture: &Mixture, temperature: f64, start: Option<f64>, latest: f64| {
        let conditions = Conditions { temperature, start_temperature: start };
        Dynamics::new(mixture, conditions, latest).unwrap_err().to_string()
    };
    assert!(message(&pure, -0.1, None, 1.0).starts_with("temperature = -0.1: "));
    assert!(message(&pure, f64::NAN, None, 1.0).starts_with("temperature = NaN: "));
    assert!(message(&pure, 0.0, Some(0.8), 1.0).contains("T_s = 0.828805"));
    assert!(message(&field, 0.0, Some(2.0), 1.0).contains("random field"));
    assert!(message(&pure, 0.0, None, f64::INFINITY).starts_with("time = inf: "));
    assert!(message(&pure, 0.0, None, 1e7).contains("4 GiB"));
    let mut dynamics = Dynamics::new(&pure, Conditions::default(), 1.0).unwrap();
    dynamics.advance(0.5).unwrap();
    assert!(dynamics.advance(0.4).is_err() && dynamics.advance(1.1).is_err());
}
