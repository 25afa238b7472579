//! What ranks say to each other.

use crate::study::columns::message::{Reader, Writer, put_row, take_row};
use crate::study::interface::{Finding, Study, Unit};

/// How the word to leave and the last word of a rank are encoded, whatever the study.
pub const END: u8 = 3;
pub const BYE: u8 = 6;

/// From rank 0.
#[derive(Debug, Clone, PartialEq)]
pub enum RankRequest<S: Study> {
    /// The spec of the run: work is about to be handed out.
    Begin(String),
    /// Units to do.
    Do(Vec<S::Listed>),
    /// All is handed out: finish what you have.
    Enough,
    /// Leave.
    End,
}

/// To rank 0.
#[derive(Debug, Clone, PartialEq)]
pub enum RankReport<S: Study> {
    /// Ready for units, with so many threads.
    Ready(u32),
    /// More units, please.
    More,
    /// Results since the last time.
    Found(Results<S>),
    /// Cannot go on: exit code and reason.
    Failed(u8, String),
    /// A signal asked this rank to stop.
    Stopped(i32),
    /// All that this rank was given is done and sent, and it was told that there is nothing more.
    Done,
    /// The last word.
    Bye,
}

/// What a rank has done since the last time.
#[derive(Debug, Clone, PartialEq)]
pub struct Results<S: Study> {
    /// Whole units, and time spent.
    pub finding: Finding<S>,
    /// Items' worth of work done, by size.
    pub advanced: Vec<(u32, f64)>,
    /// Whether the rank asks for more units, too.
    pub wants_more: bool,
}

impl<S: Study> RankRequest<S> {
    /// As bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        match self {
            Self::Begin(spec) => {
                out.byte(0);
                out.text(spec);
            }
            Self::Do(units) => {
                out.byte(1);
                out.list(units, put_row);
            }
            Self::Enough => out.byte(2),
            Self::End => out.byte(END),
        }
        out.0
    }

    /// What [`encode`](Self::encode) wrote; `None` where bytes are missing or mean nothing.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader(bytes);
        Some(match from.byte()? {
            0 => Self::Begin(from.text()?),
            1 => Self::Do(from.list(take_row)?),
            2 => Self::Enough,
            END => Self::End,
            _ => return None,
        })
    }
}

impl<S: Study> RankReport<S> {
    /// As bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        match self {
            Self::Ready(threads) => {
                out.byte(0);
                out.u32(*threads);
            }
            Self::More => out.byte(1),
            Self::Found(Results { finding: Finding { units, spent }, advanced, wants_more }) => {
                out.byte(2);
                out.byte(u8::from(*wants_more));
                out.list(units, |out, unit| unit.put(out));
                out.list(spent, put_row);
                out.list(advanced, |out, (size, work)| {
                    out.u32(*size);
                    out.f64(*work);
                });
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
            Self::Bye => out.byte(BYE),
        }
        out.0
    }

    /// What [`encode`](Self::encode) wrote; `None` where bytes are missing or mean nothing.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader(bytes);
        Some(match from.byte()? {
            0 => Self::Ready(from.u32()?),
            1 => Self::More,
            2 => {
                let wants_more = from.byte()? != 0;
                let finding = Finding { units: from.list(S::Unit::take)?, spent: from.list(take_row)? };
                let advanced = from.list(|from| Some((from.u32()?, from.f64()?)))?;
                Self::Found(Results { finding, advanced, wants_more })
            }
            3 => Self::Failed(from.byte()?, from.text()?),
            4 => Self::Stopped(from.u32()? as i32),
            5 => Self::Done,
            BYE => Self::Bye,
            _ => return None,
        })
    }
}
