//! `--receipt`.

use std::fs;

use serde_json::json;

use crate::support::git::{commit, git};

use super::{json_of, story, story_of_two, story_with_a_picture};

#[test]
fn a_receipt_says_what_was_shipped() {
    let story = story_with_a_picture();
    git(story.repo.path(), &["init", "--quiet", "--initial-branch=main"]);
    commit(story.repo.path(), "one");
    let ran = story.publish(&["--baseline", "none", "--receipt", "receipt.json"]).ended(0);
    let receipt = json_of(&story.path("receipt.json"));
    assert_eq!((&receipt["result"], &receipt["exitCode"]), (&json!("ok"), &json!(0)));
    assert!(receipt["commit"].as_str().is_some_and(|id| id.len() == 40), "{receipt:#}");
    assert!(ran.stderr.contains(receipt["planHash"].as_str().unwrap()));
    assert!(receipt["began"].as_str().unwrap() < receipt["ended"].as_str().unwrap());
    let resource = &receipt["resources"][0];
    let published = story.published();
    assert_eq!(resource["outcome"], "done");
    assert_eq!(resource["submission"], published["id"]);
    assert_eq!(resource["submissionName"], published["friendlyName"]);
    assert_eq!((&resource["committed"], &resource["status"]), (&json!(true), &json!("Published")));
    let upload = &resource["uploads"][0];
    let picture = fs::read(story.path("other.png")).unwrap();
    assert_eq!((&upload["file"], &upload["bytes"]), (&json!("other.png"), &json!(picture.len())));
    assert_eq!(upload["sha256"], storeward::asset::Digest::of(&picture).to_string());
    assert!(resource["uploadedBytes"].as_u64().unwrap() > picture.len() as u64);
    assert_eq!(resource["packages"][0]["version"], "1.0.0.0");
    let steps = resource["steps"].as_array().unwrap();
    assert!(steps.len() == 7 && steps.iter().all(|step| step["tookMs"].is_u64()), "{steps:#?}");
    let calls = resource["calls"].as_array().unwrap();
    assert!(calls.len() == 3 && calls.iter().all(|call| call["correlationId"].is_string()), "{calls:#?}");
    let text = receipt.to_string();
    assert!(!text.contains("sig=") && !text.contains("sandbox-secret"), "{text}");

    story.publish(&["--baseline", "none", "--receipt", "receipt.json"]).ended(0);
    let again = json_of(&story.path("receipt.json"));
    assert_eq!(again["resources"][0]["outcome"], "no-change");
}

#[test]
fn what_is_only_followed_is_told_from_what_was_sent() {
    let story = story();
    story.run(&["apply", "--yes", "--wait", "none"]).ended(0);
    story.publish(&["--receipt", "receipt.json"]).ended(0);
    let resource = &json_of(&story.path("receipt.json"))["resources"][0];
    assert_eq!((&resource["outcome"], &resource["calls"]), (&json!("followed"), &json!([])));
    assert_eq!(resource["submissionName"], story.published()["friendlyName"]);
}

#[test]
fn a_receipt_is_written_of_what_failed_too() {
    let story = story_of_two();
    let refused = json!({ "answer": { "status": 400 } });
    story.store.fault("bad", &json!({ "on": { "operation": "S3" }, "do": [refused] }));
    story.publish(&["--receipt", "receipt.json"]).ended(7);
    let receipt = json_of(&story.path("receipt.json"));
    assert_eq!(receipt["result"], "partial");
    let of = |address: &str| {
        let all = receipt["resources"].as_array().unwrap();
        all.iter().find(|resource| resource["address"] == address).unwrap().clone()
    };
    let (app, gold) = (of("app/harbor-notes"), of("add-on/harbor-notes/gold"));
    assert_eq!(
        (&app["outcome"], &app["error"], &app["committed"]),
        (&json!("failed"), &json!("store"), &json!(false))
    );
    assert!(app["message"].as_str().unwrap().contains("was answered with 400"), "{app:#}");
    assert_eq!(
        app["steps"].as_array().unwrap().last().unwrap().get("tookMs"),
        None,
        "it did not come to its end"
    );
    assert_eq!((&gold["outcome"], &gold["committed"]), (&json!("done"), &json!(true)));
}

#[test]
fn a_receipt_that_cannot_be_written_is_an_error_before_anything_is_sent() {
    let story = story();
    story.publish(&["--receipt", "nowhere/receipt.json"]).ended(1).says("cannot be written");
    assert_eq!(story.mutations(), Vec::<String>::new());
}
