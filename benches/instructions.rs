//! Work for an instruction counter, not a clock: `scripts/callgrind.sh` runs this under callgrind.
//! Arguments: gradient|step, scalar|avx2, Λ, repeats; H = 3, single precision, one full block of starts.

use std::hint::black_box;

use hspin::descent::{Descent, Driver, Execution, FullPhase, Start};
use hspin::hamiltonian::{Contraction, Isa, Layout, Surface, SurfaceKey, contract};
use hspin::numeric::lanes::{PointLanes, Real};
use hspin::rng::{Role, stream};
use hspin::sphere::random_point;

const STARTS: usize = <f32 as Real>::LANES;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let [what, isa, dim, repeats] = arguments.as_slice() else {
        println!("Nothing to time here: scripts/callgrind.sh counts instructions with it.");
        return;
    };
    let isa = Isa::ALL.into_iter().find(|known| known.name() == isa).expect("an instruction set");
    let dim = dim.parse().expect("a dimension");
    let repeats: usize = repeats.parse().expect("a count");
    let key = SurfaceKey { seed: 1, layout: Layout::new(3, dim), instance: 0 };
    let surface = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
    let mut block = PointLanes::<f32>::new(dim);
    let starts = (0..STARTS as u64).map(|id| {
        let point = random_point(&mut stream(1, Role::Probe, &[dim as u64, id]), dim);
        block.push(&point.iter().map(|&x| x as f32).collect::<Vec<_>>());
        Start { id, point }
    });
    let starts = starts.collect();
    match what.as_str() {
        "gradient" => {
            let mut space = Contraction::new(dim);
            (0..repeats).for_each(|_| contract(isa, surface.full(), &block, black_box(&mut space)));
        }
        _ => {
            let endless = FullPhase { handover: 0.0, steps: u32::MAX, ..FullPhase::gd(3) };
            let mut descent = Descent::new(&surface, endless, Execution { isa, batch: STARTS }, false);
            descent.add(starts);
            (0..repeats).for_each(|_| assert!(descent.advance().is_ok_and(|ended| ended.is_empty())));
        }
    }
}
