//! Deleting a draft or a failed submission by hand.

use serde_json::{Value, json};

use crate::support::story::Story;
use crate::support::things::{self, APP};

const TEXTS: &str = "submission:\n  listings:\n    en-us:\n      description: New words.\n";
const THEIRS: &str = "1152921500000000777";

fn draft_with(words: &str) -> Value {
    let mut draft = things::app_submission();
    draft["id"] = json!(THEIRS);
    draft["status"] = json!("PendingCommit");
    draft["fileUploadUrl"] = json!("https://storage.example/x?sig=y");
    draft["listings"]["en-us"]["baseListing"]["description"] = json!(words);
    draft
}

fn with_pending(pending: &Value) -> Story {
    let mut seed = things::account();
    seed["applications"][0]["pending"] = pending.clone();
    Story::with_seed(&seed, TEXTS)
}

fn deletions(story: &Story) -> Vec<String> {
    story.mutations().into_iter().filter(|line| line.starts_with("DELETE")).collect()
}

const DISCARD: [&str; 2] = ["discard", "app/harbor-notes"];

#[test]
fn where_nothing_is_there_is_nothing_to_delete() {
    let story = Story::new(&things::app_submission(), TEXTS);
    story.run(&DISCARD).ended(0).says("there is no draft and no failed submission");
    let result = story.run(&["discard", "app/harbor-notes", "--output", "json"]).ended(0).json();
    assert_eq!(result, json!({ "address": "app/harbor-notes", "result": "nothing", "submission": null }));
    story.run(&["discard", "app/harbour-notes"]).ended(64).says("did you mean");
    story.run(&["discard", "harbor-notes"]).ended(64);
    assert!(story.mutations().is_empty());
}

#[test]
fn ours_goes_when_it_is_meant() {
    for words in ["Plain text.", "New words."] {
        let story = with_pending(&draft_with(words));
        story.run(&DISCARD).ended(6).says("nobody to ask").says(THEIRS);
        assert!(story.mutations().is_empty());
        let ran = story.run(&["discard", "app/harbor-notes", "--yes"]).ended(0);
        assert_eq!(ran.stdout, format!("app/harbor-notes: submission {THEIRS} is deleted\n"));
        assert_eq!(story.app().get("pendingApplicationSubmission"), None);
        story.run(&["discard", "app/harbor-notes", "--yes"]).ended(0).says("there is no draft");
        assert_eq!(deletions(&story).len(), 1);
    }
}

#[test]
fn somebody_elses_goes_with_a_permit_alone() {
    let story = with_pending(&draft_with("A colleague's words."));
    let ran = story.run(&["discard", "app/harbor-notes", "--yes"]).ended(6);
    ran.says("--allow replaces-draft").says("~ listings.en-us.description");
    story.run(&["discard", "app/harbor-notes", "--yes", "--allow", "replaces-draft=app/other"]).ended(6);
    assert!(story.mutations().is_empty());
    story.run(&["discard", "app/harbor-notes", "--yes", "--allow", "replaces-draft"]).ended(0);
    assert_eq!(
        story.mutations(),
        [format!("DELETE /v1.0/my/applications/{APP}/submissions/{THEIRS}")],
        "and nothing else is sent"
    );
}

#[test]
fn what_was_committed_or_started_in_partner_center_is_never_deleted() {
    let mut committed = draft_with("A colleague's words.");
    committed["status"] = json!("Certification");
    let mut portal = draft_with("A colleague's words.");
    portal["fileUploadUrl"] = Value::Null;
    for (pending, words) in
        [(committed, "what was committed is not deleted"), (portal, "started in Partner Center")]
    {
        let story = with_pending(&pending);
        story
            .run(&["discard", "app/harbor-notes", "--yes", "--allow", "replaces-draft"])
            .ended(5)
            .says(words)
            .says("nothing was deleted");
        assert!(story.mutations().is_empty());
    }
}

#[test]
fn a_lost_answer_and_a_draft_that_is_edited_meanwhile() {
    let story = with_pending(&draft_with("New words."));
    let lost = json!([{ "answer": { "status": 504, "applied": "yes" } }]);
    story.store.fault("fault", &json!({ "on": { "operation": "S6" }, "do": lost }));
    story.run(&["discard", "app/harbor-notes", "--yes"]).ended(0).says("504");
    assert_eq!(story.app().get("pendingApplicationSubmission"), None);

    let story = with_pending(&draft_with("New words."));
    let edit = json!({ "edit": { "visibility": "Hidden" } });
    let meanwhile = json!([{ "meanwhile": { "when": "before", "events": [edit] } }]);
    story.store.fault("fault", &json!({ "on": { "operation": "S2" }, "skip": 2, "do": meanwhile }));
    story.run(&["discard", "app/harbor-notes", "--yes"]).ended(4).says("it is left alone");
    assert!(story.app().get("pendingApplicationSubmission").is_some());
    assert!(story.mutations().is_empty());
}

#[test]
fn drafts_of_add_ons_and_flights_go_as_well() {
    let story = Story::new(&things::app_submission(), "submission: {}\n");
    story.write(
        "gold.yaml",
        "kind: AddOn\nname: gold\napp: harbor-notes\nproductId: gold\nproductType: Durable\nsubmission:\n  contentType: \
         OnlineDownload\n  lifetime: Forever\n  pricing: {priceId: Tier1012}\n  listings: {en-us: {title: Gold}}\n",
    );
    story.write(
        "insiders.yaml",
        "kind: Flight\nname: insiders\napp: harbor-notes\nfriendlyName: Insiders\ngroupIds: [\"1\"]\nrelease: {packages: \
         {files: [$(release)/*.msix]}}\n",
    );
    story.write("dist/a.msix", things::package("1.5.0.0"));
    // Both stop right before the commit.
    for operation in ["J4", "G4"] {
        let refused = json!([{ "answer": { "status": 400, "applied": "no" } }]);
        story
            .store
            .fault(&operation.to_lowercase(), &json!({ "on": { "operation": operation }, "do": refused }));
    }
    story.run(&["apply", "--yes", "--release", "flight/harbor-notes/insiders=dist"]).ended(1);
    let before = deletions(&story).len();
    for address in ["add-on/harbor-notes/gold", "flight/harbor-notes/insiders"] {
        // The flight's package is not named here, so its draft is an older one of ours.
        story.run(&["discard", address, "--yes"]).ended(0).says("is deleted");
        story.run(&["discard", address, "--yes"]).ended(0).says("there is no draft");
    }
    assert_eq!(deletions(&story).len(), before + 2);
    story.publish(&["--release", "flight/harbor-notes/insiders=dist"]).ended(0);
}
