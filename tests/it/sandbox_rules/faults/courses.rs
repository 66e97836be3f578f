//! How a committed submission may fare.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::{account_with, draft, list, new_package, submissions, submit};
use super::{met, once, pending, with_fault};
use crate::support::local::Local;
use crate::support::things::{self, APP, PUBLISHED};

fn course(course: &Value) -> Value {
    once("S4", &json!({ "course": course }))
}

/// Commits a draft of a sandbox whose submission fares like this. No status passes unseen, on a busy machine either.
fn committed(on_its_way: &Value) -> (Local, String) {
    let local = Local::start(&account_with(&json!({ "statusMillis": 60 })));
    local.fault("fault", &course(on_its_way));
    let (path, document) = draft(&local);
    submit(&local, &path, &document, None);
    assert_eq!(local.fired("fault"), 1);
    assert_eq!(met(&local)[0]["path"], format!("/v1.0/my/{path}/commit"));
    (local, path)
}

/// What the status is and stays.
fn stays(local: &Local, path: &str, status: &str) -> Value {
    // Longer than a status lasts that is watched.
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(120) {
        assert_eq!(local.get(&format!("{path}/status"))["status"], status);
        std::thread::sleep(Duration::from_millis(5));
    }
    local.get(&format!("{path}/status"))["statusDetails"].clone()
}

#[test]
fn a_commit_falls_back_to_a_draft_that_can_be_committed_again() {
    let errors = json!([{ "code": "InvalidState", "details": "Paused." }]);
    let (local, path) = committed(&json!({ "statuses": ["PendingCommit"], "errors": errors }));
    assert_eq!(local.follow(&path, &["PendingCommit"]), ["CommitStarted", "PendingCommit"]);
    assert_eq!(stays(&local, &path, "PendingCommit")["errors"], errors);
    let document = local.get(&path);
    submit(&local, &path, &document, None);
    local.follow(&path, &["Published"]);
    assert_eq!(local.get(&format!("{path}/status"))["statusDetails"]["errors"], json!([]));
}

#[test]
fn a_commit_is_stuck_until_it_is_healed() {
    let (local, path) = committed(&json!({ "statuses": [] }));
    stays(&local, &path, "CommitStarted");
    local.expect(409, "DELETE", &path, None);
    local.heal("fault");
    local.follow(&path, &["Published"]);
}

#[test]
fn statuses_are_skipped_and_unknown_ones_come() {
    let (local, path) = committed(&json!({ "statuses": [
        "CertificationInProgress", "Certification", "Release", "PendingRelease", "Published"
    ] }));
    assert_eq!(
        local.follow(&path, &["Published"]),
        [
            "CommitStarted", "CertificationInProgress", "Certification", "Release", "PendingRelease",
            "Published"
        ]
    );
    assert_eq!(pending(&local), None);
    assert!(
        path.ends_with(
            local.get(&format!("applications/{APP}"))["lastPublishedApplicationSubmission"]["id"]
                .as_str()
                .unwrap()
        )
    );
}

#[test]
fn every_state_can_fail_with_its_reasons() {
    for (on_the_way, last) in [
        (vec![], "CommitFailed"),
        (vec!["PreProcessing"], "PreProcessingFailed"),
        (vec!["PreProcessing", "Certification"], "CertificationFailed"),
        (vec!["PreProcessing", "Certification", "Release"], "ReleaseFailed"),
        (
            vec!["PreProcessing", "Certification", "Release", "PendingPublication", "Publishing"],
            "PublishFailed",
        ),
        (vec!["PreProcessing", "Certification"], "Canceled"),
    ] {
        let statuses: Vec<&str> = on_the_way.iter().copied().chain([last]).collect();
        let details = json!({
            "errors": [{ "code": "Other", "details": "Because." }],
            "warnings": [{ "code": "PackageValidationWarning", "details": "Also." }],
            "certificationReports": [{ "date": "2026-08-22T09:14:07Z", "reportUrl": "https://example.com/report" }]
        });
        let mut scripted = details.clone();
        scripted["statuses"] = json!(statuses);
        let (local, path) = committed(&scripted);
        let seen = local.follow(&path, &[last]);
        assert_eq!(seen[1..], statuses);
        assert_eq!(stays(&local, &path, last), details);
        assert_eq!(local.get(&path)["statusDetails"], details);
        // A failed one blocks the next until it is deleted.
        local.expect(409, "POST", &submissions(), None);
        local.expect(204, "DELETE", &path, None);
        draft(&local);
    }
}

#[test]
fn the_reasons_come_with_the_last_status_only() {
    let details = json!([{ "code": "Other", "details": "Because." }]);
    let (local, path) =
        committed(&json!({ "statuses": ["PreProcessing", "CertificationFailed"], "errors": details }));
    let started = Instant::now();
    loop {
        let answer = local.get(&format!("{path}/status"));
        let is_last = answer["status"] == "CertificationFailed";
        assert_eq!(answer["statusDetails"]["errors"], if is_last { details.clone() } else { json!([]) });
        if is_last {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "{answer}");
    }
    // A good end may come with remarks.
    let (local, path) = committed(&json!({ "warnings": details }));
    local.follow(&path, &["Published"]);
    assert_eq!(local.get(&format!("{path}/status"))["statusDetails"]["warnings"], details);
}

#[test]
fn a_commit_that_is_refused_or_fails_by_itself_has_no_course() {
    let local = with_fault(&course(&json!({ "statuses": ["Certification"] })));
    local.expect(409, "POST", &format!("{}/{PUBLISHED}/commit", submissions()), None);
    assert_eq!((local.fired("fault"), met(&local).len()), (0, 0));
    let (path, mut document) = draft(&local);
    list(&mut document, "/applicationPackages").push(new_package("new.msix"));
    submit(&local, &path, &document, None);
    local.follow(&path, &["CommitFailed"]);
    let details = stays(&local, &path, "CommitFailed");
    assert_eq!(details["errors"][0]["code"], "InvalidArchive");
    // Nor has what was committed before.
    local.expect(204, "DELETE", &path, None);
    let (path, document) = draft(&local);
    submit(&local, &path, &document, None);
    local.fault("fault", &once("S5", &json!({ "course": { "statuses": ["Certification"] } })));
    local.follow(&path, &["Published"]);
    assert_eq!(local.fired("fault"), 0);
}

#[test]
fn a_scripted_release_waits_for_a_person_as_well() {
    let local = with_fault(&course(&json!({ "statuses": ["Release", "Published"] })));
    let (path, mut document) = draft(&local);
    document["targetPublishMode"] = "Manual".into();
    submit(&local, &path, &document, None);
    local.follow(&path, &["Release"]);
    stays(&local, &path, "Release");
}

/// Publishes a new package in place of the old one, with a course; the packages that are shown in `Certification` and
/// once it is published.
fn packages(course_of_it: &Value) -> [Vec<String>; 2] {
    // Long enough to be looked at in between.
    let local = Local::start(&account_with(&json!({ "statusMillis": 150 })));
    local.fault("fault", &course(course_of_it));
    let (path, mut document) = draft(&local);
    document["applicationPackages"][0]["fileStatus"] = "PendingDelete".into();
    list(&mut document, "/applicationPackages").push(new_package("new.msix"));
    let archive = things::zip(&[("new.msix", &things::package("2.0.0.0"))]);
    submit(&local, &path, &document, Some(&archive));
    let versions = || -> Vec<String> {
        let document = local.get(&path);
        let packages = document["applicationPackages"].as_array().unwrap();
        assert!(packages.iter().all(|package| package["fileStatus"] == "Uploaded"));
        packages.iter().map(|package| package["version"].as_str().unwrap().to_owned()).collect()
    };
    local.follow(&path, &["Certification"]);
    let on_its_way = versions();
    assert_eq!(local.follow(&path, &["Published"]).last().unwrap(), "Published");
    [on_its_way, versions()]
}

#[test]
fn other_packages_are_published_than_were_committed() {
    let (old, new) = (vec!["1.0.0.0".to_owned()], vec!["2.0.0.0".to_owned()]);
    assert_eq!(packages(&json!({})), [new.clone(), new.clone()]);
    assert_eq!(packages(&json!({ "packages": "afterCommit" })), [old.clone(), old.clone()]);
    assert_eq!(packages(&json!({ "packages": "oncePublished" })), [new, old]);
}

#[test]
fn something_else_is_published_than_was_committed() {
    let patch = json!({ "listings": { "en-us": { "baseListing": { "title": "Harbor Notes" } } }, "visibility": "Hidden" });
    let (local, path) = committed(&json!({ "published": patch }));
    assert_eq!(local.get(&path)["visibility"], "Public");
    local.follow(&path, &["Published"]);
    let published = local.get(&path);
    assert_eq!(published["visibility"], "Hidden");
    assert_eq!(published["listings"]["en-us"]["baseListing"]["title"], "Harbor Notes");
    assert_eq!(published["listings"]["en-us"]["baseListing"]["description"], "Plain text.");
}

#[test]
fn flights_and_add_ons_have_courses_of_their_own() {
    let mut seed = things::account();
    seed["applications"][0]["flights"] = json!([{
        "flight": { "flightId": "f-1" },
        "pending": { "id": "61", "fileUploadUrl": "x", "flightPackages": [{ "id": "1", "fileStatus": "Uploaded" }] }
    }]);
    seed["applications"][0]["addOns"] = json!([{ "addOn": { "id": "9PADDON" }, "pending": {
            "id": "61", "fileUploadUrl": "x", "listings": { "en": { "title": "Gold" } }
        } }]);
    let local = Local::start(&seed);
    for (operation, path) in [
        ("G4", format!("applications/{APP}/flights/f-1/submissions/61")),
        ("J4", "inappproducts/9PADDON/submissions/61".to_owned()),
    ] {
        local.fault(
            &operation.to_lowercase(),
            &once(operation, &json!({ "course": { "statuses": [format!("{operation}Failed")] } })),
        );
        local.expect(202, "POST", &format!("{path}/commit"), None);
        local.follow(&path, &[&format!("{operation}Failed")]);
    }
}

#[test]
fn after_a_rollout_was_finalized_the_service_publishes_anew_for_a_while() {
    let mut seed = things::account();
    let rollout = json!({
        "isPackageRollout": true, "packageRolloutPercentage": 50.0,
        "packageRolloutStatus": "PackageRolloutInProgress", "fallbackSubmissionId": "1"
    });
    seed["applications"][0]["published"]["packageDeliveryOptions"]["packageRollout"] = rollout;
    let local = Local::start(&seed);
    local.fault("fault", &once("finalize-app-rollout", &json!({ "republish": { "millis": 500 } })));
    let finalize = format!("{}/{PUBLISHED}/finalizepackagerollout", submissions());
    let finalized = Instant::now();
    local.expect(200, "POST", &finalize, None);
    let refused = local.expect(400, "POST", &submissions(), None);
    assert_eq!(
        (&refused["target"], &refused["message"]),
        (&json!("listings"), &json!("The size of Listings must be 1 or more"))
    );
    let mut answer = local.call("POST", &submissions(), None);
    while answer.status != 201 {
        assert_eq!(answer.status, 400);
        assert!(finalized.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(5));
        answer = local.call("POST", &submissions(), None);
    }
    assert!(finalized.elapsed() >= Duration::from_millis(500));
    assert_eq!(local.fired("fault"), 1);

    // One that is refused is followed by nothing.
    local.expect(
        204,
        "DELETE",
        &format!("{}/{}", submissions(), answer.json()["id"].as_str().unwrap()),
        None,
    );
    local.fault("fault", &once("R4", &json!({ "republish": { "millis": 60_000 } })));
    local.expect(409, "POST", &finalize, None);
    assert_eq!(local.fired("fault"), 0);
    draft(&local);
}
