//! Files that a page hands out; they are in the page itself.

use super::html::{Html, element};
use super::section::{Download, Section};
use crate::figures::base64;

/// The section.
pub fn section(files: &[Download], notes: &[String]) -> Option<Section> {
    let files = files.iter().map(|file| {
        let size = file.bytes.len();
        let size = if size < 10_000 { format!("{size} bytes") } else { format!("{} kB", size / 1000) };
        let text = Html::text(format!(" {} ({size})", file.about));
        element("li", &[], Html::all([save(file), text]))
    });
    let mut items: Vec<Html> = files.collect();
    items.extend(notes.iter().map(|note| element("li", &[], Html::text(note))));
    let figures = "Every figure of this page can be saved as SVG with the button below it, where the page may run its script.";
    items.push(element("li", &[], Html::text(figures)));
    Section::new("downloads", "Downloads", element("ul", &[("class", "downloads")], Html::all(items)))
}

/// A link that saves a file.
pub fn save(file: &Download) -> Html {
    let address = format!("data:{};charset=utf-8;base64,{}", file.kind, base64(&file.bytes));
    element("a", &[("download", &file.name), ("href", &address)], Html::text(format!("Save {}", file.name)))
}
