//! Whose a pending submission is, and what that means.
//!
//! No state is kept anywhere: the remote documents say where an earlier run stopped.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::asset::LiveName;
use crate::manifest::Resource;
use crate::submission::{Document, FileEntry, FileStatus, Phase};

use super::managed::is_managed_only;

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
        /// Whether this plan may delete it. It may, where an earlier run sent it, which a file with a name of ours in it
        /// tells. Texts carry no such mark: then it may where the API made the submission, and it holds no new file of
        /// anybody and differs from the published one only where the manifest decides. Nobody can go on with a failed
        /// submission, and what was wanted at those paths is what the manifest says now, whoever wrote it there: nothing
        /// is lost. Of a draft the same is not said: somebody may still be at it.
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

/// Tells what a pending submission is. `published` is empty where nothing was published yet; `planned` is it with the
/// planned changes made.
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
            } else if uploads_our_file(pending) {
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

fn uploads_our_file(draft: &Document) -> bool {
    let is_new = |entry: &FileEntry<'_>| entry.status() == FileStatus::PendingUpload;
    draft.files().iter().filter(|entry| is_new(entry)).any(|entry| is_our_name(entry.file_name()))
}

/// See [`Pending::Dead`]. Where the commit of a submission was processed, its files are `Uploaded` by now.
fn was_sent_by_us(dead: &Document, published: &Document, planned: &Document, resource: &Resource) -> bool {
    let known: BTreeSet<&str> = published.files().into_iter().map(FileEntry::file_name).collect();
    let brings = |entry: &FileEntry<'_>| {
        entry.status() != FileStatus::PendingDelete && !known.contains(entry.file_name())
    };
    let files = dead.files();
    let brought: Vec<&str> =
        files.iter().filter(|entry| brings(entry)).map(|entry| entry.file_name()).collect();
    let holds_only = |content: &Document| dead.differences_once_committed(content).is_empty();
    // The API could not delete what was made in the portal.
    let made_by_api = dead.has_upload_url();
    brought.iter().any(|name| is_our_name(name))
        || (made_by_api
            && (holds_only(published)
                || holds_only(planned)
                || (brought.is_empty() && is_managed_only(resource, published, dead, planned))))
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
