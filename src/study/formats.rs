//! Versions of run files: their numbers are given out here, so that no two studies share one.

/// Marks a SQLite file as ours: "HSPN".
pub const APPLICATION_ID: i32 = 0x4853_504E;
/// Version of a file and the command that makes it, for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// The number in the file's header; from [`OWN`] on for studies outside of this crate.
    pub number: i32,
    /// The command, such as `hspin sweep`.
    pub command: &'static str,
}

const fn format(number: i32, command: &'static str) -> Format {
    Format { number, command }
}

/// Versions of the tables, of the unit, of the checksums and of the spec that this program makes, or made. The first three
/// are those of release 0.1; in the others the spec has fields that it does not know; 7 and 8 are of surfaces whose
/// records have a radial slope beside them; 9 is of paths, 10 of sampling at temperature. Numbers from [`OWN`] on are free for
/// studies outside of this crate.
pub const FORMATS: [Format; 10] = [
    format(1, "hspin sweep"),
    format(2, "hspin census"),
    format(3, "hspin networks sweep"),
    format(4, "hspin sweep"),
    format(5, "hspin census"),
    format(6, "hspin networks sweep"),
    format(7, "hspin sweep"),
    format(8, "hspin census"),
    format(9, "hspin paths"),
    format(10, "hspin sample"),
];

/// Least number of a study outside of this crate.
pub const OWN: i32 = 1000;

/// The commands that make files of these versions, each once, as a list in words.
pub(super) fn commands(formats: &[Format]) -> String {
    let mut commands: Vec<&str> = Vec::new();
    for format in formats {
        if !commands.contains(&format.command) {
            commands.push(format.command);
        }
    }
    match commands.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
