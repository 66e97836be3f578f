//! The one icon of an add-on's listing. It has no id: it is known by its file name.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::asset::LiveName;
use crate::manifest::{Asset, Owned};
use crate::submission::{Document, Section};

use super::overlay::{Options, Overlay};
use super::types::{AssetRef, FileCount, Op};

/// Lays the wanted icon, or none, over that of the live document.
pub(super) fn lay_icon(
    overlay: &mut Overlay,
    live: &Document,
    owned: &Owned,
    wanted: Option<&Arc<Asset>>,
    options: Options,
) {
    let language = owned.path.language().unwrap_or_default();
    let place = ["listings", language, "icon"];
    let text = |key: &str| live.get(&place).and_then(|icon| icon.get(key)).and_then(Value::as_str);
    let name =
        text("fileName").filter(|name| !name.is_empty() && text("fileStatus") != Some("PendingDelete"));
    let before = name.map(|name| json!({ "fileName": name }));
    let count = |is_there: bool| usize::from(is_there);
    let path = owned.path.clone();
    overlay.file_counts.push(FileCount {
        path,
        before: count(name.is_some()),
        after: count(wanted.is_some()),
    });
    match (wanted, name) {
        (None, None) => overlay.counts.unchanged += 1,
        (None, Some(_)) => {
            let change = overlay.change(Section::Listings, owned.path.clone(), Op::Clear, Some(&owned.at));
            change.before = before;
            // Left out, it would stay (`StoreBroker`'s `StoreIngestionIapApi.ps1`).
            overlay.document.set(&["listings", language, "icon", "fileStatus"], json!("PendingDelete"));
        }
        (Some(asset), name) => {
            let known = name.map(|name| LiveName::parse(name, &[language, "icon"]));
            let stem = LiveName::parse(&asset.archive_name, &[language, "icon"]).stem;
            match known {
                Some(live) if live.digest == Some(asset.fingerprint.digest.short()) => {
                    overlay.counts.by_digest += 1;
                    overlay.counts.unchanged += 1;
                }
                Some(live) if live.digest.is_none() && live.stem == stem && !options.replace_untrusted => {
                    overlay.counts.on_trust += 1;
                    overlay.counts.unchanged += 1;
                }
                known => {
                    let op = if known.is_some() { Op::Replace } else { Op::Add };
                    let change = overlay.change(Section::Listings, owned.path.clone(), op, Some(&owned.at));
                    change.before = before;
                    change.after = Some(json!({ "fileName": asset.archive_name }));
                    change.asset = Some(AssetRef::from(&**asset));
                    let entry = json!({ "fileName": asset.archive_name, "fileStatus": "PendingUpload" });
                    overlay.document.set(&place, entry);
                    overlay.uploads.push(Arc::clone(asset));
                }
            }
        }
    }
}
