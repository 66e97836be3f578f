//! Drafts: what a submission is cloned from, and what a clone does not take over.

use serde_json::Value;

use super::submissions::shown;
use super::{Call, Desk};
use crate::sandbox::answer::{Answer, Refusal, Reply};
use crate::sandbox::model::{self, Kind};
use crate::sandbox::state::{Document, Phase, Place, Product, Submission};
use crate::sandbox::update::{no_listings, update};
use crate::sandbox::values::member;

/// Creates the submission in progress: a clone of the last published one.
pub(super) fn create(desk: &mut Desk, call: &Call, place: Place) -> Reply {
    let kind = desk.store.product(place).kind;
    let (base, mut document) = clone_of(desk, place)?;
    // Whatever body there is, is taken for a submission.
    if let Some(sent) = call.object()? {
        if kind != Kind::Flight && member(&sent, "listings").is_none() {
            return Err(no_listings(Kind::AddOn));
        }
        document = update(kind, &document, base.as_ref(), &sent, &desk.store.rules)?;
    }
    let id = add_draft(desk, place, document);
    let product = desk.store.product(place);
    let mut document = product.submission(&id).map(|s| shown(desk, s)).unwrap_or_default();
    if call.query("isMinimalResponse").is_some_and(|v| v.eq_ignore_ascii_case("true")) && kind != Kind::AddOn
    {
        for big in ["listings", "applicationPackages", "flightPackages"] {
            document.shift_remove(big);
        }
    }
    Ok(Answer::json(201, document))
}

/// Creates it without being asked through the API; its id.
pub(in crate::sandbox) fn clone_published(desk: &mut Desk, place: Place) -> Result<String, Refusal> {
    let (_, document) = clone_of(desk, place)?;
    Ok(add_draft(desk, place, document))
}

/// What a new submission is cloned from, where there is any, and the clone.
fn clone_of(desk: &Desk, place: Place) -> Result<(Option<Document>, Document), Refusal> {
    let product = desk.store.product(place);
    let busy = product.pending.is_some() || product.published().is_some_and(Submission::rollout_in_progress);
    if busy {
        return Err(match product.kind {
            Kind::AddOn => {
                Refusal::state("submission", "In app product already has an in-progress submission")
            }
            _ => Refusal::state(
                "submission",
                "Create submission failed, status code Conflict, reason phrase Conflict",
            ),
        });
    }
    if desk.store.aftermath.is_republishing(product.id(), desk.now) {
        return Err(no_listings(Kind::AddOn));
    }
    if product.published.is_some() && product.published().is_none() {
        // The seed names a published submission that it does not hold: there is nothing to clone.
        return Err(Refusal::missing("submissionId", "Submission not found"));
    }
    let base = product.published().map(|submission| submission.document.clone());
    let mut document = base.clone().unwrap_or_else(|| blank(product));
    prepare_clone(product.kind, &mut document, friendly_name(product));
    Ok((base, document))
}

/// The first submission of a product.
fn blank(product: &Product) -> Document {
    let mut document = model::blank(product.kind);
    if product.kind == Kind::Flight {
        document.insert("flightId".into(), product.id().into());
    }
    document
}

/// Puts a draft into the place of the pending submission.
pub(super) fn add_draft(desk: &mut Desk, place: Place, mut document: Document) -> String {
    let now = desk.now;
    let state = desk.store.edit();
    let id = state.next_id();
    document.insert("id".into(), id.clone().into());
    let upload = Some(state.new_upload(now));
    let product = state.product_mut(place);
    product.submissions.push(Submission { document, upload, phase: Phase { since: now, seen: None } });
    product.set_pending(Some(&id));
    id
}

/// A draft for a product that has never been published.
pub(super) fn add_blank_draft(desk: &mut Desk, place: Place) {
    let product = desk.store.product(place);
    let document = blank(product);
    add_draft(desk, place, document);
}

/// What a clone does not take over.
fn prepare_clone(kind: Kind, document: &mut Document, friendly_name: String) {
    document.insert("status".into(), "PendingCommit".into());
    document.insert("statusDetails".into(), model::no_details());
    document.insert("fileUploadUrl".into(), Value::Null);
    if kind != Kind::Flight {
        document.insert("friendlyName".into(), friendly_name.into());
    }
    // `isPackageRollout` is taken over (`microsoft/msstore-cli#110`); how far it got is not.
    if let Some(rollout) = document
        .get_mut("packageDeliveryOptions")
        .and_then(|options| options.get_mut("packageRollout"))
        .and_then(Value::as_object_mut)
    {
        rollout.insert("packageRolloutStatus".into(), "PackageRolloutNotStarted".into());
        rollout.insert("fallbackSubmissionId".into(), "0".into());
    }
}

fn friendly_name(product: &Product) -> String {
    let number = |submission: &Submission| -> Option<usize> {
        submission.document.get("friendlyName")?.as_str()?.strip_prefix("Submission ")?.parse().ok()
    };
    let last = product.submissions.iter().filter_map(number).max();
    format!("Submission {}", last.unwrap_or(product.submissions.len()) + 1)
}
