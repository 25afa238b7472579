//! The content of a run as ordered text: two runs are the same if and only if their dumps are.

use std::io::{self, Write};

use super::Store;
use crate::error::{Error, Result};
use crate::run::record::{Record, StartResult};

impl Store {
    /// Writes spec, records, points and traces, by key; floats as the hexadecimal digits of their bits.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Io`].
    pub fn dump(&self, out: &mut impl Write) -> Result<()> {
        let failed = |error| Error::io("writing a dump", error);
        writeln!(out, "spec {}", self.spec_text).map_err(failed)?;
        for (key, stored) in &self.units {
            writeln!(out, "unit {key} starts {}", stored.starts).map_err(failed)?;
            let unit = self.sound_unit(key, stored)?;
            if let Some(facts) = &unit.census {
                writeln!(out, "census {:?}", facts.counts()).map_err(failed)?;
            }
            for start in &unit.starts {
                put_start(out, start).map_err(failed)?;
            }
        }
        Ok(())
    }
}

fn put_start(out: &mut impl Write, start: &StartResult) -> io::Result<()> {
    put_record(out, &start.record)?;
    write!(out, "point")?;
    start.point.iter().try_for_each(|&x| put_bits(out, x))?;
    writeln!(out)?;
    for point in &start.trace {
        write!(out, "trace {}", point.step)?;
        put_bits(out, point.energy_per_spin)?;
        put_bits(out, point.gradient_norm)?;
        writeln!(out)?;
    }
    Ok(())
}

fn put_record(out: &mut impl Write, record: &Record) -> io::Result<()> {
    let count = |n: Option<u32>| n.map_or("-".to_owned(), |n| n.to_string());
    let Record { spins, dim, instance, start, steps, .. } = record;
    write!(out, "record {spins} {dim} {instance} {start} {} {steps}", record.outcome.name())?;
    write!(out, " {} {}", count(record.index), count(record.undecided))?;
    put_bits(out, record.energy)?;
    put_bits(out, record.energy_per_spin)?;
    put_bits(out, record.descent_energy_per_spin)?;
    put_bits(out, record.gradient_norm)?;
    put_bits(out, record.min_eigenvalue)?;
    put_bits(out, record.polish_overlap)?;
    writeln!(out)
}

fn put_bits(out: &mut impl Write, x: f64) -> io::Result<()> {
    write!(out, " {:016x}", x.to_bits())
}
