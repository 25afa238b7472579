//! A run of networks: the paper's table and claims where they were trained by descent.

mod claims;
mod tables;

use std::path::Path;

use super::chart::figure;
use super::downloads;
use super::html::{Html, paragraphs};
use super::origin::{self, Maker};
use super::section::{Download, Ids, RunPage, Section, name_of};
use super::words::networks as words;
use crate::analysis::networks::{NetworkRuns, NetworksData, NetworksInputs, NetworksSummary, summarize};
use crate::analysis::{Origin, UnitCount};
use crate::error::Result;
use crate::figures;
use crate::studies::networks::NetworksStore;
use crate::study::export;

/// A run of networks, and those that it is set beside.
#[derive(Debug, Clone, Copy)]
pub struct NetworksAsked<'a> {
    /// The run.
    pub run: &'a Path,
    /// Annealed networks to set beside it.
    pub annealed: Option<&'a Path>,
    /// By descent on the digits of the annealed run, where the run has others.
    pub beside: Option<&'a Path>,
}

/// All about a run; its table of records is part of the page up to so many bytes.
///
/// # Errors
/// Those of the store; bad input for runs that cannot be compared.
pub fn page(ids: Ids, asked: &NetworksAsked, maker: &Maker, most_records: usize) -> Result<RunPage> {
    let store = NetworksStore::open_read(asked.run)?;
    store.check_units()?;
    let (summary, origin) = (summarize(&store)?, Origin::of_networks(&store)?);
    let (name, about) = (name_of(asked.run), about(&summary));
    let inputs = inputs(&store, asked)?;
    let mut files = Vec::new();
    let mut sections = vec![sizes(ids, &summary, inputs.as_ref(), &mut files)];
    if let Some(inputs) = &inputs {
        sections.push(claims::section(ids, &inputs.report, &mut files));
        sections.push(drawn(ids, inputs));
    }
    sections.push(origin::section(ids, &origin, maker, std::slice::from_ref(&about)));
    sections.push(saved(&store, &name, &origin, files, most_records)?);
    let units = UnitCount::of(&store);
    Ok(RunPage {
        about: vec![format!("{about}; {}", if units.are_complete() { "complete" } else { "unfinished" })],
        warning: units.note().map(|note| format!("{note}: all numbers are of what is stored.")),
        verdict: inputs.as_ref().map_or(Html::none(), |inputs| claims::strip(&inputs.report)),
        name,
        sections: sections.into_iter().flatten().collect(),
    })
}

/// What the claims are about: networks by descent.
fn inputs(store: &NetworksStore, asked: &NetworksAsked) -> Result<Option<NetworksInputs>> {
    if store.spec().protocol.descent().is_none() && asked.annealed.is_none() {
        return Ok(None);
    }
    let NetworksAsked { run, annealed, beside } = *asked;
    let data = NetworksData::load(NetworkRuns { descent: run, annealed, beside })?;
    Ok(Some(data.inputs(None)))
}

fn about(summary: &NetworksSummary) -> String {
    let NetworksSummary { seed, protocol, train_digits, test_digits, networks, .. } = summary;
    format!(
        "{networks} networks 100 → n₁ → 10 of each size, seed {seed}, {}, {train_digits} digits to train and {test_digits} to test",
        words::protocol(protocol)
    )
}

fn sizes(
    ids: Ids,
    summary: &NetworksSummary,
    inputs: Option<&NetworksInputs>,
    files: &mut Vec<Download>,
) -> Option<Section> {
    let table = tables::sizes(ids, summary);
    files.push(Download::csv("sizes.csv", "the table of sizes, with all digits", table.csv().into_bytes()));
    let note = "Losses are mean cross-entropies in nats; sd is over networks. ‖∇L‖ is of the train loss where training stopped, its \
                mean; 0 at a critical point. index/N is the share of eigenvalues of the Hessian below −0.001.";
    let spread = inputs.map_or(Html::none(), |inputs| tables::spread(ids, &inputs.report).html());
    Section::new("sizes", "Sizes", Html::all([table.html(), paragraphs(note), spread]))
}

/// Every figure that they have.
fn drawn(ids: Ids, inputs: &NetworksInputs) -> Option<Section> {
    let each = figures::of_networks().filter_map(|listed| {
        let drawing = listed.draw_networks(inputs)?;
        let mut title = listed.title.to_owned();
        if let Some(first) = title.get(..1) {
            title = format!("{}{}", first.to_uppercase(), title.get(1..).unwrap_or_default());
        }
        Some(figure(&ids.of(listed.name), &title, &drawing))
    });
    Section::new("figures", "Figures", Html::all(each))
}

fn saved(
    store: &NetworksStore,
    name: &str,
    origin: &Origin,
    mut files: Vec<Download>,
    most: usize,
) -> Result<Option<Section>> {
    let mut notes = Vec::new();
    let text = export::text(store)?;
    if text.len() <= most {
        files.push(Download::csv("networks.csv", format!("all networks of {name}"), text));
    } else {
        let command = format!("hspin export {name} --out FOLDER writes them as CSV or Parquet.");
        notes.push(format!("The records are too many for a page: {command}"));
    }
    files.push(Download {
        name: "spec.json".to_owned(),
        about: "everything that defines the run".to_owned(),
        kind: "application/json",
        bytes: origin.spec.clone().into_bytes(),
    });
    Ok(downloads::section(&files, &notes))
}
