//! Findings as annotations, which CI services show beside the lines that they are about.
//!
//! The files of findings must be named from the root of the repository. Texts are hostile: they pass through
//! [`visible_line`] and the escapes of the service, so that they can neither end an annotation nor start one.

mod azure;
mod github;
mod gitlab;

pub use azure::azure;
pub use github::github;
pub use gitlab::gitlab;

use crate::manifest::{Finding, Severity};

use super::hygiene::visible_line;

/// What is wrong and what to do, in one line.
fn words(finding: &Finding) -> String {
    let mut words = visible_line(&finding.message);
    if let Some(help) = &finding.help {
        words.push_str(&format!(" ({})", visible_line(help)));
    }
    words
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
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
    use crate::manifest::Location;

    use super::*;

    pub(super) fn finding(file: &str, message: &str) -> Finding {
        Finding {
            code: "SW1203".to_owned(),
            severity: Severity::Error,
            message: message.to_owned(),
            at: Some(Location {
                file: file.into(),
                line: 6,
                column: 15,
                end_line: Some(6),
                end_column: Some(21),
            }),
            help: None,
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
            let findings = [Finding { help: Some(text.to_owned()), ..finding(text, text) }];
            let github = github(&findings);
            assert_eq!(lines(&github).len(), 1, "{github:?}");
            let properties = github.split("::").nth(1).unwrap();
            assert_eq!(properties.matches(',').count(), 5, "{github:?}");
            assert!(!github.to_lowercase().contains("##vso[") && !github.contains("##["), "{github:?}");
            let azure = azure(&findings);
            assert_eq!(lines(&azure).len(), 1, "{azure:?}");
            assert_eq!(azure.to_lowercase().rfind("##vso["), Some(0), "{azure:?}");
            assert!(!azure.contains("##["), "{azure:?}");
            let properties = azure.split(']').next().unwrap();
            assert_eq!(properties.matches(';').count(), 5, "{azure:?}");
            let gitlab = gitlab(&findings, ".");
            assert!(!gitlab.to_lowercase().contains("##vso[") && !gitlab.contains("##["), "{gitlab:?}");
            let report: serde_json::Value = serde_json::from_str(&gitlab).unwrap();
            assert_eq!(report[0]["location"]["path"], text, "a path is what it is");
        }
    }
}
