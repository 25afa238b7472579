//! The command line: parses text into typed values, calls the library, prints.
// What is read here was written by others: whatever it is, it must not panic.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod bands;
mod bench;
mod census;
pub mod figure;
mod merge;
mod networks;
mod paths;
mod report;
mod reproduce;
mod sample;
pub mod shared;
mod shell;
mod show;
mod slice;
mod sweep;
pub mod theory;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

pub use shared::caller::{Caller, Printed};
pub use shared::failure::Failure;
use shared::failure::{caught, one_line};
use shared::kinds::{ExportArgs, VerifyArgs, kind_of};
pub use shared::parcels;
use shared::parcels::OpenRun;
pub use shared::values;
use shared::{env, output, ranks, signals};

use crate::error::{Error, Result};

/// Exit status of input that is not allowed.
const BAD_INPUT: u8 = 2;

/// Spherical H-spin glass: energy landscapes simulated, beside their exact finite-size theory.
#[derive(Debug, Parser)]
#[command(name = "hspin", version, arg_required_else_help = true)]
#[command(after_help = "Example:\n  hspin reproduce --quick --out first-look")]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Reproduce(reproduce::Args),
    Sweep(Box<sweep::Args>),
    Show(show::Args),
    Verify(VerifyArgs),
    Export(ExportArgs),
    Merge(merge::Args),
    Figure(figure::Args),
    Report(report::Args),
    Slice(slice::Args),
    Theory(theory::Args),
    Census(census::Args),
    Sample(Box<sample::Args>),
    Bands(bands::Args),
    Networks(networks::Args),
    Paths(paths::Args),
    Bench(bench::Args),
    Completions(shell::CompletionsArgs),
    Man(shell::ManArgs),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    ExitCode::from(run(std::env::args_os()))
}

/// Runs a command line, the program's name first, as the only work of this process; the exit status.
pub fn run(line: impl IntoIterator<Item = OsString>) -> u8 {
    signals::survive_size_limits();
    crate::study::store::tell_of_waiting(output::log);
    if env::launch().is_some_and(|launch| launch.rank > 0) {
        output::silence();
    }
    let verb = match read(line) {
        Ok(verb) => verb,
        Err(reply) => return reply.print(),
    };
    // A bug is one line, too, and has its own exit status.
    std::panic::set_hook(Box::new(|panic| {
        output::log_always(&format!(
            "hspin: internal error, please report it: {}",
            one_line(&panic.to_string())
        ));
    }));
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| dispatch(verb)));
    match outcome.unwrap_or_else(|_| std::process::exit(1)) {
        Ok(()) => 0,
        // The reader of standard output has seen enough.
        Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::BrokenPipe => 0,
        Err(error) => fail(&error),
    }
}

/// Carries out a command line, the program's name first, for a program that goes on afterwards: what the command printed, and
/// how it ended.
pub fn carry_out(
    line: impl IntoIterator<Item = OsString>,
    caller: Caller,
) -> (std::result::Result<(), Failure>, Printed) {
    let work = || match read(line) {
        Ok(verb) => dispatch(verb).map_err(|error| Failure::of(&error)),
        Err(Reply { code: 0, text }) => output::print(&text).map_err(|error| Failure::of(&error)),
        Err(reply) => Err(reply.into()),
    };
    caller.during(|| caught(work))
}

fn dispatch(verb: Verb) -> Result<()> {
    let shared = match &verb {
        Verb::Sweep(_) | Verb::Census(_) | Verb::Sample(_) | Verb::Paths(_) => true,
        Verb::Networks(args) => args.is_shared(),
        _ => false,
    };
    if !shared {
        ranks::only_one()?;
    }
    match verb {
        Verb::Reproduce(args) => reproduce::run(args),
        Verb::Sweep(args) => sweep::run(*args),
        Verb::Show(args) => show::run(args),
        Verb::Verify(args) => kind_of(&args.run)?.verify(&args),
        Verb::Export(args) => kind_of(&args.run)?.export(&args),
        Verb::Merge(args) => merge::run(&args),
        Verb::Figure(args) => figure::run(&args),
        Verb::Report(args) => report::run(&args),
        Verb::Slice(args) => slice::run(&args),
        Verb::Theory(args) => theory::run(&args),
        Verb::Census(args) => census::run(args),
        Verb::Sample(args) => sample::run(*args),
        Verb::Bands(args) => bands::run(&args),
        Verb::Networks(args) => networks::run(args),
        Verb::Paths(args) => paths::run(&args),
        Verb::Bench(args) => bench::run(&args),
        Verb::Completions(args) => shell::completions(args, Cli::command()),
        Verb::Man(args) => shell::man(&args, Cli::command()),
    }
}

/// Begins the run of a command line, the program's name first, or opens it to continue it, and does no work: for a program that
/// shares out the work itself.
pub fn begin(
    line: impl IntoIterator<Item = OsString>,
    caller: Caller,
) -> (std::result::Result<OpenRun, Failure>, Printed) {
    let begin = || {
        let begun = match read(line)? {
            Verb::Sweep(args) => sweep::begin(*args).map(OpenRun::surfaces),
            Verb::Census(args) => census::begin(args).map(OpenRun::surfaces),
            Verb::Sample(args) => sample::begin(*args).map(OpenRun::sampling),
            Verb::Networks(args) => networks::begin(args).map(OpenRun::networks),
            _ => Err(Error::Internal("a command without a run".into())),
        };
        begun.map_err(|error| Failure::of(&error))
    };
    caller.during(|| caught(begin))
}

fn fail(error: &Error) -> u8 {
    let Failure { code, text } = Failure::of(error);
    output::log(&format!("hspin: {text}"));
    code
}

/// What is printed in place of carrying a command line out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Exit status: 0 for help and version, which go to standard output; 2 for the rest.
    pub code: u8,
    /// Help, or the one line that says what is wrong.
    pub text: String,
}

/// Whether a command line, the program's name first, can be carried out.
///
/// # Errors
/// What is printed instead.
pub fn check(line: impl IntoIterator<Item = OsString>) -> std::result::Result<(), Reply> {
    read(line).map(drop)
}

fn read(line: impl IntoIterator<Item = OsString>) -> std::result::Result<Verb, Reply> {
    Cli::try_parse_from(line).map(|cli| cli.verb).map_err(|error| Reply::of(&error))
}

impl Reply {
    fn of(error: &clap::Error) -> Self {
        use clap::error::ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion};
        let text = error.render().to_string();
        match error.kind() {
            DisplayHelp | DisplayVersion => Self { code: 0, text },
            DisplayHelpOnMissingArgumentOrSubcommand => {
                Self { code: BAD_INPUT, text: text.trim_end().to_owned() }
            }
            _ => {
                // The first paragraph says what is wrong; the rest is usage.
                let first = text.split("\n\n").next().unwrap_or_default();
                let first = first.strip_prefix("error: ").unwrap_or(first);
                Self { code: BAD_INPUT, text: format!("hspin: {}", one_line(first)) }
            }
        }
    }

    fn print(&self) -> u8 {
        if self.code == 0 {
            return output::print(&self.text).map_or_else(|error| fail(&error), |()| 0);
        }
        output::log(&self.text);
        self.code
    }
}

impl From<Reply> for Failure {
    fn from(Reply { code, text }: Reply) -> Self {
        let text = text.strip_prefix("hspin: ").unwrap_or(&text).to_owned();
        Self { code, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent_and_every_verb_has_an_example() {
        let command = Cli::command();
        command.clone().debug_assert();
        for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
            let help = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.starts_with("Example:\n  hspin "), "{} has no example", verb.get_name());
        }
    }
}
