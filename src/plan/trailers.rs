//! The trailers of a submission: an ordered list, owned whole.
//!
//! An entry of the API has no status: one that is sent back unchanged stays, one without ids comes with files of the
//! upload, one that is left out goes. So whatever changes in a trailer makes it a new one.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::asset::LiveName;
use crate::manifest::{Asset, Code, Owned, Severity, TrailerAsset, TrailerContent, WantedTrailer};
use crate::submission::{Document, Section, canonical};

use super::images::unmoved;
use super::overlay::Overlay;
use super::types::{AssetRef, FileCount, Op};

/// Lays the wanted trailers over those of the live document.
pub(super) fn lay_trailers(overlay: &mut Overlay, live: &Document, owned: &Owned, wanted: &[WantedTrailer]) {
    let old: Vec<&Value> = live.get(&["trailers"]).and_then(Value::as_array).into_iter().flatten().collect();
    let mut taken = vec![false; old.len()];
    let mut places: Vec<Option<usize>> = Vec::new();
    for trailer in wanted {
        let is = |entry: &Value| match &trailer.content {
            TrailerContent::Remote(id) => text(entry, "id") == id,
            TrailerContent::File { video, assets } => is_same(entry, video, assets),
        };
        let place = (0..old.len()).find(|j| !taken[*j] && is(old[*j]));
        if let Some(place) = place {
            taken[place] = true;
            overlay.counts.by_digest += usize::from(matches!(trailer.content, TrailerContent::File { .. }));
        } else if let TrailerContent::Remote(id) = &trailer.content {
            let message = format!("there is no live trailer `{id}`");
            let help = "name a file, or an id that the Store has".to_owned();
            overlay.find(Code::RemoteImageGone, Severity::Error, &trailer.at, message, Some(help));
        }
        places.push(place);
    }
    let path = owned.path.clone();
    overlay.file_counts.push(FileCount { path, before: old.len(), after: wanted.len() });
    let in_place = places.iter().enumerate().all(|(i, place)| *place == Some(i));
    if in_place && old.len() == wanted.len() {
        overlay.counts.unchanged += 1;
        return;
    }
    let unmoved = unmoved(&places.iter().copied().flatten().collect::<Vec<_>>());
    let mut entries = Vec::new();
    let mut shot_again: Vec<usize> = Vec::new();
    for (i, (trailer, place)) in wanted.iter().zip(places).enumerate() {
        let path = owned.path.child((i + 1).to_string());
        match (place, &trailer.content) {
            (Some(place), _) => {
                if !unmoved.contains(&place) {
                    let change = overlay.change(Section::Listings, path, Op::Move, Some(&trailer.at));
                    let name = text(old[place], "videoFileName");
                    change.before = Some(json!({ "slot": place + 1, "fileName": name }));
                    change.after = Some(json!({ "slot": i + 1, "fileName": name }));
                }
                entries.push(old[place].clone());
            }
            (None, TrailerContent::File { video, assets }) => {
                let replaced = old.get(i).filter(|_| !taken[i]);
                shot_again.push(i);
                let op = if replaced.is_some() { Op::Replace } else { Op::Add };
                let change = overlay.change(Section::Listings, path, op, Some(&trailer.at));
                change.before = replaced.map(|entry| shown(entry));
                let entry = entry(video, assets);
                change.after = Some(shown(&entry));
                change.asset = Some(AssetRef::from(&**video));
                entries.push(entry);
                overlay.uploads.push(Arc::clone(video));
                overlay.uploads.extend(assets.iter().map(|asset| Arc::clone(&asset.image)));
            }
            (None, TrailerContent::Remote(_)) => {}
        }
    }
    for (j, entry) in old.iter().enumerate().filter(|(j, _)| !taken[*j] && !shot_again.contains(j)) {
        let path = owned.path.child((j + 1).to_string());
        overlay.change(Section::Listings, path, Op::Remove, Some(&owned.at)).before = Some(shown(entry));
    }
    overlay.document.set(&["trailers"], Value::Array(entries));
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn has_digest(name: &str, asset: &Asset) -> bool {
    LiveName::parse(name, &[]).digest == Some(asset.fingerprint.digest.short())
}

/// Whether a live trailer is what local files say: the same video, languages, texts and pictures.
fn is_same(entry: &Value, video: &Asset, assets: &[TrailerAsset]) -> bool {
    let live: BTreeMap<String, &Value> = entry
        .get("trailerAssets")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(language, asset)| (canonical::language(language), asset))
        .collect();
    let same = |wanted: &TrailerAsset| {
        live.get(&wanted.language).is_some_and(|asset| {
            let image = asset.get("imageList").and_then(|list| list.get(0));
            canonical::text(text(asset, "title")) == canonical::text(&wanted.title)
                && image.is_some_and(|image| {
                    has_digest(text(image, "fileName"), &wanted.image)
                        && canonical::text(text(image, "description")) == canonical::text(&wanted.description)
                })
        })
    };
    has_digest(text(entry, "videoFileName"), video) && live.len() == assets.len() && assets.iter().all(same)
}

pub(super) fn entry(video: &Asset, assets: &[TrailerAsset]) -> Value {
    let of = |asset: &TrailerAsset| {
        let image = json!({ "fileName": asset.image.archive_name, "description": asset.description });
        (asset.language.clone(), json!({ "title": asset.title, "imageList": [image] }))
    };
    let assets: Map<String, Value> = assets.iter().map(of).collect();
    json!({ "videoFileName": video.archive_name, "trailerAssets": assets })
}

/// What a plan shows of a trailer: its file, and its titles and pictures by language.
pub(super) fn shown(entry: &Value) -> Value {
    let assets = entry.get("trailerAssets").and_then(Value::as_object);
    let by_language = |of: fn(&Value) -> Value| -> Map<String, Value> {
        assets.into_iter().flatten().map(|(language, asset)| (language.clone(), of(asset))).collect()
    };
    let picture = |asset: &Value| {
        let image = asset.get("imageList").and_then(|list| list.get(0)).unwrap_or(&Value::Null);
        json!({ "fileName": text(image, "fileName"), "description": text(image, "description") })
    };
    json!({
        "fileName": text(entry, "videoFileName"),
        "titles": by_language(|asset| json!(text(asset, "title"))),
        "images": by_language(picture),
    })
}
