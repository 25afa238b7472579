//! The content of a run as ordered text: two runs are the same if and only if their dumps are.

use std::io::Write;

use super::open::Store;
use crate::error::{Error, Result};
use crate::study::columns::{Row, values};
use crate::study::interface::{Study, Unit};

impl<S: Study> Store<S> {
    /// Writes spec and units, by key; floats as the hexadecimal digits of their bits.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Io`].
    pub fn dump(&self, out: &mut impl Write) -> Result<()> {
        let failed = |error| Error::io("writing a dump", error);
        writeln!(out, "spec {}", self.spec_text).map_err(failed)?;
        for stored in self.units.values() {
            let columns = S::Listed::columns().iter().zip(values(&stored.listed));
            let parts: Vec<String> =
                columns.map(|(column, value)| format!("{} {}", column.name, value.text())).collect();
            writeln!(out, "unit {}", parts.join(" ")).map_err(failed)?;
            self.sound_unit(stored)?.dump(out).map_err(failed)?;
        }
        Ok(())
    }
}
