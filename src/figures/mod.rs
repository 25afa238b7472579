//! Tables to drawings: one file per figure, one style, SVG and PNG. Nothing is computed here.
//!
//! [`FIGURES`] is the one list of figures. It stands here, beside the modules that draw, and not above them: tables know
//! how they are made from stored runs, so that an entry only joins a name, a table's `of_run` or `new`, and a drawing.

pub mod axes;
pub mod census_bands;
pub mod complexity;
mod contour;
pub mod disconnectivity;
pub mod drawing;
pub mod energies_reached;
pub mod energy_histogram;
pub mod energy_vs_temperature;
mod figure;
mod files;
mod font;
pub mod globe;
pub mod hessian_spectrum;
mod histogram;
pub mod histogram_and_complexity;
pub mod index_vs_energy;
mod labels;
mod level_lines;
pub mod mean_count_check;
pub mod mean_counts;
pub mod mixture_complexity;
pub mod networks;
mod png;
pub mod slice;
pub mod spike_histograms;
pub mod spike_overlap;
pub mod style;
mod svg;
pub mod traces;

pub use figure::{Beside, Figure, RunInputs, Source};
pub use files::{FigureFormat, paths, render, save};
pub use font::base64;
pub use svg::{render_inline, style as font_style};

/// All figures, in the order in which they are drawn and listed.
pub const FIGURES: &[Figure] = &[
    complexity::FIGURE,
    energy_histogram::FIGURE,
    mean_counts::FIGURE,
    census_bands::FIGURE,
    globe::FIGURE,
    mean_count_check::FIGURE,
    index_vs_energy::FIGURE,
    hessian_spectrum::FIGURE,
    traces::FIGURE,
    histogram_and_complexity::FIGURE,
    mixture_complexity::FIGURE,
    energies_reached::BY_PROTOCOL,
    energies_reached::BY_LAW,
    spike_overlap::FIGURE,
    spike_histograms::FIGURE,
    energy_vs_temperature::FIGURE,
    disconnectivity::FIGURE,
    networks::losses::SCALED,
    networks::losses::UNSCALED,
    networks::losses::BESIDE_GLASS,
    networks::index::HISTOGRAMS,
    networks::index::AGAINST_LOSS,
    networks::annealing::FIGURE,
    networks::train_test::FIGURE,
    networks::boxes::FIGURE,
    networks::moments::FIGURE,
];

/// The figures of the spin glass.
pub fn of_glass() -> impl Iterator<Item = &'static Figure> {
    let is_other =
        |figure: &&Figure| figure.is_of_networks() || figure.is_of_sampling() || figure.is_of_paths();
    FIGURES.iter().filter(move |figure| !is_other(figure))
}

/// The figures of sampling at temperature.
pub fn of_sampling() -> impl Iterator<Item = &'static Figure> {
    FIGURES.iter().filter(|figure| figure.is_of_sampling())
}

/// The figures of paths between minima.
pub fn of_paths() -> impl Iterator<Item = &'static Figure> {
    FIGURES.iter().filter(|figure| figure.is_of_paths())
}

/// The figures of networks.
pub fn of_networks() -> impl Iterator<Item = &'static Figure> {
    FIGURES.iter().filter(|figure| figure.is_of_networks())
}
