//! One image type of one language: an ordered list of slots against the live images.
//!
//! The API reports neither hash nor content of an image. Ours carry a digest in their names; others are matched by
//! type, position and file stem, and taken on trust.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::asset::LiveName;
use crate::manifest::{Asset, Code, ImageContent, Owned, Severity, WantedImage};
use crate::submission::{Document, FileEntry, FileStatus, Section, canonical};

use super::overlay::{Options, Overlay};
use super::types::{AssetRef, Op};

/// What stands in a wanted slot: the live image at this place of the old list, or a new one.
enum Slot {
    Live(usize),
    New,
}

/// Lays the wanted images of one type over those of the live document.
pub(super) fn lay_images(
    overlay: &mut Overlay,
    live: &Document,
    owned: &Owned,
    wanted: &[WantedImage],
    options: Options,
) {
    let language = owned.path.language().unwrap_or_default();
    let kind = owned.path.keys().last().map_or("", String::as_str);
    let mut old = live.images(language);
    old.retain(|entry| entry.image_type() == kind && stays(*entry));
    let names: Vec<LiveName> =
        old.iter().map(|entry| LiveName::parse(entry.file_name(), &[language, kind])).collect();

    let mut slots: Vec<Option<Slot>> = wanted.iter().map(|_| None).collect();
    let mut taken = vec![false; old.len()];
    // What is named by id is not taken by a file that happens to have the same bytes.
    for (i, image) in wanted.iter().enumerate() {
        let ImageContent::Remote(id) = &image.content else { continue };
        if let Some(j) = (0..old.len()).find(|j| !taken[*j] && old[*j].id() == id) {
            taken[j] = true;
            slots[i] = Some(Slot::Live(j));
        } else {
            let message = format!("there is no live image `{id}` among the {kind} images of `{language}`");
            let help = "name a file, or an id that the Store has".to_owned();
            overlay.find(Code::RemoteImageGone, Severity::Error, &image.at, message, Some(help));
        }
    }
    let files: Vec<(usize, &Asset)> = wanted.iter().enumerate().filter_map(file_of).collect();
    // By content: all of them in their own places first, so that twins stay where they are.
    for in_place in [true, false] {
        for (i, asset) in &files {
            let digest = Some(asset.fingerprint.digest.short());
            let fits = |j: &usize| (!in_place || j == i) && !taken[*j] && names[*j].digest == digest;
            if let Some(j) = (0..old.len()).find(fits).filter(|_| slots[*i].is_none()) {
                taken[j] = true;
                overlay.counts.by_digest += 1;
                slots[*i] = Some(Slot::Live(j));
            }
        }
    }
    for (i, asset) in files.into_iter().filter(|_| !options.replace_untrusted) {
        let stem = LiveName::parse(&asset.archive_name, &[language, kind]).stem;
        let fits = i < old.len() && !taken[i] && names[i].digest.is_none() && names[i].stem == stem;
        if fits && slots[i].is_none() {
            taken[i] = true;
            overlay.counts.on_trust += 1;
            slots[i] = Some(Slot::Live(i));
        }
    }
    for (slot, image) in slots.iter_mut().zip(wanted) {
        if slot.is_none() && matches!(image.content, ImageContent::File(_)) {
            *slot = Some(Slot::New);
        }
    }

    list_changes(overlay, owned, wanted, &slots, &old, &taken);
    overlay.image_counts.push((owned.path.clone(), old.len(), wanted.len()));
    if overlay.changes.iter().any(|change| owned.path.covers(&change.path)) {
        let entries = arranged(wanted, &slots, &old, &taken, kind);
        // Other types of the language may have been laid already, so the list is not that of the live document.
        let images = replaced(&overlay.document.images(language), kind, entries);
        overlay.document.set(&["listings", language, "baseListing", "images"], Value::Array(images));
        for (image, slot) in wanted.iter().zip(&slots) {
            if let (ImageContent::File(asset), Some(Slot::New)) = (&image.content, slot) {
                overlay.uploads.push(Arc::clone(asset));
            }
        }
    } else {
        overlay.counts.unchanged += 1;
    }
}

fn file_of((i, image): (usize, &WantedImage)) -> Option<(usize, &Asset)> {
    match &image.content {
        ImageContent::File(asset) => Some((i, asset)),
        ImageContent::Remote(_) => None,
    }
}

fn stays(entry: FileEntry<'_>) -> bool {
    entry.status() != FileStatus::PendingDelete
}

/// The elements of a longest increasing run of old places: these did not move, the others did.
fn unmoved(places: &[usize]) -> Vec<usize> {
    let mut best: Vec<Vec<usize>> = Vec::new();
    for (i, place) in places.iter().enumerate() {
        let longest = best
            .iter()
            .filter(|run| run.last().is_some_and(|last| places[*last] < *place))
            .max_by_key(|run| run.len())
            .cloned()
            .unwrap_or_default();
        best.push(longest.into_iter().chain([i]).collect());
    }
    let longest = best.into_iter().rev().max_by_key(Vec::len).unwrap_or_default();
    longest.into_iter().map(|i| places[i]).collect()
}

/// The wanted caption, where it says something else than the live one.
fn other_caption<'w>(image: &'w WantedImage, live: FileEntry<'_>) -> Option<&'w str> {
    image
        .description
        .as_deref()
        .filter(|wanted| canonical::text(wanted) != canonical::text(live.description()))
}

/// The live image that a new one replaces: the one in its place, where it goes at the same time.
fn shot_again<'a>(i: usize, old: &[FileEntry<'a>], taken: &[bool]) -> Option<FileEntry<'a>> {
    old.get(i).copied().filter(|_| !taken[i])
}

/// The caption of a new image. One that is not managed belongs to the slot, and stays when its image is shot again.
fn caption_of_new<'c>(image: &'c WantedImage, shot_again: Option<FileEntry<'c>>) -> Option<&'c str> {
    let live = shot_again.map(FileEntry::description).filter(|caption| !caption.is_empty());
    image.description.as_deref().or(live)
}

fn list_changes(
    overlay: &mut Overlay,
    owned: &Owned,
    wanted: &[WantedImage],
    slots: &[Option<Slot>],
    old: &[FileEntry<'_>],
    taken: &[bool],
) {
    let places: Vec<usize> = slots
        .iter()
        .filter_map(|slot| match slot {
            Some(Slot::Live(j)) => Some(*j),
            _ => None,
        })
        .collect();
    let unmoved = unmoved(&places);
    for (i, (image, slot)) in wanted.iter().zip(slots).enumerate() {
        let path = owned.path.child((i + 1).to_string());
        match (slot, &image.content) {
            (Some(Slot::Live(j)), _) => {
                let before = old[*j];
                if !unmoved.contains(j) {
                    let change = overlay.change(Section::Listings, path.clone(), Op::Move, Some(&image.at));
                    change.before = Some(json!({ "slot": j + 1, "fileName": before.file_name() }));
                    change.after = Some(json!({ "slot": i + 1, "fileName": before.file_name() }));
                }
                if let Some(caption) = other_caption(image, before) {
                    let (op, after) =
                        if caption.is_empty() { (Op::Clear, None) } else { (Op::Set, Some(json!(caption))) };
                    let change =
                        overlay.change(Section::Listings, path.child("description"), op, Some(&image.at));
                    change.before =
                        Some(before.description()).filter(|text| !text.is_empty()).map(|text| json!(text));
                    change.after = after;
                }
            }
            (Some(Slot::New), ImageContent::File(asset)) => {
                let shot_again = shot_again(i, old, taken);
                let op = if shot_again.is_some() { Op::Replace } else { Op::Add };
                let change = overlay.change(Section::Listings, path, op, Some(&image.at));
                change.before = shot_again.map(|entry| {
                    let mut before = json!({ "fileName": entry.file_name(), "slot": i + 1 });
                    if !entry.description().is_empty() {
                        before["description"] = json!(entry.description());
                    }
                    before
                });
                let mut after = json!({ "fileName": asset.archive_name });
                if let Some(caption) = caption_of_new(image, shot_again) {
                    after["description"] = json!(caption);
                }
                change.after = Some(after);
                change.asset = Some(AssetRef::from(&**asset));
            }
            _ => {}
        }
    }
    for (j, entry) in old.iter().enumerate() {
        let replaced = j < wanted.len() && matches!(slots[j], Some(Slot::New));
        if !taken[j] && !replaced {
            let path = owned.path.child((j + 1).to_string());
            let change = overlay.change(Section::Listings, path, Op::Remove, Some(&owned.at));
            change.before = Some(json!({ "fileName": entry.file_name(), "slot": j + 1 }));
        }
    }
}

/// The entries of the type as they are to be sent: the wanted ones in order, then those that go. The service keeps
/// an image that is left out, so removal is said explicitly (a comment in `StoreBroker`'s `StoreIngestionApplicationApi.ps1`).
fn arranged(
    wanted: &[WantedImage],
    slots: &[Option<Slot>],
    old: &[FileEntry<'_>],
    taken: &[bool],
    kind: &str,
) -> Vec<Value> {
    let mut entries = Vec::new();
    for (i, (image, slot)) in wanted.iter().zip(slots).enumerate() {
        match (slot, &image.content) {
            (Some(Slot::Live(j)), _) => {
                let mut entry = old[*j].json().clone();
                if let Some(caption) = other_caption(image, old[*j]) {
                    entry.insert("description".into(), json!(caption));
                }
                entries.push(Value::Object(entry));
            }
            (Some(Slot::New), ImageContent::File(asset)) => {
                let mut entry = Map::new();
                entry.insert("fileName".into(), json!(asset.archive_name));
                entry.insert("fileStatus".into(), json!("PendingUpload"));
                entry.insert("imageType".into(), json!(kind));
                if let Some(caption) = caption_of_new(image, shot_again(i, old, taken)) {
                    entry.insert("description".into(), json!(caption));
                }
                entries.push(Value::Object(entry));
            }
            _ => {}
        }
    }
    for (entry, _) in old.iter().zip(taken).filter(|(_, taken)| !**taken) {
        // A file that never was committed is taken back by leaving its entry out; marking it is refused
        // (`baldbeardedbuilder/WeatherExtension#149`).
        if entry.status() == FileStatus::PendingUpload {
            continue;
        }
        let mut entry = entry.json().clone();
        entry.insert("fileStatus".into(), json!("PendingDelete"));
        entries.push(Value::Object(entry));
    }
    entries
}

/// The whole list of a language with the entries of one type exchanged, where its first one stood; other types and
/// entries that go already stay where they are.
fn replaced(all: &[FileEntry<'_>], kind: &str, entries: Vec<Value>) -> Vec<Value> {
    let mut entries = Some(entries);
    let mut images = Vec::new();
    for entry in all {
        if entry.image_type() == kind && stays(*entry) {
            images.extend(entries.take().into_iter().flatten());
        } else {
            images.push(Value::Object(entry.json().clone()));
        }
    }
    images.extend(entries.into_iter().flatten());
    images
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_drag_is_one_move() {
        assert_eq!(unmoved(&[3, 0, 1, 2]), [0, 1, 2]);
        assert_eq!(unmoved(&[0, 1, 2]), [0, 1, 2]);
        assert_eq!(unmoved(&[1, 2, 3, 0]), [1, 2, 3]);
        assert!(unmoved(&[]).is_empty());
    }
}
