//! Mixtures on one thread: a contraction beside those of its orders, in turns, and censuses: `cargo bench --bench mixtures`.

mod common;

use std::hint::black_box;
use std::time::Instant;

use common::{Table, number};
use hspin::critical::census::{CensusKey, PathBlocks, Stage, census};
use hspin::hamiltonian::{Contraction, Isa, Landscape, Layout, Model, Orders, Surface, SurfaceKey, Which};
use hspin::numeric::lanes::{PointLanes, Real};
use hspin::rng::{Role, stream};
use hspin::sphere::random_point;

/// Repetitions of each, in turns; the quickest counts.
const TURNS: usize = 15;

fn draw(shares: &[(u32, f64)], dim: usize, instance: u64) -> Surface {
    let orders = Orders::new(shares).expect("a mixture");
    let model = Model { orders, ..Model::pure(2) };
    let layout = Layout { spins: orders.highest(), dim };
    let key = SurfaceKey { seed: 1, layout, instance };
    Surface::draw_model(&key, &model, 0, &|n, job| (0..n).map(job).collect())
}

fn contractions() {
    let columns = ["orders", "Λ", "µs, sum of orders", "µs, mixture", "ratio"];
    let mut table = Table::new("mixtures", "Gradients of 48 points in single precision", &columns);
    let cases: [(&[u32], usize); 6] =
        [(&[2, 3], 50), (&[2, 3], 100), (&[2, 3], 200), (&[1, 2, 3], 100), (&[3, 4], 50), (&[2, 3, 4], 40)];
    for (orders, dim) in cases {
        let shares: Vec<(u32, f64)> = orders.iter().map(|&order| (order, 1.0)).collect();
        let mut surfaces: Vec<Surface> = shares.iter().map(|&share| draw(&[share], dim, 0)).collect();
        surfaces.push(draw(&shares, dim, 0));
        let mut points = PointLanes::<f32>::new(dim);
        let mut rng = stream(1, Role::Probe, &[5]);
        while !points.is_full() {
            points.push(&random_point(&mut rng, dim).iter().map(|&x| x as f32).collect::<Vec<_>>());
        }
        assert_eq!(points.active, <f32 as Real>::LANES);
        let mut best = vec![f64::INFINITY; surfaces.len()];
        let mut space = Contraction::new(dim);
        let repeats = (2_000_000 / (dim * dim * dim)).max(1);
        for _ in 0..TURNS {
            for (best, surface) in best.iter_mut().zip(&surfaces) {
                let begin = Instant::now();
                for _ in 0..repeats {
                    surface.contract(Isa::best(), Which::Full, black_box(&points), black_box(&mut space));
                }
                *best = best.min(begin.elapsed().as_secs_f64() / repeats as f64);
            }
        }
        let (mixture, parts) = best.split_last().expect("a mixture and its orders");
        let sum: f64 = parts.iter().sum();
        let names: Vec<String> = orders.iter().map(u32::to_string).collect();
        let cells = [number(1e6 * sum, 1), number(1e6 * mixture, 1), number(mixture / sum, 3)];
        let [sum, mixture, ratio] = cells;
        table.row([names.join("+").as_str().into(), dim.into(), sum, mixture, ratio]);
    }
    table.finish();
}

fn censuses() {
    let columns = ["mixture", "Λ", "surfaces", "certified", "s/surface"];
    let mut table = Table::new("mixture-censuses", "Censuses of mixtures on one thread", &columns);
    type Case = (&'static str, &'static [(u32, f64)], usize, u64);
    let cases: [Case; 3] = [
        ("2:0.5,3:0.5", &[(2, 0.5), (3, 0.5)], 8, 500),
        ("1:0.2,3:0.8", &[(1, 0.2), (3, 0.8)], 8, 100),
        ("3:0.5,4:0.5", &[(3, 0.5), (4, 0.5)], 5, 100),
    ];
    for (name, shares, dim, instances) in cases {
        let begin = Instant::now();
        let certified = (0..instances).filter(|&instance| {
            let surface = draw(shares, dim, instance);
            let in_order = |stage: Stage, job: PathBlocks| Ok((0..stage.blocks).map(job).collect());
            let found = census(&surface, CensusKey { seed: 1, instance }, Isa::best(), &in_order);
            found.expect("few enough paths").is_certified()
        });
        let certified = certified.count();
        let each = begin.elapsed().as_secs_f64() / instances as f64;
        table.row([name.into(), dim.into(), instances.into(), certified.into(), number(each, 4)]);
    }
    table.finish();
}

fn main() {
    contractions();
    censuses();
}
