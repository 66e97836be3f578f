//! Code Quality reports of GitLab.
//!
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use std::collections::HashMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::render::json;

use super::{Annotation, Level};

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Place<'a>,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

/// The annotations as a report. GitLab takes none without a place, so those stand at the first line of `elsewhere`.
pub fn gitlab(annotations: &[Annotation], elsewhere: &str) -> String {
    let mut equal: HashMap<(&str, &str, &str), usize> = HashMap::new();
    let issues = annotations.iter().map(|annotation| {
        let (path, begin) = annotation.at.as_ref().map_or((elsewhere, 1), |at| (at.file.as_ref(), at.line));
        let ordinal = equal.entry((&annotation.code, path, &annotation.message)).or_default();
        *ordinal += 1;
        Issue {
            description: annotation.words(),
            check_name: &annotation.code,
            fingerprint: fingerprint(&[&annotation.code, path, &annotation.message, &ordinal.to_string()]),
            severity: match annotation.level {
                Level::Error => "major",
                Level::Warning => "minor",
                Level::Notice => "info",
            },
            location: Place { path, lines: Lines { begin } },
        }
    });
    json(&issues.collect::<Vec<_>>())
}

/// By which GitLab tells whether a merge request brings a finding; lines are not in it, because they move.
fn fingerprint(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\0"));
    let half = digest.first_chunk().expect("SHA-256 has 32 bytes");
    format!("{:032x}", u128::from_be_bytes(*half))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::annotation;
    use super::*;

    #[test]
    fn equal_annotations_have_fingerprints_of_their_own_that_stay() {
        let moved = |line| {
            let mut annotation = annotation("a.yaml", "m");
            annotation.at.as_mut().unwrap().line = line;
            annotation
        };
        let report = |annotations: &[Annotation]| -> Vec<Value> {
            serde_json::from_str(&gitlab(annotations, "elsewhere.yaml")).unwrap()
        };
        let placeless = Annotation { at: None, level: Level::Warning, ..annotation("", "m") };
        let before = report(&[moved(1), moved(2), placeless]);
        let after = report(&[annotation("a.yaml", "other"), moved(5), moved(9)]);
        let fingerprint = |issue: &Value| issue["fingerprint"].as_str().unwrap().to_owned();
        assert_eq!(fingerprint(&before[0]), fingerprint(&after[1]));
        assert_eq!(fingerprint(&before[1]), fingerprint(&after[2]));
        let mut all: Vec<String> = before.iter().chain(&after[..1]).map(fingerprint).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 4);
        assert_eq!(before[2]["location"], json!({ "path": "elsewhere.yaml", "lines": { "begin": 1 } }));
        assert_eq!((&before[0]["severity"], &before[2]["severity"]), (&json!("major"), &json!("minor")));
        assert_eq!(gitlab(&[], "."), "[]\n");
    }
}
