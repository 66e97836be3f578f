//! The command line: arguments and environment in, exit code out.
//!
//! One file per command. Settings come from flags and the environment, never from manifests. This room and
//! `render` are the only ones that print; time, environment and randomness enter the program here.

mod apply;
mod args;
mod exit;
mod explain;
mod out;
mod plan;
mod run;
mod sandbox;
mod schema;
mod settings;

use std::ffi::OsString;

use clap::Parser;

pub use args::Cli;
pub use exit::Exit;

use args::Command;

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
    let exit = runtime.block_on(async {
        match &cli.command {
            Command::Plan(args) => plan::run(&cli.global, args).await,
            Command::Apply(args) => apply::run(&cli.global, args).await,
            Command::Explain(args) => explain::run(args),
            Command::Schema(args) => Ok(schema::run(args)),
            Command::Sandbox(args) => sandbox::run(&cli.global, args).await,
        }
    });
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
