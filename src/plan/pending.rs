//! Whose a pending submission is, and what that means.
//!
//! No state is kept anywhere: the remote documents say where an earlier run stopped.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::asset::LiveName;
use crate::manifest::Resource;
use crate::submission::{Document, FileEntry, FileStatus, Phase};

use super::theirs::field_at;

/// What a pending submission is to this plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    /// There is none.
    None,
    /// A draft.
    Draft(DraftKind),
    /// Committed and not dead.
    OnItsWay,
    /// Failed or cancelled.
    Dead {
        /// Whether this plan may delete it.
        ours: bool,
        /// Whether the service itself failed, so that the same content may be sent again.
        service_fault: bool,
    },
}

/// Whose a draft is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftKind {
    /// A clone of the published submission that nobody touched: adopted.
    Untouched,
    /// The published submission with exactly the planned changes: adopted.
    Planned,
    /// Another draft of ours: a file to be uploaded carries a name of ours.
    OlderOurs,
    /// Somebody else's.
    Foreign,
    /// Started in Partner Center (no upload URL); the API can neither change nor delete it.
    Portal,
}

/// Error codes and texts of commits that failed inside the service (`microsoft/msstore-cli#50`, `microsoft/StoreBroker#249`).
const SERVICE_FAULTS: &[&str] =
    &["IsInternalError", "ServiceError", "it is not IngestionWeb or IngestionApi"];

/// Tells what a pending submission is to a resource. `published` is empty where nothing was published yet; `planned` is it
/// with the planned changes made.
pub fn classify(
    pending: Option<&Document>,
    published: &Document,
    planned: &Document,
    resource: &Resource,
) -> Pending {
    let Some(pending) = pending else {
        return Pending::None;
    };
    match pending.status().phase() {
        Phase::Draft if !pending.has_upload_url() => Pending::Draft(DraftKind::Portal),
        Phase::Draft => {
            let canonical = pending.canonical();
            let is_new = published.json().is_empty();
            Pending::Draft(if canonical == published.canonical() || (is_new && is_blank(pending)) {
                DraftKind::Untouched
            } else if canonical == planned.canonical() || (is_new && is_first_draft_of(pending, planned)) {
                DraftKind::Planned
            } else if is_older_of_ours(pending, published, resource) {
                DraftKind::OlderOurs
            } else {
                DraftKind::Foreign
            })
        }
        Phase::Dead => Pending::Dead {
            ours: was_sent_by_us(pending, published, planned, resource),
            service_fault: is_service_fault(pending),
        },
        Phase::Committing | Phase::Accepted | Phase::Certified | Phase::Published => Pending::OnItsWay,
    }
}

/// Whether nobody has filled in the first draft of a resource.
fn is_blank(draft: &Document) -> bool {
    draft.languages().next().is_none() && draft.packages().is_empty()
}

/// Whether a first draft holds what is planned. It has values of its own besides, but no listing and no file.
fn is_first_draft_of(draft: &Document, planned: &Document) -> bool {
    let has_language = |language: &str| planned.languages().any(|other| other.eq_ignore_ascii_case(language));
    let has_file =
        |file: &FileEntry<'_>| planned.files().iter().any(|other| other.file_name() == file.file_name());
    draft.languages().all(has_language) && draft.files().iter().all(has_file) && draft.holds(planned)
}

/// Whether an earlier run of ours made a draft, and nobody has worked in it since: its new files carry names of ours, and
/// whatever else it changes lies where the manifest says something, or comes with new packages.
fn is_older_of_ours(draft: &Document, published: &Document, resource: &Resource) -> bool {
    let files = draft.files();
    let mut new = files.iter().filter(|entry| entry.status() == FileStatus::PendingUpload).peekable();
    let is_ours = new.peek().is_some() && new.all(|entry| is_our_name(entry.file_name()));
    let comes_with_files = |path: &Vec<String>| {
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        keys.first() == Some(&draft.packages_key())
            || keys.starts_with(&["packageDeliveryOptions", "packageRollout"])
            || keys.contains(&"images")
            || keys.first() == Some(&"trailers")
            || keys.last() == Some(&"icon")
    };
    // The first draft of a resource has values of its own.
    let is_new = published.json().is_empty();
    let is_expected = |path: &Vec<String>| owns(resource, path) || comes_with_files(path);
    is_ours && (is_new || published.differences(draft).iter().all(is_expected))
}

/// Whether the manifest says something at a path of the API's keys. What stood there was said by an earlier manifest.
fn owns(resource: &Resource, api: &[String]) -> bool {
    let field = field_at(resource.kind(), api);
    field.is_some_and(|(path, _)| resource.desired.owned.iter().any(|owned| owned.path.covers(&path)))
}

/// Whether a dead submission was sent by an earlier run: it brings a file with a name of ours, or nothing that is not
/// published, planned, or at a path that the manifest owns. What it says there was said by an earlier manifest, and is in
/// git; what anybody added elsewhere makes it theirs. Where its commit was processed, its files are `Uploaded` by now.
fn was_sent_by_us(dead: &Document, published: &Document, planned: &Document, resource: &Resource) -> bool {
    let known: BTreeSet<&str> = published.files().into_iter().map(FileEntry::file_name).collect();
    let brings = |entry: &FileEntry<'_>| {
        entry.status() != FileStatus::PendingDelete
            && is_our_name(entry.file_name())
            && !known.contains(entry.file_name())
    };
    let holds_only =
        |content: &Document| dead.differences_once_committed(content).iter().all(|path| owns(resource, path));
    // The API could not delete what was made in the portal.
    let made_by_api = dead.has_upload_url();
    dead.files().iter().any(brings) || (made_by_api && (holds_only(published) || holds_only(planned)))
}

fn is_our_name(file_name: &str) -> bool {
    LiveName::parse(file_name, &[]).digest.is_some()
}

/// Whether the service says what went wrong, and all of it is about itself.
fn is_service_fault(document: &Document) -> bool {
    let is_fault = |error: &Value| {
        ["code", "details"]
            .iter()
            .filter_map(|key| error.get(key)?.as_str())
            .any(|text| SERVICE_FAULTS.iter().any(|fault| text.contains(fault)))
    };
    let errors = document.get(&["statusDetails", "errors"]).and_then(Value::as_array);
    errors.is_some_and(|errors| !errors.is_empty() && errors.iter().all(is_fault))
}
