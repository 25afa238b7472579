//! The paper's claims about networks, each with its verdict.

use super::tables;
use crate::analysis::networks::{Claim, ClaimVerdict, Report};
use crate::report::html::{Html, element, list, of_text, paragraphs};
use crate::report::section::{Download, Ids, Section, Verdict};
use crate::report::words::networks as words;
use crate::report::words::number::short;

fn looks(verdict: ClaimVerdict) -> Verdict {
    let (class, word) = match verdict {
        ClaimVerdict::Agrees => ("agrees", "agrees"),
        ClaimVerdict::Disagrees => ("disagrees", "disagrees"),
        ClaimVerdict::Undecided => ("borderline", "undecided"),
        ClaimVerdict::NotCritical => ("untested", "no verdict"),
    };
    Verdict { class, word }
}

/// The verdict on each claim, with the p-value for it of the number that decides.
pub fn strip(report: &Report) -> Html {
    let pills = report.claims.iter().map(|claim| {
        let p = claim.tests.iter().map(|test| test.p_for).reduce(f64::max);
        let p = p.filter(|_| claim.verdict != ClaimVerdict::NotCritical);
        looks(claim.verdict).pill(words::in_short(claim.claim), p.map(|p| format!("p = {} for it", short(p))))
    });
    let heading = element("h2", &[("class", "small")], Html::text("The paper's claims"));
    let pills = element("ul", &[("class", "pills")], Html::all(pills));
    element("div", &[("class", "verdict")], Html::all([heading, pills]))
}

/// Table 1, the fit, annealing, and every claim with its numbers.
pub fn section(ids: Ids, report: &Report, files: &mut Vec<Download>) -> Option<Section> {
    let table_1 = tables::table_1(ids, report);
    files.push(Download::csv(
        "table-1.csv",
        "the paper's Table 1, with all digits",
        table_1.csv().into_bytes(),
    ));
    let claims = report.claims.iter().map(|claim| of_claim(claim, report));
    let parts = [
        table_1.html(),
        paragraphs(&words::fit(report)),
        tables::annealing(ids, report).html(),
        Html::all(claims),
        paragraphs(&words::meaning(report)),
        paragraphs(&words::differences(report).replace('\n', " ")),
    ];
    Section::new("claims", "Table 1 and claims", Html::all(parts))
}

fn of_claim(claim: &Claim, report: &Report) -> Html {
    let text = words::of_claim(claim, report);
    let mut lines = text.lines().map(str::trim);
    let first = lines.next().unwrap_or_default().trim_start_matches("- ");
    let mut rest: Vec<String> = Vec::new();
    for line in lines {
        match rest.last_mut().filter(|last| last.ends_with(';')) {
            Some(last) => *last = format!("{last} {line}"),
            None => rest.push(line.to_owned()),
        }
    }
    element("div", &[("class", "tested")], Html::all([of_text("h3", first), list(rest)]))
}
