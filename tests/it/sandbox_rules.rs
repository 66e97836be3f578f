//! The rules of the local Partner Center, one by one.

mod add_ons;
mod assertions;
mod blobs;
mod commits;
mod drafts;
mod faults;
mod flights;
mod gate;
mod keeping;
mod lists;
mod login;
mod rollouts;
mod seeds;
mod statuses;
mod updates;

use serde_json::{Value, json};

use crate::support::local::{Local, upload};
use crate::support::things::{self, APP};

/// The path of the submissions of the app in [`things::account`].
fn submissions() -> String {
    format!("applications/{APP}/submissions")
}

/// A new draft of that app: its path and document.
fn draft(local: &Local) -> (String, Value) {
    let created = local.expect(201, "POST", &submissions(), None);
    (format!("{}/{}", submissions(), created["id"].as_str().unwrap()), created)
}

/// An account with other rules.
fn account_with(rules: &Value) -> Value {
    let mut seed = things::account();
    for (name, value) in rules.as_object().unwrap() {
        seed["rules"][name] = value.clone();
    }
    seed
}

/// An announced package.
fn new_package(name: &str) -> Value {
    json!({ "fileName": name, "fileStatus": "PendingUpload", "minimumDirectXVersion": "None", "minimumSystemRam": "None" })
}

/// An announced image.
fn new_image(name: &str, image_type: &str) -> Value {
    json!({ "fileName": name, "fileStatus": "PendingUpload", "imageType": image_type, "description": "" })
}

/// The list at a pointer, to be changed.
fn list<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Vec<Value> {
    document.pointer_mut(pointer).unwrap().as_array_mut().unwrap()
}

const IMAGES: &str = "/listings/en-us/baseListing/images";

/// Sends a document, uploads an archive for it where there is one, and commits.
fn submit(local: &Local, path: &str, document: &Value, archive: Option<&[u8]>) {
    let answer = local.expect(200, "PUT", path, Some(document));
    if let Some(archive) = archive {
        assert_eq!(upload(answer["fileUploadUrl"].as_str().unwrap(), archive).status, 201);
    }
    local.expect(202, "POST", &format!("{path}/commit"), None);
}

/// Sends, uploads, commits, and waits until it is published.
fn publish(local: &Local, path: &str, document: &Value, archive: Option<&[u8]>) -> Value {
    submit(local, path, document, archive);
    let seen = local.follow(path, &["Published", "CommitFailed"]);
    assert_eq!(seen.last().unwrap(), "Published", "{}", local.get(&format!("{path}/status")));
    local.get(path)
}

/// Sends, uploads, commits; the codes and details that the commit fails with.
fn failure(local: &Local, path: &str, document: &Value, archive: Option<&[u8]>) -> Vec<String> {
    submit(local, path, document, archive);
    // On a busy machine the first status after `CommitStarted` may be missed.
    local.follow(path, &["CommitFailed", "PreProcessing", "Certification", "Release", "Published"]);
    let status = local.get(&format!("{path}/status"));
    let errors = status["statusDetails"]["errors"].as_array().unwrap();
    assert_eq!(status["status"] == "CommitFailed", !errors.is_empty(), "{status}");
    let text = |error: &Value| {
        format!("{}: {}", error["code"].as_str().unwrap(), error["details"].as_str().unwrap())
    };
    errors.iter().map(text).collect()
}

/// What a request must be refused with.
fn refused(local: &Local, status: u16, method: &str, path: &str, body: Option<&Value>) -> (String, String) {
    let body = local.expect(status, method, path, body);
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (text("target"), text("message"))
}
