//! Manifests from what is live: pulled, they are valid and nothing would change.

use std::fs;

use serde_json::{Value, json};

use crate::payloads;
use crate::support::realistic;
use crate::support::story::{Ran, Story, run, storeward};
use crate::support::things::{self, APP};

/// A repository without a manifest, beside a Store.
struct Empty(Story);

impl Empty {
    fn new(seed: &Value) -> Self {
        let story = Story::with_seed(seed, "");
        fs::remove_file(story.path("store.yaml")).unwrap();
        Self(story)
    }

    /// Pulls all of the app, after which nothing would change.
    #[track_caller]
    fn pulled(&self, arguments: &[&str]) -> Ran {
        let ran = self.0.run(&[&["pull", APP, "--into", "store"], arguments].concat()).ended(0);
        self.is_unchanged();
        ran
    }

    /// What was printed, without the folder of this run.
    fn printed(&self, ran: &Ran) -> String {
        ran.stdout.replace(self.0.path(".").to_str().unwrap(), "[repo]")
    }

    #[track_caller]
    fn is_unchanged(&self) {
        let valid = self.0.run(&["validate"]).ended(0);
        assert!(!format!("{valid:?}").contains("error"), "{valid:?}");
        let plan = self.0.run(&["plan", "--detailed-exitcode"]).ended(0).says("No changes");
        assert!(!plan.stderr.contains("error"), "{}", plan.stderr);
        assert_eq!(self.0.mutations(), Vec::<String>::new());
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path(name)).unwrap()
    }
}

#[test]
fn an_app_is_pulled_and_nothing_would_change() {
    let team = Empty::new(&things::account());
    let ran = team.pulled(&[]);
    insta::assert_snapshot!("an_app_that_is_pulled", team.printed(&ran));
    insta::assert_snapshot!("the_manifest_of_an_app", team.read("store/app.yaml"));
}

#[test]
fn what_is_there_is_never_overwritten() {
    let team = Empty::new(&things::account());
    team.0.write("store/copy/en-us/description.md", "mine");
    team.0.write("store/app.yaml", "mine");
    let refused = team.0.run(&["pull", APP, "--into", "store"]).ended(64);
    for word in ["store/app.yaml", "store/copy/en-us/description.md", "--into", "nothing was written"] {
        assert!(refused.stderr.contains(word), "{word}: {}", refused.stderr);
    }
    assert_eq!(
        (team.read("store/app.yaml"), fs::read_dir(team.0.path("store")).unwrap().count()),
        ("mine".into(), 2)
    );
}

#[test]
fn a_realistic_account_is_pulled_app_by_app() {
    let team = Empty::new(&realistic::account());
    let mut said = String::new();
    for app in [realistic::APP, "9NTIDERDR002", "9NQUAYWTH003"] {
        said.push_str(&team.printed(&team.0.run(&["pull", app]).ended(0)));
    }
    team.is_unchanged();
    let valid = team.0.run(&["validate", "--output", "json"]).ended(0).json();
    assert_eq!(valid["findings"], json!([]), "{valid:#}");
    insta::assert_snapshot!("a_realistic_account_that_is_pulled", said);
    insta::assert_snapshot!("the_manifest_of_25_languages", team.read("store/harbor-notes/app.yaml"));
    insta::assert_snapshot!(
        "the_manifest_of_an_add_on",
        team.read("store/harbor-notes/add-ons/harbor-pro.yaml")
    );
    insta::assert_snapshot!("the_manifests_of_flights", team.read("store/harbor-notes/flights.yaml"));
    insta::assert_snapshot!("the_manifest_without_a_price", team.read("store/quay-weather/app.yaml"));
    insta::assert_snapshot!("images_by_their_ids", team.read("store/harbor-notes/copy/de-de/images.yaml"));
    let features = team.read("store/harbor-notes/copy/ja-jp/description.md");
    assert!(features.starts_with("どこにいても") && !features.contains('\r'), "{features:?}");
}

#[test]
fn every_published_payload_is_pulled() {
    let all = payloads::published();
    assert!(all.len() >= 6, "{}", all.len());
    for (name, seed) in all {
        let team = Empty::new(&seed);
        let app = seed["applications"][0]["application"]["id"].as_str().unwrap();
        let ran = team.0.run(&["pull", app, "--into", "store"]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.stderr);
        let plan = team.0.run(&["plan", "--detailed-exitcode"]);
        assert!(plan.code == 0 && plan.stdout.contains("No changes"), "{name}: {plan:?}");
    }
}

#[test]
fn no_app_no_manifest() {
    let team = Empty::new(&json!({"applications": []}));
    team.0.run(&["pull", APP]).ended(1).says("Product identity");
    assert!(!team.0.path("store").exists());
}

/// Texts that a careless writer of YAML, or of files, would write as something else.
const HOSTILE: &[&str] = &[
    "- a list?", "a: b", "a #comment", "# heading\n\n- point\n- point", "yes", "no", "1.0", "1e5", "null",
    "~", "true", "0x1F", "2026-09-01", "$(lang)", "$$(lang) and $(release) and $(", "${{ github.token }}",
    "{a: b}", "[a]", "*anchor", "&anchor x", "!tag x", "%TAG", "| block", "> folded", "'single'",
    "\"double\"", "back\\slash \\n", "tab\tinside", "trailing blanks  ", "  leading blanks",
    "line\r\nline\r\n\r\nend", "old\rmac", "\u{feff}byte order mark", "bidi \u{202e}gnp.exe",
    "zero\u{200b}width", "line\u{2028}separator \u{85}next", "emoji 👩‍👩‍👧 ❤️", "---", "...",
    "--- !x\nkind: App", "::error::x", "##vso[task.setvariable]", "../../etc/passwd",
    "kind: App\nname: x\nid: 9NBLGGH4R315", "e\u{301}", "\n\nempty lines first", "a\n\n\n\nb\n\n",
    "<script>", "`backticks`", "?", ": x", "-", "@at",
];

#[test]
fn hostile_texts_come_back_as_they_are() {
    let mut seed = things::account();
    let app = &mut seed["applications"][0];
    let languages = ["en-us", "de-de", "no", "fr-fr", "ja-jp"];
    let listing = |part: usize| {
        let text = |i: usize| HOSTILE[(part * 11 + i) % HOSTILE.len()];
        json!({
            "baseListing": {
                "description": text(0), "releaseNotes": text(1), "shortDescription": text(2),
                "licenseTerms": text(3), "copyrightAndTrademarkInfo": text(4), "shortTitle": text(5).replace(['\n', '\r'], " "),
                "features": (5..11).map(text).collect::<Vec<_>>(),
                "keywords": [HOSTILE[part].chars().take(20).collect::<String>()],
                "images": [{
                    "fileName": "../../\u{202e}x\ny.png", "fileStatus": "Uploaded", "id": format!("77{part}"),
                    "description": text(3), "imageType": "Screenshot"
                }],
            },
            "platformOverrides": {}
        })
    };
    app["published"]["listings"] =
        languages.iter().enumerate().map(|(i, language)| ((*language).to_owned(), listing(i))).collect();
    app["application"]["primaryName"] = json!("../..\u{202e}/\n--- kind: App");
    app["addOns"] = HOSTILE
        .iter()
        .enumerate()
        .map(|(i, text)| {
            json!({
                "addOn": { "id": format!("9PADDON{i:05}"), "productId": format!("p{i}"), "productType": "Durable" },
                "published": { "id": format!("5{i}"), "status": "Published", "contentType": "OnlineDownload", "tag": text,
                    "keywords": [text.chars().take(30).collect::<String>()],
                    "pricing": { "priceId": "Tier1012" },
                    "listings": { "en-us": { "title": text.replace(['\n', '\r'], " "), "description": text } } }
            })
        })
        .collect();
    app["flights"] = HOSTILE
        .iter()
        .enumerate()
        .map(|(i, text)| {
            json!({
                "flight": { "flightId": format!("7bfc11d5-f710-47c5-8a98-e04bb5aad3{i:02}"), "friendlyName": text, "groupIds": [text], "rankHigherThan": if i == 0 { "" } else { HOSTILE[i - 1] } },
                "published": { "id": format!("6{i}"), "status": "Published", "flightPackages": [], "targetPublishMode": "Manual" }
            })
        })
        .collect();
    let team = Empty::new(&seed);
    let ran = team.pulled(&[]);
    assert!(!ran.stdout.contains('\u{202e}') && !ran.stdout.contains("\n::"), "{}", ran.stdout);
    let names: Vec<String> = walk(&team.0.path("store")).iter().map(|(name, _)| name.clone()).collect();
    assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_graphic())), "{names:?}");
    let above = fs::read_dir(team.0.repo.path()).unwrap().count();
    assert_eq!(above, 2, "nothing lies outside of the folder that was named");
    let manifests = team.read("store/app.yaml") + &team.read("store/copy/en-us/images.yaml");
    assert!(manifests.chars().all(|c| c == '\n' || !c.is_control()), "{manifests:?}");
    assert!(!manifests.contains('\u{202e}'), "{manifests}");
}

/// The files below a folder, by their paths in it.
fn walk(folder: &std::path::Path) -> Vec<(String, std::path::PathBuf)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(walk(&path).into_iter().map(|(below, path)| (format!("{name}/{below}"), path)));
        } else {
            found.push((name, path));
        }
    }
    found
}

#[test]
fn what_no_manifest_can_say_is_named_and_not_written_wrong() {
    let mut seed = things::account();
    let published = &mut seed["applications"][0]["published"];
    published["pricing"]["priceId"] = json!("Base");
    published["applicationCategory"] = json!("NotSet");
    published["visibility"] = json!("Sideways");
    published["notesForCertification"] = json!("tester@example.com / 5ecret");
    published["targetPublishMode"] = json!("SpecificDate");
    published["targetPublishDate"] = json!("2020-01-01T00:00:00Z");
    published["gamingOptions"] = json!([{ "genres": ["Games_Word"], "isLocalMultiplayer": true }]);
    let base = &mut published["listings"]["en-us"]["baseListing"];
    base["description"] = json!("nul\0 and \u{1b}[31mred");
    base["shortDescription"] = json!("x".repeat(501));
    base["images"] = json!([
        { "fileName": "a.png", "fileStatus": "Uploaded", "id": "1", "imageType": "OldAndGone" },
        { "fileName": "b.png", "fileStatus": "PendingDelete", "id": "2", "imageType": "Screenshot" },
    ]);
    published["listings"]["not a language"] = json!({ "baseListing": { "description": "x" } });
    let team = Empty::new(&seed);
    let ran = team.pulled(&[]);
    insta::assert_snapshot!("what_is_left_out", team.read("store/app.yaml"));
    for word in
        ["U+0000", "501 characters", "priceId", "--with-notes", "OldAndGone", "not a listing language"]
    {
        assert!(ran.stdout.contains(word), "{word}: {}", ran.stdout);
    }
    for (name, file) in walk(&team.0.path("store")) {
        assert!(!fs::read_to_string(file).unwrap().contains("5ecret"), "{name}");
    }
    fs::remove_dir_all(team.0.path("store")).unwrap();
    team.pulled(&["--with-notes"]);
    assert_eq!(team.read("store/notes.md"), "tester@example.com / 5ecret\n");
}

#[test]
fn a_submission_in_progress_is_taken_only_when_it_is_asked_for() {
    let mut seed = things::account();
    let mut pending = things::app_submission();
    pending["id"] = json!("1152921500000000999");
    pending["status"] = json!("PendingCommit");
    pending["listings"]["en-us"]["baseListing"]["description"] = json!("Words to come.");
    seed["applications"][0]["pending"] = pending.clone();
    let team = Empty::new(&seed);
    team.pulled(&[])
        .says("submission 1152921500000000999 is in progress and was not taken; `--from-pending`");
    assert_eq!(team.read("store/copy/en-us/description.md"), "Plain text.\n");
    team.0
        .run(&["pull", APP, "--into", "draft", "--from-pending"])
        .ended(0)
        .says("as in the submission in progress");
    assert_eq!(team.read("draft/copy/en-us/description.md"), "Words to come.\n");

    let only_published = Empty::new(&things::account());
    only_published.0.run(&["pull", APP, "--from-pending"]).ended(64).says("no submission is in progress");

    seed["applications"][0].as_object_mut().unwrap().shift_remove("published");
    let never = Empty::new(&seed);
    never.0.run(&["pull", APP, "--into", "store"]).ended(0).says("because none was ever published");
    assert_eq!(never.read("store/copy/en-us/description.md"), "Words to come.\n");
}

#[test]
fn a_long_list_is_pulled_whole() {
    let mut seed = things::account();
    seed["applications"][0]["addOns"] = (0..230)
        .map(|i| json!({ "addOn": { "id": format!("9PADDON{i:05}"), "productId": format!("gold {i}"), "productType": "Consumable" } }))
        .collect();
    let team = Empty::new(&seed);
    let report = team.pulled(&["--output", "json"]).json();
    assert_eq!(report["products"].as_array().unwrap().len(), 231);
    assert_eq!(fs::read_dir(team.0.path("store/add-ons")).unwrap().count(), 230);
    assert_eq!(report["products"][1]["from"], "nothing");
    assert_eq!(report["leftOut"][0]["why"], "no submission of it was ever made");
    for file in report["files"].as_array().unwrap() {
        assert!(team.0.path(file.as_str().unwrap()).is_file(), "{file}");
    }
}

#[test]
fn half_of_an_app_is_none() {
    let team = Empty::new(&realistic::account());
    let path = format!("/inappproducts/9PADDON00007/submissions/{}", 1_152_921_505_000_001_007_u64);
    let fault = json!({ "on": { "path": path }, "do": [{ "answer": { "status": 500 } }], "times": 50 });
    team.0.store.fault("broken", &fault);
    let refused =
        team.0.run(&["pull", realistic::APP]).ended(1).says("the add-on 9PADDON00007 cannot be read");
    assert!(refused.stderr.contains("nothing was written"), "{}", refused.stderr);
    assert!(!team.0.path("store").exists());
    team.0.store.heal("broken");
    team.0.run(&["pull", realistic::APP]).ended(0);
}

#[test]
fn what_has_a_manifest_gets_no_second_one() {
    let team = Empty::new(&realistic::account());
    team.0.run(&["pull", realistic::APP]).ended(0);
    for what in [realistic::APP, "app/harbor-notes", "flight/harbor-notes/beta"] {
        team.0.run(&["pull", what]).ended(64).says("has a manifest already").says("--update");
    }
    team.0.run(&["pull", "app/nobody"]).ended(64).says("no manifest has the address app/nobody");
    team.0.run(&["pull", "9NTIDERDR002", "--into", "a/.hidden"]).ended(64).says("does not start with a dot");
    assert!(!team.0.path("a").exists());
    // Beside it, to compare.
    let beside = tempfile::tempdir().unwrap();
    let folder = beside.path().join("beside");
    team.0.run(&["pull", "add-on/harbor-notes/harbor-fonts", "--into", folder.to_str().unwrap()]).ended(0);
    let again = fs::read_to_string(folder.join("add-ons/harbor-fonts.yaml")).unwrap();
    assert_eq!(again, team.read("store/harbor-notes/add-ons/harbor-fonts.yaml"));
    team.0.run(&["pull", realistic::APP, "--check"]).ended(0);
    assert_eq!(team.0.mutations(), Vec::<String>::new());
}

#[test]
fn what_was_pulled_outlives_the_next_release() {
    let team = Empty::new(&realistic::account());
    team.0.run(&["pull", realistic::APP]).ended(0);
    let description = "store/harbor-notes/copy/de-de/description.md";
    team.0.write(description, team.read(description).replace("offline first", "offline zuerst"));
    let title = "store/harbor-notes/add-ons/harbor-fonts.yaml";
    team.0.write(title, team.read(title).replace("title: Typefaces", "title: Typefaces and more"));
    let plan = team.0.run(&["plan"]).ended(0).says("offline").says("description");
    assert!(plan.stdout.contains("2 products to change"), "{}", plan.stdout);
    team.0.publish(&[]).ended(0);
    team.0.run(&["plan", "--detailed-exitcode"]).ended(0).says("No changes");
    let path = format!("applications/{}", realistic::APP);
    let id = team.0.store.get(&path)["lastPublishedApplicationSubmission"]["id"].as_str().unwrap().to_owned();
    let live = team.0.store.get(&format!("{path}/submissions/{id}"));
    let german = &live["listings"]["de-de"]["baseListing"];
    assert!(german["description"].as_str().unwrap().contains("offline zuerst"));
    assert_eq!(german["images"].as_array().unwrap().len(), 5);
    assert_eq!(live["listings"].as_object().unwrap().len(), 25);
}

#[test]
fn a_folder_beside_the_repository_can_be_named_and_the_sandbox_stays_out_of_git() {
    let team = Empty::new(&things::account());
    let beside = tempfile::tempdir_in(team.0.repo.path().parent().unwrap()).unwrap();
    let name = format!("../{}/store", beside.path().file_name().unwrap().to_str().unwrap());
    team.0.run(&["pull", APP, "--into", &name]).ended(0);
    assert!(beside.path().join("store/app.yaml").is_file());
    let folder = tempfile::tempdir().unwrap();
    run(storeward(folder.path()).args(["doctor", "--sandbox"])).ended(0);
    assert_eq!(fs::read_to_string(folder.path().join(".storeward/.gitignore")).unwrap(), "*\n");
}
