//! Everything that a run of networks shows, as files.

use std::path::{Path, PathBuf};

use super::text;
use crate::Result;
use crate::analysis::networks::NetworksInputs;
use crate::cli::shared::output;
use crate::figures::{self, FigureFormat};
use crate::files;

/// Names of files beside the figures: Table 1 twice, the report twice.
pub const TABLES: [&str; 4] = ["table-1.csv", "table-1.txt", "networks.txt", "networks.json"];

/// Writes all figures to `DIR/figures`, and Table 1 and the report to `DIR`; returns the paths.
///
/// # Errors
/// Refused or I/O, naming the path.
pub fn write_all(inputs: &NetworksInputs, dir: &Path, formats: &[FigureFormat]) -> Result<Vec<PathBuf>> {
    files::create_folder(dir)?;
    let mut written = Vec::new();
    for figure in figures::of_networks() {
        if let Some(drawing) = figure.draw_networks(inputs) {
            written.extend(figures::save(&drawing, &dir.join("figures"), figure.name, formats)?);
        }
    }
    let report = &inputs.report;
    let texts =
        [text::table_1_csv(report), text::table_1_text(report), text::text(report), output::json(report)?];
    for (name, text) in TABLES.into_iter().zip(texts) {
        let path = dir.join(name);
        files::write_whole(&path, |file| files::put(file, &path, text.as_bytes()))?;
        written.push(path);
    }
    Ok(written)
}
