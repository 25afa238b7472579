//! The other end: holds chunks for a leader, and answers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::scope;

use super::message::{CONTROL, Call, NamedSurface, ShardReply};
use crate::descent::Protocol;
use crate::error::{Error, Result};
use crate::hamiltonian::{Caller, ChunkAnswer, ChunkTask};
use crate::studies::surfaces::given::Given;
use crate::studies::surfaces::spec::Spec;
use crate::studies::surfaces::study::Surfaces;
use crate::studies::surfaces::sweep::shared_surface::{SharedSurface, SurfaceJob};
use crate::study::cluster::{GroupTransport, Pause, RankInputs};
use crate::study::columns::message::Sent as _;
use crate::study::{RunSpec as _, Stop, Study};

/// The leader's number in its group.
const LEADER: usize = 0;

/// Holds chunks for the leader of this process's group until it is sent away. Missing `inputs` are told to the
/// leader. `rank` is this process's number in the group.
///
/// # Errors
/// What keeps this process from working; the leader knows by then.
pub fn serve_shard(
    transport: &dyn GroupTransport,
    rank: usize,
    inputs: Result<RankInputs<&Given>>,
    stop: &Stop,
) -> Result<()> {
    let nobody_ends = AtomicBool::new(false);
    let mut control =
        Listener { transport, channel: CONTROL, stop, is_over: &nobody_ends, inbox: VecDeque::new() };
    let Some(Call::Begin(spec, threads)) = control.next_call() else {
        return inputs.map(drop);
    };
    match inputs.and_then(|inputs| Ok((admitted(&spec, &inputs)?, inputs))) {
        Ok(((spec, protocol), inputs)) => {
            let surfaces = Mutex::default();
            let held = Held { transport, rank, stop, spec: &spec, protocol, inputs: &inputs, surfaces };
            control.say(&ShardReply::Done);
            held.serve(threads as usize, control);
            stop.requested().map_or(Ok(()), |signal| Err(Error::Interrupted(signal)))
        }
        Err(error) => {
            control.say(&ShardReply::Failed(error.exit_code(), error.to_string()));
            while !matches!(control.next_call(), Some(Call::End) | None) {}
            Err(error)
        }
    }
}

/// The run of this text, if this process has its couplings and room for its share of it.
fn admitted(spec: &str, inputs: &RankInputs<&Given>) -> Result<(Spec, Protocol)> {
    let spec = Spec::from_canonical(spec)?;
    let whole = || Error::Refused("processes hold surfaces together in sweeps only".into());
    let protocol = spec.descent.ok_or_else(whole)?;
    Surfaces::check_given(&spec, inputs.given)?;
    Surfaces::admit(&spec, &inputs.resources)?;
    Ok((spec, protocol))
}

/// One channel's end.
struct Listener<'a> {
    transport: &'a dyn GroupTransport,
    channel: usize,
    stop: &'a Stop,
    /// No more will come.
    is_over: &'a AtomicBool,
    inbox: VecDeque<Vec<u8>>,
}

impl Listener<'_> {
    /// The next call; waits. `None` if there will be none.
    fn next_call(&mut self) -> Option<Call> {
        let wait = Pause::begin();
        loop {
            let next = self.inbox.pop_front().or_else(|| self.transport.receive(LEADER, self.channel));
            match next {
                Some(message) => return Call::decode(&message),
                None if self.is_over.load(Ordering::Acquire) => return None,
                None => wait.pass(),
            }
        }
    }

    fn say(&mut self, reply: &ShardReply) {
        let Self { transport, channel, ref mut inbox, .. } = *self;
        let mut message = self.stop.requested().unwrap_or(0).encode();
        reply.put(&mut message);
        transport.send(LEADER, channel, &message, &mut || inbox.extend(transport.receive(LEADER, channel)));
    }
}

/// An order's way back.
impl Caller for Listener<'_> {
    fn next(&mut self) -> Option<ChunkTask> {
        match self.next_call() {
            Some(Call::Do(_, task)) => Some(task),
            _ => None,
        }
    }

    fn answer(&mut self, answer: ChunkAnswer) {
        self.say(&ShardReply::ChunkAnswer(answer));
    }
}

/// What this process holds for its leader.
struct Held<'a> {
    transport: &'a dyn GroupTransport,
    rank: usize,
    stop: &'a Stop,
    spec: &'a Spec,
    protocol: Protocol,
    inputs: &'a RankInputs<&'a Given>,
    /// By the leader's number for each surface.
    surfaces: Mutex<BTreeMap<u64, Arc<SharedSurface<'a>>>>,
}

/// Ends the others' waiting if a thread of this process falls.
struct Guard<'a>(&'a AtomicBool);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::Release);
        }
    }
}

impl<'a> Held<'a> {
    /// A thread for each of the leader's, until it ends the group.
    fn serve(&self, threads: usize, control: Listener) {
        let is_over = AtomicBool::new(false);
        let mut control = Listener { is_over: &is_over, ..control };
        scope(|scope| {
            for channel in 1..=threads {
                let is_over = &is_over;
                scope.spawn(move || {
                    let _guard = Guard(is_over);
                    let inbox = VecDeque::new();
                    self.answer_on(Listener {
                        transport: self.transport,
                        channel,
                        stop: self.stop,
                        is_over,
                        inbox,
                    });
                });
            }
            while !matches!(control.next_call(), Some(Call::End) | None) {}
            is_over.store(true, Ordering::Release);
        });
    }

    fn answer_on(&self, mut listener: Listener) {
        while let Some(call) = listener.next_call() {
            match call {
                Call::Draw(surface, chunk) => {
                    self.shared(surface).draw(chunk as usize..chunk as usize + 1);
                    listener.say(&ShardReply::Done);
                }
                Call::Do(surface, task) => {
                    let shared = self.surfaces().get(&surface).cloned();
                    let shared = shared.expect("the leader knows what was drawn");
                    shared.surface().serve(self.inputs.resources.isa, task, &mut listener);
                }
                Call::Forget(surface) => {
                    // Freed before the answer, and not under the lock.
                    let shared = self.surfaces().remove(&surface);
                    drop(shared);
                    listener.say(&ShardReply::Done);
                }
                Call::Begin(..) | Call::End => return,
            }
        }
    }

    fn surfaces(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Arc<SharedSurface<'a>>>> {
        self.surfaces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shared(&self, surface: NamedSurface) -> Arc<SharedSurface<'a>> {
        let new = || {
            let RankInputs { given, resources } = self.inputs;
            let place = (surface.dim, surface.instance);
            let job = SurfaceJob::of((self.spec, self.protocol), place, given.couplings.as_ref(), resources);
            Arc::new(SharedSurface::share(job, self.rank, self.transport.size()))
        };
        self.surfaces().entry(surface.number).or_insert_with(new).clone()
    }
}
