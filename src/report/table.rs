//! Tables that sort where there is a script, and are read without one.

use super::html::{Attributes, Html, element};
use super::words::number::number;

/// A cell: what is shown, and the number behind it.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    text: String,
    /// The number to all its digits, for sorting and for whoever reads the page by a program.
    value: Option<String>,
    /// Its key in the JSON document of `hspin show`.
    key: Option<&'static str>,
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A whole number.
    pub fn count(count: u64) -> Self {
        Self { text: count.to_string(), value: Some(count.to_string()), key: None }
    }

    /// A whole number, or a dash.
    pub fn maybe_count(count: Option<u64>) -> Self {
        count.map_or_else(|| Self::text("–"), Self::count)
    }

    /// A number with so many decimals, or a dash.
    pub fn number(x: Option<f64>, decimals: usize) -> Self {
        let x = x.filter(|x| x.is_finite());
        Self { text: number(x, decimals), value: x.map(digits), key: None }
    }

    /// A number whose text is another one, such as a percentage.
    pub fn shown_as(x: Option<f64>, text: impl FnOnce(f64) -> String) -> Self {
        let x = x.filter(|x| x.is_finite());
        Self { text: x.map_or("–".to_owned(), text), value: x.map(digits), key: None }
    }

    /// A share in per cent.
    pub fn percent(share: Option<f64>, decimals: usize) -> Self {
        Self::shown_as(share, |share| format!("{} %", number(Some(100.0 * share), decimals)))
    }

    /// The same with more text behind it.
    #[must_use]
    pub fn followed_by(self, text: &str) -> Self {
        Self { text: self.text + text, ..self }
    }

    /// The same with its key in JSON.
    #[must_use]
    pub fn keyed(self, key: &'static str) -> Self {
        Self { key: Some(key), ..self }
    }
}

/// All digits of a number, as JSON has them.
fn digits(x: f64) -> String {
    serde_json::to_string(&x).unwrap_or_default()
}

/// A table under one line of headings; the first column names the rows.
pub struct Table {
    caption: String,
    id: String,
    headings: Vec<(String, &'static str)>,
    rows: Vec<(String, Vec<Cell>)>,
}

impl Table {
    /// A table with these headings, each with what it means.
    pub fn new(id: impl Into<String>, caption: impl Into<String>, headings: &[(&str, &'static str)]) -> Self {
        let headings = headings.iter().map(|&(heading, meaning)| (heading.to_owned(), meaning)).collect();
        Self { caption: caption.into(), id: id.into(), headings, rows: Vec::new() }
    }

    /// Adds a column at the right.
    pub fn heading(&mut self, heading: impl Into<String>, meaning: &'static str) {
        self.headings.push((heading.into(), meaning));
    }

    /// Adds a row; `name` tells rows from one another.
    pub fn row(&mut self, name: impl Into<String>, cells: Vec<Cell>) {
        self.rows.push((name.into(), cells));
    }

    /// The table in a frame that scrolls sideways where a screen is narrow; nothing without rows.
    pub fn html(&self) -> Html {
        if self.rows.is_empty() {
            return Html::none();
        }
        let heading = |(heading, meaning): &(String, &'static str)| {
            let title: Attributes = if meaning.is_empty() {
                &[("scope", "col")]
            } else {
                &[("scope", "col"), ("title", meaning)]
            };
            element("th", title, Html::text(heading))
        };
        let caption = element("caption", &[], Html::text(&self.caption));
        let head = element("tr", &[], Html::all(self.headings.iter().map(heading)));
        let rows = Html::all(self.rows.iter().map(|(name, cells)| row(name, cells)));
        let table = element(
            "table",
            &[("class", "sortable"), ("id", &self.id)],
            Html::all([caption, element("thead", &[], head), element("tbody", &[], rows)]),
        );
        let label = format!("Table: {}", self.caption);
        element(
            "div",
            &[("class", "wide"), ("tabindex", "0"), ("role", "group"), ("aria-label", &label)],
            table,
        )
    }

    /// The same as comma-separated text, with all digits.
    pub fn csv(&self) -> String {
        let line = |fields: Vec<&str>| fields.into_iter().map(field).collect::<Vec<_>>().join(",") + "\n";
        let heads = line(self.headings.iter().map(|(heading, _)| heading.as_str()).collect());
        let cell = |cell: &'_ Cell| cell.value.clone().unwrap_or_else(|| cell.text.replace('–', ""));
        let rows = self.rows.iter().map(|(_, cells)| {
            let cells: Vec<String> = cells.iter().map(cell).collect();
            line(cells.iter().map(String::as_str).collect())
        });
        heads + &rows.collect::<String>()
    }
}

fn row(name: &str, cells: &[Cell]) -> Html {
    let cell = |(i, cell): (usize, &Cell)| {
        let mut attributes = Vec::new();
        attributes.extend((i == 0).then_some(("scope", "row")));
        attributes.extend(cell.value.as_deref().map(|value| ("data-value", value)));
        attributes.extend(cell.key.map(|key| ("data-key", key)));
        element(if i == 0 { "th" } else { "td" }, &attributes, Html::text(&cell.text))
    };
    element("tr", &[("data-row", name)], Html::all(cells.iter().enumerate().map(cell)))
}

fn field(text: &str) -> String {
    if text.contains(['"', ',', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_its_numbers_to_all_digits() {
        let mut table = Table::new("t", "sizes", &[("Λ", ""), ("mean u", "mean, of \"u\"")]);
        table.row("25", vec![Cell::count(25), Cell::number(Some(-0.1), 2).keyed("mean")]);
        table.row("50", vec![Cell::count(50), Cell::number(None, 2).keyed("mean")]);
        let html = table.html().into_string();
        assert!(html.contains("<td data-value=\"-0.1\" data-key=\"mean\">−0.10</td>"), "{html}");
        assert!(html.contains("<td data-key=\"mean\">–</td>"), "{html}");
        assert_eq!(table.csv(), "Λ,mean u\n25,-0.1\n50,\n");
        assert_eq!(field("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert!(Table::new("t", "none", &[]).html().is_empty());
    }
}
