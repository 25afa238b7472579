//! Drawings as files.

use std::path::{Path, PathBuf};

use itertools::iproduct;

use super::drawing::Drawing;
use super::{png, svg};
use crate::Result;
use crate::files;

named! {
    /// A file format.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum FigureFormat {
        /// Scalable, font embedded.
        Svg = "svg",
        /// Pixels, at twice the nominal size.
        Png = "png",
    }
}

impl FigureFormat {
    /// The format with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// Writes `DIR/NAME.FORMAT` for each format and returns the paths. The directory is made if it is missing. A file appears
/// whole or not at all.
///
/// # Errors
/// Refused or I/O, naming the path; internal if drawing fails.
pub fn save(drawing: &Drawing, dir: &Path, name: &str, formats: &[FigureFormat]) -> Result<Vec<PathBuf>> {
    files::create_folder(dir)?;
    let paths = paths(dir, [name], formats);
    files::claim(&paths, false)?;
    for (path, &format) in paths.iter().zip(formats) {
        let bytes = render(drawing, format)?;
        files::write_whole(path, |file| files::put(file, path, &bytes))?;
    }
    Ok(paths)
}

/// Where figures of some names are written.
pub fn paths<'a>(
    dir: &Path,
    names: impl IntoIterator<Item = &'a str>,
    formats: &[FigureFormat],
) -> Vec<PathBuf> {
    let places = iproduct!(names, formats);
    places.map(|(name, format)| dir.join(format!("{name}.{}", format.name()))).collect()
}

/// The bytes of a file that shows a drawing.
///
/// # Errors
/// Internal if the drawing library fails: a bug.
pub fn render(drawing: &Drawing, format: FigureFormat) -> Result<Vec<u8>> {
    match format {
        FigureFormat::Svg => Ok(svg::render(drawing).into_bytes()),
        FigureFormat::Png => png::render(drawing),
    }
}
