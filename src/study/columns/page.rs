//! The columns of a row type as a table of the documentation.

use super::{Kind, Row};

/// A Markdown table of all columns with their meanings and units.
pub fn page<R: Row>() -> String {
    let mut text = format!("## {}\n\n| column | type | unit | meaning |\n|---|---|---|---|\n", R::NAME);
    for column in R::columns() {
        let kind = match column.kind {
            Kind::Count | Kind::Signed => "integer",
            Kind::Flag => "0 or 1",
            Kind::Real => "float",
            Kind::Name => "text",
        };
        let row = [column.name, kind, column.unit, column.meaning.trim_start()].join(" | ");
        text.push_str(&format!("| {row} |\n"));
    }
    text
}
