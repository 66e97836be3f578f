//! Where values stand in YAML, and what stands around them.

use super::super::source::Span;
use super::super::yaml::{Entry, Node, Yaml};
use super::text::{line_end, line_start};

/// A value with what surrounds it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'n> {
    pub(super) node: &'n Node,
    /// The entry whose value it is.
    pub(super) entry: Option<&'n Entry>,
    /// Whether brackets are around it.
    pub(super) in_flow: bool,
}

/// The scalar or list that stands at a span.
pub(super) fn find<'n>(text: &str, documents: &'n [Node], span: Span) -> Option<Place<'n>> {
    let root = |node| below(text, Place { node, entry: None, in_flow: false }, span);
    documents.iter().find_map(root)
}

fn below<'n>(text: &str, place: Place<'n>, span: Span) -> Option<Place<'n>> {
    let in_flow = place.in_flow || is_flow(text, place.node);
    let found = match &place.node.value {
        Yaml::Map(entries) => entries
            .iter()
            .find_map(|entry| below(text, Place { node: &entry.value, entry: Some(entry), in_flow }, span)),
        Yaml::List(items) => {
            items.iter().find_map(|node| below(text, Place { node, entry: None, in_flow }, span))
        }
        Yaml::Scalar { .. } => None,
    };
    // A map starts where its first key does, and a list where its first item does.
    found.or((place.node.span == span).then_some(place))
}

/// Where the value itself starts, behind an anchor.
pub(super) fn head(text: &str, node: &Node) -> usize {
    let said = &text[node.span.range()];
    if !said.starts_with('&') {
        return node.span.start;
    }
    let behind = said.find([' ', '\n']).unwrap_or(said.len());
    node.span.start + behind + (said[behind..].len() - said[behind..].trim_start().len())
}

/// Whether a list or a map stands in brackets.
pub(super) fn is_flow(text: &str, node: &Node) -> bool {
    let open = match node.value {
        Yaml::Map(_) => '{',
        Yaml::List(_) => '[',
        Yaml::Scalar { .. } => return false,
    };
    text[head(text, node)..].starts_with(open)
}

/// Where a value ends; comments and blank lines behind it are no part of it.
pub(super) fn end(text: &str, node: &Node) -> usize {
    let last = match &node.value {
        _ if is_flow(text, node) => None,
        Yaml::Map(entries) => entries.last().map(|entry| entry_end(text, entry)),
        Yaml::List(items) => items.last().map(|item| end(text, item)),
        Yaml::Scalar { .. } => None,
    };
    last.unwrap_or(node.span.end)
}

/// Where an entry of a map ends.
pub(super) fn entry_end(text: &str, entry: &Entry) -> usize {
    let colon = colon(text, entry);
    if entry.value.span.end <= colon { colon } else { end(text, &entry.value).max(colon) }
}

/// Behind the colon of an entry.
pub(super) fn colon(text: &str, entry: &Entry) -> usize {
    let key_end = entry.key_span.end;
    text[key_end..].find(':').map_or(key_end, |at| key_end + at + 1)
}

/// How far a byte stands from the start of its line.
pub(super) fn column(text: &str, at: usize) -> usize {
    text[line_start(text, at)..at].chars().count()
}

/// Where the sign of a text in lines of its own stands, `|` or `>`; `None` for other texts.
pub(super) fn block_sign(text: &str, place: Place<'_>) -> Option<usize> {
    let start = place.node.span.start;
    let Yaml::Scalar { plain: false, .. } = place.node.value else { return None };
    let from = match place.entry {
        Some(entry) => colon(text, entry),
        None => line_start(text, text[..line_start(text, start)].trim_end().len()),
    };
    let line = &text[from..line_end(text, from)];
    let before_comment = line.split(" #").next().unwrap_or(line).trim_end();
    let at = before_comment.rfind(['|', '>'])?;
    let is_sign = before_comment[at + 1..].bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-'));
    (is_sign && from + line.len() < start).then_some(from + at)
}
