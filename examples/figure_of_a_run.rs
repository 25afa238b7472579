//! A figure of one's own from a RUN: the smallest eigenvalue of each critical point against its energy.
//!
//! `cargo run --release --example figure_of_a_run -- RUN OUT.svg` (or OUT.png); without arguments, of a small run of the tests.

use std::path::{Path, PathBuf};

use hspin::Result;
use hspin::figures::axes::{AxisRange, PlotPanel};
use hspin::figures::drawing::{Drawing, Rect};
use hspin::figures::{FigureFormat, render, style};
use hspin::files;
use hspin::studies::surfaces::{Record, SurfaceStore};

/// Draws the run that is named, or a small one.
pub fn main() -> Result<()> {
    let named: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    match &named[..] {
        [run, out] => figure_of(run, out),
        _ => example(),
    }
}

/// The figure of a small run of the tests, in the folder of temporary files.
pub fn example() -> Result<()> {
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/runs-0.1/gd.run");
    figure_of(&run, &std::env::temp_dir().join("hspin_figure_of_a_run.svg"))
}

/// Reads a run and writes its figure.
fn figure_of(run: &Path, out: &Path) -> Result<()> {
    // Opened for reading only; what is read is held against its checksums.
    let store = SurfaceStore::open_read(run)?;
    let records = store.records(None)?;
    let drawing = draw(store.spec().spins, &records);
    let extension = out.extension().and_then(|extension| extension.to_str());
    let bytes = render(&drawing, extension.and_then(FigureFormat::from_name).unwrap_or(FigureFormat::Svg))?;
    files::write_whole(out, |file| files::put(file, out, &bytes))?;
    println!("{} critical points of {} in {}", records.len(), run.display(), out.display());
    Ok(())
}

/// One dot for each start that converged, one colour for each size.
fn draw(spins: u32, records: &[Record]) -> Drawing {
    let shown: Vec<&Record> = records.iter().filter(|record| record.converged()).collect();
    let mut dims: Vec<u32> = shown.iter().map(|record| record.dim).collect();
    dims.sort_unstable();
    dims.dedup();
    let span = |value: fn(&Record) -> f64| {
        let values = || shown.iter().map(|record| value(record));
        let (low, high) =
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        // No dot lies on the frame.
        let margin = 0.05 * (high - low);
        AxisRange::new(low - margin, high + margin)
    };
    let panel = PlotPanel {
        frame: Rect { left: 70.0, top: 50.0, right: 670.0, bottom: 420.0 },
        x: span(|record| record.energy_per_spin),
        y: span(|record| record.min_eigenvalue),
    };
    let mut drawing = Drawing::new(700.0, 480.0, format!("Softest direction against energy, H = {spins}"));
    panel.draw_scales(&mut drawing);
    for record in &shown {
        let color = style::ramp(dims.partition_point(|&dim| dim < record.dim), dims.len());
        drawing.dot(panel.at(record.energy_per_spin, record.min_eigenvalue), 2.5, color);
    }
    panel.draw_frame(&mut drawing, "energy per spin", "smallest eigenvalue");
    drawing
}
