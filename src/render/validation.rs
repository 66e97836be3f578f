//! What validation came to, in a line.

use std::collections::BTreeSet;

use crate::manifest::{FindingCounts, Findings};

use super::plural;

/// `3 errors, 1 warning`; nothing where there is neither.
pub fn counts(counts: FindingCounts) -> String {
    [(counts.errors, "error"), (counts.warnings, "warning")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| plural(number, word))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The result of validation; `files` were read.
pub fn validation(findings: &Findings, files: usize) -> String {
    let counted = counts(findings.counts);
    if findings.counts.errors > 0 {
        let places = findings.findings.iter().filter_map(|finding| finding.at.as_ref());
        let places: BTreeSet<&str> = places.map(|at| at.file.as_ref()).collect();
        let within =
            if places.is_empty() { String::new() } else { format!(" in {}", plural(places.len(), "file")) };
        return format!("{counted}{within}; nothing was sent\n");
    }
    let manifests = findings.resources.len();
    let are = if manifests == 1 { "is" } else { "are" };
    let kinds: Vec<String> = [("app/", "app"), ("add-on/", "add-on"), ("flight/", "flight")]
        .into_iter()
        .map(|(prefix, word)| {
            (findings.resources.iter().filter(|address| address.starts_with(prefix)).count(), word)
        })
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| plural(number, word))
        .collect();
    let were = if files == 1 { "was" } else { "were" };
    let mut text = format!(
        "{} {are} valid ({}); {} {were} read",
        plural(manifests, "manifest"),
        kinds.join(", "),
        plural(files, "file")
    );
    if !counted.is_empty() {
        text.push_str(&format!("; {counted}"));
    }
    text.push('\n');
    text
}
