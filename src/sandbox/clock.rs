//! Time: how a committed submission moves on by itself.
//!
//! Nothing runs in the background. Each request to the API first brings every submission to where it would be by
//! now. A status is not left before it was read once, so that people see every one of them, or before it has lasted
//! 20 times as long as it should, so that a submission that nobody watches arrives as well.

use std::io;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::blob::Blobs;
use super::commit;
use super::faults::{Next, OldPackages, merge};
use super::state::{Document, Phase, Place, Submission, text};
use super::store::Store;

/// What follows what.
const ORDER: [&str; 7] = [
    "CommitStarted", "PreProcessing", "Certification", "Release", "PendingPublication", "Publishing",
    "Published",
];

/// What a commit comes to without having been processed.
const UNPROCESSED: [&str; 3] = ["PendingCommit", "CommitFailed", "Canceled"];

/// How many times as long a status lasts that nobody reads.
const UNWATCHED: i32 = 20;

/// Brings every submission to where it is at `now`.
pub(super) fn advance(store: &mut Store, blobs: &Blobs, now: Timestamp) -> io::Result<()> {
    let lasts = SignedDuration::from_millis(store.rules.status_millis.try_into().unwrap_or(i64::MAX));
    for place in store.places() {
        let Some(id) = store.product(place).pending.clone() else {
            continue;
        };
        while let Some((next, at)) = due(store, place, &id, lasts, now) {
            enter(store, blobs, place, &id, &next, at)?;
        }
    }
    Ok(())
}

/// The status that a submission should have by now after the one it has, and since when.
fn due(
    store: &Store,
    place: Place,
    id: &str,
    lasts: SignedDuration,
    now: Timestamp,
) -> Option<(String, Timestamp)> {
    let product = store.product(place);
    let submission = product.submission(id)?;
    let next = match store.aftermath.next(product.id(), id) {
        Next::Usual => usual_next(submission.status())?.to_owned(),
        Next::Status(status) => status,
        Next::Nothing => return None,
    };
    let left = left(submission, lasts)?;
    (left <= now).then_some((next, left))
}

/// What usually follows on a status.
fn usual_next(status: &str) -> Option<&'static str> {
    let at = ORDER.iter().position(|other| *other == status)?;
    ORDER.get(at + 1).copied()
}

/// When a submission leaves its status, unless it waits for a person.
fn left(submission: &Submission, lasts: SignedDuration) -> Option<Timestamp> {
    let left = lasted(submission.phase, lasts);
    if submission.status() == "Release" { Some(left.max(released(submission)?)) } else { Some(left) }
}

/// When a status has lasted long enough.
fn lasted(phase: Phase, lasts: SignedDuration) -> Timestamp {
    let after = |times: i32| {
        let whole = lasts.checked_mul(times).unwrap_or(SignedDuration::MAX);
        phase.since.checked_add(whole).unwrap_or(Timestamp::MAX)
    };
    match phase.seen {
        Some(seen) => after(1).max(seen),
        None => after(UNWATCHED),
    }
}

/// From when on a certified submission may be published, if it may at all without a person.
fn released(submission: &Submission) -> Option<Timestamp> {
    match text(&submission.document, "targetPublishMode") {
        "Manual" => None,
        "SpecificDate" => {
            Some(text(&submission.document, "targetPublishDate").parse().unwrap_or(Timestamp::MIN))
        }
        _ => Some(Timestamp::MIN),
    }
}

fn enter(
    store: &mut Store,
    blobs: &Blobs,
    place: Place,
    id: &str,
    status: &str,
    at: Timestamp,
) -> io::Result<()> {
    let product = store.product(place).id().to_owned();
    let mut status = status;
    let was = store.product(place).submission(id).map(Submission::status);
    if was == Some("CommitStarted") && !UNPROCESSED.contains(&status) {
        match commit::process(store, blobs, place, id)? {
            Ok(mut document) => {
                if store.aftermath.old_packages(&product, id) == Some(OldPackages::AfterCommit) {
                    keep_old_packages(store, place, &mut document);
                }
                edit(store, place, id, |submission| submission.document = document);
            }
            Err(errors) => {
                status = "CommitFailed";
                store.aftermath.leave_course(&product, id);
                edit(store, place, id, |submission| {
                    submission.set_details("errors", errors);
                });
            }
        }
    }
    let details = store.aftermath.step(&product, id, status);
    edit(store, place, id, |submission| {
        submission.enter(status, at);
        for (name, details) in details.into_iter().flatten().filter(|(_, details)| !details.is_empty()) {
            submission.set_details(name, details);
        }
    });
    if status == "Published" {
        publish(store, place, id);
    }
    Ok(())
}

/// Publishes a submission at once, unless its commit fails.
pub(super) fn publish_at_once(
    store: &mut Store,
    blobs: &Blobs,
    place: Place,
    id: &str,
    now: Timestamp,
) -> io::Result<()> {
    let product = store.product(place).id().to_owned();
    store.aftermath.leave_course(&product, id);
    edit(store, place, id, |submission| submission.enter("CommitStarted", now));
    enter(store, blobs, place, id, "PreProcessing", now)?;
    if store.product(place).submission(id).is_some_and(|submission| submission.status() == "PreProcessing") {
        enter(store, blobs, place, id, "Published", now)?;
    }
    Ok(())
}

fn edit(store: &mut Store, place: Place, id: &str, change: impl FnOnce(&mut Submission)) {
    if let Some(submission) = store.edit().product_mut(place).submission_mut(id) {
        change(submission);
    }
}

/// Puts the packages of the published submission into the place of those of `document`.
fn keep_old_packages(store: &Store, place: Place, document: &mut Document) {
    let product = store.product(place);
    let name = product.kind.packages();
    let old = product.published().and_then(|published| published.document.get(name)).cloned();
    if let Some(packages) = document.get_mut(name) {
        *packages = old.unwrap_or_else(|| json!([]));
    }
}

/// Makes a submission the last published one; a gradual rollout begins.
fn publish(store: &mut Store, place: Place, id: &str) {
    let product = store.product(place);
    if let Some(mut document) = product.submission(id).map(|submission| submission.document.clone()) {
        let aftermath = &store.aftermath;
        if aftermath.old_packages(product.id(), id) == Some(OldPackages::OncePublished) {
            keep_old_packages(store, place, &mut document);
        }
        if let Some(patch) = aftermath.published(product.id(), id) {
            merge(&mut document, &patch);
        }
        edit(store, place, id, |submission| submission.document = document);
    }
    let product = store.edit().product_mut(place);
    let fallback: Value = product.published.clone().unwrap_or_else(|| "0".into()).into();
    if let Some(submission) = product.submission_mut(id)
        && submission.rollout()["isPackageRollout"] == json!(true)
    {
        submission.set_rollout(&[
            ("packageRolloutStatus", "PackageRolloutInProgress".into()),
            ("fallbackSubmissionId", fallback),
        ]);
    }
    product.set_published(id);
    product.set_pending(None);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(n: i64) -> Timestamp {
        Timestamp::from_millisecond(n).unwrap()
    }

    fn submission(status: &str, mode: &str, date: &str, seen: Option<i64>) -> Submission {
        let document = json!({ "status": status, "targetPublishMode": mode, "targetPublishDate": date });
        Submission {
            document: document.as_object().unwrap().clone(),
            upload: None,
            phase: Phase { since: millis(1000), seen: seen.map(millis) },
        }
    }

    fn next_at(submission: &Submission, now: i64) -> Option<(&'static str, i64)> {
        let left = left(submission, SignedDuration::from_millis(10))?;
        let next = usual_next(submission.status())?;
        (left <= millis(now)).then_some((next, left.as_millisecond()))
    }

    #[test]
    fn a_status_is_seen_before_it_is_left() {
        let unseen = submission("Certification", "Immediate", "", None);
        assert_eq!(next_at(&unseen, 1199), None);
        assert_eq!(next_at(&unseen, 1200), Some(("Release", 1200)));
        let seen_early = submission("Certification", "Immediate", "", Some(1003));
        assert_eq!(next_at(&seen_early, 1009), None);
        assert_eq!(next_at(&seen_early, 1500), Some(("Release", 1010)));
        let seen_late = submission("Certification", "Immediate", "", Some(1100));
        assert_eq!(next_at(&seen_late, 1500), Some(("Release", 1100)));
    }

    #[test]
    fn a_release_is_held_for_a_person_or_a_date() {
        assert_eq!(next_at(&submission("Release", "Manual", "", Some(1000)), 99_999_999), None);
        let dated = submission("Release", "SpecificDate", "1970-01-01T00:00:05Z", Some(1000));
        assert_eq!(next_at(&dated, 4999), None);
        assert_eq!(next_at(&dated, 5001), Some(("PendingPublication", 5000)));
        assert_eq!(next_at(&submission("Published", "Immediate", "", Some(1000)), 99_999), None);
        assert_eq!(next_at(&submission("PendingCommit", "Immediate", "", Some(1000)), 99_999), None);
    }
}
