//! The other ranks: ask, work, send back.

use std::collections::BTreeMap;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::leases::Lease;
use super::message::{Answer, Found, Order, Wire};
use super::work::{Findings, Intake, Share};
use super::{LOOK, Pace, Post};
use crate::error::{Error, Result};
use crate::hamiltonian::SymmetricTensor;
use crate::run::cost;
use crate::run::events::{Event, Observer, Stop};
use crate::run::executor::Means;
use crate::run::keeper::{Assembly, Finding};
use crate::run::record::Timings;
use crate::run::spec::{Couplings, Spec};
use crate::run::store::SurfaceTimings;

/// Time between two words on progress alone.
pub(in crate::run) const BREATH: Duration = Duration::from_millis(500);
/// What stops the threads of a rank that is sent away; nobody sees it.
pub(in crate::run) const SENT_AWAY: i32 = 15;

/// What a rank brings along.
pub struct Hand<'a> {
    /// The user's couplings in place of random ones.
    pub couplings: Option<&'a SymmetricTensor<f64>>,
    /// How they are known.
    pub known_as: Couplings,
    /// Threads, kernels, memory.
    pub means: Means,
}

impl Hand<'_> {
    /// The run of this text, if this process has its couplings and room for its share of it.
    ///
    /// # Errors
    /// [`Error::Refused`] if it has not; [`Error::Damaged`] where the text is no spec.
    pub(in crate::run) fn admitted(&self, spec: &str) -> Result<Spec> {
        let spec = Spec::from_canonical(spec)?;
        if !spec.couplings.is_same_tensor(&self.known_as) {
            return Err(Error::Refused("its couplings file is not that of the run".into()));
        }
        let (needed, available) = (cost::memory_bytes(&spec, &self.means), self.means.memory);
        if needed > available {
            return Err(Error::Refused(format!("needs {needed} bytes of memory, {available} are available")));
        }
        Ok(spec)
    }
}

/// Works for rank 0 until it is sent away. A `hand` that could not be had is told to rank 0.
///
/// # Errors
/// What keeps this rank from working; rank 0 knows by then.
pub fn serve(post: &dyn Post, hand: Result<Hand>, stop: &Stop) -> Result<()> {
    attend::<Lease, _>(post, hand, stop, |server, spec, hand| server.work(spec, &hand))
}

/// Does for rank 0 the `work` on a spec, in leases of one kind, and stays until it is sent away.
///
/// # Errors
/// As [`serve`].
pub(in crate::run) fn attend<L: Wire, H>(
    post: &dyn Post,
    hand: Result<H>,
    stop: &Stop,
    work: impl FnOnce(&mut Server, &str, H) -> Result<()>,
) -> Result<()> {
    let mut server = Server { post, stop, pace: Pace::new(), is_stop_told: false, is_over: false };
    let Some(spec) = server.wait_for_work::<L>() else {
        server.say(&Answer::Bye);
        return hand.map(drop);
    };
    let worked = hand.and_then(|hand| work(&mut server, &spec, hand));
    match &worked {
        Ok(()) | Err(Error::Interrupted(_)) => {}
        Err(error) => server.say(&Answer::Failed(error.exit_code(), error.to_string())),
    }
    while !server.is_over {
        server.tell_stop();
        let _ = server.order::<L>();
        sleep(LOOK);
    }
    server.say(&Answer::Bye);
    match worked {
        // Sent away: that is for rank 0 to tell.
        Err(Error::Interrupted(_)) if !server.is_stop_told => Ok(()),
        other => other,
    }
}

/// A rank that works for rank 0.
pub(in crate::run) struct Server<'a> {
    post: &'a dyn Post,
    pub stop: &'a Stop,
    pace: Pace,
    is_stop_told: bool,
    /// Rank 0 has sent this one away.
    is_over: bool,
}

impl Server<'_> {
    pub fn say(&mut self, answer: &Answer) {
        self.pace.word();
        self.post.send(0, &answer.encode());
    }

    pub fn say_found<F: Wire>(&mut self, found: F) {
        self.pace.word();
        self.post.send(0, &Answer::Found(found).encode());
    }

    /// How long to wait for threads before the next look at what rank 0 says.
    pub fn patience(&self) -> Duration {
        self.pace.patience()
    }

    pub fn order<L: Wire>(&mut self) -> Option<Order<L>> {
        // What cannot be read is from another version: rank 0 hears no more of this one and is told by its own.
        let order = Order::decode(&self.post.receive()?.1)?;
        self.pace.word();
        self.is_over |= matches!(order, Order::End);
        Some(order)
    }

    pub fn tell_stop(&mut self) {
        if let Some(signal) = self.stop.requested().filter(|_| !self.is_stop_told && !self.is_over) {
            self.is_stop_told = true;
            self.say(&Answer::Stopped(signal));
        }
    }

    /// The spec to work on; `None` if rank 0 has no work after all.
    fn wait_for_work<L: Wire>(&mut self) -> Option<String> {
        loop {
            match self.order::<L>() {
                Some(Order::Begin(spec)) => return Some(spec),
                Some(Order::End) => return None,
                _ => sleep(LOOK),
            }
        }
    }

    fn work(&mut self, spec: &str, hand: &Hand) -> Result<()> {
        let spec = &hand.admitted(spec)?;
        let Hand { couplings, ref means, .. } = *hand;
        let progress = Progress::default();
        let shards = self.post.shards();
        let share = Share { spec, couplings, means, observer: &progress, stop: self.stop, shards };
        self.say(&Answer::Ready(means.threads as u32));
        let parcel = Parcel { assembly: Assembly::new(spec), found: Found::default(), progress: &progress };
        share.carry_out(|intake, findings| self.pump(intake, findings, parcel))
    }

    /// Until rank 0 has nothing more and all is sent, or it sends this rank away.
    fn pump(&mut self, intake: &dyn Intake, findings: Findings, mut parcel: Parcel) -> Result<()> {
        let (mut is_asked, mut is_closed) = (true, false);
        let mut last = Instant::now();
        loop {
            let is_gone = parcel.listen(findings, self.patience());
            self.tell_stop();
            match self.order() {
                Some(Order::Do(lease)) => {
                    intake.feed(&lease);
                    is_asked = false;
                }
                Some(Order::Enough) => {
                    intake.close();
                    is_closed = true;
                }
                Some(Order::End) => self.stop.request(SENT_AWAY),
                Some(Order::Begin(_)) | None => {}
            }
            if self.stop.requested().is_some() {
                intake.end();
            } else if !is_asked && !is_closed && intake.is_hungry() {
                self.say(&Answer::More);
                is_asked = true;
            }
            if is_gone || parcel.is_due(last) {
                last = Instant::now();
                if let Some(found) = parcel.pack() {
                    self.say(&Answer::Found(found));
                }
            }
            if is_gone {
                return self.gone(is_closed);
            }
        }
    }

    /// The threads of this rank are gone.
    fn gone(&mut self, is_closed: bool) -> Result<()> {
        match self.stop.requested() {
            Some(signal) => Err(Error::Interrupted(signal)),
            None if is_closed => {
                self.say(&Answer::Done);
                Ok(())
            }
            None => Err(Error::Internal("its threads ended before the work".into())),
        }
    }
}

/// What is to be sent.
struct Parcel<'a> {
    assembly: Assembly,
    found: Found,
    progress: &'a Progress,
}

impl Parcel<'_> {
    /// Takes what the threads have found, waiting so long; `true` once they are gone.
    fn listen(&mut self, findings: Findings, mut patience: Duration) -> bool {
        loop {
            match findings(patience) {
                Ok(finding) => self.take(finding),
                Err(RecvTimeoutError::Timeout) => return false,
                Err(RecvTimeoutError::Disconnected) => return true,
            }
            patience = Duration::ZERO;
        }
    }

    fn take(&mut self, finding: Finding) {
        match finding {
            Finding::Starts(report) => {
                self.spend(SurfaceTimings {
                    dim: report.dim,
                    instance: report.instance,
                    spent: report.spent,
                });
                let whole = report.starts.into_iter().filter_map(|start| self.assembly.take(start));
                self.found.units.extend(whole);
            }
            Finding::Unit(unit, spent) => {
                self.spend(SurfaceTimings { dim: unit.key.dim, instance: unit.key.instance, spent });
                self.found.units.push(unit);
            }
            Finding::Spent(spent) => self.spend(spent),
        }
    }

    fn spend(&mut self, more: SurfaceTimings) {
        let same = |known: &&mut SurfaceTimings| (known.dim, known.instance) == (more.dim, more.instance);
        match self.found.spent.iter_mut().find(same) {
            Some(known) => known.spent += more.spent,
            None => self.found.spent.push(more),
        }
    }

    fn is_due(&self, last: Instant) -> bool {
        !self.found.units.is_empty() || last.elapsed() >= BREATH
    }

    fn pack(&mut self) -> Option<Found> {
        let mut found = std::mem::take(&mut self.found);
        found.spent.retain(|surface| surface.spent != Timings::default());
        found.advanced = self.progress.take();
        let is_nothing = found.units.is_empty() && found.spent.is_empty() && found.advanced.is_empty();
        (!is_nothing).then_some(found)
    }
}

/// Progress that waits to be sent, by Λ.
#[derive(Default)]
pub(in crate::run) struct Progress(Mutex<BTreeMap<u32, f64>>);

impl Progress {
    pub fn take(&self) -> Vec<(u32, f64)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }
}

impl Observer for Progress {
    fn event(&self, event: Event) {
        if let Event::Advanced { dim, starts } = event {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(dim).or_default() += starts;
        }
    }
}
