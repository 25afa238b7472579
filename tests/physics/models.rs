//! Mixtures of orders, laws and spikes against dense arrays, written out here, and against the pure model.

use hspin::hamiltonian::{
    Contraction, Isa, Landscape, Law, Layout, Model, Orders, OwnCouplings, Spike, Surface, SurfaceKey,
    SymmetricTensor, Which,
};
use hspin::numeric::lanes::PointLanes;
use hspin::rng::{Role, stream};
use hspin::sphere::random_point;

use crate::common::serial;

fn mixture(shares: &[(u32, f64)]) -> Model {
    Model { orders: Orders::new(shares).unwrap(), law: Law::Gaussian, spike: None }
}

fn draw(model: &Model, dim: usize, instance: u64, samples: usize) -> Surface {
    let layout = Layout { spins: model.orders.highest(), dim };
    Surface::draw_model(&SurfaceKey { seed: 3, layout, instance }, model, samples, &serial)
}

/// Energy, gradient and Hessian of `Σ_p Λ^{−(p−1)/2} A_p[w, …, w] − λΛ m^r` from dense arrays, index by index.
struct Dense {
    energy: f64,
    gradient: Vec<f64>,
    hessian: Vec<f64>,
    radial_slope: f64,
}

fn dense(surface: &Surface, w: &[f64]) -> Dense {
    let dim = w.len();
    let mut sum =
        Dense { energy: 0.0, gradient: vec![0.0; dim], hessian: vec![0.0; dim * dim], radial_slope: 0.0 };
    for (order, array) in surface.dense_orders() {
        let factor = (dim as f64).powf(-0.5 * (order as f64 - 1.0));
        for (place, entry) in array.iter().enumerate() {
            let indices: Vec<usize> = (0..order).map(|a| place / dim.pow(a as u32) % dim).collect();
            let product = |left_out: &[usize]| -> f64 {
                let kept = indices.iter().enumerate().filter(|(a, _)| !left_out.contains(a));
                factor * entry * kept.map(|(_, &i)| w[i]).product::<f64>()
            };
            sum.energy += product(&[]);
            for (a, &i) in indices.iter().enumerate() {
                sum.gradient[i] += product(&[a]);
                for (b, &j) in indices.iter().enumerate().filter(|&(b, _)| b != a) {
                    sum.hessian[i * dim + j] += product(&[a, b]);
                }
            }
        }
    }
    if let Some(spike) = surface.spike() {
        let (Spike { strength, order }, v) = (spike.shape(), spike.vector());
        let m = w.iter().zip(v).map(|(w, v)| w * v).sum::<f64>() / dim as f64;
        let r = f64::from(order);
        sum.energy -= strength * dim as f64 * m.powi(order as i32);
        for i in 0..dim {
            sum.gradient[i] -= strength * r * m.powi(order as i32 - 1) * v[i];
            for j in 0..dim {
                let second = if order > 1 { r * (r - 1.0) * m.powi(order as i32 - 2) } else { 0.0 };
                sum.hessian[i * dim + j] -= strength * second * v[i] * v[j] / dim as f64;
            }
        }
    }
    sum.radial_slope = w.iter().zip(&sum.gradient).map(|(w, g)| w * g).sum::<f64>() / dim as f64;
    sum
}

fn models() -> Vec<Model> {
    let spiked = |model: Model, strength, order| Model { spike: Some(Spike { strength, order }), ..model };
    vec![
        mixture(&[(1, 0.3)]),
        mixture(&[(1, 0.2), (2, 0.8)]),
        mixture(&[(2, 0.5), (3, 0.5)]),
        mixture(&[(1, 0.1), (2, 0.2), (3, 0.3), (4, 0.4), (5, 0.5), (6, 0.6)]),
        spiked(mixture(&[(3, 1.0)]), 1.3, 3),
        spiked(mixture(&[(2, 0.5), (4, 0.5)]), 0.7, 1),
        spiked(mixture(&[(1, 0.4), (3, 0.6)]), 2.0, 5),
        Model { law: Law::Exponential, ..mixture(&[(1, 0.5), (3, 2.0)]) },
    ]
}

#[test]
fn energies_gradients_slopes_and_hessians_are_those_of_the_dense_arrays() {
    let mut rng = stream(1, Role::Probe, &[77]);
    for (number, model) in models().iter().enumerate() {
        let dim = if model.orders.highest() > 4 { 4 } else { 7 };
        let surface = draw(model, dim, 5, 0);
        let points: Vec<Vec<f64>> = (0..3).map(|_| random_point(&mut rng, dim)).collect();
        let (mut double, mut single) = (PointLanes::<f64>::new(dim), PointLanes::<f32>::new(dim));
        for point in &points {
            double.push(point);
            single.push(&point.iter().map(|&x| x as f32).collect::<Vec<_>>());
        }
        let refs: Vec<&[f64]> = points.iter().map(Vec::as_slice).collect();
        let hessians = surface.hessians_exact(Isa::best(), &refs);
        let sums = surface.plain_sums(&refs);
        for isa in [Isa::Scalar, Isa::best()] {
            let (mut exact, mut rounded) = (Contraction::new(dim), Contraction::new(dim));
            surface.contract_exact(isa, &double, &mut exact);
            surface.contract(isa, Which::Full, &single, &mut rounded);
            for (lane, point) in points.iter().enumerate() {
                let expected = dense(&surface, point);
                let size = expected.energy.abs().max(dim as f64);
                let near = |a: f64, b: f64, tolerance: f64| {
                    assert!((a - b).abs() <= tolerance * size, "model {number}: {a} {b}");
                };
                near(exact.energy.0[lane], expected.energy, 1e-13);
                near(exact.radial_slope.0[lane], expected.radial_slope, 1e-13);
                near(f64::from(rounded.energy.0[lane]), expected.energy, 3e-6);
                near(f64::from(rounded.radial_slope.0[lane]), expected.radial_slope, 3e-6);
                near(sums[lane].energy, expected.energy, 1e-13);
                for i in 0..dim {
                    near(exact.gradient[i].0[lane], expected.gradient[i], 1e-13);
                    near(f64::from(rounded.gradient[i].0[lane]), expected.gradient[i], 3e-6);
                    near(sums[lane].gradient[i], expected.gradient[i], 1e-13);
                    for j in 0..dim {
                        near(hessians[lane].at(i, j), expected.hessian[i * dim + j], 1e-12);
                    }
                }
            }
        }
    }
}

#[test]
fn coefficients_of_all_orders_with_the_spike_give_the_energy() {
    let mut rng = stream(1, Role::Probe, &[78]);
    for model in models() {
        let dim = 4;
        let surface = draw(&model, dim, 1, 0);
        let w = random_point(&mut rng, dim);
        let (mut energy, mut highest) = (0.0, 0);
        surface.for_each_coefficient(|indices, c| {
            let factor = (dim as f64).powf(-0.5 * (indices.len() as f64 - 1.0));
            energy += factor * c * indices.iter().map(|&i| w[i]).product::<f64>();
            highest = highest.max(indices.len());
        });
        assert!((energy - dense(&surface, &w).energy).abs() < 1e-12 * dim as f64, "{model:?}");
        assert_eq!(highest, surface.degree());
        let orders = model.orders.shares().count();
        let fits = model.spike.is_none_or(|spike| spike.order as usize == model.orders.highest());
        assert_eq!(surface.is_homogeneous(), orders == 1 && fits);
    }
}

/// Sums over all parts are the surface; each part has 1/P of the spike.
#[test]
fn sample_parts_add_up_to_the_surface() {
    let model =
        Model { spike: Some(Spike { strength: 0.8, order: 2 }), ..mixture(&[(1, 0.5), (2, 0.5), (3, 0.5)]) };
    let (dim, parts) = (9, 3);
    let surface = draw(&model, dim, 2, parts);
    assert_eq!(surface.sample_parts(), parts);
    let mut points = PointLanes::<f32>::new(dim);
    let w = random_point(&mut stream(1, Role::Probe, &[79]), dim);
    points.push(&w.iter().map(|&x| x as f32).collect::<Vec<_>>());
    let mut space = Contraction::new(dim);
    let mut at = |which| {
        surface.contract(Isa::best(), which, &points, &mut space);
        let gradient: Vec<f64> = space.gradient.iter().map(|row| f64::from(row.0[0])).collect();
        (f64::from(space.energy.0[0]), gradient)
    };
    let whole = at(Which::Full);
    let of_parts: Vec<_> = (0..parts).map(|part| at(Which::Sample(part))).collect();
    let energy: f64 = of_parts.iter().map(|part| part.0).sum();
    assert!((energy - whole.0).abs() < 1e-4, "{energy} {}", whole.0);
    for i in 0..dim {
        let sum: f64 = of_parts.iter().map(|part| part.1[i]).sum();
        assert!((sum - whole.1[i]).abs() < 1e-4);
    }
    assert!(of_parts.windows(2).all(|pair| (pair[0].0 - pair[1].0).abs() > 1e-3), "parts differ");
}

#[test]
fn one_order_is_the_pure_surface_to_the_bit_and_a_quarter_of_its_variance_half_of_it() {
    for spins in 2..=5 {
        let layout = Layout::new(spins, 6);
        let key = SurfaceKey { seed: 3, layout, instance: 4 };
        let pure = Surface::draw(&key, 2, &serial);
        let same = Surface::draw_model(&key, &Model::pure(spins), 2, &serial);
        let half = Surface::draw_model(&key, &mixture(&[(spins as u32, 0.25)]), 2, &serial);
        assert!(pure.full() == same.full() && pure.samples() == same.samples());
        let values = |surface: &Surface| {
            let mut found = Vec::new();
            surface.for_each_coefficient(|_, c| found.push(c));
            found
        };
        assert!(values(&pure).iter().zip(values(&half)).all(|(whole, half)| 0.5 * whole == half));
        assert_eq!((pure.deviation(), half.deviation()), (1.0, 0.5));
        assert_eq!(pure.hessian_bounds(), same.hessian_bounds());
    }
}

/// E[L(w) L(w′)] = Λ ξ(w·w′/Λ) for every law: over 4000 surfaces with a standard error of 1.6 to 4 %, so that five of them
/// are a false alarm once in 10⁶. The false covariance beside each, one order's share moved by a quarter, is refused.
#[test]
fn energies_have_the_covariance_of_the_mixture_whatever_the_law_is() {
    const SURFACES: u64 = 4000;
    let dim = 5;
    let mut rng = stream(1, Role::Probe, &[80]);
    let (w, other) = (random_point(&mut rng, dim), random_point(&mut rng, dim));
    let overlap = w.iter().zip(&other).map(|(a, b)| a * b).sum::<f64>() / dim as f64;
    let shares = [(1, 0.5), (2, 1.0), (3, 1.5)];
    let xi = |q: f64, shares: &[(u32, f64)]| shares.iter().map(|(p, v)| v * q.powi(*p as i32)).sum::<f64>();
    for law in Law::ALL {
        let model = Model { law, ..mixture(&shares) };
        let mut products = [0.0; 2];
        for instance in 0..SURFACES {
            let sums = draw(&model, dim, instance, 0).plain_sums(&[&w, &other]);
            products[0] += sums[0].energy * sums[0].energy;
            products[1] += sums[0].energy * sums[1].energy;
        }
        let found = products.map(|sum| sum / (SURFACES as f64 * dim as f64));
        // Of a product of two normal numbers, with room for the skewness of the exponential law.
        let error = 5.0 * xi(1.0, &shares) * (3.0 / SURFACES as f64).sqrt();
        for (found, q) in found.into_iter().zip([1.0, overlap]) {
            assert!((found - xi(q, &shares)).abs() < error, "{law:?}: {found} {}", xi(q, &shares));
        }
        let wrong = xi(1.0, &[(1, 0.5), (2, 1.0), (3, 2.1)]);
        assert!((found[0] - wrong).abs() > error, "{law:?}");
    }
}

#[test]
fn hidden_vectors_lie_on_the_sphere_and_differ_from_surface_to_surface() {
    let model = Model { spike: Some(Spike { strength: 1.0, order: 3 }), ..Model::pure(3) };
    let vector = |instance| draw(&model, 40, instance, 0).spike().unwrap().vector().to_vec();
    let (first, second) = (vector(0), vector(1));
    assert!((first.iter().map(|v| v * v).sum::<f64>() - 40.0).abs() < 1e-12);
    // An overlap has the deviation 1/√40; five of them.
    let overlap = first.iter().zip(&second).map(|(a, b)| a * b).sum::<f64>() / 40.0;
    assert!(overlap.abs() < 0.8 && first == vector(0));
}

#[test]
fn own_couplings_of_several_orders_are_taken_in_units_of_their_common_scale() {
    let (model, dim) = (mixture(&[(1, 4.0), (2, 9.0), (3, 1.0)]), 6);
    let surface = draw(&model, dim, 7, 0);
    let (mut field, mut tensors) = (None, Vec::new());
    for (order, array) in surface.dense_orders() {
        match order {
            1 => field = Some(array),
            _ => tensors.push(SymmetricTensor::from_dense(&vec![dim as u64; order], &array).unwrap()),
        }
    }
    let own = OwnCouplings::new(field, tensors).unwrap();
    let squares: f64 = own.scales().iter().map(|(_, scale)| scale * scale).sum();
    assert!((own.scale() / squares.sqrt() - 1.0).abs() < 1e-14);
    let layout = Layout::new(3, dim);
    let recipe = hspin::hamiltonian::Recipe::own(SurfaceKey { seed: 1, layout, instance: 0 }, &own, 0);
    let taken = recipe.carry_out(&serial);
    let w = random_point(&mut stream(1, Role::Probe, &[81]), dim);
    let [raw, unit] = [&surface, &taken].map(|surface| surface.plain_sums(&[&w]).remove(0));
    assert!((raw.energy - taken.scale() * unit.energy).abs() < 1e-12 * raw.energy.abs());
    assert!((own.plain_sums(&[&w])[0].energy - raw.energy).abs() < 1e-12 * raw.energy.abs());
    let twice = OwnCouplings::new(None, vec![own.tensors()[0].clone(), own.tensors()[0].clone()]);
    assert!(twice.unwrap_err().to_string().contains("two arrays of order 2"));
    let short = OwnCouplings::new(Some(vec![1.0; 5]), own.tensors().to_vec());
    assert!(short.unwrap_err().to_string().contains("arrays of one dimension"));
}
