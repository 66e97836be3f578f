//! Entries that stand for files: packages, images, icons. What an update may do with them, and where they are in
//! a submission.
//!
//! A file is announced as `PendingUpload` and gets its id when a commit was processed; from then on it is known by
//! that id, is kept as `Uploaded` and goes as `PendingDelete`.

use serde_json::Value;

use super::answer::Refusal;
use super::model::{Field, Kind};
use super::state::Document;
use super::update::Update;
use super::values::{label, member};

/// What an entry stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum File {
    Package,
    Image,
    Icon,
}

/// The id of an entry that has one.
pub(super) fn id(entry: &Document) -> Option<&str> {
    member(entry, "id").and_then(Value::as_str).filter(|id| !id.is_empty())
}

/// The `fileStatus` of an entry.
pub(super) fn status(entry: &Document) -> &str {
    member(entry, "fileStatus").and_then(Value::as_str).unwrap_or("None")
}

/// The `fileName` of an entry.
pub(super) fn name(entry: &Document) -> &str {
    member(entry, "fileName").and_then(Value::as_str).unwrap_or_default()
}

/// Whether the service has the file.
fn exists(entry: &Document) -> bool {
    id(entry).is_some() && status(entry) != "PendingUpload"
}

/// The packages that an update makes: every existing one must be mentioned
/// (`MicrosoftDocs/windows-dev-docs#1887`).
pub(super) fn packages(
    update: &Update,
    fields: &[Field],
    was: &[Value],
    sent: &[Value],
) -> Result<Vec<Value>, Refusal> {
    let made = entries(update, fields, was, sent, "Package")?;
    let missing = left_out(was, &made);
    if missing.is_empty() {
        return Ok(made);
    }
    let ids: Vec<&str> = missing.into_iter().filter_map(|entry| id(entry.as_object()?)).collect();
    let message = format!(
        "Please keep all file entries for existing packages. \nIf you wish to remove a package, mark it as \
         PendingDelete. The following packages are missing in your update: {}",
        ids.join(", ")
    );
    Err(Refusal::invalid("packages", message))
}

/// The images that an update makes: an existing one stays when it is not mentioned (comment in
/// `StoreIngestionApplicationApi.ps1` of `microsoft/StoreBroker`).
pub(super) fn images(
    update: &Update,
    fields: &[Field],
    was: &[Value],
    sent: &[Value],
) -> Result<Vec<Value>, Refusal> {
    let mut made = entries(update, fields, was, sent, "Image")?;
    if update.rules.keep_omitted_images {
        let kept: Vec<Value> = left_out(was, &made).into_iter().cloned().collect();
        made.extend(kept);
    }
    Ok(made)
}

/// The existing entries that are in `was` but not in `made`.
fn left_out<'a>(was: &'a [Value], made: &[Value]) -> Vec<&'a Value> {
    let mentioned: Vec<&str> = made.iter().filter_map(|entry| id(entry.as_object()?)).collect();
    let is_left_out =
        |entry: &Document| exists(entry) && id(entry).is_some_and(|id| !mentioned.contains(&id));
    was.iter().filter(|entry| entry.as_object().is_some_and(is_left_out)).collect()
}

fn entries(
    update: &Update,
    fields: &[Field],
    was: &[Value],
    sent: &[Value],
    what: &str,
) -> Result<Vec<Value>, Refusal> {
    let target = if what == "Image" { "images" } else { "packages" };
    let was: Vec<&Document> = was.iter().filter_map(Value::as_object).collect();
    let mut made: Vec<Value> = Vec::new();
    for entry in sent {
        let Some(entry) = entry.as_object() else {
            return Err(Refusal::invalid(target, format!("{what} is not an object")));
        };
        let refuse =
            |reason: &str| Err(Refusal::invalid(target, format!("{what} ({}) {reason}", name(entry))));
        let known = id(entry).and_then(|sent| was.iter().find(|other| id(other) == Some(sent)).copied());
        let twin = match (status(entry), known) {
            ("PendingUpload", Some(known)) if exists(known) => {
                return refuse(
                    "exists and cannot be uploaded again; mark it as PendingDelete and add another",
                );
            }
            ("PendingUpload", Some(known)) => Some(known),
            ("PendingUpload", None) => was
                .iter()
                .find(|other| id(other).is_none() && !exists(other) && name(other) == name(entry))
                .copied(),
            (_, Some(known)) if exists(known) => Some(known),
            (_, Some(_)) => return refuse("is not uploaded yet and can only be PendingUpload or left out"),
            (_, None) if id(entry).is_some() => return refuse("has an Id that does not exist"),
            (_, None) => {
                let message = format!("Existing {what} ({}) should contain Id", name(entry));
                return Err(Refusal::invalid(target, message));
            }
        };
        let mut object = update.object(fields, twin, entry)?;
        if let (Some(known), "None") = (known, status(&object)) {
            object.insert("fileStatus".into(), status(known).into());
        }
        let twice = |other: &Value| other.as_object().is_some_and(|other| id(other) == id(&object));
        if id(&object).is_some() && made.iter().any(twice) {
            return refuse("is mentioned twice");
        }
        made.push(object.into());
    }
    Ok(made)
}

/// The icon that an update makes. An icon has no id: the existing one is known by its name, stays when it is left
/// out, and goes when it is sent as `PendingDelete` (`StoreIngestionIapApi.ps1` of `microsoft/StoreBroker`).
pub(super) fn icon(
    update: &Update,
    fields: &[Field],
    was: Option<&Value>,
    sent: Option<&Value>,
) -> Result<Option<Value>, Refusal> {
    let existing = was.and_then(Value::as_object).filter(|icon| status(icon) != "PendingUpload");
    let Some(sent) = sent else {
        return Ok(existing.map(|icon| icon.clone().into()).or_else(|| was.map(|_| Value::Null)));
    };
    let Some(sent) = sent.as_object() else {
        return Err(Refusal::invalid("icon", format!("The value of {} has the wrong type", label("icon"))));
    };
    let same = existing.is_some_and(|icon| name(icon) == name(sent));
    match status(sent) {
        "PendingUpload" => {}
        _ if same => {}
        _ => {
            let message = format!("Icon ({}) does not exist", name(sent));
            return Err(Refusal::invalid("icon", message));
        }
    }
    Ok(Some(update.object(fields, was.and_then(Value::as_object), sent)?.into()))
}

/// Visits every file entry of a submission.
pub(super) fn each(kind: Kind, document: &mut Document, mut visit: impl FnMut(File, &mut Document)) {
    each_list(kind, document, |file, list| {
        for entry in list.iter_mut().filter_map(Value::as_object_mut) {
            visit(file, entry);
        }
    });
    for listing in listings(document) {
        if let Some(icon) = listing.get_mut("icon").and_then(Value::as_object_mut) {
            visit(File::Icon, icon);
        }
    }
}

/// Takes the entries out of a submission that are to go.
pub(super) fn remove_deleted(kind: Kind, document: &mut Document) {
    let goes = |entry: &Value| entry.as_object().is_some_and(|entry| status(entry) == "PendingDelete");
    each_list(kind, document, |_, list| list.retain(|entry| !goes(entry)));
    for listing in listings(document).filter_map(Value::as_object_mut) {
        if listing.get("icon").is_some_and(goes) {
            listing.remove("icon");
        }
    }
}

/// Visits every list of files.
fn each_list(kind: Kind, document: &mut Document, mut visit: impl FnMut(File, &mut Vec<Value>)) {
    let mut visit = |file: File, list: Option<&mut Value>| {
        if let Some(list) = list.and_then(Value::as_array_mut) {
            visit(file, list);
        }
    };
    visit(File::Package, document.get_mut(kind.packages()));
    for listing in listings(document) {
        visit(File::Image, listing.pointer_mut("/baseListing/images"));
        let platforms = listing.get_mut("platformOverrides").and_then(Value::as_object_mut);
        for platform in platforms.into_iter().flat_map(Document::values_mut) {
            visit(File::Image, platform.get_mut("images"));
        }
    }
}

fn listings(document: &mut Document) -> impl Iterator<Item = &mut Value> {
    let listings = document.get_mut("listings").and_then(Value::as_object_mut);
    listings.into_iter().flat_map(Document::values_mut)
}
