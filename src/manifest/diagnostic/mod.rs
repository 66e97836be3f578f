//! What there is to say about what the user wrote: many at once, each with a code and a place.

mod guess;
mod many;
mod sharing;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use guess::did_you_mean;
pub use many::Diagnostics;

use super::code::Code;
use super::source::Span;

/// How much of a name is said where several are.
const MAX_BRIEF_CHARS: usize = 120;

/// How bad it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is sent while there is one.
    Error,
    /// The run goes on.
    Warning,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Its stable code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, as a lower-case fragment.
    pub message: String,
    /// Where; `None` when no text is to blame.
    pub span: Option<Span>,
    /// What to say right at the place.
    pub label: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// Whether the text at the place must not be shown, only where it is.
    pub hides_text: bool,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: Code, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            span: span.into(),
            label: None,
            help: None,
            hides_text: false,
        }
    }

    /// A warning at a place.
    pub fn warning(code: Code, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// With a word right at the place.
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: Some(label.into()), ..self }
    }

    /// With a remedy.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// With the text at the place kept secret where `secret` says so.
    #[must_use]
    pub fn hiding_text(self, secret: bool) -> Self {
        Self { hides_text: secret, ..self }
    }
}

/// A name of any length, for a text in which it stands beside others.
pub fn brief(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(MAX_BRIEF_CHARS) {
        Some((end, _)) => format!("{}…", &name[..end]).into(),
        None => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_said_in_part() {
        assert_eq!(brief(&"ü".repeat(121)).chars().count(), 121);
        assert_eq!(brief("name"), "name");
    }
}
