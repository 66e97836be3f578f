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
use super::state::{Phase, Place, Submission, text};
use super::store::Store;

/// What follows what.
const ORDER: [&str; 7] = [
    "CommitStarted", "PreProcessing", "Certification", "Release", "PendingPublication", "Publishing",
    "Published",
];

/// How many times as long a status lasts that nobody reads.
const UNWATCHED: i32 = 20;

/// Brings every submission to where it is at `now`.
pub(super) fn advance(store: &mut Store, blobs: &Blobs, now: Timestamp) -> io::Result<()> {
    let lasts = SignedDuration::from_millis(store.rules.status_millis.try_into().unwrap_or(i64::MAX));
    for place in store.places() {
        let Some(id) = store.product(place).pending.clone() else {
            continue;
        };
        while let Some((next, at)) = store.product(place).submission(&id).and_then(|s| next(s, lasts, now)) {
            enter(store, blobs, place, &id, next, at)?;
        }
    }
    Ok(())
}

/// The status that a submission should have by now after the one it has, and since when.
fn next(submission: &Submission, lasts: SignedDuration, now: Timestamp) -> Option<(&'static str, Timestamp)> {
    let at = ORDER.iter().position(|status| *status == submission.status())?;
    let next = ORDER.get(at + 1)?;
    let mut left = left(submission.phase, lasts);
    if ORDER[at] == "Release" {
        left = left.max(released(submission)?);
    }
    (left <= now).then_some((*next, left))
}

/// When a status is left.
fn left(phase: Phase, lasts: SignedDuration) -> Timestamp {
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
    let mut status = status;
    if status == "PreProcessing" {
        match commit::process(store, blobs, place, id)? {
            Ok(document) => edit(store, place, id, |submission| submission.document = document),
            Err(errors) => {
                status = "CommitFailed";
                edit(store, place, id, |submission| {
                    submission.set_details("errors", errors);
                });
            }
        }
    }
    edit(store, place, id, |submission| submission.enter(status, at));
    if status == "Published" {
        publish(store, place, id);
    }
    Ok(())
}

fn edit(store: &mut Store, place: Place, id: &str, change: impl FnOnce(&mut Submission)) {
    if let Some(submission) = store.edit().product_mut(place).submission_mut(id) {
        change(submission);
    }
}

/// Makes a submission the last published one; a gradual rollout begins.
fn publish(store: &mut Store, place: Place, id: &str) {
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
        let lasts = SignedDuration::from_millis(10);
        next(submission, lasts, millis(now)).map(|(status, at)| (status, at.as_millisecond()))
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
