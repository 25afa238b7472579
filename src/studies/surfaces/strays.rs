//! Rows that belong to no unit.

use rusqlite::{Connection, OptionalExtension, params};

use super::spec::Spec;
use super::study::Surfaces;
use crate::study::Units;

/// Rows that the list of units does not account for, in words: more or fewer records or censuses than it promises, and
/// surfaces that it does not have. Its time is one pass over the index of records and one look per surface.
pub fn stray_rows(conn: &Connection, units: &Units<Surfaces>, spec: &Spec) -> rusqlite::Result<Vec<String>> {
    let count = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0));
    let starts: i64 = units.values().map(|unit| i64::from(unit.listed.starts)).sum();
    let mut problems = Vec::new();
    if count("SELECT count(*) FROM records")? != starts {
        problems.push("records: their number is not that of the units".to_owned());
    }
    if spec.is_census() && count("SELECT count(*) FROM censuses")? != units.len() as i64 {
        problems.push("censuses: their number is not that of the units".to_owned());
    }
    let mut surfaces: Vec<_> =
        units.keys().map(|key| (i64::from(key.dim), i64::from(key.instance))).collect();
    surfaces.sort_unstable();
    let more = spec.has_slopes().then_some("slopes");
    for table in ["points", "traces"].into_iter().chain(more) {
        if has_other_surfaces(conn, table, &surfaces)? {
            problems.push(format!("{table}: there are rows on surfaces of no unit"));
        }
    }
    Ok(problems)
}

/// Whether a table has rows on a surface that is not one of these, which are sorted.
fn has_other_surfaces(conn: &Connection, table: &str, surfaces: &[(i64, i64)]) -> rusqlite::Result<bool> {
    // From one surface to the next by the primary key: the rows between are not read.
    let mut next = conn.prepare(&format!(
        "SELECT dim, instance FROM {table} WHERE (dim, instance) > (?1, ?2) ORDER BY dim, instance LIMIT 1"
    ))?;
    let mut last = (i64::MIN, i64::MIN);
    loop {
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        match next.query_row(params![last.0, last.1], read).optional()? {
            None => return Ok(false),
            Some(found) if surfaces.binary_search(&found).is_err() => return Ok(true),
            Some(found) => last = found,
        }
    }
}

/// Points, histories and slopes without a record, in words. Its time is one look per row.
pub fn rows_without_records(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    let count = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0));
    // A file without slopes has no such table.
    let have_slopes = count("SELECT count(*) FROM sqlite_schema WHERE name = 'slopes'")? != 0;
    let mut problems = Vec::new();
    for table in ["points", "traces"].into_iter().chain(have_slopes.then_some("slopes")) {
        let strays = count(&format!(
            "SELECT count(*) FROM {table} AS t WHERE NOT EXISTS (SELECT 1 FROM records AS r
             WHERE r.dim = t.dim AND r.instance = t.instance AND r.start = t.start)"
        ))?;
        if strays != 0 {
            problems.push(format!("{table}: there are rows that belong to no record"));
        }
    }
    Ok(problems)
}
