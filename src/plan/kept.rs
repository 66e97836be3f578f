//! What stays beside what changes, for those who read the changes: the other slots of a list of images, the other packages,
//! the prices of other markets.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::asset::LiveName;
use crate::manifest::{Asset, Desired, ImageContent, Owned, Retain, Wanted, WantedImage};
use crate::submission::{FileEntry, FileStatus, Member, Path, Section};

use super::overlay::{Baseline, Overlay};
use super::packages::shown;
use super::targets::LivePackage;
use super::types::{Kept, Op, Why};

/// What stays beside the changes of an overlay. Images that are taken on trust are all told.
pub(super) fn beside(baseline: Baseline<'_>, desired: &Desired, overlay: &Overlay) -> Vec<Kept> {
    let mut kept = Vec::new();
    for owned in &desired.owned {
        match &owned.wanted {
            Wanted::Packages(wanted) => kept.extend(packages(baseline, desired, overlay, owned, wanted)),
            Wanted::Images(wanted) => kept.extend(images(overlay, owned, wanted)),
            _ => {}
        }
    }
    kept.extend(markets(desired, overlay));
    kept
}

fn stays(entry: FileEntry<'_>) -> bool {
    !matches!(entry.status(), FileStatus::PendingDelete | FileStatus::PendingUpload)
}

fn is_of(asset: &Asset, entry: FileEntry<'_>) -> bool {
    LiveName::parse(entry.file_name(), &[]).digest == Some(asset.fingerprint.digest.short())
}

fn packages(
    baseline: Baseline<'_>,
    desired: &Desired,
    overlay: &Overlay,
    owned: &Owned,
    wanted: &[Arc<Asset>],
) -> Vec<Kept> {
    if !overlay.changes.iter().any(|change| change.section == Some(Section::Packages)) {
        return Vec::new();
    }
    let why = |live: &LivePackage<'_>| {
        let is_it = |asset: &Arc<Asset>| {
            is_of(asset, live.entry) || asset.package().is_some_and(|package| live.is_version_of(package))
        };
        match desired.retain.unwrap_or_default() {
            _ if wanted.iter().any(is_it) => Why::Wanted,
            Retain::All => Why::RetainAll,
            Retain::NewestPerTarget | Retain::None => Why::NewestPerTarget,
        }
    };
    let after = overlay.document.packages();
    let is_after =
        |entry: FileEntry<'_>| after.iter().any(|other| stays(*other) && other.json() == entry.json());
    let kept = |live: LivePackage<'_>| {
        let (entry, why) = (live.entry, why(&live));
        is_after(entry).then(|| Kept { path: owned.path.child(entry.file_name()), value: shown(entry), why })
    };
    LivePackage::all(baseline.document).into_iter().filter_map(kept).collect()
}

/// The slots of an image type that have the image which they had, or one that was taken on trust.
fn images(overlay: &Overlay, owned: &Owned, wanted: &[WantedImage]) -> Vec<Kept> {
    let language = owned.path.language().unwrap_or_default();
    let kind = owned.path.keys().last().map_or("", String::as_str);
    let mut slots = overlay.document.images(language);
    slots.retain(|entry| entry.image_type() == kind && entry.status() != FileStatus::PendingDelete);
    let touched = |path: &Path, ops: &[Op]| {
        let mut here = overlay.changes.iter().filter(|change| path.covers(&change.path));
        here.any(|change| ops.is_empty() || (change.path == *path && ops.contains(&change.op)))
    };
    let changes = touched(&owned.path, &[]);
    let slot = |(i, (entry, image)): (usize, (&FileEntry<'_>, &WantedImage))| {
        let path = owned.path.child((i + 1).to_string());
        let why = match &image.content {
            ImageContent::File(asset) if !is_of(asset, *entry) => Why::OnTrust,
            ImageContent::File(_) | ImageContent::Remote(_) => Why::Wanted,
        };
        let is_told = stays(*entry)
            && !touched(&path, &[Op::Add, Op::Replace, Op::Move])
            && (changes || why == Why::OnTrust);
        is_told.then(|| Kept { path, value: json!({ "fileName": entry.file_name() }), why })
    };
    slots.iter().zip(wanted).enumerate().filter_map(slot).collect()
}

/// Prices of markets that nobody manages, where others change.
fn markets(desired: &Desired, overlay: &Overlay) -> Vec<Kept> {
    const MARKETS: [&str; 2] = ["pricing", "marketSpecificPricings"];
    if !overlay.changes.iter().any(|change| change.section == Some(Section::Pricing)) {
        return Vec::new();
    }
    let live = overlay.document.get(&MARKETS).and_then(Value::as_object);
    let prices = live.into_iter().flatten().map(|(market, price)| (Path::new(MARKETS).child(market), price));
    prices
        .filter(|(path, _)| !desired.owned.iter().any(|owned| owned.path == *path))
        .map(|(path, price)| Kept { path, value: price.clone(), why: Why::Unmanaged })
        .collect()
}

/// The flights below a new one, from top to bottom, as the API knows them.
pub(super) fn ranks_below(below: &str, flights: &[Member]) -> Kept {
    let mut names: Vec<&str> = Vec::new();
    let mut next = Some(below);
    while let Some(word) = next {
        let flight = flights.iter().find(|flight| flight.friendly_name() == word || flight.id() == word);
        let name = flight.map_or(word, Member::friendly_name);
        // The service keeps ranks free of circles; nobody waits for it if it does not.
        if names.contains(&name) {
            break;
        }
        names.push(name);
        next = flight.and_then(Member::rank_higher_than);
    }
    Kept { path: Path::new(["rankHigherThan"]), value: json!(names), why: Why::Unmanaged }
}
