use hspin::geometry::*;
use hspin::hamiltonian::*;
use hspin::prelude::*;
use std::ops::ControlFlow;
use std::time::Instant;
fn main() {
    let arg: Vec<usize> = std::env::args().skip(1).map(|x| x.parse().unwrap()).collect();
    let (spins, dim, seeds, images) = (arg[0], arg[1], arg[2], arg[3]);
    let big = dim > 12;
    let mut total = [0usize; 12];
    let mut worst: f64 = 0.0;
    let mut compared = (0, 0);
    for seed in 1..=seeds as u64 {
        let surface = Surface::random(spins, dim, Seed(seed));
        let field = Field { landscape: &surface, isa: Isa::best() };
        let (points, energies, exact): (Vec<Vec<f64>>, Vec<f64>, Option<ExactGraph>) = if big {
            let ends = surface
                .descend_all(&surface.random_points(Seed(seed), 60), Protocol::gd(spins as u32))
                .unwrap();
            let ids = surface.distinct(&ends);
            let mut firsts: Vec<_> = Vec::new();
            for (k, (end, id)) in ends.iter().zip(&ids).enumerate() {
                if end.index == Some(0) && ids[..k].iter().all(|other| other != id) {
                    firsts.push(end.clone());
                }
            }
            firsts.sort_by(|a, b| a.energy.total_cmp(&b.energy));
            (
                firsts.iter().map(|x| x.point.clone()).collect(),
                firsts.iter().map(|x| x.energy).collect(),
                None,
            )
        } else {
            let census = surface.census(Seed(1)).unwrap();
            let is = |index| {
                census
                    .points
                    .iter()
                    .filter(move |p| p.index == index && (!surface_even(spins) || !p.antipode))
            };
            let minima: Vec<Vec<f64>> = is(0).map(|p| p.point.clone()).collect();
            let energies: Vec<f64> = is(0).map(|p| p.energy_per_spin * dim as f64).collect();
            let saddles: Vec<Vec<f64>> = is(1).map(|p| p.point.clone()).collect();
            let m: Vec<&[f64]> = minima.iter().map(Vec::as_slice).collect();
            let s: Vec<&[f64]> = saddles.iter().map(Vec::as_slice).collect();
            let t = Instant::now();
            let exact = exact_graph(&field, (&m, &energies), &s);
            if seed < 4 {
                println!(
                    "seed {seed}: certified {} minima {} saddles {} unresolved {} connected {} in {:?}",
                    census.is_certified(),
                    m.len(),
                    s.len(),
                    exact.unresolved,
                    exact.graph.is_connected(),
                    t.elapsed()
                );
            }
            (minima, energies, Some(exact))
        };
        let m: Vec<&[f64]> = points.iter().map(Vec::as_slice).collect();
        let connecting =
            Connecting { field, minima: &m, energies: &energies, images, most_steps: MOST_BAND_STEPS };
        let mut pairs = Vec::new();
        for a in 0..m.len() {
            for b in a + 1..m.len() {
                pairs.push(Pair { a, b });
            }
        }
        if big {
            pairs.truncate(24);
        } else {
            pairs.truncate(200);
        }
        let t = Instant::now();
        let found = connecting.connect(&pairs, &mut || ControlFlow::Continue(())).unwrap();
        let time = t.elapsed().as_secs_f64();
        let bands: u32 = found.iter().map(|f| f.bands).sum();
        let steps: u64 = found.iter().map(|f| f.steps).sum();
        if seed < 4 || big {
            println!(
                "seed {seed}: pairs {} bands {bands} steps/band {:.0} ms/band {:.1}",
                pairs.len(),
                steps as f64 / bands as f64,
                1e3 * time / bands as f64
            );
        }
        if arg.len() > 4 {
            let tops = |images| {
                let c = Connecting {
                    field,
                    minima: &m,
                    energies: &energies,
                    images,
                    most_steps: MOST_BAND_STEPS,
                };
                c.connect(&pairs, &mut || ControlFlow::Continue(()))
                    .unwrap()
                    .iter()
                    .map(|f| f.chain.top().map_or(f64::NAN, |t| t.energy))
                    .collect::<Vec<_>>()
            };
            for images in [33, 65] {
                let other = tops(images);
                let here: Vec<f64> =
                    found.iter().map(|f| f.chain.top().map_or(f64::NAN, |t| t.energy)).collect();
                total[9 + images / 65] +=
                    here.iter().zip(&other).filter(|(a, b)| (**a - **b).abs() < 1e-8).count();
            }
        }
        for (pair, f) in pairs.iter().zip(&found) {
            total[0] += 1;
            total[1] += f.bands as usize;
            total[2] += f.at_rest as usize;
            match f.outcome {
                ConnectOutcome::Connected => total[3] += 1,
                ConnectOutcome::NoPass => total[4] += 1,
                ConnectOutcome::MaxBands => total[5] += 1,
                ConnectOutcome::AboveGreatCircle => total[6] += 1,
                _ => total[7] += 1,
            }
            if f.chain.links.len() == 1 {
                total[8] += 1;
            }
            if let (Some(e), ConnectOutcome::Connected) = (&exact, f.outcome) {
                let truth = e.graph.minimax(pair.a, pair.b).unwrap();
                let top = f.chain.top().unwrap().energy;
                compared.0 += 1;
                if (top - truth).abs() < 1e-8 {
                    compared.1 += 1;
                }
                if top < truth - 1e-8 {
                    worst = worst.max(truth - top);
                    println!("BELOW {top} {truth}");
                }
            }
        }
    }
    println!(
        "pairs {} bands {} at rest {} connected {} no_pass {} max_bands {} above {} nonfinite {} direct {}; exact compared {:?} worst {worst}",
        total[0], total[1], total[2], total[3], total[4], total[5], total[6], total[7], total[8], compared
    );
}
fn surface_even(spins: usize) -> bool {
    spins % 2 == 0
}
