//! Some units of a run of networks computed again, by another instruction set.

use std::ops::ControlFlow;

use super::cost;
use super::job::{BlockJob, Samples};
use super::kind::Networks;
use super::spec::{NetworksProtocol, NetworksSpec};
use super::unit::{Block, BlockKey};
use crate::error::{Error, Result};
use crate::networks::Shape;
use crate::networks::anneal::AnnealProtocol;
use crate::numeric::isa::Isa;
use crate::study::columns;
use crate::study::{Listed, Recomputed, Sampling, Store, Study};

/// Most flops of training that a check does again for one size, about a minute; moves of annealing times digits count
/// a hundred each.
const MOST_FLOPS: f64 = 5e12;
const FLOPS_PER_MOVE: f64 = 100.0;
/// Largest n₁ whose index a check computes again: seconds.
const MOST_HIDDEN: u32 = 50;

/// Computes a stored unit of each size again, or all of them, by another instruction set, where the machine has one, and
/// compares bits. Of a sample only what is a matter of a minute, and of indices the first, up to n₁ = 50.
///
/// # Errors
/// [`Error::Refused`] where the digits are not those of the run; those of the store.
pub fn retrain_sample(
    store: &Store<Networks>,
    samples: &Samples,
    isa: Isa,
    sampling: &Sampling,
) -> Result<Recomputed> {
    let spec = store.spec();
    if Networks::check_given(spec, samples).is_err() {
        let path = store.path().display();
        return Err(Error::Refused(format!("{path} was trained on other digits: give them (--data)")));
    }
    let job = BlockJob { spec, samples, isa: another(isa) };
    let mut found = Recomputed::of(sampling);
    for &hidden in &spec.hidden {
        for key in chosen(store, sampling, hidden) {
            let Some(stored) = store.unit(&key)? else { continue };
            let whole = stored.listed;
            let indexed = match sampling.all {
                true => whole.indexed,
                false if hidden <= MOST_HIDDEN => whole.indexed.min(1),
                false => 0,
            };
            let block = Block { indexed, ..whole };
            if !sampling.all && training_flops(spec, &block) > MOST_FLOPS {
                found.skipped.push(hidden);
                break;
            }
            let Some((again, _)) = job.run(&block, &mut |_| ControlFlow::Continue(())) else { continue };
            for (place, (old, mut new)) in stored.rows.iter().zip(again.rows).enumerate() {
                found.tried += 1;
                if place >= indexed as usize {
                    new.index = old.index;
                }
                if !columns::differing(old, &columns::canonical(&new)).is_empty() {
                    found.wrong.push(format!("hidden {hidden} network {}", old.network));
                }
            }
        }
    }
    found.rerun = found.tried;
    Ok(found)
}

/// Units of one size to compute again: of a sample one, and one that has indices if that one has none.
fn chosen(store: &Store<Networks>, sampling: &Sampling, hidden: u32) -> Vec<BlockKey> {
    let of_size: Vec<Block> = store.done().into_values().filter(|block| block.hidden == hidden).collect();
    let indexed: Vec<BlockKey> = of_size.iter().filter(|block| block.indexed > 0).map(Listed::key).collect();
    let keys = of_size.iter().map(Listed::key).collect();
    let mut chosen = sampling.some(keys, 1, &[u64::from(hidden)]);
    if !indexed.is_empty() && !chosen.iter().any(|key| indexed.contains(key)) {
        chosen.extend(sampling.some(indexed, 1, &[u64::from(hidden), 1]));
    }
    chosen
}

fn training_flops(spec: &NetworksSpec, block: &Block) -> f64 {
    let parameters = Shape::digits(block.hidden as usize).parameters() as f64;
    match spec.protocol {
        NetworksProtocol::Sgd(_) => cost::sgd_flops(spec, block.hidden),
        NetworksProtocol::Anneal(AnnealProtocol { sweeps, kept, .. }) => {
            let moves = f64::from(block.networks) * f64::from(sweeps) * kept * parameters;
            FLOPS_PER_MOVE * moves * f64::from(spec.digits.train.count)
        }
    }
}

/// An instruction set other than this one, the fastest that the machine has; the same where there is none.
fn another(isa: Isa) -> Isa {
    let others = Isa::ALL.into_iter().rev().filter(|other| *other != isa && other.is_available());
    others.into_iter().next().unwrap_or(isa)
}
