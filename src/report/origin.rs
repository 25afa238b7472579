//! Where a run comes from, how to make it again, and how to cite it.

use super::downloads::save;
use super::html::{Html, element, of_text};
use super::section::{Download, Ids, Section};
use crate::analysis::Origin;

/// Who makes the page.
#[derive(Debug, Clone)]
pub struct Maker {
    /// Version of the program.
    pub version: &'static str,
    /// Commit that it was built from, where whoever built it said so.
    pub commit: Option<&'static str>,
    /// Instruction set of this machine.
    pub instruction_set: &'static str,
}

/// The section; `protocol` says in words how points were found.
pub fn section(ids: Ids, origin: &Origin, maker: &Maker, about: &[String]) -> Option<Section> {
    let mut entries = vec![
        ("What it is", Html::all(about.iter().map(|line| of_text("p", line)))),
        ("Seed", Html::text(origin.seed.to_string())),
        ("Content hash", element("code", &[("class", "hash")], Html::plain(&origin.content_hash))),
        ("Command", command(ids, origin)),
    ];
    if let Some(config) = &origin.config {
        let file = Download {
            name: "descent.toml".to_owned(),
            about: "the file that --config names".to_owned(),
            kind: "application/toml",
            bytes: config.clone().into_bytes(),
        };
        entries.push((
            "descent.toml",
            Html::all([element("pre", &[("tabindex", "0")], Html::plain(config)), save(&file)]),
        ));
    }
    entries.extend(origin.notes.iter().map(|note| ("Note", Html::text(note))));
    let built = maker.commit.map_or(String::new(), |commit| format!(", commit {commit}"));
    entries.push((
        "This page",
        Html::text(format!(
            "made by hspin {}{built}, instruction set {}; a record is the same whatever the instruction set",
            maker.version, maker.instruction_set
        )),
    ));
    entries.push((
        "Spec",
        element(
            "details",
            &[],
            Html::all([
                of_text("summary", "Everything that defines the run, as JSON"),
                element("pre", &[("tabindex", "0")], Html::plain(&origin.spec)),
            ]),
        ),
    ));
    entries.push(("To cite", citation(maker)));
    let entries =
        entries.into_iter().map(|(name, what)| Html::all([of_text("dt", name), element("dd", &[], what)]));
    Section::new("origin", "Provenance", element("dl", &[], Html::all(entries)))
}

/// The command, with its text to copy.
fn command(ids: Ids, origin: &Origin) -> Html {
    let id = ids.of("command");
    let text = element("code", &[("id", &id)], Html::plain(&origin.command));
    let button = element(
        "button",
        &[("type", "button"), ("class", "copy"), ("data-copy", &id), ("hidden", "")],
        Html::text("Copy"),
    );
    let note = "The run that it makes has the same content hash.";
    let notes = if origin.notes.is_empty() { of_text("p", note) } else { Html::none() };
    Html::all([element("pre", &[("class", "command"), ("tabindex", "0")], text), button, notes])
}

fn citation(maker: &Maker) -> Html {
    let papers = [
        format!(
            "The hspin authors, hspin: spherical H-spin glass simulator paired with exact finite-size theory, version {}.",
            maker.version
        ),
        "A. Choromanska, M. Henaff, M. Mathieu, G. Ben Arous, Y. LeCun (2015), The Loss Surfaces of Multilayer Networks, AISTATS, arXiv:1412.0233."
            .to_owned(),
        "A. Auffinger, G. Ben Arous, J. Černý (2013), Random Matrices and Complexity of Spin Glasses, Communications on Pure and Applied Mathematics 66, arXiv:1003.1129."
            .to_owned(),
    ];
    super::html::list(papers)
}
