//! Something is in the way: what is done about it is what was asked for, and nobody's work is lost by the way.

use serde_json::{Value, json};

use crate::support::story::{Ran, Story};
use crate::support::things::{self, APP};

const TEXTS: &str = "submission:\n  listings:\n    en-us:\n      description: New words.\n";
const THEIRS: &str = "1152921500000000777";

/// A submission of a colleague, who wrote other words.
fn colleagues(status: &str) -> Value {
    let mut theirs = things::app_submission();
    theirs["id"] = json!(THEIRS);
    theirs["status"] = json!(status);
    theirs["fileUploadUrl"] = json!("https://storage.example/x?sig=y");
    theirs["listings"]["en-us"]["baseListing"]["description"] = json!("A colleague's words.");
    theirs
}

/// A team whose app has this submission in progress; the Store knows an add-on, too.
fn with_pending(pending: &Value, manifest: &str) -> Story {
    let mut seed = things::account();
    seed["applications"][0]["pending"] = pending.clone();
    Story::with_seed(&seed, manifest)
}

fn description(document: &Value) -> &Value {
    &document["listings"]["en-us"]["baseListing"]["description"]
}

#[track_caller]
fn pending(story: &Story) -> Option<String> {
    let pending = story.app().get("pendingApplicationSubmission")?["id"].as_str()?.to_owned();
    Some(pending)
}

#[track_caller]
fn nothing_was_sent(story: &Story) {
    assert!(story.mutations().is_empty(), "{:?}", story.mutations());
}

#[test]
fn a_colleagues_draft_is_replaced_with_a_permit_and_not_without() {
    let story = with_pending(&colleagues("PendingCommit"), TEXTS);
    let plan = story.plan(&[]);
    let hash = plan["fingerprints"]["plan"].as_str().unwrap();
    let remedies = plan["blockers"][0]["remedies"].to_string();
    assert!(remedies.contains("storeward discard app/harbor-notes --allow replaces-draft"), "{remedies}");
    assert!(remedies.contains("--if-busy wait"), "{remedies}");
    story.run(&["apply", "--yes", "--if-busy", "replace"]).ended(6).says("replaces-draft needs a permit");
    nothing_was_sent(&story);
    let replace = ["apply", "--expect", hash, "--if-busy", "replace", "--allow", "replaces-draft"];
    let ran = story.run(&[&replace[..], &["--wait", "published"]].concat()).ended(0);
    let ran = ran.says(&format!("discard  remove submission {THEIRS}, which is PendingCommit"));
    ran.says("guard replaces-draft");
    assert_eq!(description(&story.published()), "New words.");
    assert_eq!(story.mutations()[0], format!("DELETE /v1.0/my/applications/{APP}/submissions/{THEIRS}"));
}

#[test]
fn a_draft_that_somebody_goes_on_with_meanwhile_is_left_alone() {
    let story = with_pending(&colleagues("PendingCommit"), TEXTS);
    let edit = json!({ "edit": { "visibility": "Hidden" } });
    // It is read for the plan, and once more before it goes.
    let meanwhile = json!([{ "meanwhile": { "when": "before", "events": [edit] } }]);
    story.store.fault("fault", &json!({ "on": { "operation": "S2" }, "skip": 2, "do": meanwhile }));
    let arguments = ["apply", "--yes", "--if-busy", "replace", "--allow", "replaces-draft"];
    story.run(&arguments).ended(4).says("it is left alone");
    assert_eq!(story.store.fired("fault"), 1);
    nothing_was_sent(&story);
    assert_eq!(pending(&story).as_deref(), Some(THEIRS));
}

#[test]
fn a_run_that_is_killed_after_the_draft_went_is_taken_up() {
    for (operation, when) in [("S6", "before"), ("S6", "after"), ("S1", "before"), ("S1", "after")] {
        let story = with_pending(&colleagues("PendingCommit"), TEXTS);
        story.store.fault("fault", &json!({ "on": { "operation": operation }, "do": [{ "hold": when }] }));
        let arguments =
            ["apply", "--yes", "--wait", "published", "--if-busy", "replace", "--allow", "replaces-draft"];
        let mut process = story.command(&arguments).stderr(std::process::Stdio::null()).spawn().unwrap();
        story.store.held("fault");
        process.kill().unwrap();
        process.wait().unwrap();
        story.store.release("fault");
        story.store.heal("fault");
        story.run(&arguments).ended(0);
        assert_eq!(description(&story.published()), "New words.", "{operation} {when}");
        let creates = story.mutations().iter().filter(|line| line.ends_with("/submissions")).count();
        assert!(creates <= 2, "{operation} {when}: {:?}", story.mutations());
    }
}

#[test]
fn what_is_in_certification_is_waited_for_and_then_the_same_plan_is_applied() {
    let story = with_pending(&colleagues("Certification"), TEXTS);
    story.run(&["apply", "--yes", "--if-busy", "replace"]).ended(5).says("in-flight");
    nothing_was_sent(&story);
    let plan = story.plan(&[]);
    let hash = plan["fingerprints"]["plan"].as_str().unwrap();
    let ran = story.run(&["apply", "--expect", hash, "--if-busy", "wait", "--wait", "published"]).ended(0);
    ran.says(&format!("app/harbor-notes  waiting  submission {THEIRS} \"Submission 7\" is"));
    assert_eq!(description(&story.published()), "New words.");
    story.run(&["apply", "--expect", hash, "--if-busy", "wait"]).ended(0).says("nothing was sent");
}

#[test]
fn waiting_ends_when_its_time_is_up() {
    let story = with_pending(&colleagues("PendingCommit"), TEXTS);
    let ran = story.run(&["apply", "--yes", "--if-busy", "wait", "--timeout", "2m"]).ended(9);
    ran.says(THEIRS);
    nothing_was_sent(&story);
}

#[test]
fn what_changed_while_waiting_is_not_applied_to_an_approval_of_something_else() {
    let story = with_pending(&colleagues("PendingCommit"), TEXTS);
    let plan = story.plan(&[]);
    let hash = plan["fingerprints"]["plan"].as_str().unwrap().to_owned();
    // The colleague finishes: from the second look on it is published.
    let publish = json!([{ "meanwhile": { "when": "before", "events": ["publish"] } }]);
    story.store.fault("fault", &json!({ "on": { "operation": "S2" }, "skip": 3, "do": publish }));
    let ran = story.run(&["apply", "--expect", &hash, "--if-busy", "wait", "--timeout", "6h"]).ended(4);
    ran.says("listings.en-us.description is another change now");
    nothing_was_sent(&story);
    assert_eq!(description(&story.published()), "A colleague's words.");
    story.publish(&[]).ended(0);
    assert_eq!(description(&story.published()), "New words.");
}

const GOLD: &str = "kind: AddOn\nname: gold\napp: harbor-notes\nproductId: gold\nproductType: Durable\nsubmission:\n  \
                    contentType: OnlineDownload\n  lifetime: Forever\n  pricing: {priceId: Tier1012}\n  listings:\n    \
                    en-us: {title: Gold, description: All of it}\n";

#[test]
fn what_is_deferred_is_left_and_the_others_go_on() {
    let story = with_pending(&colleagues("PendingCommit"), TEXTS);
    let on_github = |arguments: &[&str]| -> (Ran, String) {
        let mut command = story.command(arguments);
        command.env("GITHUB_ACTIONS", "true").env("GITHUB_OUTPUT", story.path("outputs"));
        story.write("outputs", "");
        let ran = crate::support::story::run(&mut command);
        (ran, std::fs::read_to_string(story.path("outputs")).unwrap())
    };
    let (ran, outputs) = on_github(&["apply", "--yes", "--if-busy", "defer", "--output", "json"]);
    let result = ran.ended(0).says("app/harbor-notes is left for a later run").json();
    assert_eq!(
        (&result["result"], &result["resources"][0]["result"]),
        (&json!("deferred"), &json!("deferred"))
    );
    assert!(outputs.contains("result=deferred") || outputs.contains("deferred"), "{outputs}");
    nothing_was_sent(&story);

    story.write("gold.yaml", GOLD);
    let (ran, outputs) = on_github(&["apply", "--yes", "--if-busy", "defer", "--wait", "published"]);
    ran.ended(0).says("add-on/harbor-notes/gold: submission").says("app/harbor-notes: left for a later run");
    assert!(outputs.contains("deferred"), "{outputs}");
    assert_eq!(pending(&story).as_deref(), Some(THEIRS), "the colleague's draft is unharmed");
    // What stands in the way of everybody is no reason to be green.
    let (ran, _) = on_github(&["apply", "--yes", "--if-busy", "fail"]);
    ran.ended(5);
}

/// The next submission fails in this status.
fn fails(story: &Story, status: &str) {
    let course = json!({ "statuses": [status], "errors": [{ "code": "Other", "details": "Nobody knows." }] });
    story.store.fault("fault", &json!({ "on": { "operation": "S4" }, "do": [{ "course": course }] }));
}

#[test]
fn a_failed_submission_is_sent_once_more_only_where_that_is_asked_for() {
    let story = Story::new(&things::app_submission(), TEXTS);
    fails(&story, "CommitFailed");
    story.publish(&[]).ended(8);
    let failed = pending(&story).unwrap();
    let before = story.mutations();
    story.publish(&[]).ended(8).says("storeward apply --resubmit");
    assert_eq!(story.mutations(), before, "nothing was sent");
    story
        .publish(&["--resubmit"])
        .ended(0)
        .says(&format!("remove submission {failed}, which is CommitFailed"));
    assert_eq!(description(&story.published()), "New words.");

    // One word mended is another content, and goes without being asked for.
    let story = Story::new(&things::app_submission(), TEXTS);
    fails(&story, "CertificationFailed");
    story.publish(&[]).ended(8);
    story.manifest(&TEXTS.replace("New words.", "Better words."));
    story.publish(&[]).ended(0);
    assert_eq!(description(&story.published()), "Better words.");
}

/// Whoever waits for a turn keeps nobody else from working, and is told in the events and the receipt.
#[test]
fn waiting_for_a_turn_takes_no_place_of_parallel() {
    let story = with_pending(&colleagues("PendingCommit"), TEXTS);
    story.write("gold.yaml", GOLD);
    // The add-on holds the only place as long as its commit is held.
    let hold = |name: &str, operation: &str| {
        story.store.fault(name, &json!({ "on": { "operation": operation }, "do": [{ "hold": "before" }] }));
    };
    hold("gold", "J4");
    let watched = ["--events", "events.ndjson", "--receipt", "receipt.json", "--wait", "committed"];
    let wait = ["apply", "--yes", "--if-busy", "wait", "--parallel", "1", "--timeout", "6h"];
    let mut command = story.command(&[&wait[..], &watched].concat());
    let process = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let process = process.spawn().unwrap();
    story.store.held("gold");
    let path = format!("applications/{APP}/submissions/{THEIRS}");
    story.store.expect(204, "DELETE", &path, None);
    story.store.release("gold");
    let output = process.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(story.path("events.ndjson")).unwrap();
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let at = |address: &str, word: &str| {
        let is = |event: &Value| event["address"] == address && event["event"] == word;
        events.iter().position(is).unwrap_or_else(|| panic!("no {word} of {address} in {text}"))
    };
    let waits = at("app/harbor-notes", "waiting");
    assert_eq!(events[waits]["reason"], "busy");
    assert!(waits < at("add-on/harbor-notes/gold", "done"), "{text}");
    let receipt: Value = serde_json::from_slice(&std::fs::read(story.path("receipt.json")).unwrap()).unwrap();
    let resources = receipt["resources"].as_array().unwrap();
    let app = resources.iter().find(|own| own["address"] == "app/harbor-notes").unwrap();
    assert_eq!((&app["outcome"], &app["waited"][0]["blocker"]), (&json!("done"), &json!("foreign-draft")));
    assert!(app["waited"][0]["detail"].as_str().unwrap().contains(THEIRS), "{app:#}");
    assert!(app["waited"][0]["tookMs"].is_u64(), "{app:#}");
    let gold = resources.iter().find(|own| own["address"] != "app/harbor-notes").unwrap();
    assert_eq!((&gold["outcome"], &gold["waited"]), (&json!("done"), &json!([])));
}

#[test]
fn what_comes_free_is_begun_while_others_are_still_at_work() {
    let story = with_pending(&colleagues("PendingCommit"), TEXTS);
    story.write("gold.yaml", GOLD);
    for (name, operation) in [("gold", "J4"), ("app", "S4")] {
        story.store.fault(name, &json!({ "on": { "operation": operation }, "do": [{ "hold": "before" }] }));
    }
    let wait = ["apply", "--yes", "--if-busy", "wait", "--timeout", "6h"];
    let mut command = story.command(&wait);
    let mut process =
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    story.store.held("gold");
    story.store.expect(204, "DELETE", &format!("applications/{APP}/submissions/{THEIRS}"), None);
    story.store.held("app");
    for name in ["gold", "app"] {
        story.store.release(name);
    }
    assert_eq!(process.wait().unwrap().code(), Some(0));
}

#[test]
fn what_somebody_else_did_meanwhile_is_not_done_again() {
    let mut theirs = colleagues("PendingCommit");
    theirs["listings"]["en-us"]["baseListing"]["description"] = json!("New words.");
    theirs["listings"]["en-us"]["baseListing"]["keywords"] = json!(["theirs"]);
    let story = with_pending(&theirs, TEXTS);
    let hash = story.plan(&[])["fingerprints"]["plan"].as_str().unwrap().to_owned();
    let publish = json!([{ "meanwhile": { "when": "before", "events": ["publish"] } }]);
    story.store.fault("fault", &json!({ "on": { "operation": "S2" }, "skip": 3, "do": publish }));
    let ran = story.run(&["apply", "--expect", &hash, "--if-busy", "wait", "--timeout", "6h"]).ended(0);
    assert!(!ran.stderr.contains("error"), "{}", ran.stderr);
    assert_eq!(description(&story.published()), "New words.");
    nothing_was_sent(&story);
}

#[test]
fn an_older_draft_of_ours_is_called_that_and_replaced_without_a_permit() {
    let mut older = colleagues("PendingCommit");
    older["listings"]["en-us"]["baseListing"]["images"] = json!([{
        "fileName": "en-us.Screenshot.home.3f9c2d81aa07.png", "fileStatus": "PendingUpload", "id": "1",
        "description": "", "imageType": "Screenshot",
    }]);
    let story = with_pending(&older, TEXTS);
    for if_busy in ["fail", "defer"] {
        // It would be in the way of every later run, too.
        let ran =
            story.run(&["apply", "--yes", "--if-busy", if_busy]).ended(5).says("is blocked: older-draft");
        assert!(!ran.stderr.contains("did not make"), "{}", ran.stderr);
        ran.says("storeward apply --if-busy replace").says("run again what it was made for");
    }
    nothing_was_sent(&story);
    story.publish(&["--if-busy", "replace"]).ended(0);
    assert_eq!(description(&story.published()), "New words.");
}

#[test]
fn somebody_elses_failed_submission_is_called_that_and_goes_with_a_permit_only() {
    let mut failed = colleagues("CertificationFailed");
    failed["visibility"] = json!("Hidden");
    let story = with_pending(&failed, TEXTS);
    for if_busy in ["fail", "defer"] {
        let ran = story.run(&["apply", "--yes", "--if-busy", if_busy]).ended(5);
        let ran = ran.says("is blocked: foreign-failure").says("--if-busy replace --allow replaces-draft");
        assert!(!ran.stderr.contains("wait for it"), "it does not go by itself: {}", ran.stderr);
    }
    story.publish(&["--if-busy", "replace"]).ended(6).says("replaces-draft needs a permit");
    nothing_was_sent(&story);
    story.publish(&["--if-busy", "replace", "--allow", "replaces-draft"]).ended(0);
    assert_eq!(description(&story.published()), "New words.");
    // What was made in Partner Center the API does not delete, whatever is permitted.
    failed["fileUploadUrl"] = json!(null);
    let story = with_pending(&failed, TEXTS);
    let ran = story.publish(&["--if-busy", "replace", "--allow", "replaces-draft"]).ended(5);
    assert!(!ran.stderr.contains("storeward discard"), "{}", ran.stderr);
    nothing_was_sent(&story);
}

#[test]
fn what_a_permit_to_replace_means_is_explained() {
    let story = Story::new(&things::app_submission(), TEXTS);
    story.run(&["explain", "replaces-draft"]).ended(0).says("failed submission of somebody else");
    story.run(&["explain", "older-draft"]).ended(0).says("--if-busy replace");
    story.run(&["explain", "foreign-failure"]).ended(0).says("failed, and nobody has removed it");
}
