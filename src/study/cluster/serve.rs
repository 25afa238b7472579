//! The other ranks: ask, work, send back.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::message::{RankReport, RankRequest, Results};
use super::pace::{LOOK, Pace};
use super::transport::Transport;
use crate::error::{Error, Result};
use crate::study::columns::message::Sent;
use crate::study::events::{Event, Observer, Stop};
use crate::study::interface::{Finding, Findings, Intake, Job, Study, Work};
use crate::study::resources::Resources;
use crate::study::spec::RunSpec;
use crate::study::work::add_all;

/// Time between two words on progress alone.
const BETWEEN_WORDS: Duration = Duration::from_millis(500);
/// What stops the threads of a rank that is sent away; nobody sees it.
const SENT_AWAY: i32 = 15;

/// What a rank brings along.
#[derive(Debug)]
pub struct RankInputs<G> {
    /// What units need beside the spec.
    pub given: G,
    /// Threads, instruction set, memory.
    pub resources: Resources,
}

/// Works for rank 0 until it is sent away. Missing `inputs` are told to rank 0.
///
/// # Errors
/// What keeps this rank from working; rank 0 knows by then.
pub fn serve<S: Study>(
    transport: &dyn Transport,
    inputs: Result<RankInputs<&S::Given>>,
    stop: &Stop,
) -> Result<()> {
    let mut server = Server::<S> {
        transport,
        stop,
        pace: Pace::new(),
        is_stop_told: false,
        is_over: false,
        study: PhantomData,
    };
    let Some(spec) = server.wait_for_work() else {
        server.say(&RankReport::Bye);
        return inputs.map(drop);
    };
    let worked = inputs.and_then(|inputs| server.work(&spec, &inputs));
    match &worked {
        Ok(()) | Err(Error::Interrupted(_)) => {}
        Err(error) => server.say(&RankReport::Failed(error.exit_code(), error.to_string())),
    }
    while !server.is_over {
        server.tell_stop();
        let _ = server.request();
        sleep(LOOK);
    }
    server.say(&RankReport::Bye);
    match worked {
        // Sent away: that is for rank 0 to tell.
        Err(Error::Interrupted(_)) if !server.is_stop_told => Ok(()),
        other => other,
    }
}

/// A rank that works for rank 0.
struct Server<'a, S: Study> {
    transport: &'a dyn Transport,
    stop: &'a Stop,
    pace: Pace,
    is_stop_told: bool,
    /// Rank 0 has sent this one away.
    is_over: bool,
    study: PhantomData<S>,
}

impl<S: Study> Server<'_, S> {
    fn say(&mut self, report: &RankReport<S>) {
        self.pace.word();
        self.transport.send(0, &report.encode());
    }

    fn request(&mut self) -> Option<RankRequest<S>> {
        // What cannot be read is from another version: rank 0 hears no more of this one and is told by its own.
        let request = RankRequest::decode(&self.transport.receive()?.1)?;
        self.pace.word();
        self.is_over |= matches!(request, RankRequest::End);
        Some(request)
    }

    fn tell_stop(&mut self) {
        if let Some(signal) = self.stop.requested().filter(|_| !self.is_stop_told && !self.is_over) {
            self.is_stop_told = true;
            self.say(&RankReport::Stopped(signal));
        }
    }

    /// The spec to work on; `None` if rank 0 has no work after all.
    fn wait_for_work(&mut self) -> Option<String> {
        loop {
            match self.request() {
                Some(RankRequest::Begin(spec)) => return Some(spec),
                Some(RankRequest::End) => return None,
                _ => sleep(LOOK),
            }
        }
    }

    fn work(&mut self, spec: &str, inputs: &RankInputs<&S::Given>) -> Result<()> {
        let spec = &S::Spec::from_canonical(spec)?;
        let RankInputs { given, ref resources } = *inputs;
        let narrowed = S::narrowed(spec, given);
        let given = narrowed.as_ref().unwrap_or(given);
        S::check_given(spec, given)?;
        S::admit(spec, resources)?;
        let progress = Progress::default();
        let job = Job { spec, given, resources, observer: &progress, stop: self.stop };
        self.say(&RankReport::Ready(resources.threads as u32));
        let outgoing = Outgoing { units: Vec::new(), spent: BTreeMap::new(), progress: &progress };
        S::Work::carry_out(&job, |intake, findings| self.pump(intake, findings, outgoing))
    }

    /// Until rank 0 has nothing more and all is sent, or it sends this rank away.
    fn pump(
        &mut self,
        intake: &dyn Intake<S>,
        findings: Findings<S>,
        mut outgoing: Outgoing<S>,
    ) -> Result<()> {
        let (mut is_asked, mut is_closed) = (true, false);
        let mut last = Instant::now();
        loop {
            let is_gone = outgoing.listen(findings, self.pace.patience());
            self.tell_stop();
            match self.request() {
                Some(RankRequest::Do(units)) => {
                    intake.feed(&units);
                    is_asked = false;
                }
                Some(RankRequest::Enough) => {
                    intake.close();
                    is_closed = true;
                }
                Some(RankRequest::End) => self.stop.request(SENT_AWAY),
                Some(RankRequest::Begin(_)) | None => {}
            }
            let is_stopped = self.stop.requested().is_some();
            if is_stopped {
                intake.end();
            }
            let wants_more = !is_stopped && !is_asked && !is_closed && intake.wants_units();
            is_asked |= wants_more;
            let is_due = is_gone || outgoing.is_due(last);
            match outgoing.pack(wants_more, is_due) {
                Some(results) => {
                    last = Instant::now();
                    self.say(&RankReport::Found(results));
                }
                None if wants_more => self.say(&RankReport::More),
                None => {}
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
                self.say(&RankReport::Done);
                Ok(())
            }
            None => Err(Error::Internal("its threads ended before the work".into())),
        }
    }
}

/// What is to be sent.
struct Outgoing<'a, S: Study> {
    units: Vec<S::Unit>,
    spent: BTreeMap<String, S::Times>,
    progress: &'a Progress,
}

impl<S: Study> Outgoing<'_, S> {
    /// Takes what the threads have found, waiting so long; `true` once they are gone.
    fn listen(&mut self, findings: Findings<S>, mut patience: Duration) -> bool {
        loop {
            match findings(patience) {
                Ok(Finding { units, spent }) => {
                    self.units.extend(units);
                    add_all::<S>(&mut self.spent, spent);
                }
                Err(RecvTimeoutError::Timeout) => return false,
                Err(RecvTimeoutError::Disconnected) => return true,
            }
            patience = Duration::ZERO;
        }
    }

    fn is_due(&self, last: Instant) -> bool {
        !self.units.is_empty() || last.elapsed() >= BETWEEN_WORDS
    }

    /// What there is to send, if that is due; whole units go along with a question for more.
    fn pack(&mut self, wants_more: bool, is_due: bool) -> Option<Results<S>> {
        if !is_due && (!wants_more || self.units.is_empty()) {
            return None;
        }
        let units = std::mem::take(&mut self.units);
        let spent: Vec<S::Times> = std::mem::take(&mut self.spent).into_values().collect();
        let advanced = self.progress.take();
        let is_nothing = units.is_empty() && spent.is_empty() && advanced.is_empty();
        (!is_nothing).then(|| Results { finding: Finding { units, spent }, advanced, wants_more })
    }
}

/// Progress that waits to be sent, by size.
#[derive(Default)]
struct Progress(Mutex<BTreeMap<u32, f64>>);

impl Progress {
    fn take(&self) -> Vec<(u32, f64)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }
}

impl Observer for Progress {
    fn event(&self, event: Event) {
        if let Event::Advanced { size, items } = event {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(size).or_default() += items;
        }
    }
}
