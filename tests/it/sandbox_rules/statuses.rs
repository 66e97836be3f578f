//! How a committed submission moves on.

use std::time::Duration;

use serde_json::{Value, json};

use super::{account_with, draft, submit};
use crate::support::local::Local;
use crate::support::things::{self, APP};

const ALL: [&str; 7] = [
    "CommitStarted", "PreProcessing", "Certification", "Release", "PendingPublication", "Publishing",
    "Published",
];

#[test]
fn whoever_watches_sees_every_status() {
    let local = Local::start(&account_with(&json!({ "statusMillis": 50 })));
    let (path, document) = draft(&local);
    submit(&local, &path, &document, None);
    assert_eq!(local.follow(&path, &["Published"]), ALL);
    // Reading the submission is watching, too.
    let (path, document) = draft(&local);
    submit(&local, &path, &document, None);
    let mut seen: Vec<Value> = Vec::new();
    while seen.last().is_none_or(|last| last != "Published") {
        seen.push(local.get(&path)["status"].clone());
        seen.dedup();
        std::thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(seen, ALL);
}

#[test]
fn a_status_does_not_end_early() {
    let local = Local::start(&account_with(&json!({ "statusMillis": 60_000 })));
    let (path, document) = draft(&local);
    submit(&local, &path, &document, None);
    for _ in 0..5 {
        assert_eq!(local.get(&format!("{path}/status"))["status"], "CommitStarted");
    }
}

#[test]
fn nobody_has_to_watch() {
    let local = Local::start(&account_with(&json!({ "statusMillis": 1 })));
    let (path, document) = draft(&local);
    submit(&local, &path, &document, None);
    // Six statuses, each 20 times as long as when it is watched.
    std::thread::sleep(Duration::from_millis(200));
    let id = local.get(&format!("applications/{APP}"))["lastPublishedApplicationSubmission"]["id"].clone();
    assert!(path.ends_with(id.as_str().unwrap()));
}

#[test]
fn a_release_waits_for_a_person() {
    let local = Local::start(&account_with(&json!({ "statusMillis": 1 })));
    let (path, mut document) = draft(&local);
    document["targetPublishMode"] = "Manual".into();
    submit(&local, &path, &document, None);
    local.follow(&path, &["Release"]);
    std::thread::sleep(Duration::from_millis(60));
    assert_eq!(local.get(&format!("{path}/status"))["status"], "Release");
    local.expect(409, "DELETE", &path, None);
}

#[test]
fn a_release_waits_for_its_date() {
    let local = Local::start(&account_with(&json!({ "statusMillis": 1 })));
    let (path, mut document) = draft(&local);
    document["targetPublishMode"] = "SpecificDate".into();
    document["targetPublishDate"] = "2999-01-01T00:00:00Z".into();
    submit(&local, &path, &document, None);
    local.follow(&path, &["Release"]);
    std::thread::sleep(Duration::from_millis(60));
    assert_eq!(local.get(&format!("{path}/status"))["status"], "Release");

    let local = Local::start(&account_with(&json!({ "statusMillis": 1 })));
    let (path, mut document) = draft(&local);
    document["targetPublishMode"] = "SpecificDate".into();
    document["targetPublishDate"] = "2020-01-01T00:00:00Z".into();
    submit(&local, &path, &document, None);
    local.follow(&path, &["Published"]);
}

#[test]
fn a_committed_submission_warns_of_sales() {
    let local = Local::start(&things::account());
    let (path, document) = draft(&local);
    submit(&local, &path, &document, None);
    let status = local.get(&format!("{path}/status"));
    assert_eq!(status["statusDetails"]["warnings"][0]["code"], "SalesUnsupportedWarning");
    assert_eq!(status["statusDetails"]["errors"], json!([]));
}
