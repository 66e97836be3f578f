//! One value that changes: on one line where it is short, a list by items, a long text by words.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::plan::{Change, Op};
use crate::render::page::{BOLD, DIM, GREEN, PLAIN, RED, Symbol};
use crate::render::{count, plural};

use super::edit::{SHORT, differ_in_blanks_only, seen, text_edit};
use super::layout::{Detail, Glyphs, Part, Row};

/// What a change does, as a symbol.
pub(super) fn symbol(change: &Change) -> Symbol {
    match change.op {
        Op::Add => Symbol::Add,
        Op::Set if change.before.is_none() => Symbol::Add,
        Op::Remove | Op::Clear => Symbol::Remove,
        Op::Move => Symbol::Move,
        Op::Set | Op::Replace => Symbol::Change,
    }
}

/// Where the wanted value was written.
pub(super) fn place(change: &Change, glyphs: &Glyphs) -> Option<String> {
    change.source.as_ref().map(|at| format!("{}:{}", glyphs.line(&at.file), at.line))
}

/// A value and how it changes, under this name.
pub(super) fn value(indent: usize, change: &Change, name: &str, detail: Detail) -> Vec<Part> {
    let glyphs = detail.glyphs();
    let row = Row::sign(indent, symbol(change)).cell(BOLD, glyphs.line(name)).right(place(change, glyphs));
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    if let (Some(Value::Array(_)) | None, Some(Value::Array(_)) | None) = (before, after) {
        return items(indent, row, change, glyphs);
    }
    if let Some((before, after)) = long_texts(before, after) {
        let sizes = match (before, after) {
            ("", after) => characters(after),
            (before, "") => characters(before),
            _ => format!("{} {} {}", count(before.chars().count()), glyphs.arrow, characters(after)),
        };
        let note = if differ_in_blanks_only(before, after) { ", whitespace only" } else { "" };
        return vec![
            row.cell(DIM, sizes + note).into(),
            Part::Text(text_edit(indent + 2, before, after, detail)),
        ];
    }
    let (words, note) = short_values(before, after, glyphs);
    vec![row.cell(PLAIN, words).cell(DIM, note).into()]
}

fn characters(text: &str) -> String {
    plural(text.chars().count(), "character")
}

/// Both sides, where they are texts that do not fit on a line.
fn long_texts<'c>(before: Option<&'c Value>, after: Option<&'c Value>) -> Option<(&'c str, &'c str)> {
    let is_text = |value: Option<&Value>| value.is_none_or(Value::is_string);
    let text = |value: Option<&'c Value>| value.and_then(Value::as_str).unwrap_or_default();
    let (old, new) = (text(before), text(after));
    let is_long = old.chars().count() + new.chars().count() > SHORT
        || [old, new].iter().any(|text| text.contains('\n'));
    (is_long && is_text(before) && is_text(after)).then_some((old, new))
}

/// Both sides in a line, and what else is to be said of them.
fn short_values(before: Option<&Value>, after: Option<&Value>, glyphs: &Glyphs) -> (String, &'static str) {
    let arrow = glyphs.arrow;
    match (before, after) {
        (Some(Value::String(before)), Some(Value::String(after))) if differ_in_blanks_only(before, after) => {
            (format!("\"{}\" {arrow} \"{}\"", seen(before, glyphs), seen(after, glyphs)), "whitespace only")
        }
        (Some(before), Some(after)) => {
            (format!("{} {arrow} {}", short(before, glyphs), short(after, glyphs)), "")
        }
        (None, Some(after)) => (short(after, glyphs), ""),
        (Some(before), None) => (format!("{} {arrow} nothing", short(before, glyphs)), ""),
        (None, None) => (String::new(), ""),
    }
}

/// A value in few words.
pub(super) fn short(value: &Value, glyphs: &Glyphs) -> String {
    match value {
        Value::String(text) if text.is_empty() || text.chars().any(char::is_whitespace) => {
            format!("\"{}\"", glyphs.line(text))
        }
        Value::String(text) => glyphs.line(text),
        Value::Object(members) if members.contains_key("hidden") => "(hidden)".to_owned(),
        Value::Array(items) => items.iter().map(|item| short(item, glyphs)).collect::<Vec<_>>().join(", "),
        other => glyphs.line(&other.to_string()),
    }
}

/// A list before and after, item by item.
fn items(indent: usize, row: Row, change: &Change, glyphs: &Glyphs) -> Vec<Part> {
    let list = |value: Option<&Value>| -> Vec<String> {
        let plain =
            |item: &Value| item.as_str().map_or_else(|| short(item, glyphs), |text| glyphs.line(text));
        value.and_then(Value::as_array).into_iter().flatten().map(plain).collect()
    };
    let (before, after) = (list(change.before.as_ref()), list(change.after.as_ref()));
    let sizes = match (before.len(), after.len()) {
        (0, new) => plural(new, "item"),
        (old, new) => format!("{} {} {}", count(old), glyphs.arrow, plural(new, "item")),
    };
    let mut parts: Vec<Part> = vec![row.cell(DIM, sizes).into()];
    let old: Vec<&str> = before.iter().map(String::as_str).collect();
    let new: Vec<&str> = after.iter().map(String::as_str).collect();
    for change in TextDiff::from_slices(&old, &new).iter_all_changes() {
        let (symbol, style) = match change.tag() {
            ChangeTag::Equal => continue,
            ChangeTag::Insert => (Symbol::Add, GREEN),
            ChangeTag::Delete => (Symbol::Remove, RED),
        };
        parts.push(Row::sign(indent + 2, symbol).cell(style, change.value()).into());
    }
    parts
}
