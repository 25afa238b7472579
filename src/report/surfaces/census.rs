//! A census by index, beside exact mean numbers.

use super::energies::steps;
use super::loaded::Loaded;
use crate::analysis::bands::{CensusCheck, Check};
use crate::analysis::{CensusTable, ExactDensity, tabulate_census};
use crate::error::Result;
use crate::figures::style;
use crate::report::chart::{Chart, Kind, Series, figure};
use crate::report::html::{Html, of_text};
use crate::report::section::{Ids, Section};
use crate::report::table::{Cell, Table};
use crate::report::words::number::counted;

/// Figures of a census, with what they show.
const FIGURES: [(&str, &str); 2] = [
    ("mean-count-check", "Mean numbers of critical points by index, found over exact"),
    ("census-bands", "Layers: critical points by index and energy"),
];
/// Largest index whose energies are drawn.
const MOST_INDEX: u32 = 5;
/// Surfaces with a row each.
const MOST_SURFACES: usize = 300;

/// The section; none of a run that is no census.
///
/// # Errors
/// Those of the store and of theory.
pub fn section(ids: Ids, run: &Loaded) -> Result<Option<Section>> {
    if !run.store.spec().is_census() {
        return Ok(None);
    }
    let table = tabulate_census(&run.store)?;
    let surfaces = counted(table.instances.len() as u64, "surface", "surfaces");
    let note = "Numbers count points on the sphere, w and −w both. Certified is a surface of which it is proved that no point is \
                missing.";
    let mut parts = vec![
        of_text("p", format!("{} of {surfaces} certified. {note}", table.certified)),
        by_index(ids, &table).html(),
    ];
    if let Ok(bands) = &run.verdict
        && let Some(Check::Census(check)) = bands.dims.first().map(|dim| &dim.check)
    {
        parts.push(layers(ids, check).html());
    }
    let drawings = FIGURES.map(|(name, title)| run.drawn(name).map(|drawing| (name, title, drawing)));
    let chart = chart(run, &table)?;
    let static_figure = run.drawn("histogram-and-complexity")?;
    let note = "Bins are of the points found; the line is the exact mean number at this Λ.";
    parts.push(chart.html(&ids.of("census-chart"), note, static_figure.as_slice())?);
    for drawing in drawings {
        let (name, title, drawing) = drawing?;
        parts.extend(drawing.map(|drawing| figure(&ids.of(name), title, &drawing)));
    }
    parts.push(certificates(ids, &table).html());
    Ok(Section::new("census", "Census", Html::all(parts)))
}

fn by_index(ids: Ids, table: &CensusTable) -> Table {
    let mut found = Table::new(
        ids.of("census-table"),
        "mean number of critical points on a surface, by index",
        &[
            ("index", "number of negative eigenvalues"),
            ("found", "mean over surfaces"),
            ("± s.e.", "over surfaces"),
            ("exact", "exact mean number at this Λ"),
            ("z", "deviation in standard errors"),
        ],
    );
    let each = (0..table.dim as usize).map(|index| (index.to_string(), table.of_index(index)));
    for (name, row) in each.chain([("all".to_owned(), table.total)]) {
        let index = name.parse().map_or_else(|_| Cell::text(&name), Cell::count);
        found.row(
            name,
            vec![
                index,
                Cell::number(row.mean, 3).keyed("mean_by_index"),
                Cell::number(row.standard_error, 3).keyed("standard_error_by_index"),
                Cell::number(row.expected, 3).keyed("expected_by_index"),
                Cell::number(row.z, 2).keyed("z_by_index"),
            ],
        );
    }
    found
}

fn layers(ids: Ids, check: &CensusCheck) -> Table {
    let mut table = Table::new(
        ids.of("layers-table"),
        "points of index above k below −E_k, mean number on a surface: none as Λ → ∞",
        &[
            ("k", "index"),
            ("−E_k", "line of Λ → ∞"),
            ("found", "mean over surfaces"),
            ("exact", "exact mean number at this Λ"),
            ("p", "of so large a deviation"),
        ],
    );
    for layer in &check.layers {
        table.row(
            layer.index.to_string(),
            vec![
                Cell::count(layer.index.into()),
                Cell::number(Some(layer.energy), 5),
                Cell::number(Some(layer.higher.observed), 3),
                Cell::number(layer.higher.expected, 3),
                Cell::number(layer.higher.p, 3),
            ],
        );
    }
    table
}

fn certificates(ids: Ids, table: &CensusTable) -> Table {
    let shown = table.instances.len().min(MOST_SURFACES);
    let mut found = Table::new(
        ids.of("certificates-table"),
        match shown == table.instances.len() {
            true => "what is proved of each surface".to_owned(),
            false => format!("what is proved of each of the first {shown} surfaces"),
        },
        &[
            ("surface", "number of the surface"),
            ("certified", "whether no point is missing"),
            ("complex", "complex solutions that are proved to exist and to differ"),
            ("of", "complex solutions that there are"),
            ("real", "critical points on the sphere"),
            ("Morse sum", "sum over k of (−1)^k times the number of index k"),
            ("undecided", "points with an eigenvalue too near 0 to have a sign"),
        ],
    );
    for one in table.instances.iter().take(shown) {
        found.row(
            one.instance.to_string(),
            vec![
                Cell::count(one.instance.into()),
                Cell::text(if one.certified { "yes" } else { "no" }),
                Cell::count(one.complex),
                Cell::count(one.expected_complex),
                Cell::count(one.real),
                Cell::shown_as(Some(one.morse_sum as f64), |_| one.morse_sum.to_string().replace('-', "−")),
                Cell::count(one.undecided),
            ],
        );
    }
    found
}

fn chart(run: &Loaded, table: &CensusTable) -> Result<Chart> {
    let histograms = table.histograms(MOST_INDEX);
    let mut series = Vec::new();
    for (i, (index, found)) in histograms.iter().enumerate() {
        let color = style::curve(i).color;
        series.push(steps(&format!("index {index}, found"), color, found).of_choice(i, true));
        let margin = 0.15 * (found.high() - found.low);
        let range = [found.low - margin, found.high() + margin];
        if let Some(exact) = ExactDensity::of_run(run.store.spec(), table.dim, *index, range)? {
            let label = format!("index {index}, exact");
            let line = Series::new(label, Kind::Line, style::WARNING, &exact.energies, &exact.density);
            series.push(line.dashed().of_choice(i, false));
        }
    }
    Ok(Chart {
        title: "Energies of critical points by index.".to_owned(),
        choose: "Index",
        choices: histograms.iter().map(|(index, _)| format!("index {index}")).collect(),
        x: "u = L/Λ (energy per spin)".to_owned(),
        x_log: false,
        y: "mean number on a surface, per unit of u".to_owned(),
        y_log: false,
        guides: Vec::new(),
        series,
    })
}
