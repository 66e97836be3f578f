//! `pull --update`: manifests that are there say what is live from then on, and keep all else.

use std::fs;

use serde_json::{Value, json};

use crate::support::story::Story;
use crate::support::things::{self, app_submission};

/// As people write it: comments, gaps, quotes and brackets as they like them.
const MANIFEST: &str = "# Kim looks after the texts.
permit: [reverts-drift]   # until the migration is over
submission:

  visibility: Public      # since the launch
  pricing: {priceId: Tier2, marketSpecificPricings: {DE: Tier3}}
  listings:
    $each: {description: {file: copy/$(lang).md}}
    en-us:
      title: 'Harbor Notes'   # the same everywhere
      keywords: [ink, paper]
      features:
        - Write    # with a pen
        - Draw
      releaseNotes: >
        Faster
        start.
";

fn live() -> Value {
    let mut live = app_submission();
    live["visibility"] = json!("Private");
    live["pricing"]["priceId"] = json!("Tier2");
    live["pricing"]["marketSpecificPricings"] = json!({ "DE": "Tier10" });
    let base = &mut live["listings"]["en-us"]["baseListing"];
    base["title"] = json!("Harbor Notes");
    base["description"] = json!("Notes for sailors.\n\nNow with tides.");
    base["keywords"] = json!(["ink", "tides"]);
    base["features"] = json!(["Write", "Draw", "Measure"]);
    base["releaseNotes"] = json!("A hotfix: sign-in works again.");
    base["copyrightAndTrademarkInfo"] = json!("© Harbor");
    live
}

fn story() -> Story {
    let story = Story::new(&live(), MANIFEST);
    story.write("copy/en-us.md", "Notes for sailors.\n");
    story
}

fn read(story: &Story, name: &str) -> String {
    fs::read_to_string(story.path(name)).unwrap()
}

#[test]
fn only_the_lines_change_that_must() {
    let story = story();
    let before = read(&story, "store.yaml");
    let checked = story.run(&["pull", "app/harbor-notes", "--check"]).ended(2);
    assert_eq!(read(&story, "store.yaml"), before, "it only looks");
    let updated = story.run(&["pull", "app/harbor-notes", "--update"]).ended(0);
    insta::assert_snapshot!(updated.stdout);
    let shown = |text: &str| text.rsplit_once("\n\n").unwrap().0.to_owned();
    assert_eq!(shown(&checked.stdout), shown(&updated.stdout));
    story.run(&["plan", "--detailed-exitcode"]).ended(0).says("No changes");
    let again = story.run(&["pull", "app/harbor-notes", "--update"]).ended(0);
    assert_eq!(again.stdout, "The manifests say what is live. Nothing was written.\n");
    story.run(&["pull", "app/harbor-notes", "--check"]).ended(0);
    assert!(story.mutations().is_empty());
}

#[test]
fn one_field_alone_is_taken_over_also_where_nobody_managed_it() {
    let story = story();
    let one = story.run(&["pull", "app/harbor-notes:listings.en-us.releaseNotes"]).ended(0);
    one.says("+      releaseNotes: \"A hotfix: sign-in works again.\"");
    let text = read(&story, "store.yaml");
    assert!(text.contains("visibility: Public") && text.contains("[ink, paper]"), "{text}");
    story.run(&["pull", "app/harbor-notes:listings.en-us.copyrightAndTrademarkInfo"]).ended(0);
    assert!(read(&story, "store.yaml").ends_with("      copyrightAndTrademarkInfo: \"© Harbor\"\n"));
    let plan = story.plan(&[]);
    let paths: Vec<String> = plan["resources"][0]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["path"].as_array().unwrap().last().unwrap().as_str().unwrap().to_owned())
        .collect();
    assert!(!paths.iter().any(|path| path == "releaseNotes" || path.starts_with("copyright")), "{paths:?}");
    assert_eq!(paths.len(), 5, "{paths:?}");
    story.run(&["pull", "app/harbor-notes:listings.en-us.privacyPolicy"]).ended(64).says("is no field of");
    story.run(&["pull", "app/harbor-notes:listings.en-us.images"]).ended(64).says("does not give them");
    story.run(&["pull", "app/harbor-notes:listings.en-us.voiceTitle"]).ended(1).says("there is nothing at");
    story
        .run(&["pull", "app/nobody:visibility"])
        .ended(64)
        .says("no manifest is about app/nobody:visibility");
}

#[test]
fn notes_are_written_where_they_are_named_and_only_there() {
    let mut live = live();
    live["notesForCertification"] = json!("login: tester, password: s3cret-words");
    let story = Story::new(&live, "submission:\n  notesForCertification: none\n  visibility: Public\n");
    let updated = story.run(&["pull", "app/harbor-notes", "--update"]).ended(0);
    assert!(!format!("{}{}", updated.stdout, updated.stderr).contains("s3cret"));
    assert!(read(&story, "store.yaml").contains("notesForCertification: none"));
    let named = story.run(&["pull", "app/harbor-notes:notesForCertification"]).ended(0);
    assert!(!format!("{}{}", named.stdout, named.stderr).contains("s3cret"));
    assert!(read(&story, "store.yaml").contains("s3cret-words"));
    // Nor are they seen beside what changes.
    story.write("store.yaml", read(&story, "store.yaml").replace("Private", "Public"));
    let beside = story.run(&["pull", "app/harbor-notes", "--update", "--output", "json"]).ended(0);
    assert!(beside.stdout.contains("Private") && !beside.stdout.contains("s3cret"), "{}", beside.stdout);
}

#[test]
fn files_are_left_to_people_and_a_failure_writes_nothing() {
    let mut live = live();
    live["listings"]["en-us"]["baseListing"]["images"] = json!([
        { "fileName": "a.png", "fileStatus": "Uploaded", "id": "1", "imageType": "Screenshot" },
        { "fileName": "b.png", "fileStatus": "Uploaded", "id": "2", "imageType": "Screenshot" },
    ]);
    let story = Story::new(
        &live,
        "submission:\n  visibility: Public\n  listings:\n    en-us: {images: {Screenshot: [{file: c.png}]}}\n",
    );
    story.write("c.png", things::png(1366, 768));
    let updated = story.run(&["pull", "app/harbor-notes", "--update"]).ended(0);
    updated
        .says("To be written by hand:")
        .says("app/harbor-notes:listings.en-us.images.Screenshot")
        .says("+  visibility: Private");
    let json = story.run(&["pull", "app/harbor-notes", "--check", "--output", "json"]).ended(2).json();
    assert_eq!(json["written"], json!(false));
    assert!(json["fields"][0]["byHand"].as_str().unwrap().contains("does not give them"), "{json}");
}

#[test]
fn the_draft_of_a_colleague_can_be_taken_over() {
    let mut seed = things::account();
    seed["applications"][0]["published"] = live();
    let mut draft = live();
    draft["id"] = json!("1152921500000000777");
    draft["status"] = json!("PendingCommit");
    draft["fileUploadUrl"] = json!("https://storage.example/x?sig=y");
    draft["visibility"] = json!("Hidden");
    seed["applications"][0]["pending"] = draft;
    let story = Story::with_seed(&seed, "submission: {visibility: Public}\n");
    story.run(&["pull", "app/harbor-notes", "--update", "--from-pending"]).ended(0);
    assert!(read(&story, "store.yaml").ends_with("submission: {visibility: Hidden}\n"));
    let nothing = Story::new(&live(), "submission: {visibility: Public}\n");
    nothing
        .run(&["pull", "app/harbor-notes", "--update", "--from-pending"])
        .ended(64)
        .says("no submission is in progress");
}
