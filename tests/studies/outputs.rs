//! Tables have a row per item; a dry run writes nothing.

use std::fs::{self, File};

use parquet::file::reader::{FileReader, SerializedFileReader};

use crate::harness::{Place, json, succeed};
use crate::list::LIST;

#[test]
fn exported_tables_have_a_row_per_item() {
    for entry in &LIST {
        let place = Place::quick();
        let run = entry.copy_to(&place, "a.run");
        let stored = (entry.inside.rows)(&run);
        assert_eq!(entry.rows.unwrap_or(stored), stored, "{}", entry.command);
        assert!(stored > 0);
        for format in ["csv", "parquet"] {
            let out = place.path(format);
            let out = out.to_str().unwrap();
            succeed(&mut entry.about("export", &run, &format!("--format {format} --out {out}")));
        }
        let csv = place.path("csv").join(format!("{}.csv", entry.table));
        assert_eq!(fs::read_to_string(csv).unwrap().lines().count(), 1 + stored, "{}", entry.command);
        let parquet = File::open(place.path("parquet").join(format!("{}.parquet", entry.table))).unwrap();
        let rows = SerializedFileReader::new(parquet).unwrap().metadata().file_metadata().num_rows();
        assert_eq!(rows, stored as i64, "{}", entry.command);
    }
}

#[test]
fn a_dry_run_says_what_it_would_take_and_writes_nothing() {
    for entry in &LIST {
        let place = Place::quick();
        let flags = format!("{} --dry-run --json", entry.whole);
        let new = json(&mut entry.sweep(&place.path("new.run"), &flags));
        for key in ["memory_bytes", "disk_bytes", "seconds"] {
            assert!(new[key].as_f64().unwrap() > 0.0, "{}: {new}", entry.command);
        }
        assert!(place.names().is_empty(), "{}: {:?}", entry.command, place.names());
        let run = entry.copy_to(&place, "a.run");
        let done = json(&mut entry.sweep(&run, &flags));
        assert_eq!(done["seconds"].as_f64(), Some(0.0), "{}: nothing is left to do", entry.command);
        assert!(fs::read(&run).unwrap() == entry.whole().bytes, "{}", entry.command);
        assert_eq!(place.names(), ["a.run"], "{}", entry.command);
    }
}
