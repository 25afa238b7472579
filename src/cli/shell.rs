//! `hspin completions` and `hspin man`.

use clap::Command;
use clap_complete::Shell;

use super::shared::output;
use crate::error::{Error, Result};

/// Print completions for a shell.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  hspin completions bash > ~/.local/share/bash-completion/completions/hspin"
)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Print the manual page.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin man | man -l -")]
pub struct ManArgs {}

/// Runs `hspin completions`.
///
/// # Errors
/// [`Error::Io`].
pub fn completions(args: CompletionsArgs, mut command: Command) -> Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut command, "hspin", &mut text);
    output::print(&String::from_utf8_lossy(&text))
}

/// Runs `hspin man`: one page with a section for each verb.
///
/// # Errors
/// [`Error::Io`].
pub fn man(_: &ManArgs, mut command: Command) -> Result<()> {
    let failed = |error| Error::io("writing the manual", error);
    command.build();
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text).map_err(failed)?;
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        section(verb, "hspin", &mut text).map_err(failed)?;
    }
    output::print(&String::from_utf8_lossy(&text))
}

/// The section of a verb, and of the verbs below it.
fn section(verb: &clap::Command, above: &str, text: &mut Vec<u8>) -> std::io::Result<()> {
    let name = format!("{above} {}", verb.get_name());
    let page = clap_mangen::Man::new(verb.clone());
    text.extend(format!(".SH \"{}\"\n", name.to_uppercase()).bytes());
    page.render_description_section(text)?;
    page.render_options_section(text)?;
    page.render_extra_section(text)?;
    let below = verb.get_subcommands().filter(|verb| verb.get_name() != "help");
    below.into_iter().try_for_each(|verb| section(verb, &name, text))
}
