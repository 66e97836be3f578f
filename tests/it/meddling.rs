//! What happens when somebody, or the network, comes in between.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::local::Local;
use crate::support::msix::Msix;
use crate::support::story::{Ran, Story};
use crate::support::things::{self, APP};

const TEXTS: &str = "submission:\n  listings:\n    en-us:\n      description: New words.\n";

/// A story in which requests for an operation of the app meet a fault.
fn story_with(operation: &str, acts: &Value) -> Story {
    let story = Story::new(&things::app_submission(), TEXTS);
    story.store.fault("fault", &json!({ "on": { "operation": operation }, "do": acts }));
    story
}

fn meanwhile(when: &str, events: &Value) -> Value {
    json!({ "meanwhile": { "when": when, "events": events } })
}

fn keywords(words: [&str; 2]) -> Value {
    json!({ "edit": { "listings": { "en-us": { "baseListing": { "keywords": words } } } } })
}

/// Applies and follows to the end; the fault must have come into it.
#[track_caller]
fn publish(story: &Story) -> Ran {
    let ran = story.publish(&[]);
    assert!(story.store.fired("fault") > 0, "nobody has met the fault: {ran:?}");
    ran
}

/// Requests that the service has carried out, whatever the client was told.
fn successes(store: &Local, method: &str, end: &str) -> usize {
    let is_good = |request: &&Value| {
        let status = request.get("applied").or(request.get("status")).and_then(Value::as_u64);
        request["method"] == method && status.is_some_and(|status| status < 300)
    };
    let path = |request: &Value| request["path"].as_str().unwrap().split('?').next().unwrap().ends_with(end);
    store.requests().iter().filter(is_good).filter(|request| path(request)).count()
}

fn description(document: &Value) -> &Value {
    &document["listings"]["en-us"]["baseListing"]["description"]
}

#[test]
fn a_plan_that_went_stale_sends_nothing_and_leaves_nothing() {
    let edit = json!({ "edit": { "listings": { "en-us": { "baseListing": { "description": "A colleague's words." } } } } });
    let story = story_with("S1", &json!([meanwhile("before", &json!(["create", edit, "publish"]))]));
    publish(&story).ended(4).says("listings.en-us.description is another change now");
    assert_eq!(story.app().get("pendingApplicationSubmission"), None, "the clone is removed");
    assert_eq!(description(&story.published()), "A colleague's words.");
    story.run(&["plan"]).ended(0).says("\"A colleague's words.\" → \"New words.\"");
}

#[test]
fn another_price_than_was_sent_removes_the_draft() {
    let free = json!({ "edit": { "pricing": { "priceId": "Free" } } });
    let story = story_with("S3", &json!([meanwhile("after", &json!([free]))]));
    publish(&story).ended(1).says("Tier1012 → Free").says("the draft was deleted");
    assert_eq!(story.app().get("pendingApplicationSubmission"), None);
    assert_eq!(successes(&story.store, "POST", "/commit"), 0);
}

#[test]
fn a_price_that_is_not_taken_removes_the_draft() {
    let story = story_with("S3", &json!([{ "untaken": ["/pricing/priceId"] }]));
    story.manifest("permit: [price-change]\nsubmission:\n  pricing: {priceId: Tier1020}\n");
    publish(&story).ended(1).says("Tier1020 → Tier1012").says("the draft was deleted");
    assert_eq!(story.app().get("pendingApplicationSubmission"), None);
    assert_eq!(successes(&story.store, "POST", "/commit"), 0);
}

#[test]
fn a_draft_that_somebody_changes_before_the_commit_is_left_and_not_committed() {
    let story = Story::new(&things::app_submission(), TEXTS);
    // The published one is read, then the draft: when it is new, when it was sent, and at last before the commit.
    story.store.fault(
        "fault",
        &json!({
            "on": { "operation": "S2" }, "skip": 3,
            "do": [meanwhile("before", &json!([keywords(["sneaked", "in"])]))]
        }),
    );
    publish(&story).ended(1).says("was not committed").says("listings.en-us.baseListing.keywords");
    let requests = story.store.requests();
    let update = requests.iter().position(|request| request["method"] == "PUT").unwrap();
    let change = requests.iter().position(|request| request.get("fault").is_some()).unwrap();
    assert_eq!(change - update, 2, "it was read back once before");
    assert_eq!(successes(&story.store, "POST", "/commit"), 0);
    assert!(story.app().get("pendingApplicationSubmission").is_some(), "somebody's work is not destroyed");
    story.run(&["apply", "--yes"]).ended(5).says("foreign-draft");
}

#[test]
fn answers_that_got_lost_are_found_by_reading() {
    for operation in ["S1", "S3", "S4"] {
        let lost = json!({ "answer": { "status": 504, "applied": "yes", "body": "html" } });
        let story = story_with(operation, &json!([lost]));
        publish(&story).ended(0).says("504");
        assert_eq!(successes(&story.store, "POST", "/submissions"), 1, "{operation}");
        assert_eq!(successes(&story.store, "POST", "/commit"), 1, "{operation}");
        assert_eq!(description(&story.published()), "New words.");
        assert_eq!(story.published()["pricing"]["priceId"], "Tier1012", "a concrete price is always sent");
    }
}

#[test]
fn green_means_shipped() {
    // The Store publishes what was there before (`microsoft/StoreBroker#280`).
    let published = json!({ "listings": { "en-us": { "baseListing": { "description": "Plain text." } } } });
    let story = story_with("S4", &json!([{ "course": { "published": published } }]));
    publish(&story)
        .ended(8)
        .says("not with what was committed")
        .says("listings.en-us.baseListing.description");
}

#[test]
fn packages_that_were_not_shipped_are_told() {
    for packages in ["afterCommit", "oncePublished"] {
        let story = story_with("S4", &json!([{ "course": { "packages": packages } }]));
        story.manifest("release:\n  packages: {files: [$(release)/*.msix]}\n");
        std::fs::create_dir(story.path("dist")).unwrap();
        let package = Msix {
            name: "12345Northwind.HarborNotes",
            publisher: "CN=Northwind",
            version: "1.1.0.0",
            architecture: "x64",
            families: &[("Windows.Desktop", "10.0.17763.0")],
            languages: &["en-us"],
            ..Msix::default()
        };
        package.write(&story.path("dist/app.msix"));
        let ran = story.publish(&["--release", "app/harbor-notes=dist"]);
        assert_eq!(story.store.fired("fault"), 1);
        ran.ended(8).says("not with what was committed").says("applicationPackages");
    }
}

#[test]
fn a_token_that_expires_on_the_way_is_renewed() {
    publish(&story_with("S1", &json!(["expireToken"]))).ended(0);
}

#[test]
fn a_product_that_the_api_refuses_is_named_as_such() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let on = json!({ "path": format!("applications/{APP}/**") });
    story.store.fault("fault", &json!({ "on": on, "times": null, "do": [{ "answer": { "status": 409 } }] }));
    publish(&story).ended(5).says("blocker unsupported-product").says("leave it out of the manifests");
}

#[test]
fn a_draft_that_appears_while_an_answer_is_lost_may_be_somebody_elses() {
    let events = json!(["create", keywords(["half", "done"])]);
    let story = story_with("S1", &json!([meanwhile("before", &events), { "answer": { "status": 504 } }]));
    publish(&story).ended(4).says("made or changed by somebody else; it is left alone");
    assert_eq!(successes(&story.store, "DELETE", ""), 0);
    assert_eq!(successes(&story.store, "POST", "/commit"), 0);
    assert!(story.app().get("pendingApplicationSubmission").is_some());
}

#[test]
fn an_untouched_draft_is_looked_at_again_before_it_is_taken_up() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let path = format!("applications/{APP}/submissions");
    let draft = story.store.expect(201, "POST", &path, None);
    story.store.fault(
        "fault",
        &json!({
            "on": { "operation": "S2", "path": format!("{path}/{}", draft["id"].as_str().unwrap()) }, "skip": 1,
            "do": [meanwhile("before", &json!([keywords(["half", "done"])]))]
        }),
    );
    publish(&story).ended(4).says("it is left alone");
    assert_eq!(successes(&story.store, "POST", "/commit"), 0);
}

#[test]
fn a_create_that_comes_late_is_found_when_the_second_try_meets_it() {
    let story = story_with("S1", &json!([{ "answer": { "status": 504 } }]));
    // The first one arrives at last.
    let arrives = json!([meanwhile("before", &json!(["create"]))]);
    story.store.fault("late", &json!({ "on": { "operation": "S1" }, "skip": 1, "do": arrives }));
    publish(&story).ended(0).says("draft taken up");
    assert_eq!(story.store.fired("late"), 1);
    assert_eq!(successes(&story.store, "POST", "/submissions"), 0, "the second try is refused");
    assert_eq!(description(&story.published()), "New words.");
}

#[test]
fn a_fresh_clone_that_somebody_edits_at_once_is_left_alone() {
    let hidden = json!({ "edit": { "visibility": "Hidden" } });
    let story = story_with("S1", &json!([meanwhile("after", &json!([hidden]))]));
    publish(&story).ended(4).says("changed by somebody else; it is left alone");
    assert_eq!(successes(&story.store, "POST", "/commit"), 0);
    assert!(story.app().get("pendingApplicationSubmission").is_some());
}

#[test]
fn a_run_that_is_killed_at_a_request_is_taken_up_by_the_next() {
    for operation in ["S1", "S3", "S4"] {
        for when in ["before", "after"] {
            let story = story_with(operation, &json!([{ "hold": when }]));
            let mut command = story.command(&["apply", "--yes", "--wait", "published"]);
            let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let held = story.store.held("fault");
            assert_eq!(held["when"], when);
            process.kill().unwrap();
            assert!(!process.wait().unwrap().success());
            // What was sent arrives nevertheless.
            story.store.release("fault");
            story.publish(&[]).ended(0);
            assert_eq!(successes(&story.store, "POST", "/submissions"), 1, "{operation} {when}");
            assert_eq!(successes(&story.store, "POST", "/commit"), 1, "{operation} {when}");
            assert_eq!(description(&story.published()), "New words.");
            assert_eq!(story.app().get("pendingApplicationSubmission"), None);
            story.run(&["plan"]).ended(0).says("No changes");
        }
    }
}

/// A story that uploads a picture, during which somebody edits the draft.
fn while_uploading(edit: &Value, more: &[Value]) -> Story {
    let story = Story::new(
        &things::app_submission(),
        "submission:\n  listings:\n    en-us:\n      images: {Screenshot: [{file: a.png}]}\n",
    );
    story.write("a.png", crate::support::things::png(1366, 768));
    let acts: Vec<Value> =
        [meanwhile("before", &json!([{ "edit": edit }]))].into_iter().chain(more.iter().cloned()).collect();
    story.store.fault("during", &json!({ "on": { "operation": "put-blob" }, "times": 1, "do": acts }));
    story
}

#[test]
fn what_somebody_writes_into_the_draft_during_the_upload_is_never_deleted() {
    let words = json!({ "notesForCertification": "A colleague's." });
    let price = json!({ "pricing": { "priceId": "Tier1020" } });
    let expired = json!({ "expireUpload": { "renewed": false } });
    for (edit, more, path) in [
        (&words, vec![expired.clone()], "notesForCertification"),
        (&words, vec![], "notesForCertification"),
        (&price, vec![expired], "pricing.priceId"),
        (&price, vec![], "pricing.priceId"),
    ] {
        let story = while_uploading(edit, &more);
        let permits = ["apply", "--yes", "--allow", "images-removed"];
        story.run(&permits).ended(1).says("is not what was sent, and was not committed").says(path);
        let sent = story.mutations();
        assert!(!sent.iter().any(|call| call.starts_with("DELETE") || call.ends_with("/commit")), "{sent:?}");
        let again = story.run(&permits).ended(5);
        again.says("foreign-draft");
    }
}
