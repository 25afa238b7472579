//! H = 2: each surface is a matrix, and its partition function an integral over a line.

use hspin::hamiltonian::{Isa, Landscape, Model, Surface};
use hspin::sampling::{Rules, Schedule};

use super::{ALARM, NO_REJECTION, deviation, draw, mean_and_error, sample};
use crate::common::point;

/// ⟨L⟩ and ⟨L²⟩ of `L = Σ λ_i y_i²` on |y|² = Λ: `Z(β) ∝ ∫ dz e^{Λz} Π(z + βλ_i)^{−1/2}` along a vertical line through the saddle
/// point, where the trapezoid rule converges faster than any power.
fn exact(eigenvalues: &[f64], temperature: f64) -> [f64; 2] {
    let (beta, count) = (1.0 / temperature, eigenvalues.len() as f64);
    let least = eigenvalues.iter().copied().fold(f64::INFINITY, f64::min);
    // Λ = Σ ½/(z + βλ) at the saddle, which lies within ½ of the pole.
    let excess = |z: f64| eigenvalues.iter().map(|l| 0.5 / (z + beta * l)).sum::<f64>() - count;
    let (mut low, mut high) = (-beta * least, -beta * least + 0.5);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if excess(middle) > 0.0 { low = middle } else { high = middle }
    }
    let saddle = high;
    let curvature: f64 = eigenvalues.iter().map(|l| 0.5 / (saddle + beta * l).powi(2)).sum();
    // The integrand falls like e^{−κt²/2} at first and like t^{−Λ/2} far out.
    let step = 0.05 / curvature.sqrt();
    let at_saddle: f64 = eigenvalues.iter().map(|l| -0.5 * (saddle + beta * l).ln()).sum();
    let (mut z, mut first, mut second) = (0.0, 0.0, 0.0);
    for k in -20_000..=20_000 {
        let t = f64::from(k) * step;
        // ln of the integrand over that at the saddle; sums of ½λ/(z+βλ) and of ½λ²/(z+βλ)².
        let (mut ln, mut phase) = (-at_saddle, count * t);
        let (mut a, mut b) = ([0.0; 2], [0.0; 2]);
        for l in eigenvalues {
            let (re, im) = (saddle + beta * l, t);
            let norm = re * re + im * im;
            ln -= 0.25 * norm.ln();
            phase -= 0.5 * im.atan2(re);
            let (x, y) = (l * re / norm, -l * im / norm);
            a = [a[0] + 0.5 * x, a[1] + 0.5 * y];
            b = [b[0] + 0.5 * (x * x - y * y), b[1] + x * y];
        }
        let (sine, cosine) = phase.sin_cos();
        let size = ln.exp();
        let real = |c: [f64; 2]| size * (cosine * c[0] - sine * c[1]);
        z += real([1.0, 0.0]);
        first += real(a);
        second += real([a[0] * a[0] - a[1] * a[1] + b[0], 2.0 * a[0] * a[1] + b[1]]);
    }
    [first / z, second / z]
}

fn eigenvalues(surface: &Surface) -> Vec<f64> {
    let hessian = surface.hessians_exact(Isa::best(), &[&point(surface.dim(), 0)]);
    hessian[0].eigenvalues().unwrap().into_iter().map(|value| 0.5 * value).collect()
}

/// Λ = 3 of one eigenvalue apart, against plain integration: L = λ w_1² with w_1²/3 = x², x uniform on [−1, 1].
#[test]
fn the_integral_over_a_line_is_the_one_over_the_sphere() {
    let (lambda, temperature) = (1.3, 0.7);
    let weight = |x: f64| (-3.0 * lambda * x * x / temperature).exp();
    let integral = |f: &dyn Fn(f64) -> f64| hspin::numeric::quadrature::integral(f, -1.0, 1.0);
    let norm = integral(&weight);
    let moment = |n: i32| integral(&|x| weight(x) * (3.0 * lambda * x * x).powi(n)) / norm;
    let [first, second] = exact(&[lambda, 0.0, 0.0], temperature);
    assert!((first - moment(1)).abs() < 1e-3 && (second - moment(2)).abs() < 3e-3, "{first} {second}");
}

/// Above and below T_c = √2, surface by surface: 2 moments × 4 temperatures × 2 surfaces, each of which alarms falsely for 1e-6 of
/// seeds.
#[test]
fn energies_are_those_of_the_eigenvalues_of_each_surface() {
    let schedule = Schedule {
        temperatures: vec![0.7, 1.0, 1.6, 2.5],
        replicas: 6,
        sweeps: 3000,
        burn_in: 500,
        steps: 6,
        exchange: true,
    };
    let worst = |rules: Rules| {
        let mut worst: f64 = 0.0;
        for instance in 0..2 {
            let surface = draw(&Model::pure(2), 24, instance);
            let values = eigenvalues(&surface);
            for rung in sample(&surface, &schedule, instance, rules).rungs {
                let [first, second] = exact(&values, rung.temperature);
                let squares: Vec<Vec<f64>> =
                    rung.energies.iter().map(|chain| chain.iter().map(|x| x * x).collect()).collect();
                let off = [deviation(&rung.energies, first), deviation(&squares, second)];
                println!("T = {}: {off:.2?}, acceptance {:.2}", rung.temperature, rung.acceptance);
                worst = off.iter().fold(worst, |worst, z| worst.max(z.abs()));
            }
        }
        worst
    };
    assert!(worst(Rules::EXACT) < ALARM);
    assert!(worst(NO_REJECTION) > 2.0 * ALARM);
}

/// u = −1/T at T > T_c as Λ → ∞; at finite Λ `−(1 − ⟨q²⟩)/T` with `Λ⟨q²⟩ → 1/(1 − 2/T²)`. Twelve surfaces of Λ = 100: at T = 2 the
/// correction is 2 % of u and the error of the mean 1.5 %.
#[test]
fn many_spins_have_the_energy_of_the_limit() {
    let schedule = Schedule {
        temperatures: vec![2.0, 3.0],
        replicas: 4,
        sweeps: 400,
        burn_in: 150,
        steps: 6,
        exchange: true,
    };
    let dim = 100;
    let surfaces: Vec<_> = (0..12)
        .map(|instance| sample(&draw(&Model::pure(2), dim, instance), &schedule, instance, Rules::EXACT))
        .collect();
    for (rung, &temperature) in schedule.temperatures.iter().enumerate() {
        let mean = |sampled: &hspin::sampling::Sampled| {
            let energies = &sampled.rungs[rung].energies;
            let count = (energies.len() * energies[0].len() * dim) as f64;
            energies.iter().flatten().sum::<f64>() / count
        };
        let (found, error) = mean_and_error(&surfaces.iter().map(mean).collect::<Vec<_>>());
        let square = 1.0 / (1.0 - 2.0 / (temperature * temperature)) / dim as f64;
        let expected = -(1.0 - square) / temperature;
        println!("T = {temperature}: {found} ± {error}, {expected}");
        // The next order of the correction is about the square of the first.
        assert!((found - expected).abs() < ALARM * error + 2.0 * square * square, "{found} ± {error}");
        // It can tell a temperature that is 15 % off.
        assert!((found - expected / 1.15).abs() > ALARM * error);
    }
}
