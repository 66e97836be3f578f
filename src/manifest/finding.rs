//! Findings for programs: what diagnostics say, with places instead of spans.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::code::Code;
use super::diagnostic::{Diagnostic, Severity};
use super::source::{Location, Sources};

/// A finding with a place that holds outside of the run. It never carries text of what the user wrote but in its message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The stable code, such as `SW1203`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at: Option<Location>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub help: Option<String>,
}

impl Finding {
    /// A diagnostic with its place.
    pub fn of(diagnostic: &Diagnostic, sources: &Sources) -> Self {
        Self {
            code: diagnostic.code.to_string(),
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            at: diagnostic.span.map(|span| sources.stretch(span)),
            help: diagnostic.help.clone(),
        }
    }

    /// What findings of this code are about, in a few words.
    pub fn title(&self) -> Option<&'static str> {
        Code::parse(&self.code).map(Code::title)
    }
}

/// All that there is to say about manifests, for programs: the result of `storeward validate --output json`, and of
/// `plan` and `apply` where they stop at a mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Findings {
    /// `MAJOR.MINOR` of this format. A reader of the same major understands it.
    pub format_version: String,
    /// Every finding: those without a place first, then in the order of files and positions.
    pub findings: Vec<Finding>,
    /// How many there are.
    pub counts: FindingCounts,
    /// The addresses of the resources that could be read, in the order of the manifests.
    pub resources: Vec<String>,
}

/// The version of the format of [`Findings`].
const FORMAT_VERSION: &str = "1.0";

/// How many findings there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindingCounts {
    /// Errors: nothing is sent while there is one.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
}

impl Findings {
    /// Findings about the manifests of these resources.
    pub fn new(findings: Vec<Finding>, resources: Vec<String>) -> Self {
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        let counts = FindingCounts { errors, warnings: findings.len() - errors };
        Self { format_version: FORMAT_VERSION.to_owned(), findings, counts, resources }
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::Span;
    use super::*;

    #[test]
    fn findings_know_their_place_and_are_counted() {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml", std::path::Path::new(""), "ä: [1,\n  2]\n");
        let diagnostic =
            |start, end| Diagnostic::error(Code::WrongType, Span { source, start, end }, "m").help("h");
        let two_lines = Finding::of(&diagnostic(4, 12), &sources);
        let at = two_lines.at.as_ref().unwrap();
        assert_eq!((at.line, at.column, at.end_line, at.end_column), (1, 4, Some(2), Some(5)));
        assert_eq!(two_lines.title(), Some("a value of the wrong type"));
        let one_word = Finding::of(&diagnostic(0, 2), &sources);
        let at = one_word.at.as_ref().unwrap();
        assert_eq!((at.line, at.column, at.end_line, at.end_column), (1, 1, Some(1), Some(2)));

        let placeless = Diagnostic::warning(Code::UnusedPermit, None, "w");
        let all = Findings::new(vec![Finding::of(&placeless, &sources), two_lines, one_word], Vec::new());
        assert_eq!(all.counts, FindingCounts { errors: 2, warnings: 1 });
        let json = serde_json::to_value(&all).unwrap();
        assert_eq!(json["findings"][0].get("at"), None);
        assert_eq!(json["findings"][1]["at"]["endColumn"], 5);
        assert_eq!(serde_json::from_value::<Findings>(json).unwrap(), all);
    }
}
