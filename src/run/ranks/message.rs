//! What ranks say to each other. What is handed out and what is found depend on the kind of run.

use super::leases::Lease;
use crate::run::record::{StartResult, Timings, TraceRow, UnitResult};
use crate::run::store::SurfaceTimings;
use crate::study::columns::message::{Reader, Writer, put_row, take_row};

/// Something that goes into a message.
pub trait Wire: Sized {
    fn put(&self, out: &mut Writer);

    /// What [`put`](Self::put) wrote; `None` where bytes are missing or mean nothing.
    fn take(from: &mut Reader) -> Option<Self>;
}

/// From rank 0.
#[derive(Debug, Clone, PartialEq)]
pub enum Order<L = Lease> {
    /// The spec of the run: work is about to be handed out.
    Begin(String),
    /// Units to do.
    Do(L),
    /// All is handed out: finish what you have.
    Enough,
    /// Leave.
    End,
}

/// To rank 0.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer<F = Found> {
    /// Ready for units, with so many threads.
    Ready(u32),
    /// More units, please.
    More,
    /// Results and progress since the last time.
    Found(F),
    /// Cannot go on: exit code and reason.
    Failed(u8, String),
    /// A signal asked this rank to stop.
    Stopped(i32),
    /// All that this rank was given is done and sent, and it was told that there is nothing more.
    Done,
    /// The last word.
    Bye,
}

/// Results and progress of a rank.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    pub units: Vec<UnitResult>,
    pub spent: Vec<SurfaceTimings>,
    /// Starts' worth of work done, by Λ.
    pub advanced: Vec<(u32, f64)>,
}

impl<L: Wire> Order<L> {
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        match self {
            Self::Begin(spec) => {
                out.byte(0);
                out.text(spec);
            }
            Self::Do(lease) => {
                out.byte(1);
                lease.put(&mut out);
            }
            Self::Enough => out.byte(2),
            Self::End => out.byte(3),
        }
        out.0
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader(bytes);
        Some(match from.byte()? {
            0 => Self::Begin(from.text()?),
            1 => Self::Do(L::take(&mut from)?),
            2 => Self::Enough,
            3 => Self::End,
            _ => return None,
        })
    }
}

impl<F: Wire> Answer<F> {
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        match self {
            Self::Ready(threads) => {
                out.byte(0);
                out.u32(*threads);
            }
            Self::More => out.byte(1),
            Self::Found(found) => {
                out.byte(2);
                found.put(&mut out);
            }
            Self::Failed(code, reason) => {
                out.byte(3);
                out.byte(*code);
                out.text(reason);
            }
            Self::Stopped(signal) => {
                out.byte(4);
                out.u32(*signal as u32);
            }
            Self::Done => out.byte(5),
            Self::Bye => out.byte(6),
        }
        out.0
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader(bytes);
        Some(match from.byte()? {
            0 => Self::Ready(from.u32()?),
            1 => Self::More,
            2 => Self::Found(F::take(&mut from)?),
            3 => Self::Failed(from.byte()?, from.text()?),
            4 => Self::Stopped(from.u32()? as i32),
            5 => Self::Done,
            6 => Self::Bye,
            _ => return None,
        })
    }
}

impl Wire for Lease {
    fn put(&self, out: &mut Writer) {
        [self.dim, self.instance, self.units].into_iter().for_each(|number| out.u32(number));
        out.list(&self.starts, |out, run| [run.start, run.end].into_iter().for_each(|n| out.u32(n)));
    }

    fn take(from: &mut Reader) -> Option<Self> {
        Some(Self {
            dim: from.u32()?,
            instance: from.u32()?,
            units: from.u32()?,
            starts: from.list(|from| Some(from.u32()?..from.u32()?))?,
        })
    }
}

impl Wire for Found {
    fn put(&self, out: &mut Writer) {
        out.list(&self.units, put_unit);
        out.list(&self.spent, put_spent);
        put_progress(out, &self.advanced);
    }

    fn take(from: &mut Reader) -> Option<Self> {
        Some(Self {
            units: from.list(take_unit)?,
            spent: from.list(take_spent)?,
            advanced: take_progress(from)?,
        })
    }
}

/// Work done since the last time, by size.
pub fn put_progress(out: &mut Writer, advanced: &[(u32, f64)]) {
    out.list(advanced, |out, (dim, work)| {
        out.u32(*dim);
        out.f64(*work);
    });
}

/// What [`put_progress`] wrote.
pub fn take_progress(from: &mut Reader) -> Option<Vec<(u32, f64)>> {
    from.list(|from| Some((from.u32()?, from.f64()?)))
}

fn put_unit(out: &mut Writer, unit: &UnitResult) {
    [unit.key.spins, unit.key.dim, unit.key.instance, unit.key.block]
        .into_iter()
        .for_each(|number| out.u32(number));
    out.list(&unit.starts, put_start);
    out.list(unit.census.as_slice(), put_row);
}

fn take_unit(from: &mut Reader) -> Option<UnitResult> {
    let [spins, dim, instance, block] = [from.u32()?, from.u32()?, from.u32()?, from.u32()?];
    let key = crate::run::UnitKey { spins, dim, instance, block };
    Some(UnitResult { key, starts: from.list(take_start)?, census: from.list(take_row)?.pop() })
}

fn put_start(out: &mut Writer, start: &StartResult) {
    put_row(out, &start.record);
    out.list(&start.point, |out, &x| out.f64(x));
    let trace: Vec<TraceRow> = start.trace_rows().collect();
    out.list(&trace, put_row);
}

fn take_start(from: &mut Reader) -> Option<StartResult> {
    let (record, point) = (take_row(from)?, from.list(Reader::f64)?);
    let trace = from.list(|from| take_row::<TraceRow>(from).map(|row| row.point()))?;
    Some(StartResult { record, point, trace })
}

fn put_spent(out: &mut Writer, surface: &SurfaceTimings) {
    out.u32(surface.dim);
    out.u32(surface.instance);
    let Timings { draw_s, descent_s, polish_s, index_s } = surface.spent;
    [draw_s, descent_s, polish_s, index_s].into_iter().for_each(|seconds| out.f64(seconds));
}

fn take_spent(from: &mut Reader) -> Option<SurfaceTimings> {
    let (dim, instance) = (from.u32()?, from.u32()?);
    let [draw_s, descent_s, polish_s, index_s] = [from.f64()?, from.f64()?, from.f64()?, from.f64()?];
    Some(SurfaceTimings { dim, instance, spent: Timings { draw_s, descent_s, polish_s, index_s } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descent::{Outcome, TracePoint};
    use crate::run::census::CensusFacts;
    use crate::run::{Record, UnitKey};
    use crate::study::columns::differing;

    fn unit() -> UnitResult {
        let record = Record {
            spins: 3,
            dim: 7,
            instance: 2,
            start: 20,
            energy: -11.5,
            energy_per_spin: -11.5 / 7.0,
            descent_energy_per_spin: -1.25,
            gradient_norm: 1e-12,
            index: Some(0),
            min_eigenvalue: 0.1,
            undecided: None,
            steps: 1 << 40,
            polish_overlap: 0.3,
            outcome: Outcome::Stalled,
        };
        let trace = vec![TracePoint { step: 3, energy_per_spin: -0.1, gradient_norm: 2.5 }];
        let starts = vec![StartResult { record, point: vec![0.1, -0.0, f64::MIN_POSITIVE], trace }];
        let facts = CensusFacts {
            spins: 3,
            dim: 7,
            instance: 2,
            complex: 127,
            expected_complex: 127,
            duplicates: 1,
            singular: 2,
            lost: 3,
            real: 1,
            morse_sum: -2,
            certified: true,
            attempts: 4,
            retried: 5,
            steps: 6,
        };
        let key = UnitKey { spins: 3, dim: 7, instance: 2, block: 1 };
        UnitResult { key, starts, census: Some(facts) }
    }

    #[test]
    fn what_is_said_is_heard_and_nothing_shorter_is_taken_for_it() {
        let spent = Timings { draw_s: 0.5, descent_s: 1.5, polish_s: 2.5, index_s: 3.5 };
        let found = Found {
            units: vec![unit(), UnitResult { census: None, ..unit() }],
            spent: vec![SurfaceTimings { dim: 7, instance: 2, spent }],
            advanced: vec![(7, 0.25)],
        };
        let answers: [Answer; 7] = [
            Answer::Ready(8),
            Answer::More,
            Answer::Found(found),
            Answer::Failed(3, "no room".into()),
            Answer::Stopped(15),
            Answer::Done,
            Answer::Bye,
        ];
        for answer in answers {
            let bytes = answer.encode();
            assert_eq!(Answer::decode(&bytes), Some(answer));
            assert!((0..bytes.len()).all(|len| Answer::<Found>::decode(&bytes[..len]).is_none()));
        }
        let lease = Lease { dim: 7, instance: 1, starts: vec![0..20, 60..100], units: 3 };
        let orders: [Order; 4] = [Order::Begin("{}".into()), Order::Do(lease), Order::Enough, Order::End];
        for order in orders {
            let bytes = order.encode();
            assert_eq!(Order::decode(&bytes), Some(order));
            assert!((0..bytes.len()).all(|len| Order::<Lease>::decode(&bytes[..len]).is_none()));
        }
    }

    #[test]
    fn unknown_floats_and_the_sign_of_zero_keep_their_bits() {
        let mut unit = unit();
        unit.starts[0].record.min_eigenvalue = f64::NAN;
        let found = Found { units: vec![unit.clone()], ..Found::default() };
        let Some(Answer::<Found>::Found(back)) = Answer::decode(&Answer::Found(found).encode()) else {
            panic!("not heard")
        };
        let (a, b) = (&unit.starts[0], &back.units[0].starts[0]);
        assert_eq!(differing(&a.record, &b.record), Vec::<&str>::new());
        assert!(a.point.iter().zip(&b.point).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}
