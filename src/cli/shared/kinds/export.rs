//! What `hspin export` is asked, and the tables and arrays of runs on surfaces.

use std::path::{Path, PathBuf};

use crate::analysis::UnitCount;
use crate::cli::shared::{engine, output, values};
use crate::error::Result;
use crate::files;
use crate::studies::surfaces::{
    Spec, SurfaceId, SurfaceStore, known_surface, surfaces, write_censuses, write_csv, write_parquet,
    write_points, write_traces, write_vector,
};
use crate::study::export::TableFormat;

/// Tables of records, or points and couplings of one surface as NumPy arrays.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  hspin export paper.run --out tables --dim 25 --instance 0 --couplings --points"
)]
pub struct Args {
    /// The run
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// Folder for the files
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Format of tables
    #[arg(long, value_enum, default_value_t = TableFormat::Csv)]
    pub format: TableFormat,
    /// Λ of the surface
    #[arg(long, value_name = "N", value_parser = values::within(values::DIM), allow_negative_numbers = true, requires = "instance")]
    pub dim: Option<u32>,
    /// Number of the surface, from 0
    #[arg(long, value_name = "I", value_parser = values::within(values::INSTANCE), allow_negative_numbers = true, requires = "dim")]
    pub instance: Option<u32>,
    /// Write couplings.npy: shape (N,)*H, symmetric; of a mixture couplings-P.npy for each order P
    #[arg(long, requires = "dim")]
    pub couplings: bool,
    /// Write spike.npy: the hidden vector of the spike, shape (N,)
    #[arg(long, requires = "dim")]
    pub spike: bool,
    /// Write points.npy: shape (starts, N)
    #[arg(long, requires = "dim")]
    pub points: bool,
    /// Overwrite files that hspin did not write
    #[arg(long)]
    pub force: bool,
}

/// Writes what is asked for of a run on surfaces.
///
/// # Errors
/// [`Error::BadInput`] for a surface that the run does not have; those of the store and of the formats.
pub fn of_surfaces(args: &Args) -> Result<()> {
    let store = SurfaceStore::open_read(&args.run)?;
    UnitCount::of(&store).note().iter().for_each(|note| output::log(&format!("hspin: {note}")));
    let one = match (args.dim, args.instance) {
        (Some(dim), Some(instance)) => Some(known_surface(&store, dim, instance)?),
        _ => None,
    };
    files::create_folder(&args.out)?;
    files::claim(&outputs(store.spec(), args), args.force)?;
    let chosen = one.map_or_else(|| surfaces(&store), |surface| vec![surface]);
    // Arrays first: what they refuse is refused before anything is written.
    if let Some(surface) = one {
        write_arrays(&store, surface, args)?;
    }
    write_tables(&store, &chosen, args)
}

/// Files that are to be written.
fn outputs(spec: &Spec, args: &Args) -> Vec<PathBuf> {
    let table = match args.format {
        TableFormat::Csv => "records.csv",
        TableFormat::Parquet => "records.parquet",
    };
    let wanted = [
        (table, true),
        ("censuses.csv", spec.is_census()),
        ("traces.csv", spec.trace),
        ("spike.npy", args.spike),
        ("points.npy", args.points),
    ];
    let others = wanted.into_iter().filter(|(_, wanted)| *wanted).map(|(name, _)| name.to_owned());
    let orders = spec.orders().into_iter().filter(|_| args.couplings);
    let couplings = orders.map(|order| couplings_name(spec, order as u32));
    others.chain(couplings).map(|name| args.out.join(name)).collect()
}

/// `couplings.npy`, or one file for each order of several.
fn couplings_name(spec: &Spec, order: u32) -> String {
    match spec.orders().len() {
        1 => "couplings.npy".into(),
        _ => format!("couplings-{order}.npy"),
    }
}

fn write_tables(store: &SurfaceStore, chosen: &[SurfaceId], args: &Args) -> Result<()> {
    match args.format {
        TableFormat::Csv => written(&args.out.join("records.csv"), |path| write_csv(store, chosen, path))?,
        TableFormat::Parquet => {
            written(&args.out.join("records.parquet"), |path| write_parquet(store, chosen, path))?;
        }
    }
    if store.spec().is_census() {
        written(&args.out.join("censuses.csv"), |path| write_censuses(store, chosen, path))?;
    }
    if store.spec().trace {
        written(&args.out.join("traces.csv"), |path| write_traces(store, chosen, path))?;
    }
    Ok(())
}

fn write_arrays(store: &SurfaceStore, surface: SurfaceId, args: &Args) -> Result<()> {
    if args.couplings {
        let path_of = |order| args.out.join(couplings_name(store.spec(), order));
        for path in engine::export_couplings(store, surface, path_of)? {
            output::log(&format!("wrote {}", path.display()));
        }
    }
    if args.spike {
        written(&args.out.join("spike.npy"), |path| {
            write_vector(&engine::hidden_vector(store, surface)?, path)
        })?;
    }
    if args.points {
        written(&args.out.join("points.npy"), |path| write_points(store, surface, path))?;
    }
    Ok(())
}

fn written(path: &Path, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    write(path)?;
    output::log(&format!("wrote {}", path.display()));
    Ok(())
}
