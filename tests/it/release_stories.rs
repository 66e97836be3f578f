//! Releases of an app, told through the real binary and real HTTP.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::msix::Msix;
use crate::support::story::{Ran, Story, json_differences, run, storeward};
use crate::support::things::{self, APP, PUBLISHED};

const TEXTS: &str = "submission:\n  listings:\n    en-us:\n      description: New words.\n";

fn package(version: &str) -> Msix<'_> {
    Msix {
        name: "12345Northwind.HarborNotes",
        publisher: "CN=Northwind",
        version,
        architecture: "x64",
        families: &[("Windows.Desktop", "10.0.17763.0")],
        languages: &["en-us"],
        ..Msix::default()
    }
}

fn changed_paths(plan: &Value) -> Vec<String> {
    let changes = plan["resources"][0]["changes"].as_array().unwrap();
    let path = |change: &Value| -> String {
        let keys: Vec<&str> =
            change["path"].as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
        keys.join(".")
    };
    changes.iter().map(path).collect()
}

#[test]
fn a_plan_reads_and_nothing_else() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let before = story.store.requests().len();
    story.run(&["plan"]).ended(0).says("1 product to change").says("description");
    let requests = story.store.requests().split_off(before);
    let methods: Vec<&str> = requests
        .iter()
        .filter(|request| !request["path"].as_str().unwrap().contains("/oauth2/"))
        .map(|request| request["method"].as_str().unwrap())
        .collect();
    assert_eq!(methods, ["GET", "GET"], "the app and its published submission");
    assert!(requests.iter().all(|request| request["status"] == 200));
}

#[test]
fn nothing_differs_afterwards_but_what_the_plan_listed() {
    let mut published = things::app_submission();
    let odd: Value = serde_json::from_str(
        r#"{"nested": {"deep": [{"a": null}, 1.50]}, "big": 123456789012345678901234567890, "float": 1.50, "none": null}"#,
    )
    .unwrap();
    published["productDeclarations"] = odd.clone();
    published["nothing"] = Value::Null;
    published["listings"]["en-us"]["baseListing"]["searchBoost"] = odd["float"].clone();
    published["listings"]["en-us"]["baseListing"]["licenseTerms"] = json!("a\r\nb ");
    published["listings"]["fr"] = things::app_submission()["listings"]["en-us"].clone();
    published["listings"]["fr"]["baseListing"]["title"] = json!("Harbor Notes");
    published["listings"]["fr"]["baseListing"]["odd"] = odd.clone();
    published["applicationPackages"][0]["catalog"] = odd["big"].clone();
    let story = Story::new(
        &published,
        "submission:\n  visibility: Public\n  listings:\n    en-us:\n      description: New words.\n      \
         keywords: [notes, markdown]\n      images:\n        Screenshot:\n        - {file: home.png}\n        - {file: more.png, description: More}\n\
         release:\n  packages: {files: [$(release)/*.msix]}\n  listings:\n    $each: {releaseNotes: 'New in $(package.version)'}\n",
    );
    story.write("home.png", things::png(1366, 768));
    story.write("more.png", things::png(1920, 1080));
    fs::create_dir(story.path("dist")).unwrap();
    package("1.1.0.0").write(&story.path("dist/app.msix"));
    let release = ["--release", "app/harbor-notes=dist"];
    let plan = story.plan(&release);
    assert_eq!(
        changed_paths(&plan)
            .iter()
            .map(|path| path.split(".msix").next().unwrap().to_owned())
            .collect::<Vec<_>>(),
        [
            "packages.HarborNotes_1.0.0.0",
            &format!(
                "packages.app.{}",
                &plan["resources"][0]["changes"][1]["asset"]["sha256"].as_str().unwrap()[..12]
            ),
            "listings.en-us.description",
            "listings.en-us.releaseNotes",
            "listings.en-us.keywords",
            "listings.en-us.images.Screenshot.2",
        ]
    );

    let before = story.published();
    story.publish(&release).ended(0).says("is Published");
    let after = story.published();
    assert_eq!(
        json_differences(&before, &after),
        [
            "applicationPackages", "fileUploadUrl", "friendlyName", "id",
            "listings.en-us.baseListing.description", "listings.en-us.baseListing.images",
            "listings.en-us.baseListing.keywords", "listings.en-us.baseListing.releaseNotes",
            "pricing.isAdvancedPricingModel", "statusDetails.warnings",
        ],
        "beside what the plan listed, only what the service owns"
    );
    assert_eq!(after["listings"]["en-us"]["baseListing"]["releaseNotes"], "New in 1.1.0.0");
    assert_eq!(
        after["listings"]["en-us"]["baseListing"]["images"][0],
        before["listings"]["en-us"]["baseListing"]["images"][0],
        "the image that is taken on trust stays as it is"
    );
    assert_eq!(after["applicationPackages"].as_array().unwrap().len(), 1);
    assert_eq!(after["applicationPackages"][0]["version"], "1.1.0.0");

    let sent = story.mutations().len();
    story.publish(&release).ended(0).says("No changes.").says("nothing was sent");
    assert_eq!(story.mutations().len(), sent, "the second run sends nothing");
    story.run(&["plan", "--detailed-exitcode"]).ended(0);
}

#[test]
fn the_example_is_released_and_then_there_is_nothing_left_to_do() {
    let repo = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/contoso-reader"), repo.path());
    let mut seed: Value =
        serde_json::from_slice(&fs::read(repo.path().join("sandbox-seed.json")).unwrap()).unwrap();
    seed["rules"] = json!({ "statusMillis": 5 });
    fs::write(repo.path().join("sandbox-seed.json"), seed.to_string()).unwrap();
    let example = |arguments: &[&str]| -> Ran {
        let mut command = storeward(repo.path());
        command.args(arguments).args(["--sandbox", "--sandbox-seed", "sandbox-seed.json"]);
        run(command.args(["--release", "app/contoso-reader=dist"]).env("STOREWARD_TIME_SCALE", "0.01"))
    };
    let plan = example(&["plan"]).ended(0);
    let plan = plan.stdout.split_once('\n').unwrap().1.to_owned();
    let hash = plan.lines().find_map(|line| line.strip_prefix("plan hash ")).unwrap();
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    assert!(
        readme.contains(&format!("plan hash {hash}\n")),
        "the README shows the plan of the example: {hash}"
    );
    insta::assert_snapshot!("example_plan", plan);
    let applied = example(&["apply", "--wait", "published", "--yes"]).ended(0).says("is Published");
    for status in [
        "CommitStarted", "PreProcessing", "Certification", "Release", "PendingPublication", "Publishing",
        "Published",
    ] {
        assert!(
            applied.stderr.contains(&format!("status   {status}")),
            "{status} was not shown: {}",
            applied.stderr
        );
    }
    example(&["apply", "--wait", "published", "--yes"])
        .ended(0)
        .says("No changes. 1 product matches its manifest")
        .says("nothing was sent");
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if name == ".storeward" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(to.join(&name)).unwrap();
            copy(&entry.path(), &to.join(&name));
        } else {
            fs::copy(entry.path(), to.join(&name)).unwrap();
        }
    }
}

#[test]
fn a_risk_needs_a_permit_and_nothing_is_sent_without_one() {
    let story = Story::new(&things::app_submission(), "submission:\n  pricing: {priceId: Free}\n");
    story.run(&["plan"]).ended(0).says("guard becomes-free").says("needs a permit");
    story
        .run(&["apply", "--yes"])
        .ended(6)
        .says("becomes-free, price-change needs a permit")
        .says("permit: [becomes-free");
    story.run(&["apply", "--yes", "--allow", "price-change"]).ended(6);
    assert!(story.mutations().is_empty(), "{:?}", story.mutations());

    story.manifest("permit: [becomes-free, price-change]\nsubmission:\n  pricing: {priceId: Free}\n");
    story.publish(&[]).ended(0);
    assert_eq!(story.published()["pricing"]["priceId"], "Free");
    story.run(&["plan"]).ended(0).says("nothing needs the permit `price-change`");
}

#[test]
fn a_price_that_cannot_be_read_stops_everything_before_a_draft_is_made() {
    let mut published = things::app_submission();
    published["pricing"]["priceId"] = json!("Base");
    let story = Story::new(&published, TEXTS);
    story.run(&["plan"]).ended(0).says("blocker price-unreadable").says("replaces-market-prices");
    story.run(&["apply", "--yes"]).ended(5);
    assert!(story.mutations().is_empty());

    let stated =
        format!("permit: [replaces-market-prices, price-change]\n{TEXTS}  pricing: {{priceId: Tier1012}}\n");
    story.manifest(&stated);
    story.publish(&[]).ended(0);
    assert_eq!(story.published()["pricing"]["priceId"], "Tier1012");
}

#[test]
fn somebody_elses_draft_is_never_touched() {
    for (upload_url, blocker) in
        [(json!("https://storage.example/x?sig=y"), "foreign-draft"), (Value::Null, "portal-draft")]
    {
        let mut draft = things::app_submission();
        draft["id"] = json!("1152921500000000777");
        draft["status"] = json!("PendingCommit");
        draft["fileUploadUrl"] = upload_url;
        draft["listings"]["en-us"]["baseListing"]["description"] = json!("A colleague's words.");
        let mut seed = things::account();
        seed["applications"][0]["pending"] = draft;
        let story = Story::with_seed(&seed, TEXTS);
        let before = story.submission("1152921500000000777");
        story.run(&["plan"]).ended(0).says(&format!("blocker {blocker}")).says("1152921500000000777");
        story.run(&["apply", "--yes"]).ended(5);
        assert!(story.mutations().is_empty());
        assert_eq!(story.submission("1152921500000000777"), before);
    }
}

#[test]
fn a_run_that_was_killed_is_taken_up_without_a_second_draft() {
    let story = Story::new(&things::app_submission(), TEXTS);
    // As a run leaves it that was killed right after the clone…
    let clone = story.store.expect(201, "POST", &format!("applications/{APP}/submissions"), None);
    let id = clone["id"].as_str().unwrap();
    story.run(&["plan"]).ended(0).says("0 blockers");
    // …and as one leaves it that was killed right after the update.
    let mut updated = story.submission(id);
    updated["listings"]["en-us"]["baseListing"]["description"] = json!("New words.");
    story.store.expect(200, "PUT", &format!("applications/{APP}/submissions/{id}"), Some(&updated));
    let ran = story.publish(&[]).ended(0).says("draft taken up");
    assert!(ran.stdout.contains(id));
    assert_eq!(story.published()["id"], clone["id"]);
    let creates = story.mutations().iter().filter(|line| line.ends_with("/submissions")).count();
    assert_eq!(creates, 1, "only ours: {:?}", story.mutations());
}

#[test]
fn what_is_on_its_way_already_is_followed_and_not_sent_again() {
    let mut seed = things::account();
    seed["rules"]["statusMillis"] = json!(40);
    let story = Story::with_seed(&seed, TEXTS);
    story.run(&["apply", "--yes", "--wait", "none"]).ended(0);
    let sent = story.mutations().len();
    story.run(&["plan", "--detailed-exitcode"]).ended(0).says("1 submission on its way");
    story.publish(&[]).ended(0).says("is Published");
    assert_eq!(story.mutations().len(), sent);

    story.manifest("submission:\n  listings:\n    en-us:\n      description: Newer words.\n");
    story.run(&["apply", "--yes", "--wait", "none"]).ended(0);
    story.manifest("submission:\n  listings:\n    en-us:\n      description: Newest words.\n");
    let sent = story.mutations().len();
    story.run(&["apply", "--yes"]).ended(5).says("blocker in-flight");
    assert_eq!(story.mutations().len(), sent);
}

#[test]
fn nobody_to_ask_means_no() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let refused = story.run(&["apply"]).ended(6).says("nobody to ask").says("--expect sp1:");
    assert!(story.mutations().is_empty());
    let hash =
        refused.stderr.split("--expect ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    story
        .run(&["apply", "--expect", "sp1:00000000000000000000000000000000"])
        .ended(4)
        .says("nothing was sent");
    assert!(story.mutations().is_empty());
    assert_eq!(story.plan(&[])["fingerprints"]["plan"], hash.as_str());
    story.run(&["apply", "--expect", &hash]).ended(0);
}

#[test]
fn a_hash_no_longer_holds_once_anything_that_it_covers_changed() {
    let manifest =
        "submission:\n  listings:\n    en-us:\n      images:\n        Screenshot: [{file: new.png}]\n";
    let story = Story::new(&things::app_submission(), manifest);
    story.write("new.png", things::png(1366, 768));
    let hash = |story: &Story| story.plan(&[])["fingerprints"]["plan"].clone();
    let first = hash(&story);
    assert_eq!(hash(&story), first, "the same plan has the same hash");
    story.write("new.png", things::png(1366, 769));
    assert_ne!(hash(&story), first, "another byte in a file");
    story.write("new.png", things::png(1366, 768));
    assert_eq!(hash(&story), first);
    story.manifest(&format!("permit: [images-removed]\n{manifest}"));
    assert_ne!(hash(&story), first, "another permit");
}

#[test]
fn waiting_without_end_is_refused_at_once() {
    let story = Story::new(&things::app_submission(), &format!("{TEXTS}  targetPublishMode: Manual\n"));
    story.run(&["plan"]).ended(0).says("waits until somebody presses Publish now");
    story.publish(&[]).ended(64).says("--wait certified");
    assert!(story.mutations().is_empty());
    story.run(&["apply", "--yes", "--wait", "certified"]).ended(0).says("is Release");
}

#[test]
fn release_settings_wait_for_a_submission_that_is_made_anyway() {
    let story = Story::new(
        &things::app_submission(),
        "submission:\n  notesForCertification: User demo, password marmalade.\n",
    );
    let plan = story
        .run(&["plan"])
        .ended(0)
        .says("No changes.")
        .says("1 release setting waits for the next submission");
    assert!(!plan.stdout.contains("marmalade"));
    story.publish(&[]).ended(0).says("nothing was sent");
    story.manifest(&format!("{TEXTS}  notesForCertification: User demo, password marmalade.\n"));
    let ran = story.publish(&[]).ended(0).says("notesForCertification");
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("marmalade"));
    assert_eq!(story.published()["notesForCertification"], "User demo, password marmalade.");
}

#[test]
fn every_mistake_of_a_manifest_is_reported_at_once_and_nothing_is_asked_of_the_store() {
    let story = Story::new(
        &things::app_submission(),
        "submission:\n  visibilty: Public\n  applicationCategory: Productivty\n  pricing: {priceId: 4.99}\n  listings:\n    \
         en_us: {}\n    de:\n      description: {file: nothing.md}\n      keywords: [a, b, c, d, e, f, g, h]\n      websiteUrl: x\n\
         permit: [price-chnge]\nrelease:\n  packages: {files: [../../etc/*]}\n",
    );
    let before = story.store.requests().len();
    let ran = story.run(&["plan"]).ended(3);
    let report = ran.stderr.replace(&story.repo.path().display().to_string(), "[REPO]");
    insta::assert_snapshot!("many_mistakes", report);
    assert_eq!(ran.stdout, "");
    assert_eq!(story.store.requests().len(), before, "not even a token was asked for");
}

#[test]
fn packages_of_another_app_are_stopped_before_anything_is_sent() {
    let story = Story::new(&things::app_submission(), "release:\n  packages: {files: [$(release)/*.msix]}\n");
    fs::create_dir(story.path("dist")).unwrap();
    Msix { name: "99999Other.App", ..package("1.1.0.0") }.write(&story.path("dist/app.msix"));
    story
        .run(&["apply", "--yes", "--release", "app/harbor-notes=dist"])
        .ended(5)
        .says("blocker package-identity")
        .says("99999Other.App");
    assert!(story.mutations().is_empty());
    story
        .run(&["apply", "--yes", "--release", "app/other=dist"])
        .ended(3)
        .says("no manifest describes `app/other`");
    fs::remove_file(story.path("dist/app.msix")).unwrap();
    story.run(&["apply", "--yes", "--release", "app/harbor-notes=dist"]).ended(3).says("is empty");
}

#[test]
fn what_the_store_refuses_is_told_with_its_words_and_the_draft_can_be_taken_up() {
    // Which names are reserved only the Store knows: another one passes the update and fails the commit.
    let manifest = "submission:\n  listings:\n    fr-fr:\n      description: Bonjour.\n      title: Notes du Port\n      images:\n        Screenshot: [{file: a.png}]\n";
    let mut seed = things::account();
    seed["applications"][0]["published"] = things::app_submission();
    seed["applications"][0]["reservedNames"] = json!(["Harbor Notes"]);
    let story = Story::with_seed(&seed, manifest);
    story.write("a.png", things::png(1366, 768));
    story.publish(&[]).ended(8).says("CommitFailed").says("TitleNotReserved");
    // Unchanged: the same report, and nothing is sent.
    let sent = story.mutations().len();
    story.publish(&[]).ended(8).says("TitleNotReserved");
    assert_eq!(story.mutations().len(), sent);
    // One field mended: published.
    story.manifest(&manifest.replace("Notes du Port", "Harbor Notes"));
    story.publish(&[]).ended(0).says("is Published");
    assert_eq!(story.published()["listings"]["fr-fr"]["baseListing"]["title"], "Harbor Notes");
}

#[test]
fn a_new_language_without_a_title_is_found_before_the_store_finds_it() {
    let manifest = "submission:\n  listings:\n    fr-fr:\n      description: Bonjour.\n      images:\n        Screenshot: [{file: a.png}]\n";
    let story = Story::new(&things::app_submission(), manifest);
    story.write("a.png", things::png(1366, 768));
    story.publish(&[]).ended(3).says("SW2011").says("store.yaml:7").says("add `title` to `fr-fr`");
    assert!(story.mutations().is_empty());
    story.manifest(&manifest.replace("Bonjour.\n", "Bonjour.\n      title: Harbor Notes\n"));
    story.publish(&[]).ended(0).says("is Published");
}

#[test]
fn no_credential_and_wrong_ones_are_told_apart() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let ran = run(story.command(&["plan"]).env("AZURE_CLIENT_SECRET", "wr0ng-s3cret")).ended(10);
    let ran = ran.says("AADSTS7000215").says("AZURE_CLIENT_SECRET is wrong");
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("wr0ng"));
    run(story.command(&["plan"]).env_remove("AZURE_CLIENT_ID")).ended(10).says("AZURE_CLIENT_ID is not");
    run(story.command(&["plan"]).env("STOREWARD_ACCESS_TOKEN", "t0ken-of-nobody")).ended(10).says("401");
    run(story.command(&["plan"]).env("STOREWARD_API_URL", "http://store.example/v1.0/my"))
        .ended(64)
        .says("https://");
    run(story.command(&["plan"]).env("STOREWARD_API_URL", "http://127.0.0.1:1/v1.0/my"))
        .ended(1)
        .says("got no answer");
    story.manifest(&TEXTS.replace("New words", "x"));
    story.write(
        "store.yaml",
        fs::read_to_string(story.path("store.yaml")).unwrap().replace(APP, "9PNOBODYHAS1"),
    );
    story.run(&["plan"]).ended(3).says("SW2008").says("404").says("correlation id");
}

#[test]
fn a_usage_error_is_64() {
    let story = Story::new(&things::app_submission(), TEXTS);
    for wrong in [
        &["plan", "--no-such-flag"][..],
        &["aply"],
        &["apply", "--release", "contoso=dist"],
        &["apply", "--timeout", "5 parsecs"],
        &["apply", "--allow", "everything"],
        &["plan", "--sandbox-seed", "x.json"],
    ] {
        story.run(wrong).ended(64);
    }
    assert_eq!(story.submission(PUBLISHED)["status"], "Published");
}

#[test]
fn an_approval_holds_for_the_same_command_run_again() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let hash = story.plan(&[])["fingerprints"]["plan"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        story.run(&["apply", "--expect", &hash, "--wait", "published"]).ended(0);
    }
}

#[test]
fn a_submission_that_a_person_will_publish_is_not_waited_for() {
    let story = Story::new(&things::app_submission(), &format!("{TEXTS}  targetPublishMode: Manual\n"));
    story.run(&["apply", "--yes", "--wait", "certified"]).ended(0);
    story.publish(&[]).ended(64).says("--wait certified");
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_stops_nothing() {
    let story = Story::new(&things::app_submission(), TEXTS);
    let command = story.command(&["apply", "--yes", "--wait", "published"]);
    let line = format!(
        "'{}' -C '{}' apply --yes --wait published 2>&1 | head -c 10; exit ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_storeward"),
        story.repo.path().display()
    );
    let mut shell = std::process::Command::new("bash");
    crate::support::story::hermetic(&mut shell).args(["-c", &line]);
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    run(&mut shell).ended(0);
    assert_eq!(story.published()["listings"]["en-us"]["baseListing"]["description"], "New words.");
}

#[test]
fn a_language_that_only_the_release_names_comes_with_the_release() {
    let manifest = "submission:\n  listings:\n    $others: remove\n    $each: {description: Words.}\n    en-us: {}\n\
                    release:\n  packages: {files: [$(release)/*.msix]}\n  listings:\n    fr-fr: {title: Harbor Notes, images: {Screenshot: [{file: a.png}]}}\n";
    let story = Story::new(&things::app_submission(), manifest);
    story.write("a.png", things::png(1366, 768));
    fs::create_dir(story.path("dist")).unwrap();
    package("1.1.0.0").write(&story.path("dist/app.msix"));
    assert_eq!(changed_paths(&story.plan(&[])), ["listings.en-us.description"]);
    let release = ["--release", "app/harbor-notes=dist"];
    let paths = changed_paths(&story.plan(&release));
    assert!(paths.contains(&"listings.fr-fr.description".to_owned()), "{paths:?}");
    story.publish(&release).ended(0);
    // The language is named, so `$others: remove` leaves it alone in runs without a release.
    story.run(&["plan"]).ended(0).says("No changes.");
}
