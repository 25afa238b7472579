//! The content of a run as ordered text: two runs are the same if and only if their dumps are.

use std::io::{self, Write};

use super::Store;
use crate::error::{Error, Result};
use crate::run::record::StartResult;
use crate::study::columns::dump_line;

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
                writeln!(out, "{}", dump_line(facts)).map_err(failed)?;
            }
            for start in &unit.starts {
                put_start(out, start).map_err(failed)?;
            }
        }
        Ok(())
    }
}

fn put_start(out: &mut impl Write, start: &StartResult) -> io::Result<()> {
    writeln!(out, "{}", dump_line(&start.record))?;
    write!(out, "point")?;
    start.point.iter().try_for_each(|x| write!(out, " {:016x}", x.to_bits()))?;
    writeln!(out)?;
    start.trace_rows().try_for_each(|row| writeln!(out, "{}", dump_line(&row)))
}
