//! A landscape of one's own: checked by slope tests, descended on, searched for saddles; every index known.

mod landscape;

use hspin::critical::{HessianOperator, mean_eigenvalues};
use hspin::hamiltonian::Isa;
use hspin::numeric::slope::remainder_slope;
use hspin::prelude::*;
use landscape::Toy;

const STARTS: u32 = 100;

/// Prints what it finds, and fails where theory and search disagree.
pub fn main() -> Result<()> {
    let toy = Toy { levels: vec![-0.71, -0.32, -0.1, 0.2, 0.5, 0.63], well: 1.13 };
    let [first, second] = slopes(&toy, 1.0);
    println!(
        "Taylor remainders fall like t^{first:.2} with the gradient, t^{second:.2} with the Hessian too"
    );
    assert!((first - 2.0).abs() < 0.1 && (second - 3.0).abs() < 0.1);
    // A gradient and a Hessian that are wrong by one per cent are noticed.
    let [first, second] = slopes(&toy, 1.01);
    assert!(first < 1.5 && second < 2.5);
    let starts = toy.random_points(Seed(1), STARTS);
    let minima = toy.descend_all(&starts, Protocol::gd(4))?;
    assert!(minima.iter().all(|minimum| minimum.index == Some(0)));
    check(&toy, "descents", &minima);
    let found: Vec<CriticalPoint> =
        starts.iter().map(|start| toy.critical_point_near(start)).collect::<Result<_>>()?;
    check(&toy, "searches", &found);
    Ok(())
}

/// Orders of the remainders of L(w + t d) at t → 0: of first and of second order, with derivatives times `factor`.
fn slopes(toy: &Toy, factor: f64) -> [f64; 2] {
    let (w, d) = (toy.random_point(Seed(3)), toy.random_point(Seed(4)));
    let (energy, gradient) = toy.energy_gradient(&w);
    let hessian = toy.hessians_exact(Isa::best(), &[&w]).remove(0);
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let slope = product(&gradient, &d);
    let bend = factor * product(&hessian.times(&d), &d);
    let change = |t: f64| {
        let moved: Vec<f64> = w.iter().zip(&d).map(|(w, d)| w + t * d).collect();
        toy.energy_gradient(&moved).0 - energy
    };
    let first = remainder_slope(|t| change(t) - t * factor * slope, 4, 10);
    let second = remainder_slope(|t| change(t) - t * slope - 0.5 * t * t * bend, 3, 9);
    [first, second].map(|slope| slope.expect("the remainder is no zero"))
}

/// Holds every critical point against the closed form for its axes; counts them by index.
fn check(toy: &Toy, name: &str, found: &[CriticalPoint]) {
    let ids = toy.distinct(found);
    let mut by_index = vec![0; toy.dim()];
    let converged = || found.iter().enumerate().filter(|(_, end)| end.outcome == Outcome::Converged);
    for (number, end) in converged() {
        let axes: Vec<usize> = (0..toy.dim()).filter(|&i| end.point[i].abs() > 1e-6).collect();
        assert_eq!(end.index, Some(toy.index(&axes) as u32), "on the axes {axes:?}");
        // Every other axis is an eigenvector, to a_i − r; here of the Hessian from gradients alone.
        let operator = HessianOperator::at(toy, Isa::best(), &end.point);
        for i in (0..toy.dim()).filter(|i| !axes.contains(i)) {
            let axis: Vec<f64> = (0..toy.dim()).map(|j| f64::from(u8::from(i == j))).collect();
            let value = operator.times(&[&axis])[0][i];
            assert!((value - toy.levels[i] + toy.radial_slope(&axes)).abs() < 1e-9);
        }
        // The mean of all eigenvalues, with and without their spectrum.
        let [mean] = mean_eigenvalues(toy, Isa::best(), &[&end.point])[..] else { unreachable!() };
        let values = toy.spectrum(&end.point);
        assert!((mean - values.iter().sum::<f64>() / values.len() as f64).abs() < 1e-12);
        by_index[toy.index(&axes)] += u32::from(!ids[..number].contains(&ids[number]));
    }
    let number = converged().count();
    println!("{name}: {number} of {} converged; pairs ±w by index: {by_index:?}", found.len());
    assert!(number >= 9 * found.len() / 10);
}
