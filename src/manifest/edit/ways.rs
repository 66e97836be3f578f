//! The ways in which a manifest can come to say what is live, the one that changes least first. Which of them holds what
//! it promises is found out by reading what comes of it.

use std::path::PathBuf;

use serde_json::Value;

use crate::submission::{Path, canonical};

use super::super::desired::{Owned, Resource};
use super::super::source::{Location, SourceId, Span};
use super::super::yaml::{Node, Yaml};
use super::desk::Desk;
use super::keys::{self, Said};
use super::place::{Place, find};
use super::scalar::Writing;
use super::text::{Draft, Edit};
use super::{LiveValue, Wish, images, list};

/// The ways for wishes that one edit can fulfil.
pub(super) fn ways(desk: &Desk<'_>, wishes: &[&Wish]) -> Vec<Draft> {
    let Some(first) = wishes.first() else { return Vec::new() };
    let owned = desk.owned(first);
    if in_release(desk, first).is_some() {
        return Vec::new();
    }
    let mut ways: Vec<Option<Draft>> = Vec::new();
    match &first.live {
        LiveValue::Language => ways.push(removed(desk, first)),
        LiveValue::NoLanguage => {
            ways.push(removed(desk, first));
            ways.push(own_key(desk, first, &Said::Value(Value::Null)));
        }
        LiveValue::Images(_) => {
            if is_shared_by_all(desk, wishes) {
                ways.push(images::in_place(desk, first));
            }
            ways.push(all(wishes, |wish| images::own(desk, wish)));
        }
        LiveValue::Value(value) => {
            if is_shared_by_all(desk, wishes) {
                ways.push(owned.and_then(|owned| in_place(desk, owned, value)));
            }
            let says_nothing = canonical::value(value).is_none();
            ways.push(all(wishes, |wish| own_file(desk, wish, value)));
            let said = Said::Value(if says_nothing { Value::Null } else { value.clone() });
            ways.push(all(wishes, |wish| own_key(desk, wish, &said)));
        }
    }
    ways.into_iter().flatten().collect()
}

/// A way for each wish, together.
fn all(wishes: &[&Wish], way: impl Fn(&Wish) -> Option<Draft>) -> Option<Draft> {
    wishes.iter().try_fold(Draft::default(), |draft, wish| draft.and(way(wish)?))
}

/// Whether nobody but these wishes owns what stands there.
pub(super) fn is_shared_by_all(desk: &Desk<'_>, wishes: &[&Wish]) -> bool {
    let Some(owned) = wishes.first().and_then(|wish| desk.owned(wish)) else { return false };
    desk.owners(owned.span).all(|(resource, own)| {
        wishes.iter().any(|wish| wish.address == resource.address && wish.path == own.path)
    })
}

/// Another value where the old one stands.
fn in_place(desk: &Desk<'_>, owned: &Owned, value: &Value) -> Option<Draft> {
    let source = owned.span.source;
    let path = desk.path(source)?;
    let text = desk.text(source);
    let extension = path.extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default();
    let is_here = owned.span == owned.written;
    if is_here || matches!(extension.as_str(), "yaml" | "yml" | "json") {
        let documents = desk.documents(source);
        if let Some(place) = find(text, &documents, owned.span) {
            let writing = Writing { json: extension == "json", expands: is_here };
            return Some(Draft::of(&path, vec![in_yaml(text, place, writing, value)?]));
        }
    }
    Some(Draft::of(&path, vec![in_text(text, owned.span, value)?]))
}

fn in_yaml(text: &str, place: Place<'_>, writing: Writing, value: &Value) -> Option<Edit> {
    let nothing = canonical::value(value).is_none();
    match (&place.node.value, value) {
        (Yaml::List(_), _) if nothing => list::rearranged(text, place, &[]),
        (Yaml::List(_), Value::Array(items)) => list::texts(text, place, writing, &strings(items)?),
        (Yaml::List(_), Value::String(joined)) => {
            list::texts(text, place, writing, &joined.lines().map(str::to_owned).collect::<Vec<_>>())
        }
        (Yaml::Scalar { .. }, _) if nothing => writing.instead(text, place, &Value::Null),
        (Yaml::Scalar { .. }, _) => writing.instead(text, place, value),
        _ => None,
    }
}

/// In a text file, or below a heading of one.
fn in_text(text: &str, span: Span, value: &Value) -> Option<Edit> {
    let range = span.range();
    match value {
        Value::Array(items) => list::lines(text, range, &strings(items)?),
        Value::String(new) => {
            let old = &text[range.clone()];
            let tail = &old[old.trim_end_matches('\n').len()..];
            Some(Edit::new(range, format!("{}{tail}", new.trim_end_matches('\n'))))
        }
        Value::Null => Some(Edit::new(range, "")),
        _ => None,
    }
}

pub(super) fn strings(items: &[Value]) -> Option<Vec<String>> {
    items.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

/// The document of a resource: its place among those of its source.
pub(super) fn document<'n>(documents: &'n [Node], resource: &Resource) -> Option<&'n Node> {
    let at = resource.span.start;
    let starts_before = |node: &&Node| node.span.start <= at;
    documents.iter().rev().find(starts_before)
}

/// The keys of a path in a manifest.
fn keys(path: &Path) -> Vec<String> {
    std::iter::once("submission").chain(path.keys().iter().map(String::as_str)).map(str::to_owned).collect()
}

/// A key of its own in the manifest of the resource.
pub(super) fn own_key(desk: &Desk<'_>, wish: &Wish, said: &Said) -> Option<Draft> {
    let resource = desk.resource(wish)?;
    let source = resource.span.source;
    let text = desk.text(source);
    let documents = desk.documents(source);
    let keys = keys(&wish.path);
    let way = keys::follow(text, document(&documents, resource)?, &keys)?;
    let writing = Writing { json: false, expands: true };
    let edit = keys::put(text, &way, writing, said)?;
    Some(Draft::of(&desk.path(source)?, vec![edit]))
}

/// Where the `release` block says what nothing else does. It would say something else again in every release.
pub(super) fn in_release(desk: &Desk<'_>, wish: &Wish) -> Option<Location> {
    let resource = desk.resource(wish).filter(|_| desk.owned(wish).is_none())?;
    let source = resource.span.source;
    let documents = desk.documents(source);
    let root = document(&documents, resource)?;
    let own: Vec<String> = std::iter::once("release")
        .chain(wish.path.keys().iter().map(String::as_str))
        .map(str::to_owned)
        .collect();
    let mut each = own.clone();
    if wish.path.language().is_some() {
        "$each".clone_into(&mut each[2]);
    }
    let entry = [own, each].iter().find_map(|keys| {
        let way = keys::follow(desk.text(source), root, keys)?;
        way.entry.map(|entry| entry.key_span)
    })?;
    Some(desk.loaded.sources.location(entry))
}

/// The entry taken out of the manifest of the resource.
fn removed(desk: &Desk<'_>, wish: &Wish) -> Option<Draft> {
    let resource = desk.resource(wish)?;
    let source = resource.span.source;
    let text = desk.text(source);
    let documents = desk.documents(source);
    let keys = keys(&wish.path);
    let way = keys::follow(text, document(&documents, resource)?, &keys)?;
    let edit = keys::removed(text, way.map, way.entry?)?;
    Some(Draft::of(&desk.path(source)?, vec![edit]))
}

/// A file of its own, where the manifest names one by its language and the text comes from another one now.
fn own_file(desk: &Desk<'_>, wish: &Wish, value: &Value) -> Option<Draft> {
    let owned = desk.owned(wish)?;
    let file = named_file(desk, owned)?;
    if !file.contains("$(lang)") {
        return None;
    }
    let language = meaning(desk, wish)?;
    let path: PathBuf =
        desk.loaded.sources.get(owned.written.source).folder.join(file.replace("$(lang)", &language));
    if desk.has(&path) || !desk.may_hold(&path) {
        return None;
    }
    let text = match value {
        Value::String(text) => format!("{}\n", text.trim_end_matches('\n')),
        Value::Array(items) => format!("- {}\n", strings(items)?.join("\n- ")),
        _ => return None,
    };
    Some(Draft::new_file(path, text))
}

/// The file that a value names first, as it is written; `None` where a part of it is meant.
fn named_file(desk: &Desk<'_>, owned: &Owned) -> Option<String> {
    let documents = desk.documents(owned.written.source);
    let node = find(desk.text(owned.written.source), &documents, owned.written)?.node;
    if node.get("at").is_some() {
        return None;
    }
    match &node.get("file")?.value {
        Yaml::Scalar { text, .. } => Some(text.clone()),
        _ => None,
    }
}

/// What `$(lang)` means for the language of a wish.
fn meaning(desk: &Desk<'_>, wish: &Wish) -> Option<String> {
    let language = wish.path.language()?;
    let resource = desk.resource(wish)?;
    let documents = desk.documents(resource.span.source);
    let keys = ["submission", "listings", language, "$as"].map(str::to_owned);
    let said = keys::follow(desk.text(resource.span.source), document(&documents, resource)?, &keys);
    match said.and_then(|way| way.entry).map(|entry| &entry.value.value) {
        Some(Yaml::Scalar { text, .. }) => Some(text.clone()),
        _ => Some(language.to_owned()),
    }
}

/// The list that says which images are wanted, and the source that it stands in.
pub(super) fn written_list(desk: &Desk<'_>, owned: &Owned) -> Option<(SourceId, std::rc::Rc<Vec<Node>>)> {
    let source = owned.written.source;
    let documents = desk.documents(source);
    find(desk.text(source), &documents, owned.written)?;
    Some((source, documents))
}
