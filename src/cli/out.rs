//! Printing. A reader that closed its end of a pipe wants no more, which is no error and stops no apply.

use std::io::{ErrorKind, Write};

use crate::render::without_commands;

use super::exit::{Exit, Failure};

/// A part of the result, on standard output.
pub(super) fn result(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Error, format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Progress, prompts and findings, on standard error, where nobody is told if that cannot be written. Whatever they
/// quote, a CI service that reads along finds no command in them.
pub(super) fn progress(text: &str) {
    command(&without_commands(text));
}

/// A command to a CI service that reads standard error.
pub(super) fn command(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
