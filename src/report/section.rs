//! Parts of a page.

use std::path::Path;

use super::html::{Html, element, of_text};
use crate::error::Result;

/// A part of the page about one run, with a tab of its own.
pub struct Section {
    /// What its address on the page ends in.
    pub key: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What it shows.
    pub content: Html,
}

impl Section {
    /// A section; none where there is nothing to show.
    pub fn new(key: &'static str, title: &'static str, content: Html) -> Option<Self> {
        (!content.is_empty()).then_some(Self { key, title, content })
    }
}

/// A file that the page hands out.
pub struct Download {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Its type.
    pub kind: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Download {
    /// A table of comma-separated values.
    pub fn csv(name: impl Into<String>, about: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), about: about.into(), kind: "text/csv", bytes }
    }
}

/// How a verdict looks: its class and its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Class of its colour.
    pub class: &'static str,
    /// In words.
    pub word: &'static str,
}

impl Verdict {
    /// For the verdict, in front of what it is about; `p` follows.
    pub fn pill(self, about: &str, p: Option<String>) -> Html {
        let p = p.map_or(Html::none(), |p| element("span", &[("class", "p")], Html::text(p)));
        let words = [of_text("b", about), Html::text(" "), element("em", &[], Html::text(self.word)), p];
        element("li", &[("class", &format!("pill {}", self.class))], Html::all(words))
    }
}

/// All that a page shows of one run.
pub struct RunPage {
    /// Name of its file.
    pub name: String,
    /// What it is, and how far.
    pub about: Vec<String>,
    /// That it is not finished, or another thing to know first.
    pub warning: Option<String>,
    /// The verdict on it.
    pub verdict: Html,
    /// Its parts.
    pub sections: Vec<Section>,
}

/// The ids of one run's part of the page.
#[derive(Debug, Clone, Copy)]
pub struct Ids(pub usize);

impl Ids {
    /// An id.
    pub fn of(self, key: &str) -> String {
        format!("run{}-{key}", self.0 + 1)
    }
}

/// Name of a run's file: where it lies says nothing to whoever reads the page.
pub fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Sections that have something to show.
///
/// # Errors
/// The first of theirs.
pub fn shown(sections: impl IntoIterator<Item = Result<Option<Section>>>) -> Result<Vec<Section>> {
    sections.into_iter().filter_map(Result::transpose).collect()
}
