//! The columns of a row type as a table of the documentation.

use super::row::Row;

/// A Markdown table of all columns with their meanings and units.
pub fn page<R: Row>() -> String {
    let mut text = format!("## {}\n\n| column | type | unit | meaning |\n|---|---|---|---|\n", R::NAME);
    for column in R::columns() {
        let row = [column.name, column.kind.words(), column.unit, column.meaning.trim_start()].join(" | ");
        text.push_str(&format!("| {row} |\n"));
    }
    text
}
