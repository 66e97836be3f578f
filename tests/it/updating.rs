//! `pull --update`: manifests that are there say what is live from then on, and keep all else.

use std::fs;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

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
    one.says("+        A hotfix: sign-in works again.");
    let text = read(&story, "store.yaml");
    assert!(text.contains("visibility: Public") && text.contains("[ink, paper]"), "{text}");
    story.run(&["pull", "app/harbor-notes:listings.en-us.copyrightAndTrademarkInfo"]).ended(0);
    let text = read(&story, "store.yaml");
    assert!(text.contains("\n      copyrightAndTrademarkInfo: © Harbor\n"), "{text}");
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
    story.run(&["pull", "app/harbor-notes:listings.en-us.images"]).ended(0).says("Screenshot: [{remote: ");
    story.run(&["pull", "app/harbor-notes:trailers"]).ended(64).says("does not give them");
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

/// An image of the Store.
fn image(id: &str, name: &str, caption: &str) -> Value {
    json!({ "fileName": name, "fileStatus": "Uploaded", "id": id, "imageType": "Screenshot", "description": caption })
}

#[test]
fn images_are_known_by_their_digests_and_else_by_their_ids() {
    let manifest = "submission:
  listings:
    $each:
      images:
        Screenshot: # the shop window
          # The first one is what everybody sees.
          - {file: a.png, description: First}   # Kim's
          - file: b.png   # Robin's
            description: >-
              Second
    en-us: {title: Harbor Notes}
    de-de: {title: Hafen}
";
    let mut live = live();
    live["listings"]["de-de"] = live["listings"]["en-us"].clone();
    live["listings"]["de-de"]["baseListing"]["title"] = json!("Hafen");
    let story = Story::new(&live, manifest);
    let name = |file: &str, height: u32| {
        let png = things::png(1366, height);
        story.write(file, &png);
        let digest: Vec<String> = Sha256::digest(&png).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("en-us.Screenshot.{}.{}.png", file.trim_end_matches(".png"), &digest.concat()[..12])
    };
    let (a, b) = (name("a.png", 768), name("b.png", 800));
    let of = |language: &str, images: Value| {
        let mut live = live.clone();
        for own in ["en-us", "de-de"] {
            live["listings"][own]["baseListing"]["images"] =
                json!([image("1", &a, "First"), image("2", &b, "Second")]);
        }
        live["listings"][language]["baseListing"]["images"] = images;
        live
    };
    let changed = |live: &Value| {
        let other = Story::new(live, manifest);
        for file in ["a.png", "b.png"] {
            other.write(file, fs::read(story.path(file)).unwrap());
        }
        let said = other.run(&["pull", "app/harbor-notes", "--update"]).ended(0).stdout;
        other.run(&["plan", "--detailed-exitcode"]).ended(0).says("No changes");
        said
    };
    // One language alone: another order, another caption, and one that is not ours.
    let alone = of(
        "de-de",
        json!([image("2", &b, "Zweites: $(lang)"), image("9", "portal.png", "Neu"), image("1", &a, "First")]),
    );
    // Both the same.
    let mut both = of("de-de", json!([image("2", &b, "Second"), image("1", &a, "One")]));
    both["listings"]["en-us"]["baseListing"]["images"] =
        both["listings"]["de-de"]["baseListing"]["images"].clone();
    insta::assert_snapshot!(format!("{}{}", changed(&alone), changed(&both)));
}

#[test]
fn what_is_made_of_files_or_said_by_releases_is_left_to_people() {
    let mut live = live();
    live["trailers"] =
        json!([{ "id": "77", "videoFileName": "a.mp4", "videoFileId": "1", "trailerAssets": {} }]);
    let story = Story::new(
        &live,
        "submission:
  visibility: Public
  trailers: null
  listings: {en-us: {title: Harbor Notes}}
release:
  listings: {$each: {releaseNotes: Soon}}
",
    );
    let updated = story.run(&["pull", "app/harbor-notes", "--update"]).ended(0);
    updated
        .says("To be written by hand:")
        .says("app/harbor-notes:trailers")
        .says("store.yaml:6")
        .says("+  visibility: Private");
    let json = story.run(&["pull", "app/harbor-notes", "--check", "--output", "json"]).ended(2).json();
    assert_eq!((&json["written"], json["fields"].as_array().unwrap().len()), (&json!(false), 1), "{json}");
    let before = read(&story, "store.yaml");
    let released = story.run(&["pull", "app/harbor-notes:listings.en-us.releaseNotes"]).ended(0);
    released.says("the `release` block says it").says("store.yaml:9");
    assert_eq!(read(&story, "store.yaml"), before);
}

#[test]
fn languages_come_and_go_as_they_are_live() {
    let mut live = live();
    live["listings"]["de-de"] = json!({ "baseListing": { "title": "Hafen", "description": "Für Seeleute.\nUnd andere.", "keywords": ["Tinte"] } });
    let story = Story::new(
        &live,
        "submission:
  listings:
    en-us: {title: Harbor Notes}
    # since the spring
    fr-fr:
      title: Carnet
      description: Pour les marins.
    it-it: {title: Quaderno} # the last
",
    );
    let updated = story.run(&["pull", "app/harbor-notes", "--update"]).ended(0);
    let added = story.run(&["pull", "app/harbor-notes:listings.de-DE"]).ended(0);
    insta::assert_snapshot!(format!("{}{}", updated.stdout, added.stdout));
    story.run(&["plan", "--detailed-exitcode"]).ended(0).says("No changes");
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
