//! Energy, gradient and Hessian against independent ways to the same numbers.

use crate::common::{dense_contraction, energy, energy_gradient, point, serial, surface};
use hspin::descent::evaluate;
use hspin::hamiltonian::{
    Contraction, HESSIAN_LANES, Isa, Landscape, Layout, Surface, SurfaceKey, SymmetricTensor, contract,
};
use hspin::numeric::lanes::{PointLanes, Real};
use hspin::numeric::slope::remainder_slope;
use hspin::numeric::symmetric::Symmetric;

/// Orders and dimensions that every law is tested on; odd sizes leave panels and chunks partly filled.
const CASES: [(usize, usize); 11] =
    [(2, 2), (2, 33), (2, 200), (3, 2), (3, 13), (3, 41), (3, 131), (4, 3), (4, 17), (5, 9), (6, 7)];

fn close(a: f64, b: f64, scale: f64) -> bool {
    (a - b).abs() <= 1e-12 * scale.max(1.0)
}

#[test]
fn energy_gradient_and_hessian_agree_with_the_dense_tensor() {
    for (spins, dim) in CASES {
        let surface = surface(spins, dim, 7, 0);
        let dense = surface.to_dense();
        let w = point(dim, 1);
        let scale = (dim as f64).powf(-0.5 * (spins as f64 - 1.0));
        let (energy, gradient) = energy_gradient(&surface, &w);
        let hessian = surface.hessians_exact(Isa::best(), &[&w]).remove(0);
        let size = dim as f64;
        assert!(close(energy, scale * dense_contraction(&dense, &w, 0)[0], size), "H={spins} Λ={dim}");
        let h = spins as f64;
        for (g, d) in gradient.iter().zip(dense_contraction(&dense, &w, 1)) {
            assert!(close(*g, h * scale * d, size), "gradient, H={spins} Λ={dim}: {g} {d}");
        }
        for (place, d) in dense_contraction(&dense, &w, 2).into_iter().enumerate() {
            let b = hessian.at(place / dim, place % dim);
            assert!(close(b, h * (h - 1.0) * scale * d, size), "Hessian, H={spins} Λ={dim}: {b} {d}");
        }
    }
}

#[test]
fn a_dense_array_gives_back_the_same_couplings() {
    for (spins, dim) in CASES {
        let surface = surface(spins, dim, 3, 0);
        let shape = vec![dim as u64; spins];
        let read = SymmetricTensor::from_dense(&shape, &surface.to_dense()).unwrap();
        let mut worst = 0.0f64;
        let mut expected = Vec::new();
        surface.full().for_each_coefficient(|_, c| expected.push(c));
        let mut expected = expected.into_iter();
        read.for_each_coefficient(|_, c| worst = worst.max((c / expected.next().unwrap() - 1.0).abs()));
        assert!(worst < 1e-15, "H={spins} Λ={dim}: {worst:e}");
    }
}

#[test]
fn arrays_that_are_no_symmetric_tensor_are_refused() {
    let from =
        |shape: &[u64], values: &[f64]| SymmetricTensor::from_dense(shape, values).unwrap_err().to_string();
    assert!(from(&[2, 2], &[1.0, 2.0, 3.0, 4.0]).contains("symmetric"));
    assert!(from(&[2, 2], &[1.0, f64::NAN, 3.0, 4.0]).contains("finite"));
    assert!(from(&[2, 3], &[0.0; 6]).contains("shape"));
    assert!(from(&[2], &[0.0; 2]).contains("shape"));
    assert!(from(&[2, 2], &[0.0; 3]).contains("N^H"));
}

#[test]
fn euler_relations_and_parity_hold() {
    for (spins, dim) in CASES {
        let surface = surface(spins, dim, 11, 0);
        let w = point(dim, 2);
        let (energy, gradient) = energy_gradient(&surface, &w);
        let h = spins as f64;
        let radial: f64 = w.iter().zip(&gradient).map(|(w, g)| w * g).sum();
        assert!(close(radial, h * energy, dim as f64), "w·∇L = H L, H={spins} Λ={dim}");
        let told = evaluate(&surface, Isa::best(), &[&w]).pop().flatten().unwrap().radial_slope;
        assert!(close(dim as f64 * told, radial, dim as f64), "radial slope, H={spins} Λ={dim}");
        let hessian = surface.hessians_exact(Isa::best(), &[&w]).remove(0);
        for (i, slope) in gradient.iter().enumerate() {
            let along: f64 = (0..dim).map(|j| hessian.at(i, j) * w[j]).sum();
            assert!(close(along, (h - 1.0) * slope, dim as f64), "∇²L w = (H−1)∇L");
        }
        let mirrored: Vec<f64> = w.iter().map(|x| -x).collect();
        let sign = if spins % 2 == 0 { 1.0 } else { -1.0 };
        assert!(close(crate::common::energy(&surface, &mirrored), sign * energy, dim as f64));
    }
}

/// Slopes of the Taylor remainders along a line: (gradient alone, gradient and Hessian); `distort` spoils them.
fn slopes(spins: usize, dim: usize, distort: f64) -> (Option<f64>, Option<f64>) {
    let surface = surface(spins, dim, 5, 0);
    let (w, d) = (point(dim, 3), point(dim, 4));
    let (start, gradient) = energy_gradient(&surface, &w);
    let hessian = surface.hessians_exact(Isa::best(), &[&w]).remove(0);
    let slope: f64 = gradient.iter().zip(&d).map(|(g, d)| g * d).sum::<f64>() * (1.0 + distort);
    let bend: f64 = (0..dim).map(|i| (0..dim).map(|j| hessian.at(i, j) * d[i] * d[j]).sum::<f64>()).sum();
    let along = |t: f64| energy(&surface, &w.iter().zip(&d).map(|(w, d)| w + t * d).collect::<Vec<_>>());
    let first = remainder_slope(|t| along(t) - start - t * slope, 4, 10);
    let bend = bend * (1.0 + distort);
    let true_slope = slope / (1.0 + distort);
    let second = remainder_slope(|t| along(t) - start - t * true_slope - 0.5 * t * t * bend, 3, 9);
    (first, second)
}

#[test]
fn slope_tests_pass_for_the_derivatives_and_fail_for_wrong_ones() {
    for (spins, dim) in [(2, 12), (3, 12), (4, 8), (5, 6), (6, 5)] {
        let (gradient, hessian) = slopes(spins, dim, 0.0);
        assert!((gradient.unwrap() - 2.0).abs() < 0.1, "H={spins}: {gradient:?}");
        if spins > 2 {
            assert!((hessian.unwrap() - 3.0).abs() < 0.15, "H={spins}: {hessian:?}");
        }
        let (gradient, hessian) = slopes(spins, dim, 0.05);
        assert!(gradient.unwrap() < 1.7, "a gradient off by 5 % must fail, H={spins}: {gradient:?}");
        assert!(hessian.unwrap() < 2.7, "a Hessian off by 5 % must fail, H={spins}: {hessian:?}");
    }
}

/// Bits of energies and gradients of `lanes` points.
fn bits<T: hspin::hamiltonian::kernel::Kernel, A: hspin::hamiltonian::kernel::Stored<T>>(
    isa: Isa,
    tensor: &SymmetricTensor<A>,
    lanes: usize,
) -> Vec<Vec<u64>> {
    let dim = tensor.layout().dim;
    let mut block = PointLanes::<T>::new(dim);
    for lane in 0..lanes {
        let w: Vec<T> = point(dim, lane as u64).into_iter().map(T::from_f64).collect();
        block.push(&w);
    }
    let mut out = Contraction::new(dim);
    contract(isa, tensor, &block, &mut out);
    let lane_bits = |lane: usize| {
        let rows = out.gradient.iter().chain([&out.energy]);
        rows.map(|row| row.as_ref()[lane].to_f64().to_bits()).collect()
    };
    (0..lanes).map(lane_bits).collect()
}

#[test]
fn every_instruction_set_gives_the_bits_of_the_scalar_path() {
    for (spins, dim) in CASES {
        let tensor = surface(spins, dim, 13, 0).full().clone();
        let double = tensor.rounded::<f64>();
        let (single, mixed) =
            (bits::<f32, f32>(Isa::Scalar, &tensor, 48), bits::<f64, f32>(Isa::Scalar, &tensor, 24));
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            assert_eq!(bits::<f32, f32>(isa, &tensor, 48), single, "{} H={spins} Λ={dim}", isa.name());
            assert_eq!(bits::<f64, f32>(isa, &tensor, 24), mixed, "{} H={spins} Λ={dim}", isa.name());
            assert_eq!(bits::<f64, f64>(isa, &double, 24), mixed, "{} H={spins} Λ={dim}", isa.name());
        }
    }
}

#[test]
fn a_point_has_the_same_bits_whatever_its_neighbours() {
    let tensor = surface(3, 29, 17, 0).full().clone();
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        let full = bits::<f32, f32>(isa, &tensor, <f32 as Real>::LANES);
        for lanes in [1, 8, 15, 16, 17, 24, 25, 33, 47] {
            assert_eq!(bits::<f32, f32>(isa, &tensor, lanes), full[..lanes], "{lanes} lanes, {}", isa.name());
        }
    }
}

#[test]
fn couplings_have_the_variance_of_their_multiplicity() {
    // χ²/n of c²/m over all couplings is 1 ± √(2/n): |z| > 5.3 has a false-alarm rate of 1e-7.
    for (spins, dim) in [(2, 200), (3, 60), (4, 24), (5, 14), (6, 10)] {
        let surface = surface(spins, dim, 23, 0);
        let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0);
        surface.full().for_each_coefficient(|indices, c| {
            let mut runs = vec![0u32; dim];
            indices.iter().for_each(|&i| runs[i] += 1);
            let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
            let m = factorial(spins as u32) / runs.iter().map(|&run| factorial(run)).product::<f64>();
            sum += c / m.sqrt();
            squares += c * c / m;
            count += 1.0;
        });
        let z_mean = sum / f64::sqrt(count);
        let z_variance = (squares / count - 1.0) / (2.0 / count).sqrt();
        assert!(z_mean.abs() < 5.3 && z_variance.abs() < 5.3, "H={spins}: {z_mean:.2}, {z_variance:.2}");
    }
}

#[test]
fn sample_tensors_add_up_to_the_surface_and_have_variance_one_over_p() {
    for samples in [2, 3, 8] {
        let surface = surface(3, 40, 29, samples);
        let mut sums = vec![0.0; surface.layout().couplings().unwrap() as usize];
        let (mut squares, mut count) = (0.0, 0.0);
        for tensor in surface.samples() {
            let mut place = 0;
            tensor.for_each_coefficient(|indices, c| {
                sums[place] += c;
                place += 1;
                if indices[0] != indices[1] && indices[1] != indices[2] {
                    squares += c * c / 6.0;
                    count += 1.0;
                }
            });
        }
        let mut place = 0;
        surface.full().for_each_coefficient(|_, c| {
            assert!((sums[place] - c).abs() < 1e-5, "P={samples}");
            place += 1;
        });
        let z = (squares / count * samples as f64 - 1.0) / (2.0 / count).sqrt();
        assert!(z.abs() < 5.3, "P={samples}: {z}");
    }
}

#[test]
fn the_surface_does_not_depend_on_how_it_is_drawn() {
    let key = SurfaceKey { seed: 1, layout: Layout::new(3, 30), instance: 2 };
    let spans = key.layout.chunks();
    let chunk = |key: &SurfaceKey, chunk: usize| {
        let mut values = vec![0.0; spans[chunk].values];
        key.draw_chunk(&spans, chunk, &mut values);
        values
    };
    let forward: Vec<_> = (0..spans.len()).map(|number| chunk(&key, number)).collect();
    let mut backward: Vec<_> = (0..spans.len()).rev().map(|number| chunk(&key, number)).collect();
    backward.reverse();
    assert_eq!(forward, backward);
    let surface = Surface::draw(&key, 0, &serial);
    assert!(surface.full().chunks().map(|(_, values)| values).eq(forward.iter().map(Vec::as_slice)));
    let other = SurfaceKey { instance: 3, ..key };
    assert_ne!(forward[15], chunk(&other, 15));
}

#[test]
fn neighbours_and_instruction_sets_change_no_bit_of_a_hessian() {
    for (spins, dim) in CASES {
        let surface = surface(spins, dim, 13, 0);
        let points: Vec<Vec<f64>> = (0..HESSIAN_LANES as u64).map(|number| point(dim, number)).collect();
        let points: Vec<&[f64]> = points.iter().map(Vec::as_slice).collect();
        let bits = |matrix: &Symmetric| -> Vec<u64> {
            (0..dim).flat_map(|j| matrix.lower_column(j).iter().map(|x| x.to_bits())).collect()
        };
        let alone = |point| bits(&surface.hessians_exact(Isa::Scalar, &[point])[0]);
        let alone: Vec<Vec<u64>> = points.iter().map(|&point| alone(point)).collect();
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            for together in [3, 8, 9, HESSIAN_LANES] {
                // What was in the matrices before must not matter.
                let mut found = vec![Symmetric::from_lower(dim, |_, _| f64::NAN); together];
                surface.hessians_exact_into(isa, &points[..together], &mut found);
                let found: Vec<Vec<u64>> = found.iter().map(bits).collect();
                assert!(found == alone[..together], "H={spins} Λ={dim}, {together} on {}", isa.name());
            }
        }
    }
}
