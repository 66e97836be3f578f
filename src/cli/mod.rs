//! The command line: arguments and environment in, exit code out.
//!
//! One file per command. Settings come from flags and the environment, never from manifests. This room and
//! `render` are the only ones that print; time, environment and randomness enter the program here.

mod applied;
mod apply;
mod approval;
mod args;
mod baseline;
mod busy;
mod carrying;
mod ci;
mod command_line;
mod completions;
mod credentials;
mod discard;
mod doctor;
mod drift;
mod ended;
mod event_log;
mod exit;
mod explain;
mod folds;
mod init;
mod kept;
mod live;
mod manifests;
mod origin;
mod out;
mod plan;
mod pull;
mod remedy;
mod results;
mod rollout;
mod run;
mod sandbox;
mod saved;
mod schema;
mod settings;
mod signals;
mod snapshot;
mod status;
mod targets;
mod validate;
mod version;
mod wait;
mod watch;
mod whom;

use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;
use std::sync::mpsc;

use clap::Parser;
use clap::error::ErrorKind;
use tokio::runtime::Handle;

pub use args::Cli;
pub use exit::Exit;

use args::Command;
use ci::{Ci, Quiet};
use exit::Failure;
use results::Results;
use signals::{Signals, interrupted};

/// Runs a command line; the first argument is the program's name. Returns the exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let given: Vec<OsString> = arguments.into_iter().collect();
    let mut cli = match Cli::try_parse_from(&given) {
        Ok(mut cli) => {
            cli.global.given = given;
            cli
        }
        Err(error) if error.kind() == ErrorKind::DisplayVersion && version::printed_as_json(&given) => {
            return Exit::Ok.code();
        }
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
    let (ending, ended) = mpsc::channel();
    let signals = match Signals::listen(&runtime, ending.clone()) {
        Ok(signals) => signals,
        Err(error) => {
            out::progress(&format!("error: no signal can be heard: {error}\n"));
            return Exit::Error.code();
        }
    };
    let quiet = Quiet::start(&cli);
    cli.global.stopped_by = quiet.word().map(str::to_owned);
    // In a thread of its own: whatever it computes or waits for, a second signal ends it at once.
    let handle = runtime.handle().clone();
    let command = std::thread::Builder::new().name("command".to_owned()).stack_size(STACK).spawn(move || {
        let code = panic::catch_unwind(AssertUnwindSafe(|| end_of(&handle, &cli, &signals)));
        // Nobody listens any more where a second signal ended it.
        let _ = ending.send(code.unwrap_or(Exit::Error.code()));
    });
    let code = match command {
        Ok(_) => ended.recv().unwrap_or(Exit::Error.code()),
        Err(error) => {
            out::progress(&format!("error: the command could not be started: {error}\n"));
            Exit::Error.code()
        }
    };
    // A blocked read of standard input must not keep the program alive.
    runtime.shutdown_background();
    code
}

/// As much as the first thread of a program has elsewhere.
const STACK: usize = 8 * 1024 * 1024;

fn end_of(runtime: &Handle, cli: &Cli, signals: &Signals) -> u8 {
    match runtime.block_on(run(cli, signals)) {
        Ok(exit) => exit.code(),
        Err(error) => {
            error.print(&cli.global);
            error.exit.code()
        }
    }
}

/// Runs a command, and tells a CI service how it ended, however it ended.
async fn run(cli: &Cli, signals: &Signals) -> Result<Exit, Failure> {
    let (ci, opened) = match Ci::open(&cli.command) {
        Ok(ci) => (Rc::new(ci), Ok(())),
        Err(failure) => (Rc::default(), Err(failure)),
    };
    let (results, ended) = match opened.and_then(|()| Results::open(&cli.global, cli.command.name(), &ci)) {
        Ok(results) => {
            let ended = if cli.command.ends_on_signals() {
                perform(cli, &results, signals).await
            } else {
                tokio::select! {
                    ended = perform(cli, &results, signals) => ended,
                    signal = signals.first() => Err(interrupted(signal)),
                }
            };
            (Some(results), ended)
        }
        Err(failure) => (Results::on_stdout_alone(&cli.global, cli.command.name(), &ci), Err(failure)),
    };
    if let (Some(results), Err(failure)) = (results.filter(|_| cli.command.gives_its_end()), &ended)
        && let Err(untold) = results.give_end(failure)
    {
        untold.print(&cli.global);
    }
    let exit = ended.as_ref().map_or_else(|failure| failure.exit, |exit| *exit);
    match (ended, ci.conclude(exit)) {
        (ended, Ok(())) => ended,
        (Ok(Exit::Ok | Exit::Changes), Err(untold)) => Err(untold),
        (ended, Err(untold)) => {
            untold.print(&cli.global);
            ended
        }
    }
}

async fn perform(cli: &Cli, results: &Results, signals: &Signals) -> Result<Exit, Failure> {
    let global = &cli.global;
    let takes_targets = matches!(
        cli.command,
        Command::Plan(_) | Command::Drift(_) | Command::Apply(_) | Command::Snapshot(_)
    );
    if !takes_targets && !global.target.is_empty() {
        let message = format!("`storeward {}` takes no --target", cli.command.name());
        return Err(Failure::new(Exit::Usage, message).help("plan, drift, apply and snapshot do"));
    }
    match &cli.command {
        Command::Validate(args) => validate::run(global, results, args),
        Command::Plan(args) => plan::run(global, results, args).await,
        Command::Drift(args) => drift::run(global, results, args).await,
        Command::Apply(args) => apply::run(global, results, args, signals).await,
        Command::Status(args) => status::run(global, results, args).await,
        Command::Wait(args) => wait::run(global, results, args, signals).await,
        Command::Rollout(args) => rollout::run(global, results, args, signals).await,
        Command::Discard(args) => discard::run(global, results, args, signals).await,
        Command::Snapshot(args) => snapshot::run(global, results, args).await,
        Command::Doctor => doctor::run(global, results).await,
        Command::Init(args) => init::run(global, results, args).await,
        Command::Pull(args) => pull::run(global, results, args).await,
        Command::Explain(args) => explain::run(results, args),
        Command::Schema(args) => schema::run(results, args),
        Command::Completions(args) => completions::run(results, args),
        Command::Sandbox(args) => sandbox::run(global, results, args, signals).await,
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
