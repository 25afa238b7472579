//! How far a run is: bars on a terminal, a line now and then elsewhere.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::caller::{SharedObserver, caller};
use super::output;
use super::table::counted;
use crate::study::{Event, Observer};

/// Bars advance by parts of a start.
const TICKS_PER_START: f64 = 1000.0;
/// Time between two lines where there are no bars.
const QUIET: Duration = Duration::from_secs(30);
/// Share of a size after which its rate foretells the rest.
const TELLING: f64 = 0.01;

/// Shows the events of a sweep on standard error.
pub struct Progress {
    /// What is counted: one, and many.
    noun: [&'static str; 2],
    /// What a size is called.
    size: &'static str,
    bars: Option<MultiProgress>,
    /// A program that shows progress itself.
    caller: Option<SharedObserver>,
    sizes: Mutex<BTreeMap<u32, Size>>,
}

struct Size {
    noun: [&'static str; 2],
    name: String,
    planned: u64,
    /// Stored before this process began.
    before: u64,
    stored: u64,
    advanced: f64,
    began: Instant,
    last_line: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Bars if standard error is a terminal, otherwise lines; `noun` is what they count at each Λ, one and many.
    pub fn new(noun: [&'static str; 2]) -> Self {
        Self::by_size(noun, "Λ")
    }

    /// The same for sizes that are called otherwise.
    pub fn by_size(noun: [&'static str; 2], size: &'static str) -> Self {
        let bars = output::is_terminal()
            .then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(8)));
        let caller = caller().map(|caller| caller.observer);
        Self { noun, size, bars, caller, sizes: Mutex::default() }
    }

    fn begin(&self, dim: u32, planned: u64, done: u64) -> Size {
        let name = format!("{} = {dim}", self.size);
        let bar = self.bars.as_ref().map(|bars| {
            let style = ProgressStyle::with_template("{prefix:>8} {wide_bar:.cyan/238} {msg}");
            let bar = ProgressBar::new((planned as f64 * TICKS_PER_START) as u64);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(name.clone());
            bars.add(bar)
        });
        let now = Instant::now();
        Size {
            noun: self.noun,
            name,
            planned,
            before: done,
            stored: done,
            advanced: 0.0,
            began: now,
            last_line: now,
            bar,
        }
    }
}

impl Size {
    /// Starts' worth of work done by this process.
    fn work(&self) -> f64 {
        self.advanced.max((self.stored - self.before) as f64)
    }

    fn counted(&self, count: u64) -> String {
        let [one, many] = self.noun;
        counted(count, one, many)
    }

    fn show(&mut self) {
        let work = self.work();
        let rate = work / self.began.elapsed().as_secs_f64().max(1e-3);
        let wanted = (self.planned - self.before) as f64;
        let left = wanted - work;
        // A size is begun while threads still work on the one before: its first rate says nothing.
        let speed = if work > 0.0 && work >= TELLING * wanted {
            format!("{}/s, {} left", starts_per_second(rate), duration(left.max(0.0) / rate))
        } else {
            "starting".to_owned()
        };
        let state = format!("{} of {}, {speed}", self.stored, self.counted(self.planned));
        match &self.bar {
            Some(bar) => {
                bar.set_position(((self.before as f64 + work) * TICKS_PER_START) as u64);
                bar.set_message(state);
            }
            None if self.last_line.elapsed() >= QUIET => {
                self.last_line = Instant::now();
                output::log(&format!("{}: {state}", self.name));
            }
            None => {}
        }
    }

    fn finish(&self) {
        let made = self.stored - self.before;
        let spent = self.began.elapsed().as_secs_f64();
        let stored = self.counted(self.stored);
        let text = if made == 0 {
            format!("{stored}, all stored before")
        } else {
            let rate = starts_per_second(made as f64 / spent.max(1e-3));
            format!("{stored}; {made} in {} ({rate}/s)", duration(spent))
        };
        match &self.bar {
            Some(bar) => {
                bar.set_position(bar.length().unwrap_or(0));
                bar.abandon_with_message(text);
            }
            None => output::log(&format!("{}: {text}", self.name)),
        }
    }
}

impl Observer for Progress {
    fn event(&self, event: Event) {
        if let Some(caller) = &self.caller {
            return caller.event(event);
        }
        // A panic elsewhere does not make numbers on a bar wrong.
        let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Started { size, planned, done } => {
                let mut begun = self.begin(size, planned, done.min(planned));
                begun.show();
                sizes.insert(size, begun);
            }
            Event::Stored { size, items } => {
                if let Some(size) = sizes.get_mut(&size) {
                    size.stored = (size.stored + items).min(size.planned);
                    size.show();
                }
            }
            Event::Advanced { size, items } => {
                if let Some(size) = sizes.get_mut(&size) {
                    size.advanced += items;
                    size.show();
                }
            }
            Event::Committed { .. } => {}
            Event::Finished { size } => {
                if let Some(size) = sizes.get(&size) {
                    size.finish();
                }
            }
        }
    }
}

fn starts_per_second(rate: f64) -> String {
    if rate >= 10.0 { format!("{rate:.0}") } else { format!("{rate:.2}") }
}

/// A duration as a person says it.
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "?".to_owned();
    }
    match seconds {
        s if s < 10.0 => format!("{s:.1} s"),
        s if s < 100.0 => format!("{s:.0} s"),
        s if s < 3600.0 => format!("{} min {:02} s", (s / 60.0) as u64, (s % 60.0) as u64),
        s => format!("{} h {:02} min", (s / 3600.0) as u64, (s % 3600.0 / 60.0) as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_named_in_the_singular() {
        let size = Progress::new(["instance", "instances"]).begin(5, 1, 0);
        assert_eq!([0, 1, 2].map(|n| size.counted(n)), ["0 instances", "1 instance", "2 instances"]);
    }
}
