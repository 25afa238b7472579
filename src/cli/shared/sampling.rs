//! A run of sampling as it is carried out, whoever asks for it, and as a person reads it.

use std::path::PathBuf;

use super::engine;
use super::output;
use super::progress::Progress;
use super::ranks::OtherRanks;
use super::table::{TextTable, counted, number};
use crate::analysis::{SamplingSummary, TemperatureSummary, UnitCount, sampled_model, summarize_sampling};
use crate::error::Result;
use crate::studies::sampling::{SamplingRequest, SamplingSpec, SamplingStore};
use crate::study::{Resources, command};

/// A run of sampling, decided.
pub struct SamplingRun {
    /// Where the run is or will be.
    pub run: PathBuf,
    /// What is asked of it.
    pub request: SamplingRequest,
    /// How it is carried out.
    pub resources: Resources,
}

impl SamplingRun {
    /// Begins or resumes the run and brings it to its end, with other processes if there are any.
    ///
    /// # Errors
    /// Whatever ends it; what was stored before stays.
    pub fn carry_out(&self, others: Option<&OtherRanks>) -> Result<SamplingStore> {
        let stop = engine::stop_by_signal()?;
        let mut store = self.open()?;
        let progress = Progress::new(["surface", "surfaces"]);
        engine::finish(&mut store, (&(), &self.resources), (&progress, &stop), others)?;
        Ok(store)
    }

    /// Begins the run, or opens it.
    ///
    /// # Errors
    /// Those of [`Self::spec`] and of the store.
    pub fn open(&self) -> Result<SamplingStore> {
        command::open(&self.run, &self.resources, |stored| self.spec(stored))
    }

    /// The spec of a new run, or the stored one with what is asked beyond it.
    ///
    /// # Errors
    /// Bad input; refused where more is asked than may grow.
    pub fn spec(&self, stored: Option<&SamplingSpec>) -> Result<SamplingSpec> {
        stored.map_or_else(|| self.request.new_run(), |stored| self.request.grown(stored))
    }
}

/// Prints a run, with a warning on standard error for everything that speaks against believing it.
///
/// # Errors
/// Those of the store; a closed standard output.
pub fn show(store: &SamplingStore, json: bool) -> Result<()> {
    let summary = summarize_sampling(store)?;
    summary.notes.iter().for_each(|note| output::log(&format!("hspin: {note}")));
    if json { output::print_json(&summary) } else { output::print(&render(store, &summary)) }
}

fn render(store: &SamplingStore, summary: &SamplingSummary) -> String {
    let SamplingSummary { seed, instances, replicas, sweeps, burn_in, steps, .. } = summary;
    let UnitCount { done, planned } = summary.units;
    let state = match summary.complete {
        true => "complete".to_owned(),
        false => {
            format!("{done} of {} done, the same command resumes", counted(planned, "surface", "surfaces"))
        }
    };
    let exchange = if summary.exchange { "replica exchange" } else { "no exchange" };
    let surfaces = counted(u64::from(*instances), "surface", "surfaces");
    let mut text = format!(
        "{}: {state}\n{}, seed {seed}, {surfaces} per size, {replicas} sets of replicas, {sweeps} sweeps of {steps} steps after \
         {burn_in}, {exchange}\n\n",
        store.path().display(),
        sampled_model(store.spec()),
    );
    text.push_str(&table(summary));
    let errors = if *instances > 1 { "over surfaces" } else { "given this surface" };
    text.push_str(&format!(
        "\nu ± its standard error {errors}; C specific heat per spin; τ autocorrelation time in sweeps; ESS, R̂ and τ of the worst \
         surface; accepted trajectories; swaps with the next temperature; q overlap of two sets of replicas\n"
    ));
    summary.notes.iter().for_each(|note| text.push_str(&format!("warning: {note}\n")));
    text
}

fn table(summary: &SamplingSummary) -> String {
    let mut table = TextTable::new([
        "Λ",
        "T",
        "mean u",
        "±",
        "−ξ(1)/T",
        "C",
        "ESS",
        "R̂",
        "τ",
        "accepted",
        "swaps",
        "q",
        "q²",
        "",
    ]);
    for row in &summary.temperatures {
        let TemperatureSummary { dim, temperature, mixed, .. } = *row;
        let cell = |x: f64, decimals| number(Some(x).filter(|x| x.is_finite()), decimals);
        table.row([
            dim.to_string(),
            temperature.to_string(),
            cell(row.mean, 5),
            cell(row.std_error, 5),
            number(row.annealed, 5),
            cell(row.specific_heat, 3),
            cell(row.ess, 0),
            cell(row.rhat, 3),
            cell(row.autocorrelation_time, 1),
            cell(row.acceptance, 3),
            cell(row.swap, 3),
            cell(row.overlap, 3),
            cell(row.overlap_squared, 3),
            if mixed { String::new() } else { "not mixed".to_owned() },
        ]);
    }
    table.text()
}
