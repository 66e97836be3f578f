//! Keys of maps: another value, one more, one less.

use std::ops::Range;

use serde_json::Value;

use super::super::yaml::{Entry, Node, Yaml};
use super::list::indent_below;
use super::place::{Place, colon, column, end, entry_end, is_flow};
use super::scalar::{WIDTH, Writing};
use super::text::{Edit, line_end, line_start, with_lines_below};
use crate::submission::FIELDS;

/// What is to stand at a key.
#[derive(Debug, Clone)]
pub(super) enum Said {
    /// A value.
    Value(Value),
    /// A list, each item in one line.
    Items(Vec<String>),
}

impl Said {
    fn behind_colon(&self, writing: Writing, indent: usize, in_flow: bool) -> String {
        match self {
            Self::Value(value) => writing.behind_colon(value, indent, in_flow),
            Self::Items(items) => {
                let line = format!(" [{}]", items.join(", "));
                if in_flow || items.len() < 2 && indent + line.chars().count() < WIDTH {
                    return line;
                }
                let item = |item: &String| format!("\n{:indent$}- {item}", "", indent = indent + 2);
                items.iter().map(item).collect()
            }
        }
    }
}

/// How far a path of keys leads down a map, and what is left of it.
pub(super) struct Way<'n, 'k> {
    /// The deepest map on it.
    pub(super) map: Place<'n>,
    /// The entry at the end of the path, where it is there.
    pub(super) entry: Option<&'n Entry>,
    /// The keys that are not there.
    pub(super) rest: &'k [String],
}

/// Follows keys from a map down; the keys below `listings` are the same in any case.
pub(super) fn follow<'n, 'k>(source: &str, root: &'n Node, keys: &'k [String]) -> Option<Way<'n, 'k>> {
    let mut map = Place { node: root, entry: None, in_flow: is_flow(source, root) };
    let mut entry: Option<&Entry> = None;
    for (depth, key) in keys.iter().enumerate() {
        if let Some(above) = entry {
            let mut node = &above.value;
            if let Yaml::List(items) = &node.value
                && let [one] = items.as_slice()
            {
                node = one;
            }
            match &node.value {
                Yaml::Map(_) => {
                    map = Place { node, entry: Some(above), in_flow: map.in_flow || is_flow(source, node) };
                }
                // Something else than a map stands there.
                _ => return None,
            }
        }
        let in_listings = depth > 0 && keys[depth - 1] == "listings";
        let is_it = |entry: &&Entry| {
            if in_listings { entry.key.eq_ignore_ascii_case(key) } else { entry.key == *key }
        };
        entry = map.node.entries()?.iter().find(is_it);
        if entry.is_none() {
            return Some(Way { map, entry: None, rest: &keys[depth..] });
        }
    }
    Some(Way { map, entry, rest: &[] })
}

/// The edit that makes a value stand at a path of keys.
pub(super) fn put(source: &str, way: &Way<'_, '_>, writing: Writing, said: &Said) -> Option<Edit> {
    if let Some(entry) = way.entry {
        let indent = column(source, entry.key_span.start);
        let colon = colon(source, entry);
        let with = said.behind_colon(writing, indent, way.map.in_flow);
        return Some(with_lines_below(source, colon..entry_end(source, entry), &with));
    }
    let map = way.map;
    let entries = map.node.entries()?;
    let (first, below) = way.rest.split_first()?;
    if is_flow(source, map.node) || map.in_flow {
        let mut value = said.behind_colon(writing, 0, true);
        for key in below.iter().rev() {
            value = format!(" {{{}:{value}}}", written_key(key));
        }
        let pair = format!("{}:{value}", written_key(first));
        let before = sibling_before(entries, first);
        return Some(match before {
            Some(before) => {
                let at = entry_end(source, before);
                Edit::new(at..at, format!(", {pair}"))
            }
            None => empty_map(source, map, way.rest, writing, said, &pair),
        });
    }
    let indent = indent_below(source, map)?;
    let text = nested(way.rest, indent, writing, said);
    let before = sibling_before(entries, first)?;
    let at = line_end(source, entry_end(source, before));
    Some(Edit::new(at..at, format!("\n{text}")))
}

/// Puts the first pair into `{}`: in lines of its own where a long text comes.
fn empty_map(
    source: &str,
    map: Place<'_>,
    rest: &[String],
    writing: Writing,
    said: &Said,
    pair: &str,
) -> Edit {
    let is_block = map.entry.is_some_and(|entry| {
        source[line_start(source, entry.key_span.start)..entry.key_span.start].trim().is_empty()
    });
    let is_long = matches!(said, Said::Value(Value::String(text)) if text.contains('\n'));
    match map.entry {
        Some(entry) if is_block && is_long && !writing.json => {
            let indent = column(source, entry.key_span.start) + 2;
            let text = nested(rest, indent, writing, said);
            Edit::new(colon(source, entry)..map.node.span.end, format!("\n{text}"))
        }
        _ => Edit::new(map.node.span.range(), format!("{{{pair}}}")),
    }
}

/// Keys, each below the one before, with the value at the last.
fn nested(keys: &[String], indent: usize, writing: Writing, said: &Said) -> String {
    let mut text = String::new();
    for (depth, key) in keys.iter().enumerate() {
        let indent = indent + 2 * depth;
        text.push_str(&format!("{:indent$}{}:", "", written_key(key)));
        if depth + 1 == keys.len() {
            text.push_str(&said.behind_colon(writing, indent, false));
        } else {
            text.push('\n');
        }
    }
    text
}

/// A key. Norway is a market, and a word in old YAML.
fn written_key(key: &str) -> String {
    crate::manifest::compose::scalar(key)
}

/// The entry behind which a key belongs: the last one of those that the field table has before it, else the last one.
fn sibling_before<'n>(entries: &'n [Entry], key: &str) -> Option<&'n Entry> {
    let row = |key: &str| {
        FIELDS
            .iter()
            .position(|field| field.path[0] == key || field.path.get(1).is_some_and(|own| *own == key))
    };
    let own = row(key);
    let is_before = |entry: &&Entry| match (entry.key.starts_with('$'), row(&entry.key), own) {
        (true, ..) => true,
        (_, Some(row), Some(own)) => row < own,
        _ => false,
    };
    own.and_then(|_| entries.iter().rev().find(is_before)).or(entries.last())
}

/// The edit that takes an entry away; `None` where nothing would be left around it.
pub(super) fn removed(source: &str, map: Place<'_>, entry: &Entry) -> Option<Edit> {
    let entries = map.node.entries()?;
    let place = entries.iter().position(|own| std::ptr::eq(own, entry))?;
    if entries.len() == 1 {
        return None;
    }
    if is_flow(source, map.node) {
        let range: Range<usize> = match entries.get(place + 1) {
            Some(next) => entry.key_span.start..next.key_span.start,
            None => entry_end(source, &entries[place - 1])..entry_end(source, entry),
        };
        return Some(Edit::new(range, ""));
    }
    let start = line_start(source, entry.key_span.start);
    // The first key of an item stands behind its dash.
    if !source[start..entry.key_span.start].trim().is_empty() {
        return None;
    }
    let end = line_end(source, end(source, &entry.value).max(entry_end(source, entry)));
    Some(if end < source.len() {
        Edit::new(start..end + 1, "")
    } else {
        Edit::new(start.saturating_sub(1)..end, "")
    })
}
