//! Units and what comes of them, as bytes.

use super::super::executor::Done;
use super::super::queue::Planned;
use super::super::rows::NetworkTimes;
use super::super::unit::{BlockKey, BlockResult, Extent};
use crate::run::ranks::{Wire, put_progress, take_progress};
use crate::study::columns::message::{Reader, Writer, put_row, take_row};

/// Results and progress of a rank since the last time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trained {
    pub units: Vec<Done>,
    /// Networks' worth of work done, by n₁.
    pub advanced: Vec<(u32, f64)>,
}

impl Wire for Planned {
    fn put(&self, out: &mut Writer) {
        let (key, extent) = self;
        [key.hidden, key.block, extent.networks, extent.indexed].into_iter().for_each(|n| out.u32(n));
    }

    fn take(from: &mut Reader) -> Option<Self> {
        let key = BlockKey { hidden: from.u32()?, block: from.u32()? };
        Some((key, Extent { networks: from.u32()?, indexed: from.u32()? }))
    }
}

impl Wire for Trained {
    fn put(&self, out: &mut Writer) {
        out.list(&self.units, put_done);
        put_progress(out, &self.advanced);
    }

    fn take(from: &mut Reader) -> Option<Self> {
        Some(Self { units: from.list(take_done)?, advanced: take_progress(from)? })
    }
}

fn put_done(out: &mut Writer, (unit, times): &Done) {
    [unit.key.hidden, unit.key.block, unit.indexed].into_iter().for_each(|number| out.u32(number));
    out.list(&unit.networks, put_row);
    [times.training_s, times.evaluation_s, times.index_s].into_iter().for_each(|seconds| out.f64(seconds));
}

fn take_done(from: &mut Reader) -> Option<Done> {
    let key = BlockKey { hidden: from.u32()?, block: from.u32()? };
    let unit = BlockResult { key, indexed: from.u32()?, networks: from.list(take_row)? };
    let times = NetworkTimes { training_s: from.f64()?, evaluation_s: from.f64()?, index_s: from.f64()? };
    Some((unit, times))
}

#[cfg(test)]
mod tests {
    use super::super::super::record::{NetworkRecord, Training};
    use super::*;
    use crate::run::ranks::{Answer, Order};
    use crate::study::columns::differing;

    fn network(network: u32, index: Option<u32>) -> NetworkRecord {
        NetworkRecord {
            hidden: 25,
            network,
            train_loss: 0.125,
            test_loss: -0.0,
            train_errors: 3,
            test_errors: u32::MAX,
            gradient_norm: f64::MIN_POSITIVE,
            index,
            outcome: Training::Finished,
        }
    }

    fn found(networks: Vec<NetworkRecord>) -> Trained {
        let unit = BlockResult { key: BlockKey { hidden: 25, block: 2 }, indexed: 1, networks };
        let times = NetworkTimes { training_s: 1.5, evaluation_s: 0.5, index_s: 0.25 };
        Trained { units: vec![(unit, times)], advanced: vec![(25, 0.75)] }
    }

    #[test]
    fn what_is_said_is_heard_and_nothing_shorter_is_taken_for_it() {
        let answer = Answer::Found(found(vec![network(32, Some(0)), network(33, None)]));
        let bytes = answer.encode();
        assert_eq!(Answer::decode(&bytes), Some(answer));
        assert!((0..bytes.len()).all(|len| Answer::<Trained>::decode(&bytes[..len]).is_none()));
        let unit = (BlockKey { hidden: 25, block: 2 }, Extent { networks: 16, indexed: 4 });
        let bytes = Order::Do(unit).encode();
        assert_eq!(Order::decode(&bytes), Some(Order::Do(unit)));
        assert!((0..bytes.len()).all(|len| Order::<Planned>::decode(&bytes[..len]).is_none()));
    }

    #[test]
    fn weights_that_are_no_numbers_keep_their_bits() {
        let floats = [f64::NAN, -f64::NAN, f64::NEG_INFINITY];
        let [train_loss, test_loss, gradient_norm] = floats;
        let outcome = Training::NonFinite;
        let lost = NetworkRecord { train_loss, test_loss, gradient_norm, outcome, ..network(0, None) };
        let bytes = Answer::Found(found(vec![lost.clone()])).encode();
        let Some(Answer::<Trained>::Found(back)) = Answer::decode(&bytes) else { panic!("not heard") };
        assert_eq!(differing(&back.units[0].0.networks[0], &lost), Vec::<&str>::new());
    }
}
