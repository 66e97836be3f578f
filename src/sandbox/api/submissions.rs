//! The six operations on submissions: create, read, update, commit, status, delete. They are the same for apps,
//! add-ons and flights.

use serde_json::{Value, json};

use super::{Call, Desk, drafts, rollouts};
use crate::sandbox::answer::{Answer, Refusal, Reply};
use crate::sandbox::blob;
use crate::sandbox::model::{self, Kind};
use crate::sandbox::seed::Rules;
use crate::sandbox::state::{Document, Place, Product, Submission};
use crate::sandbox::update::update;

/// Answers a call below `submissions`.
pub(super) fn answer(desk: &mut Desk, call: &Call, place: Place, rest: &[&str]) -> Reply {
    let no_method = || Err(Refusal::no_such_method(&call.method));
    match (call.method.as_str(), rest) {
        ("POST", []) => drafts::create(desk, call, place),
        (_, []) => no_method(),
        (method, [id, rest @ ..]) => {
            let known = matches!(rest, [] | ["commit" | "status"]);
            if !known {
                return rollouts::answer(desk, call, place, id, rest);
            }
            find(desk, place, id)?;
            match (method, rest) {
                ("GET", []) => read(desk, place, id),
                ("PUT", []) => put(desk, call, place, id),
                ("DELETE", []) => delete(desk, place, id),
                ("POST", ["commit"]) => commit(desk, place, id),
                ("GET", ["status"]) => status(desk, place, id),
                _ => no_method(),
            }
        }
    }
}

/// The submission that a path names: 404 where there is none, 409 where it is another product's.
pub(super) fn find<'a>(desk: &'a Desk, place: Place, id: &str) -> Result<&'a Submission, Refusal> {
    if let Some(submission) = desk.store.product(place).submission(id) {
        return Ok(submission);
    }
    let elsewhere = |place: &Place| desk.store.product(*place).submission(id).is_some();
    if desk.store.places().iter().any(elsewhere) {
        return Err(Refusal::state("submissionId", "The submission does not belong to this product"));
    }
    Err(Refusal::missing("submissionId", "Submission not found"))
}

fn find_mut<'a>(desk: &'a mut Desk, place: Place, id: &str) -> &'a mut Submission {
    desk.store.edit().product_mut(place).submission_mut(id).expect("the submission was found before")
}

/// The document as it is answered: with the upload URL of this process.
pub(super) fn shown(desk: &Desk, submission: &Submission) -> Document {
    let mut document = submission.document.clone();
    if let Some(upload) = submission.upload.as_deref().and_then(|name| desk.store.upload(name)) {
        document.insert("fileUploadUrl".into(), blob::url(desk.blob_root, upload).into());
    }
    document
}

fn read(desk: &mut Desk, place: Place, id: &str) -> Reply {
    saw(desk, place, id);
    let submission = find(desk, place, id)?;
    let renews = |name: &str| desk.store.aftermath.renews(name).unwrap_or(desk.store.rules.renew_upload_url);
    let expired = submission
        .upload
        .as_deref()
        .filter(|name| submission.status() == "PendingCommit" && renews(name))
        .and_then(|name| desk.store.upload(name))
        .filter(|upload| upload.expires <= desk.now)
        .map(|upload| upload.name.clone());
    if let Some(name) = expired {
        let now = desk.now;
        desk.store.edit().renew_upload(&name, now);
    }
    Ok(Answer::json(200, shown(desk, find(desk, place, id)?)))
}

/// Remembers that somebody has read a status.
fn saw(desk: &mut Desk, place: Place, id: &str) {
    let now = desk.now;
    if desk.store.product(place).submission(id).is_some_and(|submission| submission.phase.seen.is_none()) {
        find_mut(desk, place, id).phase.seen = Some(now);
    }
}

fn status(desk: &mut Desk, place: Place, id: &str) -> Reply {
    saw(desk, place, id);
    let submission = find(desk, place, id)?;
    let details = submission.document.get("statusDetails").cloned();
    Ok(Answer::json(
        200,
        json!({
            "status": submission.status(),
            "statusDetails": details.filter(Value::is_object).unwrap_or_else(model::no_details),
        }),
    ))
}

/// Whether a submission is the one in progress.
fn is_pending(desk: &Desk, place: Place, id: &str) -> bool {
    desk.store.product(place).pending.as_deref() == Some(id)
}

/// Whether a draft can be changed or committed.
fn may_edit(desk: &Desk, place: Place, id: &str, verb: &str) -> Result<(), Refusal> {
    let submission = find(desk, place, id)?;
    let Rules { edit_after_commit_failed, .. } = desk.store.rules;
    let open = match submission.status() {
        "PendingCommit" => true,
        "CommitFailed" => edit_after_commit_failed,
        _ => false,
    };
    if !open || !is_pending(desk, place, id) {
        let message = format!("Submission in its current state cannot be {verb}");
        return Err(Refusal::state("submissionId", message));
    }
    if submission.upload.is_none() {
        return Err(Refusal::made_in_portal());
    }
    Ok(())
}

fn put(desk: &mut Desk, call: &Call, place: Place, id: &str) -> Reply {
    may_edit(desk, place, id, "updated")?;
    let sent = call.required_object()?;
    let product = desk.store.product(place);
    let kind = product.kind;
    let base = product.published().map(|submission| &submission.document);
    let draft = &find(desk, place, id)?.document;
    let made = update(kind, draft, base, &sent, &desk.store.rules)?;
    let now = desk.now;
    let submission = find_mut(desk, place, id);
    submission.document = made;
    if submission.status() == "CommitFailed" {
        submission.enter("PendingCommit", now);
        submission.set_details("errors", Vec::new());
    }
    let mut document = shown(desk, find(desk, place, id)?);
    // The answer to an update does not show it, although GET does.
    let packages = document.get_mut(kind.packages()).and_then(Value::as_array_mut);
    for package in packages.into_iter().flatten().filter_map(Value::as_object_mut) {
        package.shift_remove("targetPlatform");
    }
    Ok(Answer::json(200, document))
}

fn commit(desk: &mut Desk, place: Place, id: &str) -> Reply {
    may_edit(desk, place, id, "committed")?;
    let now = desk.now;
    let product = desk.store.product(place);
    let (has_price, product) = (product.kind != Kind::Flight, product.id().to_owned());
    // What became of an earlier commit is no matter for this one.
    desk.store.aftermath.leave_course(&product, id);
    let submission = find_mut(desk, place, id);
    submission.enter("CommitStarted", now);
    submission.set_details("errors", Vec::new());
    if has_price {
        warn_of_sales(submission);
    }
    Ok(Answer::json(202, json!({ "status": "CommitStarted" })))
}

/// Every committed submission with a price carries this warning, also where there never was a sale
/// (`microsoft/msstore-cli#29`, `#50`).
fn warn_of_sales(submission: &mut Submission) {
    let warnings =
        submission.document.get("statusDetails").and_then(|details| details["warnings"].as_array());
    let mut warnings = warnings.cloned().unwrap_or_default();
    warnings.retain(|warning| warning["code"] != "SalesUnsupportedWarning");
    warnings.push(json!({
        "code": "SalesUnsupportedWarning",
        "details": "The sales resource is no longer supported. To view or edit the sales data for this submission, \
                    use the Dev Center dashboard.",
    }));
    submission.set_details("warnings", warnings);
}

fn delete(desk: &mut Desk, place: Place, id: &str) -> Reply {
    let submission = find(desk, place, id)?;
    if !can_be_deleted(submission) || !is_pending(desk, place, id) {
        return Err(Refusal::state("submissionId", "Submission in its current state cannot be deleted"));
    }
    if submission.upload.is_none() {
        return Err(Refusal::made_in_portal());
    }
    remove_pending(desk, place);
    Ok(Answer::empty(204))
}

/// A draft, or one that came to nothing.
fn can_be_deleted(submission: &Submission) -> bool {
    let status = submission.status();
    status == "PendingCommit" || status == "Canceled" || status.ends_with("Failed")
}

/// Whether nothing of a product is on its way.
pub(super) fn is_quiet(product: &Product) -> bool {
    let pending = product.pending.as_deref().and_then(|id| product.submission(id));
    pending.is_none_or(can_be_deleted)
}

/// Takes the submission in progress away, with what was uploaded for it.
pub(in crate::sandbox) fn remove_pending(desk: &mut Desk, place: Place) {
    let state = desk.store.edit();
    let product = state.product_mut(place);
    let Some(id) = product.pending.clone() else {
        return;
    };
    let upload = product.submission(&id).and_then(|submission| submission.upload.clone());
    product.submissions.retain(|submission| submission.id() != id);
    product.set_pending(None);
    if let Some(name) = upload {
        state.uploads.retain(|upload| upload.name != name);
        desk.gone.push(name);
    }
}
