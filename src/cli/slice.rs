//! `hspin slice`: energies of a surface along one or two directions through a stored point.

use std::path::{Path, PathBuf};

use super::shared::env::resources;
use super::shared::{engine, output, values};
use crate::analysis::{Along, Slice, SliceRequest};
use crate::error::{Error, Result};
use crate::figures::{self, FigureFormat};
use crate::files;
use crate::studies::surfaces::{SurfaceStore, known_surface};

const HELP: &str = "Example:
  hspin slice paper.run --dim 25 --instance 0 --along eigenvector:0,eigenvector:1 --out slice

Directions, one or two, comma-separated:
  eigenvector:K  of the Hessian at the point, from 0 at the lowest eigenvalue
  start:J        towards the end of start J
  random:N       a random direction, by its number

Angles are lengths of geodesics over √Λ, in radians. In two directions the point
(a, b) is the end of the geodesic of that direction and length √(a² + b²), so that
distances from the middle are true.
Files in DIR: slice.csv, slice.svg, slice.png.";

/// Angles of a slice in each direction where none are asked for, and the most: a plane has their square.
const POINTS: u32 = 121;
const MOST_POINTS: [u32; 2] = [3, 2001];

/// Energies along one or two directions through a point of a run
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// The run
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Λ of the surface
    #[arg(long, value_name = "N", value_parser = values::within(values::DIM), allow_negative_numbers = true)]
    dim: u32,
    /// Number of the surface, from 0
    #[arg(long, value_name = "I", default_value = "0", value_parser = values::within(values::INSTANCE), allow_negative_numbers = true)]
    instance: u32,
    /// The start at whose end the slice has its middle [default: the lowest]
    #[arg(long, value_name = "S", value_parser = values::within(values::INSTANCE), allow_negative_numbers = true)]
    start: Option<u32>,
    /// One or two directions
    #[arg(long, value_name = "D,D", value_delimiter = ',', default_value = "eigenvector:0,eigenvector:1", value_parser = along)]
    along: Vec<Along>,
    /// Largest angle [default: 1.2 times that of the farthest start that is named, else 1]
    #[arg(long, value_name = "φ", value_parser = values::number, allow_negative_numbers = true)]
    extent: Option<f64>,
    /// Angles in each direction [default: 121]
    #[arg(long, value_name = "N", value_parser = values::within(MOST_POINTS), allow_negative_numbers = true)]
    points: Option<u32>,
    /// Folder for the files; made if it is missing
    #[arg(long, value_name = "DIR", required_unless_present = "json")]
    out: Option<PathBuf>,
    /// File formats of the figure, comma-separated: svg, png
    #[arg(long, value_delimiter = ',', default_value = "svg,png")]
    format: Vec<String>,
    /// Threads [default: all]
    #[arg(long, value_name = "N", value_parser = values::within(values::THREADS), allow_negative_numbers = true)]
    threads: Option<u32>,
    /// Overwrite files that hspin did not write
    #[arg(long)]
    force: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

fn along(text: &str) -> std::result::Result<Along, String> {
    let allowed = || "eigenvector:K, start:J or random:N with a whole number".to_owned();
    let (kind, number) = text.split_once(':').ok_or_else(allowed)?;
    let number: u32 = number.parse().map_err(|_| allowed())?;
    match kind {
        "eigenvector" => Ok(Along::Eigenvector(number)),
        "start" => Ok(Along::Start(number)),
        "random" => Ok(Along::Random(number)),
        _ => Err(allowed()),
    }
}

/// Runs the command.
///
/// # Errors
/// Bad input for what the run does not have; refused for a run without points or couplings; those of the store and of files.
pub fn run(args: &Args) -> Result<()> {
    if args.along.len() > 2 {
        return Err(Error::bad_input("--along", args.along.len(), "one or two directions"));
    }
    let formats = args.format.iter().map(|name| format_named(name)).collect::<Result<Vec<_>>>()?;
    if let Some(out) = &args.out {
        files::create_folder(out)?;
        let mut paths = figures::paths(out, ["slice"], &formats);
        paths.push(out.join("slice.csv"));
        files::claim(&paths, args.force)?;
    }
    let store = SurfaceStore::open_read(&args.run)?;
    let surface = known_surface(&store, args.dim, args.instance)?;
    let landscape = engine::stored_surface(&store, surface)?;
    let slice = Slice::of_run(
        &store,
        &landscape,
        &SliceRequest {
            surface,
            start: args.start,
            along: args.along.clone(),
            extent: args.extent,
            points: args.points.unwrap_or(POINTS),
            threads: resources(args.threads)?.threads,
        },
    )?;
    if let Some(out) = &args.out {
        write_csv(&slice, &out.join("slice.csv"))?;
        figures::save(&figures::slice::draw(&slice), out, "slice", &formats)?;
    }
    if args.json {
        return output::print_json(&slice);
    }
    output::print(&summary(&slice, args.out.as_deref()))
}

fn format_named(name: &str) -> Result<FigureFormat> {
    let allowed = "a list of svg, png";
    FigureFormat::from_name(name).ok_or_else(|| Error::bad_input("--format", name, allowed))
}

fn summary(slice: &Slice, out: Option<&Path>) -> String {
    let all = slice.energies_per_spin.iter();
    let [low, high] =
        all.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &u| [low.min(u), high.max(u)]);
    let extent = slice.angles.last().copied().unwrap_or(f64::NAN);
    let mut text = format!(
        "Slice of {}, Λ = {}, surface {}, through the end of start {}\nalong {}, angles up to {extent:.4} radians\n\
         u from {low:.6} to {high:.6}\n",
        slice.model,
        slice.dim,
        slice.instance,
        slice.start,
        slice.along.join(" and "),
    )
    .replace("-", "−");
    for mark in &slice.marks {
        let at: Vec<String> = mark.at.iter().map(|angle| format!("{angle:.4}")).collect();
        let line = format!("start {}: u = {:.6} at ({})\n", mark.start, mark.energy_per_spin, at.join(", "));
        text.push_str(&line.replace('-', "−"));
    }
    if let Some(out) = out {
        text.push_str(&format!("wrote {}\n", out.join("slice.*").display()));
    }
    text
}

fn write_csv(slice: &Slice, path: &Path) -> Result<()> {
    let mut text = String::new();
    let plane = slice.along.len() == 2;
    text.push_str(if plane { "a,b,energy_per_spin\n" } else { "angle,energy_per_spin,slope,curvature\n" });
    if plane {
        let pairs = slice.angles.iter().flat_map(|a| slice.angles.iter().map(move |b| (a, b)));
        for ((a, b), u) in pairs.zip(&slice.energies_per_spin) {
            text.push_str(&format!("{a},{b},{u}\n"));
        }
    } else {
        let empty = Vec::new();
        let [slopes, curvatures] =
            [&slice.slopes, &slice.curvatures].map(|part| part.as_ref().unwrap_or(&empty));
        let rows = slice.angles.iter().zip(&slice.energies_per_spin).zip(slopes.iter().zip(curvatures));
        for ((angle, u), (slope, curvature)) in rows {
            text.push_str(&format!("{angle},{u},{slope},{curvature}\n"));
        }
    }
    files::write_whole(path, |file| files::put(file, path, text.as_bytes()))
}
