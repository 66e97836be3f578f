//! What is to be said beside the lines that it is about, in the forms that CI services show there.
//!
//! Files must be named from the root of the repository. Texts are hostile: they pass through [`visible_line`] and the
//! escapes of the service, so that they can neither end an annotation nor start one.

mod azure;
mod github;
mod gitlab;
mod of_plan;

pub use azure::azure;
pub use github::github;
pub use gitlab::gitlab;
pub use of_plan::{Places, annotations_of_plan};

use crate::manifest::{Finding, Location, Severity};

use super::hygiene::visible_line;

/// How loud an annotation is. Each service has its own word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Nothing is sent while it stands.
    Error,
    /// Somebody should look at it.
    Warning,
    /// Worth knowing, and no fault.
    Notice,
}

/// Something to be said beside a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// How loud it is said.
    pub level: Level,
    /// What it is called: a code such as `SW1203`, or the word of a guard or a blocker.
    pub code: String,
    /// What the code is about, in a few words.
    pub title: Option<&'static str>,
    /// What there is to say.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Where.
    pub at: Option<Location>,
}

impl From<&Finding> for Annotation {
    fn from(finding: &Finding) -> Self {
        Self {
            level: match finding.severity {
                Severity::Error => Level::Error,
                Severity::Warning => Level::Warning,
            },
            code: finding.code.clone(),
            title: finding.title(),
            message: finding.message.clone(),
            help: finding.help.clone(),
            at: finding.at.clone(),
        }
    }
}

impl Annotation {
    /// What there is to say and what to do, in one line.
    fn words(&self) -> String {
        let mut words = visible_line(&self.message);
        if let Some(help) = &self.help {
            words.push_str(&format!(" ({})", visible_line(help)));
        }
        words
    }
}

/// Replaces every character that has an escape.
fn escape(text: &str, escapes: &[(char, &str)]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match escapes.iter().find(|(special, _)| *special == c) {
            Some((_, escape)) => escaped.push_str(escape),
            None => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn annotation(file: &str, message: &str) -> Annotation {
        Annotation {
            level: Level::Error,
            code: "SW1203".to_owned(),
            title: Some("an image of the wrong size"),
            message: message.to_owned(),
            help: None,
            at: Some(Location {
                file: file.into(),
                line: 6,
                column: 15,
                end_line: Some(6),
                end_column: Some(21),
            }),
        }
    }

    /// What a service reads: lines, ended as it ends them.
    fn lines(text: &str) -> Vec<&str> {
        text.split(['\n', '\r']).filter(|line| !line.is_empty()).collect()
    }

    #[test]
    fn no_text_ends_an_annotation_or_starts_one() {
        let hostile = [
            "a\n::error::x", "a\r\n::set-output name=x::y", "::stop-commands::x",
            "##vso[task.setvariable variable=x]y", "##VSO[x]", "##[group]x", "a,line=1::x", "a;type=x;]y",
            "]##vso[x]", "%0A::error::x", "%AZP25", "a\u{85}::x\u{2028}::y",
        ];
        for text in hostile {
            let all =
                [Annotation { help: Some(text.to_owned()), code: text.to_owned(), ..annotation(text, text) }];
            let github = github(&all, "elsewhere");
            assert_eq!(lines(&github).len(), 1, "{github:?}");
            let properties = github.split("::").nth(1).unwrap();
            assert_eq!(properties.matches(',').count(), 5, "{github:?}");
            assert!(!github.to_lowercase().contains("##vso[") && !github.contains("##["), "{github:?}");
            let azure = azure(&all);
            assert_eq!(lines(&azure).len(), 1, "{azure:?}");
            assert_eq!(azure.to_lowercase().rfind("##vso["), Some(0), "{azure:?}");
            assert!(!azure.contains("##["), "{azure:?}");
            let properties = azure.split(']').next().unwrap();
            assert_eq!(properties.matches(';').count(), 5, "{azure:?}");
            let gitlab = gitlab(&all, ".");
            assert!(!gitlab.to_lowercase().contains("##vso[") && !gitlab.contains("##["), "{gitlab:?}");
            let report: serde_json::Value = serde_json::from_str(&gitlab).unwrap();
            assert_eq!(report[0]["location"]["path"], text, "a path is what it is");
        }
    }
}
