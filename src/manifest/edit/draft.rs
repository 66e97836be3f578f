//! Which places have to change for a wish.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::submission::{Null, Shape};

use super::super::desired::{Owned, Resource, Wanted};
use super::super::load::Loaded;
use super::super::source::Span;
use super::super::value::lines_as_items;
use super::super::yaml::Yaml;
use super::spot::{Documents, Spot};
use super::style::{Quotes, block, in_line};
use super::{Edit, Refusal, Wish, insert, list};

/// What the manifest says now of what a wish is about.
pub(super) fn owned<'l>(loaded: &'l Loaded, wish: &Wish) -> Option<&'l Owned> {
    let resource = resource(loaded, wish)?;
    resource.desired.owned.iter().find(|owned| owned.path == wish.path)
}

fn resource<'l>(loaded: &'l Loaded, wish: &Wish) -> Option<&'l Resource> {
    loaded.resources.iter().find(|resource| resource.address == wish.address)
}

/// The wishes that one edit fulfils: where several languages or products read the same place, and all of them have the
/// same value now, the place changes; where they differ, each gets a value of its own.
pub(super) fn groups<'w>(loaded: &Loaded, wishes: &'w [Wish]) -> Vec<Vec<&'w Wish>> {
    let mut readers: BTreeMap<Span, usize> = BTreeMap::new();
    for owned in loaded.resources.iter().flat_map(|resource| &resource.desired.owned) {
        *readers.entry(owned.span).or_default() += 1;
    }
    let mut groups: Vec<Vec<&Wish>> = Vec::new();
    let mut shared: BTreeMap<Span, Vec<&Wish>> = BTreeMap::new();
    for wish in wishes {
        match owned(loaded, wish) {
            Some(owned) => shared.entry(owned.span).or_default().push(wish),
            None => groups.push(vec![wish]),
        }
    }
    for (span, wishes) in shared {
        let is_one = wishes.len() == readers[&span] && wishes.iter().all(|wish| wish.live == wishes[0].live);
        if is_one {
            groups.push(wishes);
        } else {
            groups.extend(wishes.into_iter().map(|wish| vec![wish]));
        }
    }
    groups
}

/// The edits that fulfil a group of wishes.
pub(super) fn draft(loaded: &Loaded, group: &[&Wish]) -> Result<Vec<Edit>, Refusal> {
    let wish = group[0];
    let Some(owned) = owned(loaded, wish) else { return own_key(loaded, wish).map(|edit| vec![edit]) };
    if !matches!(owned.wanted, Wanted::Value(_) | Wanted::Nothing) {
        return Err("files are not brought from Partner Center: it does not give them");
    }
    let readers = loaded.resources.iter().flat_map(|resource| &resource.desired.owned);
    if readers.filter(|other| other.span == owned.span).count() > group.len() {
        return own_key(loaded, wish).map(|edit| vec![edit]);
    }
    in_place(loaded, owned, wish.live.as_ref())
}

/// The value that stands there becomes another one.
fn in_place(loaded: &Loaded, owned: &Owned, live: Option<&Value>) -> Result<Vec<Edit>, Refusal> {
    let source = loaded.sources.get(owned.span.source);
    let name = source.name.to_ascii_lowercase();
    let is_document = [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end));
    if !is_document {
        return in_text(&source.text, owned, live).map(|edit| vec![edit]);
    }
    let documents = Documents::of(&loaded.sources, owned.span.source);
    let spot = documents.spot(owned.span).ok_or("the place was not found again")?;
    let Some(live) = live else { return written(&documents, &spot, &cleared(owned)?).map(|edit| vec![edit]) };
    match (live, &spot.node.value) {
        (Value::Array(items), Yaml::List(_)) if !items.is_empty() => {
            list::edits(&documents, spot.node, &texts(items)?)
        }
        // A text that stands for a list, a line an item.
        (Value::Array(items), Yaml::Scalar { .. }) if !items.is_empty() && !spot.node.is_null() => {
            written(&documents, &spot, &Value::String(texts(items)?.join("\n"))).map(|edit| vec![edit])
        }
        _ => written(&documents, &spot, live).map(|edit| vec![edit]),
    }
}

fn texts(items: &[Value]) -> Result<Vec<&str>, Refusal> {
    items.iter().map(Value::as_str).collect::<Option<_>>().ok_or("it is no list of texts")
}

/// What says that nothing is there.
fn cleared(owned: &Owned) -> Result<Value, Refusal> {
    match owned.field.map(|field| (field.null, field.shape)) {
        // An entry of a map that is to go.
        Some((_, Shape::Markets)) => Ok(Value::Null),
        Some((Null::Refused(_), _)) | None => Err("the manifest has no way to say that nothing is there"),
        Some(_) => Ok(Value::Null),
    }
}

fn written(documents: &Documents<'_>, spot: &Spot<'_>, value: &Value) -> Result<Edit, Refusal> {
    let extent = documents.extent(spot.node, spot.entry);
    let before = &documents.text[extent.clone()];
    let indent = spot.entry.map(|entry| documents.column(entry.key_span.start) + 2);
    let quotes = if documents.is_json { Quotes::Double } else { Quotes::of(before) };
    let as_block = match (value, indent) {
        (Value::String(text), Some(indent))
            if !spot.in_flow && !documents.is_json && !before.starts_with(['"', '\'']) =>
        {
            block(text, indent)
        }
        _ => None,
    };
    let text = as_block
        .or_else(|| in_line(value, quotes, spot.in_flow))
        .ok_or("no manifest says it in one value")?;
    let text = if extent.is_empty() { format!(" {text}") } else { text };
    Ok(Edit { source: documents.source, range: extent, text })
}

/// A text file, or a section of one.
fn in_text(whole: &str, owned: &Owned, live: Option<&Value>) -> Result<Edit, Refusal> {
    let range = owned.span.range();
    let before = &whole[range.clone()];
    let text = match live {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            let bullet = bullet(before);
            texts(items)?.iter().map(|item| format!("{bullet}{item}")).collect::<Vec<_>>().join("\n")
        }
        Some(_) => return Err("a file holds a text"),
    };
    let ends = &before[before.trim_end_matches('\n').len()..];
    Ok(Edit { source: owned.span.source, range, text: format!("{text}{ends}") })
}

/// What stands before each item of a list in a text file.
fn bullet(text: &str) -> &str {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let item = lines_as_items(first).into_iter().next().unwrap_or_default();
    first.find(&item).map_or("", |at| &first[..at])
}

/// A value of its own, below the block that holds always.
fn own_key(loaded: &Loaded, wish: &Wish) -> Result<Edit, Refusal> {
    let resource = resource(loaded, wish).ok_or("no manifest has the address")?;
    let documents = Documents::of(&loaded.sources, resource.span.source);
    let is_its =
        |root: &&super::super::yaml::Node| root.get("kind").is_some_and(|kind| kind.span == resource.span);
    let root = documents.all.iter().find(is_its).ok_or("the manifest was not found again")?;
    let live = wish.live.clone().unwrap_or(Value::Null);
    let keys: Vec<&str> =
        ["submission"].into_iter().chain(wish.path.keys().iter().map(String::as_str)).collect();
    insert::edit(&documents, root, &keys, &live)
}
