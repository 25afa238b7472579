//! The census against closed forms, independent solvers, identities and exact means.
#![allow(missing_docs)]

mod common;

use hspin::critical::census::{BlockEnds, Census, CensusKey, census};
use hspin::hamiltonian::{Isa, Layout, Surface, SurfaceKey};

fn serial_map(n: usize, job: &(dyn Fn(usize) -> BlockEnds + Sync)) -> Vec<BlockEnds> {
    (0..n).map(job).collect()
}

fn random(spins: usize, dim: usize, instance: u64) -> Surface {
    let key = SurfaceKey { seed: 1, layout: Layout::new(spins, dim), instance };
    Surface::draw(&key, 0, &common::serial)
}

fn take(surface: &Surface, instance: u64) -> Census {
    census(surface, CensusKey { seed: 1, instance }, Isa::best(), &serial_map).unwrap()
}

#[test]
#[ignore = "minutes"]
fn rates() {
    let args = std::env::var("CENSUS").unwrap_or("3,8,100".into());
    let args: Vec<usize> = args.split(',').map(|x| x.parse().unwrap()).collect();
    let began = std::time::Instant::now();
    let (mut ok, mut first, mut retried, mut steps, mut lost) = (0, 0, 0, 0, 0);
    for instance in 0..args[2] as u64 {
        let found = take(&random(args[0], args[1], instance), instance);
        ok += usize::from(found.is_certified());
        first += usize::from(found.is_certified() && found.attempts == 1);
        retried += found.retried;
        steps += found.steps;
        if !found.is_certified() || found.attempts > 1 {
            lost += 1;
            println!("{instance}: {:?} attempts {} morse {}", found.tally, found.attempts, found.morse_sum());
        }
    }
    let time = began.elapsed().as_secs_f64();
    println!(
        "{args:?}: certified {ok}, at first {first}, retried {retried}, steps {steps}, odd {lost}, {:.4} s each",
        time / args[2] as f64
    );
}
