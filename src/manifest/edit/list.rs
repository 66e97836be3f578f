//! Lists, item by item: what stays keeps its line, its quotes and its comments.

use std::ops::Range;

use serde_json::Value;
use similar::{DiffOp, capture_diff_slices};

use super::super::yaml::{Node, Yaml};
use super::place::{Place, colon, column, end, is_flow};
use super::scalar::Writing;
use super::text::{Edit, line_end, line_start};

/// What an item of the new list is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// The item that stood in this place, with edits inside of it.
    Kept(usize, Vec<(Range<usize>, String)>),
    /// One that was not there.
    New(String),
}

impl Item {
    pub(super) fn same(place: usize) -> Self {
        Self::Kept(place, Vec::new())
    }
}

/// The edit that makes a list of texts another one.
pub(super) fn texts(source: &str, place: Place<'_>, writing: Writing, wanted: &[String]) -> Option<Edit> {
    let Yaml::List(items) = &place.node.value else { return None };
    let old: Vec<&str> = items
        .iter()
        .map(|item| match &item.value {
            Yaml::Scalar { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let in_flow = place.in_flow || is_flow(source, place.node);
    let said = |text: &String| Value::String(text.clone());
    let changed = |place: usize, text: &String| {
        let item = Place { node: &items[place], entry: None, in_flow };
        let edit = writing.instead(source, item, &said(text))?;
        Some(Item::Kept(place, vec![(edit.range, edit.with)]))
    };
    let new = |text: &String| Item::New(writing.line(&said(text), in_flow));
    rearranged(source, place, &by_items(&old, wanted, changed, new)?)
}

/// How the items of one list become those of another.
pub(super) fn by_items(
    old: &[&str],
    wanted: &[String],
    changed: impl Fn(usize, &String) -> Option<Item>,
    new: impl Fn(&String) -> Item,
) -> Option<Vec<Item>> {
    let wanted_texts: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let mut items = Vec::new();
    for op in capture_diff_slices(similar::Algorithm::Myers, old, &wanted_texts) {
        match op {
            DiffOp::Equal { old_index, len, .. } => {
                items.extend((old_index..old_index + len).map(Item::same));
            }
            DiffOp::Delete { .. } => {}
            DiffOp::Insert { new_index, new_len, .. } => {
                items.extend(wanted[new_index..new_index + new_len].iter().map(&new));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                for (number, text) in wanted[new_index..new_index + new_len].iter().enumerate() {
                    items.push(if number < old_len { changed(old_index + number, text)? } else { new(text) });
                }
            }
        }
    }
    Some(items)
}

/// The edit that puts a list's items into another order, leaves some out and adds others.
pub(super) fn rearranged(source: &str, place: Place<'_>, wanted: &[Item]) -> Option<Edit> {
    let Yaml::List(items) = &place.node.value else { return None };
    if is_flow(source, place.node) {
        return Some(in_brackets(source, place.node, items, wanted));
    }
    if wanted.is_empty() {
        let entry = place.entry?;
        return Some(Edit::new(colon(source, entry)..end(source, place.node), " []"));
    }
    in_lines(source, items, wanted)
}

/// An item as it is to be.
fn edited(source: &str, range: Range<usize>, edits: &[(Range<usize>, String)]) -> String {
    let mut text = String::new();
    let mut reached = range.start;
    for (edited, with) in edits {
        text.push_str(&source[reached..edited.start]);
        text.push_str(with);
        reached = edited.end;
    }
    text.push_str(&source[reached..range.end]);
    text
}

fn in_brackets(source: &str, list: &Node, items: &[Node], wanted: &[Item]) -> Edit {
    let open = super::place::head(source, list) + 1;
    let close = list.span.end - 1;
    let ranges: Vec<Range<usize>> = items.iter().map(|item| item.span.start..end(source, item)).collect();
    let said = |item: &Item| match item {
        Item::Kept(place, edits) => edited(source, ranges[*place].clone(), edits),
        Item::New(text) => text.clone(),
    };
    let (Some(first), Some(last)) = (ranges.first(), ranges.last()) else {
        let all: Vec<String> = wanted.iter().map(said).collect();
        return Edit::new(open..close, all.join(", "));
    };
    let (before, after) = (&source[open..first.start], &source[last.end..close]);
    // As between the first two, or as before the first one where each stands in its line.
    let between = if before.contains('\n') {
        format!(",{}", before.trim_start_matches([' ', '\t']))
    } else {
        ", ".to_owned()
    };
    let mut text = String::new();
    if !wanted.is_empty() {
        text.push_str(before);
    }
    for (number, item) in wanted.iter().enumerate() {
        text.push_str(&said(item));
        if number + 1 == wanted.len() {
            text.push_str(after);
            continue;
        }
        match item {
            Item::Kept(place, _) if place + 1 < items.len() => {
                text.push_str(&source[ranges[*place].end..ranges[place + 1].start]);
            }
            _ => text.push_str(&between),
        }
    }
    Edit::new(open..close, text)
}

/// Where the line with an item's dash starts.
fn dash_line(source: &str, item: &Node) -> Option<usize> {
    let mut line = line_start(source, item.span.start);
    loop {
        if source[line..].trim_start_matches(' ').starts_with('-') {
            return Some(line);
        }
        line = line_start(source, line.checked_sub(1)?);
    }
}

fn in_lines(source: &str, items: &[Node], wanted: &[Item]) -> Option<Edit> {
    let starts: Vec<usize> = items.iter().map(|item| dash_line(source, item)).collect::<Option<_>>()?;
    let ends: Vec<usize> =
        items.iter().map(|item| line_end(source, end(source, item).max(item.span.start))).collect();
    let indent = starts
        .first()
        .map(|start| source[*start..].len() - source[*start..].trim_start_matches(' ').len())?;
    // Comments directly above an item are about it.
    let from = |place: usize| if place == 0 { starts[0] } else { ends[place - 1] + 1 };
    let taken =
        |place: usize| wanted.iter().any(|item| matches!(item, Item::Kept(kept, _) if *kept == place));
    let mut lines: Vec<String> = Vec::new();
    for item in wanted {
        lines.push(match item {
            Item::Kept(place, edits) => edited(source, from(*place).min(starts[*place])..ends[*place], edits),
            Item::New(text) => format!("{:indent$}- {text}", ""),
        });
    }
    // A comment with a blank line below it is about more than the item that goes.
    for place in (1..items.len()).filter(|place| !taken(*place)) {
        let above = &source[from(place)..starts[place]];
        if let Some(blank) = above.rfind("\n\n")
            && above[..blank].contains('#')
        {
            lines.push(above[..blank].to_owned());
        }
    }
    Some(Edit::new(starts[0]..*ends.last()?, lines.join("\n")))
}

/// The edit that makes the items of a text, one a line, others; each line keeps its bullet.
pub(super) fn lines(source: &str, range: Range<usize>, wanted: &[String]) -> Option<Edit> {
    let text = &source[range.clone()];
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    let read = super::super::value::lines_as_items;
    let items: Vec<(usize, String)> =
        all.iter().enumerate().filter_map(|(at, line)| Some((at, read(line).into_iter().next()?))).collect();
    let start = |line: &str, item: &str| line.find(item).map(|at| line[..at].to_owned()).unwrap_or_default();
    let first = items.first().map(|(at, item)| start(all[*at], item));
    let bullet = first.unwrap_or_default();
    let old: Vec<&str> = items.iter().map(|(_, item)| item.as_str()).collect();
    let changed = |place: usize, text: &String| {
        let (at, item) = &items[place];
        Some(Item::New(start(all[*at], item) + text))
    };
    let new_items = by_items(&old, wanted, changed, |text| Item::New(format!("{bullet}{text}")))?;
    let mut out = String::new();
    for item in &new_items {
        match item {
            Item::Kept(place, _) => {
                let from = if *place == 0 { 0 } else { items[place - 1].0 + 1 };
                let lines = all[from..=items[*place].0].concat();
                out.push_str(lines.trim_end_matches('\n'));
            }
            Item::New(text) => out.push_str(text),
        }
        out.push('\n');
    }
    // The end of the text stays as it is.
    let out = out.trim_end_matches('\n');
    let tail = &text[text.trim_end_matches('\n').len()..];
    Some(Edit::new(range, format!("{out}{tail}")))
}

/// How far the keys below a key of a block stand from the start of their line.
pub(super) fn indent_below(source: &str, place: Place<'_>) -> Option<usize> {
    let entries = place.node.entries()?;
    match entries.first() {
        Some(first) => Some(column(source, first.key_span.start)),
        None => Some(column(source, place.entry?.key_span.start) + 2),
    }
}
