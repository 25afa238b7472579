//! `hspin theory dynamics`: gradient flow and Langevin dynamics as Λ → ∞.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::model::{ModelArgs, ModelJson};
use super::text::table;
use crate::cli::shared::progress::Progress;
use crate::cli::shared::{output, values};
use crate::study::{Event, Observer};
use crate::theory::{Conditions, Dynamics, Moment};
use crate::{Error, Result};

/// Progress is shown from here on.
const LONG: Duration = Duration::from_secs(2);

/// Energy, overlap with the start and correlations of descent against time, as Λ → ∞
///
/// The flow is dw/dt = −g(w) on the sphere, from a uniform start: time is the sum of the rates of `--protocol gd`. With a
/// temperature it is Langevin dynamics. Errors are estimated from a second solution on a coarser grid. A pure model to time 100
/// takes about 20 s, to time 1000 some minutes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  hspin theory dynamics --spins 3 --time 1,2,5,10\n  hspin theory dynamics --mixture 3:0.5,4:0.5 --temperature 0.2 --time 20,40 --waiting 1,5,20"
)]
pub struct Args {
    #[command(flatten)]
    model: ModelArgs,
    /// Temperature T of the dynamics; 0 is gradient flow
    #[arg(long, value_name = "T", value_parser = values::strength, default_value = "0", allow_negative_numbers = true)]
    temperature: f64,
    /// Start from equilibrium at this temperature, from T_s on, in place of a uniform start
    #[arg(long, value_name = "T", value_parser = values::number, allow_negative_numbers = true)]
    start_temperature: Option<f64>,
    /// Times, rising, such as 1,2,5 or 1:10:1 (start:stop:step)
    #[arg(long, value_name = "T1,T2,…", required = true, value_delimiter = ',', allow_hyphen_values = true)]
    time: Vec<String>,
    /// Waiting times t_w for which C(t, t_w) and R(t, t_w) are printed, too
    #[arg(long, value_name = "T1,T2,…", value_delimiter = ',', allow_hyphen_values = true)]
    waiting: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Json {
    #[serde(flatten)]
    model: ModelJson,
    temperature: f64,
    start_temperature: Option<f64>,
    values: Vec<Value>,
}

#[derive(Debug, Serialize)]
struct Value {
    time: f64,
    energy: f64,
    /// Of the energy.
    error: f64,
    overlap: f64,
    overlap_error: f64,
    multiplier: f64,
    multiplier_error: f64,
    waiting: Vec<Waiting>,
}

#[derive(Debug, Serialize)]
struct Waiting {
    waiting: f64,
    correlation: f64,
    correlation_error: f64,
    response: f64,
    response_error: f64,
}

/// What the command prints on standard output.
///
/// # Errors
/// Bad input: temperatures and times that are not allowed.
pub fn text(args: &Args) -> Result<String> {
    let times: Vec<f64> = values::all(&args.time, |text| values::times("--time", text))?;
    let waiting: Vec<f64> = values::all(&args.waiting, |text| values::times("--waiting", text))?;
    let mut pairs = times.iter().zip(times.iter().skip(1));
    if let Some((before, time)) = pairs.find(|(before, time)| before >= time) {
        return Err(Error::bad_input("--time", time, format!("times in rising order; it follows {before}")));
    }
    let values = solve(args, &times, &waiting)?;
    if args.json {
        return output::json(&Json {
            model: args.model.json(),
            temperature: args.temperature,
            start_temperature: args.start_temperature,
            values,
        });
    }
    Ok(printed(args, &waiting, &values))
}

fn solve(args: &Args, times: &[f64], waiting: &[f64]) -> Result<Vec<Value>> {
    let conditions = Conditions { temperature: args.temperature, start_temperature: args.start_temperature };
    let latest = times.last().copied().unwrap_or(0.0);
    let mut dynamics = Dynamics::new(&args.model.as_mixture()?, conditions, latest)?;
    let mut watch = Watch::new(latest);
    let mut found = Vec::new();
    for &time in times {
        let moment = dynamics.advance_watched(time, &mut |reached| watch.reached(reached))?;
        found.push(value(&dynamics, moment, waiting));
    }
    watch.finish();
    Ok(found)
}

/// Progress in units of time, once it takes long.
struct Watch {
    begin: Instant,
    latest: f64,
    /// Units that were shown.
    shown: u64,
    progress: Option<Progress>,
}

impl Watch {
    fn new(latest: f64) -> Self {
        Self { begin: Instant::now(), latest, shown: 0, progress: None }
    }

    fn size(&self) -> u32 {
        self.latest.ceil() as u32
    }

    fn reached(&mut self, time: f64) {
        let units = time as u64;
        if let Some(progress) = &self.progress {
            progress.event(Event::Stored { size: self.size(), items: units - self.shown });
        } else if self.begin.elapsed() > LONG {
            let progress = Progress::by_size(["unit of time", "units of time"], "t");
            progress.event(Event::Started { size: self.size(), planned: self.size().into(), done: units });
            self.progress = Some(progress);
        }
        self.shown = units;
    }

    fn finish(&self) {
        if let Some(progress) = &self.progress {
            progress.event(Event::Finished { size: self.size() });
        }
    }
}

fn value(dynamics: &Dynamics, moment: Moment, waiting: &[f64]) -> Value {
    let waiting = waiting.iter().filter(|&&waiting| waiting <= moment.time).map(|&waiting| {
        let [correlation, response] = dynamics.pair(waiting);
        Waiting {
            waiting,
            correlation: correlation.value,
            correlation_error: correlation.error,
            response: response.value,
            response_error: response.error,
        }
    });
    Value {
        time: moment.time,
        energy: moment.energy.value,
        error: moment.energy.error,
        overlap: moment.overlap.value,
        overlap_error: moment.overlap.error,
        multiplier: moment.multiplier.value,
        multiplier_error: moment.multiplier.error,
        waiting: waiting.collect(),
    }
}

fn printed(args: &Args, waiting: &[f64], values: &[Value]) -> String {
    let mut header = ["t", "E(t)", "±", "C(t, 0)", "±", "μ(t)"].map(str::to_owned).to_vec();
    header
        .extend(waiting.iter().flat_map(|waiting| [format!("C(t, {waiting})"), format!("R(t, {waiting})")]));
    let number = |x: f64| format!("{x:.8}").replace('-', "−");
    let mut rows = vec![header];
    for value in values {
        let mut cells = vec![value.time.to_string(), number(value.energy), format!("{:.0e}", value.error)];
        cells.extend([
            number(value.overlap),
            format!("{:.0e}", value.overlap_error),
            number(value.multiplier),
        ]);
        for at in waiting {
            match value.waiting.iter().find(|known| known.waiting == *at) {
                Some(known) => cells.extend([number(known.correlation), number(known.response)]),
                None => cells.extend(["–".to_owned(), "–".to_owned()]),
            }
        }
        rows.push(cells);
    }
    let start = match args.start_temperature {
        Some(start) => format!("from equilibrium at T = {start}"),
        None => "from a uniform start".to_owned(),
    };
    let flow = match args.temperature {
        0.0 => "gradient flow".to_owned(),
        temperature => format!("Langevin dynamics at T = {temperature}"),
    };
    let title = format!("{}: {flow} {start}, energies per spin, Λ → ∞", args.model.title());
    table(&title, &rows)
}
