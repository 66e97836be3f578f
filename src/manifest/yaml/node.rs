//! YAML values that know where they stand.

use super::super::source::Span;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Yaml,
    /// Where it stands.
    pub span: Span,
}

/// A YAML value.
#[derive(Debug, Clone, PartialEq)]
pub enum Yaml {
    /// A scalar as it was written; `plain` when it had no quotes.
    Scalar {
        /// The text.
        text: String,
        /// Whether it was written without quotes, and so may mean a number, a truth value or null.
        plain: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// A map, in the order written.
    Map(Vec<Entry>),
}

/// One key of a map and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// Whether the value is null: nothing at all, `~` or `null`, without quotes.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Yaml::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The entries, if it is a map.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Yaml::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value under a key, if it is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()?.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// What it is, for messages.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            _ if self.is_null() => "null",
            Yaml::Scalar { text, plain: true } if truth(text).is_some() => "a truth value",
            Yaml::Scalar { text, plain: true } if text.parse::<f64>().is_ok() => "a number",
            Yaml::Scalar { .. } => "a text",
            Yaml::List(_) => "a list",
            Yaml::Map(_) => "a map",
        }
    }
}

/// The truth value that a word means in YAML 1.2; `yes` and `on` mean none.
pub(in crate::manifest) fn truth(word: &str) -> Option<bool> {
    match word {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// What a value says: itself, or the items of a list. What a map has is where to look.
pub(super) fn texts(node: &Node) -> impl Iterator<Item = &str> {
    let items = match &node.value {
        Yaml::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    items.iter().filter_map(|item| match &item.value {
        Yaml::Scalar { text, .. } => Some(text.as_str()),
        _ => None,
    })
}

/// What a copy of a value takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) nodes: usize,
    pub(super) bytes: usize,
}

pub(super) fn size(node: &Node) -> Size {
    let (nodes, bytes) = match &node.value {
        Yaml::Scalar { text, .. } => (0, text.len()),
        Yaml::List(items) => items.iter().map(size).fold((0, 0), |(n, b), s| (n + s.nodes, b + s.bytes)),
        Yaml::Map(entries) => entries
            .iter()
            .map(|entry| (entry.key.len(), size(&entry.value)))
            .fold((0, 0), |(n, b), (key, s)| (n + 1 + s.nodes, b + key + s.bytes)),
    };
    Size { nodes: 1 + nodes, bytes }
}
