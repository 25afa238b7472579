//! Runs as a page to send to a co-author: tables of analysis and drawings of figures, with words. Nothing is computed here.
//!
//! The page is one HTML file. It asks for nothing outside of it, is read without a script, and has its figures drawn for paper
//! beside charts to point at.

mod chart;
mod document;
mod downloads;
mod html;
mod networks;
mod origin;
mod section;
mod surfaces;
mod table;
pub mod words;

use std::path::Path;

pub use networks::NetworksAsked;
pub use origin::Maker;

use crate::error::Result;
use section::{Ids, RunPage};

/// Most bytes of tables of records in a page; larger ones are exported beside it.
const MOST_RECORDS: usize = 2_500_000;

/// A run that is to be shown.
#[derive(Debug, Clone)]
pub enum RunAsked<'a> {
    /// On surfaces: a sweep or a census.
    Surfaces(&'a Path),
    /// Of networks.
    Networks(NetworksAsked<'a>),
}

/// The page about some runs.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) for a run that is not what was written; those of the store and of theory.
pub fn page(runs: &[RunAsked], maker: &Maker) -> Result<String> {
    let most = MOST_RECORDS / runs.len().max(1);
    let one = |(i, run): (usize, &RunAsked)| -> Result<RunPage> {
        match run {
            RunAsked::Surfaces(path) => surfaces::page(Ids(i), path, maker, most),
            RunAsked::Networks(asked) => networks::page(Ids(i), asked, maker, most),
        }
    };
    let pages = runs.iter().enumerate().map(one).collect::<Result<Vec<_>>>()?;
    Ok(document::document(&pages))
}
