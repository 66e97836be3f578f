//! Where a value stands in a YAML document, and what surrounds it.

use std::ops::Range;

use super::super::diagnostic::Diagnostics;
use super::super::source::{SourceId, Sources, Span};
use super::super::yaml::{self, Entry, Node, Yaml};

/// The documents of a source.
pub(super) struct Documents<'a> {
    pub(super) source: SourceId,
    pub(super) text: &'a str,
    pub(super) all: Vec<Node>,
    pub(super) is_json: bool,
}

/// A value in a document.
pub(super) struct Spot<'n> {
    pub(super) node: &'n Node,
    /// Its key, where it is the value of one.
    pub(super) entry: Option<&'n Entry>,
    /// Whether brackets are around it.
    pub(super) in_flow: bool,
}

impl<'a> Documents<'a> {
    pub(super) fn of(sources: &'a Sources, source: SourceId) -> Self {
        let found = sources.get(source);
        // It was read without mistakes before.
        let parsed = yaml::parse(sources, source, &mut Diagnostics::default());
        let is_json = found.name.to_ascii_lowercase().ends_with(".json");
        Self { source, text: &found.text, all: parsed.documents, is_json }
    }

    /// The value that stands exactly there.
    pub(super) fn spot(&self, span: Span) -> Option<Spot<'_>> {
        self.all.iter().find_map(|root| self.below(root, None, false, span))
    }

    fn below<'n>(
        &self,
        node: &'n Node,
        entry: Option<&'n Entry>,
        in_flow: bool,
        span: Span,
    ) -> Option<Spot<'n>> {
        let is_here = node.span == span;
        let inner = in_flow || self.is_flow(node);
        let deeper = match &node.value {
            Yaml::Scalar { .. } => None,
            Yaml::List(items) => items.iter().find_map(|item| self.below(item, None, inner, span)),
            Yaml::Map(entries) => {
                entries.iter().find_map(|entry| self.below(&entry.value, Some(entry), inner, span))
            }
        };
        deeper.or_else(|| is_here.then_some(Spot { node, entry, in_flow }))
    }

    /// Whether a list or map is written in brackets.
    pub(super) fn is_flow(&self, node: &Node) -> bool {
        !matches!(node.value, Yaml::Scalar { .. }) && self.text[node.span.range()].starts_with(['[', '{'])
    }

    /// Where a value stands, with the sign of a block before it, and without a comment behind it; the end of what stands
    /// before it, where nothing stands there.
    pub(super) fn extent(&self, node: &Node, entry: Option<&Entry>) -> Range<usize> {
        let whole = node.span.range();
        if !matches!(node.value, Yaml::Scalar { .. }) {
            return whole;
        }
        let written = &self.text[whole.clone()];
        // The reader takes blanks and a comment behind a quoted text along.
        if let Some(quote) = written.chars().next().filter(|c| ['"', '\''].contains(c)) {
            return whole.start..whole.start + quoted(written, quote);
        }
        let Some(entry) = entry else { return whole };
        let Some(colon) = self.text[entry.key_span.end..].find(':') else { return whole };
        let behind = entry.key_span.end + colon + 1;
        if whole.is_empty() {
            return behind..behind;
        }
        let between = &self.text[behind..whole.start.max(behind)];
        match between.find(['|', '>']) {
            // A sign that is no part of a comment.
            Some(sign) if !between[..sign].contains('#') => behind + sign..whole.end,
            _ => whole,
        }
    }

    /// How far a place is from the start of its line.
    pub(super) fn column(&self, at: usize) -> usize {
        self.text[self.line_start(at)..at].chars().count()
    }

    pub(super) fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |feed| feed + 1)
    }

    /// Where the line of a place ends, before its line feed.
    pub(super) fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |feed| at + feed)
    }

    /// Where the last thing that a value says ends.
    pub(super) fn content_end(&self, node: &Node, entry: Option<&Entry>) -> usize {
        match &node.value {
            _ if self.is_flow(node) => node.span.end,
            Yaml::List(items) if !items.is_empty() => self.content_end(&items[items.len() - 1], None),
            Yaml::Map(entries) if !entries.is_empty() => {
                let last = &entries[entries.len() - 1];
                self.content_end(&last.value, Some(last))
            }
            _ => self.extent(node, entry).end,
        }
    }
}

/// How long a quoted text is, with its quotes.
fn quoted(written: &str, quote: char) -> usize {
    let mut skipped = false;
    for (at, c) in written.char_indices().skip(1) {
        match c {
            _ if skipped => skipped = false,
            '\\' if quote == '"' => skipped = true,
            c if c == quote => match written[at + 1..].chars().next() {
                // Two of them are one.
                Some('\'') if quote == '\'' => skipped = true,
                _ => return at + 1,
            },
            _ => {}
        }
    }
    written.len()
}
