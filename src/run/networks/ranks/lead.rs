//! Rank 0 of a run of networks: hands out, trains, keeps.

use std::sync::Mutex;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{ScopedJoinHandle, scope, sleep};
use std::time::Instant;

use super::super::cost::{self, Work};
use super::super::executor::{BACKLOG, Crew, Done, Watch, beginnings, keep};
use super::super::job::{BlockJob, Samples};
use super::super::queue::{Planned, Queue};
use super::super::store::NetworksStore;
use super::super::unit::todo;
use super::message::Trained;
use crate::error::{Error, Result};
use crate::run::events::Event;
use crate::run::executor::Means;
use crate::run::ranks::{Answer, Order, Pace, Post, Traffic, failure};
use crate::run::threads::start;

/// Nominal seconds of a unit so short that another should wait beside it: its thread would stand still while rank 0 is
/// asked.
const SHORT: f64 = 0.5;

/// Does what is left of a run with all ranks; the others must [`serve`](super::serve). They are not sent away: see
/// [`dismiss`](crate::run::ranks::dismiss).
///
/// # Errors
/// [`Error::Interrupted`] once a stop is asked for on any rank, with every unit that came in stored; what ends another
/// rank; those of the store.
pub fn lead(
    post: &dyn Post,
    store: &mut NetworksStore,
    samples: &Samples,
    means: &Means,
    watch: Watch,
) -> Result<Traffic> {
    let spec = store.spec().clone();
    let left = todo(&spec, &store.done());
    let mut traffic = Traffic { ranks: post.size(), ..Traffic::default() };
    if left.is_empty() {
        return Ok(traffic);
    }
    let queue = Queue::new(&spec, &left, cost::index_slots(&spec, means));
    let crew = Crew {
        job: BlockJob { spec: &spec, samples, isa: means.carrier.isa },
        queue: &queue,
        watch,
        beginnings: Mutex::new(beginnings(&spec, &left)),
    };
    let (sink, done) = sync_channel(BACKLOG);
    scope(|threads| {
        let left = &left;
        let keep = move || keep(store, left, means.commits, watch.observer, &done);
        let keeping = start(threads, "keeper", keep)?;
        let hands = vec![Employed::default(); post.size()];
        let begun = crew.start(threads, means.threads.min(left.len()), &sink);
        let mut leader =
            Leader { post, crew: &crew, hands, sink: Some(sink), pace: Pace::new(), traffic: &mut traffic };
        let led = begun.and_then(|()| leader.pump(&keeping));
        // Threads stop at their next step, if any still work; the keeper ends when nobody sends any more.
        queue.end();
        drop(leader);
        let kept = keeping.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        kept.and(led)
    })?;
    watch.stop.requested().map_or(Ok(traffic), |signal| Err(Error::Interrupted(signal)))
}

/// Another rank.
#[derive(Debug, Clone, Copy, Default)]
struct Employed {
    /// 0 before it is ready.
    threads: usize,
    /// Units that it has.
    units: usize,
}

impl Employed {
    /// Whether a unit of so much work should be sent there.
    fn wants(self, work: f64) -> bool {
        let ahead = if work < SHORT { self.threads } else { 0 };
        self.units < self.threads + ahead
    }
}

struct Leader<'a> {
    post: &'a dyn Post,
    crew: &'a Crew<'a>,
    /// By rank; rank 0 needs no looking after.
    hands: Vec<Employed>,
    /// Where what others have done goes; `None` once nothing more will come from them.
    sink: Option<SyncSender<Done>>,
    pace: Pace,
    traffic: &'a mut Traffic,
}

impl Leader<'_> {
    /// Until the keeper has all there will be.
    fn pump(&mut self, keeping: &ScopedJoinHandle<Result<()>>) -> Result<()> {
        let begin = Order::Begin(self.crew.job.spec.canonical()?);
        (1..self.post.size()).for_each(|rank| self.tell(rank, &begin));
        while !keeping.is_finished() {
            self.listen()?;
            if self.crew.watch.stop.requested().is_some() {
                self.crew.queue.end();
                self.sink = None;
            } else if self.crew.queue.is_empty() && self.hands.iter().all(|hand| hand.units == 0) {
                self.sink = None;
            }
            sleep(self.pace.patience());
        }
        Ok(())
    }

    fn listen(&mut self) -> Result<()> {
        let begin = Instant::now();
        while let Some((from, answer)) = self.traffic.receive(self.post)? {
            self.heard(from, answer)?;
        }
        self.traffic.seconds += begin.elapsed().as_secs_f64();
        Ok(())
    }

    fn heard(&mut self, from: usize, answer: Answer<Trained>) -> Result<()> {
        self.pace.word();
        match answer {
            Answer::Ready(threads) => self.hands[from].threads = threads as usize,
            Answer::Found(trained) => self.keep(from, trained),
            Answer::Stopped(signal) => self.crew.watch.stop.request(signal),
            Answer::Failed(code, reason) => return Err(failure(code, format!("rank {from}: {reason}"))),
            Answer::Bye => return Err(Error::Internal(format!("rank {from} left"))),
            Answer::More | Answer::Done => {}
        }
        self.give(from);
        Ok(())
    }

    fn keep(&mut self, from: usize, trained: Trained) {
        let Trained { units, advanced } = trained;
        self.traffic.units += units.len() as u64;
        self.hands[from].units -= units.len().min(self.hands[from].units);
        for (dim, starts) in advanced {
            self.crew.watch.observer.event(Event::Advanced { dim, starts });
        }
        // A keeper that listens no more has failed and says why itself.
        let kept = units.into_iter().try_for_each(|unit| match &self.sink {
            Some(sink) => sink.send(unit).map_err(drop),
            None => Err(()),
        });
        if kept.is_err() {
            self.sink = None;
        }
    }

    /// Sends the longest units that are left, as many as that rank has use for.
    fn give(&mut self, rank: usize) {
        let spec = self.crew.job.spec;
        loop {
            let hand = self.hands[rank];
            let is_wanted = |(key, extent): &Planned| hand.wants(Work::of(spec, key.hidden, *extent).total());
            let Some(unit) = self.crew.queue.take_if(is_wanted) else { return };
            self.crew.begun(unit.0.hidden);
            self.hands[rank].units += 1;
            self.tell(rank, &Order::Do(unit));
        }
    }

    fn tell(&mut self, rank: usize, order: &Order<Planned>) {
        let bytes = order.encode();
        self.traffic.messages += 1;
        self.traffic.bytes += bytes.len() as u64;
        self.post.send(rank, &bytes);
    }
}
