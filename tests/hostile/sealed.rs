//! Runs with any content under the right checksums: what a forger would make who has read the sources.
//! The checksums are worked out here by plain SQL, apart from the store's own code.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use sha2::{Digest, Sha256};

/// Gives every unit and the whole run the checksum of what is there now.
pub fn seal(run: &Path) -> rusqlite::Result<()> {
    let conn = Connection::open(run)?;
    let census = conn.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'censuses'", [], |row| {
        row.get::<_, bool>(0)
    })?;
    let text: String = conn.query_row("SELECT json FROM spec", [], |row| row.get(0))?;
    let mut root = Sha256::new();
    root.update((text.len() as u64).to_le_bytes());
    root.update(&text);
    let mut units =
        conn.prepare("SELECT spins, dim, instance, block FROM units ORDER BY spins, dim, instance, block")?;
    let keys: Vec<[i64; 4]> = units
        .query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))?
        .collect::<Result<_, _>>()?;
    for key in keys {
        let (starts, checksum) = unit(&conn, key, census)?;
        conn.execute(
            "UPDATE units SET starts = ?5, checksum = ?6
             WHERE spins = ?1 AND dim = ?2 AND instance = ?3 AND block = ?4",
            params![key[0], key[1], key[2], key[3], starts, checksum],
        )?;
        key.iter().for_each(|&part| root.update((part as u32).to_le_bytes()));
        root.update((starts as u32).to_le_bytes());
        root.update(checksum);
    }
    let sum: [u8; 32] = Sha256::digest(&text).into();
    let root: [u8; 32] = root.finalize().into();
    conn.execute("UPDATE spec SET checksum = ?1, root = ?2", params![sum, root])?;
    Ok(())
}

fn unit(conn: &Connection, key: [i64; 4], census: bool) -> rusqlite::Result<(i64, [u8; 32])> {
    let [_, dim, instance, block] = key;
    let rows = if census { 0..i64::from(u32::MAX) } else { 20 * block..20 * block + 20 };
    let mut body = Vec::new();
    let mut count = 0_i64;
    let mut records = conn.prepare(
        "SELECT spins, dim, instance, start, energy, energy_per_spin, descent_energy_per_spin, gradient_norm,
            min_eigenvalue, polish_overlap, \"index\", undecided, steps, outcome
         FROM records WHERE dim = ?1 AND instance = ?2 AND start >= ?3 AND start < ?4 ORDER BY start",
    )?;
    let mut found = records.query(params![dim, instance, rows.start, rows.end])?;
    while let Some(row) = found.next()? {
        count += 1;
        put_record(&mut body, row)?;
        let start: i64 = row.get(3)?;
        put_point(&mut body, conn, [dim, instance, start])?;
        put_trace(&mut body, conn, [dim, instance, start])?;
    }
    let mut hash = Sha256::new();
    key.iter().for_each(|&part| hash.update((part as u32).to_le_bytes()));
    hash.update((count as u64).to_le_bytes());
    hash.update(body);
    if census {
        let mut facts = conn.prepare(
            "SELECT spins, dim, instance, complex, expected_complex, duplicates, singular, lost, real, morse_sum,
                certified, attempts, retried, steps FROM censuses WHERE dim = ?1 AND instance = ?2",
        )?;
        let mut found = facts.query(params![dim, instance])?;
        if let Some(row) = found.next()? {
            hash.update("census");
            for column in 0..14 {
                hash.update(i128::from(row.get::<_, i64>(column)?).to_le_bytes());
            }
        }
    }
    Ok((count, hash.finalize().into()))
}

fn put_record(body: &mut Vec<u8>, row: &Row<'_>) -> rusqlite::Result<()> {
    for column in 0..4 {
        body.extend((row.get::<_, i64>(column)? as u32).to_le_bytes());
    }
    for column in 4..10 {
        body.extend(real(row.get_ref(column)?).to_le_bytes());
    }
    for column in 10..12 {
        let count = row.get::<_, Option<i64>>(column)?.map_or(0, |n| u64::from(n as u32) + 1);
        body.extend(count.to_le_bytes());
    }
    body.extend((row.get::<_, i64>(12)? as u64).to_le_bytes());
    body.extend(row.get::<_, String>(13)?.into_bytes());
    Ok(())
}

fn put_point(body: &mut Vec<u8>, conn: &Connection, id: [i64; 3]) -> rusqlite::Result<()> {
    let sql = "SELECT point FROM points WHERE dim = ?1 AND instance = ?2 AND start = ?3";
    let mut statement = conn.prepare_cached(sql)?;
    let mut found = statement.query(id)?;
    let point = match found.next()? {
        Some(row) => row.get(0)?,
        None => Vec::<u8>::new(),
    };
    body.extend((point.len() as u64 / 8).to_le_bytes());
    body.extend(point);
    Ok(())
}

fn put_trace(body: &mut Vec<u8>, conn: &Connection, id: [i64; 3]) -> rusqlite::Result<()> {
    let sql = "SELECT step, energy_per_spin, gradient_norm FROM traces
        WHERE dim = ?1 AND instance = ?2 AND start = ?3 ORDER BY step";
    let mut statement = conn.prepare_cached(sql)?;
    let mut found = statement.query(id)?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push((row.get::<_, i64>(0)?, real(row.get_ref(1)?), real(row.get_ref(2)?)));
    }
    body.extend((rows.len() as u64).to_le_bytes());
    for (step, energy, norm) in rows {
        [step as u64, energy, norm].iter().for_each(|word| body.extend(word.to_le_bytes()));
    }
    Ok(())
}

/// Bits of a number as stored; those of the one NaN where it is not known.
fn real(value: ValueRef<'_>) -> u64 {
    match value {
        ValueRef::Real(x) => x.to_bits(),
        _ => f64::NAN.to_bits(),
    }
}

/// Gives every unit of networks and the whole run the checksum of what is there now; what the list says of a unit's
/// extent stays as it is.
pub fn seal_networks(run: &Path) -> rusqlite::Result<()> {
    let conn = Connection::open(run)?;
    let text: String = conn.query_row("SELECT json FROM spec", [], |row| row.get(0))?;
    let mut root = Sha256::new();
    root.update((text.len() as u64).to_le_bytes());
    root.update(&text);
    let sql = "SELECT hidden, block, networks, indexed FROM network_units ORDER BY hidden, block";
    let units: Vec<[i64; 4]> = conn
        .prepare(sql)?
        .query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))?
        .collect::<Result<_, _>>()?;
    for [hidden, block, networks, indexed] in units {
        let checksum = block_of_networks(&conn, [hidden, block, indexed])?;
        conn.execute(
            "UPDATE network_units SET checksum = ?3 WHERE hidden = ?1 AND block = ?2",
            params![hidden, block, checksum],
        )?;
        [hidden, block, networks, indexed].iter().for_each(|&part| root.update((part as u32).to_le_bytes()));
        root.update(checksum);
    }
    let sum: [u8; 32] = Sha256::digest(&text).into();
    let root: [u8; 32] = root.finalize().into();
    conn.execute("UPDATE spec SET checksum = ?1, root = ?2", params![sum, root])?;
    Ok(())
}

fn block_of_networks(conn: &Connection, [hidden, block, indexed]: [i64; 3]) -> rusqlite::Result<[u8; 32]> {
    let mut networks = conn.prepare(
        "SELECT hidden, network, train_errors, test_errors, train_loss, test_loss, gradient_norm, \"index\", outcome
         FROM networks WHERE hidden = ?1 AND network >= 16 * ?2 AND network < 16 * ?2 + 16 ORDER BY network",
    )?;
    let mut found = networks.query(params![hidden, block])?;
    let (mut body, mut count) = (Vec::new(), 0_u32);
    while let Some(row) = found.next()? {
        count += 1;
        for column in 0..4 {
            body.extend((row.get::<_, i64>(column)? as u32).to_le_bytes());
        }
        for column in 4..7 {
            body.extend(real(row.get_ref(column)?).to_le_bytes());
        }
        let index = row.get::<_, Option<i64>>(7)?.map_or(0, |n| u64::from(n as u32) + 1);
        body.extend(index.to_le_bytes());
        body.extend(row.get::<_, String>(8)?.into_bytes());
    }
    let mut hash = Sha256::new();
    [hidden as u32, block as u32, count, indexed as u32]
        .iter()
        .for_each(|part| hash.update(part.to_le_bytes()));
    hash.update(body);
    Ok(hash.finalize().into())
}
