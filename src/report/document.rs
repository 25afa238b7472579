//! The page around the runs: one file that asks for nothing outside of it.

use sha2::{Digest, Sha256};

use super::html::{Html, element, of_text};
use super::section::{Ids, RunPage, Section};
use crate::figures::{base64, font_style};

const STYLE: &str = include_str!("../../assets/report/report.css");
const CHART_STYLE: &str = include_str!("../../assets/report/uPlot.min.css");
const CHARTS: &str = include_str!("../../assets/report/uPlot.iife.min.js");
const SCRIPT: &str = include_str!("../../assets/report/report.js");

/// The whole document.
pub fn document(runs: &[RunPage]) -> String {
    let title = match runs {
        [run] => format!("{} · hspin", run.name),
        runs => format!("{} runs · hspin", runs.len()),
    };
    let several = runs.len() > 1;
    let body = Html::all([
        element("a", &[("class", "skip"), ("href", "#main")], Html::text("Skip to the results")),
        element("header", &[("class", "top")], top(runs)),
        element(
            "main",
            &[("id", "main"), ("tabindex", "-1")],
            Html::all(runs.iter().enumerate().map(|(i, run)| of_run(Ids(i), run, several))),
        ),
        element(
            "footer",
            &[],
            Html::text("Made by hspin. This page holds all it shows and asks for nothing outside of it."),
        ),
    ]);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n{}\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"hspin {}\">\n\
         {}\n<style>{CHART_STYLE}\n{}\n{STYLE}</style>\n</head>\n<body>\n{}\n\
         <script>{CHARTS}</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        policy(),
        env!("CARGO_PKG_VERSION"),
        element("title", &[], Html::plain(title)).into_string(),
        font_style(),
        body.into_string()
    )
}

/// What the page may do: run its two scripts, and nothing else. A text that slipped through would still do nothing.
fn policy() -> String {
    let hash = |script: &str| format!("'sha256-{}'", base64(&Sha256::digest(script.as_bytes())));
    format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src {} {}; img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'\">",
        hash(CHARTS),
        hash(SCRIPT)
    )
}

fn top(runs: &[RunPage]) -> Html {
    let [run] = runs else {
        let link = |(i, run): (usize, &RunPage)| {
            let link = element("a", &[("href", &format!("#{}", Ids(i).of("run")))], Html::plain(&run.name));
            element("li", &[], link)
        };
        let links = element("ul", &[], Html::all(runs.iter().enumerate().map(link)));
        return Html::all([
            of_text("h1", format!("{} runs", runs.len())),
            element("nav", &[("class", "runs"), ("aria-label", "Runs")], links),
        ]);
    };
    Html::all([element("h1", &[], Html::plain(&run.name)), about(run)])
}

fn about(run: &RunPage) -> Html {
    let lines = Html::all(run.about.iter().map(|line| element("p", &[("class", "about")], Html::text(line))));
    let warning = run
        .warning
        .as_ref()
        .map_or(Html::none(), |warning| element("p", &[("class", "warning")], Html::text(warning)));
    Html::all([lines, warning])
}

fn of_run(ids: Ids, run: &RunPage, several: bool) -> Html {
    let head = if several {
        Html::all([element("h2", &[("id", &ids.of("name"))], Html::plain(&run.name)), about(run)])
    } else {
        Html::none()
    };
    let id = |section: &Section| ids.of(section.key);
    let links = run.sections.iter().map(|section| {
        let address = format!("#{}", id(section));
        element("a", &[("href", &address)], Html::text(section.title))
    });
    let nav = element(
        "nav",
        &[("class", "tabs"), ("aria-label", &format!("Parts of {}", run.name))],
        Html::all(links),
    );
    let heading: &'static str = if several { "h3" } else { "h2" };
    let panels = run.sections.iter().map(|section| {
        let (id, title) = (id(section), format!("{}-title", id(section)));
        let head = element(heading, &[("id", &title)], Html::text(section.title));
        // Of several runs, parts of one title are told apart by the run.
        let named = if several { format!("{title} {}", ids.of("name")) } else { title };
        element(
            "section",
            &[("class", "panel"), ("id", &id), ("aria-labelledby", &named)],
            Html::all([head, section.content.clone()]),
        )
    });
    let panels = Html::all(panels);
    element(
        "article",
        &[("class", "run"), ("id", &ids.of("run")), ("aria-label", &run.name)],
        Html::all([head, run.verdict.clone(), nav, panels]),
    )
}
