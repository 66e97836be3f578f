//! Where values stand in YAML, and what stands around them.

use super::super::source::Span;
use super::super::yaml::{Entry, Node, Yaml};
use super::text::line_start;

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
        Yaml::Scalar { .. } => Some(scalar_end(text, node)),
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
pub(super) fn block_sign(text: &str, node: &Node) -> Option<usize> {
    let Yaml::Scalar { plain: false, .. } = node.value else { return None };
    let own_line = line_start(text, node.span.start);
    if !text[own_line..node.span.start].trim().is_empty() {
        return None;
    }
    let above = text[..own_line].trim_end();
    let from = line_start(text, above.len());
    let line = &above[from..];
    let before_comment = line.split(" #").next().unwrap_or(line).trim_end();
    let at = before_comment.rfind(['|', '>'])?;
    let is_sign = before_comment[at + 1..].bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-'));
    let is_comment = line.trim_start().starts_with('#');
    (is_sign && !is_comment && before_comment[..at].ends_with(' ')).then_some(from + at)
}

/// Where a scalar ends. The reader takes blanks and a comment behind a quoted text along.
fn scalar_end(text: &str, node: &Node) -> usize {
    let start = head(text, node);
    let said = &text[start..node.span.end];
    let Some(quote) = said.chars().next().filter(|c| matches!(c, '"' | '\'')) else { return node.span.end };
    if block_sign(text, node).is_some() {
        return node.span.end;
    }
    let mut signs = said.char_indices().skip(1).peekable();
    while let Some((at, sign)) = signs.next() {
        if sign == '\\' && quote == '"' {
            signs.next();
        } else if sign == quote {
            // Two single ones are one.
            if quote == '"' || signs.next_if(|(_, next)| *next == quote).is_none() {
                return start + at + 1;
            }
        }
    }
    node.span.end
}
