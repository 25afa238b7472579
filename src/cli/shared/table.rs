//! Text tables: columns as wide as they need to be, numbers to the right.

use itertools::Itertools;

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

/// Numbers from the first on, and below the second, are written with exponents.
const PLAIN: [f64; 2] = [1e6, 1e-4];

/// A number with so many decimals and a true minus sign, or a dash where there is none. What is too large or too small for
/// decimals has an exponent.
pub fn number(x: Option<f64>, decimals: usize) -> String {
    let Some(x) = x else { return "–".to_owned() };
    let size = x.abs();
    let text = if size == 0.0 || (PLAIN[1]..PLAIN[0]).contains(&size) || !size.is_finite() {
        format!("{x:.decimals$}")
    } else {
        format!("{x:.*e}", decimals.clamp(1, 4))
    };
    text.replace('-', "−")
}

/// So many of something, with its name in the right number.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_and_small_numbers_have_exponents() {
        let text = |x: f64, decimals| number(Some(x), decimals);
        assert_eq!(
            [text(999_999.0, 1), text(1e6, 2), text(-1.25e45, 4)],
            ["999999.0", "1.00e6", "−1.2500e45"]
        );
        assert_eq!([text(1e-4, 4), text(-3.25e-15, 4), text(0.0, 4)], ["0.0001", "−3.2500e−15", "0.0000"]);
        assert_eq!([text(f64::INFINITY, 2), text(3e300, 0), number(None, 2)], ["inf", "3.0e300", "–"]);
    }

    #[test]
    fn nouns_have_their_number() {
        assert_eq!([0, 1, 2].map(|n| counted(n, "unit", "units")), ["0 units", "1 unit", "2 units"]);
    }

    #[test]
    fn columns_line_up() {
        let mut table = TextTable::new(["Λ", "mean u", "note"]);
        table.row(["25".into(), number(Some(-1.38712), 4), "x".into()]);
        table.row(["500".into(), number(None, 4), String::new()]);
        assert_eq!(table.text(), "  Λ   mean u  note\n 25  −1.3871  x\n500        –\n");
    }
}
