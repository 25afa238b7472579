//! `hspin paths`: barriers between minima of a sweep or a census.

use std::path::{Path, PathBuf};

use super::shared::env::{launch, resources};
use super::shared::progress::Progress;
use super::shared::{engine, estimate, output, paths_text, values};
use crate::analysis::PathsTable;
use crate::error::{Error, Result};
use crate::studies::paths::{IMAGES_ALLOWED, Paths, PathsSource, PathsSpec, SourceAsked};
use crate::studies::surfaces::SurfaceStore;
use crate::study::command::Command;

/// Least and most pairs.
const PAIRS: [u32; 2] = [1, 2_000_000];

/// Barriers between distinct minima of a sweep or a census, by bands whose tops are certified as saddles; the same command on
/// an existing PATHS resumes it
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin paths census.run --out paths.run --dim 8 --instance 0 --pairs 45")]
pub struct Args {
    /// The sweep or census whose minima are taken; it must keep points
    #[arg(value_name = "RUN")]
    source: PathBuf,
    /// The run of paths: a new file, or an existing one to continue
    #[arg(long, value_name = "PATHS")]
    out: PathBuf,
    /// Λ of the surface
    #[arg(long, value_name = "N", value_parser = values::within(values::DIM), allow_negative_numbers = true)]
    dim: u32,
    /// Number of the surface
    #[arg(long, value_name = "I", value_parser = values::within([0, values::INSTANCES[1]]), allow_negative_numbers = true)]
    instance: u32,
    /// Pairs of minima, nearest and lowest first; may grow [default: all up to 45, else 45]
    #[arg(long, value_name = "K", value_parser = values::within(PAIRS), allow_negative_numbers = true)]
    pairs: Option<u32>,
    /// A pair by hand, by two starts of RUN (critical points of a census) that ended at minima; may be repeated
    #[arg(long, value_name = "A,B", value_parser = pair, conflicts_with = "pairs")]
    pair: Vec<[u32; 2]>,
    /// Images of a band, both ends included [default: 17]
    #[arg(long, value_name = "N", value_parser = values::within(IMAGES_ALLOWED), allow_negative_numbers = true)]
    images: Option<u32>,
    /// Refuse a source that is no certified census: exact minimax energies are asked for
    #[arg(long)]
    exact: bool,
    /// Worker threads; changes nothing but the time [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::within(values::THREADS), allow_negative_numbers = true)]
    threads: Option<u32>,
    /// Print memory, disk and time that it would take, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Two whole numbers.
fn pair(text: &str) -> std::result::Result<[u32; 2], String> {
    let number = |part: &str| part.trim().parse().map_err(|_| "two starts, such as 3,17".to_owned());
    let (a, b) = text.split_once(',').ok_or("two starts, such as 3,17")?;
    Ok([number(a)?, number(b)?])
}

/// Runs the command.
///
/// # Errors
/// Bad input; whatever ends the work; what was stored before stays.
pub fn run(args: &Args) -> Result<()> {
    if is_same_file(&args.source, &args.out) {
        return Err(Error::bad_input("out", args.out.display(), "another file than the RUN it is made from"));
    }
    let source = PathsSource::of(&SurfaceStore::open_read(&args.source)?, args.dim, args.instance)?;
    let asked =
        SourceAsked { pairs: args.pairs, chosen: args.pair.clone(), images: args.images, exact: args.exact };
    let given = source.given();
    let (progress, stop) = (Progress::new(["pair", "pairs"]), engine::stop_by_signal()?);
    let resources = resources(args.threads)?;
    let command = Command::<Paths> {
        run: &args.out,
        given: &given,
        resources,
        launch: launch(),
        observer: &progress,
        stop: &stop,
    };
    let spec = |stored: Option<&PathsSpec>| match stored {
        None => source.spec(&asked),
        Some(stored) => source.grown(stored, &asked),
    };
    if args.dry_run {
        let Some(found) = command.estimate(spec)? else { return Ok(()) };
        return if args.json { output::print_json(&found) } else { output::print(&estimate::text(&found)) };
    }
    let Some(store) = command.carry_out_keeping(&source.attached(), spec)? else { return Ok(()) };
    let table = PathsTable::of_run(&store)?;
    if args.json { output::print_json(&table) } else { output::print(&paths_text::table(&args.out, &table)) }
}

fn is_same_file(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}
