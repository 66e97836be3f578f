//! The command line: arguments and environment in, exit code out.
//!
//! One file per command. Settings come from flags and the environment, never from manifests. This room and
//! `render` are the only ones that print; time, environment and randomness enter the program here.

mod apply;
mod args;
mod baseline;
mod drift;
mod exit;
mod explain;
mod manifests;
mod out;
mod plan;
mod results;
mod run;
mod sandbox;
mod schema;
mod settings;
mod validate;

use std::ffi::OsString;

use clap::Parser;

pub use args::Cli;
pub use exit::Exit;

use args::Command;
use exit::Failure;
use results::Results;

/// Runs a command line; the first argument is the program's name. Returns the exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, not errors; a closed pipe is not worth one.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Ok }.code();
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            out::progress(&format!("error: the asynchronous runtime could not be started: {error}\n"));
            return Exit::Error.code();
        }
    };
    let exit = runtime.block_on(run(&cli));
    // A blocked read of standard input must not keep the program alive.
    runtime.shutdown_background();
    match exit {
        Ok(exit) => exit.code(),
        Err(error) => {
            error.print(&cli.global);
            error.exit.code()
        }
    }
}

async fn run(cli: &Cli) -> Result<Exit, Failure> {
    let global = &cli.global;
    let results = Results::open(global, cli.command.name())?;
    match &cli.command {
        Command::Validate(args) => validate::run(global, &results, args),
        Command::Plan(args) => plan::run(global, &results, args).await,
        Command::Drift(args) => drift::run(global, &results, args).await,
        Command::Apply(args) => apply::run(global, &results, args).await,
        Command::Explain(args) => explain::run(&results, args),
        Command::Schema(args) => schema::run(&results, args),
        Command::Sandbox(args) => sandbox::run(global, &results, args).await,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use crate::render::{Format, forms_of};

    use super::*;

    #[test]
    fn every_command_has_a_form_that_is_meant_where_none_is_named() {
        let cli = Cli::command();
        assert!(cli.get_subcommands().count() > 1);
        for command in cli.get_subcommands() {
            assert!(forms_of(command.get_name()).contains(&Format::Text), "{}", command.get_name());
        }
    }
}
