//! The run against theory.

use super::loaded::Loaded;
use crate::analysis::bands::{Bands, BandsVerdict, DimBands};
use crate::report::html::{Html, element, list, of_text, paragraphs};
use crate::report::section::{Section, Verdict};
use crate::report::words::bands as words;
use crate::report::words::number::short;

fn looks(verdict: BandsVerdict) -> Verdict {
    let (class, word) = match verdict {
        BandsVerdict::Agrees => ("agrees", "agrees"),
        BandsVerdict::Consistent => ("consistent", "consistent"),
        BandsVerdict::Borderline => ("borderline", "borderline"),
        BandsVerdict::Disagrees => ("disagrees", "disagrees"),
        BandsVerdict::Untested => ("untested", "untested"),
    };
    Verdict { class, word }
}

/// The verdict on each size with its p-value, and what it means.
pub fn strip(run: &Loaded) -> Html {
    let (pills, text) = match &run.verdict {
        Ok(found) => (Html::all(found.dims.iter().map(pill)), words::verdict(found)),
        Err(reason) => (Html::none(), format!("No verdict: {reason}.")),
    };
    let pills = if pills.is_empty() { pills } else { element("ul", &[("class", "pills")], pills) };
    let heading = element("h2", &[("class", "small")], Html::text("Against exact theory"));
    let section = Html::all([heading, pills, paragraphs(&capitalised(&text))]);
    element("div", &[("class", "verdict")], section)
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn pill(dim: &DimBands) -> Html {
    let p = dim.p.map(|p| format!("p = {}", short(p)));
    looks(dim.verdict).pill(&format!("Λ = {}", dim.dim), p)
}

/// What was tested at each size, and what to keep in mind.
pub fn section(run: &Loaded) -> Option<Section> {
    let found = run.verdict.as_ref().ok()?;
    Section::new("theory", "Tests against theory", Html::all(found.dims.iter().map(|dim| of_dim(found, dim))))
}

fn of_dim(bands: &Bands, dim: &DimBands) -> Html {
    let mut texts = words::findings(dim);
    texts.extend(words::lines(dim));
    texts.extend(dim.caveats.iter().map(|&caveat| words::caveat(caveat, dim)));
    let heading = of_text("h3", words::heading(bands, dim));
    element("div", &[("class", "tested")], Html::all([heading, list(texts)]))
}
