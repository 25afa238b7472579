//! What ranks say to each other.

use crate::study::columns::message::{Sent, sent_variants};
use crate::study::interface::{Finding, Study};

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

sent_variants! {
    RankRequest<S: Study> {
        0 => Begin(spec),
        1 => Do(units),
        2 => Enough,
        END => End,
    }
}

sent_variants! {
    RankReport<S: Study> {
        0 => Ready(threads),
        1 => More,
        2 => Found(results),
        3 => Failed(code, reason),
        4 => Stopped(signal),
        5 => Done,
        BYE => Bye,
    }
}

impl<S: Study> Sent for Results<S> {
    fn put(&self, out: &mut Vec<u8>) {
        u8::from(self.wants_more).put(out);
        self.finding.units.put(out);
        self.finding.spent.put(out);
        self.advanced.put(out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let wants_more = u8::take(from)? != 0;
        let finding = Finding { units: Sent::take(from)?, spent: Sent::take(from)? };
        Some(Self { finding, advanced: Sent::take(from)?, wants_more })
    }
}
