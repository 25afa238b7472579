//! The run surface by surface.

use super::loaded::Loaded;
use crate::analysis::SurfaceSummary;
use crate::error::Result;
use crate::figures::style;
use crate::report::chart::{Chart, Kind, Series};
use crate::report::html::{Html, of_text};
use crate::report::section::{Download, Ids, Section};
use crate::report::table::{Cell, Table};

/// Surfaces of each size with a row of their own.
const MOST: usize = 300;

/// The section; its table is a file, too.
///
/// # Errors
/// Those of the store.
pub fn section(ids: Ids, run: &Loaded, files: &mut Vec<Download>) -> Result<Option<Section>> {
    let surfaces = SurfaceSummary::of_run(&run.store, MOST)?;
    let table = table(ids, &surfaces);
    files.push(Download::csv(
        "surfaces.csv",
        "the table of surfaces, with all digits",
        table.csv().into_bytes(),
    ));
    let mut parts = Vec::new();
    if run.summary.instances > 1 {
        let note = "Each surface has its own couplings; the scatter of its mean is what errors over surfaces are made of.";
        parts.push(chart(run, &surfaces).html(&ids.of("surfaces-chart"), note, &[])?);
    }
    if run.summary.instances as usize > MOST {
        parts.push(of_text("p", format!("The first {MOST} surfaces of each size are shown.")));
    }
    parts.push(table.html());
    Ok(Section::new("surfaces", "Surfaces", Html::all(parts)))
}

fn table(ids: Ids, surfaces: &[SurfaceSummary]) -> Table {
    let mut table = Table::new(
        ids.of("surfaces-table"),
        "energies per spin surface by surface",
        &[
            ("Λ", "dimension"),
            ("surface", "number of the surface: its instance"),
            ("starts", "starts stored; of a census, critical points"),
            ("converged", "starts that ended at a critical point"),
            ("mean u", "mean energy per spin"),
            ("sd", "standard deviation over starts"),
            ("min u", "lowest energy per spin"),
            ("max u", "highest energy per spin"),
            ("distinct", "distinct points"),
            ("minima", "converged starts that ended at index 0"),
        ],
    );
    for surface in surfaces {
        table.row(
            format!("{}-{}", surface.dim, surface.instance),
            vec![
                Cell::count(surface.dim.into()),
                Cell::count(surface.instance.into()),
                Cell::count(surface.starts),
                Cell::count(surface.converged),
                Cell::number(surface.mean, 4),
                Cell::number(surface.sd, 4),
                Cell::number(surface.min, 4),
                Cell::number(surface.max, 4),
                Cell::maybe_count(surface.distinct),
                Cell::count(surface.index_counts.get(&0).copied().unwrap_or(0)),
            ],
        );
    }
    table
}

fn chart(run: &Loaded, surfaces: &[SurfaceSummary]) -> Chart {
    let dims = &run.summary.dims;
    let mut series = Vec::new();
    for (i, dim) in dims.iter().enumerate() {
        let of_dim = || surfaces.iter().filter(|surface| surface.dim == dim.dim);
        let values = |value: fn(&SurfaceSummary) -> Option<f64>| -> [Vec<f64>; 2] {
            let known = of_dim().filter_map(|surface| Some((f64::from(surface.instance), value(surface)?)));
            known.unzip::<f64, f64, Vec<f64>, Vec<f64>>().into()
        };
        let [means, lowest] = [values(|surface| surface.mean), values(|surface| surface.min)];
        let color = style::ramp(i, dims.len());
        let of = |label: &str, kind: Kind, color, [x, y]: [Vec<f64>; 2]| {
            Series::new(format!("Λ = {}, {label}", dim.dim), kind, color, &x, &y)
        };
        series.push(of("mean over starts", Kind::Points, color, means).of_choice(i, true));
        series.push(of("lowest", Kind::Points, style::WARNING, lowest).of_choice(i, false));
    }
    Chart {
        title: "Energies surface by surface.".to_owned(),
        choose: "Size",
        choices: run.sizes(),
        x: "number of the surface".to_owned(),
        x_log: false,
        y: "u = L/Λ (energy per spin)".to_owned(),
        y_log: false,
        guides: Vec::new(),
        series,
    }
}
