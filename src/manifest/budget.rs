//! What one run may take of the machine. Each file and each value has a limit of its own; these bound their sum, which
//! is what languages, keys and manifests multiply.

use super::code::Code;
use super::diagnostic::Diagnostic;

/// How much text is kept, in bytes. That of twenty apps in forty languages is a tenth of it.
const MAX_HELD: usize = 40 * 1024 * 1024;
/// How much text values may take from manifests and files, in bytes.
const MAX_TAKEN: usize = 40 * 1024 * 1024;
/// How many bytes of YAML that nobody named are looked through for manifests.
const MAX_LOOKED: usize = 96 * 1024 * 1024;
/// What taking a value costs at least, in bytes.
const LEAST: usize = 64;
/// How often it is guessed what was meant by a name that is nowhere: each time all that is there is compared.
const MAX_GUESSES: usize = 20;

/// What is left of it.
#[derive(Debug, Default)]
pub(super) struct Budget {
    looked: usize,
    held: usize,
    taken: usize,
    guesses: usize,
}

impl Budget {
    /// Counts text that is looked through for manifests, of which most is not ours.
    pub(super) fn look(&mut self, bytes: usize) -> Result<(), Diagnostic> {
        self.looked = self.looked.saturating_add(bytes);
        if self.looked <= MAX_LOOKED {
            return Ok(());
        }
        let message = "there is too much YAML here to look through for manifests";
        let help = "name the manifests, or the folders in which they lie";
        Err(Diagnostic::error(Code::TooComplex, None, message).help(help))
    }

    /// Counts text that is kept for the run.
    pub(super) fn hold(&mut self, bytes: usize) -> Result<(), Diagnostic> {
        self.held += bytes;
        within(self.held, MAX_HELD, "the files that are read hold")
    }

    /// Counts work for a value: the bytes that it takes, or looks through.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Diagnostic> {
        self.taken += bytes.max(LEAST);
        within(self.taken, MAX_TAKEN, "the values of all languages take")
    }

    /// Whether it is worth to guess once more.
    pub(super) fn may_guess(&mut self) -> bool {
        self.guesses += 1;
        self.guesses <= MAX_GUESSES
    }
}

fn within(used: usize, max: usize, what: &str) -> Result<(), Diagnostic> {
    if used <= max {
        return Ok(());
    }
    let message = format!("{what} more than {} MiB of text together", max / 1024 / 1024);
    Err(Diagnostic::error(Code::TooComplex, None, message).help("check fewer manifests at a time"))
}
