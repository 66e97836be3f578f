//! `status`, `wait` and `rollout`, as somebody in an emergency uses them.

use serde_json::{Value, json};

use crate::support::story::{Ran, Story};
use crate::support::things::{APP, account, app_submission, package};

const MANIFEST: &str = "submission:\n  listings: {en-us: {description: New words}}\nrelease:\n  packages: {files: \
                        [$(release)/*.msix]}\n  packageRollout: {percentage: 10}\n";
const ADDRESS: &str = "app/harbor-notes";
const CHANGES: [&str; 3] = ["updatepackagerolloutpercentage", "haltpackagerollout", "finalizepackagerollout"];

/// A team that has rolled 1.5.0.0 out to 10 %; everybody else has 1.0.0.0.
fn rolled_out() -> Story {
    let story = Story::new(&app_submission(), MANIFEST);
    story.write("dist/a.msix", package("1.5.0.0"));
    story.publish(&["--release", "app/harbor-notes=dist"]).ended(0);
    story
}

fn rollout(story: &Story) -> Value {
    story.published()["packageDeliveryOptions"]["packageRollout"].clone()
}

/// The calls that changed a rollout.
fn calls(story: &Story) -> Vec<String> {
    story.mutations().into_iter().filter(|call| CHANGES.iter().any(|change| call.contains(change))).collect()
}

fn with_pending(status: &str, more: &[(&str, Value)]) -> Story {
    let mut seed = account();
    let mut pending = app_submission();
    pending["id"] = json!("1152921500000000777");
    pending["status"] = json!(status);
    pending["fileUploadUrl"] = json!("https://storage.example/x?sig=SECRET");
    for (key, value) in more {
        pending[key] = value.clone();
    }
    seed["applications"][0]["pending"] = pending;
    Story::with_seed(&seed, MANIFEST)
}

fn product(ran: &Ran) -> Value {
    ran.json()["products"][0].clone()
}

#[test]
fn a_status_says_what_is_published_rolled_out_and_on_its_way() {
    let story = rolled_out();
    let sent = story.mutations().len();
    let shown = story.run(&["status"]).ended(0);
    insta::assert_snapshot!(without_times(&shown.stdout));
    let status = story.run(&["status", "--output", "json"]).ended(0);
    let product = product(&status);
    assert_eq!(product["rollout"]["state"], json!("in-progress"));
    assert_eq!(product["rollout"]["version"], json!("1.5.0.0"));
    assert_eq!(product["rollout"]["percentage"].as_f64(), Some(10.0));
    assert_eq!(product["rollout"]["fallbackPackages"][0]["version"], json!("1.0.0.0"));
    assert_eq!(story.mutations().len(), sent, "it only reads");
}

fn without_times(text: &str) -> String {
    let (head, rest) = text.split_once('\n').unwrap();
    assert!(head.starts_with("storeward status · read 2"), "{head}");
    rest.to_owned()
}

/// A status with more members of the submission, whose it is then said to be, and what can be done.
type Case = (&'static str, Vec<(&'static str, Value)>, &'static str, &'static str);

#[test]
fn a_status_says_whose_a_submission_is_and_what_can_be_done() {
    let texts = |words: &str| json!({ "en-us": { "baseListing": { "description": words, "title": "Harbor Notes" } } });
    let failure = json!({
        "errors": [{ "code": "InvalidState", "details": "The \u{1b}[31mpackage\u{202e} is\n::error::bad" }],
        "warnings": [], "certificationReports": [{ "date": "2026-01-01", "reportUrl": "https://reports.example/1" }],
    });
    let cases: [Case; 5] = [
        ("PendingCommit", vec![], "untouched", "goes on with it"),
        ("PendingCommit", vec![("listings", texts("Theirs"))], "somebody-else", "--allow replaces-draft"),
        ("PendingCommit", vec![("fileUploadUrl", Value::Null)], "partner-center", "the API can neither"),
        (
            "CertificationFailed",
            vec![("statusDetails", failure), ("listings", texts("Theirs"))],
            "somebody-else",
            "whoever made it",
        ),
        (
            "Release",
            vec![("targetPublishMode", json!("Manual"))],
            "unknown",
            "waits for somebody to publish it",
        ),
    ];
    for (status, more, whose, next) in cases {
        let story = with_pending(status, &more);
        let ran = story.run(&["status", "--output", "json"]).ended(0);
        let product = product(&ran);
        assert_eq!(product["pending"]["madeBy"], json!(whose), "{status}");
        assert!(product["next"][0].as_str().unwrap().contains(next), "{product}");
        assert!(!ran.stdout.contains("SECRET"));
        let shown = story.run(&["status"]).ended(0);
        assert!(!shown.stdout.contains('\u{1b}') && !shown.stdout.contains('\u{202e}'), "{}", shown.stdout);
        assert!(!shown.stdout.lines().any(|line| line.trim_start().starts_with("::")), "{}", shown.stdout);
        assert!(!shown.stdout.contains("SECRET"));
        if status == "CertificationFailed" {
            shown.says("https://reports.example/1").says("1 failed submission");
        }
        assert!(story.mutations().is_empty());
    }
}

#[test]
fn no_manifest_is_needed_where_a_store_id_is_given() {
    let story = rolled_out();
    story.write("store.yaml", "kind: App\nname: [broken\n");
    story.run(&["status"]).ended(3).says("a Store ID");
    let status = story.run(&["status", &APP.to_lowercase(), "--output", "json"]).ended(0);
    assert_eq!(product(&status)["asked"], json!(APP));
    assert_eq!(product(&status)["rollout"]["state"], json!("in-progress"));
    story.run(&["rollout", "halt", APP, "--yes"]).ended(0).says("rollout: {of: 1.5.0.0, state: halted}");
    assert_eq!(rollout(&story)["packageRolloutStatus"], json!("PackageRolloutStopped"));
    story.run(&["status", "9NBLGGH4R399"]).ended(1).says("check the Store ID");
    story.run(&["status", &format!("{APP}/Nobody")]).ended(1).says("it is not at the Store");
}

#[test]
fn a_rollout_is_raised_and_the_manifest_line_is_named() {
    let story = rolled_out();
    let before = story.mutations().len();
    let asked = story.run(&["rollout", "set", ADDRESS, "50"]).ended(6);
    asked
        .says("nobody to ask; nothing was sent")
        .says("rollout set app/harbor-notes 50 --yes")
        .says("running, 10 % of customers get 1.5.0.0")
        .says("50 % of customers get it");
    assert_eq!(story.mutations().len(), before);

    let raised = story.run(&["rollout", "set", ADDRESS, "50", "--yes"]).ended(0);
    assert_eq!(
        raised.stdout,
        "app/harbor-notes: the rollout of 1.5.0.0 is at 50 % of customers\nSo that the manifest says so too, write this \
         into the product at store.yaml:1:\n\n    rollout: {of: 1.5.0.0, percentage: 50}\n"
    );
    assert_eq!(rollout(&story)["packageRolloutPercentage"].as_f64(), Some(50.0));
    assert_eq!(calls(&story).len(), 1);

    story.run(&["rollout", "set", ADDRESS, "50", "--yes"]).ended(0).says("already at 50 %");
    assert_eq!(calls(&story).len(), 1, "what is so already is not sent");
    story.manifest(&format!("{MANIFEST}rollout: {{of: 1.5.0.0, percentage: 50}}\n"));
    story.run(&["rollout", "set", ADDRESS, "50"]).ended(0).says("The manifest says so too (store.yaml:9)");
    story.run(&["plan", "--detailed-exitcode"]).ended(0);

    // A slip: five instead of fifty.
    story.run(&["rollout", "set", ADDRESS, "5", "--yes"]).ended(6).says("--allow rollout-decrease");
    assert_eq!(calls(&story).len(), 1);
    let lowered =
        story.run(&["rollout", "set", ADDRESS, "5", "--yes", "--allow", "rollout-decrease"]).ended(0);
    lowered.says("The manifest says something else").says("store.yaml:9");
    let json = story.run(&["rollout", "set", ADDRESS, "5", "--output", "json"]).ended(0).json();
    assert_eq!((&json["changed"], &json["manifest"]["at"]["line"]), (&json!(false), &json!(9)));
}

#[test]
fn halt_and_finalize_are_for_good() {
    for (what, status) in [("halt", "PackageRolloutStopped"), ("finalize", "PackageRolloutComplete")] {
        let story = rolled_out();
        story.run(&["rollout", what, ADDRESS]).ended(6).says("nothing was sent");
        let done = story.run(&["rollout", what, ADDRESS, "--yes"]).ended(0);
        let word = if what == "halt" { "halted" } else { "finalized" };
        done.says(&format!("is {word}")).says(&format!("rollout: {{of: 1.5.0.0, state: {word}}}"));
        assert_eq!(rollout(&story)["packageRolloutStatus"], json!(status));
        story.run(&["rollout", what, ADDRESS, "--yes"]).ended(0).says(&format!("already {word}"));
        let other = if what == "halt" { "finalize" } else { "halt" };
        story.run(&["rollout", other, ADDRESS, "--yes"]).ended(5);
        story.run(&["rollout", "set", ADDRESS, "20", "--yes"]).ended(5);
        assert_eq!(calls(&story).len(), 1);
        // What the manifest is told to say holds.
        story.manifest(&format!("{MANIFEST}rollout: {{of: 1.5.0.0, state: {word}}}\n"));
        story.run(&["plan", "--detailed-exitcode"]).ended(0);
    }
}

#[test]
fn a_change_that_failed_ambiguously_is_looked_for_and_not_doubled() {
    for applied in ["yes", "no"] {
        let story = rolled_out();
        story.store.fault(
            "lost",
            &json!({
                "on": { "operation": "halt-app-rollout" },
                "times": 1,
                "do": [{ "answer": { "status": 504, "applied": applied } }],
            }),
        );
        story.run(&["rollout", "halt", ADDRESS, "--yes"]).ended(0).says("504");
        assert_eq!(story.store.fired("lost"), 1);
        assert_eq!(rollout(&story)["packageRolloutStatus"], json!("PackageRolloutStopped"));
        assert_eq!(calls(&story).len(), if applied == "yes" { 1 } else { 2 });
    }
}

#[test]
fn a_change_that_the_store_took_and_did_not_make_is_no_success() {
    let lie = |operation: &str| {
        json!({
            "on": { "operation": operation },
            "do": [{ "answer": { "status": 200, "applied": "no", "body": { "exactly": {} } } }],
        })
    };
    let story = rolled_out();
    story.store.fault("lie", &lie("halt-app-rollout"));
    let ran = story.run(&["rollout", "halt", ADDRESS, "--yes", "--output", "json"]).ended(8);
    assert_eq!(ran.json()["result"], json!("rejected"), "programs are told, too");
    ran.says("did not make it").says("PackageRolloutInProgress at 10 %");
    story.store.fault("lie", &lie("update-app-rollout"));
    story.manifest(&format!("{MANIFEST}rollout: {{of: 1.5.0.0, percentage: 50}}\n"));
    story.run(&["apply", "--yes"]).ended(8).says("did not make it");
    story.store.heal("lie");
    story.run(&["apply", "--yes"]).ended(0);
    assert_eq!(rollout(&story)["packageRolloutPercentage"].as_f64(), Some(50.0));
}

#[test]
fn a_rollout_that_somebody_changed_meanwhile_is_left_alone() {
    let story = rolled_out();
    let id = story.published()["id"].as_str().unwrap().to_owned();
    // A colleague raises it between the plan and the call.
    let path = format!("applications/{APP}/submissions/{id}/updatepackagerolloutpercentage?percentage=80");
    let raised = json!({ "on": { "operation": "get-app-rollout" }, "skip": 1, "times": 1, "do": [{ "hold": "before" }] });
    story.store.fault("meanwhile", &raised);
    let child = story
        .command(&["rollout", "set", ADDRESS, "50", "--yes"])
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    story.store.held("meanwhile");
    story.store.expect(200, "POST", &path, None);
    story.store.release("meanwhile");
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(4), "{said}");
    assert!(said.contains("PackageRolloutInProgress at 80 %"), "{said}");
    assert_eq!(rollout(&story)["packageRolloutPercentage"].as_f64(), Some(80.0));
}

#[test]
fn a_rollout_that_is_about_to_start_is_told_to_who_wants_to_halt_it() {
    let rollout = json!({ "packageRollout": {
        "isPackageRollout": true, "packageRolloutPercentage": 25.0, "packageRolloutStatus": "PackageRolloutNotStarted",
        "fallbackSubmissionId": "0"
    } });
    let story = with_pending("Certification", &[("packageDeliveryOptions", rollout)]);
    let told = story.run(&["rollout", "halt", ADDRESS, "--yes"]).ended(5);
    told.says("submission 1152921500000000777 is Certification, and starts one at 25 %");
}

#[test]
fn a_store_id_shows_the_app_with_all_that_belongs_to_it() {
    let mut seed = account();
    seed["applications"][0]["flights"] = json!([{
        "flight": { "flightId": "7a1b", "friendlyName": "Beta testers", "groupIds": ["1"] }
    }]);
    let story = Story::with_seed(&seed, MANIFEST);
    let status = story.run(&["status", APP, "--output", "json"]).ended(0).json();
    let names: Vec<&str> = status["products"]
        .as_array()
        .unwrap()
        .iter()
        .map(|product| product["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Harbor Notes", "Beta testers"]);
}

#[test]
fn a_script_can_tell_a_failure_from_the_exit_code() {
    let story = with_pending("CertificationFailed", &[]);
    story.run(&["status"]).ended(0);
    story.run(&["status", "--detailed-exitcode"]).ended(8);
    let other = Story::new(&app_submission(), MANIFEST);
    other.run(&["status", "--detailed-exitcode"]).ended(0);
    let waited = other
        .run(&["wait", ADDRESS, "--for", "published", "--submission", "42", "--output", "json"])
        .ended(8);
    assert!(waited.json()["error"].as_str().unwrap().contains("submission 42 is not on its way"));
}

#[test]
fn a_wait_of_hours_outlasts_a_bad_minute() {
    let story = Story::new(&app_submission(), MANIFEST);
    story.run(&["apply", "--yes", "--wait", "none"]).ended(0);
    let bad = json!({
        "on": { "operation": "get-app-submission-status" }, "times": 12, "do": [{ "answer": { "status": 503 } }],
    });
    story.store.fault("minute", &bad);
    story.run(&["wait", ADDRESS, "--for", "published"]).ended(0).says("is Published");
    assert_eq!(story.store.fired("minute"), 12);
}

#[test]
fn where_no_rollout_is_running_nothing_is_sent() {
    let story = Story::new(&app_submission(), MANIFEST);
    story
        .run(&["rollout", "halt", ADDRESS, "--yes"])
        .ended(5)
        .says("no rollout is running")
        .says("packageRollout");
    story.run(&["rollout", "set", ADDRESS, "101", "--yes"]).ended(64).says("from 0 to 100");
    story.run(&["rollout", "set", ADDRESS, "--yes"]).ended(64);
    story.run(&["rollout", "halt", "app/*", "--yes"]).ended(5);
    story
        .run(&["rollout", "halt", "app/harbour-notes", "--yes"])
        .ended(64)
        .says("did you mean `app/harbor-notes`?");
    assert!(story.mutations().is_empty());
}

#[test]
fn a_submission_is_followed_to_where_it_was_asked_for() {
    let story = Story::new(&app_submission(), MANIFEST);
    let none = story.run(&["wait", ADDRESS, "--for", "published"]).ended(0);
    assert!(none.stdout.ends_with("is Published\n"), "{}", none.stdout);
    story.run(&["apply", "--yes", "--wait", "none"]).ended(0);
    let sent = story.mutations().len();
    let certified = story.run(&["wait", ADDRESS, "--for", "certified", "--output", "json"]).ended(0).json();
    let status = certified["status"].as_str().unwrap().to_owned();
    assert!(
        ["Release", "PendingPublication", "Publishing", "Published"].contains(&status.as_str()),
        "{status}"
    );
    story.run(&["wait", APP, "--for", "published"]).ended(0).says("is Published");
    assert_eq!(story.mutations().len(), sent, "it only reads");
    story.run(&["plan", "--detailed-exitcode"]).ended(0);
}

#[test]
fn what_never_gets_there_is_told_at_once() {
    let manual = [("targetPublishMode", json!("Manual"))];
    for (status, more, code, words) in [
        ("PendingCommit", &[][..], 5, "is a draft"),
        ("CertificationFailed", &[], 8, "ended as CertificationFailed"),
        ("Certification", &manual, 64, "use --for certified"),
    ] {
        let story = with_pending(status, more);
        story.run(&["wait", ADDRESS, "--for", "published"]).ended(code).says(words);
        assert!(story.mutations().is_empty());
    }
    let story = Story::new(&app_submission(), MANIFEST);
    story
        .store
        .fault("stuck", &json!({ "on": { "operation": "S4" }, "do": [{ "course": { "statuses": [] } }] }));
    story.run(&["apply", "--yes", "--wait", "none"]).ended(0);
    let late = story.run(&["wait", ADDRESS, "--for", "certified", "--timeout", "30s"]).ended(9);
    late.says("is still CommitStarted").says("run the same command again");
}
