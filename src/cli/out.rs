//! Printing. A reader that closed its end of a pipe wants no more, which is no error and stops no apply.

use std::io::Write;

/// A part of the result, on standard output.
pub(super) fn result(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Progress, prompts and findings, on standard error.
pub(super) fn progress(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
