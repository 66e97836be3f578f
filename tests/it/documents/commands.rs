//! `docs/commands.md`: every command and its options, from the command line's own shape.

use clap::builder::StyledStr;
use clap::{Arg, Command, CommandFactory};
use storeward::cli::Cli;

use super::is_made_of;
use super::markdown::{anchor, code, prose, sentence};

const HEAD: &str = "# Commands

What every command does and takes. `storeward help COMMAND` prints the same. This page is made from the program.

How a command ends is in [exit codes](codes.md#exit-codes). The result goes to standard output; progress, questions and mistakes go to
standard error.

";

/// A help text: a line that is indented is a command or code to copy.
fn paragraphs(help: &StyledStr) -> String {
    let text = help.to_string();
    let paragraphs = text.trim_end().split("\n\n").map(|paragraph| {
        if paragraph.lines().all(|line| line.starts_with(' ')) {
            let lines = paragraph.lines().map(|line| line.strip_prefix("  ").unwrap_or(line));
            return format!("```text\n{}\n```", lines.collect::<Vec<_>>().join("\n"));
        }
        paragraph.lines().map(|line| prose(line.trim_end())).collect::<Vec<_>>().join("\n")
    });
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// How an argument is written: `--release <ADDRESS=DIR>`.
fn written(arg: &Arg) -> String {
    let values = arg.get_num_args().is_some_and(|number| number.takes_values()).then(|| {
        let names = arg.get_value_names().unwrap_or_default();
        let names = names.iter().map(|name| format!("<{name}>")).collect::<Vec<_>>().join(" ");
        match arg.get_num_args() {
            Some(number) if number.min_values() == 0 => format!("[={names}]"),
            _ => format!(" {names}"),
        }
    });
    let values = values.unwrap_or_default();
    match (arg.get_short(), arg.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long}{values}"),
        (Some(short), None) => format!("-{short}{values}"),
        (None, Some(long)) => format!("--{long}{values}"),
        (None, None) => values.trim_start().to_owned(),
    }
}

fn item(arg: &Arg) -> String {
    let mut text = format!("- {}", code(&written(arg)));
    if let Some(help) = arg.get_long_help().or_else(|| arg.get_help()) {
        let help = paragraphs(help);
        let (first, rest) = help.split_once("\n\n").unwrap_or((&help, ""));
        text.push_str(&format!("<br>{}", sentence(first)));
        for paragraph in rest.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
            text.push_str(&format!("\n\n  {}", paragraph.replace('\n', "\n  ")));
        }
    }
    // A switch has values, too: `true` and `false`.
    if arg.get_num_args().is_some_and(|number| number.takes_values()) {
        let defaults: Vec<String> =
            arg.get_default_values().iter().map(|value| code(&value.to_string_lossy())).collect();
        if !defaults.is_empty() {
            text.push_str(&format!(" Default: {}.", defaults.join(", ")));
        }
        if let Some(variable) = arg.get_env() {
            text.push_str(&format!(" Environment: {}.", code(&variable.to_string_lossy())));
        }
        for value in arg.get_possible_values().iter().filter(|value| !value.is_hide_set()) {
            let help = value.get_help().map(|help| format!(": {}", sentence(&prose(&help.to_string()))));
            text.push_str(&format!("\n  - {}{}", code(value.get_name()), help.unwrap_or_default()));
        }
    }
    text.push('\n');
    text
}

fn items<'a>(args: impl Iterator<Item = &'a Arg>) -> String {
    args.filter(|arg| !arg.is_hide_set()).map(item).collect()
}

/// A command, and those below it.
fn section(command: &Command, name: &str, level: usize) -> String {
    let about = command.get_about().map(|about| sentence(&prose(&about.to_string()))).unwrap_or_default();
    let mut text = format!("{} {name}\n\n{about}\n\n", "#".repeat(level));
    if let Some(long) = command.get_long_about() {
        let long = paragraphs(long);
        // The first line is what was just said.
        if let Some((_, rest)) = long.split_once("\n\n") {
            text.push_str(&format!("{rest}\n\n"));
        }
    }
    let usage = command.clone().bin_name(name).render_usage().to_string();
    text.push_str(&format!("```text\n{}\n```\n\n", usage.trim_start_matches("Usage: ").trim()));
    let own = || command.get_arguments().filter(|arg| !arg.is_global_set() && arg.get_id() != "help");
    let named = items(own().filter(|arg| !arg.is_positional()));
    let args = items(own().filter(|arg| arg.is_positional())) + &named;
    if !args.is_empty() {
        text.push_str(&format!("{args}\n"));
    }
    if let Some(after) = command.get_after_long_help() {
        let after = after.to_string();
        text.push_str(&format!("```text\n{}\n```\n\n", after.trim_end()));
    }
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        text.push_str(&section(below, &format!("{name} {}", below.get_name()), level + 1));
    }
    text
}

#[test]
fn the_page_of_commands_is_fresh() {
    let mut cli = Cli::command();
    cli.build();
    let commands: Vec<&Command> = cli
        .get_subcommands()
        .filter(|command| command.get_name() != "help" && !command.is_hide_set())
        .collect();
    let names = commands.iter().map(|command| {
        let name = format!("storeward {}", command.get_name());
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        format!("- [`{name}`](#{}): {}\n", anchor(&name), prose(&about))
    });
    let global = items(cli.get_arguments().filter(|arg| arg.is_global_set()));
    let text = format!(
        "{HEAD}{}- [Options that every command takes](#options-that-every-command-takes)\n\n{}## Options that every command \
         takes\n\n{global}",
        names.collect::<String>(),
        commands
            .iter()
            .map(|command| section(command, &format!("storeward {}", command.get_name()), 2))
            .collect::<String>()
    );
    assert!(commands.len() > 5 && !global.is_empty());
    is_made_of("docs/commands.md", &format!("{}\n", text.trim_end()));
}
