//! Texts as YAML writes them, in the style in which another one stood.

use std::path::Path;

use serde_json::Value;

use super::super::diagnostic::Diagnostics;
use super::super::source::Sources;
use super::super::yaml::{self, Node, Yaml};
use super::place::{Place, block_sign, column, end, head};
use super::text::{Edit, line_start, with_lines_below};
use crate::manifest::compose::scalar as quoted;

/// In which language a text stands, and what its signs mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Writing {
    /// Whether it is JSON, in which every text has quotes.
    pub(super) json: bool,
    /// Whether `$(` starts an expansion.
    pub(super) expands: bool,
}

impl Writing {
    /// A text as it has to be written to be read as it is.
    fn unexpanded(self, text: &str) -> String {
        if self.expands { text.replace("$(", "$$(") } else { text.to_owned() }
    }

    /// A value in one line. Texts have no quotes where they need none.
    pub(super) fn line(self, value: &Value, in_flow: bool) -> String {
        match value {
            Value::String(text) => {
                let text = self.unexpanded(text);
                if self.json {
                    Value::String(text).to_string()
                } else if is_plain(&text, in_flow) {
                    text
                } else {
                    quoted(&text)
                }
            }
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.line(item, true)).collect();
                format!("[{}]", items.join(", "))
            }
            other => other.to_string(),
        }
    }

    /// What follows the colon of a key that stands at this column, in lines of its own where it is long.
    pub(super) fn behind_colon(self, value: &Value, indent: usize, in_flow: bool) -> String {
        if let (Value::String(text), false, false) = (value, self.json, in_flow)
            && text.contains('\n')
            && let Some(block) = literal(&self.unexpanded(text), indent + 2)
        {
            return format!(" |-\n{block}");
        }
        let line = self.line(value, in_flow);
        match value {
            Value::Array(items) if line.chars().count() + indent > WIDTH && !self.json && !in_flow => {
                let item = |item: &Value| {
                    format!("\n{:indent$}- {}", "", self.line(item, false), indent = indent + 2)
                };
                items.iter().map(item).collect()
            }
            _ => format!(" {line}"),
        }
    }

    /// The edit that puts another value where a scalar stands; it keeps the style where the value can be written in it.
    pub(super) fn instead(self, source: &str, place: Place<'_>, value: &Value) -> Option<Edit> {
        let start = head(source, place.node);
        let end = end(source, place.node);
        if let Some(sign) = block_sign(source, place.node) {
            let first = line_start(source, start);
            let indent = column(source, start);
            let Value::String(text) = value else {
                return Some(Edit::new(sign..end, self.line(value, false)));
            };
            let text = self.unexpanded(text);
            let is_folded = source[sign..].starts_with('>');
            let lines =
                if is_folded { folded(&text, indent, &source[first..end]) } else { literal(&text, indent) };
            return Some(match lines {
                Some(lines) => Edit::new(first..end, lines),
                None => Edit::new(sign..end, quoted(&text)),
            });
        }
        let Value::String(text) = value else {
            return Some(Edit::new(start..end, self.line(value, place.in_flow)));
        };
        let text = self.unexpanded(text);
        let old = &source[start..end];
        if self.json || old.starts_with('"') {
            return Some(Edit::new(start..end, double(&text)));
        }
        if old.starts_with('\'') && !text.chars().any(char::is_control) {
            return Some(Edit::new(start..end, format!("'{}'", text.replace('\'', "''"))));
        }
        // A text of several lines goes on below its key.
        if text.contains('\n')
            && !place.in_flow
            && let Some(entry) = place.entry
        {
            let lines = literal(&text, column(source, entry.key_span.start) + 2);
            return lines.map(|lines| with_lines_below(source, start..end, &format!("|-\n{lines}")));
        }
        let line = if is_plain(&text, place.in_flow) { text } else { quoted(&text) };
        Some(Edit::new(start..end, line))
    }
}

/// Longer lists stand in lines of their own.
pub(super) const WIDTH: usize = 100;

/// A text in double quotes, with its letters as they are.
fn double(text: &str) -> String {
    let plain = quoted(text);
    if plain.starts_with('"') { plain } else { format!("\"{text}\"") }
}

/// Whether a text can be written without quotes, and is read as itself, by other readers of YAML as well.
fn is_plain(text: &str, in_flow: bool) -> bool {
    let is_word = |word: &&str| word.eq_ignore_ascii_case(text);
    let means_else = ["null", "~", "true", "false", "yes", "no", "on", "off", "y", "n"].iter().any(is_word);
    let is_number =
        text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) && !text.contains(' ');
    if means_else || is_number || text.contains('\n') || quoted(text).contains("\\u") {
        return false;
    }
    let document =
        if in_flow { format!("{{k: {text}, l: [{text}]}}") } else { format!("k: {text}\nl:\n  - {text}\n") };
    let same = |node: &Node| {
        matches!(&node.value, Yaml::Scalar { text: read, plain: true } if read == text) && !node.is_null()
    };
    match read(&document).as_deref() {
        Some([root]) => {
            let item = root.get("l").and_then(|list| match &list.value {
                Yaml::List(items) if items.len() == 1 => items.first(),
                _ => None,
            });
            root.entries().is_some_and(|entries| entries.len() == 2)
                && root.get("k").is_some_and(same)
                && item.is_some_and(same)
        }
        _ => false,
    }
}

/// The documents of a text; `None` where it is no YAML.
fn read(text: &str) -> Option<Vec<Node>> {
    let mut sources = Sources::default();
    let source = sources.add("", Path::new(""), text);
    let mut diagnostics = Diagnostics::default();
    let parsed = yaml::parse(&sources, source, &mut diagnostics);
    (parsed.whole && !diagnostics.has_errors()).then_some(parsed.documents)
}

/// The lines of a text below `|-`; `None` where it cannot be written so.
fn literal(text: &str, indent: usize) -> Option<String> {
    let text = text.trim_end_matches('\n');
    let lines = text
        .split('\n')
        .map(|line| if line.is_empty() { String::new() } else { format!("{:indent$}{line}", "") });
    reads_as("|-", &lines.collect::<Vec<_>>(), indent, text)
}

/// The lines of a text below `>-`, folded as wide as they were; `None` where it cannot be written so.
fn folded(text: &str, indent: usize, before: &str) -> Option<String> {
    let text = text.trim_end_matches('\n');
    let width = before.lines().map(|line| line.chars().count()).max().unwrap_or(WIDTH).max(40);
    let mut lines = Vec::new();
    for (number, paragraph) in text.split('\n').enumerate() {
        if number > 0 && !paragraph.is_empty() {
            lines.push(String::new());
        }
        let mut line = String::new();
        for word in paragraph.split(' ') {
            if !line.is_empty() && indent + line.chars().count() + 1 + word.chars().count() > width {
                lines.push(format!("{:indent$}{}", "", std::mem::take(&mut line)));
            } else if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(if line.is_empty() { line } else { format!("{:indent$}{line}", "") });
    }
    reads_as(">-", &lines, indent, text)
}

/// The lines, where they are read as the text.
fn reads_as(sign: &str, lines: &[String], indent: usize, text: &str) -> Option<String> {
    let block = lines.join("\n");
    let keys: Vec<String> = (0..indent).step_by(2).map(|depth| format!("{:depth$}k:", "")).collect();
    let document = format!("{} {sign}\n{block}\n", keys.join("\n"));
    let read = read(&document)?;
    let mut node = read.first()?;
    while let Some(below) = node.get("k") {
        node = below;
    }
    matches!(&node.value, Yaml::Scalar { text: read, .. } if read == text).then_some(block)
}
