//! A rank that trains for rank 0.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use super::super::executor::{BACKLOG, Crew, Done, Watch};
use super::super::job::{BlockJob, Samples};
use super::super::queue::{Planned, Queue};
use super::super::spec::NetworksSpec;
use super::super::{admit, cost};
use super::message::Trained;
use crate::error::{Error, Result};
use crate::networks::data::DigitSet;
use crate::run::events::Stop;
use crate::run::executor::Means;
use crate::run::ranks::{Answer, BREATH, Order, Post, Progress, SENT_AWAY, Server, attend};

/// What a rank brings along.
pub struct Hand {
    /// All digits that it has read; the run says how many of them it trains on.
    pub set: DigitSet,
    /// Threads, kernels, memory.
    pub means: Means,
}

/// Trains for rank 0 until it is sent away. A `hand` that could not be had is told to rank 0.
///
/// # Errors
/// What keeps this rank from working; rank 0 knows by then.
pub fn serve(post: &dyn Post, hand: Result<Hand>, stop: &Stop) -> Result<()> {
    attend::<Planned, _>(post, hand, stop, work)
}

fn work(server: &mut Server, spec: &str, hand: Hand) -> Result<()> {
    let Hand { set, means } = hand;
    let spec = NetworksSpec::from_canonical(spec)?;
    let samples = those_of(&spec, set)?;
    admit(&spec, &means)?;
    let queue = Queue::open_ended(cost::index_slots(&spec, &means));
    let progress = Progress::default();
    let crew = Crew {
        job: BlockJob { spec: &spec, samples: &samples, isa: means.carrier.isa },
        queue: &queue,
        watch: Watch { observer: &progress, stop: server.stop },
        beginnings: Mutex::new(BTreeMap::new()),
    };
    let (sender, receiver) = sync_channel(BACKLOG);
    std::thread::scope(|scope| {
        crew.start(scope, means.threads, &sender)?;
        drop(sender);
        server.say(&Answer::Ready(means.threads as u32));
        pump(server, &queue, &progress, &receiver)
    })
}

/// The digits, where they are those of the run.
fn those_of(spec: &NetworksSpec, set: DigitSet) -> Result<Samples> {
    let count = spec.digits.train.count as usize;
    let train = if count < set.train.count() { set.train.first(count) } else { set.train };
    let samples = Samples::new(DigitSet { train, ..set });
    if samples.identity() == spec.digits {
        return Ok(samples);
    }
    Err(Error::Refused("its digits (--data) are not those of the run".into()))
}

/// Until rank 0 sends this one away or a stop is asked for.
fn pump(server: &mut Server, queue: &Queue, progress: &Progress, done: &Receiver<Done>) -> Result<()> {
    let mut last = Instant::now();
    loop {
        let (units, is_gone) = listen(done, server.patience());
        server.tell_stop();
        match server.order() {
            Some(Order::Do(unit)) => queue.feed(unit),
            Some(Order::End) => server.stop.request(SENT_AWAY),
            Some(Order::Begin(_) | Order::Enough) | None => {}
        }
        if server.stop.requested().is_some() {
            queue.end();
        }
        if !units.is_empty() || last.elapsed() >= BREATH {
            last = Instant::now();
            let trained = Trained { units, advanced: progress.take() };
            if trained != Trained::default() {
                server.say_found(trained);
            }
        }
        if is_gone {
            let ended = || Error::Internal("its threads ended before the work".into());
            return Err(server.stop.requested().map_or_else(ended, Error::Interrupted));
        }
    }
}

/// What the threads have done, waiting so long; `true` once they are gone.
fn listen(done: &Receiver<Done>, patience: Duration) -> (Vec<Done>, bool) {
    match done.recv_timeout(patience) {
        Ok(first) => (std::iter::once(first).chain(done.try_iter()).collect(), false),
        Err(RecvTimeoutError::Timeout) => (Vec::new(), false),
        Err(RecvTimeoutError::Disconnected) => (Vec::new(), true),
    }
}
