//! Asks the reader of manifests whether a value can stand in one: its rules are known there, and nowhere else.

use super::super::decode::decode;
use super::super::desired::Releases;
use super::super::diagnostic::{Diagnostics, Severity};
use super::super::files::Files;
use super::super::include::Included;
use super::super::source::Sources;
use super::super::value::Values;
use super::super::workspace::Workspace;
use super::super::yaml;
use super::page::{Line, Page};

use crate::submission::Kind;

/// Asks about values of one kind of resource.
pub(super) struct Probe {
    kind: Kind,
    workspace: Workspace,
}

impl Probe {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, workspace: Workspace::without_files() }
    }

    /// Why a value cannot stand at these keys below `submission`; `None` where it can.
    pub(super) fn refuses(&self, path: &[&str], value: &Page) -> Option<String> {
        let mut submission = Page::Map(Vec::new());
        submission.put(path, value.clone());
        self.refuses_key("submission", submission)
    }

    /// Why a value cannot stand at a key of the manifest itself; `None` where it can.
    pub(super) fn refuses_key(&self, key: &str, value: Page) -> Option<String> {
        // What every manifest needs, and nothing that anything depends on.
        let mut lines = vec![Line::new("kind", Page::word(self.kind.as_str()))];
        if key != "name" {
            lines.push(Line::new("name", Page::word("probe")));
        }
        if self.kind != Kind::App {
            lines.push(Line::new("app", Page::word("probe")));
        }
        if key != "id" {
            lines.push(Line::new("id", Page::word("9NPROBE00000")));
        }
        lines.push(Line::new(key, value));
        self.first_error(&Page::Map(lines).written())
    }

    fn first_error(&self, text: &str) -> Option<String> {
        let mut files = Files::new(&self.workspace);
        let mut sources = Sources::default();
        let mut diagnostics = Diagnostics::default();
        let source = sources.add("", std::path::Path::new(""), text);
        let parsed = yaml::parse(&sources, source, &mut diagnostics);
        for document in &parsed.documents {
            let mut values =
                Values { files: &mut files, sources: &mut sources, diagnostics: &mut diagnostics };
            decode(&mut values, self.kind, document, &Releases::new(), &Included::default());
        }
        let said = diagnostics.sorted();
        let error = said.iter().find(|diagnostic| diagnostic.severity == Severity::Error)?;
        Some(match &error.help {
            Some(help) => format!("{}; {help}", error.message),
            None => error.message.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_manifest_cannot_say_is_told_with_its_reason() {
        let probe = Probe::new(Kind::App);
        let refuses = |path: &[&str], text: &str| probe.refuses(path, &Page::text(text));
        let description = ["listings", "en-us", "description"];
        assert_eq!(refuses(&description, "- a: #b\n$(lang) $$(x) \"\\ \u{202e}"), None);
        assert!(refuses(&description, "a\0b").unwrap().contains("control character U+0000"));
        assert!(refuses(&description, &"x".repeat(10_001)).unwrap().contains("10001 characters"));
        assert!(refuses(&["pricing", "priceId"], "Base").unwrap().contains("not a price"));
        assert!(
            refuses(&["listings", "../en", "description"], "x").unwrap().contains("not a listing language")
        );
        assert!(probe.refuses_key("id", Page::text("short")).is_some());
    }
}
