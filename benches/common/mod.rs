//! What all benches share: one table in Markdown, the machine it was measured on, and the same numbers as JSON.
#![allow(dead_code, reason = "each bench uses some of it")]

use std::path::Path;
use std::process::Command;

use hspin::hamiltonian::Isa;
use serde_json::{Map, Value, json};

/// One number or word of a table.
pub struct Cell {
    shown: String,
    value: Value,
}

/// A number, shown with so many digits after the point.
pub fn number(value: f64, digits: usize) -> Cell {
    Cell { shown: format!("{value:.digits$}"), value: json!(value) }
}

/// A share, shown in percent.
pub fn share(value: f64) -> Cell {
    Cell { shown: format!("{:.1}%", 100.0 * value), value: json!(value) }
}

impl<T: std::fmt::Display + serde::Serialize> From<T> for Cell {
    fn from(value: T) -> Self {
        Self { shown: value.to_string(), value: json!(value) }
    }
}

/// A table that is printed row by row as it is measured, and saved when it is finished.
pub struct Table {
    name: &'static str,
    columns: Vec<&'static str>,
    machine: Map<String, Value>,
    rows: Vec<Value>,
}

impl Table {
    /// Prints what is measured, the machine, and the head; `name` is the bench's and its file's.
    pub fn new(name: &'static str, what: &str, columns: &[&'static str]) -> Self {
        let machine = machine();
        let told: Vec<String> =
            machine.iter().map(|(key, value)| format!("{key} {}", plain(value))).collect();
        println!("\n{what}\n{}\n", told.join(" · "));
        println!("|{}|", columns.iter().map(|column| format!(" {column} ")).collect::<Vec<_>>().join("|"));
        println!("|{}|", columns.iter().map(|_| "---:").collect::<Vec<_>>().join("|"));
        Self { name, columns: columns.to_vec(), machine, rows: Vec::new() }
    }

    /// Prints a row.
    ///
    /// # Panics
    /// If it has not one cell for each column.
    #[track_caller]
    pub fn row<const N: usize>(&mut self, cells: [Cell; N]) {
        assert_eq!(N, self.columns.len());
        let shown = self.columns.iter().zip(&cells).map(|(column, cell)| {
            let width = column.chars().count();
            format!(" {:>width$} ", cell.shown)
        });
        println!("|{}|", shown.collect::<Vec<_>>().join("|"));
        let keyed = self.columns.iter().zip(cells).map(|(&column, cell)| (column.to_owned(), cell.value));
        self.rows.push(Value::Object(keyed.collect()));
    }

    /// Saves all rows as `target/bench/NAME.json`.
    pub fn finish(self) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
        let path = folder.join(format!("{}.json", self.name));
        let document = json!({ "name": self.name, "machine": self.machine, "rows": self.rows });
        let text = serde_json::to_string_pretty(&document).expect("finite numbers and words");
        let saved = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, text + "\n"));
        match saved {
            Ok(()) => println!("\nsaved as {}", path.display()),
            Err(error) => eprintln!("cannot save {}: {error}", path.display()),
        }
    }
}

/// The value in the middle, or of the two in the middle the larger.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn machine() -> Map<String, Value> {
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let told = [
        ("cpu", json!(model.unwrap_or("unknown"))),
        ("cores", json!(std::thread::available_parallelism().map_or(1, usize::from))),
        ("isa", json!(Isa::best().name())),
        ("date", json!(said_by("date", &["-u", "+%F"]))),
        ("commit", json!(said_by("git", &["rev-parse", "--short", "HEAD"]))),
    ];
    told.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn said_by(program: &str, words: &[&str]) -> String {
    let output = Command::new(program).args(words).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    let said = output.ok().filter(|output| output.status.success());
    said.map_or("unknown".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
