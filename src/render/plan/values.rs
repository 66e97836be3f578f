//! One value before and after: on one line where it is short, else by words; lists item by item.

use std::cmp::Ordering;

use serde_json::Value;

use crate::plan::{AssetRef, Change, Op};

use super::super::glyphs::{ARROW, TIMES};
use super::super::hygiene::visible_line;
use super::super::page::{BOLD, DIM, GREEN, Line, PLAIN, Page, RED, Symbol};
use super::super::value_diff::{is_long, text_diff, whitespace_only, with_line_feeds};
use super::super::{bytes, count, plural};

/// Where the wanted value was written.
pub(super) fn place(change: &Change) -> Option<String> {
    change.source.as_ref().map(|at| format!("{}:{}", visible_line(&at.file), at.line))
}

/// A member of a value that is a text.
pub(super) fn text_of<'v>(value: Option<&'v Value>, key: &str) -> &'v str {
    value.and_then(|value| value.get(key)).and_then(Value::as_str).unwrap_or_default()
}

/// A member of a value that is a list of texts.
pub(super) fn texts_of<'v>(value: Option<&'v Value>, key: &str) -> Vec<&'v str> {
    let items = value.and_then(|value| value.get(key)).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The last part of a live file name.
pub(super) fn known_name(file_name: &str) -> String {
    visible_line(file_name.rsplit(['/', '\\']).next().unwrap_or(file_name))
}

pub(super) fn symbol(change: &Change) -> Symbol {
    match change.op {
        Op::Add => Symbol::Add,
        Op::Set if change.before.is_none() => Symbol::Add,
        Op::Remove | Op::Clear => Symbol::Remove,
        Op::Move => Symbol::Move,
        Op::Set | Op::Replace => Symbol::Change,
    }
}

/// A change, called `name`, indented by so many blanks.
pub(super) fn value(page: &mut Page, indent: usize, change: &Change, name: &str, full: bool) {
    let head = page.open(indent, symbol(change));
    let name = visible_line(name);
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    if let (Some(Value::Array(_)) | None, Some(Value::Array(_)) | None) = (before, after) {
        items(page, indent, head, &name, change, full);
        return;
    }
    let text = |value: Option<&Value>| with_line_feeds(value.and_then(Value::as_str).unwrap_or_default());
    let is_long = |value: Option<&Value>| is_long(&text(value));
    let blanks = before.is_some_and(Value::is_string) && whitespace_only(&text(before), &text(after));
    if is_long(before) || is_long(after) || blanks {
        let (before, after) = (text(before), text(after));
        let (old, new) = (count(before.chars().count()), count(after.chars().count()));
        let words = if before.is_empty() {
            format!("  {new} characters")
        } else if after.is_empty() {
            format!("  {old} characters go")
        } else if blanks {
            format!("  {old} {ARROW} {new} characters, whitespace only")
        } else {
            format!("  {old} {ARROW} {new} characters")
        };
        page.line(head.and(BOLD, name).and(DIM, words).right(place(change)));
        text_diff(page, &before, &after, full);
        return;
    }
    let words = match &change.asset {
        Some(asset) => picture(before, asset),
        None => sides(before, after),
    };
    let line = head.and(BOLD, name).and(PLAIN, format!("  {words}"));
    page.line_with(line.right(place(change)), indent + 4);
}

/// A file in the place of another one.
fn picture(before: Option<&Value>, asset: &AssetRef) -> String {
    let before = before.map_or_else(String::new, |before| format!("{} {ARROW} ", short(before)));
    format!("{before}{}{}", known_name(&asset.file), size_of(asset))
}

/// The size of a file, and of a picture its pixels.
pub(super) fn size_of(asset: &AssetRef) -> String {
    match asset.pixels {
        Some((across, down)) => format!("  {across}{TIMES}{down}  {}", bytes(asset.bytes)),
        None => format!("  {}", bytes(asset.bytes)),
    }
}

/// Both sides of a short change.
pub(super) fn sides(before: Option<&Value>, after: Option<&Value>) -> String {
    match (before, after) {
        (Some(before), Some(after)) => format!("{} {ARROW} {}", short(before), short(after)),
        (None, Some(after)) => short(after),
        (Some(before), None) => format!("{} {ARROW} nothing", short(before)),
        (None, None) => String::new(),
    }
}

/// A value on one line.
pub(in crate::render) fn short(value: &Value) -> String {
    match value {
        Value::String(text) if text.chars().any(char::is_whitespace) => format!("\"{}\"", visible_line(text)),
        Value::String(text) => visible_line(text),
        Value::Array(items) => items.iter().map(short).collect::<Vec<_>>().join(", "),
        Value::Object(members) if members.contains_key("hidden") => "(hidden)".to_owned(),
        Value::Object(members) => match members.get("fileName").and_then(Value::as_str) {
            Some(name) => known_name(name),
            None => visible_line(&value.to_string()),
        },
        other => visible_line(&other.to_string()),
    }
}

/// A list before and after, item by item.
fn items(page: &mut Page, indent: usize, head: Line, name: &str, change: &Change, full: bool) {
    let list = |value: Option<&Value>| -> Vec<String> {
        let plain = |item: &Value| item.as_str().map_or_else(|| short(item), visible_line);
        value.and_then(Value::as_array).into_iter().flatten().map(plain).collect()
    };
    let (before, after) = (list(change.before.as_ref()), list(change.after.as_ref()));
    let sizes = match before.len().cmp(&after.len()) {
        _ if before.is_empty() => format!("  {}", plural(after.len(), "item")),
        Ordering::Equal => format!("  {}", plural(after.len(), "item")),
        _ => format!("  {} {ARROW} {}", before.len(), plural(after.len(), "item")),
    };
    page.line(head.and(BOLD, name).and(DIM, sizes).right(place(change)));
    let slices = |items: &'_ [String]| items.iter().map(String::clone).collect::<Vec<String>>();
    let (before, after) = (slices(&before), slices(&after));
    let old: Vec<&str> = before.iter().map(String::as_str).collect();
    let new: Vec<&str> = after.iter().map(String::as_str).collect();
    for change in similar::TextDiff::from_slices(&old, &new).iter_all_changes() {
        let line = match change.tag() {
            similar::ChangeTag::Equal if !full => continue,
            similar::ChangeTag::Equal => Line::new(DIM, " ".repeat(indent + 4)),
            similar::ChangeTag::Insert => page.signed(indent + 2, '+', GREEN),
            similar::ChangeTag::Delete => page.signed(indent + 2, '-', RED),
        };
        page.line_with(line.and(PLAIN, change.value()), indent + 4);
    }
}
