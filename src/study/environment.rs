//! What the environment of a process asks of the engine, and how launchers of many processes say that they started it. Who
//! calls looks variables up. They change how fast a run is and never what it gives.

use std::ffi::OsString;

use super::memory::available_bytes;
use super::resources::{Commits, DEFAULT_BATCH, Resources};
use crate::error::{Error, Result};
use crate::numeric::isa::Isa;

/// Looks a variable up by its name, as [`std::env::var_os`] does.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Most starts per kernel block.
const MOST_BATCH: u32 = 4096;

/// Variables in which launchers say how many processes they started, and which of them this one is.
const LAUNCHERS: [[&str; 2]; 3] = [
    ["OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"],
    ["PMI_SIZE", "PMI_RANK"],
    ["SLURM_STEP_NUM_TASKS", "PMIX_RANK"],
];

/// How this process was started together with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobLaunch {
    /// Processes, at least 2.
    pub ranks: usize,
    /// Number of this one.
    pub rank: usize,
}

impl JobLaunch {
    /// Whether this process was started as one of several.
    pub fn of(variables: Variables) -> Option<Self> {
        let number = |name: &str| variables(name)?.to_str()?.trim().parse::<usize>().ok();
        let launches = LAUNCHERS.iter().filter_map(|[size, rank]| Some((number(size)?, number(rank)?)));
        launches.map(|(ranks, rank)| Self { ranks, rank }).find(|launch| launch.ranks > 1)
    }
}

/// What the environment asks for; `None` leaves the choice to the program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    /// `HSPIN_BATCH`: points that a thread works on side by side.
    pub batch: Option<u32>,
    /// `HSPIN_ISA`: instruction set of the kernels.
    pub isa: Option<Isa>,
    /// `HSPIN_COMMIT`: what shares a commit.
    pub commits: Option<Commits>,
}

impl Settings {
    /// Reads the variables.
    ///
    /// # Errors
    /// [`Error::BadInput`] naming the variable, its value and what is allowed.
    pub fn read(variables: Variables) -> Result<Self> {
        Ok(Self {
            batch: variable(variables, "HSPIN_BATCH", batch)?,
            isa: variable(variables, "HSPIN_ISA", isa)?,
            commits: variable(variables, "HSPIN_COMMIT", commits)?,
        })
    }
}

fn variable<T>(
    variables: Variables,
    name: &str,
    parse: fn(&str) -> Result<T, &'static str>,
) -> Result<Option<T>> {
    let Some(value) = variables(name) else { return Ok(None) };
    let text = value.to_string_lossy();
    parse(&text).map(Some).map_err(|allowed| Error::bad_input(name, text, allowed))
}

fn batch(text: &str) -> Result<u32, &'static str> {
    let value = text.parse().ok().filter(|value| (1..=MOST_BATCH).contains(value));
    value.ok_or("a whole number from 1 to 4096")
}

fn isa(text: &str) -> Result<Isa, &'static str> {
    let known = Isa::ALL.into_iter().find(|isa| isa.name() == text).ok_or("scalar, avx2 or avx512")?;
    if known.is_available() { Ok(known) } else { Err("an instruction set of this machine") }
}

fn commits(text: &str) -> Result<Commits, &'static str> {
    match text {
        "group" => Ok(Commits::Grouped),
        "unit" => Ok(Commits::EachUnit),
        _ => Err("group or unit"),
    }
}

impl Resources {
    /// Those of this machine: threads as asked, or as many as there are cores; what its variables ask for.
    ///
    /// # Errors
    /// [`Error::BadInput`] for a variable whose value is not allowed.
    pub fn here(threads: Option<u32>, variables: Variables) -> Result<Self> {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let Settings { batch, isa, commits } = Settings::read(variables)?;
        Ok(Self {
            threads: threads.map_or_else(cores, |threads| threads.max(1) as usize),
            isa: isa.unwrap_or_else(Isa::best),
            batch: batch.map_or(DEFAULT_BATCH, |batch| batch as usize),
            memory: available_bytes(),
            shard: 1,
            commits: commits.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_allowed_is_taken() {
        assert_eq!((batch("1"), batch("4096"), isa("avx2")), (Ok(1), Ok(4096), Ok(Isa::Avx2)));
        for bad in ["", "0", "4097", "-1", "1.5", "many"] {
            assert!(batch(bad).is_err(), "{bad}");
            assert!(isa(bad).is_err(), "{bad}");
            assert!(commits(bad).is_err(), "{bad}");
        }
    }
}
