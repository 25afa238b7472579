//! A step in safe scalar code: the oracle of the vector path and the path for any other machine.

use super::batch::Batch;
use super::lanes::{Lanes, TILE};
use super::softmax::derivatives;
use super::space::{Sizes, Workspace};
use crate::networks::group::NetworkGroup;

/// As [`super::step`].
pub fn step(sizes: &Sizes, group: &mut NetworkGroup, batch: &Batch, rate: f32, space: &mut Workspace) {
    let input = |example: usize, i: usize| match batch {
        Batch::Shared(batch) => {
            splat(batch.by_example[(example / TILE * sizes.inputs + i) * TILE + example % TILE])
        }
        Batch::Own(batch) => batch.rows[example * sizes.inputs + i],
    };
    let examples = sizes.examples;
    for unit in 0..sizes.hidden {
        let weights = &group.incoming[unit * sizes.inputs..][..sizes.inputs];
        let outgoing = &group.outgoing[unit * sizes.outputs..][..sizes.outputs];
        for example in 0..examples {
            let sum = chain(Lanes::ZERO, weights.iter().enumerate().map(|(i, w)| (*w, input(example, i))));
            let active = where_positive(&sum, &sum);
            space.active[unit * examples + example] = active;
            let outputs = &mut space.outputs[example * sizes.outputs..][..sizes.outputs];
            for (output, weight) in outputs.iter_mut().zip(outgoing) {
                *output = chain(*output, [(active, *weight)]);
            }
        }
    }
    derivatives(sizes, batch, &mut space.outputs);
    for unit in 0..sizes.hidden {
        let active = &space.active[unit * examples..][..sizes.count];
        let outgoing = &mut group.outgoing[unit * sizes.outputs..][..sizes.outputs];
        for ((back, active), outputs) in
            space.back.iter_mut().zip(active).zip(space.outputs.chunks_exact(sizes.outputs))
        {
            let sum = chain(Lanes::ZERO, outgoing.iter().copied().zip(outputs.iter().copied()));
            *back = where_positive(active, &sum);
        }
        for (k, weight) in outgoing.iter_mut().enumerate() {
            let outputs = space.outputs.iter().skip(k).step_by(sizes.outputs);
            let gradient = chain(Lanes::ZERO, active.iter().copied().zip(outputs.copied()));
            *weight = chain(*weight, [(splat(-rate), gradient)]);
        }
        for (i, weight) in group.incoming[unit * sizes.inputs..][..sizes.inputs].iter_mut().enumerate() {
            let back = space.back.iter().take(sizes.count).enumerate();
            let gradient = chain(Lanes::ZERO, back.map(|(example, back)| (*back, input(example, i))));
            *weight = chain(*weight, [(splat(-rate), gradient)]);
        }
    }
}

/// sum + Σ a·b in the order given, each lane by fused multiply–adds.
fn chain(mut sum: Lanes, products: impl IntoIterator<Item = (Lanes, Lanes)>) -> Lanes {
    for (a, b) in products {
        for ((sum, a), b) in sum.0.iter_mut().zip(a.0).zip(b.0) {
            *sum = a.mul_add(b, *sum);
        }
    }
    sum
}

fn splat(value: f32) -> Lanes {
    Lanes([value; Lanes::WIDTH])
}

/// b where a > 0, else 0.
fn where_positive(a: &Lanes, b: &Lanes) -> Lanes {
    Lanes(std::array::from_fn(|lane| if a.0[lane] > 0.0 { b.0[lane] } else { 0.0 }))
}
