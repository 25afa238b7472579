//! The leader's end: what its threads ask of those who hold other chunks.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use super::message::{CONTROL, Call, NamedSurface, ShardReply, SignalAndReply};
use crate::error::Result;
use crate::hamiltonian::{ChunkAnswer, ChunkChannel, ChunkTask, RemoteChunks, SurfaceKey};
use crate::studies::surfaces::spec::Spec;
use crate::study::cluster::{GroupTransport, Pause, failure};
use crate::study::columns::message::Sent as _;
use crate::study::{RunSpec as _, Stop};

/// Those who hold chunks for this process.
pub struct Shards {
    transport: Box<dyn GroupTransport>,
    /// Channels that no thread talks on.
    free: Mutex<Vec<usize>>,
    surfaces: AtomicU64,
    /// Asked to stop when one of the others is.
    stop: OnceLock<Stop>,
    messages: AtomicU64,
    bytes: AtomicU64,
    nanoseconds: AtomicU64,
}

/// What was said within a group, as its leader saw it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ShardTraffic {
    /// Messages of both directions.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Seconds that the leader's threads spent on them or waited, added up.
    pub seconds: f64,
}

impl fmt::Debug for Shards {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a group of {} processes", self.size())
    }
}

impl Shards {
    /// Of the group that this process leads.
    pub fn new(transport: Box<dyn GroupTransport>) -> Self {
        Self {
            transport,
            free: Mutex::default(),
            surfaces: AtomicU64::new(0),
            stop: OnceLock::new(),
            messages: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            nanoseconds: AtomicU64::new(0),
        }
    }

    /// Processes of the group.
    pub fn size(&self) -> usize {
        self.transport.size()
    }

    /// What was said so far.
    pub fn traffic(&self) -> ShardTraffic {
        let [messages, bytes, nanoseconds] =
            [&self.messages, &self.bytes, &self.nanoseconds].map(|count| count.load(Ordering::Relaxed));
        ShardTraffic { messages, bytes, seconds: nanoseconds as f64 / 1e9 }
    }

    /// Tells the others what run it is, and how many threads will work on it.
    ///
    /// # Errors
    /// What keeps one of them from it.
    pub(in crate::studies::surfaces) fn begin(&self, spec: &Spec, threads: usize, stop: &Stop) -> Result<()> {
        let _ = self.stop.set(stop.clone());
        let call = Call::Begin(spec.canonical()?, threads as u32).encode();
        let mut control = Channel::new(self, CONTROL);
        (1..self.size()).for_each(|member| control.say(member, &call));
        // All are heard, so that no word is left on the way.
        let replies: Vec<ShardReply> = (1..self.size()).map(|member| control.hear(member)).collect();
        let refusal = (1..).zip(replies).find_map(|(member, reply)| match reply {
            ShardReply::Failed(code, reason) => {
                Some(failure(code, format!("{}: {reason}", self.transport.name(member))))
            }
            _ => None,
        });
        *self.free.lock().unwrap_or_else(PoisonError::into_inner) = (1..=threads).rev().collect();
        refusal.map_or(Ok(()), Err)
    }

    /// Sends the others away; no thread may talk any more.
    pub fn end(&self) {
        let mut control = Channel::new(self, CONTROL);
        (1..self.size()).for_each(|member| control.say(member, &Call::End.encode()));
    }

    /// A free channel, for this thread.
    fn channel(&self) -> Channel<'_> {
        let wait = Pause::begin();
        loop {
            let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match free {
                Some(channel) => return Channel::new(self, channel),
                // There are as many as threads: one of them has only just hung up.
                None => wait.pass(),
            }
        }
    }
}

/// One thread's channel to all others.
struct Channel<'a> {
    shards: &'a Shards,
    channel: usize,
    /// What has come and was not asked for yet, by member.
    inbox: Vec<VecDeque<Vec<u8>>>,
}

impl<'a> Channel<'a> {
    fn new(shards: &'a Shards, channel: usize) -> Self {
        Self { shards, channel, inbox: vec![VecDeque::new(); shards.size()] }
    }

    fn say(&mut self, member: usize, message: &[u8]) {
        let Self { shards, channel, ref mut inbox } = *self;
        let begin = Instant::now();
        shards.messages.fetch_add(1, Ordering::Relaxed);
        shards.bytes.fetch_add(message.len() as u64, Ordering::Relaxed);
        shards.transport.send(member, channel, message, &mut || {
            for (from, inbox) in inbox.iter_mut().enumerate().skip(1) {
                inbox.extend(shards.transport.receive(from, channel));
            }
        });
        shards.spend(begin);
    }

    fn hear_now(&mut self, member: usize) -> Option<ShardReply> {
        let Self { shards, channel, ref mut inbox } = *self;
        let message = inbox[member].pop_front().or_else(|| shards.transport.receive(member, channel))?;
        shards.messages.fetch_add(1, Ordering::Relaxed);
        shards.bytes.fetch_add(message.len() as u64, Ordering::Relaxed);
        let (signal, reply) = SignalAndReply::decode(&message).expect("all processes are the same program");
        if let Some(stop) = shards.stop.get().filter(|_| signal != 0) {
            stop.request(signal);
        }
        Some(reply)
    }

    fn hear(&mut self, member: usize) -> ShardReply {
        let (begin, wait) = (Instant::now(), Pause::begin());
        loop {
            if let Some(reply) = self.hear_now(member) {
                self.shards.spend(begin);
                return reply;
            }
            wait.pass();
        }
    }
}

impl Shards {
    fn spend(&self, begin: Instant) {
        self.nanoseconds.fetch_add(begin.elapsed().as_nanos() as u64, Ordering::Relaxed);
    }
}

impl Drop for Channel<'_> {
    fn drop(&mut self) {
        if self.channel != CONTROL {
            self.shards.free.lock().unwrap_or_else(PoisonError::into_inner).push(self.channel);
        }
    }
}

/// The chunks of one surface that the others hold; they forget it with this.
pub struct RemoteSurface {
    shards: Arc<Shards>,
    surface: NamedSurface,
}

impl RemoteSurface {
    /// Of a surface that is about to be drawn.
    pub(in crate::studies::surfaces) fn new(shards: Arc<Shards>, key: &SurfaceKey) -> Self {
        let number = shards.surfaces.fetch_add(1, Ordering::Relaxed);
        let surface = NamedSurface { number, dim: key.layout.dim as u32, instance: key.instance as u32 };
        Self { shards, surface }
    }

    /// Has every other draw its chunk of this number, counted from its first, while this thread does the same.
    pub(in crate::studies::surfaces) fn draw(&self, number: usize, here: impl FnOnce()) {
        let mut channel = self.shards.channel();
        let call = Call::Draw(self.surface, number as u32).encode();
        (1..self.shards.size()).for_each(|member| channel.say(member, &call));
        here();
        (1..self.shards.size()).for_each(|member| _ = channel.hear(member));
    }
}

impl fmt::Debug for RemoteSurface {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?} with {} others", self.surface, self.shards.size() - 1)
    }
}

impl Drop for RemoteSurface {
    fn drop(&mut self) {
        // A process that falls takes the others along.
        if std::thread::panicking() {
            return;
        }
        let mut channel = self.shards.channel();
        let call = Call::Forget(self.surface.number).encode();
        (1..self.shards.size()).for_each(|member| channel.say(member, &call));
        // Their memory is free before others take its place.
        (1..self.shards.size()).for_each(|member| _ = channel.hear(member));
    }
}

impl RemoteChunks for RemoteSurface {
    fn channel(&self) -> Box<dyn ChunkChannel + '_> {
        Box::new(Orders { surface: self.surface.number, channel: self.shards.channel() })
    }
}

/// A thread's orders on one surface.
struct Orders<'a> {
    surface: u64,
    channel: Channel<'a>,
}

impl ChunkChannel for Orders<'_> {
    fn others(&self) -> usize {
        self.channel.shards.size() - 1
    }

    fn ask(&mut self, other: usize, task: &ChunkTask) {
        self.channel.say(other + 1, &Call::encode_task(self.surface, task));
    }

    fn answer(&mut self, other: usize) -> ChunkAnswer {
        answer(self.channel.hear(other + 1))
    }

    fn answer_now(&mut self, other: usize) -> Option<ChunkAnswer> {
        self.channel.hear_now(other + 1).map(answer)
    }
}

fn answer(reply: ShardReply) -> ChunkAnswer {
    match reply {
        ShardReply::ChunkAnswer(answer) => answer,
        other => panic!("a task was answered by {other:?}"),
    }
}
