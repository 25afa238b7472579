//! Rank 0: hands out, works, keeps.

use std::collections::BTreeMap;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use super::leases::{Lease, Leases};
use super::message::{Answer, Found, Order, Wire};
use super::work::{Findings, Intake, Share};
use super::{LOOK, Pace, Post};
use crate::error::{Error, Result};
use crate::hamiltonian::SymmetricTensor;
use crate::run::events::{Event, Observer, Stop};
use crate::run::executor::{Means, beginnings};
use crate::run::keeper::{Finding, Keeper};
use crate::run::plan::todo;
use crate::run::record::Timings;
use crate::run::store::Store;
use crate::run::threads::start;

/// Findings that may wait to be stored.
const BACKLOG: usize = 1024;

/// What ranks had to say to each other, as rank 0 saw it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Traffic {
    /// Processes.
    pub ranks: usize,
    /// Units that came from other ranks.
    pub units: u64,
    /// Messages of both directions.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Seconds that rank 0 spent on them.
    pub seconds: f64,
}

impl Traffic {
    /// The next answer of any rank, and which; does not wait.
    ///
    /// # Errors
    /// [`Error::Refused`] where it cannot be read.
    pub(in crate::run) fn receive<F: Wire>(&mut self, post: &dyn Post) -> Result<Option<(usize, Answer<F>)>> {
        let Some((from, bytes)) = post.receive() else { return Ok(None) };
        self.messages += 1;
        self.bytes += bytes.len() as u64;
        let answer = Answer::decode(&bytes)
            .ok_or_else(|| Error::Refused(format!("rank {from} is another version of hspin")))?;
        Ok(Some((from, answer)))
    }
}

/// Does what is left of a run with all ranks; the others must [`serve`](super::serve). They are not sent away: see
/// [`dismiss`].
///
/// # Errors
/// [`Error::Interrupted`] once a stop is asked for on any rank, with every finished unit stored; what ends another rank;
/// those of the store.
pub fn lead(
    post: &dyn Post,
    couplings: Option<&SymmetricTensor<f64>>,
    store: &mut Store,
    means: &Means,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<Traffic> {
    let spec = store.spec().clone();
    let done = store.done();
    let left = todo(&spec, &done);
    let ranks = post.size();
    let mut traffic = Traffic { ranks, ..Traffic::default() };
    if left.is_empty() {
        return Ok(traffic);
    }
    let keeper = Keeper::new(store, observer, &left, means.commits);
    let (sink, findings) = sync_channel(BACKLOG);
    let mut leader = Leader {
        post,
        leases: Leases::new(&spec, &left, vec![means.threads; ranks]),
        finished: vec![false; ranks],
        beginnings: beginnings(&spec, &left, &done),
        observer,
        stop,
        sink,
        pace: Pace::new(),
        traffic: &mut traffic,
    };
    scope(|threads| {
        let keeping = start(threads, "keeper", move || keeper.keep(findings))?;
        let begin = Order::Begin(spec.canonical()?);
        (1..ranks).for_each(|rank| leader.tell(rank, &begin));
        let share = Share { spec: &spec, couplings, means, observer, stop, shards: post.shards() };
        let worked = share.carry_out(|intake, findings| leader.pump(intake, findings));
        // The keeper ends when nobody sends any more.
        drop(leader);
        let kept = keeping.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        kept.and(worked)
    })?;
    stop.requested().map_or(Ok(traffic), |signal| Err(Error::Interrupted(signal)))
}

/// Sends all other ranks away and waits until they have gone; whatever they still say is not listened to.
pub fn dismiss(post: &dyn Post) {
    let end = Order::<Lease>::End.encode();
    (1..post.size()).for_each(|rank| post.send(rank, &end));
    let mut here = post.size() - 1;
    while here > 0 {
        match post.receive().map(|(_, bytes)| Answer::<Found>::decode(&bytes)) {
            Some(Some(Answer::Bye)) => here -= 1,
            Some(_) => {}
            None => sleep(LOOK),
        }
    }
}

struct Leader<'a> {
    post: &'a dyn Post,
    leases: Leases,
    /// Ranks that have done all they were given, and will be given nothing more.
    finished: Vec<bool>,
    /// What is told as work on each size begins.
    beginnings: BTreeMap<u32, Event>,
    observer: &'a dyn Observer,
    stop: &'a Stop,
    sink: SyncSender<Finding>,
    pace: Pace,
    traffic: &'a mut Traffic,
}

/// The keeper has failed and says why itself.
const UNKEPT: &str = "nobody keeps what is found";

impl Leader<'_> {
    /// Until everything is done everywhere.
    fn pump(&mut self, intake: &dyn Intake, findings: Findings) -> Result<()> {
        let mut is_closed = false;
        loop {
            let is_over = self.listen_here(findings)?;
            self.listen_there()?;
            if self.stop.requested().is_some() {
                intake.end();
                if is_over {
                    return Ok(());
                }
                continue;
            }
            if !is_closed && intake.is_hungry() {
                match self.leases.next(0) {
                    Some(lease) => {
                        self.begun(lease.dim);
                        intake.feed(&lease);
                    }
                    None => {
                        intake.close();
                        is_closed = true;
                    }
                }
            }
            if is_over && !is_closed {
                return Err(Error::Internal("threads of rank 0 ended before the work".into()));
            }
            if is_over && self.finished.iter().skip(1).all(|&finished| finished) {
                return Ok(());
            }
        }
    }

    /// Takes what this rank's threads have found, for a moment; `true` once they are gone.
    fn listen_here(&self, findings: Findings) -> Result<bool> {
        let mut patience = self.pace.patience();
        loop {
            match findings(patience) {
                Ok(finding) => self.keep(finding)?,
                Err(RecvTimeoutError::Timeout) => return Ok(false),
                Err(RecvTimeoutError::Disconnected) => {
                    sleep(patience);
                    return Ok(true);
                }
            }
            patience = Duration::ZERO;
        }
    }

    fn listen_there(&mut self) -> Result<()> {
        let begin = Instant::now();
        while let Some((from, answer)) = self.traffic.receive(self.post)? {
            self.heard(from, answer)?;
        }
        self.traffic.seconds += begin.elapsed().as_secs_f64();
        Ok(())
    }

    fn heard(&mut self, from: usize, answer: Answer) -> Result<()> {
        self.pace.word();
        match answer {
            Answer::Ready(threads) => {
                self.leases.set_threads(from, threads as usize);
                self.give(from);
            }
            Answer::More => self.give(from),
            Answer::Found(found) => self.keep_found(found)?,
            Answer::Done => self.finished[from] = true,
            Answer::Stopped(signal) => self.stop.request(signal),
            Answer::Failed(code, reason) => return Err(failure(code, format!("rank {from}: {reason}"))),
            Answer::Bye => return Err(Error::Internal(format!("rank {from} left"))),
        }
        Ok(())
    }

    fn give(&mut self, rank: usize) {
        match self.leases.next(rank) {
            Some(lease) => {
                self.begun(lease.dim);
                self.tell(rank, &Order::Do(lease));
            }
            None => self.tell(rank, &Order::Enough),
        }
    }

    fn tell(&mut self, rank: usize, order: &Order) {
        let bytes = order.encode();
        self.traffic.messages += 1;
        self.traffic.bytes += bytes.len() as u64;
        self.post.send(rank, &bytes);
    }

    fn begun(&mut self, dim: u32) {
        self.beginnings.remove(&dim).into_iter().for_each(|event| self.observer.event(event));
    }

    fn keep_found(&mut self, found: Found) -> Result<()> {
        self.traffic.units += found.units.len() as u64;
        for (dim, starts) in found.advanced {
            self.observer.event(Event::Advanced { dim, starts });
        }
        found.spent.into_iter().try_for_each(|spent| self.keep(Finding::Spent(spent)))?;
        found.units.into_iter().try_for_each(|unit| self.keep(Finding::Unit(unit, Timings::default())))
    }

    fn keep(&self, finding: Finding) -> Result<()> {
        self.sink.send(finding).map_err(|_| Error::Internal(UNKEPT.into()))
    }
}

/// What ended another rank, with the same exit code here.
pub(in crate::run) fn failure(code: u8, reason: String) -> Error {
    match code {
        2 | 3 => Error::Refused(reason),
        4 => Error::Damaged(reason),
        5 => Error::io(reason, std::io::Error::other("see there")),
        _ => Error::Internal(reason),
    }
}
