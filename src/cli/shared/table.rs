//! Text tables: columns as wide as they need to be, numbers to the right.

use itertools::Itertools;

pub use crate::report::words::number::{counted, number};

/// A table under one line of headings.
pub struct TextTable {
    rows: Vec<Vec<String>>,
}

impl TextTable {
    /// A table with these headings.
    pub fn new<const N: usize>(headings: [&str; N]) -> Self {
        Self { rows: vec![headings.map(str::to_owned).to_vec()] }
    }

    /// Adds a row below the others.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.to_vec());
    }

    /// The table as text, two spaces between columns, the last column to the left.
    pub fn text(&self) -> String {
        let columns = self.rows.first().map_or(0, Vec::len);
        let wide = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(wide).collect();
        let line = |row: &Vec<String>| {
            let mut cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
                if column + 1 == columns { cell.clone() } else { format!("{cell:>width$}") }
            });
            format!("{}\n", cells.join("  ").trim_end())
        };
        self.rows.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = TextTable::new(["Λ", "mean u", "note"]);
        table.row(["25".into(), number(Some(-1.38712), 4), "x".into()]);
        table.row(["500".into(), number(None, 4), String::new()]);
        assert_eq!(table.text(), "  Λ   mean u  note\n 25  −1.3871  x\n500        –\n");
    }
}
