//! `storeward completions`.

use clap::CommandFactory;

use super::args::{Cli, CompletionsArgs};
use super::exit::{Exit, Failure};
use super::results::Results;

pub(super) fn run(results: &Results, args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "storeward", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    results.give(|_, _, _| script.clone())?;
    Ok(Exit::Ok)
}
