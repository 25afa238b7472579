//! Indices of the points found, and spectra of their Hessians.

use std::collections::BTreeSet;

use super::energies::steps;
use super::loaded::Loaded;
use crate::analysis::{HessianSpectrum, IndexVsEnergy};
use crate::error::Result;
use crate::figures::{hessian_spectrum, style};
use crate::report::chart::{Chart, GuideLine, Kind, Series};
use crate::report::html::Html;
use crate::report::section::{Ids, Section};
use crate::report::table::{Cell, Table};

const SPECTRUM: &str = hessian_spectrum::FIGURE.name;
const AGAINST_ENERGY: &str = "index-vs-energy";
/// Columns of a table of counts; beyond them indices are not of minima but of saddles, which the figure shows.
const MOST_INDICES: usize = 12;
/// Points of one size in a chart.
const MOST_POINTS: usize = 4000;

/// The section.
///
/// # Errors
/// Those of the store and of theory.
pub fn section(ids: Ids, run: &Loaded) -> Result<Option<Section>> {
    let mut parts = vec![counts(ids, run).html()];
    if let Some(drawing) = run.drawn(AGAINST_ENERGY)? {
        let (spins, samples) = run.inputs().samples()?;
        let chart = against_energy(&IndexVsEnergy::new(spins, &samples)?);
        let note = "The line is the semicircle's share of negative eigenvalues at this energy.";
        parts.push(chart.html(&ids.of("index-chart"), note, &[drawing])?);
    }
    if run.has(SPECTRUM) {
        let table = HessianSpectrum::of_run(&run.store)?;
        let (chart, drawing) = (spectra(&table), hessian_spectrum::draw(&table));
        let note = "Eigenvalues of the Riemannian Hessian at distinct minima, beside the semicircle that belongs to their energies.";
        parts.push(chart.html(&ids.of("spectrum-chart"), note, &[drawing])?);
    }
    Ok(Section::new("index", "Index and spectrum", Html::all(parts)))
}

fn counts(ids: Ids, run: &Loaded) -> Table {
    let dims = &run.summary.dims;
    let indices: BTreeSet<u32> = dims.iter().flat_map(|dim| dim.index_counts.keys().copied()).collect();
    let shown: Vec<u32> = indices.iter().copied().take(MOST_INDICES).collect();
    let mut table = Table::new(
        ids.of("index-table"),
        "converged starts by index of the point they ended at",
        &[("Λ", "dimension")],
    );
    for index in &shown {
        table.heading(format!("index {index}"), "points with this number of negative eigenvalues");
    }
    if indices.len() > shown.len() {
        table.heading("higher", "points of higher index");
    }
    for dim in dims {
        let mut cells = vec![Cell::count(dim.dim.into()).keyed("dim")];
        cells
            .extend(shown.iter().map(|index| Cell::count(dim.index_counts.get(index).copied().unwrap_or(0))));
        if indices.len() > shown.len() {
            let higher = dim.index_counts.iter().filter(|(index, _)| !shown.contains(index));
            cells.push(Cell::count(higher.map(|(_, count)| count).sum()));
        }
        table.row(dim.dim.to_string(), cells);
    }
    table
}

fn against_energy(table: &IndexVsEnergy) -> Chart {
    let mut series = Vec::new();
    for (i, cloud) in table.clouds.iter().enumerate() {
        let every = cloud.points.len().div_ceil(MOST_POINTS).max(1);
        let mut points: Vec<[f64; 3]> = cloud.points.iter().step_by(every).copied().collect();
        points.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let [x, y] = [0, 1].map(|k| points.iter().map(|point| point[k]).collect::<Vec<f64>>());
        let label = if every == 1 {
            format!("Λ = {}", cloud.dim)
        } else {
            format!("Λ = {}, one in {every}", cloud.dim)
        };
        let color = style::ramp(i, table.clouds.len());
        series.push(Series::new(label, Kind::Points, color, &x, &y).of_choice(i, true));
    }
    let [energies, alpha] = &table.curve;
    series.push(Series::new("semicircle", Kind::Line, style::WARNING, energies, alpha));
    let guide = |at: f64, label: &str| GuideLine { at, label: label.to_owned(), across: false };
    Chart {
        title: "Index against energy.".to_owned(),
        choose: "Size",
        choices: table.clouds.iter().map(|cloud| format!("Λ = {}", cloud.dim)).collect(),
        x: "u = L/Λ (energy per spin)".to_owned(),
        x_log: false,
        y: "index / (Λ − 1)".to_owned(),
        y_log: false,
        guides: vec![guide(-table.e_inf, "−E_∞"), guide(table.e_inf, "E_∞")],
        series,
    }
}

fn spectra(table: &HessianSpectrum) -> Chart {
    let mut series = Vec::new();
    for (i, set) in table.sets.iter().enumerate() {
        let label = format!("Λ = {}, {} minima", set.dim, set.minima);
        let [whole, _] = &set.histograms;
        series.push(steps(&label, style::ramp(i, table.sets.len()), whole).of_choice(i, true));
        let [values, density] = &set.semicircles;
        let thinned = |values: &[f64]| values.iter().copied().step_by(5).collect::<Vec<f64>>();
        let label = format!("semicircle at u = {:.4}", set.mean_energy).replace('-', "−");
        let line = Series::new(label, Kind::Line, style::WARNING, &thinned(values), &thinned(density));
        series.push(line.dashed().of_choice(i, false));
    }
    Chart {
        title: "Spectra of the Hessian at minima.".to_owned(),
        choose: "Size",
        choices: table.sets.iter().map(|set| format!("Λ = {}", set.dim)).collect(),
        x: "eigenvalue".to_owned(),
        x_log: false,
        y: "density".to_owned(),
        y_log: false,
        guides: Vec::new(),
        series,
    }
}
