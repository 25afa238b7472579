//! Rank 0: hands out, works, keeps.

use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use super::leases::Leases;
use super::message::{BYE, END, RankReport, RankRequest, Results};
use super::pace::{LOOK, Pace};
use super::transport::Transport;
use crate::error::{Error, Result};
use crate::study::columns::message::Sent;
use crate::study::events::{Event, Observer, Stop};
use crate::study::interface::{Finding, Findings, Intake, Job, Study, Work};
use crate::study::spec::RunSpec;
use crate::study::store::Store;
use crate::study::work::{Announcing, Keeper, start};

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

/// Does what is left of a run with all ranks; the others must [`serve`](super::serve). They are not sent away: see
/// [`dismiss`].
///
/// # Errors
/// [`Error::Interrupted`] once a stop is asked for on any rank, with every finished unit stored; what ends another rank;
/// those of the store.
pub fn lead<S: Study>(transport: &dyn Transport, store: &mut Store<S>, job: &Job<S>) -> Result<Traffic> {
    let left = store.left();
    let ranks = transport.size();
    let mut traffic = Traffic { ranks, ..Traffic::default() };
    if left.is_empty() {
        return Ok(traffic);
    }
    S::check_given(job.spec, job.given)?;
    let observer = Announcing::new::<S>(job.observer, job.spec, &left);
    let job = &Job { observer: &observer, ..*job };
    let mut keeper = Keeper::new(store, job, &left);
    let (sink, findings) = sync_channel::<Finding<S>>(BACKLOG);
    let mut leader = Leader {
        transport,
        leases: Leases::new(job.spec, &left, vec![job.resources.threads; ranks]),
        finished: vec![false; ranks],
        observer: job.observer,
        stop: job.stop,
        sink,
        pace: Pace::new(),
        traffic: &mut traffic,
    };
    scope(|threads| {
        let keep = move || keeper.keep(&mut |patience| findings.recv_timeout(patience));
        let keeping = start(threads, "keeper", keep)?;
        let begin = RankRequest::Begin(job.spec.canonical()?);
        (1..ranks).for_each(|rank| leader.tell(rank, &begin));
        let worked = S::Work::carry_out(job, |intake, findings| leader.pump(intake, findings));
        // The keeper ends when nobody sends any more.
        drop(leader);
        let kept = keeping.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        kept.and(worked)
    })?;
    job.stop.requested().map_or(Ok(traffic), |signal| Err(Error::Interrupted(signal)))
}

/// Sends all other ranks away and waits until they have gone; whatever they still say is not listened to.
pub fn dismiss(transport: &dyn Transport) {
    (1..transport.size()).for_each(|rank| transport.send(rank, &[END]));
    let mut here = transport.size() - 1;
    while here > 0 {
        match transport.receive().map(|(_, bytes)| bytes) {
            Some(bytes) if bytes == [BYE] => here -= 1,
            Some(_) => {}
            None => sleep(LOOK),
        }
    }
}

struct Leader<'a, S: Study> {
    transport: &'a dyn Transport,
    leases: Leases<S>,
    /// Ranks that have done all they were given, and will be given nothing more.
    finished: Vec<bool>,
    observer: &'a dyn Observer,
    stop: &'a Stop,
    sink: SyncSender<Finding<S>>,
    pace: Pace,
    traffic: &'a mut Traffic,
}

/// The keeper has failed and says why itself.
const UNKEPT: &str = "no process stores the results";

impl<S: Study> Leader<'_, S> {
    /// Until everything is done everywhere.
    fn pump(&mut self, intake: &dyn Intake<S>, findings: Findings<S>) -> Result<()> {
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
            if !is_closed && intake.wants_units() {
                match self.leases.next(0) {
                    units if units.is_empty() => {
                        intake.close();
                        is_closed = true;
                    }
                    units => intake.feed(&units),
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
    fn listen_here(&self, findings: Findings<S>) -> Result<bool> {
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
        while let Some((from, bytes)) = self.transport.receive() {
            self.traffic.messages += 1;
            self.traffic.bytes += bytes.len() as u64;
            let report = RankReport::decode(&bytes)
                .ok_or_else(|| Error::Refused(format!("rank {from} is another version of hspin")))?;
            self.heard(from, report)?;
        }
        self.traffic.seconds += begin.elapsed().as_secs_f64();
        Ok(())
    }

    fn heard(&mut self, from: usize, report: RankReport<S>) -> Result<()> {
        self.pace.word();
        match report {
            RankReport::Ready(threads) => {
                self.leases.set_threads(from, threads as usize);
                self.give(from);
            }
            RankReport::More => self.give(from),
            RankReport::Found(Results { finding, advanced, wants_more }) => {
                if wants_more {
                    self.give(from);
                }
                self.traffic.units += finding.units.len() as u64;
                for (size, items) in advanced {
                    self.observer.event(Event::Advanced { size, items });
                }
                self.keep(finding)?;
            }
            RankReport::Done => self.finished[from] = true,
            RankReport::Stopped(signal) => self.stop.request(signal),
            RankReport::Failed(code, reason) => return Err(failure(code, format!("rank {from}: {reason}"))),
            RankReport::Bye => return Err(Error::Internal(format!("rank {from} left"))),
        }
        Ok(())
    }

    fn give(&mut self, rank: usize) {
        match self.leases.next(rank) {
            units if units.is_empty() => self.tell(rank, &RankRequest::Enough),
            units => self.tell(rank, &RankRequest::Do(units)),
        }
    }

    fn tell(&mut self, rank: usize, request: &RankRequest<S>) {
        let bytes = request.encode();
        self.traffic.messages += 1;
        self.traffic.bytes += bytes.len() as u64;
        self.transport.send(rank, &bytes);
    }

    fn keep(&self, finding: Finding<S>) -> Result<()> {
        self.sink.send(finding).map_err(|_| Error::Internal(UNKEPT.into()))
    }
}

/// What ended another rank, with the same exit code here.
pub(crate) fn failure(code: u8, reason: String) -> Error {
    match code {
        2 | 3 => Error::Refused(reason),
        4 => Error::Damaged(reason),
        5 => Error::io(reason, std::io::Error::other("see there")),
        _ => Error::Internal(reason),
    }
}
