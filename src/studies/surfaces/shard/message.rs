//! What a leader and those who hold chunks for it say to each other.

use crate::hamiltonian::{ChunkAnswer, ChunkSum, ChunkTask, Which};
use crate::numeric::lanes::{PointLanes, Real};
use crate::study::columns::message::{Sent, sent_variants};

/// Line of the group itself; threads have those from 1 on.
pub(super) const CONTROL: usize = 0;

/// From the leader.
#[derive(Debug, Clone)]
pub(super) enum Call {
    /// The spec of the run, and how many threads will talk.
    Begin(String, u32),
    /// Leave.
    End,
    /// Draw one of your chunks of a surface; tell how many there are to be drawn.
    Draw(NamedSurface, u32),
    /// Answer an order on a surface.
    Do(u64, ChunkTask),
    /// The surface is done with.
    Forget(u64),
}

/// Which surface, and what the leader calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NamedSurface {
    pub number: u64,
    pub dim: u32,
    pub instance: u32,
}

/// What is sent to the leader: the signal that asked this process to stop, or 0, and its reply.
pub(super) type SignalAndReply = (i32, ShardReply);

/// To the leader.
#[derive(Debug, Clone)]
pub(super) enum ShardReply {
    /// Done; to all but orders.
    Done,
    /// Cannot: exit code and reason.
    Failed(u8, String),
    /// To an order.
    ChunkAnswer(ChunkAnswer),
}

sent_variants! {
    Call {
        0 => Begin(spec, threads),
        1 => End,
        2 => Draw(surface, chunk),
        3 => Do(surface, task),
        4 => Forget(surface),
    }
}

impl Call {
    /// An order that is somebody else's, as [`Call::Do`] is sent.
    pub fn encode_task(surface: u64, task: &ChunkTask) -> Vec<u8> {
        let mut out = vec![3];
        surface.put(&mut out);
        task.put(&mut out);
        out
    }
}

impl Sent for NamedSurface {
    fn put(&self, out: &mut Vec<u8>) {
        (self.number, (self.dim, self.instance)).put(out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let (number, (dim, instance)) = Sent::take(from)?;
        Some(Self { number, dim, instance })
    }
}

sent_variants! {
    ShardReply {
        0 => Done,
        1 => Failed(code, reason),
        2 => ChunkAnswer(answer),
    }
}

sent_variants! {
    ChunkTask {
        0 => Contract(which, points),
        1 => ContractExact(points),
        2 => Hessians(points),
        3 => Panel(sums),
    }
}

sent_variants! {
    ChunkAnswer {
        0 => Single(sums),
        1 => Double(sums),
        2 => Panel(sums),
    }
}

impl Sent for Which {
    fn put(&self, out: &mut Vec<u8>) {
        let number = match self {
            Self::Full => u64::MAX,
            Self::Sample(number) => *number as u64,
        };
        number.put(out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let number = u64::take(from)?;
        Some(if number == u64::MAX { Self::Full } else { Self::Sample(number as usize) })
    }
}

/// The lanes that hold points, row by row.
impl<T: Real + Sent> Sent for PointLanes<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.active as u32).put(out);
        let values = self.rows.iter().flat_map(|row| &row.as_ref()[..self.active]).copied();
        values.collect::<Vec<T>>().put(out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let active = u32::take(from)? as usize;
        let values = T::take_all(from)?;
        let mut block = Self::new(values.len().checked_div(active)?);
        block.active = active;
        for (row, values) in block.rows.iter_mut().zip(values.chunks_exact(active)) {
            row.as_mut().get_mut(..active)?.copy_from_slice(values);
        }
        Some(block)
    }
}

impl<T: Sent> Sent for ChunkSum<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.energy.put(out);
        self.gradient.put(out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some(Self { energy: Sent::take(from)?, gradient: Sent::take(from)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block<T: Real>() -> PointLanes<T> {
        let mut block = PointLanes::new(3);
        for point in [[1.5, -0.0, 3.0], [0.25, f64::NAN, 1e30]] {
            block.push(&point.map(T::from_f64));
        }
        block
    }

    #[test]
    fn what_is_said_is_heard_and_nothing_shorter_is_taken_for_it() {
        let surface = NamedSurface { number: 9, dim: 600, instance: 3 };
        let calls = [
            Call::Begin("{}".into(), 3),
            Call::End,
            Call::Draw(surface, 2),
            Call::Do(9, ChunkTask::Contract(Which::Full, block())),
            Call::Do(9, ChunkTask::Contract(Which::Sample(1), block())),
            Call::Do(9, ChunkTask::ContractExact(block())),
            Call::Do(9, ChunkTask::Hessians(vec![vec![1.0, -0.0]; 3])),
            Call::Do(9, ChunkTask::Panel(vec![f64::MIN_POSITIVE, 2.0])),
            Call::Forget(7),
        ];
        for call in calls {
            let bytes = call.encode();
            // The same bytes again, as NaN is not what it is.
            assert_eq!(Call::decode(&bytes).map(|call| call.encode()), Some(bytes.clone()));
            assert!((0..bytes.len()).all(|len| Call::decode(&bytes[..len]).is_none()), "{call:?}");
        }
        let single = ChunkSum { energy: vec![1.0f32, f32::NAN], gradient: vec![0.5, -0.0, 3.0, 4.0] };
        let double = ChunkSum { energy: vec![1.0f64], gradient: vec![0.5, -0.0] };
        let replies = [
            ShardReply::Done,
            ShardReply::Failed(3, "no room".into()),
            ShardReply::ChunkAnswer(ChunkAnswer::Single(vec![single; 2])),
            ShardReply::ChunkAnswer(ChunkAnswer::Double(vec![double; 3])),
            ShardReply::ChunkAnswer(ChunkAnswer::Panel(vec![1.0, -0.0])),
        ];
        for (reply, signal) in replies.into_iter().zip([0, 15, 0, 2, 0]) {
            let said = (signal, reply);
            let bytes = said.encode();
            let heard = SignalAndReply::decode(&bytes).unwrap();
            assert_eq!((heard.0, heard.encode()), (said.0, bytes.clone()));
            assert!((0..bytes.len()).all(|len| SignalAndReply::decode(&bytes[..len]).is_none()), "{said:?}");
        }
    }
}
