//! What a leader and those who hold chunks for it say to each other.

use crate::hamiltonian::{ChunkAnswer, ChunkSum, ChunkTask, Which};
use crate::numeric::lanes::{PointLanes, Real};
use crate::study::columns::message::{Reader, Writer};

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

impl Call {
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        match self {
            Self::Begin(spec, threads) => {
                out.byte(0);
                out.text(spec);
                out.u32(*threads);
            }
            Self::End => out.byte(1),
            Self::Draw(surface, chunk) => {
                out.byte(2);
                out.u64(surface.number);
                [surface.dim, surface.instance, *chunk].into_iter().for_each(|number| out.u32(number));
            }
            Self::Do(surface, task) => return Self::encode_task(*surface, task),
            Self::Forget(surface) => {
                out.byte(4);
                out.u64(*surface);
            }
        }
        out.0
    }

    /// The same of an order that is somebody else's.
    pub fn encode_task(surface: u64, task: &ChunkTask) -> Vec<u8> {
        let mut out = Writer::default();
        out.byte(3);
        out.u64(surface);
        put_task(&mut out, task);
        out.0
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader(bytes);
        Some(match from.byte()? {
            0 => Self::Begin(from.text()?, from.u32()?),
            1 => Self::End,
            2 => {
                let surface = NamedSurface { number: from.u64()?, dim: from.u32()?, instance: from.u32()? };
                Self::Draw(surface, from.u32()?)
            }
            3 => Self::Do(from.u64()?, take_task(&mut from)?),
            4 => Self::Forget(from.u64()?),
            _ => return None,
        })
    }
}

impl ShardReply {
    /// With the signal that asked this process to stop, if any.
    pub fn encode(&self, signal: Option<i32>) -> Vec<u8> {
        let mut out = Writer::default();
        out.u32(signal.unwrap_or(0) as u32);
        match self {
            Self::Done => out.byte(0),
            Self::Failed(code, reason) => {
                out.byte(1);
                out.byte(*code);
                out.text(reason);
            }
            Self::ChunkAnswer(ChunkAnswer::Single(sums)) => {
                out.byte(2);
                out.list(sums, put_sum);
            }
            Self::ChunkAnswer(ChunkAnswer::Double(sums)) => {
                out.byte(3);
                out.list(sums, put_sum);
            }
            Self::ChunkAnswer(ChunkAnswer::Panel(sums)) => {
                out.byte(4);
                f64::put(sums, &mut out);
            }
        }
        out.0
    }

    pub fn decode(bytes: &[u8]) -> Option<(Option<i32>, Self)> {
        let mut from = Reader(bytes);
        let signal = Some(from.u32()? as i32).filter(|&signal| signal != 0);
        let reply = match from.byte()? {
            0 => Self::Done,
            1 => Self::Failed(from.byte()?, from.text()?),
            2 => Self::ChunkAnswer(ChunkAnswer::Single(from.list(take_sum)?)),
            3 => Self::ChunkAnswer(ChunkAnswer::Double(from.list(take_sum)?)),
            4 => Self::ChunkAnswer(ChunkAnswer::Panel(f64::take(&mut from)?)),
            _ => return None,
        };
        Some((signal, reply))
    }
}

fn put_task(out: &mut Writer, task: &ChunkTask) {
    match task {
        ChunkTask::Contract(which, points) => {
            out.byte(0);
            out.option(match which {
                Which::Full => None,
                Which::Sample(number) => Some(*number as u32),
            });
            put_block(out, points);
        }
        ChunkTask::ContractExact(points) => {
            out.byte(1);
            put_block(out, points);
        }
        ChunkTask::Hessians(points) => {
            out.byte(2);
            out.list(points, |out, point| f64::put(point, out));
        }
        ChunkTask::Panel(sums) => {
            out.byte(3);
            f64::put(sums, out);
        }
    }
}

fn take_task(from: &mut Reader) -> Option<ChunkTask> {
    Some(match from.byte()? {
        0 => {
            let which = from.option()?.map_or(Which::Full, |number| Which::Sample(number as usize));
            ChunkTask::Contract(which, take_block(from)?)
        }
        1 => ChunkTask::ContractExact(take_block(from)?),
        2 => ChunkTask::Hessians(from.list(f64::take)?),
        3 => ChunkTask::Panel(f64::take(from)?),
        _ => return None,
    })
}

/// Numbers that are sent by their bits.
trait Sent: Real {
    fn put(values: &[Self], out: &mut Writer);
    fn take(from: &mut Reader) -> Option<Vec<Self>>;
}

impl Sent for f32 {
    fn put(values: &[Self], out: &mut Writer) {
        out.bulk(values, f32::to_le_bytes);
    }

    fn take(from: &mut Reader) -> Option<Vec<Self>> {
        from.bulk(f32::from_le_bytes)
    }
}

impl Sent for f64 {
    fn put(values: &[Self], out: &mut Writer) {
        out.bulk(values, f64::to_le_bytes);
    }

    fn take(from: &mut Reader) -> Option<Vec<Self>> {
        from.bulk(f64::from_le_bytes)
    }
}

/// The lanes that hold points, row by row.
fn put_block<T: Sent>(out: &mut Writer, block: &PointLanes<T>) {
    out.u32(block.active as u32);
    let values: Vec<T> = block.rows.iter().flat_map(|row| &row.as_ref()[..block.active]).copied().collect();
    T::put(&values, out);
}

fn take_block<T: Sent>(from: &mut Reader) -> Option<PointLanes<T>> {
    let active = from.u32()? as usize;
    let values = T::take(from)?;
    let mut block = PointLanes::<T>::new(values.len().checked_div(active)?);
    block.active = active;
    for (row, values) in block.rows.iter_mut().zip(values.chunks_exact(active)) {
        row.as_mut().get_mut(..active)?.copy_from_slice(values);
    }
    Some(block)
}

fn put_sum<T: Sent>(out: &mut Writer, sum: &ChunkSum<T>) {
    [&sum.energy, &sum.gradient].into_iter().for_each(|values| T::put(values, out));
}

fn take_sum<T: Sent>(from: &mut Reader) -> Option<ChunkSum<T>> {
    Some(ChunkSum { energy: T::take(from)?, gradient: T::take(from)? })
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
        for (reply, signal) in replies.into_iter().zip([None, Some(15), None, Some(2), None]) {
            let bytes = reply.encode(signal);
            let (heard, again) = ShardReply::decode(&bytes).unwrap();
            assert_eq!((heard, again.encode(heard)), (signal, bytes.clone()));
            assert!((0..bytes.len()).all(|len| ShardReply::decode(&bytes[..len]).is_none()), "{reply:?}");
        }
    }
}
