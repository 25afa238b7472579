//! The page of columns in the documentation.

use std::fmt::Write;

use super::networks::NetworkRecord;
use super::paths::{MergeRow, PassRow, PathRow};
use super::sampling::{SeriesRow, TemperatureRow};
use super::surfaces::{COMPUTED, CensusFacts, Record, SlopeRow, TraceRow};
use crate::study::columns::page;

const BEGIN: &str = "# Columns

The columns of the tables of results, in their order in the file, in CSV and, for records, networks and paths, in Parquet. This
page is made from the declarations in the source; `HSPIN_REWRITE_COLUMNS=1 cargo test --release --test conformance columns`
generates it again.

- `couplings`: in units of the couplings, whose standard deviation is 1 on random surfaces. `nats`: natural units of
  information.
- What is not known is NULL in the file, empty in CSV, null in Parquet and JSON.
- `slopes` are beside the records of mixtures, other laws than the Gaussian and spikes; tables of records have their last
  two columns before `distinct`.
- `records` are the starts of a sweep and the critical points of a census; `traces` are kept with `--trace`; `censuses`
  and `networks` have one row per surface and per network. `temperatures` and `series` are of a run of sampling: what each
  temperature of a surface says, and energies along the way. `paths` are pairs of minima of `hspin paths`, `passes` the passes
  of their chains; `merges` are the exact tree of a census.
- `index` has a second name, `morse_index`: SQL takes `index` for a keyword, and the index of a data frame is the labels of
  its rows. In CSV and Parquet the last column `morse_index` repeats `index`; in the file the views `records_frame`,
  `networks_frame` and `paths_frame` have `morse_index` in its place; data frames in Python have `morse_index` alone.
";

/// The page, in Markdown, as the declarations of the columns give it.
pub fn columns_page() -> String {
    let mut records = page::<Record>();
    for (name, kind, unit, meaning) in COMPUTED {
        let kind = kind.words();
        // Writing to a String cannot fail.
        let _ = writeln!(records, "| {name} | {kind} | {unit} | {meaning} Computed on export, not stored. |");
    }
    let pages = [
        records,
        page::<SlopeRow>(),
        page::<TraceRow>(),
        page::<CensusFacts>(),
        page::<NetworkRecord>(),
        page::<TemperatureRow>(),
        page::<SeriesRow>(),
        page::<PathRow>(),
        page::<PassRow>(),
        page::<MergeRow>(),
    ];
    format!("{BEGIN}\n{}", pages.join("\n"))
}
