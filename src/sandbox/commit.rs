//! What happens after a commit was accepted: the ZIP is read, files get their ids, packages their metadata, and
//! what only a whole submission can be checked for is checked.

use std::collections::HashMap;
use std::fs::File as Unpacked;
use std::io::{self, BufReader};

use serde_json::{Value, json};

use super::archive::Archive;
use super::blob::Blobs;
use super::checks::{self, Facts};
use super::files::{self, File};
use super::images;
use super::model::Kind;
use super::package::{self, Package};
use super::seed::Check;
use super::state::{Document, Place};
use super::store::Store;

/// One entry of `statusDetails.errors`.
pub(super) fn error(code: &str, details: impl Into<String>) -> Value {
    json!({ "code": code, "details": details.into() })
}

/// A file that the ZIP must have.
struct Wanted {
    name: String,
    /// What to look for in it.
    file: Option<File>,
    image_type: String,
}

/// Processes a committed submission: the submission that it becomes, or the errors that it fails with.
pub(super) fn process(
    store: &mut Store,
    blobs: &Blobs,
    place: Place,
    id: &str,
) -> io::Result<Result<Document, Vec<Value>>> {
    let product = store.product(place);
    let Some(submission) = product.submission(id) else {
        return Ok(Err(vec![error("ResourceNotFound", "The submission does not exist.")]));
    };
    let kind = product.kind;
    let mut document = submission.document.clone();
    let facts = Facts::of(store, place);
    let mut packages = HashMap::new();
    let wanted = wanted(kind, &mut document);
    if !wanted.is_empty() {
        let content = submission.upload.as_deref().and_then(|name| blobs.content(name));
        let Some(content) = content else {
            return Ok(Err(vec![error("InvalidArchive", "The archive was not uploaded.")]));
        };
        let mut archive = match Archive::open(&content)? {
            Ok(archive) => archive,
            Err(reason) => {
                return Ok(Err(vec![error(
                    "InvalidArchive",
                    format!("The archive is not valid: {reason}."),
                )]));
            }
        };
        match read(&mut archive, &wanted, blobs, &facts)? {
            Ok(read) => packages = read,
            Err(errors) => return Ok(Err(errors)),
        }
    }
    settle(store, kind, &mut document, &packages);
    let errors = checks::check(kind, &document, &packages, &facts);
    Ok(if errors.is_empty() { Ok(document) } else { Err(errors) })
}

fn wanted(kind: Kind, document: &mut Document) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    files::each(kind, document, |file, entry| {
        if files::status(entry) == "PendingUpload" {
            let image_type = if file == File::Icon { "AddOnIcon" } else { image_type(entry) };
            wanted.push(Wanted {
                name: files::name(entry).to_owned(),
                file: Some(file),
                image_type: image_type.to_owned(),
            });
        }
    });
    each_trailer_file(document, |member, entry| {
        if files::id(entry).is_none() {
            let name = entry.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
            wanted.push(Wanted { name, file: None, image_type: String::new() });
        }
    });
    wanted
}

/// The `imageType` of an image.
pub(super) fn image_type(entry: &Document) -> &str {
    entry.get("imageType").and_then(Value::as_str).unwrap_or_default()
}

/// Visits the trailers and their stills, with the member that names the file. They have no `fileStatus`: one
/// without an id is new.
fn each_trailer_file(document: &mut Document, mut visit: impl FnMut(&str, &mut Document)) {
    let trailers = document.get_mut("trailers").and_then(Value::as_array_mut);
    for trailer in trailers.into_iter().flatten().filter_map(Value::as_object_mut) {
        let assets = trailer.get_mut("trailerAssets").and_then(Value::as_object_mut);
        for asset in assets.into_iter().flat_map(|assets| assets.values_mut()) {
            let stills = asset.get_mut("imageList").and_then(Value::as_array_mut);
            for still in stills.into_iter().flatten().filter_map(Value::as_object_mut) {
                visit("fileName", still);
            }
        }
        visit("videoFileName", trailer);
    }
}

/// Looks into every wanted file, and gives what the packages say of themselves, by file name.
fn read(
    archive: &mut Archive,
    wanted: &[Wanted],
    blobs: &Blobs,
    facts: &Facts,
) -> io::Result<Result<HashMap<String, Package>, Vec<Value>>> {
    let missing: Vec<Value> = wanted
        .iter()
        .filter(|file| !archive.has(&file.name))
        .map(|file| error("MissingFiles", format!("File '{}' not found in archive.", file.name)))
        .collect();
    if !missing.is_empty() {
        return Ok(Err(missing));
    }
    let mut packages = HashMap::new();
    let mut errors = Vec::new();
    for file in wanted {
        let unpacked = match archive.unpack(&file.name, blobs.scratch())? {
            Ok(unpacked) => unpacked,
            Err(reason) => {
                errors
                    .push(error("InvalidArchive", format!("File '{}' cannot be read: {reason}.", file.name)));
                continue;
            }
        };
        match file.file {
            Some(File::Package) => match package::read(unpacked, &file.name, blobs.scratch()) {
                Ok(package) => {
                    packages.insert(file.name.clone(), package);
                }
                Err(reason) => {
                    let details = format!("Package '{}' is not valid: {reason}.", file.name);
                    errors.push(error("PackageValidationFailed", details));
                }
            },
            Some(File::Image | File::Icon) if facts.checked(Check::Images) => {
                errors.extend(picture(unpacked, file));
            }
            _ => {}
        }
    }
    Ok(if errors.is_empty() { Ok(packages) } else { Err(errors) })
}

fn picture(unpacked: Unpacked, file: &Wanted) -> Option<Value> {
    let reason = images::check(BufReader::new(unpacked), &file.image_type).err()?;
    let details = format!("Validation error: InvalidImage. File '{}' {reason}.", file.name);
    Some(error("InvalidParameterValue", details))
}

/// Gives new files their ids and packages their metadata, and takes out what was to be deleted.
fn settle(store: &mut Store, kind: Kind, document: &mut Document, packages: &HashMap<String, Package>) {
    files::remove_deleted(kind, document);
    files::each(kind, document, |file, entry| {
        if files::status(entry) != "PendingUpload" {
            return;
        }
        entry.insert("fileStatus".into(), "Uploaded".into());
        if file != File::Icon {
            entry.insert("id".into(), store.edit().next_id().into());
        }
        if let (File::Package, Some(package)) = (file, packages.get(files::name(entry))) {
            describe(kind, entry, package);
        }
    });
    each_trailer_file(document, |member, entry| {
        if files::id(entry).is_none() {
            entry.insert("id".into(), store.edit().next_id().into());
            if member == "videoFileName" {
                entry.insert("videoFileId".into(), store.edit().next_id().into());
            }
        }
    });
}

fn describe(kind: Kind, entry: &mut Document, package: &Package) {
    entry.insert("version".into(), package.version.clone().into());
    entry.insert("architecture".into(), package.architecture.clone().into());
    entry.insert("languages".into(), package.languages.clone().into());
    entry.insert("capabilities".into(), package.capabilities.clone().into());
    // Flight packages are documented without their families.
    if kind == Kind::App {
        entry.insert("targetDeviceFamilies".into(), package.target_device_families.clone().into());
    }
}
