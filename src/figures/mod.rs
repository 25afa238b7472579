//! Tables to drawings: one file per figure, one style, SVG and PNG. Nothing is computed here.

pub mod axes;
mod census_bands;
mod complexity;
pub mod drawing;
mod energy_histogram;
mod font;
mod hessian_spectrum;
mod histogram;
mod histogram_and_complexity;
mod index_vs_energy;
mod mean_count_check;
mod mean_counts;
pub mod networks;
mod png;
pub mod style;
mod svg;

use std::path::{Path, PathBuf};

use crate::Result;
use crate::analysis::{CensusBands, HessianSpectrum, HistogramAndComplexity, IndexVsEnergy, MeanCountCheck};
use crate::analysis::{ComplexityCurves, EnergyHistogram, MeanCountCurves};
use crate::files;
use drawing::Drawing;
use networks::NetworkFigure;

/// Names of all figures of the spin glass; those of networks are [`networks::NAMES`].
pub const NAMES: [&str; 8] = [
    "complexity",
    "energy-histogram",
    "mean-counts",
    "census-bands",
    "mean-count-check",
    "index-vs-energy",
    "hessian-spectrum",
    "histogram-and-complexity",
];

/// A figure with the table it shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// Complexity of all critical points and of those of low index.
    Complexity(ComplexityCurves),
    /// Energies per spin that descents reach, by size.
    EnergyHistogram(EnergyHistogram),
    /// Exact mean numbers of critical points, all and by index.
    MeanCounts(MeanCountCurves),
    /// Energies of all critical points by index, over exact densities.
    CensusBands(CensusBands),
    /// Mean numbers of critical points by index, found over exact.
    MeanCountCheck(MeanCountCheck),
    /// Index against energy of critical points.
    IndexVsEnergy(IndexVsEnergy),
    /// Spectra of the Hessian at minima.
    HessianSpectrum(HessianSpectrum),
    /// Energies reached, over complexities and exact mean numbers.
    HistogramAndComplexity(HistogramAndComplexity),
    /// One of networks.
    Network(NetworkFigure),
}

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Scalable, font embedded.
    Svg,
    /// Pixels, at twice the nominal size.
    Png,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 2] = [Self::Svg, Self::Png];

    /// Name on the command line and as file extension.
    pub fn name(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }

    /// The format with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

impl Figure {
    /// Its name, one of [`NAMES`] or [`networks::NAMES`], and its file's name without extension.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Complexity(_) => NAMES[0],
            Self::EnergyHistogram(_) => NAMES[1],
            Self::MeanCounts(_) => NAMES[2],
            Self::CensusBands(_) => "census-bands",
            Self::MeanCountCheck(_) => "mean-count-check",
            Self::IndexVsEnergy(_) => "index-vs-energy",
            Self::HessianSpectrum(_) => "hessian-spectrum",
            Self::HistogramAndComplexity(_) => "histogram-and-complexity",
            Self::Network(figure) => figure.name(),
        }
    }

    /// The drawing.
    pub fn draw(&self) -> Drawing {
        match self {
            Self::Complexity(table) => complexity::draw(table),
            Self::EnergyHistogram(table) => energy_histogram::draw(table),
            Self::MeanCounts(table) => mean_counts::draw(table),
            Self::CensusBands(table) => census_bands::draw(table),
            Self::MeanCountCheck(table) => mean_count_check::draw(table),
            Self::IndexVsEnergy(table) => index_vs_energy::draw(table),
            Self::HessianSpectrum(table) => hessian_spectrum::draw(table),
            Self::HistogramAndComplexity(table) => histogram_and_complexity::draw(table),
            Self::Network(figure) => figure.draw(),
        }
    }

    /// Writes `DIR/NAME.FORMAT` for each format and returns the paths. The directory is made if it is missing. A file
    /// appears whole or not at all.
    ///
    /// # Errors
    /// Refused or I/O, naming the path; internal if drawing fails.
    pub fn save(&self, dir: &Path, formats: &[Format]) -> Result<Vec<PathBuf>> {
        self.save_noted(dir, formats, None)
    }

    /// The same with a note above the figure: that its run is unfinished, say.
    ///
    /// # Errors
    /// As [`Self::save`].
    pub fn save_noted(&self, dir: &Path, formats: &[Format], note: Option<&str>) -> Result<Vec<PathBuf>> {
        files::create_folder(dir)?;
        let paths = paths(dir, &[self.name()], formats);
        files::claim(&paths, false)?;
        let drawing = match note {
            Some(note) => self.draw().headed(note),
            None => self.draw(),
        };
        for (path, &format) in paths.iter().zip(formats) {
            let bytes = render(&drawing, format)?;
            files::write_whole(path, |file| files::put(file, path, &bytes))?;
        }
        Ok(paths)
    }
}

/// Where figures of some names are written.
pub fn paths(dir: &Path, names: &[&str], formats: &[Format]) -> Vec<PathBuf> {
    let of_name = |name: &&str| {
        let files = formats.iter().map(|format| dir.join(format!("{name}.{}", format.name())));
        files.collect::<Vec<_>>()
    };
    names.iter().flat_map(of_name).collect()
}

/// The bytes of a file that shows a drawing.
///
/// # Errors
/// Internal if the drawing library fails: a bug.
pub fn render(drawing: &Drawing, format: Format) -> Result<Vec<u8>> {
    match format {
        Format::Svg => Ok(svg::render(drawing).into_bytes()),
        Format::Png => png::render(drawing),
    }
}
